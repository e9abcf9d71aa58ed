import { ReleaseProblem } from './problem.ts';
import { compareVersions, followersOf, type Version, versionOf } from './version.ts';

/** A tag that is to point elsewhere; made anew where `from` is undefined. */
export interface Move {
  readonly tag: string;
  readonly from: string | undefined;
  readonly to: string;
}

/** What becomes of the tags that follow releases. */
export interface Plan {
  readonly moves: readonly Move[];
  /** Tags that stay where they are, each with the reason. */
  readonly kept: readonly string[];
}

/**
 * Which of `v1` and `v1.2` are to point at a release. None goes to an older one than it points at, unless `back` asks
 * for that: a fix of 1.1 that comes after 1.2 must not take 1.2 from those who use `v1`.
 * @throws ReleaseProblem where there is no such release, or `back` names one that nothing may follow.
 */
export function planMoves(release: string, tags: ReadonlyMap<string, string>, back: boolean): Plan {
  const version = versionOf(release);
  if (!version) throw new ReleaseProblem(`${release} is no release. Its name is one such as v1.2.0.`);
  const to = tags.get(release);
  if (to === undefined) throw new ReleaseProblem(`There is no tag ${release} in this repository.`);
  const followers = followersOf(version);
  if (followers.length === 0) {
    if (back) throw new ReleaseProblem(`${release} is a pre-release: v1 and v1.2 never point at one.`);
    return { moves: [], kept: [`${release} is a pre-release, which no other tag follows.`] };
  }
  const decided = followers.map((tag) => decide(tag, { release, version, to }, tags, back));
  return {
    moves: decided.flatMap((one) => (typeof one === 'string' ? [] : [one])),
    kept: decided.flatMap((one) => (typeof one === 'string' ? [one] : [])),
  };
}

function decide(
  tag: string,
  { release, version, to }: { readonly release: string; readonly version: Version; readonly to: string },
  tags: ReadonlyMap<string, string>,
  back: boolean,
): Move | string {
  const from = tags.get(tag);
  if (from === to) return `${tag} is ${release} already.`;
  const present = from === undefined ? undefined : newestAt(from, tags);
  if (!back && present && compareVersions(version, present.version) < 0) {
    return `${tag} stays at ${present.tag}, which is newer than ${release}.`;
  }
  return { tag, from, to };
}

/** The newest release at a commit: a commit may have been released twice, as a candidate and then for all. */
function newestAt(
  commit: string,
  tags: ReadonlyMap<string, string>,
): { readonly tag: string; readonly version: Version } | undefined {
  return [...tags]
    .flatMap(([tag, at]) => {
      const version = versionOf(tag);
      return version && at === commit ? [{ tag, version }] : [];
    })
    .sort((a, b) => compareVersions(a.version, b.version))
    .at(-1);
}
