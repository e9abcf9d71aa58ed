import type { PushedImage } from '../image/image.ts';
import type { MovedTag } from '../image/moving-tags.ts';
import { ONGOING } from '../rollout/observation.ts';
import type { RolloutOutcome, StillServing } from '../rollout/rollout.ts';
import { changedAnything, type RunReport, type ServiceReport } from './run-report.ts';
import { FOUND_WITH_ANOTHER } from './running-tasks.ts';
import { stopCommand } from './stop-command.ts';
import { ago, count, shortDigest, shortTag } from './words.ts';

/** What is true in AWS after a run that failed: who serves, what goes on, where the moving tag points. A sentence each. */
export function afterwards(report: RunReport): readonly string[] {
  return [...whoServes(report), ...whatElse(report)];
}

/** So many services that are as they should be are named one by one. */
const NAMED = 3;

/** A sentence for each service of which it is known, those that went wrong first; many that went well have one together. */
export function whoServes(report: RunReport): readonly string[] {
  const [well, wrong] = [true, false].map((isWell) =>
    report.deployments
      .filter(({ outcome }) => (outcome?.result === 'succeeded') === isWell)
      .flatMap((each) => servedBy(each, report) ?? []),
  );
  if (well === undefined || wrong === undefined) return [];
  if (well.length <= NAMED || wrong.length === 0) return [...wrong, ...well];
  return [
    ...wrong,
    `${well.length} other services: tasks of the new image serve, and none of the previous one.`,
  ];
}

/** What else is true: whether anything was changed, what ECS goes on with, and where the moving tag points. */
export function whatElse(report: RunReport): readonly string[] {
  if (!changedAnything(report)) return ['Nothing was changed: no push, no tag, no deployment.'];
  const asked = report.unanswered.length > 0 || report.deployments.some(({ deploymentId }) => deploymentId);
  const { image, movedTags, movingTag } = report;
  const moved = movedTags.find(({ tag, from, to }) => tag === movingTag && from !== undefined && from !== to);
  const isSaid = report.failures.some(({ title }) => /\bno service was changed\b/i.test(title));
  return [
    ...(asked || isSaid ? [] : ['No service was changed.']),
    ...goesOn(report),
    ...(image && moved && report.result !== 'superseded' ? [whereLatestPoints(report, image, moved)] : []),
  ];
}

/** That a verdict here ends nothing in ECS, and how to end it. */
function goesOn({ deployments, undo, failures, cluster }: RunReport): readonly string[] {
  if (undo) return [];
  const ongoing = deployments.filter(({ service, result, outcome }) => {
    const status = outcome?.serviceDeployment?.status;
    // A watch that lost sight says so in its own sentence.
    const isSaid = failures.some(
      ({ title }) => title.startsWith(`${service}:`) && /goes on in ECS/.test(title),
    );
    if (isSaid || !outcome) return false;
    if (status === undefined) return result === 'timed-out';
    return (result === 'failed' || result === 'timed-out') && ONGOING.has(status);
  });
  const [first] = ongoing;
  if (first === undefined) return [];
  if (ongoing.length > 1)
    return [`ECS goes on with the deployments of ${ongoing.length} services: \`mode: rollback\` ends that.`];
  const { service, outcome } = first;
  const stop = stopCommand(cluster, service, outcome?.serviceDeployment?.arn);
  return [`ECS goes on with the deployment of ${service}. To put the previous image back: ${stop}.`];
}

function servedBy({ service, outcome, result }: ServiceReport, report: RunReport): string | undefined {
  const { undo } = report;
  // What was seen before the undoing isn't so any more; how far that got is said in the reason.
  if (undo && result !== 'superseded') return undefined;
  if (outcome?.stillServing) return serving(service, outcome.stillServing, outcome, report);
  if (outcome?.result !== 'succeeded' || outcome.running === 0) return undefined;
  return `${service}: ${count(outcome.running, 'task')} of the new image ${outcome.running === 1 ? 'serves' : 'serve'}, and none of the previous one.`;
}

function serving(
  service: string,
  { running, image, deployedAt }: StillServing,
  outcome: RolloutOutcome,
  report: RunReport,
): string {
  const others = outcome.running;
  const what = FOUND_WITH_ANOTHER.has(outcome.finding?.code ?? '') ? 'another image' : 'the new image';
  if (running === 0 && others === 0)
    return `${service}: no task runs, neither of ${what} nor of the previous one.`;
  const run = others === 1 ? 'runs' : 'run';
  if (running === 0)
    return `${service}: ${count(others, 'task')} of ${what} ${run}, and none of the previous one.`;
  const facts = [
    ...(image ? [shortTag(shortDigest(image))] : []),
    ...(deployedAt === undefined ? [] : [`deployed ${ago(report.startedAt + report.totalMs - deployedAt)}`]),
  ];
  const which = facts.length > 0 ? ` (${facts.join(', ')})` : '';
  const beside = others > 0 ? `, and ${others} of ${what} ${run}` : '';
  return `${service}: ${count(running, 'task')} of the previous image${which} still ${running === 1 ? 'serves' : 'serve'}${beside}.`;
}

function whereLatestPoints(report: RunReport, image: PushedImage, { tag, from }: MovedTag): string {
  const { latestDigest } = report;
  if (latestDigest !== undefined && latestDigest === from) {
    return `${tag} points at the previous image ${shortDigest(from)} again.`;
  }
  if (latestDigest !== undefined && latestDigest !== image.digest) {
    return `${tag} points at ${shortDigest(latestDigest)}: somebody else has moved it since.`;
  }
  return `${tag} points at the new image ${shortDigest(image.digest)} (before: ${shortDigest(from ?? '')}): the next forced deployment would use it.${isUndoable(report) ? ' `on-failure: rollback` would have put it back.' : ''}`;
}

/** Whether the run ended so that `on-failure: rollback` would have done something. */
function isUndoable({ mode, result, deployments, undo }: RunReport): boolean {
  const isBad = result === 'failed' || result === 'timed-out' || result === 'rolled-back';
  return mode === 'deploy' && isBad && undo === undefined && deployments.some(({ outcome }) => outcome);
}
