import type { Finding } from '../../../finding.ts';
import type { RunContext } from '../../../github/run-context.ts';
import type { SecretRule } from '../../inputs/secret-rules.ts';
import type { Check } from '../check.ts';
import { nearName } from '../near-name.ts';
import { isRepetitive, MIN_STRONG, placeholderIn, weaknessOf } from '../secret-quality.ts';
import { at, placeOfSecret } from '../workflow-file.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Events whose runs may be without secrets, where it isn't known better. */
const MAYBE_WITHOUT = new Set(['pull_request', 'pull_request_review', 'pull_request_review_comment']);

/** `required-secrets`: each is set, is what it should be, and differs from the others where it must. */
export const checkSecrets: Check = async ({ config, run, lookups }) => {
  const { secretRules, environment } = config;
  if (secretRules.length === 0) {
    return { subject: 'secrets', passed: 'none required', findings: [] };
  }
  const others = otherNames(secretRules, environment);
  const found = secretRules.map((rule) => ({ rule, finding: findingFor(rule, others, environment) }));
  const repeated = repeatedSecrets(secretRules, environment);
  const faulty = new Set(
    found.filter(({ finding }) => finding?.level === 'error').map(({ rule }) => rule.name),
  );
  const workflow = await lookups.files.workflowFile();
  const file = workflow.ok ? workflow.value : undefined;
  const findings = [
    ...found.flatMap(({ rule, finding }) => (finding ? at(finding, placeOfSecret(file, rule.name)) : [])),
    ...repeated,
  ];
  const allMissing = secretRules.every(({ name }) => !environment[name]);
  const hint = allMissing ? noSecretsHere(run) : [];
  const good = secretRules.filter(({ name }) => !faulty.has(name));
  return {
    subject: 'secrets',
    passed:
      good.length > 0 && repeated.length === 0
        ? `${good.length} of ${secretRules.length} set: ${good.map(praise).join(', ')}`
        : undefined,
    findings: [...findings, ...hint],
  };
};

function praise({ name, min, strong, unique }: SecretRule): string {
  const words = [min > 1 && 'long enough', strong && 'strong', unique && 'unique'].filter(
    (word) => word !== false,
  );
  return words.length > 0 ? `${name} (${words.join(', ')})` : name;
}

/** Quotes as they are typed, and as a word processor or a chat makes them. */
const QUOTED = /^(?:(["'`]).*\1|[“”„].*[“”]|[‘’‚].*[‘’]|«.*»)$/s;

/** What is wrong with one secret, the first thing that is to be mended; undefined where nothing is. */
function findingFor(
  rule: SecretRule,
  others: readonly string[],
  environment: Environment,
): Finding | undefined {
  const { name } = rule;
  const value = environment[name];
  const make = `Make one: \`openssl rand -base64 48\`.`;
  if (value === undefined || value === '') return notSet(name, others);
  if (value.trim() === '') {
    return {
      code: 'DG113',
      level: 'error',
      title: `Secret ${name} is blank: it has nothing but white space.`,
      fix: setIt(name),
    };
  }
  if (value !== value.trim()) {
    return {
      code: 'DG114',
      level: 'error',
      title: `Secret ${name} starts or ends with white space or a line break, which is part of its value.`,
      fix: `Set it again without: \`printf %s 'the value' | gh secret set ${name}\`.`,
    };
  }
  if (value.startsWith(`${name}=`)) {
    return {
      code: 'DG114',
      level: 'error',
      title: `Secret ${name} starts with \`${name}=\`, as a line of a .env file does: that is part of its value.`,
      fix: `Set it again without: \`printf %s 'the value' | gh secret set ${name}\`.`,
    };
  }
  if (QUOTED.test(value)) {
    return {
      code: 'DG114',
      level: 'error',
      title: `Secret ${name} stands in quotes, which are part of its value.`,
      fix: `Set it again without the quotes: \`printf %s 'the value' | gh secret set ${name}\`.`,
    };
  }
  const placeholder = placeholderIn(name, value);
  if (placeholder) {
    return {
      code: 'DG115',
      level: 'error',
      title: `Secret ${name} is a placeholder: ${placeholder}.`,
      fix: `${setIt(name)} ${make}`,
    };
  }
  if ([...value].length < rule.min) {
    return {
      code: 'DG116',
      level: 'error',
      title: `Secret ${name} is shorter than the ${rule.min} characters that \`required-secrets\` asks for.`,
      fix: make,
    };
  }
  if (!rule.strong) return undefined;
  const weakness = weaknessOf(value);
  if (weakness === undefined && isRepetitive(value)) {
    return {
      code: 'DG117',
      level: 'warning',
      title: `Secret ${name} has what \`strong\` asks for, but repeats the same few characters, and is easily guessed.`,
      fix: make,
    };
  }
  if (weakness === undefined) return undefined;
  return {
    code: 'DG117',
    level: 'error',
    title: `Secret ${name} is not strong: ${weakness}.`,
    fix: `\`strong\` asks for at least ${MIN_STRONG} characters of three of the four classes, and no common password. ${make}`,
  };
}

/** Variables that a secret may be meant by. What is asked for by its own name is not meant for another. */
function otherNames(rules: readonly SecretRule[], environment: Environment): readonly string[] {
  const listed = new Set(rules.map((rule) => rule.name));
  return Object.keys(environment).filter(
    (other) => environment[other] && !listed.has(other) && !/^(INPUT|GITHUB|RUNNER|ACTIONS)_/.test(other),
  );
}

function notSet(name: string, others: readonly string[]): Finding {
  const near = nearName(name, others);
  return {
    code: 'DG112',
    level: 'error',
    title: `Secret ${name} is not set.${near ? ` ${near} is: is that the one?` : ''}`,
    fix: setIt(name),
  };
}

function setIt(name: string): string {
  return `In the workflow: \`env: ${name}: \${{ secrets.${name} }}\`; in the repository: Settings › Secrets and variables › Actions.`;
}

/** Runs that get no secrets, told apart from secrets that were forgotten. */
function noSecretsHere({ event, withoutSecrets }: RunContext): readonly Finding[] {
  if (withoutSecrets === undefined && !MAYBE_WITHOUT.has(event)) return [];
  const why = {
    fork: 'This run is of a pull request from a fork, and GitHub gives those no secrets.',
    dependabot: "This run was started by Dependabot, and GitHub gives those Dependabot's own secrets alone.",
    unknown: `Runs of \`${event}\` from a fork or by Dependabot get no secrets, even where the repository has them.`,
  }[withoutSecrets ?? 'unknown'];
  const fix = {
    fork: 'Skip the step there: `if: github.event.pull_request.head.repo.full_name == github.repository`.',
    dependabot:
      "Skip the step there: `if: github.actor != 'dependabot[bot]'`, or set the secrets under Settings › Secrets and variables › Dependabot.",
    unknown:
      'If this is such a run, skip the step there: `if: github.event.pull_request.head.repo.full_name == github.repository`. Dependabot has secrets of its own under Settings › Secrets and variables › Dependabot.',
  }[withoutSecrets ?? 'unknown'];
  return [{ code: 'DG119', level: 'note', title: `None of the required secrets is set. ${why}`, fix }];
}

/** One finding for each value that several listed secrets have, where one of them is to be `unique`. */
function repeatedSecrets(rules: readonly SecretRule[], environment: Environment): readonly Finding[] {
  const byValue = Map.groupBy(rules, ({ name }) => environment[name] || undefined);
  return [...byValue].flatMap(([value, same]) => {
    if (value === undefined) return [];
    const [first, ...others] = same.toSorted((a, b) => Number(b.unique) - Number(a.unique));
    if (!first?.unique || others.length === 0) return [];
    const unique = same.filter((rule) => rule.unique).length > 1 ? 'each is' : `${first.name} is`;
    return [
      {
        code: 'DG118' as const,
        level: 'error' as const,
        title: `Secret ${first.name} has the same value as ${others.map(({ name }) => name).join(' and ')}, but ${unique} to be unique.`,
        fix: `Give ${first.name} a value of its own: \`openssl rand -base64 48\`.`,
      },
    ];
  });
}
