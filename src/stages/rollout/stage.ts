import type { Finding } from '../../finding.ts';
import type { PushedImage } from '../image/image.ts';
import type { Config } from '../inputs/config.ts';
import type { Ports } from '../ports.ts';
import type { Recorder } from '../report/recorder.ts';
import type { ServiceReport } from '../report/run-report.ts';
import type { RolloutOutcome, StartedDeployment } from './rollout.ts';
import { watchRollouts } from './watch.ts';

const HEARTBEAT_MS = 30_000;

/** Follows the deployments to their verdicts, telling the log of every change; records and gives the outcomes. */
export async function rolloutStage(
  config: Config,
  started: readonly StartedDeployment[],
  image: PushedImage,
  recorder: Recorder,
  ports: Ports,
): Promise<readonly RolloutOutcome[]> {
  const { ecs, logs } = await ports.watching();
  const many = started.length > 1;
  ports.runner.openGroup('Rollout');
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
        onProgress: ({ service, text }) => ports.runner.print(many ? `  ${service}: ${text}` : `  ${text}`),
      },
    );
    record(outcomes, recorder);
    return outcomes;
  } finally {
    ports.runner.closeGroup();
  }
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
