import { readdirSync, readFileSync } from 'node:fs';

/**
 * Processes below the given ones that run in a process namespace of their own: the containers in which podman and
 * buildah run a step. A signal to the program's group does not reach them, their environment is the image's, and they
 * outlive the program (proc(5): `PPid` and `NSpid` in /proc/PID/status). Empty where there is no /proc.
 */
export function containersBelow(pids: readonly number[]): readonly number[] {
  const all = processes();
  const found: number[] = [];
  const seen = new Set(pids);
  const open = [...pids];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const child of all.filter(({ parent, id }) => parent === pid && !seen.has(id))) {
      seen.add(child.id);
      open.push(child.id);
      if (child.namespaces > 1) found.push(child.id);
    }
  }
  return found;
}

interface ProcessEntry {
  readonly id: number;
  readonly parent: number;
  /** How many process namespaces it is seen in, from here down. */
  readonly namespaces: number;
}

function processes(): readonly ProcessEntry[] {
  return idsIn('/proc').flatMap((id) => {
    const status = textOf(`/proc/${id}/status`);
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN);
    const inside = /^NSpid:\s+(.+)$/m.exec(status)?.[1]?.trim().split(/\s+/) ?? [];
    return Number.isNaN(parent) ? [] : [{ id, parent, namespaces: inside.length }];
  });
}

function idsIn(folder: string): readonly number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
