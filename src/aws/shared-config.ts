import { loadSharedConfigFiles } from '@smithy/core/config';
import { isSafeEndpoint } from './client.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The services that a run asks, as an `AWS_ENDPOINT_URL_…` variable ends and as a `services` section names them. */
export type EndpointKey = 'STS' | 'ECR' | 'ECS' | 'CLOUDWATCH_LOGS' | 'SSM' | 'SECRETS_MANAGER' | 'IAM';

const KEYS: readonly EndpointKey[] = [
  'STS',
  'ECR',
  'ECS',
  'CLOUDWATCH_LOGS',
  'SSM',
  'SECRETS_MANAGER',
  'IAM',
];

/** An `endpoint_url` of the SDK's shared files would carry credentials in the clear to another machine. */
export class ClearTextEndpoint extends Error {
  constructor(profile: string) {
    super(`\`endpoint_url\` of the profile ${profile} in the shared AWS configuration`);
    this.name = 'ClearTextEndpoint';
  }
}

/**
 * The addresses that `~/.aws/config` names for the services of a run, where no variable goes before it (AWS SDKs
 * reference guide, "Service-specific endpoints"). Read by the SDK's own loader, which has the files already. Throws
 * ClearTextEndpoint where one is neither https nor this machine's.
 */
export async function sharedEndpoints(environment: Environment): Promise<ReadonlyMap<EndpointKey, string>> {
  if (environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.toLowerCase() === 'true') return new Map();
  const name = environment['AWS_PROFILE'] || 'default';
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const profile = { ...credentialsFile[name], ...configFile[name] };
  if (profile['ignore_configured_endpoint_urls']?.toLowerCase() === 'true') return new Map();
  const section = profile['services'] ? configFile[`services.${profile['services']}`] : undefined;
  const found = KEYS.flatMap((key) => {
    if (environment[`AWS_ENDPOINT_URL_${key}`] || environment['AWS_ENDPOINT_URL']) return [];
    const url = section?.[`${key.toLowerCase()}.endpoint_url`] || profile['endpoint_url'];
    return url ? [[key, url] as const] : [];
  });
  if (found.some(([, url]) => !isSafeEndpoint(url))) throw new ClearTextEndpoint(name);
  return new Map(found);
}
