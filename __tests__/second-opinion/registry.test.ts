import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSeedImage } from '../../sandbox/registry/seed-image.ts';
import { INDEX_TYPES, type Manifest } from '../../src/registry/manifest.ts';
import { RegistryRepository } from '../../src/registry/registry.ts';
import { createAgents } from '../../src/runner/http.ts';
import { startRegistry } from '../sandbox/registry/registry-server.ts';
import { type RealRegistry, startDockerRegistry } from './docker-registry.ts';
import { findTool } from './tool.ts';

// What our client expects of a registry is asked of one that others wrote, and of the sandbox's: both have to agree.
// Without docker-registry its half is skipped, and fails where stand-ins are refused (CI).
const program = findTool('docker-registry');
const agents = createAgents({ http: undefined, no: undefined });

async function startOurs(): Promise<RealRegistry> {
  const { url, store, tokens, close } = await startRegistry();
  store.createRepository('app');
  const token = Buffer.from(tokens.issue().authorizationToken, 'base64').toString('utf8');
  return { url, username: 'AWS', password: token.slice('AWS:'.length), close };
}

const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

describe.each([
  { name: "Debian's docker-registry", start: () => startDockerRegistry(program ?? ''), skip: !program },
  { name: "the sandbox's registry", start: startOurs, skip: false },
])('the registry client on $name', ({ start, skip }) => {
  let registry: RealRegistry;
  beforeAll(async () => {
    if (!skip) registry = await start();
  });
  afterAll(async () => {
    if (!skip) await registry.close();
  });

  const client = (name = 'app', password = registry.password) =>
    new RegistryRepository(
      { endpoint: new URL(registry.url), username: registry.username, password },
      name,
      agents,
      new AbortController().signal,
    );

  const authorization = () =>
    `Basic ${Buffer.from(`${registry.username}:${registry.password}`).toString('base64')}`;

  async function send(method: string, path: string, body: Buffer | undefined, type?: string) {
    return await fetch(new URL(path, registry.url), {
      method,
      headers: { authorization: authorization(), ...(type === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    });
  }

  /** Pushes as an engine does: each blob by an upload in two steps, then the manifest. */
  async function push(tag: string, marker: string): Promise<string> {
    const image = buildSeedImage(marker);
    for (const blob of image.blobs) {
      const started = await send('POST', '/v2/app/blobs/uploads/', undefined);
      expect(started.status).toBe(202);
      const upload = new URL(started.headers.get('location') ?? '', registry.url);
      upload.searchParams.set('digest', digestOf(blob));
      const ended = await send('PUT', upload.href, blob, 'application/octet-stream');
      expect(ended.status, await ended.text()).toBe(201);
    }
    const put = await send('PUT', `/v2/app/manifests/${tag}`, image.manifest, image.mediaType);
    expect(put.status, await put.text()).toBe(201);
    expect(put.headers.get('docker-content-digest')).toBe(digestOf(image.manifest));
    return digestOf(image.manifest);
  }

  it.skipIf(skip)('reads what was pushed, by tag and by digest, with its configuration', async () => {
    const digest = await push('one', 'one');
    const byTag = await client().manifest('one');
    expect(byTag?.digest).toBe(digest);
    expect(await client().manifest(digest)).toEqual(byTag);
    expect(await client().imageConfig(byTag as Manifest)).toMatchObject({ platform: 'linux/amd64' });
    // Who names no type that it takes is given a manifest of another kind, made of this one.
    const head = await fetch(new URL('/v2/app/manifests/one', registry.url), {
      method: 'HEAD',
      headers: { authorization: authorization(), accept: byTag?.mediaType ?? '' },
    });
    expect(head.headers.get('docker-content-digest')).toBe(digest);
    expect(head.headers.get('content-type')).toBe(byTag?.mediaType);
  });

  it.skipIf(skip)('moves a tag by the PUT of the same bytes, and can put them again', async () => {
    const old = await push('latest', 'old');
    const fresh = await push('two', 'two');
    const manifest = (await client().manifest('two')) as Manifest;
    expect((await client().manifest('latest'))?.digest).toBe(old);
    await client().tag('latest', manifest);
    await client().tag('latest', manifest);
    expect((await client().manifest('latest'))?.digest).toBe(fresh);
    expect((await client().manifest(old))?.digest).toBe(old);
  });

  it.skipIf(skip)('moves a tag to an index, and reads its first image', async () => {
    const digest = await push('three', 'three');
    const image = (await client().manifest('three')) as Manifest;
    const platform = { os: 'linux', architecture: 'amd64' };
    const entry = { mediaType: image.mediaType, digest, size: image.body.length, platform };
    const index = { schemaVersion: 2, mediaType: INDEX_TYPES[0], manifests: [entry] };
    const body = Buffer.from(JSON.stringify(index));
    await client().tag('many', { digest: digestOf(body), mediaType: INDEX_TYPES[0], body });
    const read = (await client().manifest('many')) as Manifest;
    expect(read).toMatchObject({ digest: digestOf(body), mediaType: INDEX_TYPES[0] });
    expect(await client().imageConfig(read)).toMatchObject({ platform: 'linux/amd64' });
  });

  it.skipIf(skip)('knows what is not there: a tag, a digest, a repository', async () => {
    await push('four', 'four');
    expect(await client().manifest('nothing')).toBeUndefined();
    expect(await client().manifest(`sha256:${'0'.repeat(64)}`)).toBeUndefined();
    expect(await client('nowhere/at-all').manifest('latest')).toBeUndefined();
  });

  it.skipIf(skip)('tells a manifest whose layers are not there', async () => {
    const { manifest, mediaType } = buildSeedImage('never pushed');
    const refused = client().tag('lost', { digest: digestOf(manifest), mediaType, body: manifest });
    await expect(refused).rejects.toMatchObject({ name: 'RegistryProblem', code: 'MANIFEST_BLOB_UNKNOWN' });
    expect(await client().manifest('lost')).toBeUndefined();
  });

  it.skipIf(skip)('tells a password that is wrong', async () => {
    await expect(client('app', 'wrong').manifest('one')).rejects.toMatchObject({
      name: 'RegistryProblem',
      status: 401,
    });
  });
});
