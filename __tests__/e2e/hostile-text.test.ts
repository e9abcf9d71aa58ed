import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ActionRun } from '../../sandbox/runner/run-action.ts';
import { success } from '../../sandbox/scenarios/success.ts';
import { deploy, makeWorkspace } from './deploy.ts';

const ATTACKS = [
  '::set-output name=result::succeeded',
  '  ::save-state name=run::{"version":1,"told":"yes"}',
  '::add-mask::e',
  '::error::forged',
  '::stop-commands::forged',
  '##[set-output name=result]succeeded',
  'text ##[error]forged ##[group]forged',
  '\u001b[31m::warning::forged',
  'progress 10%\r::error::forged',
  '::group::forged\u2028::error::forged',
];

/** One error of ours, and none of the annotations that the attacks ask for. */
function expectOneError(run: ActionRun, code: string): void {
  const errors = run.annotations.filter(({ level }) => level === 'error');
  expect(errors.map(({ message }) => message.slice(0, 5))).toEqual([code]);
  expect(run.annotations.filter(({ message }) => /^forged/.test(message))).toEqual([]);
}

const folder = mkdtempSync(join(tmpdir(), 'hostile-docker-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('what docker prints', () => {
  it('is obeyed nowhere: outputs, state, masks, annotations and groups are ours alone', async () => {
    writeFileSync(join(folder, 'attacks'), `${ATTACKS.join('\n')}\n`);
    writeFileSync(
      join(folder, 'docker'),
      `#!/bin/sh
case "$1" in
  version) echo '{"Client":{"Version":"28.0.0"},"Server":{"Version":"28.0.0"}}' ;;
  buildx) exit 1 ;;
  login) cat >/dev/null ;;
  build) cat ${join(folder, 'attacks')}; cat ${join(folder, 'attacks')} >&2; exit 1 ;;
esac
`,
      { mode: 0o755 },
    );
    const { run, truth } = await deploy({ run: { path: [folder] } });
    expect(run.outputs).toMatchObject({ result: 'failed', 'failure-code': 'DG431' });
    expect(run.main.exitCode).toBe(1);
    expectOneError(run, 'DG431');
    expect(Object.keys(run.state)).toEqual(['run']);
    expect(JSON.parse(run.state['run'] ?? '{}')).toMatchObject({
      stage: 'image',
      ended: { result: 'failed' },
    });
    expect(run.masks).not.toContain('e');
    const groups = run.groups.map(({ title }) => title.replace(/ \(.*/, ''));
    expect(groups.filter((title) => !title.startsWith('Hygiene: '))).toEqual([
      'Preflight',
      'Image: what docker prints',
    ]);
    expect(truth.slackMessages).toHaveLength(1);
  });

  it('may be 60 MB in one line and many, and memory stays flat', async () => {
    writeFileSync(
      join(folder, 'docker'),
      `#!/bin/sh
case "$1" in
  version) echo '{"Client":{"Version":"28.0.0"},"Server":{"Version":"28.0.0"}}' ;;
  buildx) exit 1 ;;
  login) cat >/dev/null ;;
  build) head -c 30000000 /dev/zero | tr '\\0' 'x'; echo; yes 'a line of the build' | head -n 1500000; exit 1 ;;
esac
`,
      { mode: 0o755 },
    );
    const { run } = await deploy({
      run: { path: [folder] },
      // The heap is held to 160 MB: what kept the output would run out of it.
      env: { NODE_OPTIONS: '--max-old-space-size=160' },
    });
    expect(run.outputs['failure-code']).toBe('DG431');
  });
});

describe('an application that logs commands, mentions and mark-up', () => {
  it('is quoted, and nothing in it acts', async () => {
    const log = [
      ...ATTACKS,
      '<!channel> <https://evil.example|click>',
      '``` </pre><script>alert(1)</script> | | @everyone',
    ];
    const { run, truth } = await deploy({
      sandbox: {
        scenario: {
          ...success,
          name: 'hostile-log',
          tasks: { outcomes: [{ kind: 'exits', exitCode: 1, seconds: 2, log }] },
          expect: { result: 'rolled-back', code: 'DG612' },
        },
      },
    });
    expect(run.outputs).toMatchObject({ result: 'rolled-back', 'failure-code': 'DG612' });
    expectOneError(run, 'DG612');
    expect(Object.keys(run.state)).toEqual(['run']);
    const slack = JSON.stringify(truth.slackMessages[0]?.payload);
    expect(slack).not.toContain('<!channel>');
    expect(slack).not.toContain('<https://evil.example');
    expect(run.summary).not.toMatch(/^\s*<script>/m);
  });
});

describe('a commit and a branch with hostile names', () => {
  it('stand in the messages as text', async () => {
    const workspace = makeWorkspace();
    const subject = '<!here> *bold* `code` ::error::forged [link](https://evil.example) <img src=x> | |';
    execFileSync('git', [
      '-C',
      workspace.folder,
      '-c',
      'user.name=o',
      '-c',
      'user.email=o@e',
      'commit',
      '--quiet',
      '--amend',
      '-m',
      subject,
    ]);
    const { run, truth } = await deploy({
      run: {
        workspace: workspace.folder,
        github: {
          repository: 'acme/dyno-agent',
          ref: 'refs/heads/<!channel>|x',
          sha: workspace.sha,
          actor: 'octo',
        },
      },
    });
    rmSync(workspace.folder, { recursive: true, force: true });
    expect(run.outputs['result'], run.log).toBe('succeeded');
    expect(run.annotations.filter(({ level }) => level === 'error')).toEqual([]);
    const slack = JSON.stringify(truth.slackMessages[0]?.payload);
    expect(slack).not.toMatch(/<!(here|channel)>/);
    expect(run.summary).not.toContain('<img');
    expect(run.summary).not.toContain('](https://evil');
  });
});

describe('a forged state', () => {
  it('does not make post silent, delete what is not ours, or fail', async () => {
    const victim = mkdtempSync(join(tmpdir(), 'victim-'));
    const { run } = await deploy({
      run: { cancelAfter: { when: (log) => log.includes('Preflight'), signals: 'SIGKILL' } },
      env: { STATE_run: JSON.stringify({ version: 1, told: 'yes', privateFolder: victim }) },
    });
    expect(run.post?.exitCode).toBe(0);
    rmSync(victim, { recursive: true });
  });
});
