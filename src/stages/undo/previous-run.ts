import type { RawJson } from '../../aws/raw-json.ts';
import type { TaskDefinitions } from '../../aws/task-definitions.ts';
import type { Finding } from '../../finding.ts';
import { imagesOf, type Manifest } from '../../registry/manifest.ts';
import type { ServiceBefore } from '../deploy/before.ts';
import { imageIn, pinImage } from '../deploy/pinned-image.ts';
import type { Config } from '../inputs/config.ts';
import { parseImageReference } from '../preflight/container-image.ts';
import type { Recorder } from '../report/recorder.ts';
import { shortDigest, shortTag } from '../report/words.ts';
import type { ExpectedImage } from '../rollout/rollout.ts';
import { pointAt, type UndoTags } from './tags.ts';

/** How a service comes to run its previous image again. */
export type PreviousRun =
  /** By a deployment of this task definition, which then runs this image. */
  | { readonly kind: 'deploy'; readonly taskDefinition: string; readonly expected: ExpectedImage }
  /** It ran this very image before: there is none to go back to. */
  | { readonly kind: 'same' }
  | { readonly kind: 'impossible'; readonly why: string };

/** What finding that out works with. */
export interface PreviousRunPorts {
  readonly config: Config;
  readonly tags: UndoTags;
  readonly repositoryUri: string;
  readonly definitions: Pick<TaskDefinitions, 'read' | 'register'>;
  readonly recorder: Recorder;
}

/**
 * What a service ran before, and how a deployment gets there. The task definition that it had names its image by
 * digest, or by a tag that may point elsewhere by now: where a deployment before this one failed, `latest` pointed
 * at an image that no task ran. Then the tag is put on what did run, or a revision is pinned to it.
 */
export async function previousRun(before: ServiceBefore, ports: PreviousRunPorts): Promise<PreviousRun> {
  const { tags, repositoryUri } = ports;
  const arn = before.service.taskDefinition;
  const definition = await ports.definitions.read(arn).catch(() => undefined);
  const reference = parseImageReference(
    (definition && imageIn(definition.registrable, before.each.containers)) ??
      `${repositoryUri}:${ports.config.image.latestTag ?? 'latest'}`,
  );
  if (reference.repository !== repositoryUri)
    return impossible(`its image ${reference.repository} is none of this repository's`);
  const stayed = reference.tag === undefined ? undefined : tags.stayed.get(reference.tag);
  const named = await tags.registry.manifest(reference.digest ?? reference.tag ?? '');
  const wanted = reference.digest ?? before.digest ?? named?.digest;
  if (stayed && before.digest === undefined)
    return impossible(`tag ${reference.tag} could not be put back: ${stayed.why}`);
  if (wanted === undefined) return impossible('which image ran before is not known');
  if (wanted === tags.deployed) return { kind: 'same' };
  const image = wanted === named?.digest ? named : await tags.registry.manifest(wanted);
  if (image === undefined)
    return impossible(`its image ${shortDigest(wanted)} is not in the repository any more`);
  const expected = expectedOf(image, repositoryUri);
  if (named && isSame(named, wanted)) return { kind: 'deploy', taskDefinition: arn, expected };
  if (ports.config.ecs.rollout === 'pin' && definition)
    return await pinned(definition.registrable, before, expected, ports);
  return await byTag(reference.tag ?? '', image, named, before, ports);
}

/** An index and the images in it are the same: a revision may name either. */
function isSame(manifest: Manifest, digest: string): boolean {
  return manifest.digest === digest || imagesOf(manifest).some((child) => child.digest === digest);
}

function expectedOf(image: Manifest, repositoryUri: string): ExpectedImage {
  return { digest: image.digest, childDigests: imagesOf(image).map(({ digest }) => digest), repositoryUri };
}

async function pinned(
  registrable: RawJson,
  { each }: ServiceBefore,
  expected: ExpectedImage,
  { definitions }: PreviousRunPorts,
): Promise<PreviousRun> {
  const image = `${expected.repositoryUri}@${expected.digest}`;
  const { arn } = await definitions.register(pinImage(registrable, each.containers, image).definition);
  return { kind: 'deploy', taskDefinition: arn, expected };
}

async function byTag(
  tag: string,
  image: Manifest,
  named: Manifest | undefined,
  { service }: ServiceBefore,
  { config, tags, repositoryUri, recorder }: PreviousRunPorts,
): Promise<PreviousRun> {
  const stayed = tags.stayed.get(tag);
  if (stayed) return impossible(`tag ${tag} could not be put back: ${stayed.why}`);
  const at = named ? shortDigest(named.digest) : 'nothing';
  if (tag !== config.image.latestTag || tags.placed.has(tag)) {
    return impossible(
      `its tag ${shortTag(tag)} points at ${at}, and not at ${shortDigest(image.digest)}, which it ran`,
    );
  }
  const why = await pointAt(tag, image, new Set([named?.digest, tags.deployed]), tags.registry);
  if (why) return impossible(why);
  tags.placed.set(tag, image.digest);
  recorder.update({ notes: [...recorder.report.notes, pointedElsewhere(tag, image.digest, at)] });
  return {
    kind: 'deploy',
    taskDefinition: service.taskDefinition,
    expected: expectedOf(image, repositoryUri),
  };
}

function pointedElsewhere(tag: string, to: string, before: string): Finding {
  return {
    code: 'DG464',
    level: 'warning',
    title: `Tag ${tag} points at ${shortDigest(to)} now, which the services ran before this run, and not at ${before}, which it pointed at and no task ran.`,
    fix: 'Nothing, if that image was one that had failed. Else run the job again for its commit.',
  };
}

function impossible(why: string): PreviousRun {
  return { kind: 'impossible', why };
}
