import type { AwsProblem } from '../../aws/refusal.ts';
import type { Finding } from '../../finding.ts';
import type { RunContext } from '../../github/run-context.ts';
import { oneLine } from '../../runner/text.ts';
import type { Config } from '../inputs/config.ts';

/** Variables that name a source of credentials (AWS SDKs reference guide, "Environment variables support"). */
const SOURCES = [
  ['AWS_PROFILE', 'the profile'],
  ['AWS_WEB_IDENTITY_TOKEN_FILE', 'the web identity token in'],
  ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'the container credentials at'],
  ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'the container credentials at'],
] as const;

/** Why there are no credentials: the source that the environment names gave none, or nothing names one. */
export function noCredentials(problem: AwsProblem, config: Config, run: RunContext): Finding {
  const named = namedSource(config);
  if (named) return sourceGaveNone(named, problem);
  if (config.credentials.chaining && config.credentials.role) return nothingToChain(config.credentials.role);
  const none = run.withoutSecrets
    ? ` Runs ${run.withoutSecrets === 'fork' ? 'of pull requests from forks' : 'started by Dependabot'} get no secrets: this is one.`
    : ' If the inputs name secrets, those are probably not set in this repository.';
  return {
    code: 'DG201',
    level: 'error',
    title: `There are no AWS credentials: \`role-to-assume\` and the access-key inputs are empty, and the environment has none.${none}`,
    fix: 'Set `role-to-assume` (with `permissions: id-token: write`), or `aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}` and `aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}`, with both secrets under Settings › Secrets and variables › Actions.',
  };
}

/** A source of credentials that the environment names, and where it leads. */
export interface NamedSource {
  /** The variable. */
  readonly name: string;
  readonly what: string;
  /** Safe to print. */
  readonly value: string;
}

/** The source of credentials that the environment names, if it names one. */
export function namedSource({ environment }: Pick<Config, 'environment'>): NamedSource | undefined {
  const named = SOURCES.find(([name]) => environment[name]);
  return named && { name: named[0], what: named[1], value: oneLine(environment[named[0]] ?? '', 120) };
}

/** The source that the environment names gave no credentials. */
export function sourceGaveNone({ name, what, value }: NamedSource, problem: AwsProblem): Finding {
  const isDenied = problem.kind === 'access-denied';
  return {
    code: 'DG218',
    level: 'error',
    title: `${name} leads to ${what} ${value}, and ${isDenied ? `AWS refuses the credentials of its role (${problem.action ?? problem.name} is denied)` : 'there are no credentials'}.`,
    detail: `${isDenied ? 'AWS' : 'The SDK'} said: ${problem.message}`,
    fix: `Correct ${name} or what it points to, or unset it and use \`role-to-assume\`. See it yourself: \`aws sts get-caller-identity\`.`,
  };
}

function nothingToChain(role: string): Finding {
  return {
    code: 'DG201',
    level: 'error',
    title: `\`role-chaining: true\` assumes ${role} with the environment's credentials, and the environment has none.`,
    fix: 'Put the step that gets them (aws-actions/configure-aws-credentials) before this one, or leave `role-chaining` out to assume the role by OIDC.',
  };
}
