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
    ...config.healthChecks.targets.flatMap(({ url }) => [...passwordsIn(url), ...tokensIn(url)]),
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
  return asItIsMeant(URL.parse(url ?? '')?.password ?? '');
}

/** Less is a word or a number, such as `code=200`, that the log has elsewhere too. In characters. */
const SHORTEST_TOKEN = 8;
/** Parameters by which a URL carries what lets in whoever knows it, such as `access_token` or Azure's `code`. */
const TELLING = /token|key|secret|pass|auth|credential|sig|^code$/i;

/** The tokens in a URL's query, as they stand there and as they are meant. */
function tokensIn(url: string): readonly string[] {
  const query = URL.parse(url)?.search.slice(1) ?? '';
  return query.split('&').flatMap((pair) => {
    const at = pair.indexOf('=');
    const value = pair.slice(at + 1);
    const tells = value.length >= SHORTEST_TOKEN && TELLING.test(pair.slice(0, Math.max(at, 0)));
    return tells ? asItIsMeant(value) : [];
  });
}

/** A part of a URL, as it stands there and without its escapes. */
function asItIsMeant(part: string): readonly string[] {
  try {
    return [part, decodeURIComponent(part)];
  } catch {
    // A sign `%` that begins no escape: it is meant as it stands.
    return [part];
  }
}
