import { isAbsolute, relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { unwrap } from '../preflight/answer.ts';
import { buildPaths } from '../preflight/build-files.ts';
import type { CheckContext } from '../preflight/check.ts';
import { containersOfImage } from '../preflight/container-image.ts';
import { workflowPath } from '../preflight/workflow-file.ts';
import type { RepositoryFacts } from './checkout.ts';

/** AWS may be slow, or hang: then nothing is known of the containers. In milliseconds. */
const LONGEST_WAIT_MS = 8_000;

/** What a run knows of the deploy, by the paths that git tracks below a folder. What AWS and docker tell comes later, or never. */
export function factsOf(context: CheckContext, tracked: ReadonlySet<string>, root: string): RepositoryFacts {
  const { config, run, lookups } = context;
  const paths = buildPaths(config.build, run.workspace);
  const dockerfile = paths && pathInside(root, paths.dockerfile);
  const workflow = workflowPath(config.environment);
  const limit = sleep(LONGEST_WAIT_MS, undefined, { ref: false });
  return {
    facts: {
      context: paths && pathInside(root, paths.context),
      dockerfile: dockerfile !== undefined && tracked.has(dockerfile) ? dockerfile : undefined,
      target: config.build.target,
      workflow: workflow !== undefined && tracked.has(workflow) ? workflow : undefined,
      rollout: config.ecs.rollout,
      latestTag: config.image.latestTag,
      waitMinutes: config.ecs.waitMinutes,
      environment: config.environmentName,
      owner: run.repository.split('/')[0] || undefined,
    },
    containers: () => Promise.race([containersOf(context).catch(() => undefined), limit]),
    builder: async () => {
      const engine = await Promise.race([lookups.engine(), limit]);
      // What podman and buildah have is neither: they know most of BuildKit's syntax.
      if (!engine?.ok || 'unreachable' in engine.value || engine.value.name !== 'docker') return undefined;
      return engine.value.buildx === undefined ? 'classic' : 'buildkit';
    },
  };
}

/** A path from the checkout with `/`, `.` for itself; undefined where it leads out of it. */
function pathInside(root: string, absolute: string): string | undefined {
  const path = relative(root, absolute);
  if (path === '') return '.';
  return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)
    ? undefined
    : path.split(sep).join('/');
}

/** The containers of all services that run the image. Throws what kept the lookups from telling. */
async function containersOf({
  config,
  lookups,
}: CheckContext): Promise<readonly ContainerDefinition[] | undefined> {
  if (config.awsObstacle !== undefined || config.ecs.services.length === 0) return undefined;
  const [repository, { services }] = await Promise.all([
    lookups.ecr.repository().then(unwrap),
    lookups.ecs.services().then(unwrap),
  ]);
  const definitions = await Promise.all(
    services.map(async (service) => unwrap(await lookups.ecs.taskDefinitionFor(service))),
  );
  return definitions.flatMap((definition) => containersOfImage(definition, repository, config));
}
