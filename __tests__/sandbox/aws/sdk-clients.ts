import { createHash } from 'node:crypto';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { STSClient } from '@aws-sdk/client-sts';
import { buildSeedImage } from '../../../sandbox/registry/seed-image.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.ts';

/** The keys that a client signs with. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The SDK's own clients on a sandbox, with its static keys or those given. */
export function clientsOf(sandbox: Sandbox, keys: Keys = staticKeys(sandbox), maxAttempts = 1) {
  const settings = { region: 'us-east-1', endpoint: sandbox.url, credentials: keys, maxAttempts };
  return {
    sts: new STSClient(settings),
    ecr: new ECRClient(settings),
    ecs: new ECSClient(settings),
    logs: new CloudWatchLogsClient(settings),
  };
}

/** The keys in a sandbox's environment. */
export function staticKeys(sandbox: Sandbox): Keys {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = sandbox.env();
  return { accessKeyId, secretAccessKey };
}

/** Runs a test's body on a sandbox of its own, and closes it. */
export async function withSandbox(
  options: SandboxOptions,
  body: (sandbox: Sandbox, clients: ReturnType<typeof clientsOf>) => Promise<void>,
): Promise<void> {
  const sandbox = await startSandbox(options);
  try {
    await body(sandbox, clientsOf(sandbox));
  } finally {
    await sandbox.close();
  }
}

/** Pushes an image over the registry's protocol as docker does; gives its digest. */
export async function push(sandbox: Sandbox, tag: string, marker: string): Promise<string> {
  const { authorizationData } = await clientsOf(sandbox).ecr.send(new GetAuthorizationTokenCommand({}));
  const authorization = `Basic ${authorizationData?.[0]?.authorizationToken}`;
  const image = buildSeedImage(marker);
  const repository = `${sandbox.url}/v2/dyno-agent`;
  for (const blob of image.blobs) {
    const query = `digest=sha256:${createHash('sha256').update(blob).digest('hex')}`;
    await put(`${repository}/blobs/uploads/?${query}`, 'POST', { authorization }, blob);
  }
  const headers = { authorization, 'content-type': image.mediaType };
  await put(`${repository}/manifests/${tag}`, 'PUT', headers, image.manifest);
  return `sha256:${createHash('sha256').update(image.manifest).digest('hex')}`;
}

async function put(
  url: string,
  method: string,
  headers: Record<string, string>,
  body: Buffer,
): Promise<void> {
  const answer = await fetch(url, { method, headers, body: new Uint8Array(body) });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
}
