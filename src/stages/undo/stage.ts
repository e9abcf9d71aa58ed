import type { Finding } from '../../finding.ts';
import { imagesOf } from '../../registry/manifest.ts';
import type { RegistryRepository } from '../../registry/registry.ts';
import type { DeployContext } from '../deploy-context.ts';
import type { PushedImage } from '../image/image.ts';
import { putTagBack } from '../image/put-back.ts';
import type { ImageStage } from '../image/stage.ts';
import type { Config } from '../inputs/config.ts';
import type { Ports } from '../ports.ts';
import type { Recorder } from '../report/recorder.ts';
import { isGreen } from '../report/run-report.ts';
import { count, listed, shortDigest } from '../report/words.ts';
import type { ExpectedImage, RolloutOutcome, StartedDeployment } from '../rollout/rollout.ts';
import { progressText } from '../rollout/stage.ts';
import { watchRollouts } from '../rollout/watch.ts';
import { beginUndo, notUndone, type UndoStep } from './undo.ts';

const REREAD_MS = 1_000;
const HEARTBEAT_MS = 30_000;

/** How the undoing went. */
export interface Undone {
  /** Empty: every service runs the previous image again, and the tags point at it. */
  readonly failures: readonly Finding[];
  /** One sentence about what was put back. */
  readonly said: string;
}

/**
 * `on-failure: rollback`: points the tags back at the previous image, has every service run it again, and waits
 * for that as for any rollout. Throws what the watch throws when AWS can't be asked any more.
 */
export async function undoStage(
  context: DeployContext,
  { image, registry }: ImageStage,
  started: readonly StartedDeployment[],
  outcomes: readonly RolloutOutcome[],
): Promise<Undone> {
  const { config, recorder, ports } = context;
  recorder.update({ undo: { asked: [], begun: [], over: false } });
  ports.runner.print('! rollback   putting the previous image back, as `on-failure: rollback` asks');
  const previous = await putTagsBack(registry, image, recorder, ports);
  if ('finding' in previous) return { failures: [previous.finding], said: '' };
  const steps = await beginAll(context, started, outcomes);
  const refused = steps.flatMap((step) => (step.kind === 'failed' ? [step.finding] : []));
  const waits = await waitFor(config, steps, previous.expected, image, ports);
  const failures = [...refused, ...waits];
  // What a cancelled run did not see to its end has not failed.
  if (failures.length > 0) ports.signal.throwIfAborted();
  recorder.update({ undo: { asked: [], begun: recorder.report.undo?.begun ?? [], over: true } });
  const services = started.filter((_, i) => steps[i]?.kind !== 'left').map(({ service }) => service);
  const said = `The previous image ${shortDigest(previous.expected.digest)} was put back on ${listed(services)}.`;
  if (failures.length === 0) ports.runner.print(`✓ rollback   ${said}`);
  return { failures, said };
}

async function beginAll(
  { target, ports, recorder }: DeployContext,
  started: readonly StartedDeployment[],
  outcomes: readonly RolloutOutcome[],
): Promise<readonly UndoStep[]> {
  const ecs = await ports.aws.ecs();
  const asked = started.filter(({ service }) => {
    const outcome = outcomes.find((each) => each.service === service);
    return outcome && !['superseded', 'rolled-back'].includes(outcome.result);
  });
  ports.signal.throwIfAborted();
  recorder.update({ undo: { asked: asked.map(({ service }) => service), begun: [], over: false } });
  return await Promise.all(
    started.flatMap((each) => {
      const outcome = outcomes.find(({ service }) => service === each.service);
      if (!outcome) return [];
      const before = target.services.find(({ service }) => service.name === each.service);
      const previousTaskDefinition = before?.service.taskDefinition ?? each.taskDefinition;
      const undoing = { started: each, outcome, previousTaskDefinition };
      const step = beginUndo(undoing, { ecs, signal: ports.signal, rereadMs: REREAD_MS });
      return [step.then((answer) => noteStep(answer, each.service, recorder))];
    }),
  );
}

/** Keeps what ECS said to one service's undoing: should the run end now, people are told. */
function noteStep(step: UndoStep, service: string, recorder: Recorder): UndoStep {
  const { asked = [], begun = [] } = recorder.report.undo ?? {};
  const accepted = 'deployment' in step ? [{ service, deploymentId: step.deployment.deploymentId }] : [];
  recorder.update({
    undo: { asked: asked.filter((name) => name !== service), begun: [...begun, ...accepted], over: false },
  });
  return step;
}

/** Puts the tags back, and gives the image that they point at again. */
async function putTagsBack(
  registry: RegistryRepository,
  image: PushedImage,
  recorder: Recorder,
  ports: Ports,
): Promise<{ readonly expected: ExpectedImage } | { readonly finding: Finding }> {
  const { movedTags, previousImage, cluster, services } = recorder.report;
  const moved = movedTags.filter(({ from, to }) => from !== to);
  const digest = previousImage?.split('@')[1] ?? moved.find(({ from }) => from)?.from;
  const named = listed(services);
  if (digest === undefined || digest === image.digest) {
    return { finding: notUndone(named, cluster, 'there is no earlier image that the tag pointed at') };
  }
  for (const each of moved) {
    const why = await putTagBack(each, registry);
    if (why) return { finding: notUndone(named, cluster, `tag ${each.tag} could not be put back: ${why}`) };
    ports.runner.print(`✓ tag        ${each.tag}: put back to ${shortDigest(each.from ?? '')}`);
  }
  recorder.update({ movedTags: movedTags.filter((each) => !moved.includes(each)) });
  const manifest = await registry.manifest(digest);
  const childDigests = manifest ? imagesOf(manifest).map((child) => child.digest) : [];
  return { expected: { digest, childDigests, repositoryUri: image.repositoryUri } };
}

/** Waits for what was begun, and gives a finding for each service that does not run the previous image then. */
async function waitFor(
  config: Config,
  steps: readonly UndoStep[],
  previous: ExpectedImage,
  image: PushedImage,
  ports: Ports,
): Promise<readonly Finding[]> {
  const rollingBack = steps.flatMap((step) => (step.kind === 'rolling-back' ? [step.deployment] : []));
  const redeploying = steps.flatMap((step) => (step.kind === 'redeploying' ? [step.deployment] : []));
  if (rollingBack.length + redeploying.length === 0) return [];
  ports.runner.openGroup(`Rollback of ${count(rollingBack.length + redeploying.length, 'service')}`);
  try {
    const pushed = {
      digest: image.digest,
      childDigests: image.childDigests,
      repositoryUri: image.repositoryUri,
    };
    const [back, again] = await Promise.all([
      watch(config, rollingBack, pushed, ports),
      watch(config, redeploying, previous, ports),
    ]);
    return [
      ...back.filter(({ result }) => result !== 'rolled-back'),
      ...again.filter(({ result }) => !isGreen(result)),
    ].map(({ service, finding, result }) => notUndone(service, config.ecs.cluster, finding?.title ?? result));
  } finally {
    ports.runner.closeGroup();
  }
}

async function watch(
  config: Config,
  deployments: readonly StartedDeployment[],
  expected: ExpectedImage,
  ports: Ports,
): Promise<readonly RolloutOutcome[]> {
  if (deployments.length === 0) return [];
  const { ecs, logs } = await ports.watching();
  return await watchRollouts(
    deployments,
    // The patience of the first rollout may be used up; the way back gets its own. Its failed tasks are those
    // that made it necessary, so that no rule may take them for its own.
    {
      waitForMs: Math.max(config.ecs.waitMinutes, 10) * 60_000,
      failFast: false,
      expected,
      heartbeatMs: HEARTBEAT_MS,
    },
    {
      ecs,
      logs,
      clock: ports.clock,
      signal: ports.signal,
      onProgress: ({ service, elapsedMs, text }) =>
        ports.runner.print(progressText({ service, elapsedMs, text }, true)),
    },
  );
}
