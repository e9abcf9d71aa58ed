import { ECSClient, UpdateServiceCommand, waitUntilServicesStable } from '@aws-sdk/client-ecs';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { slow } from '../sandbox/scenarios/slow.ts';
import { success } from '../sandbox/scenarios/success.ts';
import { EcsObservations } from '../src/aws/ecs-observe.ts';
import { localClock } from '../src/runner/clock.ts';
import type { StartedDeployment } from '../src/stages/rollout/rollout.ts';
import { watchRollouts } from '../src/stages/rollout/watch.ts';
import { table, verdict } from './table.ts';

/** Of our lag. */
const MOST_LAG_S = 3;
const CLUSTER = 'dyno-agent-cluster';

interface Waited {
  /** Seconds from the moment when the last service's deployment was completed to the end of the wait. */
  readonly lagSeconds: number;
  readonly rolloutSeconds: number;
  readonly callsPerMinute: number;
}

type Wait = (client: ECSClient, deployments: readonly StartedDeployment[], sandbox: Sandbox) => Promise<void>;

/**
 * How long after the end of a rollout its wait ends, and how many calls it makes, against the SDK's own waiter:
 * both at the same time, each on a sandbox of its own with the same rollout, at the speed of life.
 */
export async function benchWatch(): Promise<string> {
  const rows: string[][] = [];
  for (const [name, services, scenario] of [
    ['1 service, short rollout', 1, success],
    ['1 service, long rollout', 1, slow],
    ['10 services', 10, success],
    ['50 services', 50, success],
  ] as const) {
    const world = { services: Array.from({ length: services }, (_, i) => ({ name: `service-${i + 1}` })) };
    const story = { ...scenario, world: { ...scenario.world, services: world.services } };
    const [ours, sdk] = await Promise.all([measure(story, watchAsWeDo), measure(story, waitAsTheSdkDoes)]);
    rows.push([
      name,
      `${ours.rolloutSeconds.toFixed(0)} s`,
      `${ours.lagSeconds.toFixed(1)} s`,
      `${sdk.lagSeconds.toFixed(1)} s`,
      ours.callsPerMinute.toFixed(1),
      sdk.callsPerMinute.toFixed(1),
      verdict(ours.lagSeconds, MOST_LAG_S, 's'),
    ]);
  }
  const head = ['', 'rollout', 'our lag', "the SDK's lag", 'our calls a minute', "the SDK's calls", 'target'];
  return table(head, rows);
}

async function measure(scenario: Sandbox['scenario'], wait: Wait): Promise<Waited> {
  const sandbox = await startSandbox({ scenario });
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = sandbox.env();
  const credentials = { accessKeyId, secretAccessKey };
  const client = new ECSClient({ region: 'us-east-1', endpoint: sandbox.url, credentials });
  try {
    const deployments = await start(client, scenario.world?.services?.map(({ name }) => name ?? '') ?? []);
    const callsBefore = sandbox.truth().calls.length;
    const startedAt = performance.now();
    let completedAt: number | undefined;
    const watchTruth = setInterval(() => {
      const states = sandbox.truth().deploymentsStarted.map(({ rolloutState }) => rolloutState);
      if (states.every((state) => state === 'COMPLETED')) completedAt ??= performance.now();
    }, 100);
    await wait(client, deployments, sandbox);
    const endedAt = performance.now();
    clearInterval(watchTruth);
    return {
      lagSeconds: (endedAt - (completedAt ?? Number.NaN)) / 1000,
      rolloutSeconds: ((completedAt ?? Number.NaN) - startedAt) / 1000,
      callsPerMinute: ((sandbox.truth().calls.length - callsBefore) / (endedAt - startedAt)) * 60_000,
    };
  } finally {
    client.destroy();
    await sandbox.close();
  }
}

async function start(client: ECSClient, names: readonly string[]): Promise<readonly StartedDeployment[]> {
  return await Promise.all(
    names.map(async (name) => {
      const command = new UpdateServiceCommand({ cluster: CLUSTER, service: name, forceNewDeployment: true });
      const { service } = await client.send(command);
      const deployment = service?.deployments?.find(({ status }) => status === 'PRIMARY');
      return {
        cluster: CLUSTER,
        service: name,
        deploymentId: deployment?.id ?? '',
        taskDefinition: deployment?.taskDefinition ?? '',
        containerNames: ['app'],
        desiredCount: service?.desiredCount ?? 0,
        baseline: { runningCount: service?.runningCount ?? 0 },
      };
    }),
  );
}

const watchAsWeDo: Wait = async (client, deployments, sandbox) => {
  const digest = sandbox.truth().deploymentsStarted[0]?.digests[0] ?? '';
  const outcomes = await watchRollouts(
    deployments,
    {
      waitForMs: 30 * 60_000,
      failFast: true,
      expected: { digest, childDigests: [], repositoryUri: `${sandbox.registryHost}/dyno-agent` },
      heartbeatMs: 30_000,
    },
    {
      ecs: new EcsObservations(client),
      logs: { lastLines: () => Promise.resolve({ kind: 'not-read' }) },
      clock: localClock,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    },
  );
  const bad = outcomes.find(({ result }) => result !== 'succeeded');
  if (bad) throw new Error(`${bad.service} ended ${bad.result}: ${bad.finding?.title ?? ''}`);
};

const waitAsTheSdkDoes: Wait = async (client, deployments) => {
  const names = deployments.map(({ service }) => service);
  const tens = Array.from({ length: Math.ceil(names.length / 10) }, (_, i) =>
    names.slice(i * 10, i * 10 + 10),
  );
  await Promise.all(
    tens.map((services) =>
      waitUntilServicesStable({ client, maxWaitTime: 1800 }, { cluster: CLUSTER, services }),
    ),
  );
};
