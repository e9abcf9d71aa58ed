/** Lines by which text from outside tries to act on the runner, a terminal, Slack or a page. */
export const ATTACKS = [
  '::set-output name=result::forged',
  '  ::save-state name=run::{"version":1,"told":"yes"}',
  '::set-env name=FORGED::forged',
  '::add-path::/forged',
  '::add-mask::deploy',
  '::error::forged',
  '::debug::forged',
  '::stop-commands::forged',
  '##[set-output name=result]forged',
  'text ##[error]forged ##[group]forged',
  '\u001b[31m::warning::forged \u001b[2J\u001b]8;;https://evil.example\u0007',
  'progress 10%\r::error::forged',
  '\u0085::error::forged',
  '::group::forged\u2028::error::forged',
  'NUL \u0000 turned \u202e half \ud800 pair',
  '<!channel> <https://evil.example|click> @here',
  '``` ````</details></pre><script>forged</script><img src=x> | | [x](https://evil.example)',
] as const;

/** All of them, each a line. */
export const HOSTILE_TEXT = ATTACKS.join('\n');

/** The same as bytes, with halves of UTF-8 characters around each line. */
export const HOSTILE_BYTES = Buffer.concat(
  ATTACKS.flatMap((line) => [Buffer.of(0xc3), Buffer.from(`\n${line}\n`), Buffer.of(0xf0, 0x9f, 0x0a)]),
);

/** A megabyte without a line break, with an attack at either end. */
export const HOSTILE_MEGABYTE = `::error::forged ${'x'.repeat(1_000_000)}\n::set-output name=result::forged`;
