import { posix } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dockerignore } from '../../../docker/dockerignore.ts';
import type { Repository } from '../repository.ts';
import type { Copy, SentEntry } from './build-context.ts';
import { isUnneeded } from './unneeded.ts';

/** How long paths are held against the .dockerignore, and how long the event loop is held at a time. In milliseconds. */
const MOST_MS = 3_000;
const TURN_MS = 8;

/** Folders that programs fill: large, and with nobody's secrets in them. */
const FILLED_BY_PROGRAMS =
  /^(\.git|node_modules|__pycache__|\.venv|venv|site-packages|\.tox|\.nox|\.gradle|\.(pytest|mypy|ruff)_cache)$/;

/** The context's part of a repository: paths from its folder, as far as docker sends them. */
export class ContextView {
  readonly #repository: Repository;
  readonly #prefix: string;
  readonly #ignore: Dockerignore;
  readonly #copies: readonly Copy[];
  #tracked: Promise<readonly string[]> | undefined;
  #below: Promise<readonly string[]> | undefined;

  #spentMs = 0;
  readonly #mostMs: number;

  constructor(
    repository: Repository,
    context: string,
    ignore: Dockerignore,
    copies: readonly Copy[],
    mostMs = MOST_MS,
  ) {
    this.#mostMs = mostMs;
    this.#repository = repository;
    this.#prefix = context === '.' ? '' : `${context}/`;
    this.#ignore = ignore;
    this.#copies = copies;
  }

  async tracked(): Promise<readonly string[]> {
    this.#tracked ??= this.#sentOf(this.#repository.tracked);
    return await this.#tracked;
  }

  /** As git lists it. Folders are without their `/`. */
  async untracked(): Promise<readonly string[]> {
    return await this.#sentOf(this.#repository.untracked.map(withoutSlash));
  }

  /**
   * Files that are not tracked, those of submodules too, whatever git lists them by. Folders that programs fill stand for
   * what is in them, without their `/`.
   */
  async below(): Promise<readonly string[]> {
    this.#below ??= this.#readBelow();
    return await this.#below;
  }

  /** The path from the repository's root. */
  fromRoot(path: string): string {
    return `${this.#prefix}${path}`;
  }

  /** What takes a path; where several do, one into the image. */
  copyOf(path: string): Copy | undefined {
    const takers = this.#copies.filter(({ takes }) => takes(path));
    return takers.find(({ into }) => into === 'image') ?? takers[0];
  }

  async entry(path: string, tracked: boolean): Promise<SentEntry> {
    const whole = this.fromRoot(path);
    const bytes = (await this.#repository.size(whole)) ?? (await this.#repository.size(`${whole}/`)) ?? 0;
    return { path, bytes, tracked, copy: this.copyOf(path) };
  }

  async entries(paths: readonly string[], tracked: boolean): Promise<readonly SentEntry[]> {
    const entries: SentEntry[] = [];
    for (const path of paths) entries.push(await this.entry(path, tracked));
    return entries;
  }

  /** Paths summed up by what makes them unneeded, but for what the Dockerfile names. */
  async grouped(paths: readonly string[], named: string): Promise<readonly SentEntry[]> {
    const sums = new Map<string, SentEntry>();
    const tracked = new Set(await this.tracked());
    for (const path of paths) {
      const group = isUnneeded(path);
      if (!group || names(named, group)) continue;
      const { bytes, copy } = await this.entry(path, tracked.has(path));
      const before = sums.get(group);
      sums.set(group, {
        path: group,
        bytes: bytes + (before?.bytes ?? 0),
        tracked: tracked.has(path),
        copy: before?.copy ?? copy,
      });
    }
    return [...sums.values()].sort((a, b) => b.bytes - a.bytes);
  }

  async #readBelow(): Promise<readonly string[]> {
    const { untracked, submodules } = this.#repository;
    const enters = (folder: string) =>
      !FILLED_BY_PROGRAMS.test(posix.basename(folder)) && this.#mayBeSent(withoutSlash(folder));
    const folders = [...untracked, ...submodules].filter((path) => path.endsWith('/'));
    // The context may stand in such a folder itself.
    const around = folders.some((folder) => this.#prefix.startsWith(folder)) ? [this.#prefix] : [];
    const within = folders.filter((folder) => folder.startsWith(this.#prefix) && folder !== this.#prefix);
    const { paths, left } = await this.#repository.below([...around, ...within.filter(enters)], enters);
    this.#repository.unread.add('contextFolder', ...left);
    const single = untracked.filter((path) => !path.endsWith('/'));
    return await this.#sentOf(
      [...single, ...within.filter((folder) => !enters(folder)), ...paths].map(withoutSlash),
    );
  }

  /** Whether a folder, or something in it, may be sent. */
  #mayBeSent(folder: string): boolean {
    return this.#ignore.reopens || this.#ignore.isSent(folder.slice(this.#prefix.length));
  }

  /** Paths from the context that are sent, until the time for all is spent: a .dockerignore may have any number of lines. */
  async #sentOf(paths: readonly string[]): Promise<readonly string[]> {
    const sent: string[] = [];
    let turnAt = performance.now();
    for (const whole of paths) {
      const path = whole.slice(this.#prefix.length);
      if (path === '' || !whole.startsWith(this.#prefix)) continue;
      if (this.#spentMs > this.#mostMs) {
        this.#repository.unread.add('contextPath', path);
        continue;
      }
      if (this.#ignore.isSent(path)) sent.push(path);
      const now = performance.now();
      if (now - turnAt < TURN_MS) continue;
      this.#spentMs += now - turnAt;
      await nextTurn();
      turnAt = performance.now();
    }
    return sent;
  }
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, '');
}

/** Whether the Dockerfile speaks of it: then the build needs it. */
function names(dockerfile: string, group: string): boolean {
  const word = group.replace(/^\*\*\//, '');
  return dockerfile.split(/[\s"'=,[\]:/]+/).includes(word);
}
