// What docs/hygiene.md and docs/errors.md say of each rule of hygiene, made of the rules themselves.
import { type GeneralCode, generalCodes } from '../src/stages/hygiene/general-codes.ts';
import { type Group, groups, type RuleText } from '../src/stages/hygiene/groups.ts';
import type { Example } from '../src/stages/hygiene/rule.ts';
import { withoutAwsKeys } from '../src/stages/hygiene/tracked-files/aws-keys.ts';
import { withoutPrivateKeys } from '../src/stages/hygiene/tracked-files/private-keys.ts';
import { withoutTokens } from '../src/stages/hygiene/tracked-files/tokens.ts';

const LANGUAGES: Readonly<Record<string, string>> = {
  yml: 'yaml',
  yaml: 'yaml',
  tf: 'terraform',
  tfvars: 'terraform',
  json: 'json',
  ts: 'ts',
  py: 'python',
};

const LEVELS = {
  error: 'An error: with `hygiene: fail` it stops the run.',
  warning: 'A warning: with `hygiene: fail` it stops the run.',
  note: 'A note: it never stops a run.',
} as const;

/** Where a place may be worse than the rule's own level says. */
const AT_WORST = {
  error: 'A note, or where so told below a warning or an error: with `hygiene: fail` these stop the run.',
  warning: 'A note, or where so told below a warning: with `hygiene: fail` that stops the run.',
} as const;

/** The rules of every group, each with its reason, its fix and its examples, for docs/hygiene.md. */
export function rulesText(all: readonly Group[] = groups): string {
  const sections = all.map(({ name, rules }) => [`## ${name}`, ...rules.map(ruleText)].join('\n\n'));
  const own = ['## The check itself', ...Object.values(generalCodes).map(generalText)].join('\n\n');
  return `\n${[...sections, own].join('\n\n')}\n`;
}

/** A list of all rules, a line each, for the top of docs/hygiene.md. */
export function rulesList(all: readonly Group[] = groups): string {
  return all
    .flatMap(({ name, rules }) => [
      `- **${name}:** ${rules.map(({ code, summary }) => `[${code}](#${code.toLowerCase()}) ${summary}`).join(' · ')}`,
    ])
    .join('\n');
}

/** The codes by what they do with `hygiene: fail`, a line each. */
export function rulesByLevel(all: readonly Group[] = groups): string {
  const rules: readonly (GeneralCode & Pick<RuleText, 'worst'>)[] = [
    ...all.flatMap((group) => group.rules),
    ...Object.values(generalCodes),
  ];
  const codes = (wanted: (rule: (typeof rules)[number]) => boolean) =>
    rules
      .filter(wanted)
      .map(({ code }) => `[${code}](#${code.toLowerCase()})`)
      .join(', ');
  return [
    `- **Errors:** ${codes(({ level }) => level === 'error')}.`,
    `- **Warnings:** ${codes(({ level }) => level === 'warning')}.`,
    `- **Notes that are more at some places:** ${codes(({ worst }) => worst !== undefined)}.`,
    `- **Notes, which stop nothing:** ${codes(({ level, worst }) => level === 'note' && worst === undefined)}.`,
  ].join('\n');
}

function ruleText(rule: RuleText): string {
  const { fails, passes } = rule.examples;
  return [
    ...opening(rule),
    `**How it is found.** ${rule.how}`,
    `**Fix.** ${rule.fix}`,
    `**Ignore.** \`hygiene-ignore: ${rule.code}\`, or at the place \`# deploy-guard ignore=${rule.code} why it is so\`.`,
    ...(rule.source === undefined ? [] : [`**Source.** <${rule.source}>`]),
    folded('Examples', [
      `Reported (${fails[0].name}), at ${fails[0].at.map((at) => `\`${at}\``).join(', ')}:`,
      exampleText(fails[0]),
      `In order (${passes[0].name}):`,
      exampleText(passes[0]),
    ]),
  ].join('\n\n');
}

function generalText(general: GeneralCode): string {
  return [...opening(general), `**How it is found.** ${general.how}`, `**Fix.** ${general.fix}`].join('\n\n');
}

function opening({
  code,
  summary,
  level,
  worst,
  why,
}: GeneralCode & Pick<RuleText, 'worst'>): readonly string[] {
  return [`### ${code}`, `**${summary}.** ${worst ? AT_WORST[worst] : LEVELS[level]}`, why];
}

function folded(title: string, parts: readonly string[]): string {
  return [`<details><summary>${title}</summary>`, ...parts, '</details>'].join('\n\n');
}

function exampleText({ files, untracked = {}, facts, containers, builder }: Example): string {
  const knows = { ...facts, ...(containers ? { containers } : {}), ...(builder ? { builder } : {}) };
  const tracked = Object.entries(files).map(([path, text]) => fileText(path, text, ''));
  const others = Object.entries(untracked).map(([path, text]) => fileText(path, text, ' (not tracked)'));
  const known =
    Object.keys(knows).length === 0
      ? []
      : [`The run knows: \`${JSON.stringify(knows).replaceAll('`', "'")}\``];
  return [...tracked, ...others, ...known].join('\n\n');
}

/** Longer ones are there for the test. In characters. */
const MOST_SHOWN = 2_500;

function fileText(path: string, whole: string, addition: string): string {
  // Keys and tokens of the examples are made up, and a scanner of this repository can't know that.
  const text = withoutPrivateKeys(withoutTokens(withoutAwsKeys(whole)));
  if (text.trim() === '') return `\`${path}\`${addition}, empty`;
  if (text.includes('\0')) return `\`${path}\`${addition}, no text`;
  const language =
    LANGUAGES[/\.(\w+)$/.exec(path)?.[1] ?? ''] ?? (/Dockerfile/.test(path) ? 'dockerfile' : 'text');
  const shown = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}\n…` : text;
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `\`${path}\`${addition}\n\n${fence}${language}\n${shown.trimEnd()}\n${fence}`;
}

/** An entry for each code of hygiene, in the three parts of docs/errors.md. */
export function errorEntries(all: readonly Group[] = groups): string {
  const codes: readonly GeneralCode[] = [
    ...all.flatMap(({ rules }) => rules),
    ...Object.values(generalCodes),
  ];
  return `\n${codes.map(errorEntry).join('\n\n')}\n`;
}

function errorEntry({ code, summary, why, fix, see }: GeneralCode): string {
  return [
    `### ${code}`,
    `**${summary}.**`,
    `**What it means.** ${why}`,
    '**See it yourself.**',
    `\`\`\`sh\n${see}\n\`\`\``,
    `**Fix.** ${fix}`,
    `How it is found, how to ignore it, examples: [hygiene.md](hygiene.md#${code.toLowerCase()}).`,
  ].join('\n\n');
}
