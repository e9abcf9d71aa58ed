import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { RegistryOptions } from '../../sandbox/registry/http.ts';
import { digestOf, type Manifest } from '../../src/registry/manifest.ts';
import { RegistryProblem, RegistryRepository } from '../../src/registry/registry.ts';
import { createAgents } from '../../src/runner/http.ts';
import { serve } from '../runner/socket-server.ts';
import { type RegistryUnderTest, startRegistry } from '../sandbox/registry/registry-server.ts';

const agents = createAgents({ http: undefined, no: undefined });
const closing: (() => Promise<void>)[] = [];
const INDEX = 'application/vnd.oci.image.index.v1+json';

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function registry(onRequest?: RegistryOptions['onRequest']): Promise<RegistryUnderTest> {
  const started = await startRegistry(onRequest);
  closing.push(started.close);
  return started;
}

function client(
  { url, tokens }: Pick<RegistryUnderTest, 'url' | 'tokens'>,
  signal = new AbortController().signal,
  name = 'app',
) {
  const password = Buffer.from(tokens.issue().authorizationToken, 'base64').toString('utf8').slice(4);
  return new RegistryRepository({ endpoint: new URL(url), username: 'AWS', password }, name, agents, signal);
}

/** A client of a server that answers as told, with the path of each request. */
async function clientOf(answer: (path: string, response: ServerResponse, attempt: number) => void) {
  const server = await serve((request, response, attempt) => answer(request.url ?? '', response, attempt));
  closing.push(server.close);
  const access = { endpoint: new URL(server.url), username: 'AWS', password: 'the-password' };
  return { server, repository: new RegistryRepository(access, 'app', agents, new AbortController().signal) };
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const send = (response: ServerResponse, body: string | Buffer, headers: Record<string, string> = {}) =>
  response.writeHead(200, { 'content-type': MANIFEST, ...headers }).end(body);

describe('RegistryRepository', () => {
  it('reads a manifest by tag and by digest, with its bytes', async () => {
    const under = await registry();
    under.store.createRepository('app');
    const seeded = under.store.seedImage('app', ['v1'], { marker: 'one' });
    const byTag = await client(under).manifest('v1');
    expect(byTag).toMatchObject({ digest: seeded.digest, mediaType: seeded.mediaType });
    expect(byTag?.body.equals(seeded.body)).toBe(true);
    expect(await client(under).manifest(seeded.digest)).toEqual(byTag);
  });

  it('knows what is not there', async () => {
    const under = await registry();
    under.store.createRepository('app');
    expect(await client(under).manifest('v1')).toBeUndefined();
    expect(await client(under).manifest(`sha256:${'0'.repeat(64)}`)).toBeUndefined();
    expect(await client(under, undefined, 'other').manifest('v1')).toBeUndefined();
  });

  it('moves a tag by a manifest PUT alone, with the same bytes', async () => {
    const under = await registry();
    under.store.createRepository('app');
    under.store.seedImage('app', ['latest'], { marker: 'old' });
    const fresh = under.store.seedImage('app', ['v2'], { marker: 'new' });
    const repository = client(under);
    const manifest = await repository.manifest('v2');
    await repository.tag('latest', manifest as Manifest);
    expect(under.store.resolve('app', 'latest')?.digest).toBe(fresh.digest);
    expect(under.store.counts()).toEqual({ uploadsStarted: 0, uploadsCompleted: 0, manifestPuts: 1 });
  });

  it('moves a tag to an index, and reads the configuration of its first image', async () => {
    const under = await registry();
    under.store.createRepository('app');
    const image = under.store.seedImage('app', [], { marker: 'linux' });
    const attestation = under.store.seedImage('app', [], { marker: 'attestation' });
    const entry = (digest: string, size: number, os: string) => ({
      mediaType: image.mediaType,
      digest,
      size,
      platform: { os, architecture: os === 'linux' ? 'amd64' : 'unknown' },
    });
    const body = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: INDEX,
        manifests: [
          entry(attestation.digest, attestation.body.length, 'unknown'),
          entry(image.digest, image.body.length, 'linux'),
        ],
      }),
    );
    under.store.putManifest('app', 'v3', INDEX, body);
    const repository = client(under);
    const index = await repository.manifest('v3');
    expect(index).toMatchObject({ mediaType: INDEX, digest: digestOf(body) });
    await repository.tag('latest', index as Manifest);
    expect(under.store.resolve('app', 'latest')?.digest).toBe(digestOf(body));
    const plain = await repository.manifest(image.digest);
    expect(await repository.imageConfig(index as Manifest)).toEqual(
      await repository.imageConfig(plain as Manifest),
    );
    expect((await repository.imageConfig(index as Manifest))?.platform).toBe('linux/amd64');
  });

  it("gives the registry's words for an immutable tag", async () => {
    const under = await registry();
    under.store.createRepository('app', { mutability: 'IMMUTABLE' });
    const image = under.store.seedImage('app', ['v1'], { marker: 'x' });
    const problem: unknown = await client(under)
      .tag('v1', image)
      .catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(RegistryProblem);
    expect(problem).toMatchObject({ message: expect.stringMatching(/immutable/) });
  });

  it.each<readonly [string, NonNullable<ReturnType<NonNullable<RegistryOptions['onRequest']>>>]>([
    ['HTTP 500', { status: 500 }],
    ['HTTP 503', { status: 503 }],
    ['HTTP 429', { status: 429 }],
    ['a cut connection', 'reset'],
  ])('asks again after %s, for reading and for tagging', async (_, fault) => {
    let faults = 0;
    const under = await registry(({ method }) =>
      method !== 'HEAD' && faults++ % 2 === 0 ? fault : undefined,
    );
    under.store.createRepository('app');
    const image = under.store.seedImage('app', ['v1'], { marker: 'x' });
    const repository = client(under);
    expect((await repository.manifest('v1'))?.digest).toBe(image.digest);
    await repository.tag('latest', image);
    expect(under.store.resolve('app', 'latest')?.digest).toBe(image.digest);
    expect(faults).toBe(4);
  });

  it.each([400, 401, 403])('does not ask again after HTTP %i', async (status) => {
    let requests = 0;
    const under = await registry(() => {
      requests += 1;
      return { status };
    });
    await expect(client(under).manifest('v1')).rejects.toMatchObject({ name: 'RegistryProblem', status });
    expect(requests).toBe(1);
  });

  it.each([
    [
      'a header that names another digest',
      () => ({ body: 'bytes', headers: { 'docker-content-digest': `sha256:${'1'.repeat(64)}` } }),
      'v1',
    ],
    [
      'bytes of another digest than was asked for',
      () => ({ body: 'bytes', headers: {} }),
      `sha256:${'2'.repeat(64)}`,
    ],
  ])('refuses %s', async (_, answer, reference) => {
    const { body, headers } = answer();
    const { repository } = await clientOf((_path, response) => send(response, body, headers));
    await expect(repository.manifest(reference)).rejects.toThrow("don't have the digest");
  });

  it.each([
    'text/html',
    'application/vnd.docker.distribution.manifest.v1+json',
    '::set-output name=x::\u001b[31m'.replaceAll('\u001b', ''),
  ])('takes no %s for an image', async (type) => {
    const { repository } = await clientOf((_path, response) => send(response, 'x', { 'content-type': type }));
    await expect(repository.manifest('v1')).rejects.toThrow('not an image');
  });

  it('sends its credentials to the registry and not to where a blob is redirected', async () => {
    const config = Buffer.from(
      JSON.stringify({ os: 'linux', architecture: 'arm64', config: { Labels: { a: 'b', n: 1 } } }),
    );
    const manifest = Buffer.from(JSON.stringify({ config: { digest: digestOf(config) }, layers: [] }));
    const elsewhere = await serve((_, response) => response.end(config));
    closing.push(elsewhere.close);
    const { server, repository } = await clientOf((path, response) => {
      if (path.includes('/blobs/'))
        response.writeHead(307, { location: `${elsewhere.url}/signed?X-Amz-Signature=1` }).end();
      else send(response, manifest);
    });
    const image = await repository.manifest('v1');
    expect(await repository.imageConfig(image as Manifest)).toEqual({
      platform: 'linux/arm64',
      labels: { a: 'b' },
    });
    expect(
      server.requests.every(
        ({ headers }) =>
          headers.authorization === `Basic ${Buffer.from('AWS:the-password').toString('base64')}`,
      ),
    ).toBe(true);
    expect(elsewhere.requests).toMatchObject([{ path: '/signed?X-Amz-Signature=1' }]);
    expect(JSON.stringify(elsewhere.requests)).not.toMatch(/authorization|the-password/i);
  });

  it.each([
    ['another machine without https', 'http://evil.example/blob'],
    ['something that is no address', 'http://['],
    ['a file', 'file:///etc/passwd'],
  ])('follows no redirect to %s', async (_, location) => {
    const manifest = Buffer.from(JSON.stringify({ config: { digest: `sha256:${'a'.repeat(64)}` } }));
    const { repository } = await clientOf((path, response) => {
      if (path.includes('/blobs/')) response.writeHead(307, { location }).end();
      else send(response, manifest);
    });
    const image = await repository.manifest('v1');
    await expect(repository.imageConfig(image as Manifest)).rejects.toBeInstanceOf(RegistryProblem);
  });

  it('refuses a configuration that does not have the digest it is named by', async () => {
    const manifest = Buffer.from(JSON.stringify({ config: { digest: `sha256:${'a'.repeat(64)}` } }));
    const { repository } = await clientOf((path, response) =>
      path.includes('/blobs/') ? response.end('{}') : send(response, manifest),
    );
    const image = await repository.manifest('v1');
    await expect(repository.imageConfig(image as Manifest)).rejects.toThrow("doesn't have the digest");
  });

  it.each(['{', '[]', 'null', '{"config":7}', '{"config":{"digest":"../../x"}}', '{"manifests":{}}'])(
    'bears a manifest that reads %s',
    async (text) => {
      const { repository } = await clientOf((_path, response) => send(response, text));
      const image = await repository.manifest('v1');
      expect(await repository.imageConfig(image as Manifest)).toBeUndefined();
    },
  );

  it('reads no endless answer', async () => {
    const { repository } = await clientOf((_path, response) => send(response, Buffer.alloc(5 * 1024 * 1024)));
    await expect(repository.manifest('v1')).rejects.toThrow('larger than');
  }, 30_000);

  it('is ended by a cancel, with its reason, even between two tries', async () => {
    const under = await registry(() => ({ status: 500 }));
    const controller = new AbortController();
    const reading = client(under, controller.signal).manifest('v1');
    await sleep(100);
    controller.abort(new Error('cancelled by SIGINT'));
    await expect(reading).rejects.toThrow('cancelled by SIGINT');
  });

  it("keeps what the registry says to a line that can't act", async () => {
    const { repository } = await clientOf((_path, response) => {
      const message = '\n::error::x\n##[error]y\u001b[31m'.repeat(100);
      response.writeHead(400).end(JSON.stringify({ errors: [{ code: 'DENIED\n::x::', message }] }));
    });
    const problem: unknown = await repository.manifest('v1').catch((error: unknown) => error);
    expect(String(problem)).not.toMatch(/\n|##\[|\u001b/);
    expect(String(problem).length).toBeLessThan(500);
  });
});
