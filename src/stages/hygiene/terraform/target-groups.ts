import { type Resource, textOf } from './resource.ts';
import { resourcesOf, type Terraform } from './subject.ts';

/** Target groups of hosts and tasks: not those of functions and of other load balancers. */
export function targetGroups(subject: Terraform): readonly Resource[] {
  return resourcesOf(subject, 'aws_lb_target_group', 'aws_alb_target_group').filter((one) =>
    ['instance', 'ip'].includes(textOf(one, 'target_type', 'instance') ?? ''),
  );
}
