import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  configDigestOf,
  digestOf,
  INDEX_TYPES,
  imagesOf,
  isDigest,
  isIndex,
  layersOf,
  MANIFEST_TYPES,
  type Manifest,
  readImageConfig,
} from '../../src/registry/manifest.ts';

const D = (digit: string) => `sha256:${digit.repeat(64)}`;

function manifest(mediaType: string, json: unknown): Manifest {
  const body = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));
  return { digest: digestOf(body), mediaType, body };
}

describe('manifests', () => {
  it('have the digest of their bytes', () => {
    expect(digestOf(Buffer.from(''))).toBe(
      'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect([
      isDigest(D('a')),
      isDigest(D('A')),
      isDigest(`${D('a')}\n`),
      isDigest('sha256:a'),
      isDigest(undefined),
    ]).toEqual([true, false, false, false, false]);
  });

  it.each(INDEX_TYPES)('of the type %s name several images, attestations apart', (type) => {
    const index = manifest(type, {
      manifests: [
        { digest: D('1'), platform: { os: 'linux', architecture: 'amd64' } },
        { digest: D('2'), platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
        { digest: D('3'), platform: { os: 'unknown', architecture: 'unknown' } },
        { digest: D('4') },
        { digest: 'none' },
        null,
      ],
    });
    expect(isIndex(index)).toBe(true);
    expect(imagesOf(index)).toEqual([
      { digest: D('1'), platform: 'linux/amd64' },
      { digest: D('2'), platform: 'linux/arm/v7' },
      { digest: D('4'), platform: 'linux/unknown' },
    ]);
  });

  it.each(MANIFEST_TYPES)('of the type %s name one image', (type) => {
    const plain = manifest(type, {
      config: { digest: D('c') },
      layers: [{ size: 10 }, { size: 32 }, { size: 'x' }, null],
    });
    expect(isIndex(plain)).toBe(false);
    expect(imagesOf(plain)).toEqual([]);
    expect(configDigestOf(plain)).toBe(D('c'));
    expect(layersOf(plain)).toEqual({ count: 4, bytes: 42 });
  });

  it('may be anything, and nothing throws', () => {
    const text = fc.oneof(fc.json(), fc.string());
    fc.assert(
      fc.property(text, fc.constantFrom(...INDEX_TYPES, ...MANIFEST_TYPES), (json, type) => {
        const any = manifest(type, json);
        imagesOf(any);
        configDigestOf(any);
        expect(layersOf(any).bytes).toEqual(expect.any(Number));
        expect(
          Object.values(readImageConfig(any.body).labels).every((label) => typeof label === 'string'),
        ).toBe(true);
      }),
    );
  });
});
