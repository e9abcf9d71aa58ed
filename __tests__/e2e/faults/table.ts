import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callsOf, flows } from './flows.ts';
import { type Case, casesOf, columns } from './matrix.ts';
import { places } from './places.ts';

/** Where the outcomes are kept: what each case came to, by its name. */
export const OUTCOMES_FILE = join(import.meta.dirname, 'outcomes.json');

type Outcomes = Readonly<Record<string, string>>;

/** What each case is to come to. */
export function readOutcomes(): Outcomes {
  if (!existsSync(OUTCOMES_FILE)) return {};
  return JSON.parse(readFileSync(OUTCOMES_FILE, 'utf8')) as Outcomes;
}

/** Every case, after a run without faults of each flow for the calls that it makes. */
export async function allCases(): Promise<readonly Case[]> {
  const calls = await Promise.all(flows.map(callsOf));
  return [...calls.flat().flatMap(casesOf), ...(await places())];
}

const HEADINGS: Readonly<Record<string, string>> = {
  deploy: 'A deploy with migrations and a GitHub environment',
  pin: '`rollout: pin`',
  undo: 'A crash loop with `on-failure: rollback`',
  rollback: '`mode: rollback`',
  secrets: 'A deploy of a task that needs secrets, with a health URL',
  places: 'Out of reach',
  engine: 'The container engine',
};

/** The outcomes as Markdown tables, one a heading: calls down, faults across. */
export function renderTables(outcomes: Outcomes): string {
  const entries = Object.entries(outcomes).map(([name, said]) => {
    const [group = '', row = '', column = ''] = name.split(' | ');
    return { group, row, column, said };
  });
  return Object.entries(HEADINGS)
    .map(([group, heading]) => {
      const own = entries.filter((entry) => entry.group === group);
      const known = columns.map(({ name }) => name);
      const across = unique(own.map(({ column }) => column)).toSorted(
        (one, other) => known.indexOf(one) - known.indexOf(other),
      );
      const lines = unique(own.map(({ row }) => row)).map((row) => {
        const cells = across.map((column) => {
          const said = own.find((entry) => entry.row === row && entry.column === column)?.said;
          return said === undefined ? '' : cell(said);
        });
        return `| ${[row, ...cells].join(' | ')} |`;
      });
      const head = `| | ${across.join(' | ')} |\n|${' --- |'.repeat(across.length + 1)}`;
      return `### ${heading}\n\n${head}\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

function cell(said: string): string {
  return /^DG\d+$/.test(said) ? `[${said}](errors.md#${said.toLowerCase()})` : said;
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

const BEGIN = '<!-- tables: npm run reliability -->';
const END = '<!-- end of the tables -->';

/** The page with the tables of these outcomes in place of its own. Throws an Error where it has no place for them. */
export function withTables(page: string, outcomes: Outcomes): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('the page has no place for the tables');
  return `${before}${BEGIN}\n\n${renderTables(outcomes)}\n${END}${after}`;
}
