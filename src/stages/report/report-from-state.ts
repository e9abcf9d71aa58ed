import type { Finding } from '../../finding.ts';
import type { CheckedOutCommit } from '../../github/checked-out-commit.ts';
import type { RunContext } from '../../github/run-context.ts';
import type { RunState } from '../../runner/run-state.ts';
import type { Config } from '../inputs/config.ts';
import { firstReport } from './first-report.ts';
import { interrupted } from './interrupted.ts';
import type { RunReport } from './run-report.ts';
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
    failures: ended ? endedWith(ended) : cutShort(state, config.ecs.cluster),
    totalMs: ended?.totalMs ?? (state ? Math.max(0, Date.now() - state.startedAtMs) : 0),
  };
}

function endedWith({ code, title, fix }: NonNullable<RunState['ended']>): readonly Finding[] {
  if (code === undefined || title === undefined) return [];
  return [{ code, level: 'error', title, fix: fix ?? '' }];
}

/** What a main process that said nothing left behind: what goes on, what is not known; and why it had to be undone. */
function cutShort(state: RunState | undefined, cluster: string): readonly Finding[] {
  const { deployments = [], unanswered = [], cause } = state ?? {};
  const ended = interrupted({
    ended: `The run ${state?.cancelled ? 'was cancelled' : 'ended'}${state ? ` in the stage ${state.stage}` : ''}`,
    cluster,
    goesOn: deployments.filter(({ finished }) => finished !== true),
    over: deployments.filter(({ finished }) => finished === true),
    unanswered,
    undo: state?.undo,
    oneOffTask: state?.oneOffTask,
    untouched: `. No service was changed${leftBehind(state)}.`,
  });
  const isUntouched = deployments.length + unanswered.length === 0 && state?.oneOffTask === undefined;
  const fix = isUntouched ? AGAIN : ended.fix;
  return [
    { code: 'DG902', level: 'error', title: ended.title, fix },
    ...(cause ? [{ ...cause, level: 'error' as const }] : []),
  ];
}

const AGAIN =
  'Run the job again. Where nobody cancelled it, the last lines of the step\'s log, or "lost communication" or "out of memory" in the job\'s annotations, say more.';

function leftBehind(state: RunState | undefined): string {
  const tags = state?.movedTags ?? [];
  if (tags.length > 0) {
    return `, but the image was pushed, and ${listed(tags)} ${tags.length === 1 ? 'points' : 'point'} at it: the next forced deployment would use it`;
  }
  return state?.changed ? ', but the image was pushed' : '';
}
