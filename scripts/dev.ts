// `npm run dev`: builds and runs the demo, and does both again whenever what they are made of changes. Arguments go to
// the demo: `npm run dev -- --scenario crash-loop`. Node's own watcher would see only what one process loads.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
// Editors write a file in several steps.
const QUIET_MS = 200;

let running: ChildProcess | undefined;
let isStale = true;
let wake = (): void => undefined;

/** Runs a script to its end; true where it succeeded. */
async function run(script: string, args: readonly string[] = []): Promise<boolean> {
  // In a group of its own: a signal to the group reaches the action that the demo started, as Ctrl-C would.
  const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit', detached: true });
  running = child;
  await once(child, 'exit');
  running = undefined;
  return child.exitCode === 0;
}

/** Ends what runs: the demo as a cancelled job would, a build at once. */
function interrupt(): void {
  if (running?.pid !== undefined) process.kill(-running.pid, 'SIGINT');
}

function changed(): void {
  isStale = true;
  interrupt();
  wake();
}

for (const name of ['src', 'sandbox', 'action.yml']) {
  let timer: NodeJS.Timeout | undefined;
  watch(join(root, name), { recursive: name !== 'action.yml' }, () => {
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET_MS);
  });
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupt();
    process.exit(130);
  });
}

for (;;) {
  isStale = false;
  if (await run('scripts/build.ts', ['--quick'])) await run('sandbox/demo.ts', process.argv.slice(2));
  if (!isStale) {
    process.stdout.write(
      '\nWaiting for a change in src/, sandbox/ or action.yml. Ctrl-C ends this. Before a commit, `npm run build` makes dist/ small.\n',
    );
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}
