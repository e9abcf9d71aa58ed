import { Failure, type Finding } from '../finding.ts';
import { Cancelled } from '../runner/cancellation.ts';
import { oneLine } from '../runner/text.ts';
import { interrupted } from './report/interrupted.ts';
import { isOver, type RunReport } from './report/run-report.ts';
import { ObservationFailed } from './rollout/watch-failure.ts';

const CANCELLED = 'DG643';

/** What an error that ended the run makes of it. */
export function endOf(error: unknown, report: RunReport, signal: AbortSignal): Partial<RunReport> {
  if (signal.aborted || error instanceof Cancelled) {
    // A rollout that was waited for has said of itself that it was cancelled.
    const others = report.failures.filter(({ code }) => code !== CANCELLED);
    return { result: 'cancelled', failures: [cancelled(report), ...others] };
  }
  if (error instanceof Failure) return { result: error.result, failures: error.findings };
  if (error instanceof ObservationFailed) return { result: 'failed', failures: [lostSight(error, report)] };
  return { result: 'failed', failures: [bug(error)] };
}

/** The finding of a cancelled run: what goes on all the same. */
function cancelled(report: RunReport): Finding {
  const started = report.deployments.flatMap(({ service, deploymentId, result }) =>
    deploymentId ? [{ service, deploymentId, isOver: isOver(result) }] : [],
  );
  const { undo, oneOffTask, unanswered, cluster } = report;
  return {
    code: CANCELLED,
    level: 'error',
    ...interrupted({
      ended: 'The run was cancelled',
      cluster,
      goesOn: started.filter((each) => !each.isOver),
      over: started.filter((each) => each.isOver),
      unanswered,
      undo,
      oneOffTask,
      untouched: ' before any service was changed.',
    }),
  };
}

function lostSight(error: ObservationFailed, report: RunReport): Finding {
  const codes = { 'expired-credentials': 'DG641', unreachable: 'DG642', denied: 'DG644' } as const;
  const service = report.deployments[0]?.service ?? '';
  return {
    code: codes[error.reason],
    level: 'error',
    title: `The rollout can't be followed any more: ${oneLine(error.message)}`,
    fix: `It goes on in ECS. See how it ended: \`aws ecs describe-services --cluster ${report.cluster} --services ${service}\`.`,
  };
}

function bug(error: unknown): Finding {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 'DG901',
    level: 'error',
    title: `deploy-guard has a bug: ${oneLine(error instanceof Error ? error.message : String(error), 300)}`,
    detail: stack,
    fix: 'Report it with this text in an issue of the deploy-guard repository; running the job again may get past it.',
  };
}
