import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { type Sandbox, type SandboxOptions, startSandbox, type Truth } from '../../../sandbox/sandbox.ts';
import { EcsObservations } from '../../../src/aws/ecs-observe.ts';
import { CloudWatchLogReader } from '../../../src/aws/logs.ts';
import { withTypedAnswers } from '../../../src/aws/typed-answers.ts';
import type { ProgressLine, RolloutOutcome, StartedDeployment } from '../../../src/stages/rollout/rollout.ts';
import { watchRollouts } from '../../../src/stages/rollout/watch.ts';

/** What came of a rollout in the sandbox, and what really happened. */
export interface SandboxRollout {
  readonly outcomes: readonly RolloutOutcome[];
  readonly lines: readonly ProgressLine[];
  readonly truth: Truth;
  readonly pushed: string;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Pushes an image, forces a deployment of every service of the scenario and watches it, by the real SDK. */
export async function rolloutInSandbox(
  options: SandboxOptions & { readonly waitForMs?: number },
): Promise<SandboxRollout> {
  const speed = options.speed ?? 40;
  const sandbox = await startSandbox({ ...options, speed });
  try {
    const env = sandbox.env();
    const config = {
      region: 'us-east-1',
      endpoint: sandbox.url,
      credentials: {
        accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
      },
    };
    const pushed = await pushImage(sandbox, new ECRClient(config));
    const ecs = withTypedAnswers(new ECSClient(config));
    const started = await startAll(sandbox, ecs);
    const begun = performance.now();
    const lines: ProgressLine[] = [];
    const outcomes = await watchRollouts(
      started,
      {
        waitForMs: options.waitForMs ?? 1_800_000,
        failFast: true,
        expected: { digest: pushed, childDigests: [], repositoryUri: `${sandbox.registryHost}/dyno-agent` },
        heartbeatMs: 30_000,
      },
      {
        ecs: new EcsObservations(ecs),
        logs: new CloudWatchLogReader(async (region) =>
          withTypedAnswers(new CloudWatchLogsClient({ ...config, region })),
        ),
        clock: {
          now: () => (performance.now() - begun) * speed,
          sleep: (ms, signal) => wait(ms / speed, undefined, { signal }).catch(() => {}),
        },
        signal: new AbortController().signal,
        onProgress: (line) => lines.push(line),
      },
    );
    return { outcomes, lines, truth: sandbox.truth(), pushed };
  } finally {
    await sandbox.close();
  }
}

async function startAll(sandbox: Sandbox, ecs: ECSClient): Promise<readonly StartedDeployment[]> {
  const inputs = sandbox.inputs();
  const cluster = inputs['cluster'] ?? '';
  const services = (inputs['service'] ?? '').split(/[\s,]+/).filter((name) => name !== '');
  const before = await ecs.send(new DescribeServicesCommand({ cluster, services }));
  const started: StartedDeployment[] = [];
  for (const name of services) {
    const { service } = await ecs.send(
      new UpdateServiceCommand({ cluster, service: name, forceNewDeployment: true }),
    );
    const was = before.services?.find(({ serviceName }) => serviceName === name);
    const deploymentId = was?.deployments?.[0]?.id;
    started.push({
      cluster,
      service: name,
      deploymentId: service?.deployments?.find(({ status }) => status === 'PRIMARY')?.id ?? '',
      taskDefinition: service?.taskDefinition ?? '',
      containerNames: ['app'],
      desiredCount: service?.desiredCount ?? 0,
      baseline: {
        runningCount: was?.runningCount ?? 0,
        imageTagOrDigest: 'a31be07',
        ...(deploymentId === undefined ? {} : { deploymentId }),
      },
    });
  }
  return started;
}

async function pushImage(sandbox: Sandbox, ecr: ECRClient): Promise<string> {
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const authorization = `Basic ${authorizationData?.[0]?.authorizationToken}`;
  const base = `${sandbox.url}/v2/dyno-agent`;
  const blob = async (body: Buffer) => {
    const opened = await fetch(`${base}/blobs/uploads/`, { method: 'POST', headers: { authorization } });
    const place = new URL(opened.headers.get('location') ?? '', sandbox.url);
    place.searchParams.set('digest', sha256(body));
    await expectStatus(
      201,
      fetch(place, {
        method: 'PUT',
        headers: { authorization, 'content-type': 'application/octet-stream' },
        body: new Uint8Array(body),
      }),
    );
    return { digest: sha256(body), size: body.length };
  };
  const layer = await blob(Buffer.from('a layer of the new image'));
  const rootfs = { type: 'layers', diff_ids: [layer.digest] };
  const config = await blob(
    Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config: { Cmd: ['/app'] }, rootfs })),
  );
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }],
  });
  const put = fetch(`${base}/manifests/latest`, {
    method: 'PUT',
    headers: { authorization, 'content-type': MANIFEST },
    body: manifest,
  });
  await expectStatus(201, put);
  return sha256(Buffer.from(manifest));
}

async function expectStatus(status: number, answer: Promise<Response>): Promise<void> {
  const { status: got, url } = await answer;
  if (got !== status) throw new Error(`${url} answered ${got}, not ${status}`);
}

function sha256(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}
