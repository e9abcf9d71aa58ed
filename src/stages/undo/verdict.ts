import type { Result } from '../../finding.ts';
import type { Config } from '../inputs/config.ts';
import type { RunReport } from '../report/run-report.ts';
import type { Undone } from './stage.ts';

/** Results after which the services may still run, or come to run, the new image. */
const UNDOABLE: ReadonlySet<Result> = new Set(['failed', 'timed-out', 'rolled-back']);

/** Whether the deployment is to be undone. A roll back is not: the image before it is the one that was left. */
export function isToBeUndone(config: Config, result: Result): boolean {
  return config.ecs.onFailure === 'rollback' && config.mode === 'deploy' && UNDOABLE.has(result);
}

/** The failure of an undoing is said first; one that went well makes the run `rolled-back`, with both reasons. */
export function afterUndo({ failures, said }: Undone, report: RunReport): Partial<RunReport> {
  const [first, ...others] = report.failures;
  if (failures.length > 0) return { result: 'failed', failures: [...failures, ...report.failures] };
  const deployments = report.deployments.map((each) =>
    // What ECS never accepted, or somebody else took over, had nothing of ours to put back.
    each.deploymentId && each.result !== 'superseded'
      ? { ...each, result: 'rolled-back' as const, reason: `${each.reason} ${said}`.trim() }
      : each,
  );
  if (!first) return { result: 'rolled-back', deployments };
  return {
    result: 'rolled-back',
    deployments,
    failures: [{ ...first, title: `${first.title} ${said}` }, ...others],
  };
}
