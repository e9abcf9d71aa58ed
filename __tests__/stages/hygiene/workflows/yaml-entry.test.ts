import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../../src/stages/hygiene/workflows/yaml-entry.ts';

describe('parseYaml', () => {
  it('knows the line of a key, of an item and of each line of a script', () => {
    const root = parseYaml(
      '# deploy\njobs:\n\n  test:\n    steps:\n      - run: |\n          one\n\n          two\n',
    );
    const job = root?.at('jobs', 'test');
    expect(job?.line).toBe(4);
    const [step] = job?.at('steps')?.items ?? [];
    expect(step?.line).toBe(6);
    expect(step?.at('run')?.textLines).toEqual([
      { text: 'one', line: 7 },
      { text: '', line: 8 },
      { text: 'two', line: 9 },
      { text: '', line: 10 },
    ]);
  });

  it('gives scalars as they are written', () => {
    const root = parseYaml('a: true\nb: 30\nc: 1.10\nd: "x"\ne:\nf: [1]\non: push\n');
    expect(['a', 'b', 'c', 'd', 'e', 'f', 'on', 'g'].map((key) => root?.at(key)?.text)).toEqual([
      'true',
      '30',
      '1.10',
      'x',
      undefined,
      undefined,
      'push',
      undefined,
    ]);
  });

  it('follows an alias, and names the line where it stands', () => {
    const root = parseYaml('a: &steps\n  - run: x\nb: *steps\n');
    expect(root?.at('b')?.line).toBe(3);
    expect(root?.at('b')?.items.map((item) => item.at('run')?.text)).toEqual(['x']);
  });

  it.each([
    ['a list without its end', 'a: ['],
    ['a map in a map in one line', 'a: b: c'],
    ['a tab as indentation', '\tx'],
    ['50,000 lists in each other', '['.repeat(50_000)],
    ['an alias of nothing', 'a: *nowhere\nb: {'],
  ])('gives nothing for %s', (_, text) => {
    expect(parseYaml(text)).toBeUndefined();
  });
});
