import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../sandbox/runner/commands.ts';
import { printing, runFixture } from './fixture-action.ts';

const any = () => true;

describe('a command in a line', () => {
  it.each([
    ['::set-output name=a::b', { name: 'set-output', properties: { name: 'a' }, data: 'b' }],
    ['  ::notice::spaces before', { name: 'notice', properties: {}, data: 'spaces before' }],
    [
      '::error file=a.ts,line=3,title=A%2C B%3A::x%0Ay',
      { name: 'error', properties: { file: 'a.ts', line: '3', title: 'A, B:' }, data: 'x\ny' },
    ],
    ['::debug::a::b', { name: 'debug', properties: {}, data: 'a::b' }],
    ['::debug::%250A', { name: 'debug', properties: {}, data: '%0A' }],
    ['ab ##[group]c', { name: 'group', properties: {}, data: 'c' }],
    ['##[error file=x;line=2]d%5D', { name: 'error', properties: { file: 'x', line: '2' }, data: 'd]' }],
  ])('%s', (line, expected) => {
    const command = parseCommand(line, any);
    expect({ ...command, properties: Object.fromEntries(command?.properties ?? []) }).toEqual(expected);
  });

  it('starts after white space as .NET has it', () => {
    expect(parseCommand('\u0085\u3000::notice::x', any)?.data).toBe('x');
    expect(parseCommand('\ufeff::notice::x', any)).toBeUndefined();
  });

  it.each(['x ::debug::late', '::debug', ':debug::x', '##[debug', 'plain'])('is none: %s', (line) => {
    expect(parseCommand(line, any)).toBeUndefined();
  });

  it('is none where the name is not registered', () => {
    expect(parseCommand('::made-up::x', (name) => name === 'debug')).toBeUndefined();
  });

  it('never throws, whatever the line', () => {
    fc.assert(fc.property(fc.string(), (line) => parseCommand(`::${line}`, any) !== null));
  });
});

describe('what an action prints', () => {
  it('is obeyed on both streams, and what a build prints can forge outputs', async () => {
    const run = await runFixture({
      main: `${printing('::set-output name=from::stdout', 'seen')}
        process.stderr.write('##[save-state name=forged]yes\\n  ::set-output name=err::stderr\\n');`,
    });
    expect(run.outputs).toEqual({ from: 'stdout', err: 'stderr' });
    expect(run.state).toEqual({ forged: 'yes' });
    expect(run.log).toBe('seen');
    expect(run.rawStdout).toContain('::set-output');
  });

  it('breaks lines at a lone carriage return, as the runner does', async () => {
    const run = await runFixture({
      main: `process.stdout.write('progress 10%\\r::set-output name=a::b\\r\\nend');`,
    });
    expect(run.outputs).toEqual({ a: 'b' });
    expect(run.lines).toEqual(['progress 10%', 'end']);
  });

  it('is obeyed in the first line behind a byte order mark, which belongs to the stream', async () => {
    const run = await runFixture({ main: printing('\ufeff::set-output name=a::b') });
    expect(run.outputs).toEqual({ a: 'b' });
  });

  it('is not obeyed between stop-commands and its token, which is masked', async () => {
    const run = await runFixture({
      main: printing(
        '::stop-commands::token-1234',
        '::set-output name=forged::yes',
        '##[error]forged',
        '::TOKEN-1234::',
        '::set-output name=real::yes',
      ),
    });
    expect(run.outputs).toEqual({ real: 'yes' });
    expect(run.annotations).toEqual([]);
    expect(run.log).toContain('::set-output name=forged::yes');
    expect(run.log).toContain('::stop-commands::***');
    expect(run.log).not.toContain('token-1234');
  });

  it('fails the step when the stop token is a command', async () => {
    const run = await runFixture({ main: printing('::stop-commands::error', '::set-output name=a::b') });
    expect(run.conclusion).toBe('failure');
    expect(run.outputs).toEqual({ a: 'b' });
  });

  it('becomes annotations, groups and debug lines', async () => {
    const run = await runFixture({
      main: printing(
        '::group::Preflight',
        'checked',
        '::endgroup::',
        '::error title=DG112,file=Dockerfile,line=4::is not set',
        '::warning::careful',
        '::debug::detail',
        'after',
      ),
    });
    expect(run.groups).toEqual([{ title: 'Preflight', lines: ['checked'] }]);
    expect(run.annotations).toEqual([
      { level: 'error', title: 'DG112', file: 'Dockerfile', line: 4, message: 'is not set' },
      { level: 'warning', title: undefined, file: undefined, line: undefined, message: 'careful' },
    ]);
    expect(run.debugLines).toEqual(['detail']);
    expect(run.lines.slice(-3)).toEqual(['##[error]is not set', '##[warning]careful', 'after']);
  });

  it('shows ten annotations of a level and no more', async () => {
    const run = await runFixture({
      main: printing(...Array.from({ length: 12 }, (_, index) => `::warning::${index}`), '::error::last'),
    });
    expect(run.annotations.map((annotation) => annotation.message)).toEqual([
      ...Array.from({ length: 10 }, (_, index) => String(index)),
      'last',
    ]);
    expect(run.droppedAnnotations).toBe(2);
  });

  it.each(['::set-env name=PATH::/evil', '::add-path::/evil', '::set-output::nameless'])(
    'fails the step with %s',
    async (line) => {
      const run = await runFixture({ main: printing(line) });
      expect(run.main.exitCode).toBe(0);
      expect(run.conclusion).toBe('failure');
      expect(run.annotations[0]?.message).toBe(`Unable to process command '${line}' successfully.`);
      expect([run.env, run.paths, run.outputs]).toEqual([{}, [], {}]);
    },
  );
});
