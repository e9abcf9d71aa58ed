import { createHash } from 'node:crypto';
import type { Finding } from '../../finding.ts';
import { VERSION } from '../../version.ts';
import { generalCodes } from './general-codes.ts';
import type { Group } from './groups.ts';

/** What SARIF says of a code: our rules and the codes of the check itself have it. */
type Described = Pick<Group['rules'][number], 'code' | 'summary' | 'level' | 'why' | 'how' | 'fix'>;

/** GitHub takes at most 25,000 results of a run (docs.github.com, "SARIF support for code scanning"). */
export const MOST_RESULTS = 25_000;

/** What a log is made of, besides the findings. */
export interface SarifFacts {
  readonly groups: readonly Group[];
  /** Address of docs/hygiene.md, of the version that runs; undefined where it isn't known. */
  readonly docsUrl: string | undefined;
  /** A line of a file, counted from 1: what a finding is recognized by when lines move. */
  readonly lineOf: (file: string, line: number) => string;
}

/** Findings as a SARIF 2.1.0 log (OASIS, 2020), in the parts of it that GitHub's code scanning reads. */
export function sarifLog(findings: readonly Finding[], facts: SarifFacts): object {
  const rules = [...facts.groups.flatMap((group) => group.rules), ...Object.values(generalCodes)];
  const index = new Map<string, number>(rules.map(({ code }, at) => [code, at]));
  const fingerprints = new Fingerprints(facts.lineOf);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'deploy-guard',
            semanticVersion: VERSION,
            rules: rules.map((rule) => descriptor(rule, facts.docsUrl)),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.slice(0, MOST_RESULTS).map((finding) => ({
          ruleId: finding.code,
          ruleIndex: index.get(finding.code) ?? -1,
          level: finding.level,
          message: {
            text: [finding.title, finding.detail, `To do: ${finding.fix}`].filter(Boolean).join('\n\n'),
          },
          locations: [location(finding)],
          partialFingerprints: { primaryLocationLineHash: fingerprints.of(finding) },
        })),
      },
    ],
  };
}

function descriptor({ code, summary, level, why, how, fix }: Described, docsUrl: string | undefined): object {
  const parts = [why, `**How it is found.** ${how}`, `**Fix.** ${fix}`];
  return {
    id: code,
    name: code,
    shortDescription: { text: summary },
    fullDescription: { text: why },
    ...(docsUrl === undefined ? {} : { helpUri: `${docsUrl}#${code.toLowerCase()}` }),
    help: { text: parts.join('\n\n').replaceAll(/\*\*|`/g, ''), markdown: parts.join('\n\n') },
    defaultConfiguration: { level },
    properties: { tags: ['hygiene'], precision: 'high' },
  };
}

/** GitHub shows a result only with a place: what is about the whole repository stands at its root. */
function location({ where }: Finding): object {
  const uri = (where?.file ?? '.').split('/').map(encodeURIComponent).join('/');
  const region = { startLine: where?.line ?? 1 };
  return { physicalLocation: { artifactLocation: { uri, uriBaseId: '%SRCROOT%' }, region } };
}

/** Values that stay the same when lines above move; alike places of one rule are told apart by their number. */
class Fingerprints {
  readonly #seen = new Map<string, number>();
  readonly #lineOf: SarifFacts['lineOf'];

  constructor(lineOf: SarifFacts['lineOf']) {
    this.#lineOf = lineOf;
  }

  of({ code, where }: Finding): string {
    const { file = '', line } = where ?? {};
    const text = line === undefined ? '' : this.#lineOf(file, line).trim();
    const hash = createHash('sha256').update([code, file, text].join('\0')).digest('hex').slice(0, 16);
    const number = (this.#seen.get(hash) ?? 0) + 1;
    this.#seen.set(hash, number);
    return `${hash}:${number}`;
  }
}
