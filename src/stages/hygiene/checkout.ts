import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gitPaths } from '../../github/git.ts';
import type { Repository } from './repository.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Larger files are not read, and what is kept of those that are, in bytes. */
const MOST = { file: 1_000_000, kept: 64_000_000, entriesOfFolder: 50_000 };
/** How long the event loop is held at a time: requests to AWS are under way meanwhile. In milliseconds. */
const TURN_MS = 8;

/** What a repository is, besides its files. */
export type RepositoryFacts = Pick<Repository, 'facts' | 'containers' | 'builder'>;

/**
 * The checkout in a folder, as the rules see it; undefined where git finds none there. `facts` is asked for what the
 * run knows, by the paths that git tracks.
 */
export async function openCheckout(
  workspace: string,
  environment: Environment,
  facts: (tracked: ReadonlySet<string>) => RepositoryFacts,
): Promise<Repository | undefined> {
  const list = (...options: readonly string[]) =>
    gitPaths({ workspace }, environment, ['ls-files', '-z', ...options]);
  const [tracked, others] = await Promise.all([list(), list('--others', '--directory')]);
  if (tracked === undefined) return undefined;
  const known = new Set(tracked);
  const files = new CheckoutFiles(workspace);
  return {
    // A path in conflict is listed once for each of its sides.
    tracked: [...known].sort(),
    untracked: [...(others ?? []), ...(files.isThere('.git') ? ['.git/'] : [])].sort(),
    size: (path) => files.size(path),
    read: (path) => files.read(path),
    ...facts(known),
  };
}

/**
 * Files of a folder, read one after the other and each once. Nothing is read through a symbolic link: a repository
 * that has one must not show what else is on the machine.
 */
class CheckoutFiles {
  readonly #root: string;
  readonly #realRoot: string;
  readonly #texts = new Map<string, string | undefined>();
  readonly #folders = new Map<string, boolean>();
  #kept = 0;
  #turnAt = performance.now();

  constructor(root: string) {
    this.#root = root;
    this.#realRoot = realPath(root) ?? root;
  }

  isThere(path: string): boolean {
    return statOf(join(this.#root, path)) !== undefined;
  }

  async size(path: string): Promise<number | undefined> {
    await this.#breathe();
    const bare = path.replace(/\/$/, '');
    if (!this.#isInside(dirname(bare))) return undefined;
    // With the `/` at its end, a symbolic link would be followed.
    const absolute = join(this.#root, bare);
    const stat = statOf(absolute);
    if (stat?.isFile()) return stat.size;
    return stat?.isDirectory() && bare !== path ? await this.#folderSize(absolute) : undefined;
  }

  async read(path: string): Promise<string | undefined> {
    if (this.#texts.has(path)) return this.#texts.get(path);
    await this.#breathe();
    const text = this.#readText(path);
    this.#kept += text?.length ?? 0;
    if (this.#kept < MOST.kept) this.#texts.set(path, text);
    return text;
  }

  #readText(path: string): string | undefined {
    if (!this.#isInside(dirname(path))) return undefined;
    const absolute = join(this.#root, path);
    const stat = statOf(absolute);
    if (!stat?.isFile() || stat.size > MOST.file) return undefined;
    try {
      const bytes = readFileSync(absolute);
      return bytes.includes(0) ? undefined : bytes.toString('utf8');
    } catch {
      return undefined;
    }
  }

  #isInside(folder: string): boolean {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const inside = realPath(join(this.#root, folder)) === join(this.#realRoot, folder);
    this.#folders.set(folder, inside);
    return inside;
  }

  async #folderSize(folder: string): Promise<number> {
    const open = [folder];
    let [bytes, seen] = [0, 0];
    for (let path = open.pop(); path !== undefined && seen < MOST.entriesOfFolder; path = open.pop()) {
      for (const entry of entriesOf(path)) {
        if (entry.isDirectory()) open.push(join(path, entry.name));
        else if (entry.isFile()) bytes += statOf(join(path, entry.name))?.size ?? 0;
        seen += 1;
      }
      await this.#breathe();
    }
    return bytes;
  }

  async #breathe(): Promise<void> {
    if (performance.now() - this.#turnAt < TURN_MS) return;
    await nextTurn();
    this.#turnAt = performance.now();
  }
}

function statOf(path: string) {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
