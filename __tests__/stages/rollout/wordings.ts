/**
 * What AWS has been seen to say, and where. The cause that each has to be recognised as is in the tests: a
 * wording that AWS changes shows there.
 */
export interface Wording {
  readonly text: string;
  readonly code: string;
  readonly source: string;
}

const GUIDE = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide';

/** `stoppedReason` of tasks and reasons of containers. */
export const reasons: readonly Wording[] = [
  {
    text: 'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/tryretool/backend:2.110.5: failed to do request: Head "https://registry-1.docker.io/v2/tryretool/backend/manifests/2.110.5": dial tcp 34.205.13.154:443: i/o timeout',
    code: 'DG613',
    source: 'https://github.com/ActionIQ/terraform-aws-retool-ecs-fargate/issues/20',
  },
  {
    text: 'CannotPullContainerError: ref pull has been retried 1 time(s): failed to pull and unpack image "123456789.dkr.ecr.us-east-1.amazonaws.com/myapp:latest": failed to resolve reference: unexpected status code 403 Forbidden',
    code: 'DG613',
    source: 'https://fixdevs.com/blog/aws-ecs-task-failed-to-start',
  },
  {
    text: "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/amd64'",
    code: 'DG619',
    source: "a public project's troubleshooting guide, under 'Circuit Breaker Rollback - Platform Mismatch'",
  },
  {
    text: 'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 5 time(s): RequestCanceled: request context canceled caused by: context deadline exceeded',
    code: 'DG617',
    source: 'https://github.com/umotif-public/terraform-aws-ecs-fargate/issues/50',
  },
  {
    text: 'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager.',
    code: 'DG617',
    source: `${GUIDE}/resource-initialization-error.html`,
  },
  {
    text: 'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:us-east-1:123456789012:secret:KEY-nAG4eC from secrets manager: operation error Secrets Manager: GetSecretValue, https response error StatusCode: 400, api error AccessDeniedException: User is not authorized to perform: secretsmanager:GetSecretValue',
    code: 'DG614',
    source: `${GUIDE}/resource-initialization-error.html`,
  },
  {
    text: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    code: 'DG614',
    source: `${GUIDE}/resource-initialization-error.html`,
  },
  {
    text: 'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /api//new-relic-license-key',
    code: 'DG614',
    source: 'https://github.com/HHS/simpler-grants-gov/pull/4330',
  },
  {
    text: 'Fetching secret data from SSM Parameter Store in us-east-1: AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/exec/1 is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:us-east-1:123456789012:parameter/db status code: 400',
    code: 'DG614',
    source: 'https://github.com/aws/aws-cdk/issues/3529',
  },
  {
    text: 'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
    code: 'DG616',
    source: 'https://repost.aws/knowledge-center/ecs-resource-initialization-error',
  },
  {
    text: 'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. status code: 400',
    code: 'DG616',
    source: 'https://github.com/Rayraegah/terraform-aws-hasura/issues/25',
  },
  {
    text: "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-0a': InsufficientFreeAddressesInSubnet",
    code: 'DG617',
    source: `${GUIDE}/failed-to-start-error.html`,
  },
  {
    text: 'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/exec/1 is not authorized to perform: ecr:GetAuthorizationToken on resource: *',
    code: 'DG615',
    source: `${GUIDE}/resource-initialization-error.html`,
  },
  {
    text: "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/ecsTaskRole' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions",
    code: 'DG615',
    source: `${GUIDE}/service-event-messages-list.html`,
  },
  {
    text: 'Essential container in task exited · OutOfMemoryError: Container killed due to memory usage',
    code: 'DG620',
    source: 'https://repost.aws/knowledge-center/ecs-resolve-outofmemory-errors',
  },
  {
    text: 'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "serve": executable file not found in $PATH: unknown',
    code: 'DG623',
    source: `${GUIDE}/cannot-start-container.html`,
  },
  {
    text: 'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:us-west-2:615288112214:targetgroup/nginx/a6d71c9b9c18b389)',
    code: 'DG621',
    source: 'https://gist.github.com/efekarakus/fe4afc1ab8b54835d27e47e253f46254',
  },
  {
    text: 'Task failed container health checks',
    code: 'DG622',
    source: `${GUIDE}/stopped-task-error-codes.html`,
  },
];

/** Messages of the service scheduler. */
export const events: readonly Wording[] = [
  {
    text: '(service web) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 1a2b) has insufficient CPU units available.',
    code: 'DG618',
    source: `${GUIDE}/service-event-messages-list.html`,
  },
  {
    text: '(service web) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.',
    code: 'DG618',
    source: `${GUIDE}/service-event-messages-list.html`,
  },
  {
    text: "(service web) was unable to place a task. Reason: You've reached the limit on the number of tasks you can run concurrently.",
    code: 'DG618',
    source: `${GUIDE}/service-event-messages-list.html`,
  },
  {
    text: '(service api) (task c9beb1b8) (port 4000) is unhealthy in (target-group arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/api/1) due to (reason Health checks failed with these codes: [500])',
    code: 'DG621',
    source: `${GUIDE}/service-unhealthy-event-messages.html`,
  },
  {
    text: '(service my-svc) (task 1234) failed container health checks.',
    code: 'DG622',
    source: 'https://github.com/aws/copilot-cli/blob/mainline/internal/pkg/term/progress/ecs_test.go',
  },
  {
    text: '(service web) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
    code: 'DG623',
    source: `${GUIDE}/service-event-messages-list.html`,
  },
];

/** Events of a good course, which name no cause. */
export const harmless: readonly string[] = [
  '(service web) has started 2 tasks: (task 953b048f762e444fbf8f16aacf4d1348) (task aea3606728048b1a652c3612aff9244).',
  '(service web) has stopped 1 running tasks: (task 0668979337dc48ebb791640cd1162053).',
  '(service web) registered 1 targets in (target-group arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/1)',
  '(service web) has begun draining connections on 1 tasks.',
  '(service web) (deployment ecs-svc/1675294001379389663) deployment completed.',
  '(service web) has reached a steady state.',
];
