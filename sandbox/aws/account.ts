/** The account and region that the sandbox plays, and the ARNs in it. */
export interface Account {
  readonly id: string;
  readonly region: string;
  readonly partition: string;
}

/** An ARN in the account: `arn:aws:ecs:us-east-1:123456789012:cluster/name`. */
export function arnOf(account: Account, service: string, resource: string): string {
  const region = service === 'iam' || service === 'sts' ? '' : account.region;
  return `arn:${account.partition}:${service}:${region}:${account.id}:${resource}`;
}

/** The last part of an ARN or of a name given in its place: `…:cluster/web` and `web` are both `web`. */
export function nameIn(arnOrName: string): string {
  return arnOrName.slice(arnOrName.lastIndexOf('/') + 1);
}

/** Whether a text matches an IAM pattern, in which `*` is any text and `?` any one character. */
export function matchesPattern(text: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(text);
}
