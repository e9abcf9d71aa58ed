import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder, fileUrl, findPeer, type PeerPin, readPins } from '../../bench/peers.ts';

const code = Buffer.from('process.exit(0);\n');
const pin: PeerPin = {
  repository: 'acme/notify',
  version: 'v1.0.0',
  commit: 'a'.repeat(40),
  files: { 'dist/index.js': createHash('sha256').update(code).digest('hex') },
};

let cache = '';
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'peers-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

describe('findPeer', () => {
  it('fetches each file at the pinned commit and keeps it', async () => {
    const asked: string[] = [];
    const peer = await findPeer(pin, cache, async (url) => {
      asked.push(url);
      return code;
    });
    expect(asked).toEqual([`https://raw.githubusercontent.com/acme/notify/${pin.commit}/dist/index.js`]);
    expect(peer).toEqual({ pin, folder: join(cache, 'acme', 'notify', pin.commit) });
    expect(readFileSync(join(cache, 'acme/notify', pin.commit, 'dist/index.js'))).toEqual(code);
  });

  it('asks nobody for what is in the cache', async () => {
    await findPeer(pin, cache, async () => code);
    const again = await findPeer(pin, cache, async (url) => {
      throw new Error(`asked for ${url}`);
    });
    expect(again).toHaveProperty('folder');
  });

  it('fetches a file again that was changed in the cache', async () => {
    await findPeer(pin, cache, async () => code);
    const path = join(cache, 'acme/notify', pin.commit, 'dist/index.js');
    writeFileSync(path, 'something else');
    expect(await findPeer(pin, cache, async () => code)).toHaveProperty('folder');
    expect(readFileSync(path)).toEqual(code);
  });

  it('keeps nothing that is not what is pinned', async () => {
    const peer = await findPeer(pin, cache, async () => Buffer.from('changed on the way'));
    expect(peer).toEqual({
      pin,
      missing: `https://raw.githubusercontent.com/acme/notify/${pin.commit}/dist/index.js is not what is pinned`,
    });
    expect(() => readFileSync(join(cache, 'acme/notify', pin.commit, 'dist/index.js'))).toThrow();
  });

  it('says why a peer could not be fetched', async () => {
    const peer = await findPeer(pin, cache, async () => {
      throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') });
    });
    expect(peer).toEqual({ pin, missing: 'getaddrinfo ENOTFOUND' });
  });
});

describe('the pins', () => {
  it('name an action.yml and a main for each of the actions that this one replaces', async () => {
    const pins = await readPins();
    expect(pins.map(({ repository }) => repository)).toEqual([
      'aws-actions/configure-aws-credentials',
      'aws-actions/amazon-ecr-login',
      'docker/build-push-action',
      'aws-actions/amazon-ecs-render-task-definition',
      'aws-actions/amazon-ecs-deploy-task-definition',
      'slackapi/slack-github-action',
    ]);
    for (const { files } of pins) {
      const paths = Object.keys(files);
      expect(paths).toContain('action.yml');
      expect(paths.some((path) => /^dist\/index\.c?js$/.test(path))).toBe(true);
    }
  });
});

describe('where peers are kept and come from', () => {
  it('is the cache folder of the user, never the repository', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/var/cache/octo' })).toBe('/var/cache/octo/deploy-guard-bench');
    expect(cacheFolder({ XDG_CACHE_HOME: '' })).toMatch(/\.cache\/deploy-guard-bench$/);
  });

  it('is a commit, not a tag that can move', () => {
    expect(fileUrl(pin, 'action.yml')).toBe(
      `https://raw.githubusercontent.com/acme/notify/${'a'.repeat(40)}/action.yml`,
    );
  });
});
