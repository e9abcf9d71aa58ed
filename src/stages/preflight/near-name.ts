import { distance } from 'fastest-levenshtein';
import { readRefusal } from '../../aws/refusal.ts';
import type { Answer } from './answer.ts';

/** The name that was probably meant: the nearest of those there are, if it is near at all. */
export function nearName(wanted: string, names: readonly string[]): string | undefined {
  const fold = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const ranked = names
    .filter((name) => name !== wanted)
    .map((name) => ({ name, far: nearness(fold(wanted), fold(name)) }))
    .sort((a, b) => a.far - b.far || a.name.localeCompare(b.name));
  const [best] = ranked;
  return best && best.far <= 1 / 3 ? best.name : undefined;
}

/** Part of the longer name that would have to change; an abbreviation (DB for DATABASE) counts as near. */
function nearness(wanted: string, name: string): number {
  const longer = Math.max(wanted.length, name.length);
  if (longer === 0) return 1;
  return Math.min(distance(wanted, name), distance(expand(wanted), expand(name))) / longer;
}

const ABBREVIATIONS: readonly (readonly [RegExp, string])[] = [
  [/database/g, 'db'],
  [/password|passwd/g, 'pw'],
  [/secret/g, 'key'],
  [/production/g, 'prod'],
  [/service/g, 'svc'],
];

function expand(name: string): string {
  return ABBREVIATIONS.reduce((text, [long, short]) => text.replace(long, short), name);
}

/** What is to be said where the names could not be listed among which a near one would be. */
export function unseenNames(names: Answer<unknown>, action: string): string {
  if (names.ok) return '';
  const why = readRefusal(names.error).kind === 'access-denied' ? 'is denied' : 'got no answer';
  return ` No near name is given, because ${action} ${why}.`;
}
