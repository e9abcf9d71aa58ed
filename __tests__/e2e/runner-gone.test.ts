import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { ACTION, engineAccess, makeWorkspace } from './deploy.ts';

describe('a run whose runner has died', () => {
  it('goes on without anybody to print to, tells Slack and ends', async () => {
    const sandbox = await startSandbox({ speed: 40 });
    const workspace = makeWorkspace();
    const temporary = mkdtempSync(join(tmpdir(), 'deploy-guard-runner-gone-'));
    const inputs = Object.entries(sandbox.inputs()).map(([name, value]) => [
      `INPUT_${name.toUpperCase()}`,
      value,
    ]);
    const child = spawn(process.execPath, [join(ACTION, 'dist', 'index.js')], {
      cwd: workspace.folder,
      env: {
        PATH: [...engineAccess.path, process.env['PATH']].join(':'),
        HOME: temporary,
        RUNNER_TEMP: temporary,
        GITHUB_WORKSPACE: workspace.folder,
        ...engineAccess.env,
        ...sandbox.env(),
        ...Object.fromEntries(inputs),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      const ended = once(child, 'exit', { signal: AbortSignal.timeout(60_000) });
      await once(child.stdout, 'data');
      child.stdout.destroy();
      child.stderr.destroy();
      expect(await ended).toEqual([0, null]);
      const truth = sandbox.truth();
      expect(truth.slackMessages).toHaveLength(1);
      expect(truth.slackMessages[0]?.payload.text).toMatch(/deployed/i);
      expect(truth.deploymentsStarted).toHaveLength(1);
    } finally {
      child.kill('SIGKILL');
      await sandbox.close();
      for (const folder of [workspace.folder, temporary]) rmSync(folder, { recursive: true, force: true });
    }
  });
});
