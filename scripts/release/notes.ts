// Prints the notes of a release, made from the commits since the one before: `notes.ts v1.2.0`.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { compareVersions, type Version, versionOf } from './version.ts';

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

/** GitHub takes 125,000 characters: three lists, and what stands around them. */
const MOST_OF_A_LIST = 40_000;

function list(commits: readonly Commit[]): string {
  const lines = commits.map(
    ({ sha, subject }) =>
      `- ${escaped(subject.replace(/^Fix: (.)/, (_, first: string) => first.toUpperCase()))} (${sha.slice(0, 7)})`,
  );
  let room = MOST_OF_A_LIST;
  const fitting = lines.filter((line) => {
    room -= line.length + 1;
    return room >= 0;
  });
  const left = lines.length - fitting.length;
  return [...fitting, ...(left > 0 ? [`- … and ${left} more`] : [])].join('\n');
}

function escaped(subject: string): string {
  return subject.replaceAll(/[<>@]/g, (sign) => `&#${sign.codePointAt(0)};`);
}

/**
 * The release that `tag` comes after, by version; undefined for the first. Other tags (`v1`, `v1.2`) are no releases, and
 * pre-releases are none to start from: who skips them wants to read of all that is new.
 */
export function previousRelease(tags: readonly string[], tag: string): string | undefined {
  const version = versionOf(tag);
  if (!version) return undefined;
  return tags
    .flatMap((name): readonly { readonly name: string; readonly version: Version }[] => {
      const other = versionOf(name);
      return other && other.preRelease === undefined ? [{ name, version: other }] : [];
    })
    .filter((other) => compareVersions(other.version, version) < 0)
    .sort((a, b) => compareVersions(a.version, b.version))
    .at(-1)?.name;
}

/** The notes of the release that is checked out in a folder, its tag there already or not. */
export function notesOf(folder: string, tag: string): string {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', maxBuffer: 64_000_000 });
  const tags = git('tag', '--list').split('\n');
  const since = previousRelease(tags, tag);
  const until = tags.includes(tag) ? tag : 'HEAD';
  const log = git(
    ...['log', '--no-merges', '--name-only', '-z', '--format=%x01%H%x02%s%x02'],
    since ? `${since}..${until}` : until,
  );
  return releaseNotes(commitsIn(log), since, tag);
}

function commitsIn(log: string): readonly Commit[] {
  return log
    .split('\u0001')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [sha = '', subject = '', names = ''] = entry.split('\u0002');
      const paths = names.split('\0').map((path) => path.trim());
      return { sha, subject, paths: paths.filter(Boolean) };
    });
}

if (import.meta.main) {
  const tag = process.argv[2] ?? '';
  if (!versionOf(tag)) throw new Error('name the release: notes.ts v1.2.0');
  process.stdout.write(notesOf(join(import.meta.dirname, '..', '..'), tag));
}
