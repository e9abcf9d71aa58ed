import { crc32 } from 'node:zlib';
import { entropy, isPlaceholder } from './entropy.ts';

/** A token that stands in a text. Its value is not kept. */
export interface TokenPlace {
  readonly line: number;
  /** `a GitHub token`: what it is, in a sentence. */
  readonly what: string;
  /** Where it is taken back. */
  readonly revoke: string;
}

interface TokenFormat {
  /** What any such token begins with: looked for first. */
  readonly prefix: RegExp;
  readonly pattern: RegExp;
  readonly what: string;
  readonly revoke: string;
  readonly isReal?: (token: string) => boolean;
}

/** Formats that nothing else has: by a checksum, or a prefix and a length that stand in no other text. */
const FORMATS: readonly TokenFormat[] = [
  {
    // github.blog, "Behind GitHub's new authentication token formats"
    prefix: /gh[pousr]_/,
    pattern: /\bgh[pousr]_[A-Za-z0-9]{36}(?![A-Za-z0-9])/g,
    what: 'a GitHub token',
    revoke: 'https://github.com/settings/tokens',
    isReal: hasChecksum,
  },
  {
    prefix: /github_pat_/,
    pattern: /\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}(?![A-Za-z0-9])/g,
    what: 'a GitHub token',
    revoke: 'https://github.com/settings/personal-access-tokens',
  },
  {
    // github.blog, "npm has a new access token format"
    prefix: /npm_/,
    pattern: /\bnpm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/g,
    what: 'an npm token',
    revoke: 'https://www.npmjs.com/settings/~/tokens',
    isReal: hasChecksum,
  },
  {
    prefix: /hooks\.slack\.com/,
    pattern:
      /\bhttps:\/\/hooks\.slack\.com\/(?:services|workflows)\/T[A-Z0-9]{8,12}\/[AB][A-Z0-9]{8,12}\/[A-Za-z0-9]{20,30}/g,
    what: "a Slack webhook's address",
    revoke: 'https://api.slack.com/apps',
  },
  {
    prefix: /xox[abeprs]-/,
    pattern: /\bxox[abeprs]-\d{9,14}-\d{9,14}-(?:\d{9,14}-)?[A-Za-z0-9]{24,40}/g,
    what: 'a Slack token',
    revoke: 'https://api.slack.com/apps',
  },
  {
    prefix: /[sr]k_live_/,
    pattern: /\b[sr]k_live_[A-Za-z0-9]{24,110}(?![A-Za-z0-9])/g,
    what: 'a Stripe key of the live account',
    revoke: 'https://dashboard.stripe.com/apikeys',
  },
  {
    prefix: /glpat-/,
    pattern: /\bglpat-[A-Za-z0-9_-]{20,60}/g,
    what: 'a GitLab token',
    revoke: 'https://gitlab.com/-/user_settings/personal_access_tokens',
  },
  {
    // The macaroon of pypi.org begins with its host, so that its text does too.
    prefix: /pypi-AgEIcHlwaS5vcmc/,
    pattern: /\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,300}/g,
    what: 'a PyPI token',
    revoke: 'https://pypi.org/manage/account/',
  },
  {
    prefix: /dckr_[po]at_/,
    pattern: /\bdckr_[po]at_[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])/g,
    what: 'a Docker Hub token',
    revoke: 'https://app.docker.com/settings/personal-access-tokens',
  },
  {
    prefix: /SG\./,
    pattern: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g,
    what: 'a SendGrid key',
    revoke: 'https://app.sendgrid.com/settings/api_keys',
  },
  {
    prefix: /dop_v1_/,
    pattern: /\bdop_v1_[a-f0-9]{64}(?![a-f0-9])/g,
    what: 'a DigitalOcean token',
    revoke: 'https://cloud.digitalocean.com/account/api/tokens',
  },
  {
    prefix: /sk-ant-/,
    pattern: /\bsk-ant-[a-z]+\d\d-[A-Za-z0-9_-]{80,120}/g,
    what: 'an Anthropic key',
    revoke: 'https://console.anthropic.com/settings/keys',
  },
  {
    prefix: /T3BlbkFJ/,
    pattern: /\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,90}T3BlbkFJ[A-Za-z0-9_-]{20,90}/g,
    what: 'an OpenAI key',
    revoke: 'https://platform.openai.com/api-keys',
  },
];

const ANY_PREFIX = new RegExp(FORMATS.map(({ prefix }) => prefix.source).join('|'));
/** Nobody pastes more into one file; what stands there is some other text. */
export const MOST_TOKENS = 100;

/** Every token of a known format that stands in a text, in its order. */
export function tokensIn(text: string): readonly TokenPlace[] {
  if (!ANY_PREFIX.test(text)) return [];
  return FORMATS.flatMap((format) => placesOf(format, text)).sort((a, b) => a.line - b.line);
}

/** A text with the value of each token taken out but for its first characters. */
export function withoutTokens(text: string): string {
  return FORMATS.reduce(
    (rest, { pattern }) => rest.replaceAll(pattern, (token) => `${token.slice(0, 8)}…`),
    text,
  );
}

function placesOf(
  { prefix, pattern, what, revoke, isReal = isRandom }: TokenFormat,
  text: string,
): readonly TokenPlace[] {
  if (!prefix.test(text)) return [];
  const places: TokenPlace[] = [];
  for (const { 0: token, index } of text.matchAll(pattern)) {
    if (places.length >= MOST_TOKENS) break;
    if (isReal(token)) places.push({ line: lineAt(text, index), what, revoke });
  }
  return places;
}

/** The line of a character, counted from 1. */
export function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** The last part of a token is random: few different characters, or words, are an example. */
function isRandom(token: string): boolean {
  const tail = token.slice(-20);
  return entropy(tail) > 2.8 && !isPlaceholder(token.slice(8)) && !/^(.)\1+$/.test(tail);
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The last six characters are the CRC32 of those between the prefix and them, in base 62. */
function hasChecksum(token: string): boolean {
  return checksum(token.slice(4, -6)) === token.slice(-6);
}

/** The checksum of such a token's random part, six characters. */
export function checksum(random: string): string {
  let rest = crc32(random);
  let digits = '';
  for (let place = 0; place < 6; place += 1) {
    digits = `${BASE62[rest % 62]}${digits}`;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
