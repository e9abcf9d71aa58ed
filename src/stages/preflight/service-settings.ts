import type { EcsService } from '../../aws/ecs.ts';
import type { Finding } from '../../finding.ts';
import { count, shortSha } from '../report/words.ts';
import type { CheckContext } from './check.ts';

/** Settings of a service that make a rollout risky: all warnings. `cluster` is its name, for commands. */
export function settingWarnings(service: EcsService, cluster: string): readonly Finding[] {
  const found: Finding[] = [];
  const { name, desired, minimumHealthyPercent: healthy } = service;
  if (desired === 0) {
    found.push({
      code: 'DG542',
      level: 'warning',
      title: `Service ${name} has a desired count of 0: the deployment will start no task, so that nothing proves the image.`,
      fix: `Scale it up: \`aws ecs update-service --cluster ${cluster} --service ${name} --desired-count 1\`.`,
    });
  }
  const stopping = desired - Math.ceil((desired * healthy) / 100);
  if (service.strategy === 'ROLLING' && stopping > 0) {
    found.push({
      code: 'DG531',
      level: 'warning',
      title: `Service ${name} has a minimum healthy percent of ${healthy}: ${stopping} of ${count(desired, 'task')} may stop before a replacement runs.`,
      fix: 'Set `minimumHealthyPercent` to 100 in the deployment configuration for a rollout without downtime.',
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

/** A deployment that ECS still works on, with the commit of its image where that can be found out. */
export async function deploymentInProgress(
  service: EcsService,
  containers: readonly string[],
  context: CheckContext,
): Promise<readonly Finding[]> {
  const other = service.deployments.find(({ rolloutState }) => rolloutState === 'IN_PROGRESS');
  if (!other) return [];
  const commit = await commitOf(service, containers, context);
  const since = new Date(other.createdAt).toISOString().slice(11, 16);
  return [
    {
      code: 'DG551',
      level: 'warning',
      title: `Service ${service.name} is in the middle of a deployment${commit ? ` of ${shortSha(commit)}` : ''} (${other.id}, since ${since} UTC): a new one takes over from it.`,
      fix: 'Put a `concurrency:` group on the job, so that deployments of one service wait for each other.',
    },
  ];
}

/** The commit with which the image of the newest revision is tagged; undefined where anything in between is not known. */
async function commitOf(
  { revisions = [] }: EcsService,
  containers: readonly string[],
  { lookups }: CheckContext,
): Promise<string | undefined> {
  if (revisions.length === 0) return undefined;
  const images = await lookups.newestImages(revisions);
  if (!images.ok) return undefined;
  const digest = containers.map((name) => images.value[name]).find((found) => found !== undefined);
  const tags = digest ? await lookups.tagsOf(digest) : undefined;
  return tags?.ok ? tags.value.find((tag) => /^[0-9a-f]{40}$/.test(tag)) : undefined;
}
