import { join } from 'node:path';
import type { Fault } from '../../../sandbox/sandbox.ts';
import { type DeployOptions, deploy } from '../deploy.ts';
import type { FlowCall } from './flows.ts';
import { brokenPromises } from './promises.ts';

/** A way in which a call goes wrong, as a column of the table. */
interface Column {
  readonly name: string;
  readonly fault: Pick<Fault, 'kind' | 'times'>;
  /** Also put in the way of a later call of the same kind, where the answer lies after a change. */
  readonly later?: true;
}

/** Every way that a call can go wrong on the wire or at the other side. */
export const columns: readonly Column[] = [
  { name: 'throttled once', fault: { kind: 'throttle', times: 1 } },
  { name: 'throttled always', fault: { kind: 'throttle' } },
  { name: '500 once', fault: { kind: '500', times: 1 }, later: true },
  { name: '503 always', fault: { kind: '503' }, later: true },
  { name: 'reset before', fault: { kind: 'reset-before', times: 1 }, later: true },
  { name: 'answer lost', fault: { kind: 'reset-after', times: 1 }, later: true },
  { name: 'hangs once', fault: { kind: 'hang', times: 1 }, later: true },
  { name: 'slow drip', fault: { kind: 'drip', times: 1 } },
  { name: 'truncated', fault: { kind: 'truncated', times: 1 } },
  { name: 'wrong JSON', fault: { kind: 'wrong-json' } },
  { name: 'HTML', fault: { kind: 'html' } },
  { name: 'expired', fault: { kind: 'expired' }, later: true },
];

/** One run of the matrix: what is done, and what goes wrong with what. */
export interface Case {
  /** A heading of the table: a flow, or `places`. */
  readonly group: string;
  /** A call, or what is out of reach. */
  readonly row: string;
  readonly column: string;
  readonly faulty: string;
  readonly options: DeployOptions;
}

/** What a run under a fault came to, and every promise that it broke. */
export interface Outcome {
  /** `succeeds`, or the failure's code. */
  readonly said: string;
  readonly broken: readonly string[];
  readonly log: string;
}

/** The name that a case has in the list of outcomes. */
export function nameOf({ group, row, column }: Case): string {
  return `${group} | ${row} | ${column}`;
}

/** Calls of the engine itself, whose hanging only the bound of a push ends. */
const PUSHED_BY_ENGINE =
  /^registry:(InitiateLayerUpload|UploadLayerPart|CompleteLayerUpload|BatchCheckLayerAvailability|PutImage)$/;

/** The environment in which a push may take ten seconds. */
export const SHORT_PUSH = { NODE_OPTIONS: `--require ${join(import.meta.dirname, 'short-push.cjs')}` };

/** The cases of a call: each fault at its first time, some at its last. */
export function casesOf(call: FlowCall): readonly Case[] {
  const { flow, service, operation, times } = call;
  const name = `${service}:${operation}`;
  return columns
    .flatMap((column) => {
      const shortened =
        PUSHED_BY_ENGINE.test(name) && /^(hang|drip)$/.test(column.fault.kind) ? SHORT_PUSH : {};
      // A call that is made again and again is not made the same number of times in each run.
      const last = Math.min(times - 1, 3);
      const afters = column.later && last > 0 ? [0, last] : [0];
      return afters.map((after) => {
        const fault = { service, operation, after, ...column.fault } as Fault;
        return {
          group: flow.name,
          row: after === 0 ? name : `${name}, later`,
          column: column.name,
          faulty: service,
          options: {
            ...flow.options,
            sandbox: { ...flow.options.sandbox, faults: [fault] },
            env: { ...flow.options.env, ...shortened },
          },
        };
      });
    })
    .filter(({ row, column }) => `${row} | ${column}` !== flow.tooLong);
}

/** The bound on a whole run, in seconds: a minute of waiting that a flow asks for, and docker's own tries of a layer. */
const MOST_SECONDS = 150;

/** Runs a case on dist/. */
export async function runCase({ group, faulty, options }: Case): Promise<Outcome> {
  const startedAt = performance.now();
  const deployed = await deploy({ ...options, run: { timeoutMs: 180_000, ...options.run } });
  const seconds = (performance.now() - startedAt) / 1000;
  const { run, truth } = deployed;
  const { result = '', 'failure-code': code = '' } = run.outputs;
  return {
    said: result === 'succeeded' ? 'succeeds' : code || 'no code',
    broken: [
      ...brokenPromises(deployed, faulty, group === 'undo' ? 2 : 1),
      ...(seconds > MOST_SECONDS ? [`took ${seconds} s`] : []),
    ],
    log: `${run.log}\n${run.summary}\n${JSON.stringify(truth.slackMessages)}`,
  };
}
