import type { EcsService } from '../../aws/ecs.ts';
import { readRefusal } from '../../aws/refusal.ts';
import type { Finding } from '../../finding.ts';
import { count, shortSha } from '../report/words.ts';
import type { CheckContext } from './check.ts';

/** Settings of a service that make a rollout risky, or let it go nowhere. `cluster` is its name, for commands. */
export function settingFindings(service: EcsService, cluster: string): readonly Finding[] {
  const found: Finding[] = [];
  const { name, desired, minimumHealthyPercent: healthy, isDaemon = false } = service;
  if (desired === 0) {
    found.push({
      code: 'DG542',
      level: 'warning',
      title: isDaemon
        ? `Service ${name} is a daemon, and no instance of the cluster fits it: the deployment will start no task, so that nothing proves the image.`
        : `Service ${name} has a desired count of 0: the deployment will start no task, so that nothing proves the image.`,
      fix: isDaemon
        ? `See the instances there are: \`aws ecs list-container-instances --cluster ${cluster}\`.`
        : `Scale it up: \`aws ecs update-service --cluster ${cluster} --service ${name} --desired-count 1\`.`,
    });
  }
  const stopping = desired - Math.ceil((desired * healthy) / 100);
  if (goesNowhere(service)) found.push(nowhere(service, cluster));
  // A daemon has one task an instance: its replacement can only run once it has stopped.
  if (service.strategy === 'ROLLING' && !isDaemon && stopping > 0) {
    found.push({
      code: 'DG531',
      level: 'warning',
      title: `Service ${name} has a minimum healthy percent of ${healthy}: ${mayStop(stopping, desired)}.`,
      fix: `Let a new task run before an old one stops: \`aws ecs update-service --cluster ${cluster} --service ${name} --deployment-configuration maximumPercent=${Math.max(200, service.maximumPercent ?? 0)},minimumHealthyPercent=100\`.`,
    });
  }
  if (!service.circuitBreaker.enabled && service.strategy === 'ROLLING') {
    found.push({
      code: 'DG541',
      level: 'warning',
      title: `Service ${name} has no circuit breaker: ECS itself would retry a crash loop without end.`,
      fix: `Turn it on: \`aws ecs update-service --cluster ${cluster} --service ${name} --deployment-configuration 'deploymentCircuitBreaker={enable=true,rollback=true}'\`.`,
    });
  }
  return found;
}

function mayStop(stopping: number, desired: number): string {
  const first = 'may stop before a replacement runs';
  if (stopping < desired) return `${stopping} of ${count(desired, 'task')} ${first}`;
  return `${desired === 1 ? 'its only task' : `all ${desired} tasks`} ${first}, and nothing serves meanwhile`;
}

/**
 * Whether ECS may neither stop nor start a task: no room above the desired count, none below (developer guide,
 * "Service definition parameters": the lower limit is rounded up, the upper one down). Tasks that are missing now
 * leave room.
 */
function goesNowhere({
  strategy,
  isDaemon = false,
  desired,
  running,
  minimumHealthyPercent,
  maximumPercent = 200,
}: EcsService): boolean {
  if (strategy !== 'ROLLING' || isDaemon || desired === 0 || running < desired) return false;
  const least = Math.ceil((desired * minimumHealthyPercent) / 100);
  return least >= desired && Math.floor((desired * maximumPercent) / 100) <= desired;
}

function nowhere(service: EcsService, cluster: string): Finding {
  const { name, desired, minimumHealthyPercent, maximumPercent } = service;
  return {
    code: 'DG532',
    level: 'error',
    title: `Service ${name} can't be deployed: with a minimum healthy percent of ${minimumHealthyPercent} and a maximum of ${maximumPercent}, ECS may neither stop one of its ${count(desired, 'task')} first nor start one more.`,
    fix: `Let one more run meanwhile: \`aws ecs update-service --cluster ${cluster} --service ${name} --deployment-configuration maximumPercent=200,minimumHealthyPercent=100\`.`,
  };
}

/** A deployment that ECS still works on, with the commit of its image where that can be found out. */
export async function deploymentInProgress(
  service: EcsService,
  containers: readonly string[],
  context: CheckContext,
): Promise<readonly Finding[]> {
  const other = service.deployments.find(({ rolloutState }) => rolloutState === 'IN_PROGRESS');
  if (!other) return [];
  const { commit, denied } = await commitOf(service, containers, context);
  const since = sinceWhen(other.createdAt);
  const unknown = denied ? `; of which commit is not known: ${denied} is denied` : '';
  return [
    {
      code: 'DG551',
      level: 'warning',
      title: `Service ${service.name} is in the middle of a deployment${commit ? ` of ${shortSha(commit)}` : ''} (${other.id}, since ${since}${unknown}): a new one takes over from it.`,
      fix: 'Put a `concurrency:` group on the job, so that deployments of one service wait for each other.',
    },
  ];
}

/** `10:05 UTC`, with its day where that was not today. */
function sinceWhen(time: number): string {
  const [day = '', clock = ''] = new Date(time).toISOString().split('T');
  const today = new Date().toISOString().startsWith(day);
  return `${today ? '' : `${day} `}${clock.slice(0, 5)} UTC`;
}

/** The commit with which the image of the newest revision is tagged, or the IAM action without which it is not known. */
async function commitOf(
  { revisions = [] }: EcsService,
  containers: readonly string[],
  { lookups }: CheckContext,
): Promise<{ readonly commit?: string | undefined; readonly denied?: string | undefined }> {
  if (revisions.length === 0) return {};
  const images = await lookups.ecs.newestImages(revisions);
  if (!images.ok) return deniedIn(images.error, 'ecs:DescribeServiceRevisions');
  const digest = containers.map((name) => images.value[name]).find((found) => found !== undefined);
  const tags = digest ? await lookups.ecr.tagsOf(digest) : undefined;
  if (tags === undefined) return {};
  if (!tags.ok) return deniedIn(tags.error, 'ecr:DescribeImages');
  return { commit: tags.value.find((tag) => /^[0-9a-f]{40}$/.test(tag)) };
}

function deniedIn(error: unknown, action: string): { readonly denied?: string } {
  return readRefusal(error).kind === 'access-denied' ? { denied: action } : {};
}
