import { nameInArn } from '../../aws/arn.ts';
import type { OneOffStatus } from '../../aws/one-off-tasks.ts';
import { readRefusal } from '../../aws/refusal.ts';
import type { Finding } from '../../finding.ts';
import { dotless, listed } from '../report/words.ts';

interface Named {
  readonly cluster: string;
  readonly arn: string;
}

/** Why a task's end is none of its command's own, by its stop code (API_Task); a 0 then proves nothing. */
const STOPPED_BY: Readonly<Record<string, string>> = {
  UserInitiated: 'it was stopped by a person or another program',
  SpotInterruption: 'AWS took its Spot capacity away',
  TerminationNotice: 'AWS retired the machine it ran on',
  ServiceSchedulerInitiated: 'ECS stopped it',
};

/** Whether the command did what it should: it ended by itself, with exit code 0. */
export function isWell({ exitCode, stopCode }: OneOffStatus): boolean {
  return exitCode === 0 && STOPPED_BY[stopCode ?? ''] === undefined;
}

/** The finding of a command that did not end well. `lines` are its last words. */
export function failed(
  running: Named,
  ended: OneOffStatus,
  shown: string,
  lines: readonly string[],
): Finding {
  const { exitCode, stoppedReason, containerReason, stopCode } = ended;
  const said = lines.length > 0 ? [`What it said last:\n${lines.map((line) => `| ${line}`).join('\n')}`] : [];
  const beside = otherContainers(ended);
  const detail = [...beside, ...said].join('\n');
  const rest = detail ? { detail } : {};
  if (exitCode === undefined) {
    const why = containerReason ?? stoppedReason ?? 'ECS gives no reason';
    return {
      code: 'DG572',
      level: 'error',
      title: ended.hasStarted
        ? `The task for \`${shown}\` ended without an exit code: ${dotless(why)}. No service was changed.`
        : `The task for \`${shown}\` never ran: ${dotless(why)}. No service was changed.`,
      ...rest,
      fix: `Nothing was moved or deployed. See the task: ${see(running)}.`,
    };
  }
  const by = STOPPED_BY[stopCode ?? ''];
  const why = by ?? (containerReason ? dotless(containerReason) : undefined);
  return {
    code: 'DG571',
    level: 'error',
    title: by
      ? `\`${shown}\` was ended before it was done (exit code ${exitCode}): ${by}${stoppedReason ? ` (${dotless(stoppedReason)})` : ''}. No service was changed.`
      : `\`${shown}\` ended with exit code ${exitCode}${why ? ` (${why})` : ''}. No service was changed.`,
    ...rest,
    fix: `${todo(by, lines)} The task: ${see(running)}.`,
  };
}

function todo(by: string | undefined, lines: readonly string[]): string {
  if (by !== undefined) return 'Run the job again.';
  return lines.length > 0
    ? 'Correct what its last lines tell of, and run the job again.'
    : 'See in its log why, correct that, and run the job again.';
}

/** Another container that failed may be why this one was killed. */
function otherContainers({ others }: OneOffStatus): readonly string[] {
  const failed = others.filter(({ exitCode }) => exitCode !== undefined && exitCode !== 0);
  if (failed.length === 0) return [];
  const each = failed.map(
    ({ name, exitCode, reason }) => `${name} (exit code ${exitCode}${reason ? `, ${reason}` : ''})`,
  );
  return [`Other containers of the task ended too: ${listed(each)}.`];
}

/** The command was still running at the end of the wait. */
export function tookTooLong(running: Named, minutes: number, isStopped: boolean): Finding {
  return {
    code: 'DG573',
    level: 'error',
    title: `The pre-deploy command was not done within ${minutes} min, ${stopped(isStopped)}. No service was changed.`,
    fix: `Give it more time with \`wait-for-minutes\`, or make it quicker.${stopIt(running, isStopped)}`,
  };
}

/** How the command ends can't be seen. */
export function lostSight(running: Named, why: string, isStopped: boolean): Finding {
  return {
    code: 'DG575',
    level: 'error',
    title: `The task of the pre-deploy command can't be followed (${dotless(why)}), ${stopped(isStopped)}. No service was changed.`,
    fix: `Allow \`ecs:DescribeTasks\` where it is denied: docs/iam.md. See how far it got: ${see(running)}.${stopIt(running, isStopped)}`,
  };
}

/** RunTask was refused, or its answer was lost. */
export function notStarted(shown: string, cluster: string, startedBy: string, error: unknown): Finding {
  const problem = readRefusal(error);
  const action = problem.action ?? (problem.kind === 'access-denied' ? 'ecs:RunTask' : undefined);
  if (problem.maybeDone && problem.kind === 'unreachable') {
    return {
      code: 'DG574',
      level: 'error',
      title: `Whether the task for \`${shown}\` was started is not known: ${dotless(problem.message)}. No service was changed.`,
      fix: `Look before running it again: \`aws ecs list-tasks --cluster ${cluster} --started-by ${startedBy}\`.`,
    };
  }
  return {
    code: 'DG574',
    level: 'error',
    title: `The task for \`${shown}\` could not be started: ${action ? `${action} is denied` : dotless(problem.message)}. No service was changed.`,
    fix: action
      ? `Allow \`${action}\` in the IAM policy (a one-off task also needs \`iam:PassRole\` for the task's two roles): docs/iam.md.`
      : "Mend what ECS names; it ran with the first service's network and task definition.",
  };
}

function stopped(isStopped: boolean): string {
  return isStopped ? 'and was stopped' : 'and could not be stopped: it goes on';
}

function stopIt({ cluster, arn }: Named, isStopped: boolean): string {
  return isStopped ? '' : ` Stop it: \`aws ecs stop-task --cluster ${cluster} --task ${nameInArn(arn)}\`.`;
}

function see({ cluster, arn }: Named): string {
  return `\`aws ecs describe-tasks --cluster ${cluster} --tasks ${nameInArn(arn)}\``;
}
