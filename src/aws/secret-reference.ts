/** A secret that a task definition names: a parameter of Systems Manager, or a secret of Secrets Manager. */
export type SecretReference =
  | {
      readonly kind: 'parameter';
      readonly region: string;
      readonly account: string | undefined;
      readonly name: string;
    }
  | { readonly kind: 'secret'; readonly region: string; readonly account: string; readonly arn: string };

const PARAMETER = /^arn:[\w-]+:ssm:([a-z0-9-]+):(\d{12}):parameter\/(.+)$/;
/** The JSON key, version stage and version id that may follow name the part that is taken of it. */
const SECRET = /^(arn:[\w-]+:secretsmanager:([a-z0-9-]+):(\d{12}):secret:[^:]+-[A-Za-z0-9]{6})(?::.*)?$/;
/** Parameters of AWS's own, and references to secrets: no list has them. */
const RESERVED = /^\/?(aws|ssm)\//i;

/**
 * What `valueFrom` refers to: an ARN, or a parameter's name in the task's own region (API_Secret). Undefined for
 * what is neither, and for what can't be looked up for certain (an ARN without its suffix, AWS's own parameters).
 */
export function parseSecretReference(valueFrom: string, region: string): SecretReference | undefined {
  const [, arn, secretRegion, secretAccount] = SECRET.exec(valueFrom) ?? [];
  if (arn && secretRegion && secretAccount)
    return { kind: 'secret', region: secretRegion, account: secretAccount, arn };
  const [, parameterRegion, account, name] = PARAMETER.exec(valueFrom) ?? [];
  // The ARN of `/a/b` ends in `parameter/a/b`, that of `a` in `parameter/a`.
  if (parameterRegion && account && name && !RESERVED.test(name))
    return {
      kind: 'parameter',
      region: parameterRegion,
      account,
      name: name.includes('/') ? `/${name}` : name,
    };
  if (valueFrom.startsWith('arn:') || valueFrom === '' || RESERVED.test(valueFrom)) return undefined;
  return { kind: 'parameter', region, account: undefined, name: valueFrom };
}
