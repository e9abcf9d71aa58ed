import { REVISION_LABEL } from '../../docker/build-command.ts';
import { Failure, type Finding } from '../../finding.ts';
import type { Manifest } from '../../registry/manifest.ts';
import type { RegistryRepository } from '../../registry/registry.ts';
import type { DeployContext } from '../deploy-context.ts';
import type { PushedImage } from '../image/image.ts';
import type { ServiceReport } from '../report/run-report.ts';
import { listed, shortDigest } from '../report/words.ts';
import { nameOfImage } from '../rollout/newer.ts';
import type { RolloutOutcome } from '../rollout/rollout.ts';

// ECR moves a tag on no condition: another run that moves `latest` too can be noticed, and not kept from it.

/**
 * Ends a run whose `latest` another run has moved since the preflight: what that deployed is newer than what this
 * one has, and must not be put back under the tag. Another build of the same commit, as parallel jobs for several
 * services make it, is no newer. Throws Failure, `superseded`.
 */
export async function refuseWhereTagMoved(
  context: DeployContext,
  { digest }: PushedImage,
  registry: RegistryRepository,
): Promise<void> {
  const { latest } = context.target.images;
  const now = await movedTag(context, registry);
  if (now === 'unknown' || now?.digest === latest?.digest || now?.digest === digest) return;
  if (now === undefined) return;
  const { commit } = context.recorder.report;
  const config = await registry.imageConfig(now).catch(() => undefined);
  if (commit && config?.labels[REVISION_LABEL] === commit.sha) return;
  const title = `${tagOf(context)} was pointed at ${await nameFor(now, context)} by another run since this one began: that image is newer, and stays. No service was changed by this run.`;
  throw new Failure(taken(title), 'superseded');
}

/** The same between the move of the tag and UpdateService, which would deploy what the tag points at by then. */
export async function refuseWhereTagTaken(
  context: DeployContext,
  { digest }: PushedImage,
  registry: RegistryRepository,
): Promise<void> {
  const now = await movedTag(context, registry);
  if (now === 'unknown' || now?.digest === digest) return;
  const title = `${tagOf(context)} was pointed at this run's image, and another run has pointed it at ${await nameFor(now, context)} since: that run deploys. No service was changed by this one.`;
  throw new Failure(taken(title), 'superseded');
}

/**
 * The outcomes, where a service that was found with another image is superseded if that is no fault of the rollout:
 * ECS took the image from the tag, which another run had moved just before. The report has them too.
 */
export async function supersededByTag(
  outcomes: readonly RolloutOutcome[],
  context: DeployContext,
  { digest }: PushedImage,
  registry: RegistryRepository,
): Promise<readonly RolloutOutcome[]> {
  if (!outcomes.some(({ finding }) => finding?.code === FOREIGN_IMAGE)) return outcomes;
  const now = await movedTag(context, registry);
  if (now === 'unknown' || now?.digest === digest) return outcomes;
  const name = await nameFor(now, context);
  const ends = outcomes.map((outcome): RolloutOutcome => {
    if (outcome.finding?.code !== FOREIGN_IMAGE) return outcome;
    const title = `${outcome.service}: another run pointed tag ${context.config.image.latestTag ?? ''} at ${name} before ECS took the image for this deployment from it: ECS deploys that one.`;
    return { ...outcome, result: 'superseded', finding: taken(title) };
  });
  const { recorder } = context;
  recorder.update({
    deployments: recorder.report.deployments.map((deployment): ServiceReport => {
      const outcome = ends.find(({ service }) => service === deployment.service);
      if (outcome?.finding === undefined || outcome.finding.code !== TAKEN) return deployment;
      return { ...deployment, result: outcome.result, reason: outcome.finding.title, outcome };
    }),
  });
  return ends;
}

/**
 * Why a rollout that succeeded is not the last word: the tag is another run's by now. Undefined where it is ours, or
 * no service takes its image from it.
 */
export async function takenAfterwards(
  context: DeployContext,
  { digest }: PushedImage,
  registry: RegistryRepository,
): Promise<Finding | undefined> {
  const { config, target } = context;
  if (config.ecs.rollout === 'pin' || target.services.every(({ isPinned }) => isPinned)) return undefined;
  const now = await movedTag(context, registry);
  if (now === 'unknown' || now?.digest === digest) return undefined;
  const services = listed(target.services.map(({ service }) => service.name));
  return taken(
    `${tagOf(context)} was pointed at ${await nameFor(now, context)} by another run while ${services} came to run this image: the next deployment runs that one.`,
  );
}

const TAKEN = 'DG462';
const FOREIGN_IMAGE = 'DG631';

/** What the moving tag points at, undefined for nothing; `unknown` where there is none, or it can't be read. */
async function movedTag(
  { config }: DeployContext,
  registry: RegistryRepository,
): Promise<Manifest | undefined | 'unknown'> {
  const { latestTag } = config.image;
  if (latestTag === undefined) return 'unknown';
  return await registry.manifest(latestTag).catch((): 'unknown' => 'unknown');
}

function tagOf({ config }: DeployContext): string {
  return `Tag ${config.image.latestTag ?? ''}`;
}

async function nameFor(image: Manifest | undefined, { target, ports }: DeployContext): Promise<string> {
  if (image === undefined) return 'nothing';
  const tagsOf = async (digest: string) => (await ports.aws.ecr()).tagsOf(target.repository, digest);
  const name = await nameOfImage(image.digest, tagsOf, ports.signal);
  const short = shortDigest(image.digest);
  return name.startsWith('sha256:') ? short : `${name} (${short})`;
}

function taken(title: string): Finding {
  return {
    code: TAKEN,
    level: 'error',
    title,
    fix: 'Nothing, if the other run is the newer one. Put a `concurrency:` group on the job, so that deployments wait for each other.',
  };
}
