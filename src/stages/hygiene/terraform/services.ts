import { nestedIn, type Resource, textOf } from './resource.ts';
import { resourcesOf, type Terraform } from './subject.ts';

/** ECS services that ECS itself deploys, task by task: no daemons, and none that CodeDeploy or a program of one's own deploys. */
export function rollingServices(subject: Terraform): readonly Resource[] {
  return resourcesOf(subject, 'aws_ecs_service').filter(
    (one) => textOf(one, 'scheduling_strategy', 'REPLICA') === 'REPLICA' && isDeployedByEcs(one),
  );
}

function isDeployedByEcs(service: Resource): boolean {
  const controllers = nestedIn(service, 'deployment_controller');
  return controllers?.every((controller) => textOf(controller, 'type', 'ECS') === 'ECS') ?? false;
}
