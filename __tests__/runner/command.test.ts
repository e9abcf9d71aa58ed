import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandNotStarted, runCommand } from '../../src/runner/command.ts';

const environment = { PATH: process.env['PATH'] };
const script = (code: string) => ['-e', code];
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'command-'));
});
afterAll(() => rm(folder, { recursive: true }));

const node = (code: string, options: Partial<Parameters<typeof runCommand>[2]> = {}) =>
  runCommand(process.execPath, script(code), { environment, ...options });

/** Whether the process runs: one that has ended and that nobody asked after (a zombie) does not. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function isGone(pid: number, withinMs: number): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (isRunning(pid) && Date.now() < until) await sleep(20);
  return !isRunning(pid);
}

async function textIn(path: string): Promise<string> {
  for (let i = 0; i < 200 && !existsSync(path); i += 1) await sleep(20);
  await sleep(20);
  return await readFile(path, 'utf8');
}

describe('runCommand', () => {
  it('hands arguments over as they are: no shell reads them', async () => {
    const mark = join(folder, 'made-by-a-shell');
    const args = [
      `$(touch ${mark})`,
      `; touch ${mark}`,
      '`id`',
      '*',
      '$HOME',
      '',
      'a b',
      '"q\'',
      '--',
      'ü\n',
    ];
    const code = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const { stdout } = await runCommand(process.execPath, ['-e', code, '--', ...args], { environment });
    expect(JSON.parse(stdout)).toEqual(args);
    expect(existsSync(mark)).toBe(false);
  });

  it('hands any argument over as it is', async () => {
    const word = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (args) => {
        const { stdout } = await runCommand(
          'printf',
          ['%s\\n', 'x', ...args.map((arg) => encodeURIComponent(arg))],
          { environment },
        );
        expect(stdout.split('\n').slice(1)).toEqual(args.map((arg) => encodeURIComponent(arg)));
      }),
      { numRuns: 15 },
    );
  });

  it('gives standard input, and only through it', async () => {
    const { stdout } = await node('process.stdin.pipe(process.stdout)', { input: 'pässword' });
    expect(stdout).toBe('pässword');
    expect((await node('process.stdin.pipe(process.stdout)')).stdout).toBe('');
  });

  it('bears a program that ends without reading its input', async () => {
    const { exitCode } = await node('process.exit(3)', { input: 'x'.repeat(5_000_000) });
    expect(exitCode).toBe(3);
  });

  it('gives the child the environment it is told, and no more', async () => {
    const { stdout } = await node('console.log(JSON.stringify(process.env))', {
      environment: { ...environment, A: '1', B: undefined },
    });
    const given = JSON.parse(stdout) as Record<string, string>;
    expect(given['A']).toBe('1');
    expect(Object.keys(given).sort()).toEqual(['A', 'PATH']);
  });

  it.each([
    ['process.exit(0)', 0],
    ['process.exit(42)', 42],
    ['process.kill(process.pid, "SIGKILL")', 137],
    ['process.kill(process.pid, "SIGTERM")', 143],
    ['process.kill(process.pid, "SIGINT")', 130],
    ['process.kill(process.pid, "SIGSEGV")', 139],
  ])('%s ends as %i', async (code, exitCode) => {
    expect((await node(code)).exitCode).toBe(exitCode);
  });

  it('keeps both streams apart, and gives each line as it comes', async () => {
    const lines: string[] = [];
    const { stdout, stderr } = await node(
      'console.log("a"); console.error("b"); process.stdout.write("c\\r\\nd\\re")',
      {
        onLines: (more) => {
          lines.push(...more);
        },
      },
    );
    expect(stdout).toBe('a\nc\nd\ne');
    expect(stderr).toBe('b');
    expect([...lines].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('splits lines alike wherever the chunks are cut', async () => {
    const code =
      'const t="a\\r\\nbé\\n\\nc\\rd\\n"; const b=Buffer.from(t); (async()=>{for(const x of b){process.stdout.write(Buffer.from([x])); await new Promise(r=>setTimeout(r,2))}})()';
    expect((await node(code)).stdout).toBe('a\nbé\n\nc\nd');
  });

  it.each([
    [
      'many lines',
      'const l=("x".repeat(99)+"\\n").repeat(10000); (async()=>{for(let i=0;i<100;i++)if(!process.stdout.write(l))await new Promise(r=>process.stdout.once("drain",r))})()',
    ],
    [
      'one line without an end',
      'const l="x".repeat(1000000); (async()=>{for(let i=0;i<100;i++)if(!process.stdout.write(l))await new Promise(r=>process.stdout.once("drain",r))})()',
    ],
  ])('keeps a bounded tail of 100 MB in %s, with flat memory', async (_, code) => {
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 10);
    const { stdout, exitCode } = await node(code);
    clearInterval(watch);
    expect(exitCode).toBe(0);
    expect(stdout.length).toBeGreaterThan(1000);
    expect(stdout.length).toBeLessThan(2_000_000);
    expect((most - before) / 1e6).toBeLessThan(80);
  });

  it('throws CommandNotStarted where the program is not there', async () => {
    const missing = runCommand('no-such-program-anywhere', [], { environment });
    await expect(missing).rejects.toBeInstanceOf(CommandNotStarted);
    await expect(missing).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(runCommand('/etc/passwd', [], { environment })).rejects.toMatchObject({ code: 'EACCES' });
  });

  it('starts nothing once it is cancelled', async () => {
    const mark = join(folder, 'started');
    const run = runCommand('touch', [mark], {
      environment,
      signal: AbortSignal.abort(new Error('cancelled')),
    });
    await expect(run).rejects.toThrow('cancelled');
    expect(existsSync(mark)).toBe(false);
  });

  it('ends the program and its children soon after a cancel, even those that ignore SIGTERM', async () => {
    const pidFile = join(folder, 'pid-of-child');
    const child = `process.on("SIGTERM",()=>{}); require("fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(()=>{},1000)`;
    const parent = `process.on("SIGTERM",()=>{}); require("child_process").spawn(process.execPath,["-e",${JSON.stringify(child)}],{stdio:"inherit"}); setInterval(()=>{},1000)`;
    const controller = new AbortController();
    const run = node(parent, { signal: controller.signal });
    const pid = Number(await textIn(pidFile));
    expect(isRunning(pid)).toBe(true);
    const cancelledAt = Date.now();
    controller.abort();
    expect((await run).exitCode).toBe(137);
    expect(await isGone(pid, 3_000)).toBe(true);
    expect(Date.now() - cancelledAt).toBeLessThan(7_000);
  });

  it('ends at once where the program heeds SIGTERM', async () => {
    const controller = new AbortController();
    const ready = join(folder, 'ready');
    const run = node(`require("fs").writeFileSync(${JSON.stringify(ready)}, "x"); setInterval(()=>{},1000)`, {
      signal: controller.signal,
    });
    await textIn(ready);
    controller.abort();
    // Ended by SIGTERM, and not by the SIGKILL that follows.
    expect((await run).exitCode).toBe(143);
  });
});
