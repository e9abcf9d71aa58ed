import { nameInArn } from '../../aws/arn.ts';
import { span } from '../report/words.ts';
import type { RolloutCode } from './codes.ts';
import { eventTexts, tellingEvents } from './event-text.ts';
import { causeOfFailure, failuresWith, leadingCause } from './fail-fast.ts';
import { causeOfText, type FailureCause, type FixContext } from './failure-causes.ts';
import type { RolloutPlan } from './rollout.ts';
import type { RolloutState } from './rollout-state.ts';
import type { TaskFailure } from './task-failures.ts';

/** What is wrong with the new tasks, in words. */
export interface Diagnosis {
  readonly code: RolloutCode;
  /** `the new tasks crash at start (3 of 3, exit code 1 within 4 s)`: stands after a service's name. */
  readonly sentence: string;
  /** Evidence, a line each; log lines begin with `| `. Empty where there is none. */
  readonly detail: string;
  readonly fix: string;
  /** What the failing container said last, oldest first. */
  readonly logLines: readonly string[];
}

const EVENTS_QUOTED = 3;
/** A reason that speaks of a health check, whichever. */
const HEALTH = /health ?check|unhealthy/i;
/** A reason that says no more than the exit code does. */
const SAYS_NOTHING = /^Essential container in task exited\.?$/i;

/** The best that can be said of why tasks of ours fail, or undefined where nothing speaks of a failure. */
export function diagnose(plan: RolloutPlan, state: RolloutState): Diagnosis | undefined {
  const cause = leadingCause(state);
  if (cause === undefined) return undefined;
  const failures = failuresWith(cause.code, state);
  const log = logOf(failures, state);
  return {
    code: cause.code,
    sentence: `the new tasks ${cause.predicate}${evidenceInBrackets(state, cause, failures)}`,
    detail: detailOf(state, cause, failures, log),
    fix: cause.fix({ ...fixContext(plan, log), said: saidOf(cause, failures, state) }),
    logLines: log,
  };
}

/** Where the log is that would tell most: of the latest failed task's container. Undefined where none ran. */
export function failedContainer(
  state: RolloutState,
): { readonly taskArn: string; readonly container: string } | undefined {
  const code = leadingCause(state)?.code;
  const ran = state.failures.filter(
    ({ container, exitCode, ranForMs }) => container && (exitCode !== undefined || ranForMs !== undefined),
  );
  const latest = ran.findLast((failure) => causeOfFailure(failure, state).code === code) ?? ran.at(-1);
  return latest?.container === undefined
    ? undefined
    : { taskArn: latest.taskArn, container: latest.container };
}

/** What the words of a fix are filled in with. */
export function fixContext(plan: RolloutPlan, log: readonly string[] = []): FixContext {
  const { taskDefinition, cluster, service } = plan.deployment;
  return {
    taskDefinition: nameInArn(taskDefinition),
    cluster: nameInArn(cluster),
    service,
    repositoryUri: plan.expected.repositoryUri,
    log,
    said: [],
  };
}

function saidOf(
  cause: FailureCause,
  failures: readonly TaskFailure[],
  state: RolloutState,
): readonly string[] {
  const events = state.events.filter(({ message }) => causeOfText(message)?.code === cause.code);
  return [...failures.map(({ text }) => text), ...events.map(({ message }) => message)];
}

function logOf(failures: readonly TaskFailure[], state: RolloutState): readonly string[] {
  const { log } = state;
  if (log === undefined || !failures.some(({ container }) => container === log.container)) return [];
  return log.lines;
}

function evidenceInBrackets(
  state: RolloutState,
  cause: FailureCause,
  failures: readonly TaskFailure[],
): string {
  if (failures.length === 0) return '';
  const alive = (state.counts?.running ?? 0) + (state.counts?.pending ?? 0);
  const total = Math.max(failures.length, state.failures.length + alive);
  // A task that was stopped for its health has an exit code and a time too, which say nothing.
  const health = cause.code === 'DG621' || cause.code === 'DG622';
  const exited = failures.filter(
    ({ exitCode, text }) => exitCode !== undefined && !health && !HEALTH.test(text),
  );
  const codes = [...new Set(exited.flatMap(({ exitCode }) => exitCode || []))];
  const ran = exited.flatMap(({ ranForMs }) => ranForMs ?? []);
  const exit = codes.length === 0 ? '' : `, exit code ${codes.slice(0, 3).join(' or ')}`;
  const comma = codes.length === 0 ? ',' : '';
  const within = ran.length === 0 ? '' : `${comma} within ${span(Math.max(...ran))}`;
  return ` (${failures.length} of ${total}${exit}${within})`;
}

function detailOf(
  state: RolloutState,
  cause: FailureCause,
  failures: readonly TaskFailure[],
  log: readonly string[],
): string {
  const latest = failures.at(-1);
  const words = latest === undefined || SAYS_NOTHING.test(latest.text) ? [] : [`ECS says: ${latest.text}`];
  const said =
    log.length === 0 ? [] : [`What the container ${latest?.container ?? ''} said last:`, ...quoted(log)];
  const events = words.length + said.length > 0 && cause.code !== 'DG621' ? [] : eventsOn(state, cause);
  return [
    ...words,
    ...said,
    ...(events.length === 0 ? [] : ['Events of the service:', ...quoted(events)]),
  ].join('\n');
}

/** The latest events that speak of this cause, else of any trouble. */
function eventsOn(state: RolloutState, cause: FailureCause): readonly string[] {
  const telling = state.events.filter(({ message }) => causeOfText(message)?.code === cause.code);
  return telling.length > 0
    ? eventTexts(telling).slice(-EVENTS_QUOTED)
    : tellingEvents(state.events, EVENTS_QUOTED);
}

function quoted(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `| ${line}`);
}
