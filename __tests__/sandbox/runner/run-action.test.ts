import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { evaluatePostIf } from '../../../sandbox/runner/action-metadata.ts';
import { runFixture } from './fixture-action.ts';

const showEnv = 'for (const [name, value] of Object.entries(process.env)) console.log(name + "=" + value);';
const expression = (text: string) => `\${{ ${text} }}`;

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the environment', () => {
  it("has the inputs with their defaults, and nothing of the caller's", async () => {
    vi.stubEnv('CALLERS_OWN', 'x');
    const run = await runFixture(
      {
        main: showEnv,
        inputs: `  aws-region:\n    default: us-east-1\n  github-token:\n    default: \${{ github.token }}\n  emptied:\n    default: x\n  with space:\n`,
      },
      {
        inputs: { emptied: '', 'with space': 'y' },
        env: { JOB: 'mine' },
        github: { actor: 'mona', token: 'ghs_1234567' },
      },
    );
    const env = new Map(
      run.rawStdout.split('\n').map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]),
    );
    expect(env.get('INPUT_AWS-REGION')).toBe('us-east-1');
    expect(env.get('INPUT_GITHUB-TOKEN')).toBe('ghs_1234567');
    expect(env.get('INPUT_EMPTIED')).toBe('');
    expect(env.get('INPUT_WITH_SPACE')).toBe('y');
    expect(env.get('JOB')).toBe('mine');
    expect(env.get('GITHUB_ACTOR')).toBe('mona');
    expect(env.get('GITHUB_ACTIONS')).toBe('true');
    for (const absent of [
      'CALLERS_OWN',
      'GITHUB_TOKEN',
      'NODE_OPTIONS',
      'VITEST',
      'npm_config_user_agent',
      'DOCKER_CONFIG',
    ]) {
      expect(env.has(absent)).toBe(false);
    }
    expect(env.get('PATH')).not.toContain('node_modules');
    expect(run.log).toContain('INPUT_GITHUB-TOKEN=***');
  });

  it('has the event and runs in the workspace', async () => {
    const run = await runFixture(
      {
        main: `console.log(process.env.GITHUB_EVENT_NAME, require(process.env.GITHUB_EVENT_PATH).ref, process.cwd() === process.env.GITHUB_WORKSPACE);`,
      },
      { event: { name: 'workflow_dispatch', payload: { ref: 'refs/heads/x' } } },
    );
    expect(run.log).toBe('workflow_dispatch refs/heads/x true');
  });

  it('warns of an input that action.yml does not have', async () => {
    const run = await runFixture({ main: '', inputs: '  mode:\n' }, { inputs: { mood: 'x', MODE: 'y' } });
    expect(run.annotations[0]?.message).toBe("Unexpected input(s) 'mood', valid inputs are ['mode']");
  });

  it('refuses a default that is an expression it does not know', async () => {
    const inputs = `  x:\n    default: ${expression('vars.X')}\n`;
    await expect(runFixture({ main: '', inputs })).rejects.toThrow('vars.X');
  });
});

describe('the post step', () => {
  it('runs after a failure', async () => {
    const run = await runFixture({ main: 'process.exitCode = 3;', post: 'console.log("cleaned");' });
    expect([run.main.exitCode, run.main.conclusion, run.post?.exitCode]).toEqual([3, 'failure', 0]);
    expect(run.conclusion).toBe('failure');
    expect(run.log).toBe('Post job cleanup.\ncleaned');
  });

  it('fails the job where main did not', async () => {
    const run = await runFixture({ main: '', post: 'throw new Error("no");' });
    expect([run.main.conclusion, run.conclusion]).toEqual(['success', 'failure']);
  });

  it('starts with commands that work, even where main stopped them for good', async () => {
    const run = await runFixture({
      main: `console.log('::stop-commands::abcdefgh');`,
      post: `console.log('::set-output name=a::b');`,
    });
    expect(run.outputs).toEqual({ a: 'b' });
  });

  it('does not run when the runner went down, or where its condition does not hold', async () => {
    const fixture = { main: 'process.exit(1)', post: 'console.log("ran")' };
    expect((await runFixture(fixture, { runPost: false })).post).toBeUndefined();
    expect((await runFixture({ ...fixture, postIf: 'success()' })).post).toBeUndefined();
    expect((await runFixture({ ...fixture, postIf: 'failure() || cancelled()' })).post?.exitCode).toBe(0);
  });

  it.each([
    ['always()', 'cancelled', true],
    ['!cancelled()', 'cancelled', false],
    [expression('success() || failure()'), 'failure', true],
    ['success() && always()', 'failure', false],
  ] as const)('%s when the job is %s: %s', (condition, status, holds) => {
    expect(evaluatePostIf(condition, status)).toBe(holds);
  });
});

describe('a cancelled job', () => {
  it('sends SIGINT when the log says so, and runs post', async () => {
    const run = await runFixture(
      {
        main: `process.on('SIGINT', () => { console.log('interrupted'); process.exit(130); });
          console.log('waiting'); setInterval(() => {}, 1000);`,
        post: 'console.log("cleaned")',
      },
      { cancelAfter: { when: (log) => log.includes('waiting') } },
    );
    expect(run.main.signalsSent).toEqual(['SIGINT']);
    expect([run.main.exitCode, run.conclusion]).toEqual([130, 'cancelled']);
    expect(run.lines).toEqual([
      'waiting',
      'interrupted',
      '##[error]The operation was canceled.',
      'Post job cleanup.',
      'cleaned',
    ]);
  });

  it('goes on to SIGTERM after 7.5 s and kills after 2.5 s more', async () => {
    const run = await runFixture(
      {
        main: `process.on('SIGINT', () => console.log('int')); process.on('SIGTERM', () => console.log('term'));
          console.log('waiting'); setInterval(() => {}, 1000);`,
      },
      { cancelAfter: { when: (log) => log.includes('waiting') } },
    );
    expect(run.main.signalsSent).toEqual(['SIGINT', 'SIGTERM', 'SIGKILL']);
    expect(run.main.signal).toBe('SIGKILL');
    expect(run.main.ms).toBeGreaterThan(9_900);
    expect(run.main.ms).toBeLessThan(13_000);
    expect(run.lines.slice(0, 3)).toEqual(['waiting', 'int', 'term']);
  }, 20_000);

  it.runIf(process.platform === 'linux')('leaves children alone until the job is over', async () => {
    const run = await runFixture(
      {
        main: `const child = require('child_process').spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
          console.log('started', child.pid); setInterval(() => {}, 1000);`,
        post: `const pid = 1; console.log('post')`,
      },
      { cancelAfter: { when: (log) => log.includes('started') } },
    );
    const pid = Number(/started (\d+)/.exec(run.log)?.[1]);
    expect(run.orphans).toEqual([{ pid, command: 'sleep 60' }]);
    expect(run.main.signal).toBe('SIGINT');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('a kill by itself is a failure, not a cancellation, and post runs', async () => {
    const run = await runFixture(
      { main: `setInterval(() => {}, 1000)`, post: '' },
      { cancelAfter: { afterMs: 200, signals: 'SIGKILL' } },
    );
    expect([run.main.signal, run.conclusion, run.post?.exitCode]).toEqual(['SIGKILL', 'failure', 0]);
  });
});

describe('a step that never ends', () => {
  it('is an error of the test, with the log so far', async () => {
    const never = runFixture(
      { main: `console.log('here'); setInterval(() => {}, 1000)` },
      { timeoutMs: 3_000 },
    );
    await expect(never).rejects.toThrow(/main did not end in time[\s\S]*here/);
  });

  it('is over after five seconds where only a child keeps the streams open', async () => {
    const run = await runFixture({
      main: `require('child_process').spawn('sleep', ['30'], { stdio: 'inherit', detached: true }).unref(); process.exit(0);`,
    });
    expect(run.conclusion).toBe('success');
    expect(run.orphans.length).toBe(process.platform === 'linux' ? 1 : 0);
  }, 15_000);
});

/** A process that has ended but that nobody has waited for is not alive. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
