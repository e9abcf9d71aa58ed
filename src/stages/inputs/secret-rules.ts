import type { Finding } from '../../finding.ts';
import { repeated, splitLines } from './lists.ts';

/** What `required-secrets` asks of one environment variable. */
export interface SecretRule {
  readonly name: string;
  /** Least length in characters; 1 where no rule names one. */
  readonly min: number;
  readonly strong: boolean;
  readonly unique: boolean;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const SHAPE = 'Write one secret a line: NAME, then any of `min=N`, `strong`, `unique`.';

/** The rules that `required-secrets` spells, with a finding for each line that says something else. */
export function parseSecretRules(text: string): {
  rules: readonly SecretRule[];
  findings: readonly Finding[];
} {
  const rules: SecretRule[] = [];
  const findings: Finding[] = [];
  for (const [line, number] of numberedLines(text)) {
    const parsed = parseLine(line, number);
    if ('problem' in parsed) findings.push(unreadable(parsed.problem));
    else rules.push(parsed.rule);
  }
  for (const name of repeated(rules.map((rule) => rule.name))) {
    findings.push(unreadable(`${name} is listed twice`));
  }
  // What is wrong with such a secret is told once.
  const first = new Map(rules.toReversed().map((rule) => [rule.name, rule]));
  return { rules: rules.filter((rule) => first.get(rule.name) === rule), findings };
}

/** The lines that say something, with their numbers. */
function numberedLines(text: string): readonly (readonly [string, number])[] {
  return text.split('\n').flatMap((raw, at) => splitLines(raw).map((line) => [line, at + 1] as const));
}

function parseLine(line: string, number: number): { rule: SecretRule } | { problem: string } {
  const [name = '', ...words] = line.split(/\s+/);
  // A value pasted here by mistake must not be printed: only what looks like a name is repeated.
  if (!NAME.test(name))
    return { problem: `its line ${number} does not start with the name of an environment variable` };
  let rule: SecretRule = { name, min: 1, strong: false, unique: false };
  for (const word of words) {
    const min = /^min=([1-9]\d{0,3})$/.exec(word)?.[1];
    if (min !== undefined) rule = { ...rule, min: Number(min) };
    else if (word === 'strong') rule = { ...rule, strong: true };
    else if (word === 'unique') rule = { ...rule, unique: true };
    else return { problem: `${name} has a rule that is none of \`min=N\`, \`strong\`, \`unique\`` };
  }
  return { rule };
}

function unreadable(problem: string): Finding {
  return {
    code: 'DG111',
    level: 'error',
    title: `Input \`required-secrets\` can't be read: ${problem}.`,
    fix: SHAPE,
  };
}
