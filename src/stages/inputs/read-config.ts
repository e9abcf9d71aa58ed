import { clearTextEndpoints } from '../../aws/client.ts';
import type { Finding } from '../../finding.ts';
import { parseHealthTargets } from '../verify/health-target.ts';
import { accessKeyFindings } from './access-key-pair.ts';
import { buildArgFindings, filledBuildArgs } from './build-args.ts';
import type { BuildSettings, Config, CredentialSettings, EngineName, ImageSettings } from './config.ts';
import { digestAsTag } from './image-tag.ts';
import { invalidInput, missingInputs } from './input-findings.ts';
import { REGION, regionFindings, regionOf } from './region.ts';
import { type InputName, type InputValues, parseInputs, withScheme } from './schema.ts';
import { parseSecretRules, type SecretRule } from './secret-rules.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The run's configuration from the runner's environment (`INPUT_*` variables: upper case, spaces become `_`),
 * and a finding for every input that is missing or not valid, which then has its default.
 */
export function readConfig(given: Environment): { config: Config; findings: readonly Finding[] } {
  // Without a prototype: a secret named `constructor` or `toString` is not set unless it is.
  const environment: Environment = Object.assign(Object.create(null), given);
  const { values, invalid } = parseInputs((name) => environment[`INPUT_${name.toUpperCase()}`] ?? '');
  const secrets = parseSecretRules(values['required-secrets']);
  const findings = [
    ...invalid.map(({ name, must, text }) => invalidInput(name, must, text)),
    ...missingInputs(values, new Set(invalid.map(({ name }) => name))),
    ...regionFindings(values, environment),
    ...accessKeyFindings(values, environment),
    ...secrets.findings,
    ...buildArgFindings(values['build-args'], environment),
    ...parseHealthTargets(values['health-check-urls']).findings,
    ...digestAsTag(values.mode, values['image-tag']),
  ];
  const names = new Set(invalid.map(({ name }) => name));
  return { config: Object.freeze(toConfig(values, secrets.rules, names, environment)), findings };
}

const ENGINES: readonly EngineName[] = ['docker', 'podman', 'buildah', 'nerdctl'];

function toConfig(
  values: InputValues,
  secretRules: readonly SecretRule[],
  invalidInputs: ReadonlySet<InputName>,
  environment: Environment,
): Config {
  const region = regionOf(values, environment);
  return {
    mode: values.mode,
    region,
    awsObstacle: awsObstacle(values, region, invalidInputs, environment),
    invalidInputs,
    credentials: credentialSettings(values, environment),
    proxy: proxySettings(values, environment),
    allowedAccountIds: values['allowed-account-ids'],
    secretRules,
    environment,
    image: imageSettings(values),
    build: buildSettings(values, environment),
    engine: ENGINES.find((name) => name === values.engine),
    ecs: {
      cluster: values.cluster,
      services: values.service,
      containerName: values['container-name'],
      rollout: values.rollout,
      taskDefinition: values['task-definition'],
      preDeployCommand: values['pre-deploy-command'],
      waitMinutes: values['wait-for-minutes'],
      failFast: values['fail-fast'],
      onFailure: values['on-failure'],
    },
    healthChecks: {
      targets: parseHealthTargets(values['health-check-urls']).targets,
      timeoutMs: values['health-check-timeout-seconds'] * 1000,
    },
    environmentName: values.environment,
    environmentUrl: values['environment-url'],
    jobId: /^\d{1,20}$/.test(values['job-id'] ?? '') ? values['job-id'] : undefined,
    hygiene: {
      level: values.hygiene,
      ignore: values['hygiene-ignore'],
      sarifFile: values['sarif-file'],
    },
    slack: {
      webhookUrl: firstSet(values['slack-webhook-url'], environment['SLACK_WEBHOOK_URL']),
      notify: values['slack-notify'],
    },
  };
}

/** Inputs without which it isn't clear whom to ask, or as whom: another identity or region is never tried instead. */
const WHO_AND_WHERE = [
  'aws-region',
  'role-to-assume',
  'role-chaining',
  'http-proxy',
] as const satisfies readonly InputName[];

function awsObstacle(
  values: InputValues,
  region: string | undefined,
  invalid: ReadonlySet<InputName>,
  environment: Environment,
): string | undefined {
  const unclear = WHO_AND_WHERE.find((name) => invalid.has(name));
  if (unclear) return `\`${unclear}\` is not valid`;
  if (region === undefined) return 'no region is set';
  if (!REGION.test(region)) return 'the region is not valid';
  if (accessKeyFindings(values, environment).length > 0) return 'the access key is not valid';
  const [endpoint] = clearTextEndpoints(environment);
  return endpoint ? `${endpoint} is not an https URL` : undefined;
}

function credentialSettings(values: InputValues, environment: Environment): CredentialSettings {
  const id = values['aws-access-key-id'];
  const secret = values['aws-secret-access-key'];
  return {
    keys:
      id !== undefined && secret !== undefined
        ? { id, secret, sessionToken: values['aws-session-token'] }
        : undefined,
    role: values['role-to-assume'],
    chaining: values['role-chaining'],
    sessionName: values['role-session-name'] ?? `deploy-guard-${environment['GITHUB_RUN_ID'] ?? 'run'}`,
    durationSeconds: values['role-duration-seconds'],
    externalId: values['role-external-id'],
    audience: values.audience,
  };
}

function proxySettings(values: InputValues, environment: Environment): Config['proxy'] {
  const fromEnvironment = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].map(
    (name) => environment[name],
  );
  return {
    http: withScheme(firstSet(values['http-proxy'], ...fromEnvironment)),
    no: firstSet(values['no-proxy'], environment['NO_PROXY'], environment['no_proxy']),
  };
}

function imageSettings(values: InputValues): ImageSettings {
  const given = values['ecr-repository'] ?? '';
  const slash = given.indexOf('/');
  const first = given.slice(0, slash);
  // As docker tells a registry from a path: its first part has a dot or a port, or is localhost.
  const hasRegistry = slash > 0 && (/[.:]/.test(first) || first === 'localhost');
  return {
    repository: hasRegistry ? given.slice(slash + 1) : given,
    registry: hasRegistry ? { host: first, accountId: /^(\d{12})\.dkr[.-]ecr/.exec(first)?.[1] } : undefined,
    tag: values['image-tag'],
    latestTag: values['latest-tag'],
    extraTags: values['extra-tags'],
    reuse: values['reuse-image'],
  };
}

function buildSettings(values: InputValues, environment: Environment): BuildSettings {
  return {
    context: values.context,
    file: values.file,
    target: values.target,
    buildArgs: filledBuildArgs(values['build-args'], environment),
    labels: values.labels,
    platforms: values.platforms,
    secrets: values.secrets,
    secretEnvs: values['secret-envs'],
    secretFiles: values['secret-files'],
    ssh: values.ssh,
    buildContexts: values['build-contexts'],
    cacheFrom: values['cache-from'],
    cacheTo: values['cache-to'],
    provenance: values.provenance,
    sbom: values.sbom,
    pull: values.pull,
    noCache: values['no-cache'],
  };
}

function firstSet(...values: readonly (string | undefined)[]): string | undefined {
  return values.find((value) => value !== undefined && value.trim() !== '')?.trim();
}
