import { parseXML } from '@aws-sdk/xml-builder';
import { configuredEndpoint, JsonCallRefused, type JsonCallSettings, signedPost } from './json-call.ts';

/** IAM's endpoint in a partition, and the region that its calls are signed for (IAM endpoints, AWS General Reference). */
const ENDPOINTS: Readonly<Partial<Record<string, { readonly host: string; readonly region: string }>>> = {
  aws: { host: 'iam.amazonaws.com', region: 'us-east-1' },
  'aws-cn': { host: 'iam.cn-north-1.amazonaws.com.cn', region: 'cn-north-1' },
  'aws-us-gov': { host: 'iam.us-gov.amazonaws.com', region: 'us-gov-west-1' },
};

/** What a principal would do: one action on some resources. */
export interface SimulatedAction {
  readonly action: string;
  readonly resources: readonly string[];
  /** Condition keys of the request, with their one value. */
  readonly conditions: Readonly<Record<string, string>>;
}

/** `unclear`: it depends on a condition key that the simulation was not given, or on the organization. */
export type Decision = 'allowed' | 'denied' | 'unclear';

/**
 * Asks IAM once whether a principal's policies allow an action (`iam:SimulatePrincipalPolicy`): a decision for each
 * resource, in their order. Throws JsonCallRefused, NoAnswer, and an Error in a partition whose endpoint is not known
 * here, or for an answer that can't be read. Source: IAM API reference, API_SimulatePrincipalPolicy.
 */
export async function simulate(
  settings: JsonCallSettings,
  principal: string,
  asked: SimulatedAction,
): Promise<readonly Decision[]> {
  const { host, region } = ENDPOINTS[principal.split(':')[1] ?? ''] ?? {};
  if (!host || !region) throw new Error('IAM has no endpoint known here in this partition');
  const send = await signedPost(settings, {
    service: 'iam',
    region,
    url: configuredEndpoint('IAM', settings) ?? new URL(`https://${host}/`),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: formOf(principal, asked),
  });
  const { status, body } = await send(new Date());
  const answer = parsed(body);
  if (status !== 200) {
    const error = at(at(answer, 'ErrorResponse'), 'Error');
    throw new JsonCallRefused(
      textAt(error, 'Code') ?? 'UnknownError',
      textAt(error, 'Message') ?? '',
      status,
    );
  }
  const result = at(at(answer, 'SimulatePrincipalPolicyResponse'), 'SimulatePrincipalPolicyResult');
  const results = membersAt(result, 'EvaluationResults');
  return asked.resources.map((resource) => decisionOn(resource, results));
}

function formOf(principal: string, { action, resources, conditions }: SimulatedAction): string {
  const entries = Object.entries(conditions).flatMap(([key, value], index): [string, string][] => {
    const entry = `ContextEntries.member.${index + 1}`;
    return [
      [`${entry}.ContextKeyName`, key],
      [`${entry}.ContextKeyType`, 'string'],
      [`${entry}.ContextKeyValues.member.1`, value],
    ];
  });
  return new URLSearchParams([
    ['Action', 'SimulatePrincipalPolicy'],
    ['Version', '2010-05-08'],
    ['PolicySourceArn', principal],
    ['ActionNames.member.1', action],
    ...resources.map((resource, index): [string, string] => [`ResourceArns.member.${index + 1}`, resource]),
    ...entries,
  ]).toString();
}

/**
 * The decision on one resource: IAM gives it, and the condition keys that it had no value for, below the result of
 * the action (API_EvaluationResult, API_ResourceSpecificResult). Organizations' policies are simulated without their
 * conditions, so that a deny of theirs alone is none yet.
 */
function decisionOn(resource: string, results: readonly unknown[]): Decision {
  for (const result of results) {
    const specific = membersAt(result, 'ResourceSpecificResults');
    const own = specific.find((each) => textAt(each, 'EvalResourceName') === resource);
    const decision = own
      ? textAt(own, 'EvalResourceDecision')
      : textAt(result, 'EvalResourceName') === resource
        ? textAt(result, 'EvalDecision')
        : undefined;
    if (decision === undefined) continue;
    const missing = [own, result].some((each) => membersAt(each, 'MissingContextValues').length > 0);
    const organization = textAt(at(result, 'OrganizationsDecisionDetail'), 'AllowedByOrganizations');
    if (missing) return 'unclear';
    if (decision === 'allowed') return 'allowed';
    return /^(explicit|implicit)Deny$/.test(decision) && organization !== 'false' ? 'denied' : 'unclear';
  }
  return 'unclear';
}

/** XML as the SDK reads it: an element with others in it is an object, any other its text. */
function parsed(body: Buffer): unknown {
  try {
    return parseXML(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function textAt(value: unknown, name: string): string | undefined {
  const text = at(value, name);
  return typeof text === 'string' ? text : undefined;
}

/** A list of one is the one itself, and one of none an empty text. */
function membersAt(value: unknown, name: string): readonly unknown[] {
  const members = at(at(value, name), 'member');
  if (members === undefined) return [];
  return Array.isArray(members) ? members : [members];
}
