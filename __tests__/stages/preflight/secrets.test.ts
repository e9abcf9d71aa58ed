import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSecrets } from '../../../src/stages/preflight/checks/secrets.ts';
import { checkContext } from './check-context.ts';

const STRONG = 'Tr0ub4dor&3-horse-staple';

function check(rules: string, environment: Record<string, string>, event?: string) {
  return checkSecrets(checkContext({ 'required-secrets': rules }, environment, event ? { event } : {}));
}

async function codes(rules: string, environment: Record<string, string>): Promise<readonly string[]> {
  return (await check(rules, environment)).findings.map(({ code }) => code);
}

describe('required-secrets', () => {
  it.each<readonly [string, string, string | undefined]>([
    // What is always refused.
    ['', '', 'DG112'],
    ['', ' ', 'DG113'],
    ['', '\n\t\u00a0', 'DG113'],
    ['', ' s3cr3t-value', 'DG114'],
    ['', 's3cr3t-value\n', 'DG114'],
    ['', '"s3cr3t-value"', 'DG114'],
    ['', "'s3cr3t-value'", 'DG114'],
    ['', '`s3cr3t-value`', 'DG114'],
    ['', '"two\nlines"', 'DG114'],
    ['', '""', 'DG114'],
    ['', 'changeme', 'DG115'],
    ['', 'CHANGE_ME', 'DG115'],
    ['', 'change-me!', 'DG115'],
    ['', 'xxx', 'DG115'],
    ['', 'XXXXXXXX', 'DG115'],
    ['', '***', 'DG115'],
    ['', '<your key here>', 'DG115'],
    ['', '<secret>', 'DG115'],
    ['', '{{ secret }}', 'DG115'],
    ['', 'TODO', 'DG115'],
    ['', 'your-secret-here', 'DG115'],
    ['', 'placeholder', 'DG115'],
    ['', 'null', 'DG115'],
    ['', 'undefined', 'DG115'],
    ['', 'password', 'DG115'],
    ['', 'JWT_SECRET', 'DG115'],
    ['', 'jwt_secret', 'DG115'],
    ['', 'jwt-secret', 'DG115'],
    ['', 'JwtSecret', 'DG115'],
    ['', 'secret-goes-here', 'DG115'],
    ['', 'enter-your-password-here', 'DG115'],
    ['', 'xxx-xxx-xxx', 'DG115'],
    ['', 'foobar', 'DG115'],
    ['', 'redacted', 'DG115'],
    ['', 'not-set', 'DG115'],
    ['', '${{ secrets.JWT_SECRET }}', 'DG115'],
    ['', 'secrets.JWT_SECRET', 'DG115'],
    ['', '$(JWT_SECRET)', 'DG115'],
    ['', '%JWT_SECRET%', 'DG115'],
    ['', 'changeme123', 'DG115'],
    ['', 'CHANGE_ME_PLEASE', 'DG115'],
    ['', '$JWT_SECRET', 'DG115'],
    ['', '${JWT_SECRET}', 'DG115'],
    // As a line of a .env file has it, or a chat makes of quotes.
    ['', 'JWT_SECRET=q7Rz2mV9', 'DG114'],
    ['', 'JWT_SECRET="q7Rz2mV9"', 'DG114'],
    ['', '“q7Rz2mV9”', 'DG114'],
    ['', '‘q7Rz2mV9’', 'DG114'],
    ['', '«q7Rz2mV9»', 'DG114'],
    // What is a value.
    ['', 'OTHER=q7Rz2mV9', undefined],
    ['', 'JWT_SECRET-of-mine', undefined],
    ['', '“quoted” in part', undefined],
    ['', 'x', undefined],
    ['', 'hunter2', undefined],
    ['', 'x-ray', undefined],
    ['', 'foobar-4711', undefined],
    ['', 'here-goes-nothing', undefined],
    ['', 'it"s', undefined],
    ['', '"', undefined],
    ['', '{"key": "value"}', undefined],
    ['', '["a", "b"]', undefined],
    ['', '-----BEGIN KEY-----\nMIIE\n-----END KEY-----', undefined],
    ['', 'changeme-not-really-4711', undefined],
    ['', '$uperS3cretPassw0rdOfMine', undefined],
    ['', 'secrets.are-none-of-yours', undefined],
    ['', '$2b$12$abcdefghijk', undefined],
    ['', 'two words', undefined],
    // min=N counts characters, not bytes or UTF-16 units.
    ['min=8', '1234567', 'DG116'],
    ['min=8', '12345678', undefined],
    ['min=4', 'öööö', undefined],
    ['min=4', '🚀🚀', 'DG116'],
    ['min=32', 'x9'.repeat(16), undefined],
    // strong: 16 characters, three of four classes, no common password.
    ['strong', STRONG, undefined],
    ['strong', 'Aa1!Aa1!Bb2?Bb2', 'DG117'],
    ['strong', 'Aa1!Aa1!Bb2?Bb2?', undefined],
    ['strong', 'abcdefghijklmnopqrstuvwxyz', 'DG117'],
    ['strong', 'abcdefghijklmnop12345678', 'DG117'],
    ['strong', 'abcdefghijklmnop12345678-', undefined],
    ['strong', 'Password1234567!', 'DG117'],
    ['strong', 'P@ssw0rd12345678', 'DG117'],
    ['strong', 'Qwerty1234567890!', 'DG117'],
    ['strong', 'Qwertyui12345678!', 'DG117'],
    ['strong', 'P4ssw0rd!P4$$w0rd', 'DG117'],
    ['strong', '1qaz2wsx3edc4rfV!', 'DG117'],
    ['strong', 'Zaq12wsxZaq12wsx!', 'DG117'],
    ['strong', 'Qwest-Edcon-4711-passing', undefined],
    ['strong', '4a6f2c9e8b1d7f3a5c0e9d8b7a6f5e4d', 'DG117'],
    ['strong min=40', STRONG, 'DG116'],
  ])('%s: %j gives %s', async (rules, value, code) => {
    expect(await codes(`JWT_SECRET ${rules}`, { JWT_SECRET: value })).toEqual(code ? [code] : []);
  });

  it('takes a variable that is not there for one that is not set', async () => {
    expect(await codes('JWT_SECRET', {})).toEqual(['DG112']);
    expect(await codes('constructor\ntoString', {})).toEqual(['DG112', 'DG112']);
  });

  it('finds equal values where one is to be unique', async () => {
    const same = { A: STRONG, B: STRONG, C: 'another-Value-42' };
    expect(await codes('A\nB\nC', same)).toEqual([]);
    expect(await codes('A unique\nB\nC', same)).toEqual(['DG118']);
    // One cause is one finding, whichever way it is looked at.
    expect(await codes('A unique\nB unique\nC unique', same)).toEqual(['DG118']);
    expect((await check('A\nB unique', same)).findings[0]?.title).toMatch(/^Secret B has .* as A, but B is/);
    expect(await codes('A\nB\nC unique', same)).toEqual([]);
    expect((await check('A unique\nB\nC', same)).findings[0]?.title).toContain('same value as B');
    expect(await codes('A unique', { ...same })).toEqual([]);
  });

  it('takes no secret for a misspelt other one that is asked for by its own name', async () => {
    const title = async (rules: string) => (await check(rules, { API_KEY_2: STRONG })).findings[0]?.title;
    expect(await title('API_KEY')).toContain('API_KEY_2 is: is that the one?');
    expect(await title('API_KEY\nAPI_KEY_2')).toBe('Secret API_KEY is not set.');
  });

  it('tells once what is wrong with a secret that is listed twice', async () => {
    expect(await codes('A\nA min=5', {})).toEqual(['DG112']);
  });

  it('reports every secret that is wrong, not the first alone', async () => {
    expect(await codes('A\nB\nC min=9\nD', { B: ' x', C: 'short', D: 'fine-value' })).toEqual([
      'DG112',
      'DG114',
      'DG116',
    ]);
  });

  it('says what was found in order, by name and rule', async () => {
    const report = await check('JWT_SECRET min=16 unique\nDATABASE_PASSWORD strong\nOTHER', {
      JWT_SECRET: 'abcdefghijklmnop',
      DATABASE_PASSWORD: STRONG,
      OTHER: 'fine-value',
    });
    expect(report).toMatchObject({
      findings: [],
      passed: '3 of 3 set: JWT_SECRET (long enough, unique), DATABASE_PASSWORD (strong), OTHER',
    });
    expect((await check('A\nB', { A: 'fine-value' })).passed).toBe('1 of 2 set: A');
    expect((await check('A', {})).passed).toBeUndefined();
    expect((await check('', {})).passed).toBe('none required');
  });

  it('names the variable that was probably meant, and a fix to paste', async () => {
    const [finding] = (await check('DATABASE_PASSWORD', { DB_PASSWORD: 'x', HOME: '/root', PATH: '/bin' }))
      .findings;
    expect(finding?.title).toBe('Secret DATABASE_PASSWORD is not set. DB_PASSWORD is: is that the one?');
    expect(finding?.fix).toContain('env: DATABASE_PASSWORD: ${{ secrets.DATABASE_PASSWORD }}');
    const [alone] = (await check('JWT_SECRET', { HOME: '/root', INPUT_JWT_SECRET: 'x', JWT_SECRETS: '' }))
      .findings;
    expect(alone?.title).toBe('Secret JWT_SECRET is not set.');
  });

  it.each([
    ['pull_request', true],
    ['push', false],
    ['schedule', false],
  ])('tells of forks and Dependabot in a run of %s: %s', async (event, told) => {
    const { findings } = await check('A\nB', {}, event);
    expect(findings.some(({ code }) => code === 'DG119')).toBe(told);
    expect(
      (await check('A\nB', { A: 'fine-value' }, event)).findings.some(({ code }) => code === 'DG119'),
    ).toBe(false);
  });

  it('never says a value, whatever is wrong with it', async () => {
    const core = fc
      .string({ unit: 'grapheme', minLength: 3, maxLength: 20 })
      .map((text) => `Ω7${text.trim()}Ω`);
    const value = core.chain((text) =>
      fc.constantFrom(
        text,
        ` ${text}`,
        `"${text}"`,
        `<${text}>`,
        `\${{ ${text} }}`,
        `${text}\n`,
        `your-${text}`,
        text.repeat(3),
      ),
    );
    const rule = fc.constantFrom('', 'min=9999', 'strong', 'unique', 'min=500 strong unique');
    await fc.assert(
      fc.asyncProperty(value, rule, async (text, rules) => {
        const report = await check(`A ${rules}\nB ${rules}\nAA ${rules}`, { A: text, B: text, ZZ: text });
        expect(JSON.stringify(report)).not.toContain('Ω');
      }),
      { numRuns: 300 },
    );
  });

  it('warns of one that counts as strong and repeats a few characters, and goes on', async () => {
    const report = await check('A strong\nB', { A: 'Aa1Aa1Aa1Aa1Aa1Aa1', B: 'x7' });
    expect(report).toMatchObject({
      passed: '2 of 2 set: A (strong), B',
      findings: [{ code: 'DG117', level: 'warning', title: expect.stringContaining('the same few') }],
    });
  });

  it('never throws and never takes long', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect((await codes('A strong min=3 unique', { A: text })).length).toBeLessThanOrEqual(1);
      }),
    );
    const started = performance.now();
    for (const piece of [
      'abc',
      'password',
      'test',
      '<',
      '"',
      ' ',
      'your-',
      '${{',
      'Aa1!',
      'xxx',
      'xxx-',
      'put-',
      '-here',
      'Aa1 4',
    ]) {
      await codes('A strong', { A: `${piece.repeat(20_000)}!` });
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
