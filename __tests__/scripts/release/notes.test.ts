import { describe, expect, it } from 'vitest';
import { type Commit, previousRelease, releaseNotes } from '../../../scripts/release/notes.ts';

const commit = (subject: string, ...paths: readonly string[]): Commit => ({
  sha: '0123456789abcdef0123456789abcdef01234567',
  subject,
  paths,
});

describe('releaseNotes', () => {
  it('stay within what GitHub takes, however many commits there are', () => {
    const many = (...paths: readonly string[]) =>
      Array.from({ length: 2000 }, (_, number) =>
        commit(`${paths[0]} ${number} ${'x'.repeat(80)}`, ...paths),
      );
    const fixes = many('src/a.ts').map((each) => ({ ...each, subject: `Fix: ${each.subject}` }));
    const notes = releaseNotes([...many('src/a.ts'), ...fixes, ...many('docs/a.md')], 'v1.1.0', 'v1.2.0');
    expect(notes.length).toBeLessThan(125_000);
    expect(notes).toContain('- src/a.ts 0 x');
    expect(notes.match(/^- … and \d+ more$/gm)).toHaveLength(3);
    expect(notes).toContain('All of it: `git log v1.1.0..v1.2.0`.');
  });

  it('tells what users meet first, fixes apart, and folds the rest', () => {
    const notes = releaseNotes(
      [
        commit('Stream the migration log', 'src/stages/pre-deploy/stage.ts', '__tests__/a.test.ts'),
        commit('Fix: go on where the runner has died', 'src/runner/workflow-commands.ts'),
        commit('Test the wait', '__tests__/e2e/waiting.test.ts'),
        commit('Build dist/', 'dist/index.js'),
      ],
      'v1.1.0',
      'v1.2.0',
    );
    expect(notes).toBe(`## Changes

- Stream the migration log (0123456)

## Fixes

- Go on where the runner has died (0123456)

<details><summary>Tests, docs and tools: 2</summary>

- Test the wait (0123456)
- Build dist/ (0123456)

</details>

All of it: \`git log v1.1.0..v1.2.0\`.
`);
  });

  it('lets no subject act on the page', () => {
    const notes = releaseNotes(
      [commit('Thank @everyone </details><img src=x>', 'action.yml')],
      undefined,
      'v1.0.0',
    );
    expect(notes).toBe(
      '## Changes\n\n- Thank &#64;everyone &#60;/details&#62;&#60;img src=x&#62; (0123456)\n',
    );
  });
});

describe('previousRelease', () => {
  it.each([
    [['v1', 'v1.2', 'v1.2.0', 'v1.10.0', 'v1.9.1', 'next', ''], 'v1.10.0', 'v1.9.1'],
    [['v1.10.0', 'v2.0.0'], 'v1.10.1', 'v1.10.0'],
    [['v1'], 'v1.0.0', undefined],
    [['v1.2.9', 'v1.3.0-rc.1'], 'v1.3.0-rc.2', 'v1.2.9'],
    [['v1.2.9', 'v1.3.0-rc.1'], 'v1.3.0', 'v1.2.9'],
    [['v1.2.9', 'v1.3.0'], 'v1.3.0-rc.1', 'v1.2.9'],
  ])('among %j before %s is %s', (tags, tag, wanted) => {
    expect(previousRelease(tags, tag)).toBe(wanted);
  });
});
