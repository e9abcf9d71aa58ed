/** The last part of an ARN, which is a cluster's, service's, task's or task definition's name; a name is given back. */
export function nameInArn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
