import type { Finding } from '../../finding.ts';
import type { DeployContext } from '../deploy-context.ts';
import type { PushedImage } from '../image/image.ts';
import type { Recorder } from '../report/recorder.ts';
import type { ServiceReport } from '../report/run-report.ts';
import { duration, shortDigest } from '../report/words.ts';
import type { ProgressLine, RolloutOutcome, StartedDeployment } from './rollout.ts';
import { stopwatch } from './stopwatch.ts';
import { watchRollouts } from './watch.ts';
import { ObservationFailed } from './watch-failure.ts';

const HEARTBEAT_MS = 30_000;

/** Follows the deployments to their verdicts, telling the log of every change; records and gives the outcomes. */
export async function rolloutStage(
  { config, target, recorder, ports }: DeployContext,
  started: readonly StartedDeployment[],
  image: PushedImage,
): Promise<readonly RolloutOutcome[]> {
  const { ecs, logs } = await ports.watching();
  const many = started.length > 1;
  // Nothing is waited for: a group would be empty.
  const isWaited = config.ecs.waitMinutes > 0;
  if (isWaited) ports.runner.openGroup('Rollout');
  try {
    const outcomes = await watchRollouts(
      started,
      {
        waitForMs: config.ecs.waitMinutes * 60_000,
        failFast: config.ecs.failFast,
        expected: {
          digest: image.digest,
          childDigests: image.childDigests,
          repositoryUri: image.repositoryUri,
        },
        heartbeatMs: HEARTBEAT_MS,
      },
      {
        ecs,
        logs,
        clock: ports.clock,
        signal: ports.signal,
        tagsOf: async (digest) => (await ports.aws.ecr()).tagsOf(target.repository, digest),
        onProgress: ({ service, elapsedMs, text }) =>
          ports.runner.print(progressText({ service, elapsedMs, text }, many)),
      },
    );
    record(outcomes, recorder);
    return outcomes;
  } catch (error) {
    // What was seen before the watch went blind is part of the report.
    if (error instanceof ObservationFailed) record(error.outcomes, recorder);
    throw error;
  } finally {
    if (isWaited) ports.runner.closeGroup();
    for (const { outcome } of recorder.report.deployments) {
      if (outcome?.result === 'succeeded') ports.runner.print(`✓ rollout    ${proofOf(outcome, image)}`);
    }
  }
}

/** What a succeeded rollout was seen to run; the words say no more than that. */
function proofOf(
  { service, running, desired, digests, seconds }: RolloutOutcome,
  image: PushedImage,
): string {
  const took = `(${duration(seconds * 1000)})`;
  if (running === 0 && desired === 0) return `${service}: completed, and no task is wanted ${took}`;
  if (running === 0) return `${service}: completed; its running tasks could not be counted ${took}`;
  const what = digests.length > 0 ? shortDigest(image.digest) : 'the new revision';
  return `${service}: ${running === 1 ? 'its one task runs' : `all ${running} tasks run`} ${what} ${took}`;
}

/** A progress line as the log has it; with several services, each line names its own, once. */
export function progressText(
  { service, elapsedMs, text }: Pick<ProgressLine, 'service' | 'elapsedMs' | 'text'>,
  namesService: boolean,
): string {
  const name = namesService && !text.startsWith(`${service}:`) ? `${service}: ` : '';
  return `  ${stopwatch(elapsedMs).padStart(5)}  ${name}${text}`;
}

function record(outcomes: readonly RolloutOutcome[], recorder: Recorder): void {
  const byService = new Map(outcomes.map((outcome) => [outcome.service, outcome]));
  const deployments = recorder.report.deployments.map((deployment): ServiceReport => {
    const outcome = byService.get(deployment.service);
    if (!outcome) return deployment;
    return {
      ...deployment,
      result: outcome.result,
      reason: outcome.finding?.title ?? '',
      seconds: Math.round(outcome.seconds * 10) / 10,
      outcome,
    };
  });
  const notes: readonly Finding[] = outcomes.flatMap((outcome) => outcome.notes);
  recorder.update({ deployments, notes: [...recorder.report.notes, ...notes] });
}
