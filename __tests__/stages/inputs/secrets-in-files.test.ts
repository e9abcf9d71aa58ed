import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { secretsInFiles, secretsInText } from '../../../src/stages/inputs/secrets-in-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'secret-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return `${name}=${name}`;
}

const KEY = ['MIIEvQIBADANBgkqhkiG9w0BAQEFAASC', 'BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj', 'MzEfYyjiWA4R4=='];

describe('secretsInText', () => {
  it.each<readonly [string, string, readonly string[]]>([
    ['a token alone', 'npm_q7Rz2mV9', ['npm_q7Rz2mV9']],
    ['a short one alone', 'pa55\n', ['pa55']],
    [
      'an .npmrc',
      'registry=https://registry.npmjs.org/\n//registry.npmjs.org/:_authToken=npm_q7Rz2mV9xKp4Ls8T\n',
      ['npm_q7Rz2mV9xKp4Ls8T'],
    ],
    ['a .netrc', 'machine github.com\nlogin octo\npassword hunter2x\n', ['hunter2x']],
    ['a key', `-----BEGIN PRIVATE KEY-----\n${KEY.join('\n')}\n-----END PRIVATE KEY-----\n`, KEY],
    [
      'a key in JSON',
      JSON.stringify({ type: 'service_account', private_key: `-----BEGIN\n${KEY.join('\n')}\n-----END` }),
      KEY,
    ],
    [
      'a configuration of docker',
      JSON.stringify({ auths: { 'registry.example.com': { auth: 'b2N0bzpodW50ZXIyaHVudGVyMg==' } } }),
      ['b2N0bzpodW50ZXIyaHVudGVyMg=='],
    ],
    [
      'credentials of AWS',
      '[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = /K7MDENG+bPxRfiCY\n',
      ['AKIAIOSFODNN7EXAMPLE', '/K7MDENG+bPxRfiCY'],
    ],
    [
      'a JWT in YAML',
      'user:\n  bearer: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.q7Rz2mV9xKp4"\n',
      ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.q7Rz2mV9xKp4'],
    ],
  ])('finds what is secret in %s', (_, text, secrets) => {
    expect(secretsInText(text)).toEqual(expect.arrayContaining([...secrets]));
  });

  it('leaves names of hosts, paths and brackets alone: outputs have them too', () => {
    const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
    const text = JSON.stringify(
      { credHelpers: { [host]: 'ecr-login' }, ca: '/etc/ssl/certs/root-2026-01.pem' },
      undefined,
      2,
    );
    const found = [...secretsInText(text), ...secretsInText(`# hosts\n${host}\n`)];
    expect(found.some((secret) => `${host}/dyno-agent@sha256:91cb54`.includes(secret))).toBe(false);
    expect(found).not.toContain('/etc/ssl/certs/root-2026-01.pem');
    expect(found).not.toContain('{');
  });

  it('is quick with a text that seems to begin a name everywhere', () => {
    expect(secretsInText('key-'.repeat(16_000))).toHaveLength(1);
  });

  it('gives nothing that is blank, and nothing twice, of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const found = secretsInText(text);
        expect(found.filter((secret) => secret.trim() === '')).toEqual([]);
        expect(new Set(found).size).toBe(found.length);
      }),
    );
  });
});

describe('secretsInFiles', () => {
  it('reads those that are named, from the workspace', async () => {
    const named = [file('a', 'first-secret'), file('b', 'second-secret\n')];
    expect(await secretsInFiles(named, folder)).toEqual(['first-secret', 'second-secret']);
  });

  it('reads no binary file, no folder, none that is missing, and waits for no pipe', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const named = [file('c', Buffer.from('a\0secret-in-it')), 'd=.', 'e=missing', 'f=pipe', 'no-path'];
    expect(await secretsInFiles(named, folder)).toEqual([]);
  });

  it('reads the beginning of a huge one, and takes a bounded number', async () => {
    const lines = Array.from({ length: 50_000 }, (_, i) => `line-${i}-of-many`);
    const found = await secretsInFiles([file('g', lines.join('\n'))], folder);
    expect(found).toHaveLength(200);
  });
});
