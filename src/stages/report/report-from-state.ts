import type { Finding } from '../../finding.ts';
import type { CheckedOutCommit } from '../../github/checked-out-commit.ts';
import type { RunContext } from '../../github/run-context.ts';
import type { RunState } from '../../runner/run-state.ts';
import type { Config } from '../inputs/config.ts';
import { firstReport } from './first-report.ts';
import type { RunReport } from './run-report.ts';
import { listed } from './words.ts';

/** What can be said of a run whose main process ended before it told anyone. */
export function reportFromState(
  state: RunState | undefined,
  config: Config,
  run: RunContext,
  commit: CheckedOutCommit | undefined,
): RunReport {
  const deployments = (state?.deployments ?? []).map(({ service, deploymentId }) => ({
    service,
    deploymentId,
    taskDefinition: '',
    result: 'started' as const,
    reason: '',
    seconds: 0,
    outcome: undefined,
  }));
  const ended = state?.ended;
  return {
    ...firstReport(config, run, commit),
    accountId: state?.accountId,
    changedBefore: state?.changed ?? false,
    deployments,
    unanswered: state?.unanswered ?? [],
    result: ended?.result ?? 'cancelled',
    failures: ended ? endedWith(ended) : [cutShort(state)],
    totalMs: ended?.totalMs ?? (state ? Date.now() - state.startedAtMs : 0),
  };
}

function endedWith(ended: NonNullable<RunState['ended']>): readonly Finding[] {
  if (!isCode(ended.code) || ended.title === undefined) return [];
  return [{ code: ended.code, level: 'error', title: ended.title, fix: ended.fix ?? '' }];
}

function isCode(code: string | undefined): code is Finding['code'] {
  return code !== undefined && /^DG\d{3}$/.test(code);
}

function cutShort(state: RunState | undefined): Finding {
  const [first, ...others] = state?.deployments ?? [];
  const at = state ? ` in the stage ${state.stage}` : '';
  if (first) {
    const ids = [first, ...others]
      .map(({ service, deploymentId }) => `${service} ${deploymentId}`)
      .join(', ');
    return {
      code: 'DG902',
      level: 'error',
      title: `The run was ended${at}; the rollout goes on in ECS: deployment ${ids}.`,
      fix: 'See how it ends in the ECS console, or run the job again.',
    };
  }
  if (state && state.unanswered.length > 0) {
    return {
      code: 'DG902',
      level: 'error',
      title: `The run was ended while it asked ECS to deploy ${listed(state.unanswered)}: whether a deployment was started is not known.`,
      fix: 'Look in the ECS console, or run the job again.',
    };
  }
  return {
    code: 'DG902',
    level: 'error',
    title: `The run was ended${at}. No service was changed${state?.changed ? ', but the image was pushed' : ''}.`,
    fix: 'Run the job again. Where nobody cancelled it, look for "lost communication" or "out of memory" in the job\'s annotations.',
  };
}
