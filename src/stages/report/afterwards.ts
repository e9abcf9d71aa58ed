import type { PushedImage } from '../image/image.ts';
import type { MovedTag } from '../image/moving-tags.ts';
import type { StillServing } from '../rollout/rollout.ts';
import { changedAnything, type RunReport, type ServiceReport } from './run-report.ts';
import { ago, count, shortDigest, shortTag } from './words.ts';

/** What is true in AWS after a run that failed: who serves, and where the moving tag points. A sentence each. */
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

/** The sentences that are not about one service: whether anything was changed, and where the moving tag points. */
export function whatElse(report: RunReport): readonly string[] {
  if (!changedAnything(report)) return ['Nothing was changed: no push, no tag, no deployment.'];
  const asked = report.unanswered.length > 0 || report.deployments.some(({ deploymentId }) => deploymentId);
  const { image, movedTags, movingTag } = report;
  const moved = movedTags.find(({ tag, from, to }) => tag === movingTag && from !== undefined && from !== to);
  const isSaid = report.failures.some(({ title }) => /\bno service was changed\b/i.test(title));
  return [
    ...(asked || isSaid ? [] : ['No service was changed.']),
    ...(image && moved && report.result !== 'superseded' ? [whereLatestPoints(report, image, moved)] : []),
  ];
}

function servedBy({ service, outcome, result }: ServiceReport, report: RunReport): string | undefined {
  const { undo } = report;
  // What was seen before the undoing isn't so any more; how far that got is said in the reason.
  if (undo && result !== 'superseded') return undefined;
  if (outcome?.stillServing) return serving(service, outcome.stillServing, report);
  if (outcome?.result !== 'succeeded' || outcome.running === 0) return undefined;
  return `${service}: ${count(outcome.running, 'task')} of the new image ${outcome.running === 1 ? 'serves' : 'serve'}, and none of the previous one.`;
}

function serving(service: string, { running, image, deployedAt }: StillServing, report: RunReport): string {
  if (running === 0) return `${service}: no task of the previous image runs any more.`;
  const facts = [
    ...(image ? [shortTag(shortDigest(image))] : []),
    ...(deployedAt === undefined ? [] : [`deployed ${ago(report.startedAt + report.totalMs - deployedAt)}`]),
  ];
  const which = facts.length > 0 ? ` (${facts.join(', ')})` : '';
  return `${service}: ${count(running, 'task')} of the previous image${which} still ${running === 1 ? 'serves' : 'serve'}.`;
}

function whereLatestPoints({ latestDigest }: RunReport, image: PushedImage, { tag, from }: MovedTag): string {
  if (latestDigest !== undefined && latestDigest === from) {
    return `${tag} points at the previous image ${shortDigest(from)} again.`;
  }
  if (latestDigest !== undefined && latestDigest !== image.digest) {
    return `${tag} points at ${shortDigest(latestDigest)}: somebody else has moved it since.`;
  }
  return `${tag} points at the new image ${shortDigest(image.digest)} (before: ${shortDigest(from ?? '')}): the next forced deployment would use it.`;
}
