import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hygiene as story } from '../../sandbox/scenarios/hygiene.ts';
import { ACTION, changes, deploy, makeWorkspace } from './deploy.ts';

const SECRETS = ['4f9c2e1b7d8a6035', 'k2$Vq9!mZr7p'];
const aboutHygiene = ({ message }: { readonly message: string }) => /^DG0\d\d /.test(message);

describe('hygiene', () => {
  it('warn: tells what is to mend, holds nothing up, and prints no value', async () => {
    const { run, truth } = await deploy({ scenario: 'hygiene' });
    expect(run.outputs['result'], run.log).toBe('succeeded');
    expect(run.log).toMatch(/! hygiene {4}\d+ warnings and \d+ notes/);
    expect(run.log).toContain('DG026 .env:2  This file is tracked by git');
    expect(run.summary).toMatch(/<details><summary>Hygiene of the repository: \d+ warnings/);
    expect(run.summary).toMatch(
      /\[`\.env:2`\]\(https:\/\/github\.com\/acme\/dyno-agent\/blob\/[0-9a-f]{40}\/\.env#L2\)/,
    );
    const told = run.annotations.filter(aboutHygiene);
    expect(told).toHaveLength(5);
    expect(told.map(({ level }) => level)).not.toContain('error');
    expect(told[0]).toMatchObject({ file: 'Dockerfile', line: 2 });
    const slack = JSON.stringify(truth.slackMessages);
    expect(slack).not.toMatch(/DG0\d\d/);
    for (const secret of SECRETS) expect(`${run.log}${run.summary}${slack}`).not.toContain(secret);
  }, 60_000);

  it('fail: stops the run before anything is changed, and writes the SARIF file all the same', async () => {
    let sarif = '';
    const deployed = await deploy({
      scenario: 'hygiene',
      inputs: { hygiene: 'fail', 'sarif-file': 'out/deploy-guard.sarif' },
      after: (workspace) => {
        sarif = readFileSync(join(workspace, 'out/deploy-guard.sarif'), 'utf8');
      },
    });
    const { run, truth } = deployed;
    expect(run.outputs, run.log).toMatchObject({ result: 'failed', 'failure-code': 'DG020' });
    expect(changes(deployed)).toEqual([]);
    expect(run.annotations.filter(aboutHygiene)).toHaveLength(5);
    expect(run.log).toMatch(/✗ \d+ problems.* Nothing was built, pushed or deployed\./);
    expect(truth.slackMessages).toHaveLength(1);
    expect(truth.slackMessages[0]?.payload.text).toContain('Dockerfile');
    const { results } = JSON.parse(sarif).runs[0];
    const levels: readonly string[] = results.map(({ level }: { level: string }) => level);
    expect(new Set(levels)).toEqual(new Set(['error', 'warning', 'note']));
    for (const secret of SECRETS) expect(sarif).not.toContain(secret);
  }, 60_000);

  it('fail: lets a repository pass whose findings are ignored with a reason, or by the input', async () => {
    const { run } = await deploy({
      inputs: { hygiene: 'fail', 'hygiene-ignore': 'DG025 infra/**, DG001', 'sarif-file': 'a.sarif' },
      files: {
        Dockerfile:
          '# deploy-guard ignore=DG008 the image has no user\nFROM scratch\nCOPY app.txt /app.txt\nCMD ["/app.txt"]\n',
        'infra/terraform.tfvars': `db_password = "${SECRETS[1]}"\n`,
      },
    });
    expect(run.outputs['result'], run.log).toBe('succeeded');
    expect(run.log).toMatch(/hygiene .*, \d ignored \(/);
  }, 60_000);

  it('check: lists all of them, and writes a SARIF file without results for a repository in order', async () => {
    let sarif = '';
    const { run } = await deploy({
      inputs: { mode: 'check', 'sarif-file': 'a.sarif', 'hygiene-ignore': 'DG001\nDG008' },
      after: (workspace) => {
        sarif = readFileSync(join(workspace, 'a.sarif'), 'utf8');
      },
    });
    expect(run.outputs['result'], run.log).toBe('checked');
    expect(run.log).toMatch(/✓ hygiene {4}nothing to mend/);
    expect(JSON.parse(sarif).runs[0].results).toEqual([]);
  }, 60_000);

  it('looks at the checkout in the folder that the build context is in', async () => {
    const { folder, sha } = makeWorkspace({
      '.env': `API_TOKEN=${SECRETS[0]}\n`,
      Dockerfile: 'FROM scratch\nCOPY . /app\n',
    });
    const workspace = { folder: mkdtempSync(join(tmpdir(), 'deploy-guard-above-')), sha };
    renameSync(folder, join(workspace.folder, 'app'));
    const { run } = await deploy({ workspace, inputs: { mode: 'check', context: 'app' } });
    expect(run.outputs['result'], run.log).toBe('checked');
    expect(run.log).toMatch(/DG026 \.env:1 /);
    expect(run.log).toMatch(/DG020 Dockerfile:2 /);
  }, 60_000);

  it('says that it looked at nothing where there is no git checkout, and refuses a file outside', async () => {
    const workspace = makeWorkspace();
    rmSync(join(workspace.folder, '.git'), { recursive: true });
    const { run } = await deploy({ workspace, inputs: { mode: 'check', hygiene: 'fail' } });
    expect(run.outputs['result'], run.log).toBe('checked');
    expect(run.log).toContain('– hygiene    not checked: the workspace is no git checkout');
    const outside = join(tmpdir(), `deploy-guard-${process.pid}.sarif`);
    const refused = await deploy({ inputs: { mode: 'check', 'sarif-file': outside } });
    expect(refused.run.log).toContain('DG098');
    expect(refused.run.outputs['result']).toBe('checked');
    expect(existsSync(outside)).toBe(false);
  }, 60_000);
});

/** A copy of the action in which the file with the rules fails when it is loaded. */
function actionWithoutRules(): string {
  const copy = mkdtempSync(join(tmpdir(), 'action-without-'));
  cpSync(join(ACTION, 'action.yml'), join(copy, 'action.yml'));
  cpSync(join(ACTION, 'dist'), join(copy, 'dist'), { recursive: true });
  const files = readdirSync(join(copy, 'dist')).filter(
    (file) =>
      file.endsWith('.js') &&
      readFileSync(join(copy, 'dist', file), 'utf8').includes('no rule has that code'),
  );
  if (files.length === 0) throw new Error('no file of dist/ has the rules: the test is blind');
  expect(files).not.toContain('index.js');
  for (const file of files)
    writeFileSync(join(copy, 'dist', file), "throw new Error('the rules were loaded');\n");
  return copy;
}

describe('the rules', () => {
  it.each([
    [{ hygiene: 'off' }, story.files],
    [{ mode: 'rollback' }, undefined],
  ] as const)(
    'are not loaded with %o',
    async (inputs, files) => {
      const copy = actionWithoutRules();
      const { run } = await deploy({ inputs, files: files ?? {}, run: { actionDir: copy } });
      rmSync(copy, { recursive: true });
      expect(run.outputs['result'], run.log).toBe('succeeded');
      expect(run.log).not.toContain('were loaded');
      expect(run.log).not.toContain('hygiene');
    },
    60_000,
  );

  it('are loaded otherwise: the test would notice', async () => {
    const copy = actionWithoutRules();
    const { run } = await deploy({ inputs: { mode: 'check' }, run: { actionDir: copy } });
    rmSync(copy, { recursive: true });
    expect(run.log).toContain('were loaded');
  }, 60_000);
});
