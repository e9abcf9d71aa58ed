import { lineAt } from './tokens.ts';

/** A private key that stands in a text. */
export interface PrivateKeyPlace {
  readonly line: number;
  /** Only with its passphrase can it be used. */
  readonly isEncrypted: boolean;
}

/** RFC 7468, "Textual Encodings of PKIX, PKCS, and CMS Structures"; PROTOCOL.key of OpenSSH. */
const HEADING = /-----BEGIN (?:[A-Z]{2,9} )?(ENCRYPTED )?PRIVATE KEY-----/g;
/** The first bytes tell a key from other text: more of it is not looked at. In characters. */
const BODY = 2_000;

/** Nobody keeps more in one file. */
export const MOST_PRIVATE_KEYS = 20;

/** Every private key in a text: what follows the heading has to be one, so that code which looks for it is none. */
export function privateKeysIn(text: string): readonly PrivateKeyPlace[] {
  if (!text.includes('PRIVATE KEY-----')) return [];
  const places: PrivateKeyPlace[] = [];
  for (const { 0: heading, 1: encrypted, index } of text.matchAll(HEADING)) {
    if (places.length >= MOST_PRIVATE_KEYS) break;
    const start = index + heading.length;
    const body = text.slice(start, start + BODY).split('-----', 1)[0] ?? '';
    const hasPassphrase = encrypted !== undefined || body.includes('Proc-Type: 4,ENCRYPTED');
    if (isKeyBody(body, hasPassphrase) && !isForTests(text, index)) {
      places.push({ line: lineAt(text, index), isEncrypted: hasPassphrase });
    }
  }
  return places;
}

/** Whether the words before a key, up to two lines above it, say that nobody is protected by it. */
function isForTests(text: string, index: number): boolean {
  const before = text
    .slice(Math.max(0, index - 500), index)
    .split('\n')
    .slice(-3);
  return before.some((line) => /\b(tests?|testing|dummy|fake|examples?|sample)\b/i.test(line));
}

/** An ASN.1 sequence, or OpenSSH's own format, of at least an Ed25519 key's length. Line breaks may be written out. */
function isKeyBody(body: string, hasPassphrase: boolean): boolean {
  const base64 = body
    .replaceAll(/\\[rn]/g, '\n')
    .replaceAll(/^[A-Za-z-]{4,20}: .*$/gm, '')
    .replaceAll(/\s/g, '');
  const [run = ''] = /^[A-Za-z0-9+/]*/.exec(base64) ?? [];
  const bytes = Buffer.from(run, 'base64');
  if (bytes.length < 40) return false;
  // RFC 1421: what a passphrase encrypts has no form of its own.
  return hasPassphrase || bytes[0] === 0x30 || bytes.subarray(0, 11).toString('latin1') === 'openssh-key';
}

/** A text with the body of each private key taken out. */
export function withoutPrivateKeys(text: string): string {
  return text.replaceAll(/(PRIVATE KEY-----(?:\\n|\s)*)[A-Za-z0-9+/=\s\\]{20,}/g, '$1…\n');
}
