import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileText } from '../runner/file-text.ts';
import { type Dockerignore, parseDockerignore } from './dockerignore.ts';

/** What docker would send of a build context. */
export interface ContextSize {
  /** Sum of the files' sizes. */
  readonly bytes: number;
  readonly files: number;
  /** The largest entries of the context's own folder, each with all that is in it. */
  readonly largest: readonly { readonly path: string; readonly bytes: number }[];
  /** There was more than is looked at: the sizes are the least that it is. */
  readonly partial: boolean;
}

/** How far the look at a context goes. */
export interface ContextLimits {
  readonly files: number;
  readonly ms: number;
}

const LIMITS: ContextLimits = { files: 300_000, ms: 2_500 };
const LARGEST = 5;
/** Larger is no .dockerignore that somebody wrote. In bytes. */
const MOST_IGNORED = 1_000_000;
/** Entries between two turns of the event loop: requests to AWS are under way meanwhile. */
const TURN = 400;

/**
 * Adds up what docker would send of a folder: all but what .dockerignore takes out (`dockerfile`.dockerignore comes
 * before the folder's own). Symbolic links are sent as such, and not followed. What can't be read counts nothing.
 */
export async function measureContext(
  folder: string,
  dockerfile: string,
  limits: ContextLimits = LIMITS,
): Promise<ContextSize> {
  const { isSent, reopens } = await readIgnoreFile(folder, dockerfile);
  const until = performance.now() + limits.ms;
  const sizes = new Map<string, number>();
  const open = [''];
  let [files, seen, partial] = [0, 0, false];
  for (let path = open.pop(); path !== undefined && !partial; path = open.pop()) {
    for (const entry of entriesOf(join(folder, path))) {
      const inside = path === '' ? entry.name : `${path}/${entry.name}`;
      const sent = isSent(inside);
      // Only an exception (`!…`) can bring back something below what is left out.
      if (entry.isDirectory() && (sent || reopens)) open.push(inside);
      else if (sent && entry.isFile()) {
        const top = inside.split('/', 1)[0] ?? inside;
        sizes.set(top, (sizes.get(top) ?? 0) + sizeOf(join(folder, inside)));
        files += 1;
      }
      seen += 1;
      if (seen % TURN === 0) await nextTurn();
      // Also within a folder: each path may take long to hold against a long .dockerignore.
      partial = performance.now() > until;
      if (partial) break;
    }
    partial ||= seen > limits.files && open.length > 0;
  }
  const largest = [...sizes].map(([path, bytes]) => ({ path, bytes })).sort((a, b) => b.bytes - a.bytes);
  const bytes = largest.reduce((sum, each) => sum + each.bytes, 0);
  return { bytes, files, largest: largest.slice(0, LARGEST), partial };
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function sizeOf(path: string): number {
  try {
    return lstatSync(path).size;
  } catch {
    return 0;
  }
}

async function readIgnoreFile(folder: string, dockerfile: string): Promise<Dockerignore> {
  const text =
    (await fileText(`${dockerfile}.dockerignore`, MOST_IGNORED)) ??
    (await fileText(join(folder, '.dockerignore'), MOST_IGNORED)) ??
    '';
  return parseDockerignore(text);
}
