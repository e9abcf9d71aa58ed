import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createRegistryHandler } from '../../../sandbox/registry/http.ts';
import { ImageStore, type TagMutability } from '../../../sandbox/registry/image-store.ts';
import { RegistryTokens } from '../../../sandbox/registry/tokens.ts';
import type { Manifest } from '../../../src/registry/manifest.ts';
import { RegistryRepository } from '../../../src/registry/registry.ts';
import { createAgents } from '../../../src/runner/http.ts';
import { moveTag } from '../../../src/stages/image/moving-tags.ts';
import { ManualClock } from '../../sandbox/registry/registry-server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** A registry with two images, `old` under latest; `wrap` may spoil what it answers. */
async function world(
  options: { mutability?: TagMutability; exclusionFilters?: readonly string[] } = {},
  wrap: (handle: RequestListener, store: ImageStore) => RequestListener = (handle) => handle,
) {
  const clock = new ManualClock();
  const store = new ImageStore(clock);
  const tokens = new RegistryTokens(clock);
  const handler = createRegistryHandler({ store, tokens });
  const server = createServer(
    wrap((request, response) => void handler(request, response).catch(() => response.destroy()), store),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  store.createRepository('app', options);
  const before = store.seedImage('app', ['latest'], { marker: 'old' });
  const fresh = store.seedImage('app', ['v2'], { marker: 'new' });
  const { port } = server.address() as AddressInfo;
  const password = Buffer.from(tokens.issue().authorizationToken, 'base64').toString('utf8').slice(4);
  const access = { endpoint: new URL(`http://127.0.0.1:${port}`), username: 'AWS', password };
  const registry = new RegistryRepository(
    access,
    'app',
    createAgents({ http: undefined, no: undefined }),
    new AbortController().signal,
  );
  const to: Manifest = { digest: fresh.digest, mediaType: fresh.mediaType, body: fresh.body };
  return { store, before, fresh, registry, to };
}

describe('moveTag', () => {
  it('points the tag at the image, and says where it pointed before', async () => {
    const { store, before, fresh, registry, to } = await world();
    expect(await moveTag('latest', to, registry)).toEqual({
      tag: 'latest',
      from: before.digest,
      to: fresh.digest,
    });
    expect(store.resolve('app', 'latest')?.digest).toBe(fresh.digest);
    expect(store.counts()).toEqual({ uploadsStarted: 0, uploadsCompleted: 0, manifestPuts: 1 });
  });

  it('makes a tag that is not there yet', async () => {
    const { registry, fresh, to } = await world({ mutability: 'IMMUTABLE' });
    expect(await moveTag('stable', to, registry)).toEqual({
      tag: 'stable',
      from: undefined,
      to: fresh.digest,
    });
  });

  it.each(['MUTABLE', 'IMMUTABLE'] as const)(
    'puts nothing where it points there already (%s)',
    async (mutability) => {
      const { store, fresh, registry, to } = await world({ mutability });
      expect(await moveTag('v2', to, registry)).toEqual({ tag: 'v2', from: fresh.digest, to: fresh.digest });
      expect(store.counts().manifestPuts).toBe(0);
    },
  );

  it('says that an immutable tag can not be moved, and how it could', async () => {
    const { before, store, registry, to } = await world({ mutability: 'IMMUTABLE' });
    await expect(moveTag('latest', to, registry)).rejects.toMatchObject({
      name: 'Failure',
      findings: [{ code: 'DG461', fix: expect.stringContaining('exclude it') }],
    });
    expect(store.resolve('app', 'latest')?.digest).toBe(before.digest);
  });

  it('notices that somebody else moved the tag at the same time', async () => {
    const { registry, to } = await world({}, (handle, store) => (request, response) => {
      if (request.method === 'PUT') {
        response.on('finish', () => {
          const other = store.seedImage('app', [], { marker: 'theirs' });
          store.putManifest('app', 'latest', other.mediaType, other.body);
        });
      }
      handle(request, response);
    });
    await expect(moveTag('latest', to, registry)).rejects.toMatchObject({ findings: [{ code: 'DG462' }] });
  });

  it.each(['MUTABLE', 'IMMUTABLE'] as const)(
    'believes what stands there where the answer to the PUT is lost (%s)',
    async (mutability) => {
      let puts = 0;
      const { store, registry, fresh, to } = await world({ mutability }, (handle) => (request, response) => {
        puts += request.method === 'PUT' ? 1 : 0;
        if (request.method === 'PUT' && puts === 1) {
          // The registry has done it, and its answer never arrives.
          response.end = () => {
            request.socket.destroy();
            return response;
          };
        }
        handle(request, response);
      });
      expect(await moveTag('stable', to, registry)).toEqual({
        tag: 'stable',
        from: undefined,
        to: fresh.digest,
      });
      expect(store.resolve('app', 'stable')?.digest).toBe(fresh.digest);
    },
  );
});
