import type { Finding } from '../../finding.ts';

/** `sha256:9b1c44…`: enough of a digest to tell it from others. */
export function shortDigest(digest: string): string {
  return /^sha256:[0-9a-f]{64}$/.test(digest) ? `${digest.slice(0, 13)}…` : digest;
}

/** The place in a file of the repository that a finding is about, `Dockerfile:3`; undefined where there is none. */
export function placeOf({ where }: Pick<Finding, 'where'>): string | undefined {
  return where && `${where.file}${where.line ? `:${where.line}` : ''}`;
}

/** The first seven digits of a commit, as git shows it. */
export function shortSha(sha: string): string {
  return sha.slice(0, 7);
}

/** A tag, shortened where it is a commit's. */
export function shortTag(tag: string): string {
  return /^[0-9a-f]{40}$/.test(tag) ? shortSha(tag) : tag;
}

/** Words without the full stop at their end: they go on in a sentence, or in brackets. */
export function dotless(text: string): string {
  return text.replace(/\.$/, '');
}

/** A span of time as people say it: `0.6 s`, `41 s`, `1 min 57 s`, `2 h 5 min`. Takes milliseconds. */
export function duration(ms: number): string {
  return ms < 9_950 ? `${(Math.max(0, ms) / 1000).toFixed(1)} s` : span(ms);
}

/** The same in whole seconds, for what was not measured more exactly; at least one, because "0 s" says nothing. */
export function span(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A size with its unit: `812 B`, `4.2 kB`, `38 MB`. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  // From 999.5 on it is rounded to 1000, which the next unit says shorter.
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes / 0.9995) / 3));
  const amount = bytes / 1000 ** power;
  return `${power === 0 || amount >= 9.95 ? Math.round(amount) : amount.toFixed(1)} ${units[power]}`;
}

/** `1 task`, `2 tasks`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** How long ago, from minutes on: `just now`, `12 minutes ago`, `1 hour ago`, `3 days ago`. Takes milliseconds. */
export function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${count(minutes, 'minute')} ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${count(hours, 'hour')} ago` : `${count(Math.floor(hours / 24), 'day')} ago`;
}
