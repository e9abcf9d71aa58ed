import { nameInArn } from '../../../aws/arn.ts';
import type { EcsService, TaskDefinition } from '../../../aws/ecs.ts';
import { readRefusal } from '../../../aws/refusal.ts';
import { Failure, type Finding } from '../../../finding.ts';
import type { Config } from '../../inputs/config.ts';
import { count, dotless, listed } from '../../report/words.ts';
import { arnElsewhere, arnOfOtherAccount } from '../arn-place.ts';
import { type Check, type CheckContext, type CheckReport, skipped } from '../check.ts';
import { clusterNotSeen, clusterProblem } from '../cluster.ts';
import { containerFindings, notLookedAt } from '../container-checks.ts';
import { containerProblems, containersOfImage } from '../container-image.ts';
import { policyFor } from '../iam-policy.ts';
import { nearName, unseenNames } from '../near-name.ts';
import { permissionFindings, registersRevision } from '../permissions.ts';
import { fitsPlatform, imagePlatforms, neededPlatform } from '../platform.ts';
import { deploymentInProgress, settingFindings } from '../service-settings.ts';
import { remedyOf } from '../way-to-aws.ts';
import { isAllowedAccount, OTHER_ACCOUNT } from './identity.ts';

/** The cluster and the services: that they exist, can be redeployed, and would run the image that is pushed. */
export const checkServices: Check = async (context) => {
  const { config, lookups } = context;
  if (config.awsObstacle) return skipped('service', config.awsObstacle);
  const unclear = (['cluster', 'service'] as const).find((name) => config.invalidInputs.has(name));
  if (unclear) return skipped('service', `\`${unclear}\` is not valid`);
  if (config.ecs.services.length === 0) return skipped('service', '`service` is not set');
  const elsewhere = arnElsewhere(config);
  if (elsewhere) return failed(elsewhere);
  const [identity, found] = await Promise.all([lookups.identity(), lookups.ecs.services()]);
  if (!identity.ok) return skipped('service', 'needs AWS credentials');
  // What an unwanted account lacks is no problem of its own.
  if (!isAllowedAccount(identity.value, config)) return skipped('service', OTHER_ACCOUNT);
  const foreign = arnOfOtherAccount(config, identity.value.accountId);
  if (foreign) return failed(foreign);
  if (!found.ok) return failed(refused(found.error, config));
  if (found.value.clusterStatus !== 'ACTIVE') return failed(await clusterProblem(found.value, context));
  const [permissions, ...reports] = await Promise.all([
    permissionFindings(context),
    ...config.ecs.services.map((name) => serviceReport(name, found.value.services, context)),
  ]);
  // Services that share a task definition share what is wrong with it.
  const all = reports.flatMap((report) => report.findings);
  const findings = all.filter(({ title }, index) => all.findIndex((each) => each.title === title) === index);
  const passed = reports.flatMap((report) => report.passed ?? []);
  return {
    subject: 'service',
    passed: passed.length > 0 ? passed.join('; ') : undefined,
    findings: [...findings, ...permissions, ...clusterNotSeen(found.value, config)],
  };
};

function failed(finding: Finding): CheckReport {
  return { subject: 'service', passed: undefined, findings: [finding] };
}

function refused(error: unknown, config: Config): Finding {
  const problem = readRefusal(error);
  if (problem.kind !== 'access-denied') {
    return {
      code: 'DG502',
      level: 'error',
      title: `ECS can't be used: ${problem.message}`,
      fix:
        remedyOf(problem, 'ECS') ??
        'Run the job again; if it stays so, check `aws-region`, the proxy and the VPC endpoint for ECS.',
    };
  }
  return {
    code: 'DG501',
    level: 'error',
    title: `The credentials may not look at the services of ${nameInArn(config.ecs.cluster)}: ${problem.action ?? 'ecs:DescribeServices'} is denied.`,
    detail: `AWS said: ${problem.message}`,
    fix: `Allow \`ecs:DescribeServices\` in the IAM policy: ${policyFor(config)}. If it is there for other names, correct \`cluster\` and \`service\`.`,
  };
}

interface ServiceReport {
  readonly passed: string | undefined;
  readonly findings: readonly Finding[];
}

async function serviceReport(
  asked: string,
  found: readonly EcsService[],
  context: CheckContext,
): Promise<ServiceReport> {
  const name = nameInArn(asked);
  const elsewhere = otherCluster(asked, context.config.ecs.cluster);
  if (elsewhere) return { passed: undefined, findings: [elsewhere] };
  const service = found.find((candidate) => candidate.name === name);
  if (!service || service.status === 'INACTIVE')
    return { passed: undefined, findings: [await missing(name, context)] };
  const stuck = unusable(service);
  if (stuck) return { passed: undefined, findings: [stuck] };
  const [definition, repository] = await Promise.all([
    context.lookups.ecs.taskDefinitionFor(service),
    context.lookups.ecr.repository(),
  ]);
  const settings = settingFindings(service, nameInArn(context.config.ecs.cluster));
  if (!definition.ok) {
    const unread = unreadable(service, definition.error, context.config);
    const under = await deploymentInProgress(service, [], context);
    const passed = unread.level === 'error' ? undefined : describe(service, undefined);
    return { passed, findings: [unread, ...settings, ...under] };
  }
  const ours = repository.ok ? containersOfImage(definition.value, repository.value, context.config) : [];
  const names = ours.flatMap(({ name }) => name ?? []);
  const [contained, platform, under] = await Promise.all([
    containerFindings(service, definition.value, ours, context),
    platformFindings(service, definition.value, context),
    deploymentInProgress(service, names, context),
  ]);
  const problems = repository.ok
    ? containerProblems(service, definition.value, repository.value, context)
    : [];
  const findings = [...problems, ...platform, ...contained.findings, ...settings, ...under];
  const isInOrder = findings.every(({ level }) => level !== 'error');
  return {
    passed: isInOrder ? describe(service, definition.value) : undefined,
    findings: [...findings, ...notLookedAt(contained, name, context.config)],
  };
}

/** An image that the machines of the tasks can't run: known before it is built. */
async function platformFindings(
  service: EcsService,
  definition: TaskDefinition,
  { config, lookups }: CheckContext,
): Promise<readonly Finding[]> {
  const needed = neededPlatform(definition.runtime);
  if (needed === undefined || config.mode === 'rollback') return [];
  const [images, stated, docker] = await Promise.all([
    lookups.ecr.taggedImages(),
    lookups.files.statedPlatform(),
    lookups.engine(),
  ]);
  const built = imagePlatforms(config, {
    images: images.ok ? images.value : undefined,
    stated: stated.ok ? stated.value : undefined,
    docker: docker.ok && 'server' in docker.value ? docker.value : undefined,
  });
  if (built === undefined || fitsPlatform(needed, built.platforms)) return [];
  return [
    {
      code: 'DG543',
      level: 'error',
      title: `The tasks of ${service.name} run on ${needed} (task definition ${definition.name}), and the image is for ${listed(built.platforms)} (${built.because}): its containers would end with "exec format error".`,
      fix: `Build for it: \`platforms: ${needed}\` with docker/setup-qemu-action and docker/setup-buildx-action before this step, or on a runner of that kind. Or correct \`runtimePlatform\` in the task definition.`,
    },
  ];
}

function describe(service: EcsService, taskDefinition: TaskDefinition | undefined): string {
  const { enabled, rollback } = service.circuitBreaker;
  const breaker = enabled ? `circuit breaker ${rollback ? 'rolls back' : 'stops'}` : 'no circuit breaker';
  const of = taskDefinition ? ` of ${taskDefinition.name}` : '';
  return `${service.name} active, ${count(service.desired, 'task')}${of}, ${service.strategy.toLowerCase().replace('_', '/')}, ${breaker}`;
}

/** A service's ARN names its cluster (`…:service/CLUSTER/NAME`): that has to be the one that is deployed to. */
function otherCluster(asked: string, cluster: string): Finding | undefined {
  const named = /:service\/([^/]+)\/[^/]+$/.exec(asked)?.[1];
  if (named === undefined || named === nameInArn(cluster)) return undefined;
  return {
    code: 'DG513',
    level: 'error',
    title: `Service ${nameInArn(asked)} is named by an ARN of cluster ${named}, but \`cluster\` is ${nameInArn(cluster)}.`,
    fix: `Write \`cluster: ${named}\`, or name the service without its ARN.`,
  };
}

async function missing(name: string, { config, lookups }: CheckContext): Promise<Finding> {
  const { cluster } = config.ecs;
  const names = await lookups.ecs.serviceNames();
  const near = names.ok ? nearName(name, names.value) : undefined;
  const others =
    names.ok && names.value.length > 0 && names.value.length <= 10
      ? ` There ${names.value.length === 1 ? 'is' : 'are'} ${listed(names.value)}.`
      : '';
  return {
    code: 'DG521',
    level: 'error',
    title: `Service ${name} does not exist in cluster ${nameInArn(cluster)}.${near ? ` There is ${near}.` : others}`,
    fix: near
      ? `Write \`${config.ecs.services.length === 1 ? `service: ${near}` : near}\`${config.ecs.services.length === 1 ? '' : ` in place of ${name}`}.`
      : `Correct \`service\` or \`cluster\`. See those there are: \`aws ecs list-services --cluster ${nameInArn(cluster)}\`.${unseenNames(names, 'ecs:ListServices')}`,
  };
}

function unusable(service: EcsService): Finding | undefined {
  if (service.status !== 'ACTIVE') {
    return {
      code: 'DG522',
      level: 'error',
      title: `Service ${service.name} is ${service.status}: it is being deleted.`,
      fix: 'Create the service again, or name another one.',
    };
  }
  if (service.controller === 'ECS') return undefined;
  return {
    code: 'DG523',
    level: 'error',
    title: `Service ${service.name} is deployed by ${service.controller}, where ECS refuses to force a new deployment.`,
    fix:
      service.controller === 'CODE_DEPLOY'
        ? 'Deploy it with CodeDeploy, or create it again with the deployment controller ECS (which has blue/green of its own).'
        : 'Deploy it with the tool that manages its task sets, or create it again with the deployment controller ECS.',
  };
}

function unreadable(service: EcsService, error: unknown, config: Config): Finding {
  if (error instanceof Failure) return error.findings[0];
  const problem = readRefusal(error);
  const { taskDefinition: named } = config.ecs;
  if (named !== undefined && problem.kind !== 'access-denied') {
    return {
      code: 'DG529',
      level: 'error',
      title: `Task definition ${named} can't be deployed: ${problem.message}`,
      fix: 'Correct `task-definition`. See those there are: `aws ecs list-task-definitions --sort DESC --max-items 10`.',
    };
  }
  const isDenied = problem.kind === 'access-denied';
  const why = isDenied
    ? `${problem.action ?? 'ecs:DescribeTaskDefinition'} is denied`
    : dotless(problem.message);
  // The revision that is to be registered is made of it: known before the image is built.
  const isNeeded = config.mode === 'deploy' && registersRevision(config);
  return {
    code: 'DG527',
    level: isNeeded ? 'error' : 'note',
    title: `The task definition of ${service.name} can't be read (${why}): ${isNeeded ? 'no revision with the new image can be registered' : 'whether it runs this image is not known'}.`,
    fix: isDenied
      ? `Allow \`ecs:DescribeTaskDefinition\` in the IAM policy: ${policyFor(config)}.`
      : `${isNeeded ? 'Run the job again' : 'Nothing to do unless the step fails later'}. See it yourself: \`aws ecs describe-task-definition --task-definition ${nameInArn(service.taskDefinition)}\`.`,
  };
}
