import type { Fault } from '../../sandbox/sandbox.ts';
import { type DeployOptions, deploy } from './deploy.ts';
import { columns } from './faults/matrix.ts';
import { brokenPromises } from './faults/promises.ts';

/** Calls of every service that a fault may meet, each alike likely. */
const CALLS: readonly (readonly [service: NonNullable<Fault['service']>, operation?: string])[] = [
  ['sts'],
  ['ecr'],
  ['ecr', 'GetAuthorizationToken'],
  ['ecs'],
  ['ecs', 'UpdateService'],
  ['ecs', 'DescribeServices'],
  ['ecs', 'DescribeTasks'],
  ['ecs', 'RegisterTaskDefinition'],
  ['ecs', 'ListServiceDeployments'],
  ['logs'],
  ['registry', 'BatchGetImage'],
  ['registry', 'PutImage'],
  ['slack'],
  ['github'],
];

const WAYS: readonly DeployOptions[] = [
  {},
  { inputs: { rollout: 'pin' } },
  { inputs: { 'pre-deploy-command': 'alembic upgrade head' } },
  { inputs: { environment: 'production' } },
  { inputs: { mode: 'rollback' } },
  { scenario: 'crash-loop-undone' },
  { scenario: 'circuit-breaker-rollback' },
  { scenario: 'two-services' },
];

/** One deploy of the soak: what was done to it, what it came to, what was broken. */
export interface SoakRun {
  readonly what: string;
  readonly said: string;
  readonly broken: readonly string[];
  readonly log: string;
}

/** Runs a deploy in a way and under a fault that `random` chooses. */
export async function soakOnce(random: () => number): Promise<SoakRun> {
  const pick = <T>(from: readonly T[]): T => {
    const item = from[Math.floor(random() * from.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  const way = pick(WAYS);
  const column = pick(columns);
  const [service, operation] = pick(CALLS);
  const after = Math.floor(random() * 5);
  // A push that hangs is ended after half an hour: not waited for here.
  const held = service === 'registry' && operation === 'PutImage' && /^(hang|drip)$/.test(column.fault.kind);
  const fault: Fault = {
    service,
    ...(operation ? { operation } : {}),
    after,
    ...column.fault,
    ...(held ? { kind: '500' as const, times: 1 } : {}),
  };
  const what = `${JSON.stringify(way)} ${service}:${operation ?? 'any'} after ${after}: ${fault.kind}`;
  const deployed = await deploy({
    ...way,
    inputs: { 'wait-for-minutes': '1', ...way.inputs },
    sandbox: { faults: [fault] },
    // The longest: a rollout out of sight for its whole patience, and then its undoing too.
    run: { timeoutMs: 400_000 },
  });
  const { result = '', 'failure-code': code = '' } = deployed.run.outputs;
  const most = way.scenario === 'two-services' || way.scenario === 'crash-loop-undone' ? 2 : 1;
  const broken = brokenPromises(deployed, service, most);
  return { what, said: code || result, broken, log: deployed.run.log };
}
