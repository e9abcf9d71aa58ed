import { nameInArn } from '../../aws/arn.ts';
import { Failure, type Finding } from '../../finding.ts';
import type { RegistryRepository } from '../../registry/registry.ts';
import type { DeployContext } from '../deploy-context.ts';
import type { PushedImage } from '../image/image.ts';
import { type MovedTag, moveTag } from '../image/moving-tags.ts';
import { putTagBack } from '../image/put-back.ts';
import type { ImageStage } from '../image/stage.ts';
import type { Ports } from '../ports.ts';
import type { Recorder } from '../report/recorder.ts';
import type { ServiceReport } from '../report/run-report.ts';
import { listed, shortDigest, shortTag } from '../report/words.ts';
import type { StartedDeployment } from '../rollout/rollout.ts';
import type { TargetService } from '../target.ts';
import { readAgain, type ServiceBefore, servedBefore } from './before.ts';
import { type AcceptedDeployment, type DeployAnswer, startDeployment } from './deploy.ts';
import type { ServicePlan } from './revisions.ts';
import { refuseWhereTagMoved, refuseWhereTagTaken } from './tag-taken.ts';

const REREAD_MS = 1_000;

/** What became of starting the deployments. */
export interface DeployStage {
  readonly started: readonly StartedDeployment[];
  readonly refusals: readonly Finding[];
  /** Every service as it was just before. */
  readonly before: readonly ServiceBefore[];
}

/**
 * Points the tags at the image and starts one deployment of each service. Gives those that ECS accepted; throws
 * Failure where it accepted none, after putting the tags back.
 */
export async function deployStage(
  context: DeployContext,
  { image, registry }: ImageStage,
  plans: readonly ServicePlan[],
): Promise<DeployStage> {
  const { config, target, recorder, ports } = context;
  await refuseWhereTagMoved(context, image, registry);
  await moveTags(context, image, registry);
  const ecs = await ports.aws.ecs();
  const { cluster } = config.ecs;
  const fresh = await readAgain(cluster, target.services, ecs);
  await refuseWhereTagTaken(context, image, registry);
  recorder.update({ unanswered: target.services.map(({ service }) => service.name) });
  const served = servedBefore(target.services, fresh, ecs);
  const answers = await Promise.all(
    plans.map(async ({ each, taskDefinition }) => {
      const deployPorts = { ecs, signal: ports.signal, rereadMs: REREAD_MS };
      const answer = await startDeployment(cluster, fresh(each), deployPorts, taskDefinition);
      recorder.update({
        // One that may have been started stays unanswered: nobody may say that it was not.
        unanswered: recorder.report.unanswered.filter(
          (name) => name !== each.service.name || ('refused' in answer && answer.maybeStarted),
        ),
        deployments: [...recorder.report.deployments, serviceReport(each, answer)],
      });
      return { each, answer };
    }),
  );
  const before = await served;
  tellWhatRan(before, image, recorder);
  const started = answers.flatMap(({ each, answer }) => {
    const was = before.find((one) => one.each === each);
    return 'accepted' in answer ? [startedDeployment(cluster, each, answer.accepted, was, recorder)] : [];
  });
  sayUnchanged(
    image,
    before,
    answers.flatMap(({ each, answer }) => ('accepted' in answer ? [each] : [])),
    context,
  );
  const refusals = answers.flatMap(({ answer }) => ('refused' in answer ? [answer.refused] : []));
  const [first, ...others] = refusals;
  if (started.length > 0 || !first) return { started, refusals, before };
  const untouched = answers.every(({ answer }) => 'refused' in answer && !answer.maybeStarted);
  if (untouched) await putTagsBack(registry, recorder, ports);
  throw new Failure([first, ...others]);
}

/** Where no tag and no pinned revision named the image before: what the first service served with. */
function tellWhatRan(before: readonly ServiceBefore[], image: PushedImage, recorder: Recorder): void {
  const digest = before.find((one) => one.digest !== undefined)?.digest;
  if (recorder.report.previousImage !== undefined || digest === undefined) return;
  recorder.update({ previousImage: `${image.repositoryUri}@${digest}` });
}

/** Who presses the button wants new tasks, also of the same image; that it is the same is worth knowing. */
function sayUnchanged(
  image: PushedImage,
  before: readonly ServiceBefore[],
  started: readonly TargetService[],
  { recorder, ports }: DeployContext,
): void {
  const same = before.filter(
    ({ each, digest }) =>
      started.includes(each) &&
      digest !== undefined &&
      (digest === image.digest || image.childDigests.includes(digest)),
  );
  if (same.length === 0) return;
  const names = listed(same.map(({ service }) => service.name));
  const title = `${names} ran this image already (${shortDigest(image.digest)}): the deployment starts new tasks of it.`;
  const fix = 'Nothing to do: the image is unchanged.';
  recorder.update({ notes: [...recorder.report.notes, { code: 'DG552', level: 'note', title, fix }] });
  ports.runner.print(`· image      unchanged: ${title}`);
}

async function moveTags(
  { config, recorder, ports }: DeployContext,
  image: PushedImage,
  registry: RegistryRepository,
): Promise<void> {
  const { latestTag } = config.image;
  // A roll back moves what it went forward with, no more.
  const extraTags = config.mode === 'rollback' ? [] : config.image.extraTags;
  // The moving tag comes last: once it points at the image, any forced deployment runs it.
  const others = extraTags.filter((each) => each !== latestTag);
  for (const tag of [...new Set([...others, latestTag])]) {
    if (tag === undefined || tag === image.tag) continue;
    ports.signal.throwIfAborted();
    const moved = await moveTag(tag, image.manifest, registry);
    recorder.update({ movedTags: [...recorder.report.movedTags, moved] });
    ports.runner.print(`✓ tag        ${describe(moved)}`);
  }
}

function describe({ tag, from, to }: MovedTag): string {
  if (from === to) return `${shortTag(tag)}: points at ${shortDigest(to)} already`;
  return `${shortTag(tag)}: ${from ? `${shortDigest(from)} → ` : 'new, '}${shortDigest(to)}`;
}

/** No service was changed: the tags go back to the images that they pointed at, if they still are ours to move. */
async function putTagsBack(registry: RegistryRepository, recorder: Recorder, ports: Ports): Promise<void> {
  for (const moved of recorder.report.movedTags.filter(({ from, to }) => from !== undefined && from !== to)) {
    const stays = await putTagBack(moved, registry);
    if (stays === undefined) {
      recorder.update({ movedTags: recorder.report.movedTags.filter((each) => each !== moved) });
      ports.runner.print(`✓ tag        ${moved.tag}: put back to ${shortDigest(moved.from ?? '')}`);
    } else {
      recorder.update({ notes: [...recorder.report.notes, notPutBack(moved, stays.why)] });
    }
  }
}

function notPutBack(moved: MovedTag, why: string): Finding {
  return {
    code: 'DG463',
    level: 'warning',
    title: `Tag ${moved.tag} points at the image that was not deployed, and could not be put back: ${why}.`,
    fix: `Point it at ${moved.from ?? 'the image before'} again before the next forced deployment.`,
  };
}

function serviceReport({ service }: TargetService, answer: DeployAnswer): ServiceReport {
  const common = { service: service.name, seconds: 0, outcome: undefined };
  if ('refused' in answer) {
    return {
      ...common,
      deploymentId: undefined,
      taskDefinition: nameInArn(service.taskDefinition),
      result: 'failed',
      reason: answer.refused.title,
    };
  }
  const { deployment } = answer.accepted;
  return {
    ...common,
    deploymentId: deployment.id,
    taskDefinition: nameInArn(deployment.taskDefinition),
    result: 'started',
    reason: '',
  };
}

function startedDeployment(
  cluster: string,
  { service: found, containers }: TargetService,
  { service, deployment }: AcceptedDeployment,
  was: ServiceBefore | undefined,
  recorder: Recorder,
): StartedDeployment {
  const before = was?.service ?? found;
  const serving = before.deployments.find(({ status }) => status === 'PRIMARY');
  const { previousCommit, previousImage } = recorder.report;
  const previous = previousImage?.split('@')[1];
  const image =
    was?.digest === undefined || was.digest === previous ? (previousCommit ?? previous) : was.digest;
  return {
    cluster,
    service: service.name,
    deploymentId: deployment.id,
    taskDefinition: deployment.taskDefinition,
    containerNames: containers,
    desiredCount: service.desired,
    ...(service.currentServiceDeployment ? { serviceDeploymentArn: service.currentServiceDeployment } : {}),
    baseline: {
      runningCount: before.running,
      ...(serving ? { deploymentId: serving.id, deployedAt: serving.createdAt } : {}),
      ...(image ? { imageTagOrDigest: image } : {}),
    },
  };
}
