import type { Finding } from '../../finding.ts';
import type { CheckedOutCommit } from '../../github/checked-out-commit.ts';
import type { RunContext } from '../../github/run-context.ts';
import type { RunState } from '../../runner/run-state.ts';
import type { Config } from '../inputs/config.ts';
import { firstReport } from './first-report.ts';
import type { RunReport } from './run-report.ts';
import { stopCommand } from './stop-command.ts';
import { listed } from './words.ts';

/** What can be said of a run whose main process ended before it told anyone. */
export function reportFromState(
  state: RunState | undefined,
  config: Config,
  run: RunContext,
  commit: CheckedOutCommit | undefined,
): RunReport {
  const deployments = (state?.deployments ?? []).map(({ service, deploymentId, finished }) => ({
    service,
    deploymentId,
    taskDefinition: '',
    result: finished ? ('succeeded' as const) : ('started' as const),
    reason: '',
    seconds: 0,
    outcome: undefined,
  }));
  const first = firstReport(config, run, commit);
  const ended = state?.ended;
  return {
    ...first,
    startedAt: state?.startedAtMs ?? first.startedAt,
    accountId: state?.accountId,
    changedBefore: state?.changed ?? false,
    deployments,
    unanswered: state?.unanswered ?? [],
    // Only the runner's signal says that somebody cancelled; a kill alone may be the machine's lack of memory.
    result: ended?.result ?? (state?.cancelled ? 'cancelled' : 'failed'),
    failures: ended ? endedWith(ended) : [cutShort(state, config.ecs.cluster)],
    totalMs: ended?.totalMs ?? (state ? Math.max(0, Date.now() - state.startedAtMs) : 0),
  };
}

function endedWith(ended: NonNullable<RunState['ended']>): readonly Finding[] {
  if (!isCode(ended.code) || ended.title === undefined) return [];
  return [{ code: ended.code, level: 'error', title: ended.title, fix: ended.fix ?? '' }];
}

function isCode(code: string | undefined): code is Finding['code'] {
  return code !== undefined && /^DG\d{3}$/.test(code);
}

/** The one finding of a main process that said nothing: what goes on, what is not known, or what was left. */
function cutShort(state: RunState | undefined, cluster: string): Finding {
  const ended = `The run ${state?.cancelled ? 'was cancelled' : 'ended'}${state ? ` in the stage ${state.stage}` : ''}`;
  const { deployments = [], unanswered = [] } = state ?? {};
  const named = (of: typeof deployments) =>
    of.map(({ service, deploymentId }) => `${service} ${deploymentId}`).join(', ');
  const goesOn = deployments.filter(({ finished }) => finished !== true);
  const [first] = goesOn;
  if (first) {
    return finding(
      `${ended}; the rollout goes on in ECS: deployment ${named(goesOn)}.`,
      `See how it ends in the ECS console, or undo it: ${stopCommand(cluster, first.service)}.`,
    );
  }
  if (deployments.length > 0) {
    return finding(
      `${ended}, after the rollout had finished: deployment ${named(deployments)}.`,
      'Run the job again where what comes after the rollout matters, such as the health URLs.',
    );
  }
  if (unanswered.length > 0) {
    return finding(
      `${ended} while it asked ECS to deploy ${listed(unanswered)}: whether a deployment was started is not known.`,
      'Look in the ECS console, or run the job again.',
    );
  }
  return finding(
    `${ended}. No service was changed${leftBehind(state)}.`,
    'Run the job again. Where nobody cancelled it, the last lines of the step\'s log, or "lost communication" or "out of memory" in the job\'s annotations, say more.',
  );
}

function leftBehind(state: RunState | undefined): string {
  const tags = state?.movedTags ?? [];
  if (tags.length > 0) {
    return `, but the image was pushed, and ${listed(tags)} ${tags.length === 1 ? 'points' : 'point'} at it: the next forced deployment would use it`;
  }
  return state?.changed ? ', but the image was pushed' : '';
}

function finding(title: string, fix: string): Finding {
  return { code: 'DG902', level: 'error', title, fix };
}
