/**
 * The ARN of the user or role behind a caller's ARN; undefined where there is none to simulate (root, federated
 * users). A role's path is not in the ARN of its session: it is taken from `assumed`, the role that was asked for.
 */
export function principalOf(callerArn: string, assumed: string | undefined): string | undefined {
  if (/^arn:[\w-]+:iam::\d{12}:user\//.test(callerArn)) return callerArn;
  const session = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(callerArn);
  if (session === null) return undefined;
  const [, partition, account, name] = session;
  const role = `arn:${partition}:iam::${account}:role/`;
  const isAssumed = assumed?.startsWith(role) && assumed.endsWith(`/${name}`);
  return isAssumed ? assumed : `${role}${name}`;
}
