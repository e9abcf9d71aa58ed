import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import draft04 from 'ajv-draft-04';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/finding.ts';
import { groups } from '../../../src/stages/hygiene/groups.ts';
import { sarifLog } from '../../../src/stages/hygiene/sarif.ts';

/** OASIS, sarif-spec, sarif-2.1/schema: the schema of the standard, as published. */
const schema: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, 'sarif-schema-2.1.0.json'), 'utf8'),
);

/** What the schema says is wrong with a log. */
function problemsOf(log: object): readonly string[] {
  const ajv = new draft04.default({ strict: false, allErrors: true });
  formats.default(ajv);
  const validate = ajv.compile(schema as object);
  validate(JSON.parse(JSON.stringify(log)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

interface Log {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly Readonly<Record<string, unknown>>[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string };
          readonly region: { readonly startLine: number };
        };
      }[];
      readonly partialFingerprints: Readonly<Record<string, string>>;
    }[];
  }[];
}

const finding = (change: Partial<Finding>): Finding => ({
  code: 'DG025',
  level: 'error',
  title: 'A file is tracked.',
  fix: 'Take it out.',
  ...change,
});

const logOf = (findings: readonly Finding[], lineOf = (_: string, line: number) => `line ${line}`) =>
  sarifLog(findings, {
    groups,
    docsUrl: 'https://github.com/acme/deploy-guard/blob/v1/docs/hygiene.md',
    lineOf,
  }) as unknown as Log;

const fingerprints = (log: Log) =>
  log.runs.flatMap(({ results }) =>
    results.map((result) => result.partialFingerprints['primaryLocationLineHash']),
  );

describe('a SARIF log', () => {
  it('is what the standard says, with findings of every kind and without any', () => {
    const findings = [
      finding({ where: { file: 'infra/a b(1)#ü.tfvars', line: 3 } }),
      finding({ where: { file: 'Dockerfile' }, level: 'warning', detail: 'More\nlines' }),
      finding({ code: 'DG099', level: 'note' }),
    ];
    expect(problemsOf(logOf(findings))).toEqual([]);
    expect(problemsOf(logOf([]))).toEqual([]);
    expect(problemsOf(sarifLog([], { groups, docsUrl: undefined, lineOf: () => '' }))).toEqual([]);
  });

  it('would be refused if it were not', () => {
    expect(problemsOf({ ...logOf([]), version: '1.0.0' })).not.toEqual([]);
    expect(problemsOf(logOf([{ ...finding({}), level: 'fatal' as 'error' }]))).not.toEqual([]);
  });

  it('names each rule once, with its help and its page, and results by their rules', () => {
    const [run] = logOf([finding({}), finding({ code: 'DG001' })]).runs;
    const rules = run?.tool.driver.rules ?? [];
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    expect(rules.length).toBeGreaterThan(15);
    for (const { ruleId, ruleIndex } of run?.results ?? []) expect(rules[ruleIndex]?.['id']).toBe(ruleId);
    expect(rules.find(({ id }) => id === 'DG025')).toMatchObject({
      helpUri: 'https://github.com/acme/deploy-guard/blob/v1/docs/hygiene.md#dg025',
      defaultConfiguration: { level: 'note' },
    });
  });

  it('has paths from the root, escaped, and a line for what is about a whole file', () => {
    const log = logOf([
      finding({ where: { file: 'infra/a b#ü.tf', line: 3 } }),
      finding({ where: { file: 'x' } }),
    ]);
    const places = log.runs[0]?.results.map(({ locations: [place] }) => [
      place?.physicalLocation.artifactLocation.uri,
      place?.physicalLocation.region.startLine,
    ]);
    expect(places).toEqual([
      ['infra/a%20b%23%C3%BC.tf', 3],
      ['x', 1],
    ]);
  });

  it('recognizes a finding by its line when lines above it move, and tells alike ones apart', () => {
    const at = (line: number) => finding({ where: { file: 'a', line } });
    const text = (lines: readonly string[]) => (_: string, line: number) => lines[line - 1] ?? '';
    const before = fingerprints(logOf([at(1), at(2)], text(['x = 1', 'x = 1'])));
    const after = fingerprints(logOf([at(2), at(3)], text(['# new', '  x = 1', 'x = 1'])));
    expect(after).toEqual(before);
    expect(new Set(before).size).toBe(2);
    expect(fingerprints(logOf([at(1)], text(['x = 2'])))).not.toEqual(before.slice(0, 1));
  });
});
