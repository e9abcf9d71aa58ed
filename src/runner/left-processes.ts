import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { containersBelow } from './process-tree.ts';

const KILL_AFTER_MS = 2_000;
const LOOK_EVERY_MS = 50;

/**
 * Ends the processes that main started and that have outlived it, with SIGTERM and, two seconds later, SIGKILL;
 * gives how many there were. Known by their environment alone: they carry this job's RUNNER_TRACKING_ID and name
 * the run's private folder. So no process id has to be kept or believed, and no other step's process is touched.
 * Where there is no /proc, none is found: the runner ends them when the job is over. Does not throw.
 */
export async function endLeftProcesses(
  privateFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const trackingId = environment['RUNNER_TRACKING_ID'];
  if (!trackingId) return 0;
  const find = () => findProcesses(privateFolder, trackingId);
  const found = await find();
  // What they started in a container has another environment, and would outlive them.
  for (const pid of containersBelow(found)) send(pid, 'SIGKILL');
  for (const pid of found) send(pid, 'SIGTERM');
  for (let waited = 0; found.length > 0 && waited < KILL_AFTER_MS; waited += LOOK_EVERY_MS) {
    await sleep(LOOK_EVERY_MS);
    if ((await find()).length === 0) return found.length;
  }
  for (const pid of await find()) send(pid, 'SIGKILL');
  return found.length;
}

async function findProcesses(privateFolder: string, trackingId: string): Promise<readonly number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((name) => /^[1-9]\d*$/.test(name)).map(Number);
  const ours = await Promise.all(
    pids.map(async (pid) => pid !== process.pid && (await isOurs(pid, privateFolder, trackingId))),
  );
  return pids.filter((_, at) => ours[at]);
}

async function isOurs(pid: number, privateFolder: string, trackingId: string): Promise<boolean> {
  // Readable for processes of the same user alone; empty for one that has ended and was not yet waited for.
  const variables = (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).split('\0');
  const names = (variable: string) => {
    const value = variable.slice(variable.indexOf('=') + 1);
    return value === privateFolder || value.startsWith(`${privateFolder}/`);
  };
  return variables.includes(`RUNNER_TRACKING_ID=${trackingId}`) && variables.some(names);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}
