import { Failure } from '../../finding.ts';
import type { RegistryRepository } from '../../registry/registry.ts';
import type { DeployContext } from '../deploy-context.ts';
import { registryAccess } from '../preflight/lookups/ecr-lookups.ts';
import { duration, shortDigest, shortTag, size } from '../report/words.ts';
import { buildAndPush, type PushedImage, pushedImage, readPushedImage } from './image.ts';
import { imageTagOf } from './image-tag.ts';

/** The image in the repository, and the repository for moving tags to it. */
export interface ImageStage {
  readonly image: PushedImage;
  readonly registry: RegistryRepository;
}

/** Has the image of this commit in the repository under its tag: built and pushed, or there already. */
export async function imageStage(context: DeployContext): Promise<ImageStage> {
  const { target, recorder, ports } = context;
  const { repository, login } = target;
  const registry = ports.registry(registryAccess(login, repository), repository.name);
  const startedAt = performance.now();
  const image = await imageOf(context, registry);
  recorder.update({ image });
  const took = duration(performance.now() - startedAt);
  ports.runner.print(`✓ image      ${describe(image, target.rollbackTo !== undefined)} (${took})`);
  return { image, registry };
}

async function imageOf(context: DeployContext, registry: RegistryRepository): Promise<PushedImage> {
  const { config, target, recorder } = context;
  const { repository, rollbackTo } = target;
  const tag = imageTagOf(config, recorder.report.commit);
  if (rollbackTo) {
    return pushedImage(repository, tag ?? (await commitTagOf(rollbackTo.digest, context)), rollbackTo, true);
  }
  if (tag === undefined) throw new Error('the preflight let a deploy pass without a tag');
  if (target.canReuse) return await readPushedImage({ repository, tag }, registry, true);
  return await build(context, tag, registry);
}

/** The commit that an image is tagged with, for naming it; else any tag of it, or its digest. */
async function commitTagOf(digest: string, { target, ports }: DeployContext): Promise<string> {
  const ecr = await ports.aws.ecr();
  const tags = await ecr.tagsOf(target.repository, digest).catch(() => []);
  return tags.find((tag) => /^[0-9a-f]{40}$/.test(tag)) ?? tags[0] ?? digest;
}

async function build(
  context: DeployContext,
  tag: string,
  registry: RegistryRepository,
): Promise<PushedImage> {
  const { config, target, recorder, ports } = context;
  const { repository, login, engine } = target;
  if (engine === undefined) throw new Error('the preflight let a build pass without an engine');
  const opened = await ports.openEngine(engine, repository.uri.slice(0, repository.uri.indexOf('/')));
  const { run, commit } = recorder.report;
  ports.runner.openGroup(`Image: what ${engine.name} prints`);
  const output = ports.runner.foreignOutput();
  try {
    return await buildAndPush(
      { config, run, sha: commit?.sha, tag, repository, login },
      {
        engine: opened,
        registry,
        onOutput: output.lines,
        onPush: () => recorder.update({ changedBefore: true }),
      },
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

function describe(image: PushedImage, isRollback: boolean): string {
  if (isRollback) return `going back to ${shortTag(image.tag)}: ${shortDigest(image.digest)}`;
  const layers = image.layers
    ? `, ${size(image.layers.bytes)} in ${image.layers.count} layer${image.layers.count === 1 ? '' : 's'}`
    : '';
  const how = image.reused
    ? 'is in the repository already, built the same way: not built again'
    : 'built and pushed';
  return `${shortTag(image.tag)} ${how}: ${shortDigest(image.digest)}${layers}`;
}
