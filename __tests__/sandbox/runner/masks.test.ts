import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretMasks } from '../../../sandbox/runner/masks.ts';
import { printing, runFixture } from './fixture-action.ts';

describe('masks', () => {
  it('hide a value and the forms it takes when encoded', () => {
    const masks = new SecretMasks();
    const secret = `p"a'ss&w<o>rd 1`;
    masks.add(secret);
    for (const form of [
      secret,
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).subarray(1).toString('base64'),
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret).replaceAll("'", '%27'),
      'p&quot;a&apos;ss&amp;w&lt;o&gt;rd 1',
    ]) {
      expect(masks.mask(`before ${form} after`)).toBe('before *** after');
    }
  });

  it('make one of values that touch', () => {
    const masks = new SecretMasks();
    masks.add('alpha');
    masks.add('beta');
    masks.add('habe');
    expect(masks.mask('x alphabeta y alpha')).toBe('x *** y ***');
  });

  it('never leave a registered value in a line', () => {
    const word = fc
      .string({ minLength: 1, maxLength: 8 })
      .filter((text) => text.trim() !== '' && !/[*\r\n]/.test(text));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.string(), (secrets, noise) => {
        const masks = new SecretMasks();
        for (const secret of secrets) masks.add(secret);
        const masked = masks.mask(noise + secrets.join(noise));
        return secrets.every((secret) => !masked.includes(secret));
      }),
    );
  });

  it('hide each line of a value with many, from the moment it is registered', async () => {
    const run = await runFixture({
      main: printing('early line-one', '::add-mask::line-one%0A  line-two', 'x line-one', 'y line-two'),
    });
    expect(run.lines).toEqual(['early line-one', 'x ***', 'y ***']);
    expect(run.leaks(['line-one\n  line-two'])).toEqual(['secret 1 (a line of it) shows in the log']);
  });

  it('hide what was registered before the start, also in the summary and in annotations', async () => {
    const run = await runFixture(
      {
        main: `${printing('a hunter2hunter2', '::error::b hunter2hunter2')}
          require('fs').appendFileSync(process.env.GITHUB_STEP_SUMMARY, 'c hunter2hunter2\\n');`,
      },
      { secrets: ['hunter2hunter2'], inputs: { key: 'hunter2hunter2' } },
    );
    expect(run.lines.slice(1)).toEqual(['a ***', '##[error]b ***']);
    expect(run.summary).toBe('c ***\n');
    expect(run.header).toContain('  key: ***');
    expect(run.leaks(['hunter2hunter2'])).toEqual([]);
  });

  it('do not reach outputs, state, annotation titles, exported variables and files, and leaks are found there', async () => {
    const run = await runFixture({
      main: `${printing('::add-mask::hunter2hunter2', '::error title=hunter2hunter2::x')}
        const fs = require('fs');
        fs.appendFileSync(process.env.GITHUB_OUTPUT, 'o=hunter2hunter2\\n');
        fs.appendFileSync(process.env.GITHUB_STATE, 's=' + Buffer.from('hunter2hunter2').toString('base64') + '\\n');
        fs.appendFileSync(process.env.GITHUB_ENV, 'E=hunter2hunter2\\n');
        fs.writeFileSync(process.env.HOME + '/config.json', 'hunter2hunter2');
        fs.writeFileSync(process.env.RUNNER_TEMP + '/clean', '');`,
    });
    expect(run.leaks(['other', 'hunter2hunter2'])).toEqual([
      'secret 2 shows in the output o',
      'secret 2 shows in the exported variable E',
      'secret 2 shows in annotation 1',
      'secret 2 shows in the file home/config.json',
      'secret 2 (base64) shows in the state s',
    ]);
    expect(run.filesLeft()).toEqual(['home/config.json', 'temp/clean']);
  });
});
