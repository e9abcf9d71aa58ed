import type { Result } from '../../finding.ts';
import { isGreen, type RunReport } from './run-report.ts';

/** How a run ended, in the few words that a heading has room for. */
export interface VerdictWords {
  readonly mark: '✅' | '❌' | '⚪';
  /** `deployed`, `not deployed`, … */
  readonly verb: string;
  /** What stands between the verb and the environment's name. */
  readonly preposition: 'to' | 'in';
  readonly addition: string;
}

const DEPLOY: Readonly<Record<Result, readonly [verb: string, preposition: 'to' | 'in']>> = {
  succeeded: ['deployed', 'to'],
  started: ['deployment started', 'in'],
  checked: ['ready to be deployed', 'to'],
  failed: ['not deployed', 'to'],
  'rolled-back': ['rolled back', 'in'],
  superseded: ['superseded by a newer deployment', 'in'],
  'timed-out': ['not finished in time', 'in'],
  cancelled: ['deploy cancelled', 'in'],
};

const ROLLBACK: typeof DEPLOY = {
  ...DEPLOY,
  succeeded: ['rolled back', 'in'],
  started: ['rollback started', 'in'],
  failed: ['not rolled back', 'in'],
  'rolled-back': ['rollback undone', 'in'],
  cancelled: ['rollback cancelled', 'in'],
};

/** The words for a report; grey is what nobody did wrong and nothing has to be done about. */
export function verdictWords(report: RunReport): VerdictWords {
  const { result, mode } = report;
  const mark = isGreen(result) ? '✅' : result === 'superseded' || result === 'cancelled' ? '⚪' : '❌';
  const [verb, preposition] = (mode === 'rollback' ? ROLLBACK : DEPLOY)[result];
  if (result === 'failed' && report.failures[0]?.code === 'DG902')
    return { mark, verb: `${mode} cut short`, preposition: 'in', addition: '' };
  const [done, where] = (mode === 'rollback' ? ROLLBACK : DEPLOY).succeeded;
  const many = howManySucceeded(report);
  if (many === 'some' && IN_PART.has(result))
    return { mark, verb: `${done} in part`, preposition: where, addition: '' };
  return many === 'all' && result === 'failed'
    ? { mark, verb: done, preposition: where, addition: ', but not healthy' }
    : { mark, verb, preposition, addition: '' };
}

/** Results of a run that leave other services with the new image. */
const IN_PART: ReadonlySet<Result> = new Set(['failed', 'rolled-back', 'timed-out']);

function howManySucceeded({ deployments }: RunReport): 'all' | 'some' | 'none' {
  const good = deployments.filter(({ result }) => result === 'succeeded').length;
  if (good === 0) return 'none';
  return good === deployments.length ? 'all' : 'some';
}
