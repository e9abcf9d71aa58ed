import { readdirSync, readFileSync } from 'node:fs';

/** A process that outlived its step. */
export interface Orphan {
  readonly pid: number;
  readonly command: string;
}

/**
 * The processes that carry the job's RUNNER_TRACKING_ID: what the runner ends when a job is over.
 * Empty where there is no /proc.
 *
 * Source: actions/runner, src/Runner.Worker/JobExtension.cs, "Cleaning up orphan processes"
 */
export function findOrphans(trackingId: string): readonly Orphan[] {
  const marker = `RUNNER_TRACKING_ID=${trackingId}`;
  return processIds()
    .filter((pid) => readProc(pid, 'environ').split('\0').includes(marker))
    .filter((pid) => !/^State:\s+Z/m.test(readProc(pid, 'status')))
    .map((pid) => ({ pid, command: readProc(pid, 'cmdline').split('\0').join(' ').trim().slice(0, 200) }));
}

/** Kills orphans, by their ids alone. */
export function killOrphans(orphans: readonly Orphan[]): void {
  for (const orphan of orphans) {
    try {
      process.kill(orphan.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

function processIds(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
