import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redaction } from '../../src/runner/redaction.ts';

function redacting(...secrets: readonly string[]): Redaction {
  const redaction = new Redaction();
  for (const secret of secrets) redaction.add(secret);
  return redaction;
}

const secret = fc
  .string({ unit: 'grapheme', minLength: 6, maxLength: 30 })
  .filter((s) => s.trim().length >= 6 && !s.includes('*'));

describe('Redaction', () => {
  it('takes every secret out of any text, in the forms in which it travels', () => {
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.string(),
        fc.string(),
        (secrets, before, after) => {
          const redaction = redacting(...secrets);
          for (const each of secrets) {
            const forms = [
              each,
              Buffer.from(each).toString('base64'),
              encodeURIComponent(each),
              JSON.stringify({ key: each }),
            ];
            for (const form of forms) expect(redaction.apply(`${before}${form}${after}`)).not.toContain(each);
            expect(redaction.apply(Buffer.from(each).toString('base64'))).toBe('***');
            const json = JSON.stringify({ log: `before ${each} after` });
            expect(redaction.apply(json)).toBe('{"log":"before *** after"}');
          }
        },
      ),
    );
  });

  it('takes the lines of a secret out one by one', () => {
    const redaction = redacting('-----BEGIN KEY-----\r\nMIIEvQIBADAN\r\nBgkqhkiG9w0\r\n');
    expect(redaction.apply('  MIIEvQIBADAN  and BgkqhkiG9w0')).toBe('  ***  and ***');
  });

  it('takes the longest first, so that nothing of it is left', () => {
    expect(redacting('secret-1', 'secret-1-and-more').apply('x secret-1-and-more y')).toBe('x *** y');
  });

  it('leaves text alone that has no secret in it, and what is too short to be told from it', () => {
    const redaction = redacting('12345', '', '   ', 'a', 'longenough');
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('longenough')),
        (text) => {
          expect(redaction.apply(text)).toBe(text);
        },
      ),
    );
  });

  it('does not take a secret for a pattern', () => {
    const redaction = redacting('a.c$&(x)+', '......');
    expect(redaction.apply('abc$&(x)+ a.c$&(x)+ ......')).toBe('abc$&(x)+ *** ***');
  });

  it('reaches every string of plain data and keeps its shape', () => {
    const redaction = redacting('hunter22');
    const body = Buffer.from('hunter22');
    const data = {
      a: 'hunter22',
      b: ['x hunter22', 1, true, null, undefined],
      c: { d: { e: 'hunter22!' } },
      body,
    };
    expect(redaction.applyDeep(data)).toEqual({
      a: '***',
      b: ['x ***', 1, true, null, undefined],
      c: { d: { e: '***!' } },
      body,
    });
  });

  it('bears a secret that is not well formed', () => {
    expect(redacting('half\ud800half').apply('half\ud800half')).toBe('***');
  });
});
