import type { EcrRepository, RegistryLogin } from '../aws/ecr.ts';
import type { EcsService } from '../aws/ecs.ts';
import type { EngineVersion } from '../docker/engine.ts';
import type { Manifest } from '../registry/manifest.ts';
import type { Config } from './inputs/config.ts';
import { unwrap } from './preflight/answer.ts';
import { containersOfImage } from './preflight/container-image.ts';
import type { TaggedImages } from './preflight/lookups/ecr-lookups.ts';
import type { Identity, Lookups } from './preflight/lookups/lookups.ts';
import { isReusable } from './preflight/reuse.ts';

/** A service that will be deployed, as the preflight found it. */
export interface TargetService {
  readonly service: EcsService;
  /** ARN of the task definition that its deployment starts from; empty where that is a file. */
  readonly taskDefinition: string;
  /** Its containers name the image by digest, so that no tag decides what a deployment runs. */
  readonly isPinned: boolean;
  /** `mode: rollback`: the revision with which it ran the image to go back to, pinned. */
  readonly earlierRevision?: string;
  /** Names of the containers that run the image; empty where the task definition may not be read. */
  readonly containers: readonly string[];
  /** What those containers run now, as the task definition names it. */
  readonly images: readonly string[];
}

/** All that the preflight learned which the stages after it work with. */
export interface Target {
  readonly identity: Identity;
  readonly repository: EcrRepository;
  readonly login: RegistryLogin;
  readonly images: TaggedImages;
  readonly canReuse: boolean;
  /** Undefined where nothing has to be built. */
  readonly engine: EngineVersion | undefined;
  readonly services: readonly TargetService[];
  /** `mode: rollback`: the image to go back to. */
  readonly rollbackTo: Manifest | undefined;
}

/** What a preflight without errors found. Throws what a lookup threw, which a check then would have reported. */
export async function targetOf(config: Config, lookups: Lookups): Promise<Target> {
  const [identity, repository, login, images, services] = await Promise.all([
    lookups.identity().then(unwrap),
    lookups.ecr.repository().then(unwrap),
    lookups.ecr.login().then(unwrap),
    lookups.ecr.taggedImages().then(unwrap),
    lookups.ecs.services().then(unwrap),
  ]);
  const canReuse = isReusable(config, images);
  const isRollback = config.mode === 'rollback';
  const rollbackTo = isRollback ? unwrap(await lookups.rollback.image()) : undefined;
  const docker = canReuse || isRollback ? undefined : unwrap(await lookups.engine());
  return {
    identity,
    repository,
    login,
    images,
    canReuse,
    rollbackTo,
    engine: docker && 'server' in docker ? docker : undefined,
    services: await Promise.all(
      services.services.map((service) => targetService(service, config, repository, rollbackTo, lookups)),
    ),
  };
}

async function targetService(
  service: EcsService,
  config: Config,
  repository: EcrRepository,
  rollbackTo: Manifest | undefined,
  lookups: Lookups,
): Promise<TargetService> {
  const definition = await lookups.ecs.taskDefinitionFor(service);
  const containers = definition.ok ? containersOfImage(definition.value, repository, config) : [];
  const isPinned = containers.some(({ image }) => image?.includes('@') ?? false);
  const earlier =
    rollbackTo && isPinned ? await lookups.rollback.pinnedRevisionOf(service, rollbackTo.digest) : undefined;
  return {
    service,
    taskDefinition: definition.ok ? definition.value.arn : service.taskDefinition,
    containers: containers.flatMap(({ name }) => name ?? []),
    images: containers.flatMap(({ image }) => image ?? []),
    isPinned,
    ...(earlier ? { earlierRevision: earlier } : {}),
  };
}
