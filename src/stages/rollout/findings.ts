import type { Finding, Result } from '../../finding.ts';
import { shellWord } from '../report/shell-word.ts';
import { count, dotless, listed, shortDigest, span } from '../report/words.ts';
import type { RolloutCode } from './codes.ts';
import { type Diagnosis, diagnose, fixContext } from './diagnosis.ts';
import { tellingEvents } from './event-text.ts';
import type { DeploymentSnapshot, ServiceSnapshot } from './observation.ts';
import type { RolloutPlan } from './rollout.ts';
import type { RolloutState } from './rollout-state.ts';
import { type EndedBy, oursIn } from './standing.ts';

/** An ending that isn't green: the result, and why in one sentence. */
export interface Ending {
  readonly result: Result;
  readonly finding: Finding;
}

interface Words {
  readonly code: RolloutCode;
  /** After `service: `, without a full stop. */
  readonly sentence: string;
  readonly fix: string;
}

function ending(
  result: Result,
  plan: RolloutPlan,
  state: RolloutState,
  words: Words,
  diagnosis?: Diagnosis,
): Ending {
  const detail = diagnosis?.detail || eventsAsDetail(state);
  return {
    result,
    finding: {
      code: words.code,
      level: 'error',
      title: `${plan.deployment.service}: ${words.sentence}.`,
      ...(detail === '' ? {} : { detail }),
      fix: words.fix,
    },
  };
}

/** Red by a fail-fast rule. */
export function failedFast(plan: RolloutPlan, state: RolloutState, code: RolloutCode): Ending {
  const diagnosis = diagnose(plan, state);
  if (diagnosis === undefined) return unexplained(plan, state, code);
  return ending('failed', plan, state, { ...diagnosis, sentence: diagnosis.sentence }, diagnosis);
}

function unexplained(plan: RolloutPlan, state: RolloutState, code: RolloutCode): Ending {
  const failed = state.service === undefined ? 0 : (oursIn(plan, state.service)?.failedTasks ?? 0);
  const { cluster, service } = fixContext(plan);
  return ending('failed', plan, state, {
    code,
    sentence: `${count(failed, 'new task')} failed and none runs; why could not be read`,
    fix: `Allow ecs:ListTasks and ecs:DescribeTasks to the deploying role, or look yourself: \`aws ecs list-tasks --cluster ${cluster} --service-name ${service} --desired-status STOPPED\`.`,
  });
}

const ROLLED_BACK_CODE = {
  'circuit-breaker': 'DG601',
  alarm: 'DG602',
  request: 'DG603',
  hook: 'DG625',
  unknown: 'DG624',
} as const satisfies Record<EndedBy['who'], RolloutCode>;

const STOPPED_CODE = {
  'circuit-breaker': 'DG605',
  alarm: 'DG606',
  request: 'DG607',
  hook: 'DG625',
  unknown: 'DG607',
} as const satisfies Record<EndedBy['who'], RolloutCode>;

/**
 * ECS put the previous revision back. Where tasks failed, that is the reason to be read first and the code to be
 * looked up; an alarm, a person or a hook is a reason of its own.
 */
export function rolledBack(plan: RolloutPlan, state: RolloutState, by: EndedBy): Ending {
  const diagnosis = explains(by) ? diagnose(plan, state) : undefined;
  const what = acted(by, 'put the previous revision back');
  const words = diagnosis
    ? { ...diagnosis, sentence: `${diagnosis.sentence}; ${what}` }
    : { code: ROLLED_BACK_CODE[by.who], sentence: what + inItsWords(by), fix: fixFor(plan, by) };
  return ending('rolled-back', plan, state, words, diagnosis);
}

/** ECS tried to put the previous revision back and could not. */
export function rollbackFailed(plan: RolloutPlan, state: RolloutState, by: EndedBy): Ending {
  const diagnosis = diagnose(plan, state);
  const because = diagnosis ? `; it was rolled back because ${diagnosis.sentence}` : '';
  const { cluster, service } = fixContext(plan);
  const words: Words = {
    code: 'DG604',
    sentence: `the roll back failed: the previous revision could not be put back${inItsWords(by)}${because}`,
    fix: `See what runs now (\`aws ecs describe-services --cluster ${cluster} --services ${service}\`), then deploy an image that is known to work: \`mode: rollback\` with its \`image-tag\`.`,
  };
  return ending('failed', plan, state, words, diagnosis);
}

/** The deployment ended, nothing was put back, and no newer one is the reason. */
export function stopped(plan: RolloutPlan, state: RolloutState, by: EndedBy): Ending {
  const diagnosis = explains(by) ? diagnose(plan, state) : undefined;
  const what =
    by.who === 'request'
      ? 'somebody stopped the deployment (StopServiceDeployment), and nothing was put back'
      : acted(by, 'ended the deployment and put nothing back');
  const words = diagnosis
    ? { ...diagnosis, sentence: `${diagnosis.sentence}; ${what}` }
    : { code: STOPPED_CODE[by.who], sentence: what + inItsWords(by), fix: fixFor(plan, by) };
  return ending('failed', plan, state, words, diagnosis);
}

/** A newer deployment took over. `image`: what it deploys, in words, where that is known. */
export function superseded(
  plan: RolloutPlan,
  state: RolloutState,
  newer: DeploymentSnapshot | undefined,
  image?: string,
): Ending {
  const id = newer === undefined ? '' : ` ${newer.id}`;
  const of = image === undefined ? '' : ` of ${image}`;
  return ending(
    'superseded',
    plan,
    { ...state, events: [] },
    {
      code: 'DG608',
      sentence: `${id === '' ? 'a newer deployment' : 'the newer deployment'}${id}${of} took over before this one was finished`,
      fix: 'Nothing, if that deployment was meant. To deploy one after the other, give the job a `concurrency:` group for each environment.',
    },
  );
}

/** The wait is over, with what is known so far. */
export function timedOut(plan: RolloutPlan, state: RolloutState, waitingFor: string): Ending {
  const diagnosis = diagnose(plan, state);
  const so = diagnosis === undefined ? waitingFor : `${waitingFor}, ${diagnosis.sentence}`;
  const words: Words = {
    code: 'DG609',
    sentence: `the rollout was not over after ${span(plan.waitForMs)}: ${so}`,
    fix:
      diagnosis?.fix ??
      'Raise `wait-for-minutes` if it only needs longer; see the service events for what it waits for.',
  };
  return ending('timed-out', plan, state, words, diagnosis);
}

/** The service is gone or going. `status` is AWS's, or `missing`. */
export function serviceGone(plan: RolloutPlan, state: RolloutState, status: string): Ending {
  const { cluster, service } = fixContext(plan);
  const now = status === 'missing' ? 'AWS knows it no more' : `it is ${status}`;
  return ending('failed', plan, state, {
    code: 'DG610',
    sentence: `somebody deleted the service during the rollout (${now}): ECS stops its tasks`,
    fix: `Create ${service} in ${cluster} again (\`aws ecs create-service\`, or what manages it), then run this job again. Who deleted it: CloudTrail, event DeleteService.`,
  });
}

/** Our deployment is not in the list, and nothing says why. */
export function vanished(plan: RolloutPlan, state: RolloutState, service: ServiceSnapshot): Ending {
  const { cluster } = fixContext(plan);
  return ending('failed', plan, state, {
    code: 'DG634',
    sentence: `the deployment ${plan.deployment.deploymentId} is not among the deployments of the service, and nothing tells what became of it`,
    fix: `Allow ecs:ListServiceDeployments and ecs:DescribeServiceDeployments to the deploying role, which tell; or see: \`aws ecs list-service-deployments --cluster ${cluster} --service ${service.name}\`.`,
  });
}

/** Another image runs than the one that was pushed. */
export function foreignImage(plan: RolloutPlan, state: RolloutState, digest: string, where: string): Ending {
  const { repositoryUri, digest: expected } = plan.expected;
  const ended = ending(
    'failed',
    plan,
    { ...state, events: [] },
    {
      code: 'DG631',
      sentence: `${where} has the image ${shortDigest(digest)}, not ${shortDigest(expected)} that was pushed`,
      fix: 'The tag was moved between the push and the deployment, or the task definition names another tag. Run this job again; `rollout: pin` deploys the digest itself, which no tag can change.',
    },
  );
  return {
    ...ended,
    finding: {
      ...ended.finding,
      detail: `Runs: ${repositoryUri}@${digest}\nPushed: ${repositoryUri}@${expected}`,
    },
  };
}

/** Whether failed tasks are what this ending is about. */
function explains(by: EndedBy): boolean {
  return by.who === 'circuit-breaker' || by.who === 'unknown';
}

/** ECS, or the part of it that acted, with a verb in the past tense, and why. */
function acted(by: EndedBy, verb: string): string {
  switch (by.who) {
    case 'circuit-breaker':
      return `ECS's circuit breaker ${verb}`;
    case 'alarm':
      return `ECS ${verb}, because ${alarmsOf(by)} went off`;
    case 'request':
      return `ECS ${verb}, because somebody asked for it (StopServiceDeployment)`;
    case 'hook':
      return `ECS ${verb}, because a lifecycle hook failed`;
    case 'unknown':
      return `ECS ${verb}`;
  }
}

function alarmsOf({ alarms }: EndedBy): string {
  if (alarms.length === 0) return 'a CloudWatch alarm';
  return `the CloudWatch alarm${alarms.length === 1 ? '' : 's'} ${listed(alarms.slice(0, 5))}`;
}

function inItsWords(by: EndedBy): string {
  // The others are said already, in better words.
  if (by.reason === undefined || (by.who !== 'hook' && by.who !== 'unknown')) return '';
  return ` (${dotless(by.reason)})`;
}

function fixFor(plan: RolloutPlan, by: EndedBy): string {
  const { cluster, service } = fixContext(plan);
  const events = `\`aws ecs describe-services --cluster ${cluster} --services ${service} --query 'services[0].events[:10]'\``;
  switch (by.who) {
    case 'alarm':
      return `See why it went off (\`aws cloudwatch describe-alarm-history --alarm-name ${shellWord(by.alarms[0] ?? 'NAME')}\`), correct the image or the threshold, then run this job again.`;
    case 'request':
      return 'Ask who stopped it (CloudTrail, event StopServiceDeployment), then run this job again if the image is to go out.';
    case 'hook':
      return "See the log of the hook's Lambda function: the check that it makes said no, or its answer had no hookStatus.";
    default:
      return `See what the service says: ${events}.`;
  }
}

function eventsAsDetail(state: RolloutState): string {
  const telling = tellingEvents(state.events, 5).map((text) => `| ${text}`);
  return telling.length === 0 ? '' : ['Events of the service:', ...telling].join('\n');
}
