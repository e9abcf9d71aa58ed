import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { EcrRepository } from '../../aws/ecr.ts';
import type { EcsService, TaskDefinition } from '../../aws/ecs.ts';
import type { Finding } from '../../finding.ts';
import { isTaskDefinitionFile } from '../deploy/task-definition-file.ts';
import { imageTagOf } from '../image/image-tag.ts';
import type { Config } from '../inputs/config.ts';
import { listed } from '../report/words.ts';
import type { CheckContext } from './check.ts';
import { isRegistryOf, type PlaceOfRepository } from './registry-host.ts';

/** An image reference taken apart: `host/name[:tag][@digest]` (distribution/reference). */
export interface ImageReference {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Takes an image reference apart. A tag that is left out is `latest`, unless a digest is named. */
export function parseImageReference(text: string): ImageReference {
  const [name = '', digest] = text.split('@');
  const tagAt = name.indexOf(':', name.lastIndexOf('/') + 1);
  const repository = tagAt < 0 ? name : name.slice(0, tagAt);
  const tag = tagAt < 0 ? undefined : name.slice(tagAt + 1);
  return { repository, digest, tag: tag ?? (digest === undefined ? 'latest' : undefined) };
}

/** Whether an image is of the repository, by whichever of its registry's names. */
function isOfRepository(name: string, repository: PlaceOfRepository, { region }: Config): boolean {
  const [[host, path], [, ownPath]] = [partsOf(name), partsOf(repository.uri)];
  return path === ownPath && isRegistryOf(repository, host, region);
}

function partsOf(name: string): readonly [host: string, path: string] {
  const slash = name.indexOf('/');
  return [name.slice(0, Math.max(0, slash)), name.slice(slash + 1)];
}

/**
 * The containers that run the image: those named by `container-name`, else those whose image is the repository's.
 * Where their image is to be written into a revision and they differ, those with a tag that a run moves, a commit or
 * a digest: one beside them that keeps to a tag of its own (`repository:otel-2`) is not overwritten.
 */
export function containersOfImage(
  taskDefinition: TaskDefinition,
  repository: PlaceOfRepository,
  config: Config,
): readonly ContainerDefinition[] {
  const { containerName } = config.ecs;
  if (containerName !== undefined)
    return taskDefinition.containers.filter(({ name }) => name === containerName);
  const found = taskDefinition.containers.filter(({ image }) =>
    isOfRepository(parseImageReference(image ?? '').repository, repository, config),
  );
  if (config.ecs.rollout !== 'pin' && !isTaskDefinitionFile(config.ecs.taskDefinition)) return found;
  const ours = found.filter(({ image }) => isMoved(parseImageReference(image ?? ''), config));
  return ours.length > 0 ? ours : found;
}

const COMMIT = /^[0-9a-f]{7,40}$/;

function isMoved({ tag = '', digest }: ImageReference, { image }: Config): boolean {
  const moved = ['latest', image.latestTag, image.tag, ...image.extraTags];
  return digest !== undefined || moved.includes(tag) || COMMIT.test(tag);
}

/** Why a forced deployment of the service would not run the image that this run pushes; empty where it would. */
export function containerProblems(
  service: EcsService,
  taskDefinition: TaskDefinition,
  repository: EcrRepository,
  { config, commit }: Pick<CheckContext, 'config' | 'commit'>,
): readonly Finding[] {
  const containers = containersOfImage(taskDefinition, repository, config);
  if (containers.length === 0) return [noContainer(service, taskDefinition, repository, config)];
  // The image is written into the task definition itself: what it names now doesn't matter.
  if (config.ecs.rollout === 'pin' || isTaskDefinitionFile(config.ecs.taskDefinition)) return [];
  const moved = [config.image.latestTag, imageTagOf(config, commit), ...config.image.extraTags];
  return containers.flatMap((container) => {
    const image = parseImageReference(container.image ?? '');
    const runs = `Container ${container.name} of ${taskDefinition.name} (service ${service.name}) runs`;
    // A roll back gives a pinned service a revision with the image in it.
    if (config.mode === 'rollback' && image.digest !== undefined) return [];
    if (
      !isOfRepository(image.repository, repository, config) ||
      image.digest !== undefined ||
      !moved.includes(image.tag)
    ) {
      return [otherImage(`${runs} ${container.image}`, repository, config)];
    }
    return container.versionConsistency === 'disabled'
      ? [inconsistent(`${runs} its image`, container.name)]
      : [];
  });
}

function noContainer(
  service: EcsService,
  taskDefinition: TaskDefinition,
  repository: EcrRepository,
  config: Config,
): Finding {
  const { containerName } = config.ecs;
  const isWritten = config.ecs.rollout === 'pin' || isTaskDefinitionFile(config.ecs.taskDefinition);
  const [first] = taskDefinition.containers;
  const set =
    isWritten && first?.name
      ? `Name the container that is to run it, \`container-name: ${first.name}\``
      : `Set the image of its container to ${repository.uri}:${config.image.latestTag ?? 'latest'}`;
  const have = taskDefinition.containers.map(({ name, image }) => `${name} (${image})`);
  return {
    code: 'DG524',
    level: 'error',
    title: containerName
      ? `Task definition ${taskDefinition.name} of service ${service.name} has no container ${containerName}.`
      : `No container of ${taskDefinition.name} (service ${service.name}) runs an image of ${repository.uri}.`,
    detail: `It has ${listed(have)}.`,
    fix: containerName
      ? 'Correct `container-name`, or leave it out to take the containers whose image is `ecr-repository`.'
      : `${set}, or correct \`ecr-repository\` or \`service\`.`,
  };
}

function otherImage(what: string, repository: EcrRepository, config: Config): Finding {
  return {
    code: 'DG525',
    level: 'error',
    title: `${what}, which a forced deployment would run again instead of the image that is pushed.`,
    fix: `${config.image.latestTag ? `Set its image to ${repository.uri}:${config.image.latestTag} in the task definition. Or use` : 'With `latest-tag: false`, use'} \`rollout: pin\`, which writes the image into the task definition itself.`,
  };
}

function inconsistent(what: string, container: string | undefined): Finding {
  return {
    code: 'DG526',
    level: 'error',
    title: `${what} with version consistency disabled: tasks of one deployment may run different images.`,
    fix: `Remove \`"versionConsistency": "disabled"\` from container ${container} in the task definition.`,
  };
}
