import type { Ecs, EcsService } from '../../aws/ecs.ts';
import type { TargetService } from '../target.ts';

/** A service as it was just before its deployment was asked for. */
export interface ServiceBefore {
  readonly each: TargetService;
  readonly service: EcsService;
  /** Digest of the image that it served with in our containers; undefined where ECS doesn't tell, or they differ. */
  readonly digest: string | undefined;
}

/**
 * The services as they are now: the preflight saw them before the build, and a deployment that somebody else has
 * started since must not be taken for ours where the answer to UpdateService is lost.
 */
export async function readAgain(
  cluster: string,
  targets: readonly TargetService[],
  ecs: Pick<Ecs, 'services'>,
): Promise<(each: TargetService) => EcsService> {
  const names = targets.map(({ service }) => service.name);
  const services = await ecs.services(cluster, names).catch(() => []);
  return ({ service }) => services.find(({ name }) => name === service.name) ?? service;
}

/**
 * What each service serves with, by the revision of its tasks: `latest` says nothing of that where a deployment
 * before this one failed. Revisions don't change, so that it can be asked while the deployment begins.
 */
export async function servedBefore(
  targets: readonly TargetService[],
  now: (each: TargetService) => EcsService,
  ecs: Pick<Ecs, 'imagesOfRevisions'>,
): Promise<readonly ServiceBefore[]> {
  const arns = targets.flatMap((each) => now(each).servingRevision ?? []);
  // It only tells more: a role that may not read revisions deploys all the same.
  const images =
    arns.length === 0
      ? new Map<string, Readonly<Record<string, string>>>()
      : await ecs.imagesOfRevisions([...new Set(arns)]).catch(() => new Map<string, never>());
  return targets.map((each) => {
    const service = now(each);
    const byContainer = images.get(service.servingRevision ?? '') ?? {};
    const digests = new Set(each.containers.map((name) => byContainer[name]));
    const [digest] = digests;
    return { each, service, digest: digests.size === 1 ? digest : undefined };
  });
}
