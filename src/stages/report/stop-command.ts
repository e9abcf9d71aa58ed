/** The commands that stop a rollout and put the previous revision back. */
export function stopCommand(cluster: string, service: string): string {
  const list = `aws ecs list-service-deployments --cluster ${cluster} --service ${service}`;
  return `\`${list}\`, then \`aws ecs stop-service-deployment --stop-type ROLLBACK --service-deployment-arn ARN\``;
}
