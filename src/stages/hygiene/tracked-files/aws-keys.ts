import { entropy, isPlaceholder } from './entropy.ts';
import { lineAt } from './tokens.ts';

/** An AWS access key that stands in a text. Its value is not kept. */
export interface AwsKeyPlace {
  readonly line: number;
  /** Its secret stands near it. */
  readonly hasSecret: boolean;
}

/** IAM user guide, "IAM identifiers": AKIA is an access key, ASIA a temporary one; the rest is base32. */
const KEY_ID = /(?<![A-Za-z0-9/+])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9/+=])/g;
const SECRET = /(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g;
/** How far from its id a secret is looked for, in lines. */
const NEAR = 5;
/** Nobody keeps more in one file. */
export const MOST_KEYS = 50;

/** Every access key in a text, but for those of AWS's own documentation and the like. */
export function awsKeysIn(text: string): readonly AwsKeyPlace[] {
  if (!text.includes('AKIA') && !text.includes('ASIA')) return [];
  const ids = [...text.matchAll(KEY_ID)].filter(([id]) => isRealId(id)).slice(0, MOST_KEYS);
  if (ids.length === 0) return [];
  const lines = text.split('\n');
  return ids.map(({ index }) => {
    const line = lineAt(text, index);
    const near = lines.slice(Math.max(0, line - 1 - NEAR), line + NEAR);
    return { line, hasSecret: near.some((each) => each.length < 2_000 && hasSecret(each)) };
  });
}

function isRealId(id: string): boolean {
  const random = id.slice(4);
  return entropy(random) >= 2.8 && !isPlaceholder(random) && !/(TEST|ABCDEF|QWERTY|(.)\2{4})/.test(random);
}

/** 40 characters of base64 that are no path and no hash: both cases, a digit, and random. */
function hasSecret(line: string): boolean {
  return [...line.matchAll(SECRET)].some(
    ([text]) =>
      /[a-z]/.test(text) &&
      /[A-Z]/.test(text) &&
      /\d/.test(text) &&
      entropy(text) >= 4 &&
      !isPlaceholder(text) &&
      !/[/+]{2}|(\/[^/]*){5}/.test(text),
  );
}

/** A text with the values of access keys and of what may be their secrets taken out. */
export function withoutAwsKeys(text: string): string {
  return text.replaceAll(KEY_ID, (id) => `${id.slice(0, 4)}…`).replaceAll(SECRET, '…');
}
