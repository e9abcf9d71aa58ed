import fc from 'fast-check';

/** Pieces by which text from outside tries to act: on the runner, a terminal, Slack, Markdown or HTML. */
export const HOSTILE = [
  '::set-output name=result::succeeded',
  '::save-state name=run::x',
  '::add-mask::a',
  '::stop-commands::x',
  '::error::',
  '::',
  '##[error]',
  '##[set-output name=x]',
  '###[command]',
  '##',
  '[',
  '\u001b[31m',
  '\u001b]8;;https://evil.example\u0007',
  '\u001b',
  '\u009b31m',
  '\r',
  '\n',
  '\r\n',
  '\u0000',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u202e',
  '\ud800',
  '\udc00',
  '\ud83d\ude80',
  '<!channel>',
  '<!here|x>',
  '<@U0123456>',
  '<https://evil.example|click>',
  '@channel',
  '@here',
  '#general',
  '|',
  '`',
  '```',
  '````',
  '~~~',
  '*',
  '_',
  '~',
  '&',
  '&lt;',
  '<',
  '>',
  '<script>alert(1)</script>',
  '<img src=x onerror=y>',
  '</details>',
  '<!--',
  '[click](https://evil.example)',
  '![x](https://evil.example/x.png)',
  'https://evil.example',
  'www.evil.example',
  'javascript:alert(1)',
  '@octocat',
  '\\',
  '(',
  ')',
  ']',
  '{',
  '}',
  '\t',
  ' ',
  '\u00a0',
  '\u200b',
  '-',
  '# ',
  '$&',
  '$1',
  ';',
  'word',
  '%0A',
  '%',
] as const;

/** Text made of hostile pieces and anything else. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...HOSTILE) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
    ),
    {
      maxLength: 30,
    },
  )
  .map((pieces) => pieces.join(''));

/** The lines as GitHub's runner reads them: .NET ends a line at CR, LF or both. */
export function runnerLines(printed: string): readonly string[] {
  return printed.split(/\r\n|\r|\n/);
}

/** Whether the runner would obey the line (actions/runner, `ActionCommand.TryParseV2` and `TryParse`). */
export function isObeyed(line: string): boolean {
  // .NET's TrimStart takes off Unicode white space and U+0085.
  return /^[\s\u0085]*::/.test(line) || line.includes('##[');
}
