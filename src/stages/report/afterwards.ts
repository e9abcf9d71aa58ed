import type { PushedImage } from '../image/image.ts';
import type { MovedTag } from '../image/moving-tags.ts';
import type { StillServing } from '../rollout/rollout.ts';
import { changedAnything, type RunReport } from './run-report.ts';
import { ago, count, shortDigest, shortTag } from './words.ts';

/** What is true in AWS after a run that failed: who serves, and where the moving tag points. A sentence each. */
export function afterwards(report: RunReport): readonly string[] {
  if (!changedAnything(report)) return ['Nothing was changed: no push, no tag, no deployment.'];
  const asked = report.unanswered.length > 0 || report.deployments.some(({ deploymentId }) => deploymentId);
  const { image, movedTags } = report;
  const moved = movedTags.find(({ from, to }) => from !== to && from !== undefined);
  return [
    ...report.deployments.flatMap(({ service, outcome }) =>
      outcome?.stillServing ? [serving(service, outcome.stillServing, report)] : [],
    ),
    ...(asked ? [] : ['No service was changed.']),
    ...(image && moved && report.result !== 'superseded' ? [whereLatestPoints(report, image, moved)] : []),
  ];
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
