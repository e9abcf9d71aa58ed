import type { Config } from './config.ts';

/** Every secret that the configuration holds, for masking before anything is printed. */
export function secretsOf(config: Config): readonly string[] {
  const { keys } = config.credentials;
  const { environment } = config;
  const held = [
    keys?.secret,
    keys?.sessionToken,
    environment['AWS_SECRET_ACCESS_KEY'],
    environment['AWS_SESSION_TOKEN'],
    environment['INPUT_GITHUB-TOKEN'],
    config.slack.webhookUrl,
    ...config.secretRules.map(({ name }) => environment[name]),
    ...config.build.secrets.map((line) => line.slice(line.indexOf('=') + 1)),
    ...config.build.secretEnvs.map((line) => environment[line.slice(line.indexOf('=') + 1)]),
    passwordIn(config.proxy.http),
  ];
  return [
    ...new Set(held.filter((secret): secret is string => secret !== undefined && secret.trim() !== '')),
  ];
}

function passwordIn(url: string | undefined): string | undefined {
  const password = URL.parse(url ?? '')?.password;
  return password ? decodeURIComponent(password) : undefined;
}
