import { success } from '../../../sandbox/scenarios/success.ts';
import { type DeployOptions, deploy } from '../deploy.ts';

/** A whole run that faults are put in the way of. */
export interface Flow {
  readonly name: string;
  readonly options: DeployOptions;
  /** Its calls that the matrix goes through; left out: all. */
  readonly calls?: RegExp;
  /** A case that is not run, because the wait which it uses up has a least length: `call | column`. */
  readonly tooLong?: string;
  /** What it comes to without a fault. */
  readonly result: string;
}

/** A rollout takes some seconds here; what is waited for in vain is over after the least that can be asked for. */
const SHORT_WAIT = { 'wait-for-minutes': '1' };

const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:dyno-agent-AbCdEf';

/** Everything that a deploy can do, once each; and what only a pinned, an undone or a rolled back one does. */
export const flows: readonly Flow[] = [
  {
    name: 'deploy',
    options: {
      inputs: {
        ...SHORT_WAIT,
        environment: 'production',
        'pre-deploy-command': 'alembic upgrade head',
      },
    },
    result: 'succeeded',
  },
  {
    name: 'pin',
    options: { inputs: { ...SHORT_WAIT, rollout: 'pin' } },
    calls: /^ecs:(RegisterTaskDefinition|UpdateService|DescribeTaskDefinition)$/,
    result: 'succeeded',
  },
  {
    name: 'undo',
    options: { scenario: 'crash-loop-undone', inputs: SHORT_WAIT },
    calls: /^(ecs:(UpdateService|StopServiceDeployment|DescribeServices)|registry:(PutImage|BatchGetImage))$/,
    // The way back is given ten minutes, whatever `wait-for-minutes` says.
    tooLong: 'ecs:DescribeServices, later | 503 always',
    result: 'rolled-back',
  },
  {
    name: 'rollback',
    options: { inputs: { ...SHORT_WAIT, mode: 'rollback' } },
    calls: /^(ecs:(UpdateService|.*ServiceRevisions|.*ServiceDeployments)|registry:.*)$/,
    result: 'succeeded',
  },
  {
    name: 'secrets',
    options: {
      scenario: {
        ...success,
        world: {
          ...success.world,
          container: {
            secrets: [
              { name: 'URL', valueFrom: '/dyno-agent/URL' },
              { name: 'KEY', valueFrom: SECRET },
            ],
          },
          parameters: ['/dyno-agent/URL'],
          secrets: [{ arn: SECRET }],
        },
        inputs: { 'health-check-urls': '{url}/health/ready', 'health-check-timeout-seconds': '10' },
      },
      inputs: SHORT_WAIT,
    },
    calls: /^(ssm|secretsmanager|health|iam):/,
    result: 'succeeded',
  },
];

/** A call of a flow, and how often a run without faults makes it. */
export interface FlowCall {
  readonly flow: Flow;
  readonly service: string;
  readonly operation: string;
  readonly times: number;
}

/** Runs a flow without a fault, for the calls that it makes. Throws where it does not end as it should. */
export async function callsOf(flow: Flow): Promise<readonly FlowCall[]> {
  const { run, truth } = await deploy(flow.options);
  if (run.outputs['result'] !== flow.result) throw new Error(`${flow.name} ended otherwise:\n${run.log}`);
  const counted = new Map<string, number>();
  for (const { service, operation } of truth.requests) {
    const name = `${service}:${operation}`;
    counted.set(name, (counted.get(name) ?? 0) + 1);
  }
  return [...counted]
    .filter(([name]) => flow.calls?.test(name) ?? true)
    .map(([name, times]) => {
      const [service = '', operation = ''] = name.split(':');
      return { flow, service, operation, times };
    });
}
