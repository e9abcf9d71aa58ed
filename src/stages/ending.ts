import { Failure, type Finding } from '../finding.ts';
import { Cancelled } from '../runner/cancellation.ts';
import { oneLine } from '../runner/text.ts';
import type { RunReport } from './report/run-report.ts';
import { stopCommand } from './report/stop-command.ts';
import { listed } from './report/words.ts';
import { ObservationFailed } from './rollout/watch-failure.ts';

/** What an error that ended the run makes of it. */
export function endOf(error: unknown, report: RunReport, signal: AbortSignal): Partial<RunReport> {
  if (signal.aborted || error instanceof Cancelled)
    return { result: 'cancelled', failures: [cancelled(report)] };
  if (error instanceof Failure) return { result: error.result, failures: error.findings };
  if (error instanceof ObservationFailed) return { result: 'failed', failures: [lostSight(error, report)] };
  return { result: 'failed', failures: [bug(error)] };
}

/** The finding of a cancelled run: what goes on all the same. */
function cancelled(report: RunReport): Finding {
  if (report.unanswered.length > 0) {
    return {
      code: 'DG643',
      level: 'error',
      title: `The run was cancelled while it asked ECS to deploy ${listed(report.unanswered)}: whether a deployment was started is not known.`,
      fix: `Look: \`aws ecs describe-services --cluster ${report.cluster} --services ${report.unanswered.join(' ')} --query 'services[].deployments'\`.`,
    };
  }
  const started = report.deployments.filter(({ deploymentId }) => deploymentId);
  const goesOn = started.filter(({ result }) => result !== 'succeeded');
  const [first] = goesOn;
  const names = (of: typeof started) =>
    of.map(({ service, deploymentId }) => `${service} ${deploymentId}`).join(', ');
  if (first) {
    return {
      code: 'DG643',
      level: 'error',
      title: `The run was cancelled; the rollout goes on in ECS: deployment ${names(goesOn)}.`,
      fix: `Let it finish, or undo it: ${stopCommand(report.cluster, first.service)}.`,
    };
  }
  const over = started.length > 0;
  return {
    code: 'DG643',
    level: 'error',
    title: over
      ? `The run was cancelled after the rollout had finished: deployment ${names(started)}.`
      : 'The run was cancelled before any service was changed.',
    fix: over ? 'Nothing, unless the health URLs matter: they were not all asked.' : 'Run the job again.',
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
