import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RegistryFault, RegistryRequest } from '../../../sandbox/registry/http.ts';
import { manifestMediaTypes } from '../../../sandbox/registry/manifest.ts';
import { type RegistryUnderTest, startRegistry } from './registry-server.ts';

let registry: RegistryUnderTest;
let fault: ((request: RegistryRequest) => RegistryFault | undefined) | undefined;

beforeEach(async () => {
  fault = undefined;
  registry = await startRegistry((request) => fault?.(request));
  registry.store.createRepository('app');
});
afterEach(() => registry.close());

function ask(
  method: string,
  path: string,
  init: { headers?: Record<string, string>; body?: string | Buffer } = {},
) {
  const body =
    typeof init.body === 'string' || init.body === undefined ? init.body : new Uint8Array(init.body);
  return fetch(path.startsWith('http') ? path : `${registry.url}${path}`, {
    method,
    headers: { authorization: registry.authorization, ...init.headers },
    ...(body === undefined ? {} : { body }),
  });
}

const sha = (body: string | Buffer) => `sha256:${createHash('sha256').update(body).digest('hex')}`;
const errorOf = async (response: Response) =>
  (await response.json()) as { errors: { code: string; message: string }[] };

async function pushBlob(body: string): Promise<{ digest: string; size: number }> {
  const response = await ask('POST', `/v2/app/blobs/uploads/?digest=${sha(body)}`, { body });
  expect(response.status).toBe(201);
  return { digest: sha(body), size: Buffer.byteLength(body) };
}

function imageManifest(
  config: { digest: string; size: number },
  layers: readonly { digest: string; size: number }[],
) {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestMediaTypes.ociManifest,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: layers.map((layer) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...layer })),
  });
}

const putManifest = (reference: string, body: string, type: string = manifestMediaTypes.ociManifest) =>
  ask('PUT', `/v2/app/manifests/${reference}`, { body, headers: { 'content-type': type } });

async function pushImage(tag: string, content: string): Promise<string> {
  const manifest = imageManifest(await pushBlob(`config ${content}`), [await pushBlob(`layer ${content}`)]);
  expect((await putManifest(tag, manifest)).status).toBe(201);
  return sha(manifest);
}

describe('authorization', () => {
  it('challenges a request without credentials as ECR does', async () => {
    const response = await fetch(`${registry.url}/v2/`);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      `Basic realm="http://${registry.host}/",service="ecr.amazonaws.com"`,
    );
  });

  it('takes a token of its own, and refuses another password and another user', async () => {
    expect((await ask('GET', '/v2/')).status).toBe(200);
    const encoded = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    expect((await ask('GET', '/v2/', { headers: { authorization: encoded('AWS:wrong') } })).status).toBe(401);
    const password = Buffer.from(registry.authorization.slice(6), 'base64').toString().slice(4);
    expect(
      (await ask('GET', '/v2/', { headers: { authorization: encoded(`root:${password}`) } })).status,
    ).toBe(401);
  });

  it('says that a token has expired, by the clock', async () => {
    registry.clock.ms += 12 * 3_600_000 - 1;
    expect((await ask('GET', '/v2/')).status).toBe(200);
    registry.clock.ms += 1;
    const response = await ask('GET', '/v2/');
    expect(response.status).toBe(403);
    expect((await errorOf(response)).errors[0]).toEqual({
      code: 'DENIED',
      message: 'Your authorization token has expired. Reauthenticate and try again.',
    });
  });
});

describe('blobs', () => {
  it('takes an upload in chunks, tells its progress, and serves it back', async () => {
    const start = await ask('POST', '/v2/app/blobs/uploads/');
    expect(start.status).toBe(202);
    const location = start.headers.get('location') ?? '';
    expect(location).toContain(start.headers.get('docker-upload-uuid') ?? 'no uuid');
    const first = await ask('PATCH', location, { body: 'hello ', headers: { 'content-range': '0-5' } });
    expect([first.status, first.headers.get('range')]).toEqual([202, '0-5']);
    const status = await ask('GET', location);
    expect([status.status, status.headers.get('range')]).toEqual([204, '0-5']);
    const late = await ask('PATCH', location, { body: 'world', headers: { 'content-range': '7-11' } });
    expect(late.status).toBe(416);
    await ask('PATCH', location, { body: 'wor', headers: { 'content-range': '6-8' } });
    const digest = sha('hello world');
    const end = await ask('PUT', `${location}?digest=${digest}`, { body: 'ld' });
    expect([end.status, end.headers.get('docker-content-digest')]).toEqual([201, digest]);
    const head = await ask('HEAD', `/v2/app/blobs/${digest}`);
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '11']);
    expect(await (await ask('GET', `/v2/app/blobs/${digest}`)).text()).toBe('hello world');
    expect(registry.store.counts()).toEqual({ uploadsStarted: 1, uploadsCompleted: 1, manifestPuts: 0 });
    expect((await ask('GET', location)).status).toBe(404);
  });

  it('refuses a digest that is not the content, in one request and at the end of an upload', async () => {
    const once = await ask('POST', `/v2/app/blobs/uploads/?digest=${sha('other')}`, { body: 'this' });
    expect([once.status, (await errorOf(once)).errors[0]?.code]).toEqual([400, 'DIGEST_INVALID']);
    const location = (await ask('POST', '/v2/app/blobs/uploads/')).headers.get('location') ?? '';
    const end = await ask('PUT', `${location}?digest=${sha('other')}`, { body: 'this' });
    expect([end.status, (await errorOf(end)).errors[0]?.code]).toEqual([400, 'DIGEST_INVALID']);
    expect(registry.store.hasBlob('app', sha('other'))).toBe(false);
    expect(registry.store.counts().uploadsCompleted).toBe(0);
  });

  it('answers a mount with an upload, as ECR does, and forgets an upload that is deleted', async () => {
    const mount = await ask('POST', `/v2/app/blobs/uploads/?mount=${sha('x')}&from=other`);
    expect(mount.status).toBe(202);
    const location = mount.headers.get('location') ?? '';
    expect((await ask('DELETE', location)).status).toBe(204);
    expect((await ask('PATCH', location, { body: 'x' })).status).toBe(404);
  });

  it('knows no upload of another repository', async () => {
    registry.store.createRepository('other');
    const location = (await ask('POST', '/v2/app/blobs/uploads/')).headers.get('location') ?? '';
    const elsewhere = await ask('PATCH', location.replace('/v2/app/', '/v2/other/'), { body: 'x' });
    expect([elsewhere.status, (await errorOf(elsewhere)).errors[0]?.code]).toEqual([
      404,
      'BLOB_UPLOAD_UNKNOWN',
    ]);
  });
});

describe('a repository that is not there', () => {
  const wording = "The repository with name 'nope/app' does not exist in the registry with id '123456789012'";

  it.each([
    ['POST', '/v2/nope/app/blobs/uploads/'],
    ['GET', `/v2/nope/app/blobs/sha256:${'0'.repeat(64)}`],
    ['GET', '/v2/nope/app/manifests/latest'],
    ['PUT', '/v2/nope/app/manifests/latest'],
    ['GET', '/v2/nope/app/tags/list'],
  ])('%s %s is NAME_UNKNOWN', async (method, path) => {
    const response = await ask(method, path, method === 'PUT' ? { body: '{}' } : {});
    expect(response.status).toBe(404);
    expect((await errorOf(response)).errors).toEqual([{ code: 'NAME_UNKNOWN', message: wording }]);
  });
});

describe('manifests', () => {
  it('serves a manifest by tag and by digest, byte for byte', async () => {
    const digest = await pushImage('v1', 'one');
    for (const reference of ['v1', digest]) {
      const response = await ask('GET', `/v2/app/manifests/${reference}`);
      expect(response.headers.get('content-type')).toBe(manifestMediaTypes.ociManifest);
      expect(response.headers.get('docker-content-digest')).toBe(digest);
      expect(sha(await response.text())).toBe(digest);
    }
    const head = await ask('HEAD', '/v2/app/manifests/v1');
    expect([head.status, head.headers.get('docker-content-digest')]).toEqual([200, digest]);
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(100);
  });

  it('serves only what the Accept header takes', async () => {
    await pushImage('v1', 'one');
    const asked = (accept: string) => ask('GET', '/v2/app/manifests/v1', { headers: { accept } });
    expect((await asked(manifestMediaTypes.dockerManifest)).status).toBe(404);
    expect(
      (await asked(`${manifestMediaTypes.dockerManifest}, ${manifestMediaTypes.ociManifest};q=0.9`)).status,
    ).toBe(200);
  });

  it('moves a tag by a second PUT and records what it pointed at', async () => {
    const first = await pushImage('latest', 'one');
    const second = await pushImage('latest', 'two');
    expect(registry.store.tagMoves().map(({ tag, digest, previous }) => ({ tag, digest, previous }))).toEqual(
      [
        { tag: 'latest', digest: first, previous: undefined },
        { tag: 'latest', digest: second, previous: first },
      ],
    );
    expect(registry.store.resolve('app', first)?.tags).toEqual([]);
    expect(registry.store.images('app')[0]?.digest).toBe(second);
  });

  it('refuses a manifest whose layer or child is not there', async () => {
    const config = await pushBlob('config');
    const absent = { digest: sha('absent'), size: 6 };
    const image = await putManifest('v1', imageManifest(config, [absent]));
    expect(image.status).toBe(404);
    const [error] = (await errorOf(image)).errors;
    expect(error?.code).toBe('MANIFEST_BLOB_UNKNOWN');
    expect(error?.message).toContain(`Layers with digests '[${absent.digest}]' required for pushing image`);
    const index = JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestMediaTypes.ociIndex,
      manifests: [{ mediaType: manifestMediaTypes.ociManifest, ...absent }],
    });
    const refused = await putManifest('v1', index, manifestMediaTypes.ociIndex);
    expect((await errorOf(refused)).errors[0]?.message).toContain(`Images with digests '[${absent.digest}]'`);
    expect(registry.store.counts().manifestPuts).toBe(0);
  });

  it('takes an index of images that are there, with the size of the largest', async () => {
    const child = await pushImage('amd64', 'one');
    const size = (await (await ask('GET', `/v2/app/manifests/${child}`)).text()).length;
    const index = JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestMediaTypes.ociIndex,
      manifests: [{ mediaType: manifestMediaTypes.ociManifest, digest: child, size }],
    });
    expect((await putManifest('multi', index, manifestMediaTypes.ociIndex)).status).toBe(201);
    expect(registry.store.resolve('app', 'multi')?.sizeInBytes).toBe(
      registry.store.resolve('app', child)?.sizeInBytes,
    );
  });

  it.each([
    ['no JSON', '{', manifestMediaTypes.ociManifest],
    [
      'another media type in the body',
      imageManifest({ digest: sha(''), size: 0 }, []),
      manifestMediaTypes.dockerManifest,
    ],
    ['an unknown media type', '{}', 'application/json'],
  ])('refuses %s', async (_what, body, type) => {
    const response = await putManifest('v1', body, type);
    expect([response.status, (await errorOf(response)).errors[0]?.code]).toEqual([400, 'MANIFEST_INVALID']);
  });

  it('refuses a digest that is not the manifest', async () => {
    const manifest = imageManifest(await pushBlob('config'), []);
    const response = await putManifest(sha('other'), manifest);
    expect([response.status, (await errorOf(response)).errors[0]?.code]).toEqual([400, 'DIGEST_INVALID']);
  });
});

describe('tags that may not move', () => {
  const refusal =
    "The image tag 'v1' already exists in the 'fixed' repository and cannot be overwritten because the tag is immutable.";

  async function pushTwice(tag: string): Promise<Response> {
    const config = 'config';
    await ask('POST', `/v2/fixed/blobs/uploads/?digest=${sha(config)}`, { body: config });
    const body = imageManifest({ digest: sha(config), size: config.length }, []);
    const headers = { 'content-type': manifestMediaTypes.ociManifest };
    expect((await ask('PUT', `/v2/fixed/manifests/${tag}`, { body, headers })).status).toBe(201);
    return ask('PUT', `/v2/fixed/manifests/${tag}`, { body, headers });
  }

  it('refuses even the same digest, in the words of ECR', async () => {
    registry.store.createRepository('fixed', { mutability: 'IMMUTABLE' });
    const response = await pushTwice('v1');
    expect(response.status).toBe(400);
    expect((await errorOf(response)).errors).toEqual([{ code: 'TAG_INVALID', message: refusal }]);
  });

  it.each([
    ['IMMUTABLE_WITH_EXCLUSION', ['latest', 'dev-*'], { latest: 201, 'dev-7': 201, dev: 400, v1: 400 }],
    ['MUTABLE_WITH_EXCLUSION', ['v*.*', 'prod'], { 'v1.2': 400, prod: 400, v1: 201, 'v1-2': 201 }],
  ] as const)('%s makes the filters the exception', async (mutability, exclusionFilters, expected) => {
    registry.store.createRepository('fixed', { mutability, exclusionFilters });
    const statuses: Record<string, number> = {};
    for (const tag of Object.keys(expected)) statuses[tag] = (await pushTwice(tag)).status;
    expect(statuses).toEqual(expected);
  });
});

describe('the list of tags', () => {
  it('comes sorted and in pages', async () => {
    registry.store.seedImage('app', ['c', 'a', 'b'], { marker: 'seed' });
    const page = await ask('GET', '/v2/app/tags/list?n=2');
    expect(await page.json()).toEqual({ name: 'app', tags: ['a', 'b'] });
    const next = /<([^>]+)>/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
    expect(await (await ask('GET', next)).json()).toEqual({ name: 'app', tags: ['c'] });
  });
});

describe('a fault put in the way', () => {
  it('answers for the requests it is meant for alone', async () => {
    fault = ({ method, path }) =>
      method === 'PUT' && path.endsWith('/manifests/latest')
        ? { status: 403, message: 'User is not authorized to perform: ecr:PutImage' }
        : undefined;
    await pushImage('v1', 'one');
    const response = await putManifest('latest', '{}');
    expect(response.status).toBe(403);
    expect((await errorOf(response)).errors[0]).toEqual({
      code: 'DENIED',
      message: 'User is not authorized to perform: ecr:PutImage',
    });
  });

  it('cuts the connection', async () => {
    fault = () => 'reset';
    await expect(ask('GET', '/v2/')).rejects.toThrow('fetch failed');
  });

  it('says nothing', async () => {
    fault = () => 'hang';
    const asked = fetch(`${registry.url}/v2/`, { signal: AbortSignal.timeout(200) });
    await expect(asked).rejects.toThrow(/timeout|aborted/i);
  });
});
