import { describe, expect, it } from 'vitest';
import { parseDockerignore } from '../../../src/docker/dockerignore.ts';
import { ContextView } from '../../../src/stages/hygiene/dockerignore/context-view.ts';
import { examine } from '../../../src/stages/hygiene/examine.ts';
import { groups } from '../../../src/stages/hygiene/groups.ts';
import type { Repository } from '../../../src/stages/hygiene/repository.ts';
import type { Example } from '../../../src/stages/hygiene/rule.ts';
import { readFolders } from '../../../src/stages/hygiene/terraform/folders.ts';
import { Unread } from '../../../src/stages/hygiene/unread.ts';
import { exampleRepository } from './example-repository.ts';

const numbered = (amount: number, path: (at: number) => string, text: string) =>
  Object.fromEntries(Array.from({ length: amount }, (_, at) => [path(at), text]));

async function leftOut(repository: Repository, ignore: readonly string[] = []) {
  const { findings } = await examine(repository, groups, { ignore, timeoutMs: 60_000 });
  return findings.filter(({ code }) => code === 'DG096');
}

const DEPLOY =
  'on: push\njobs:\n  deploy:\n    runs-on: x\n    steps:\n      - uses: org/deploy-guard@v1\n        with:\n          service: a\n';
const STEPS = '      - run: echo\n'.repeat(501);
const LONG = `# ${'x'.repeat(100_000)}\n`;
const DATABASE = 'resource "aws_db_instance" "a" {\n}\n';
const CONTEXT = { Dockerfile: 'FROM python:3.13-slim\nCOPY . .\n' };
const KEY = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'.repeat(2)}\n-----END PRIVATE KEY-----\n`;

describe('what the bounds leave out is told', () => {
  it.each<readonly [string, Omit<Example, 'name'>, RegExp]>([
    [
      'a large text',
      { files: { 'data/a.sql': `${'x'.repeat(1_000_001)}` } },
      /^1 tracked text larger than 1 MB, not searched for secrets: data\/a\.sql\. /,
    ],
    ['many keys', { files: { 'keys.txt': KEY.repeat(21) } }, /^1 text with more keys .*: keys\.txt\. /],
    ['a large Dockerfile', { files: { Dockerfile: `FROM a\n${LONG}` } }, /^1 Dockerfile .*: Dockerfile\. /],
    [
      'many stages',
      { files: { Dockerfile: 'FROM a\n'.repeat(201) } },
      /^1 Dockerfile .* 200 stages: Dockerfile\. /,
    ],
    [
      'many Dockerfiles',
      { files: numbered(23, (at) => `s${at + 10}/Dockerfile`, 'FROM a\n') },
      /^3 Dockerfiles past the first 20: s30\/Dockerfile, s31\/Dockerfile, s32\/Dockerfile\. /,
    ],
    [
      'a large start script',
      { files: { Dockerfile: 'FROM a\nCMD ["./start.sh"]\n', 'start.sh': LONG } },
      /^1 start script .*: start\.sh\. /,
    ],
    [
      'many secrets in the context',
      { files: CONTEXT, untracked: numbered(202, (at) => `s${at}/.env`, 'API_TOKEN=9f8s7dKq2mVx41\n') },
      /^2 files past the first 200 with secrets in the build context: s\d+\/\.env, s\d+\/\.env\. /m,
    ],
    [
      'many entries that are not tracked',
      { files: CONTEXT, untracked: numbered(52, (at) => `${at + 10}.txt`, '') },
      /^2 entries of the build context whose sizes were not added up: 60\.txt, 61\.txt\. /,
    ],
    [
      'much Terraform',
      { files: numbered(3, (at) => `m${at}/a.tf`, `${DATABASE}${LONG.repeat(7)}`) },
      /^1 Terraform file past the bounds .*: m2\/a\.tf\. /,
    ],
    [
      'much of its values',
      { files: { 'a.tf': DATABASE, ...numbered(3, (at) => `${at}.tfvars`, LONG.repeat(7)) } },
      /^1 Terraform file past the bounds .*: 2\.tfvars\. /,
    ],
    [
      'Terraform that the parser does not end',
      { files: { 'a.tf': `${DATABASE}${'\u2028'.repeat(600)}`, 'b.tfvars': `a = 1${'\u2028'.repeat(600)}` } },
      /^2 Terraform files that take their parser longer than a second: a\.tf, b\.tfvars\. /,
    ],
    [
      'many Compose files',
      { files: numbered(21, (at) => `s${at + 10}/compose.yaml`, 'services:\n  a:\n    image: a\n') },
      /^1 Compose file .*: s30\/compose\.yaml\. /,
    ],
    [
      'a large Compose file',
      { files: { 'compose.yaml': `services:\n  a:\n    image: a\n${LONG}` } },
      /^1 Compose file .*: compose\.yaml\. /,
    ],
    [
      'a Compose file with many services',
      {
        files: {
          'compose.yaml': `services:\n${Array.from({ length: 501 }, (_, at) => `  s${at}: {}\n`).join('')}`,
        },
      },
      /^1 Compose file .*: compose\.yaml\. /,
    ],
    [
      'many workflows',
      {
        files: {
          '.github/workflows/0.yml': DEPLOY,
          ...numbered(100, (at) => `.github/workflows/${at + 100}.yml`, 'on: push\n'),
        },
      },
      /^1 workflow .*: \.github\/workflows\/199\.yml\. /,
    ],
    [
      'a large workflow',
      { files: { '.github/workflows/a.yml': DEPLOY, '.github/workflows/b.yml': `${DEPLOY}${LONG}` } },
      /^1 workflow .*: \.github\/workflows\/b\.yml\. /,
    ],
    [
      'a workflow with many steps',
      { files: { '.github/workflows/a.yml': `${DEPLOY}${STEPS}` } },
      /^1 workflow .*: \.github\/workflows\/a\.yml\. /,
    ],
    [
      'a large manifest',
      { files: { '.github/workflows/a.yml': DEPLOY, 'requirements.txt': LONG } },
      /^1 dependency manifest .*: requirements\.txt\. /,
    ],
    [
      'many places of one rule',
      { files: { '.env.production': '', ...numbered(503, (at) => `${at}.tfstate`, '{}') } },
      /^1 rule that found more than 500 places: DG028 \(3 more\)\. /,
    ],
  ])('%s', async (_, example, line) => {
    const findings = await leftOut(exampleRepository({ name: '', ...example }));
    expect(findings).toHaveLength(1);
    expect(findings[0]?.level).toBe('note');
    expect(findings[0]?.title).toMatch(/^Not everything was looked at: .*\.$/);
    expect(findings[0]?.detail).toMatch(line);
  });

  it('Terraform past its time', async () => {
    const repository = exampleRepository({ name: '', files: { 'a.tf': DATABASE } });
    await readFolders(repository, -1);
    expect(repository.unread.finding(() => false)?.detail).toMatch(
      /^1 Terraform file past the bounds .*: a\.tf\. /,
    );
  });

  it('what could not be held against a .dockerignore in time', async () => {
    const repository = exampleRepository({ name: '', files: { 'a/b': '', 'c/d': '' } });
    const view = new ContextView(repository, 'a', parseDockerignore('x'), [], -1);
    expect(await view.tracked()).toEqual([]);
    expect(repository.unread.finding(() => false)?.detail).toMatch(/^1 path that was not held .*: b\. /);
  });

  it('in one note for all of them, without what is ignored', async () => {
    const files = {
      'data/a.sql': 'x'.repeat(1_000_001),
      'b.sql': 'x'.repeat(1_000_001),
      'compose.yaml': `services:\n  a:\n    image: a\n${LONG}`,
    };
    const [both] = await leftOut(exampleRepository({ name: '', files }));
    expect(both?.title).toBe(
      'Not everything was looked at: 2 bounds of this check left something out, 3 things in all.',
    );
    expect(both?.detail?.split('\n')).toHaveLength(2);
    const [one] = await leftOut(exampleRepository({ name: '', files }), [
      'DG096 data/**',
      'DG096 compose.yaml',
    ]);
    expect(one?.title).toMatch(/1 tracked text .* \(b\.sql\)\.$/);
    expect(await leftOut(exampleRepository({ name: '', files }), ['DG096'])).toEqual([]);
  });

  it('and a binary file of any size, or nothing, is not', async () => {
    const files = { 'model.weights': `\0${'x'.repeat(1_000_001)}`, 'a.py': '', Dockerfile: 'FROM a\n' };
    expect(await leftOut(exampleRepository({ name: '', files }))).toEqual([]);
    expect(new Unread().finding(() => false)).toBeUndefined();
  });
});
