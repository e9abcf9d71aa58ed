import { spawnSync } from 'node:child_process';
import { gitIn, MOVED_MEANWHILE } from './git.ts';
import type { Move } from './moves.ts';
import { ReleaseProblem } from './problem.ts';

/** The tags of the repository that was checked out, where it came from. */
export interface RemoteTags {
  /** Each tag, with the commit that it names in the end. */
  read(): ReadonlyMap<string, string>;
  /** Makes a tag that isn't there yet. */
  make(tag: string, commit: string): void;
  /** Moves them all, or none where one of them is no longer what it was. */
  move(moves: readonly Move[]): void;
}

/**
 * The tags of `origin`, by git: it moves several at once or none, and only from where they were seen.
 * @param token - Who pushes, on GitHub; undefined where git knows that by itself.
 */
export function remoteTags(folder: string, token: string | undefined): RemoteTags {
  const git = gitIn(folder, token);
  const list = () => tagsIn(git('ls-remote', '--tags', 'origin'));
  const push = (...args: readonly string[]) => git('push', '--quiet', '--atomic', ...args);
  const fetchMissing = (commit: string): void => {
    const { status } = spawnSync('git', ['-C', folder, 'cat-file', '-e', `${commit}^{commit}`]);
    if (status !== 0) git('fetch', '--quiet', '--no-tags', '--depth=1', 'origin', commit);
  };
  return {
    read: () => new Map([...list()].map(([tag, { commit }]) => [tag, commit])),
    make: (tag, commit) => {
      push(`--force-with-lease=refs/tags/${tag}:`, 'origin', `${commit}:refs/tags/${tag}`);
    },
    move: (moves) => {
      for (const commit of new Set(moves.map(({ to }) => to))) fetchMissing(commit);
      const present = list();
      const leases = moves.map(({ tag, from }) => {
        const at = present.get(tag);
        if (at?.commit !== from) throw new ReleaseProblem(`${tag}: ${MOVED_MEANWHILE}`);
        return `--force-with-lease=refs/tags/${tag}:${at?.id ?? ''}`;
      });
      push(...leases, 'origin', ...moves.map(({ tag, to }) => `${to}:refs/tags/${tag}`));
    },
  };
}

/** Where a tag is at the server: an annotated one is an object of its own, which names a commit. */
interface RemoteTag {
  readonly id: string;
  readonly commit: string;
}

/** `git ls-remote --tags`: an annotated tag is listed twice, with `^{}` for the commit that it names. */
function tagsIn(listed: string): ReadonlyMap<string, RemoteTag> {
  const tags = new Map<string, RemoteTag>();
  for (const line of listed.split('\n')) {
    const [, id, name, peeled] = /^([0-9a-f]+)\trefs\/tags\/(.+?)(\^\{\})?$/.exec(line) ?? [];
    if (id === undefined || name === undefined) continue;
    tags.set(name, { id: peeled === undefined ? id : (tags.get(name)?.id ?? id), commit: id });
  }
  return tags;
}
