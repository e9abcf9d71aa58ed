import type { RolloutCode } from './codes.ts';
import type { TaskFailure } from './task-failures.ts';

/** What a fix can be worded with. */
export interface FixContext {
  /** `family:revision` */
  readonly taskDefinition: string;
  readonly cluster: string;
  readonly service: string;
  readonly repositoryUri: string;
  /** The last log lines of the failing container, oldest first. */
  readonly log: readonly string[];
  /** What AWS said of this cause: reasons of tasks, and events. */
  readonly said: readonly string[];
}

/** A reason for which tasks fail, and how to recognise it in AWS's words or in the container's. */
export interface FailureCause {
  readonly code: RolloutCode;
  /** The sentence's predicate: "the new tasks <this>". */
  readonly predicate: string;
  /** In `stoppedReason`, a container's reason or a service event. */
  readonly wording: RegExp;
  /** In the container's log: only where AWS's words don't tell. */
  readonly logWording?: RegExp;
  readonly fix: (context: FixContext) => string;
}

const DENIED = /AccessDenied|not authorized to perform|access denied/i;
const NO_ROUTE =
  /i\/o timeout|connection issue|context deadline exceeded|send request failed|dial tcp|no such host/i;

const outOfMemory: FailureCause = {
  code: 'DG620',
  predicate: 'run out of memory',
  wording: /OutOfMemory|OOMKilled|out of memory|killed due to memory usage/i,
  fix: ({ taskDefinition }) =>
    `Raise memory in the task definition ${taskDefinition} (for the task, and for the container where it has a limit of its own), or make the start need less.`,
};

/**
 * In order: the first that matches wins, so the particular stand before the general. The wordings are AWS's,
 * from the developer guide's pages on stopped tasks' errors and service event messages and from public issues;
 * recorded with their sources in the tests' fixtures.
 */
export const failureCauses: readonly FailureCause[] = [
  {
    code: 'DG619',
    predicate: 'cannot run the image: it is built for another processor architecture',
    wording:
      /exec format error|does not contain descriptor matching platform|no match(ing manifest)? for (linux|windows|platform)/i,
    logWording: /exec format error/i,
    fix: ({ taskDefinition }) =>
      `Build for the architecture that ${taskDefinition} asks for (runtimePlatform.cpuArchitecture; X86_64 where it says nothing): set \`platforms\` to \`linux/amd64\` or \`linux/arm64\`, or change the task definition.`,
  },
  outOfMemory,
  {
    code: 'DG616',
    predicate: 'cannot start: the log group is missing or cannot be written',
    wording:
      /log group does not exist|failed to (initialize logging driver|validate logger args|create cloudwatch log)|logs:(CreateLog|PutLogEvents)/i,
    fix: ({ taskDefinition }) =>
      `Create the log group that ${taskDefinition} names in its awslogs options (\`aws logs create-log-group --log-group-name NAME\`), and let the execution role do logs:CreateLogStream and logs:PutLogEvents.`,
  },
  {
    code: 'DG613',
    predicate: 'cannot start: the image cannot be pulled',
    wording: /CannotPull\w*Error|pull image manifest|manifest unknown|manifest for .* not found/i,
    fix: (context) => pullFix(context),
  },
  {
    code: 'DG617',
    predicate: 'cannot start: the network does not let them',
    wording: new RegExp(
      `Unexpected EC2 error while attempting|network interface|InsufficientFreeAddresses|failed to configure ENI|Timeout waiting for (network|EphemeralStorage)|ResourceInitializationError.*(${NO_ROUTE.source})`,
      'i',
    ),
    fix: ({ service }) =>
      `See that the subnets of ${service} have free addresses and a way to AWS's APIs: a public IP in a public subnet, NAT in a private one, or VPC endpoints; and that its security groups let HTTPS out.`,
  },
  {
    code: 'DG614',
    predicate: 'cannot start: a secret or parameter cannot be read',
    wording:
      /unable to retrieve secrets? from|fetching secret data|(invalid|missing) (ssm )?parameters?:|secretsmanager|secrets manager|ssm:GetParameters|parameter ?store/i,
    fix: ({ taskDefinition }) =>
      `See that each secret in ${taskDefinition} exists in this region with that name and version, and let the execution role read it (secretsmanager:GetSecretValue, ssm:GetParameters, and kms:Decrypt for a key of your own).`,
  },
  {
    code: 'DG615',
    predicate: 'cannot start: the execution role does not let them',
    wording: new RegExp(
      `unable to assume the role|(ResourceInitializationError|execution role).*(${DENIED.source})`,
      'i',
    ),
    fix: ({ taskDefinition }) =>
      `Let ecs-tasks.amazonaws.com assume the roles of ${taskDefinition}, and give its execution role the policy AmazonECSTaskExecutionRolePolicy.`,
  },
  {
    code: 'DG618',
    predicate: 'cannot be placed: there is no capacity for them',
    wording: /unable to place a task|Capacity is unavailable|reached the limit on the number of/i,
    fix: (context) => placementFix(context),
  },
  {
    code: 'DG621',
    predicate: "fail the load balancer's health check",
    wording: /failed ELB health checks|is unhealthy in \(target-group/i,
    fix: ({ service }) =>
      `See what the health check's path answers on the container's port (path, port and codes of the target group of ${service}), that the security groups let the load balancer in, and give a slow start time with healthCheckGracePeriodSeconds.`,
  },
  {
    code: 'DG622',
    predicate: "fail the container's health check",
    wording: /failed container health checks/i,
    fix: ({ taskDefinition }) =>
      `Run the healthCheck command of ${taskDefinition} in the image; its tool (curl, wget) has to be in there. Give a slow start time with startPeriod.`,
  },
  {
    code: 'DG623',
    predicate: 'cannot start',
    wording:
      /ResourceInitializationError|Cannot(Start|Create|Inspect|Stop)\w*Error|ContainerRuntime\w*Error|DockerTimeoutError|executable file not found|unable to consistently start tasks/i,
    fix: ({ taskDefinition, service, cluster }) =>
      `Look at the reason above against ${taskDefinition} (command, entry point, volumes, ports): \`aws ecs list-tasks --cluster ${cluster} --service-name ${service} --desired-status STOPPED\`, then \`aws ecs describe-tasks\`.`,
  },
];

const crash: FailureCause = {
  code: 'DG612',
  predicate: 'crash at start',
  wording: /Essential container in task exited/i,
  fix: (context) => crashFix(context),
};

/** 128 + SIGKILL: nobody stopped the task, so it was the kernel, for memory. */
const KILLED = 137;

const noReason: FailureCause = {
  ...crash,
  code: 'DG623',
  predicate: 'stop without a reason given',
  fix: ({ cluster, service }) =>
    `See the stopped tasks: \`aws ecs list-tasks --cluster ${cluster} --service-name ${service} --desired-status STOPPED\`, then \`aws ecs describe-tasks\`.`,
};

/** The cause of a failure: by AWS's words first, then by what the container logged, else a crash. */
export function causeOf(failure: TaskFailure, log: readonly string[] = []): FailureCause {
  const byWords = causeOfText(failure.text);
  if (byWords) return byWords;
  const byLog = failureCauses.find(
    ({ logWording }) => logWording && log.some((line) => logWording.test(line)),
  );
  if (byLog) return byLog;
  if (failure.exitCode === KILLED) return outOfMemory;
  const exited = failure.exitCode !== undefined || failure.stopCode === 'EssentialContainerExited';
  return exited || crash.wording.test(failure.text) ? crash : noReason;
}

/** The cause that a text of AWS's (a reason, an event) tells, if it tells one. */
export function causeOfText(text: string): FailureCause | undefined {
  return failureCauses.find(({ wording }) => wording.test(text));
}

/** Names of environment variables that a container said it misses, in the words of common runtimes. */
const MISSING_VARIABLE =
  /(?:KeyError: ['"]|environment variable ['"`]?|env(?:ironment)? var ['"`]?|variable ['"`])?\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b['"`]?(?: environment variable)?:? (?:is |was |must be |has to be )?(?:not set|unset|undefined|missing|required|not defined|set\b)|KeyError: ['"]([A-Z][A-Z0-9_]+)['"]/;

function pullFix({ taskDefinition, repositoryUri, service, said }: FixContext): string {
  const actions = 'ecr:GetAuthorizationToken, ecr:BatchGetImage and ecr:GetDownloadUrlForLayer';
  const ways =
    'a public IP in a public subnet, NAT in a private one, or VPC endpoints for ecr.api, ecr.dkr and S3';
  const isSaid = (wording: RegExp) => said.some((text) => wording.test(text));
  if (isSaid(NO_ROUTE))
    return `Give the tasks of ${service} a way to the registry: ${ways}; and let their security groups let HTTPS out.`;
  if (isSaid(DENIED) || isSaid(/\b40[13]\b|pull access denied/i))
    return `Let the execution role of ${taskDefinition} pull from ${repositoryUri}: ${actions}.`;
  if (isSaid(/manifest unknown|not found|does not exist/i))
    return `Correct the image in ${taskDefinition}: it names one that is not there. This run pushed to ${repositoryUri}.`;
  return `See that the image named in ${taskDefinition} exists in ${repositoryUri}, that the execution role may do ${actions}, and that the subnets reach ECR (${ways}).`;
}

function placementFix({ cluster, service, said }: FixContext): string {
  const isSaid = (wording: RegExp) => said.some((text) => wording.test(text));
  if (isSaid(/no container instance/i))
    return `Give the cluster ${cluster} room: more or larger instances, or a capacity provider that adds them; or let the task ask for less.`;
  if (isSaid(/reached the limit/i))
    return `Ask AWS for a higher quota (Service Quotas, AWS Fargate), or let fewer tasks run meanwhile.`;
  if (isSaid(/Capacity is unavailable/i))
    return `Give ${service} subnets in more availability zones, or a smaller task; or run this job again later.`;
  return `Make room for the tasks of ${service}: in the cluster ${cluster} on EC2, in more availability zones or under a higher quota on Fargate.`;
}

function crashFix({ taskDefinition, log }: FixContext): string {
  if (log.length === 0) {
    return `See why in the container's log, whose group the task definition ${taskDefinition} names; correct that, build again, and run this job again.`;
  }
  const match = log.map((line) => MISSING_VARIABLE.exec(line)).findLast((found) => found !== null);
  const name = match?.[1] ?? match?.[2];
  return name === undefined
    ? `Correct what the container's log says, build again, and run this job again. The environment it runs with is in the task definition ${taskDefinition}.`
    : `Add ${name} to the environment or the secrets of the task definition ${taskDefinition}, then run this job again.`;
}
