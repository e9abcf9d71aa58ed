import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTokenClaims } from '../../src/aws/token-claims.ts';

const NONE = { subject: undefined, audience: undefined, issuer: undefined };

function token(payload: unknown, signature = 'c2ln'): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(payload)}.${signature}`;
}

describe('readTokenClaims', () => {
  it('reads what a trust policy looks at', () => {
    const claims = { sub: 'repo:acme/app:ref:refs/heads/main', aud: 'sts.amazonaws.com', iss: 'https://x' };
    expect(readTokenClaims(token(claims))).toEqual({
      subject: claims.sub,
      audience: claims.aud,
      issuer: 'https://x',
    });
    expect(readTokenClaims(token({ aud: ['a', 7, 'b'] })).audience).toBe('a, b');
  });

  it.each([
    '',
    '.',
    '..',
    'a.b',
    'a.%%%.c',
    token(null),
    token([]),
    token('text'),
    token(7),
    token({ sub: 7, aud: {}, iss: null }),
    token({ sub: '', aud: [] }),
    'x'.repeat(1_000_000),
  ])('gives nothing of what is no such token (%#)', (text) => {
    expect(readTokenClaims(text)).toEqual(NONE);
  });

  it('makes claims safe to print', () => {
    const { subject = '' } = readTokenClaims(
      token({ sub: `a\n::set-output name=x::y\r\u001b[31m##[error]${'b'.repeat(5000)}` }),
    );
    expect(subject).not.toMatch(/[\r\n\u001b]|##\[/);
    expect(subject.length).toBeLessThanOrEqual(300);
  });

  it('never throws, and never gives the signature away', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (text, payload) => {
        readTokenClaims(text);
        const said = JSON.stringify(readTokenClaims(token(payload, 'SIGNATURE-OF-IT')));
        expect(said).not.toContain('SIGNATURE-OF-IT');
      }),
    );
  });
});
