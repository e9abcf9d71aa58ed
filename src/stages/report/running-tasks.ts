import { whyUnseen } from '../rollout/watch-failure.ts';
import type { RunReport, ServiceReport } from './run-report.ts';

/** What is known of the tasks of all services together, with the checklist's mark for it. */
type Seen = readonly [mark: '✓' | '!' | '✗' | '–', text: string];

/** How much of one service runs this image: `another`: its tasks do run, with an image that isn't this one. */
type Share = 'all' | 'some' | 'none' | 'another' | { readonly notKnown: string };

/** Codes for tasks of the deployment that were found with another image. */
export const FOUND_WITH_ANOTHER: ReadonlySet<string> = new Set(['DG631', 'DG462']);
const NOT_PUT_BACK = 'DG651';

/** Whether the tasks of the services run the image of this run: ticked only where each was looked at. */
export function runningTasks(report: RunReport): Seen {
  const { deployments, result } = report;
  const waited = deployments.filter(({ outcome }) => outcome && outcome.result !== 'started');
  if (waited.length === 0) return ['–', 'not checked'];
  if (result === 'cancelled') return ['–', 'not known: the run was cancelled before all had been looked at'];
  const shares = deployments.map((each) => shareOf(each, report));
  if (shares.every((share) => share === 'all')) return whereAll(waited);
  const [notKnown] = shares.flatMap((share) => (typeof share === 'object' ? [share.notKnown] : []));
  if (shares.every((share) => share === 'all' || typeof share === 'object'))
    return ['–', `not known: ${notKnown}`];
  return ['✗', deployments.length === 1 ? ofOne(shares[0], report) : ofMany(shares)];
}

function shareOf(each: ServiceReport, report: RunReport): Share {
  const { outcome, result } = each;
  if (result === 'succeeded' && !isUnsureAfterUndo(each, report)) return 'all';
  // ECS refused the deployment.
  if (!outcome) return 'none';
  if (FOUND_WITH_ANOTHER.has(outcome.finding?.code ?? '') && result !== 'rolled-back') return 'another';
  if (result === 'superseded')
    return { notKnown: 'a newer deployment took over before all had been looked at' };
  if (isUnsureAfterUndo(each, report))
    return { notKnown: 'the previous image could not be put back everywhere' };
  // What was counted before an undoing that went well isn't so any more.
  if (result === 'rolled-back' && outcome.result !== 'rolled-back') return 'none';
  const isUnread = outcome.result === 'timed-out' && outcome.stillServing === undefined;
  if (whyUnseen(outcome) !== undefined || isUnread) return { notKnown: 'AWS could not be asked any more' };
  return outcome.running > 0 ? 'some' : 'none';
}

/** What was seen of it was seen before an undoing that did not end well. */
function isUnsureAfterUndo({ result }: ServiceReport, { undo, failures }: RunReport): boolean {
  const isFailed = undo !== undefined && failures.some(({ code }) => code === NOT_PUT_BACK);
  return isFailed && result !== 'rolled-back' && result !== 'superseded';
}

function whereAll(services: readonly ServiceReport[]): Seen {
  const unknown = services.some(
    ({ outcome }) => outcome && outcome.running > 0 && outcome.digests.length === 0,
  );
  if (unknown) return ['!', 'the deployment finished; AWS does not report which image its tasks run'];
  const none = services.every(({ outcome }) => outcome?.running === 0);
  return none ? ['!', 'none is wanted, and none runs'] : ['✓', 'every running task runs this image'];
}

function ofOne(share: Share | undefined, { image, previousImage }: RunReport): string {
  if (share === 'another') return 'tasks of the service run another image';
  if (share !== 'none') return 'not all tasks of the service run this image';
  // The same image was deployed again: what serves still runs it too.
  return image && previousImage?.endsWith(`@${image.digest}`)
    ? 'no task of the new deployment runs'
    : 'no task of the service runs this image';
}

function ofMany(shares: readonly Share[]): string {
  if (shares.every((share) => share === 'none')) return 'no task of the services runs this image';
  return shares.includes('all')
    ? 'not every service runs this image'
    : 'not all tasks of the services run this image';
}
