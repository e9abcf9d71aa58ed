import type { Config } from './config.ts';

/** Tokens that a job's environment has for this action, or for what it starts. */
const TOKENS = [
  'INPUT_GITHUB-TOKEN',
  'GITHUB_TOKEN',
  'GH_TOKEN',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  'ACTIONS_RUNTIME_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
] as const;

/** Every secret that the configuration holds, for masking before anything is printed. */
export function secretsOf(config: Config): readonly string[] {
  const { keys } = config.credentials;
  const { environment } = config;
  const held = [
    keys?.secret,
    keys?.sessionToken,
    environment['AWS_SECRET_ACCESS_KEY'],
    environment['AWS_SESSION_TOKEN'],
    ...TOKENS.map((name) => environment[name]),
    config.slack.webhookUrl,
    pathOf(config.slack.webhookUrl),
    ...config.secretRules.map(({ name }) => environment[name]),
    ...config.build.secrets.map((line) => line.slice(line.indexOf('=') + 1)),
    ...config.build.secretEnvs.map((line) => environment[line.slice(line.indexOf('=') + 1)]),
    ...passwordsIn(config.proxy.http),
    ...config.healthChecks.targets.flatMap(({ url }) => passwordsIn(url)),
  ];
  return [
    ...new Set(held.filter((secret): secret is string => secret !== undefined && secret.trim() !== '')),
  ];
}

/** A shorter path of a webhook (`/services`) is a word that the log has elsewhere too, and no secret. In characters. */
const SHORTEST_PATH = 12;

/** What makes a webhook's URL a secret: a proxy that refuses it may name it without its host. */
function pathOf(url: string | undefined): string | undefined {
  const path = URL.parse(url ?? '')?.pathname ?? '';
  return path.length < SHORTEST_PATH ? undefined : path;
}

/** The password in a URL, as it stands there and as it is meant. */
function passwordsIn(url: string | undefined): readonly string[] {
  const password = URL.parse(url ?? '')?.password ?? '';
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    // A sign `%` that begins no escape: it is meant as it stands.
    return [password];
  }
}
