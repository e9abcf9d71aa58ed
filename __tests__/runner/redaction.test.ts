import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redaction } from '../../src/runner/redaction.ts';
import { oneLine } from '../../src/runner/text.ts';

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

  it('takes a short one out where it stands alone, and leaves words alone that hold it', () => {
    const redaction = redacting('root', '4711');
    expect(redaction.apply('login root:4711 failed: "4711"; rooted, 47110, x4711')).toBe(
      'login ***:*** failed: "***"; rooted, 47110, x4711',
    );
  });

  it('bears any short one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 4, maxLength: 5 }), (short) => {
        fc.pre(short.trim().length >= 4 && short.trim().length < 6);
        expect(redacting(short).apply(`: ${short.trim()} :`)).toBe(': *** :');
      }),
    );
    expect(redacting('a-b/c', '-.-(').apply('a-b/c -.-(')).toBe('*** ***');
  });

  it('takes out what is left of one where a text was cut', () => {
    const redaction = redacting('s3cr3t-of-the-database');
    expect(redaction.apply('url=postgres://x:s3cr3t-of…')).toBe('url=postgres://x:***…');
    expect(redaction.apply('a s3cr3t-of-t… b s3cr3t-o…')).toBe('a ***… b ***…');
    expect(redaction.apply('…-database is wrong')).toBe('…*** is wrong');
    expect(redaction.apply('deploy… and s3c…')).toBe('deploy… and s3c…');
  });

  it('knows one in the form that it has in a line of ours', () => {
    const redaction = redacting('two  spaces\tand a tab', 'with ##[error] in it');
    for (const text of ['two  spaces\tand a tab', 'with ##[error] in it']) {
      expect(redaction.apply(oneLine(`x ${text} y`))).toBe('x *** y');
    }
  });

  it('leaves text alone that has no secret in it, and what is too short to be told from it', () => {
    const redaction = redacting('123', '', '   ', 'a', 'longenough');
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

  it('takes out one that was encoded together with what stands beside it', () => {
    fc.assert(
      fc.property(secret, fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }), (each, before, after) => {
        fc.pre(each.isWellFormed());
        const redaction = redacting(each);
        const encoded = Buffer.from(`${before}${each}${after}`).toString('base64');
        const left = Buffer.from(redaction.apply(encoded).replaceAll(/\*\*\*[\s\S]*$/g, ''), 'base64');
        expect(redaction.apply(encoded)).toContain('***');
        expect(left.toString('utf8')).not.toContain(each);
      }),
    );
  });

  it.each([
    ['URL-encoded by a form', 'a b&c/d é!', 'a+b%26c%2Fd+%C3%A9%21'],
    ['URL-encoded in small letters', 'a/b+c==d', 'a%2fb%2bc%3d%3dd'],
    ['in XML', `<a b="c" d='e'>`, '&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;'],
    ['in HTML', `it's <b>`, 'it&#39;s &lt;b&gt;'],
    ['in JSON of ASCII letters', 'pässwörd', String.raw`p\u00e4ssw\u00f6rd`],
    ['in JSON within JSON', 'quo"ted\\x', String.raw`quo\\\"ted\\\\x`],
    ['short, in base64', 'zq9v', 'enE5dg=='],
    ['in base64 for URLs', '??>>??>>', 'Pz8-Pj8_Pj4'],
    ['in hexadecimal', 'hunter22', '68756e7465723232'],
  ])('takes out one that is %s', (_, each, shown) => {
    expect(redacting(each).apply(`x ${shown} y`)).toMatch(/^x \*\*\*=* y$/);
  });

  it('bears a secret that is not well formed', () => {
    expect(redacting('half\ud800half').apply('half\ud800half')).toBe('***');
  });
});
