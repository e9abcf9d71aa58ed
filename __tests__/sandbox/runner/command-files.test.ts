import { describe, expect, it } from 'vitest';
import { parseKeyValueFile } from '../../../sandbox/runner/command-files.ts';
import { runFixture } from './fixture-action.ts';

describe('a file of names and values', () => {
  it.each([
    ['a=b\n', [['a', 'b']]],
    ['a=b=c', [['a', 'b=c']]],
    ['\n\na=\n', [['a', '']]],
    [
      'a<<EOF\nx\ny\nEOF\nb=c\n',
      [
        ['a', 'x\ny'],
        ['b', 'c'],
      ],
    ],
    ['a<<EOF\nEOF\n', [['a', '']]],
    ['a<<EOF\n\nEOF\n', [['a', '']]],
    ['a<<EOF\nx\r\nEOF', [['a', 'x\r']]],
    ['a=b<<c\n', [['a', 'b<<c']]],
  ])('%j', (text, pairs) => {
    expect(parseKeyValueFile(text)).toEqual({ pairs, problem: undefined });
  });

  it.each([
    ['words\n', "Invalid format 'words'"],
    ['<<EOF\nx\nEOF\n', "Invalid format '<<EOF'. Name must not be empty and delimiter must not be empty"],
    ['a<<EOF\nx\n', "Invalid value. Matching delimiter not found 'EOF'"],
    ['a<<EOF\nx', 'Invalid value. EOF marker missing new line.'],
    ['a<<EOF\nx\nEOF \n', "Invalid value. Matching delimiter not found 'EOF'"],
  ])('malformed: %j', (text, problem) => {
    expect(parseKeyValueFile(`good=1\n${text}`)).toEqual({ pairs: [['good', '1']], problem });
  });
});

describe('what an action writes to its files', () => {
  it('lets a value break out of a delimiter that can be guessed', async () => {
    const run = await runFixture({
      main: `const hostile = 'x\\nEOF\\nforged=yes\\nb<<EOF';
        require('fs').appendFileSync(process.env.GITHUB_OUTPUT, 'a<<EOF\\n' + hostile + '\\nEOF\\n');`,
    });
    expect(run.outputs).toEqual({ a: 'x', forged: 'yes', b: '' });
  });

  it('fails the step where it is malformed, and says so', async () => {
    const run = await runFixture({
      main: `require('fs').appendFileSync(process.env.GITHUB_OUTPUT, 'no equals sign\\n');`,
    });
    expect([run.main.exitCode, run.conclusion]).toEqual([0, 'failure']);
    expect(run.annotations.map((annotation) => annotation.message)).toEqual([
      "Unable to process file command 'output' successfully.",
      "Invalid format 'no equals sign'",
    ]);
  });

  it('goes to the post step: state, variables and PATH, but not NODE_OPTIONS', async () => {
    const run = await runFixture({
      main: `const fs = require('fs');
        fs.appendFileSync(process.env.GITHUB_STATE, 'phase=built\\n');
        fs.appendFileSync(process.env.GITHUB_ENV, 'COLOUR=red\\nNODE_OPTIONS=--bad\\n');
        fs.appendFileSync(process.env.GITHUB_PATH, '/first\\n/second\\n');`,
      post: `console.log(process.env.STATE_phase, process.env.COLOUR, process.env.NODE_OPTIONS);
        console.log(process.env.PATH.split(':').slice(0, 2).join(' '));`,
    });
    expect(run.lines.slice(-3)).toEqual(['Post job cleanup.', 'built red undefined', '/second /first']);
    expect(run.env).toEqual({ COLOUR: 'red' });
    expect(run.paths).toEqual(['/first', '/second']);
    expect(run.annotations[0]?.message).toContain("Can't store NODE_OPTIONS");
  });

  it('is no summary when it is over a MiB', async () => {
    const run = await runFixture({
      main: `require('fs').appendFileSync(process.env.GITHUB_STEP_SUMMARY, 'x'.repeat(1024 * 1024 + 1));`,
    });
    expect(run.summary).toBe('');
    expect(run.annotations[0]?.message).toContain('supports content up to a size of 1024k');
  });
});
