import {
  closeSync,
  type Dirent,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gitPaths, MOST_PATHS } from '../../github/git.ts';
import type { FilesBelow, Repository } from './repository.ts';
import { Unread } from './unread.ts';

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
  { entriesBelow = MOST.entriesOfFolder }: { readonly entriesBelow?: number } = {},
): Promise<Repository | undefined> {
  const list = (...options: readonly string[]) =>
    gitPaths({ workspace }, environment, ['ls-files', '-z', ...options]);
  const [listed, others] = await Promise.all([list('--stage'), list('--others', '--directory')]);
  if (listed === undefined) return undefined;
  const { tracked: known, submodules } = entriesOfIndex(listed);
  const unread = new Unread();
  if (listed.length >= MOST_PATHS) unread.add('path', 'what git tracks');
  if (others === undefined) unread.add('untracked', 'what git does not track');
  if ((others?.length ?? 0) >= MOST_PATHS) unread.add('path', 'what git does not track');
  const files = new CheckoutFiles(workspace, unread);
  return {
    // A path in conflict is listed once for each of its sides.
    tracked: [...known].sort(),
    submodules,
    untracked: [...(others ?? []), ...(files.isThere('.git') ? ['.git/'] : [])].sort(),
    below: (folders, enter) => files.below(folders, enter, entriesBelow),
    size: (path) => files.size(path),
    read: (path) => files.read(path),
    isTooLarge: async (path) => files.isTooLarge(path),
    unread,
    ...facts(known),
  };
}

/** gitglossary(7), "gitlink": the mode of an entry that is the commit of another repository. */
const GITLINK = '160000';

/** `100644 <object> 0\t<path>`: git's index, an entry each. */
function entriesOfIndex(entries: readonly string[]) {
  const tracked = new Set<string>();
  const submodules = new Set<string>();
  for (const entry of entries) {
    const path = entry.slice(entry.indexOf('\t') + 1);
    if (entry.startsWith(GITLINK)) submodules.add(`${path}/`);
    else tracked.add(path);
  }
  return { tracked, submodules: [...submodules].sort() };
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

  readonly #unread: Unread;

  constructor(root: string, unread: Unread) {
    this.#root = root;
    this.#unread = unread;
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

  isTooLarge(path: string): boolean {
    if (!this.#isInside(dirname(path))) return false;
    const stat = statOf(join(this.#root, path));
    return stat?.isFile() === true && stat.size > MOST.file && looksLikeText(join(this.#root, path));
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

  async below(
    folders: readonly string[],
    enter: (folder: string) => boolean,
    most: number,
  ): Promise<FilesBelow> {
    const paths: string[] = [];
    const open = folders.filter((folder) => this.#isInside(folder.replace(/\/$/, '')));
    let [next, seen] = [0, 0];
    for (; next < open.length && seen < most; next += 1) {
      const folder = open[next] ?? '';
      for (const entry of entriesOf(join(this.#root, folder)).toSorted(byName)) {
        seen += 1;
        if (entry.isFile()) paths.push(`${folder}${entry.name}`);
        if (!entry.isDirectory()) continue;
        const path = `${folder}${entry.name}/`;
        if (enter(path)) open.push(path);
        else paths.push(path);
      }
      await this.#breathe();
    }
    return { paths, left: open.slice(next) };
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
    if (open.length > 0) this.#unread.add('contextSize', relative(this.#root, folder));
    return bytes;
  }

  async #breathe(): Promise<void> {
    if (performance.now() - this.#turnAt < TURN_MS) return;
    await nextTurn();
    this.#turnAt = performance.now();
  }
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}

/** Whether the beginning of a file has no NUL: the same that git asks. */
function looksLikeText(absolute: string): boolean {
  try {
    const file = openSync(absolute, 'r');
    try {
      const start = Buffer.alloc(8_000);
      return !start.subarray(0, readSync(file, start)).includes(0);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
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
