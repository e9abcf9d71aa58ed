/** The commands that stop a rollout and put the previous revision back; one, where its service deployment is known. */
export function stopCommand(cluster: string, service: string, arn?: string): string {
  const stop = `aws ecs stop-service-deployment --stop-type ROLLBACK --service-deployment-arn ${arn ?? 'ARN'}`;
  if (arn !== undefined) return `\`${stop}\``;
  return `\`aws ecs list-service-deployments --cluster ${cluster} --service ${service}\`, then \`${stop}\``;
}
