// Writes the tables that the documentation takes from the source, between their markers: the README's inputs and
// outputs from action.yml, the fail-fast rules of docs/rollout.md, the rules of hygiene, the policies in docs/role/. With
// --check, changes nothing and fails where a page has other tables.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { span } from '../src/stages/report/words.ts';
import { rolloutCodes } from '../src/stages/rollout/codes.ts';
import { type FailFastRule, failFastRules } from '../src/stages/rollout/fail-fast-rules.ts';
import { errorEntries, rulesByLevel, rulesList, rulesText } from './hygiene-pages.ts';
import { withMirror } from './reusable-workflow.ts';
import { withCloudFormationPolicies, withTerraformPolicies } from './role-policy.ts';

interface Described {
  readonly description: string;
  readonly default?: string | boolean;
}

interface ActionFile {
  readonly inputs: Readonly<Record<string, Described>>;
  readonly outputs: Readonly<Record<string, Described>>;
}

/** A README with its tables brought up to date with an action.yml. Throws where a pair of markers is missing. */
export function withTables(readme: string, actionFile: string): string {
  const { inputs, outputs } = parse(actionFile) as ActionFile;
  const inputRows = Object.entries(inputs).map(([name, { description, default: value }]) => [
    `\`${name}\``,
    value === undefined || value === '' ? '' : `\`${value}\``,
    oneLine(description),
  ]);
  const outputRows = Object.entries(outputs).map(([name, { description }]) => [
    `\`${name}\``,
    oneLine(description),
  ]);
  return between(
    between(readme, 'inputs', table(['Input', 'Default', 'Meaning'], inputRows)),
    'outputs',
    table(['Output', 'Value'], outputRows),
  );
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** docs/rollout.md with its table of fail-fast rules brought up to date. Throws where the markers are missing. */
export function withRules(page: string, rules: readonly FailFastRule[] = failFastRules): string {
  const rows = rules.map((rule) => [
    `[${rule.code}](errors.md#${rule.code.toLowerCase()})`,
    rolloutCodes[rule.code],
    evidenceOf(rule),
    rule.why,
  ]);
  return between(
    page,
    'fail-fast-rules',
    table(['Code', 'Cause', 'Evidence and patience', 'Why so long'], rows),
  );
}

function evidenceOf({ evidence, patience }: FailFastRule): string {
  const { failures, rounds, ms, msWhileScalingOut } = patience;
  if (evidence === 'failed-tasks') {
    const row = rounds > 1 ? `, in ${rounds} rounds: each begun after the one before had ended` : '';
    return `${failures} failed tasks${row}`;
  }
  const longer =
    msWhileScalingOut === undefined ? '' : `; ${span(msWhileScalingOut)} with a capacity provider`;
  return ms === 0 ? 'an event of the service' : `events of the service, for ${span(ms)}${longer}`;
}

function between(text: string, marker: string, content: string): string {
  const [open, close] = [`<!-- ${marker} -->`, `<!-- /${marker} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`there is no ${open} … ${close} in the page`);
  return `${text.slice(0, from + open.length)}\n${content}\n${text.slice(to)}`;
}

/** Pages with tables of ours, by their path from the root, each with what brings it up to date. */
export function generatedPages(
  root: string,
): readonly { readonly path: string; readonly update: (page: string) => string }[] {
  const permissions = () => readFileSync(join(root, 'docs/iam.md'), 'utf8');
  return [
    { path: 'README.md', update: (page) => withTables(page, readFileSync(join(root, 'action.yml'), 'utf8')) },
    {
      path: '.github/workflows/deploy.yml',
      update: (page) => withMirror(page, readFileSync(join(root, 'action.yml'), 'utf8')),
    },
    { path: 'docs/rollout.md', update: (page) => withRules(page) },
    {
      path: 'docs/hygiene.md',
      update: (page) =>
        [
          ['rules-by-level', rulesByLevel()] as const,
          ['rules-list', rulesList()] as const,
          ['rules', rulesText()] as const,
        ].reduce((text, [name, content]) => between(text, name, content), page),
    },
    { path: 'docs/errors.md', update: (page) => between(page, 'hygiene-codes', errorEntries()) },
    { path: 'docs/role/main.tf', update: (template) => withTerraformPolicies(template, permissions()) },
    {
      path: 'docs/role/deploy-role.yml',
      update: (template) => withCloudFormationPolicies(template, permissions()),
    },
  ];
}

function run(check: boolean): void {
  const root = join(import.meta.dirname, '..');
  for (const { path, update } of generatedPages(root)) {
    const file = join(root, path);
    const before = readFileSync(file, 'utf8');
    const after = update(before);
    if (before === after) continue;
    if (check) {
      process.stderr.write(
        `The tables of ${path} are not those of the source. Run \`npm run docs\` and commit it.\n`,
      );
      process.exitCode = 1;
    } else {
      writeFileSync(file, after);
    }
  }
}

if (import.meta.main) run(process.argv.includes('--check'));
