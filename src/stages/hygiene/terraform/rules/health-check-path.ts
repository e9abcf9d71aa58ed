import type { Hit, Rule } from '../../rule.ts';
import { isMissing, linesFor, nestedIn, placeOf, type Resource, textOf } from '../resource.ts';
import type { Terraform } from '../subject.ts';
import { targetGroups } from '../target-groups.ts';

export const healthCheckPath: Rule<Terraform> = {
  code: 'DG057',
  summary: 'A load balancer asks `/` for the health of a service',
  level: 'warning',
  why: 'Without a `path` the load balancer asks for `/` and wants a 200. An API that answers 404 there never becomes healthy, and its tasks are replaced for ever; a page that answers 200 there says nothing about whether the service works.',
  how: 'Every HTTP or HTTPS `aws_lb_target_group` for hosts or tasks without a `path` in its `health_check`. Left alone: gRPC, TCP and other protocols, functions, a `dynamic` block, and values that are not known from the files.',
  fix: 'Name the path that answers 200 when the service can do its work:\n\n```hcl\nhealth_check {\n  path    = "/health"\n  matcher = "200"\n}\n```',
  source:
    'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html',
  see: "git grep -n -A 3 -E 'health_check +\\{|\"aws_a?lb_target_group\"' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'no health check, and one without a path',
        files: {
          'alb.tf':
            'resource "aws_lb_target_group" "app" {\n  protocol    = "HTTP"\n  target_type = "ip"\n}\nresource "aws_alb_target_group" "api" {\n  protocol = "HTTPS"\n  health_check {\n    matcher = "200"\n  }\n}\n',
        },
        at: ['alb.tf:1', 'alb.tf:7'],
      },
    ],
    passes: [
      {
        name: 'a path, fixed or of a variable',
        files: {
          'alb.tf':
            'variable "path" {\n  type = string\n}\nresource "aws_lb_target_group" "app" {\n  protocol = "HTTP"\n  health_check {\n    path = "/health"\n  }\n}\nresource "aws_lb_target_group" "api" {\n  protocol = "HTTP"\n  health_check {\n    path = var.path\n  }\n}\n',
        },
      },
      {
        name: 'no path to ask: TCP, a function, gRPC',
        files: {
          'nlb.tf':
            'resource "aws_lb_target_group" "tcp" {\n  protocol = "TCP"\n}\nresource "aws_lb_target_group" "function" {\n  target_type = "lambda"\n}\nresource "aws_lb_target_group" "grpc" {\n  protocol         = "HTTP"\n  protocol_version = "GRPC"\n}\nresource "aws_lb_target_group" "port" {\n  protocol = "HTTP"\n  health_check {\n    protocol = "TCP"\n  }\n}\n',
        },
      },
    ],
  },
  find: (subject) => targetGroups(subject).flatMap(findIn),
};

function findIn(group: Resource): readonly Hit[] {
  const protocol = textOf(group, 'protocol', '');
  if ((protocol !== 'HTTP' && protocol !== 'HTTPS') || textOf(group, 'protocol_version', 'HTTP1') === 'GRPC')
    return [];
  const checks = nestedIn(group, 'health_check');
  if (checks === undefined) return [];
  const [check] = checks;
  if (check !== undefined) {
    const asks = textOf(check, 'protocol', protocol);
    if (!isMissing(check, 'path') || (asks !== 'HTTP' && asks !== 'HTTPS')) return [];
  }
  return [
    {
      where: check === undefined ? placeOf(group) : { file: group.file, line: check.block.line },
      title: `The load balancer asks for / to see whether a target of ${group.address} is healthy.`,
      fix: linesFor(group, 'health_check {', '  path    = "/health"', '  matcher = "200"', '}'),
    },
  ];
}
