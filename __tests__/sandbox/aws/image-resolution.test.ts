import { describe, expect, it } from 'vitest';
import { ImageResolution } from '../../../sandbox/aws/ecs-simulation/image-resolution.ts';
import { ImageStore } from '../../../sandbox/registry/image-store.ts';
import { manifestMediaTypes } from '../../../sandbox/registry/manifest.ts';

const host = '127.0.0.1:5000';

function storeWithIndex() {
  const store = new ImageStore({ now: () => 0 });
  store.createRepository('team/app');
  const amd64 = store.seedImage('team/app', [], { marker: 'amd64' });
  const arm64 = store.seedImage('team/app', [], { marker: 'arm64' });
  const entry = (image: typeof amd64, architecture: string) => ({
    mediaType: image.mediaType,
    digest: image.digest,
    size: image.body.length,
    platform: { os: 'linux', architecture },
  });
  const body = {
    schemaVersion: 2,
    mediaType: manifestMediaTypes.ociIndex,
    manifests: [entry(arm64, 'arm64'), entry(amd64, 'amd64')],
  };
  const index = store.putManifest(
    'team/app',
    'v1',
    manifestMediaTypes.ociIndex,
    Buffer.from(JSON.stringify(body)),
  );
  return { store, amd64: amd64.digest, index: index.digest };
}

describe('the resolution of images', () => {
  it('takes tags, digests and both, in a repository with a slash, and latest where none is named', () => {
    const { store, index } = storeWithIndex();
    const images = new ImageResolution(store, host, 'index');
    expect(images.digestOf(`${host}/team/app:v1`)).toBe(index);
    expect(images.digestOf(`${host}/team/app@${index}`)).toBe(index);
    expect(images.digestOf(`${host}/team/app:v1@${index}`)).toBe(index);
    expect(images.digestOf(`${host}/team/app`)).toBeUndefined();
    expect(images.digestOf(`${host}/team/other:v1`)).toBeUndefined();
    expect(images.digestOf('public.ecr.aws/envoy:1')).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('leaves a container unresolved that opted out of version consistency', () => {
    const { store, index } = storeWithIndex();
    const resolved = new ImageResolution(store, host, 'index').resolveAll({
      containerDefinitions: [
        { name: 'app', image: `${host}/team/app:v1` },
        { name: 'loose', image: `${host}/team/app:v1`, versionConsistency: 'disabled' },
      ],
    });
    expect(resolved.map((one) => one.digest)).toEqual([index, undefined]);
  });

  it('reports the digest of the index, of its platform or none, as the world has it', () => {
    const { store, index, amd64 } = storeWithIndex();
    const reported = (how: 'index' | 'platform' | 'none') =>
      new ImageResolution(store, host, how).reported(`${host}/team/app:v1`, index);
    expect(reported('index')).toBe(index);
    expect(reported('platform')).toBe(amd64);
    expect(reported('none')).toBeUndefined();
  });
});
