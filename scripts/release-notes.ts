// Prints the notes of a release, made from the commits since the one before: `release-notes.ts v1.2.0`.
import { execFileSync } from 'node:child_process';

/** A commit, as `git log` tells it. */
export interface Commit {
  readonly sha: string;
  readonly subject: string;
  /** Paths that it touches, from the root. */
  readonly paths: readonly string[];
}

/** Where a change is one that users meet: what runs, and what it may be told. */
const USED = /^(src\/|action\.yml$|\.github\/workflows\/deploy\.yml$)/;

/**
 * Markdown: what changes for whoever uses the action, fixes apart, and the rest folded. A commit's subject is ours, and
 * is still disarmed: it stands on a public page.
 */
export function releaseNotes(commits: readonly Commit[], since: string | undefined, tag: string): string {
  const used = commits.filter(({ paths }) => paths.some((path) => USED.test(path)));
  const fixes = used.filter(({ subject }) => /^Fix\b/.test(subject));
  const changes = used.filter((commit) => !fixes.includes(commit));
  const others = commits.filter((commit) => !used.includes(commit));
  const sections = [
    section('Changes', changes),
    section('Fixes', fixes),
    others.length > 0
      ? `<details><summary>Tests, docs and tools: ${others.length}</summary>\n\n${list(others)}\n\n</details>`
      : '',
    since ? `All of it: \`git log ${since}..${tag}\`.` : '',
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

function section(title: string, commits: readonly Commit[]): string {
  return commits.length > 0 ? `## ${title}\n\n${list(commits)}` : '';
}

function list(commits: readonly Commit[]): string {
  return commits
    .map(
      ({ sha, subject }) =>
        `- ${escaped(subject.replace(/^Fix: (.)/, (_, first: string) => first.toUpperCase()))} (${sha.slice(0, 7)})`,
    )
    .join('\n');
}

function escaped(subject: string): string {
  return subject.replaceAll(/[<>@]/g, (sign) => `&#${sign.codePointAt(0)};`);
}

/** The release before `tag`, by version; undefined for the first. Other tags (`v1`, `v1.2`) are no releases. */
export function previousRelease(tags: readonly string[], tag: string): string | undefined {
  const released = tags.filter((name) => /^v\d+\.\d+\.\d+$/.test(name));
  const before = released.filter((name) => compare(name, tag) < 0).sort(compare);
  return before.at(-1);
}

function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((tag) => tag.slice(1).split('.').map(Number));
  const differing = [0, 1, 2].find((index) => left?.[index] !== right?.[index]);
  return differing === undefined ? 0 : (left?.[differing] ?? 0) - (right?.[differing] ?? 0);
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', maxBuffer: 64_000_000 });
}

function commitsSince(since: string | undefined, until: string): readonly Commit[] {
  const range = since ? `${since}..${until}` : until;
  const log = git('log', '--no-merges', '--name-only', '-z', '--format=%x01%H%x02%s%x02', range);
  return log
    .split('\u0001')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [sha = '', subject = '', names = ''] = entry.split('\u0002');
      return {
        sha,
        subject,
        paths: names
          .split('\0')
          .map((path) => path.trim())
          .filter(Boolean),
      };
    });
}

if (import.meta.main) {
  const tag = process.argv[2] ?? '';
  if (!/^v\d+\.\d+\.\d+$/.test(tag)) throw new Error('name the release: release-notes.ts v1.2.0');
  const tags = git('tag', '--list').split('\n');
  const since = previousRelease(tags, tag);
  process.stdout.write(releaseNotes(commitsSince(since, tags.includes(tag) ? tag : 'HEAD'), since, tag));
}
