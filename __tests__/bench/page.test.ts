import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withResult } from '../../bench/page.ts';

const root = join(import.meta.dirname, '..', '..');
const page = 'Before\n\n<!-- bench: start -->\nold\n<!-- /bench: start -->\n\nafter\n';

describe('withResult', () => {
  it('puts a result between the markers of its benchmark, and leaves all else', () => {
    const written = withResult(page, 'start', '| new |');
    expect(written).toMatch(/^Before\n\n<!-- bench: start -->\nOn a machine with \d+ cores/);
    expect(written).toMatch(/\n\n\| new \|\n<!-- \/bench: start -->\n\nafter\n$/);
    expect(written).not.toContain('old');
  });

  it('takes the place of an earlier result', () => {
    expect(withResult(withResult(page, 'start', 'a'), 'start', 'b')).toBe(withResult(page, 'start', 'b'));
  });

  it('throws where the page has no such benchmark', () => {
    expect(() => withResult(page, 'deploy', '')).toThrow('<!-- bench: deploy -->');
  });
});

describe('docs/benchmarks.md', () => {
  it('has a place for each benchmark that there is', () => {
    const runner = readFileSync(join(root, 'bench', 'run.ts'), 'utf8');
    const names = [
      ...(/const benchmarks = \{([\s\S]*?)\n\}/.exec(runner)?.[1] ?? '').matchAll(/^ {2}(\w+):/gm),
    ];
    expect(names.length).toBeGreaterThan(3);
    const text = readFileSync(join(root, 'docs', 'benchmarks.md'), 'utf8');
    for (const [, name = ''] of names) expect(() => withResult(text, name, ''), name).not.toThrow();
  });
});
