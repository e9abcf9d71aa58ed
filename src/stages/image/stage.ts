import { Failure } from '../../finding.ts';
import type { RegistryRepository } from '../../registry/registry.ts';
import type { DeployContext } from '../deploy-context.ts';
import { registryAccess } from '../preflight/lookups.ts';
import { shortDigest, shortTag, size } from '../report/words.ts';
import { buildAndPush, type PushedImage, readPushedImage } from './image.ts';

/** The image in the repository, and the repository for moving tags to it. */
export interface ImageStage {
  readonly image: PushedImage;
  readonly registry: RegistryRepository;
}

/** Has the image of this commit in the repository under its tag: built and pushed, or there already. */
export async function imageStage(context: DeployContext, tag: string): Promise<ImageStage> {
  const { target, recorder, ports } = context;
  const { repository, login } = target;
  const registry = ports.registry(registryAccess(login, repository), repository.name);
  const image = target.canReuse
    ? await readPushedImage({ repository, tag }, registry, true)
    : await build(context, tag, registry);
  recorder.update({ image });
  ports.runner.print(`✓ image      ${describe(image)}`);
  return { image, registry };
}

async function build(
  context: DeployContext,
  tag: string,
  registry: RegistryRepository,
): Promise<PushedImage> {
  const { config, target, recorder, ports } = context;
  const { repository, login, engine } = target;
  if (engine === undefined) throw new Error('the preflight let a build pass without an engine');
  const docker = await ports.openDocker(repository.uri.slice(0, repository.uri.indexOf('/')));
  const { run, commit } = recorder.report;
  ports.runner.openGroup('Image: what docker prints');
  const output = ports.runner.foreignOutput();
  try {
    return await buildAndPush(
      { config, run, sha: commit?.sha, tag, repository, login, engine },
      { docker, registry, onOutput: output.lines },
    );
  } catch (error) {
    // A build that was cancelled fails with an exit code of its own: the cancel is the reason.
    if (error instanceof Failure) ports.signal.throwIfAborted();
    throw error;
  } finally {
    output.end();
    ports.runner.closeGroup();
  }
}

function describe(image: PushedImage): string {
  const layers = image.layers
    ? `, ${size(image.layers.bytes)} in ${image.layers.count} layer${image.layers.count === 1 ? '' : 's'}`
    : '';
  const how = image.reused
    ? 'is in the repository already, built the same way: not built again'
    : 'built and pushed';
  return `${shortTag(image.tag)} ${how}: ${shortDigest(image.digest)}${layers}`;
}
