import type { Result } from '../../finding.ts';
import type { Config } from '../inputs/config.ts';
import type { RunReport, ServiceReport } from '../report/run-report.ts';
import { listed, shortDigest } from '../report/words.ts';
import type { ServiceUndone, Undone } from './stage.ts';

/** Results after which the services may still run, or come to run, the new image. */
const UNDOABLE: ReadonlySet<Result> = new Set(['failed', 'timed-out', 'rolled-back']);

/** Whether the deployment is to be undone. A roll back is not: the image before it is the one that was left. */
export function isToBeUndone(config: Config, result: Result): boolean {
  return config.ecs.onFailure === 'rollback' && config.mode === 'deploy' && UNDOABLE.has(result);
}

/**
 * The failure of an undoing is said first; one that went well makes the run `rolled-back`, with both reasons. Where
 * nothing was there to be undone, the run stays what it was, and says so.
 */
export function afterUndo({ services, tags }: Undone, report: RunReport): Partial<RunReport> {
  const failures = [...services.flatMap((each) => (each.kind === 'failed' ? [each.finding] : [])), ...tags];
  const said = sentences(services);
  const deployments = report.deployments.map((each) => withUndone(each, services));
  const [first, ...others] = report.failures;
  const reasons = first ? [{ ...first, title: withSentence(first.title, said) }, ...others] : [];
  if (failures.length > 0) return { result: 'failed', deployments, failures: [...failures, ...reasons] };
  const isBack = services.some(({ kind }) => kind === 'back');
  return { ...(isBack ? { result: 'rolled-back' as const } : {}), deployments, failures: reasons };
}

function withUndone(report: ServiceReport, services: readonly ServiceUndone[]): ServiceReport {
  const undone = services.find(({ service }) => service === report.service);
  if (undone?.kind !== 'back') return report;
  return { ...report, result: 'rolled-back', reason: `${report.reason} ${sentences([undone])}`.trim() };
}

/** The title with what is said after it; a quoted answer at its end may lack the full stop. */
function withSentence(title: string, said: string): string {
  if (said === '') return title;
  return `${title}${/[.!?…]$/.test(title) ? '' : '.'} ${said}`;
}

/** What was put back, image by image; what had nothing to be put back. */
function sentences(services: readonly ServiceUndone[]): string {
  const of = (kind: ServiceUndone['kind']) =>
    services.filter((each) => each.kind === kind).map(({ service }) => service);
  const back = services.flatMap((each) => (each.kind === 'back' ? [each] : []));
  const byDigest = Map.groupBy(back, ({ digest }) => digest);
  const same = of('same');
  const left = of('left');
  return [
    ...[...byDigest].map(
      ([digest, some]) =>
        `The previous image${digest ? ` ${shortDigest(digest)}` : ''} was put back on ${listed(some.map(({ service }) => service))}.`,
    ),
    ...(same.length > 0 ? [`${listed(same)} ran this very image before: there is nothing to put back.`] : []),
    ...(back.length > 0 && left.length > 0 ? [`${listed(left)} was left to a newer deployment.`] : []),
  ].join(' ');
}
