import * as v from 'valibot';
import { nameInArn } from '../../aws/arn.ts';
import { commandWords } from '../pre-deploy/command-words.ts';
import { splitCommaEntries, splitEntries } from './build-lists.ts';
import { isImageTag, TAG } from './image-tag.ts';
import { repeated, splitLines, splitList, splitNotedList } from './lists.ts';
import { REGION } from './region.ts';

const bool = (otherwise: boolean) =>
  v.pipe(
    v.string(),
    v.check((text) => /^(true|false|)$/i.test(text), 'is `true` or `false`'),
    v.transform((text) => (text === '' ? otherwise : text.toLowerCase() === 'true')),
  );

const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  v.pipe(
    v.string(),
    v.transform((text) => (text === '' ? words[0] : text)),
    v.check((text) => words.includes(text), `is one of ${words.map((word) => `\`${word}\``).join(', ')}`),
    v.transform((text) => text as T[number]),
  );

const number = (otherwise: number, least: number, most: number, unit: string) =>
  v.pipe(
    v.string(),
    v.transform((text) => (text === '' ? otherwise : /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN)),
    v.check((n) => n >= least && n <= most, `is a number of ${unit} from ${least} to ${most}`),
  );

const optional = v.pipe(
  v.string(),
  v.transform((text) => (text === '' ? undefined : text)),
);

/** `true`, `false`, or what the attestation is to have. */
const attestation = v.pipe(
  optional,
  v.transform((text) => text?.replace(/^(true|false)$/i, (word) => word.toLowerCase())),
);

const matching = (pattern: RegExp, shape: string) =>
  v.pipe(
    optional,
    v.check((text) => text === undefined || pattern.test(text), shape),
  );

const lines = v.pipe(v.string(), v.transform(splitLines));
const list = v.pipe(v.string(), v.transform(splitList));

const entries = v.pipe(v.string(), v.transform(splitEntries));
const commaEntries = v.pipe(v.string(), v.transform(splitCommaEntries));

const PAIR = /^[^="\s][^=]*=/;
/** A build argument may leave its value to the environment. */
const PAIR_OR_NAME = /^[^="\s][^=]*=|^[A-Za-z_][\w.-]*$/;

const pairs = (shape: string, entry = entries, pattern = PAIR) =>
  v.pipe(
    entry,
    v.check(
      (all) => all.every((pair) => pattern.test(pair)),
      `has one ${shape} a line; one that has several lines stands in double quotes`,
    ),
  );

/** An image tag: OCI distribution spec, "Pulling manifests" (`[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`). */
const TAG_SHAPE = 'is a tag: letters, digits, `_`, `.`, `-`, at most 128, not starting with `.` or `-`';

const httpUrl = v.pipe(
  optional,
  v.check(
    (text) => text === undefined || /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
    'is an http or https URL',
  ),
);

/** A proxy is often named without its scheme, as curl takes it. */
const proxyUrl = v.pipe(
  optional,
  v.transform(withScheme),
  v.check(
    (text) => text === undefined || /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
    'is a URL, or host:port',
  ),
);

/** A proxy's address with `http://` where it has no scheme; undefined for an empty one. */
export function withScheme(text: string | undefined): string | undefined {
  if (!text?.trim()) return undefined;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
}

/** ECR repository names and URIs: API reference, `CreateRepository` (`repositoryName` pattern). */
const REPOSITORY = /^(?:[A-Za-z0-9.-]+(?::\d{1,5})?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/;

const services = v.pipe(
  list,
  v.check((all) => repeated(all.map(nameInArn)).length === 0, 'names each service once'),
  v.check((all) => all.length <= 50, 'names at most 50 services'),
  v.check(
    (all) => all.every((name) => /^(?:arn:[\w-]+:ecs:[^\s]+\/)?[A-Za-z0-9_-]{1,255}$/.test(name)),
    'names services: letters, digits, `-`, `_`, or a service ARN',
  ),
);

/**
 * Every input of action.yml by its name: what text it takes and what it becomes. The message of a check ends
 * the sentence "Input `x` …". An empty text always means the default.
 */
export const INPUTS = {
  mode: oneOf(['deploy', 'check', 'rollback']),
  'aws-region': matching(REGION, 'is a region such as `us-east-1`'),
  'aws-access-key-id': optional,
  'aws-secret-access-key': optional,
  'aws-session-token': optional,
  'role-to-assume': matching(
    /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/,
    'is the ARN of a role, such as `arn:aws:iam::123456789012:role/deploy`',
  ),
  'role-chaining': bool(false),
  'role-session-name': matching(/^[\w+=,.@-]{2,64}$/, 'has 2 to 64 letters, digits and `+=,.@-_`'),
  'role-duration-seconds': v.pipe(
    number(3600, 900, 43_200, 'seconds'),
    v.check((seconds) => Number.isInteger(seconds), 'is a whole number of seconds'),
  ),
  'role-external-id': optional,
  audience: v.pipe(
    v.string(),
    v.transform((text) => text || 'sts.amazonaws.com'),
  ),
  'http-proxy': proxyUrl,
  'no-proxy': optional,
  'allowed-account-ids': v.pipe(
    list,
    v.check(
      (all) => all.every((id) => /^\d{12}$/.test(id)),
      'is a list of 12-digit account ids (in quotes, or YAML takes a leading zero away)',
    ),
  ),
  'required-secrets': v.string(),
  'ecr-repository': v.pipe(
    matching(REPOSITORY, 'is a repository name, or a URI without a tag'),
    v.check(
      (text) => !/^\d{12}\.dkr[.-]ecr[^/]*$/.test(text ?? ''),
      'is a repository name, or a URI with the name after the registry',
    ),
  ),
  'image-tag': v.pipe(
    optional,
    v.check((text) => text === undefined || isImageTag(text), `${TAG_SHAPE}; in \`rollback\` also a digest`),
  ),
  'latest-tag': v.pipe(
    v.string(),
    v.transform((text) => (text === '' ? 'latest' : text)),
    v.check((text) => TAG.test(text), TAG_SHAPE),
    v.transform((text) => (/^false$/i.test(text) ? undefined : text)),
  ),
  'extra-tags': v.pipe(
    list,
    v.check((all) => all.every((tag) => TAG.test(tag)), `has one tag a line, and each ${TAG_SHAPE}`),
  ),
  context: v.pipe(
    v.string(),
    v.transform((text) => text || '.'),
  ),
  file: optional,
  target: optional,
  'build-args': pairs('`NAME=value`, or `NAME` of an environment variable,', entries, PAIR_OR_NAME),
  labels: pairs('`name=value`'),
  platforms: commaEntries,
  secrets: pairs('`id=value`'),
  'secret-envs': pairs('`id=VARIABLE`', commaEntries),
  'secret-files': pairs('`id=path`'),
  ssh: commaEntries,
  'build-contexts': pairs('`name=path`'),
  'cache-from': entries,
  'cache-to': entries,
  provenance: attestation,
  sbom: attestation,
  pull: bool(false),
  'no-cache': bool(false),
  engine: v.pipe(
    optional,
    v.check(
      (text) => text === undefined || /^(docker|podman|buildah|nerdctl)$/.test(text),
      'is one of `docker`, `podman`, `buildah`, `nerdctl`',
    ),
  ),
  'reuse-image': bool(true),
  cluster: v.pipe(
    v.string(),
    v.transform((text) => text || 'default'),
    v.check(
      (text) => /^(?:arn:[\w-]+:ecs:[^\s]+\/)?[A-Za-z0-9_-]{1,255}$/.test(text),
      'is a cluster name (letters, digits, `-`, `_`) or its ARN',
    ),
  ),
  service: services,
  rollout: oneOf(['force', 'pin']),
  'task-definition': optional,
  'container-name': optional,
  'pre-deploy-command': v.pipe(
    optional,
    v.check(
      (text) => text === undefined || commandWords(text) !== undefined,
      'has words, or a JSON array of strings such as `["alembic", "upgrade", "head"]`',
    ),
    v.transform((text) => (text === undefined ? undefined : commandWords(text))),
  ),
  'wait-for-minutes': number(30, 0, 1440, 'minutes'),
  'on-failure': oneOf(['report', 'rollback']),
  'health-check-urls': lines,
  'health-check-timeout-seconds': number(60, 1, 3600, 'seconds'),
  'fail-fast': bool(true),
  hygiene: oneOf(['warn', 'fail', 'off']),
  'hygiene-ignore': v.pipe(v.string(), v.transform(splitNotedList)),
  'sarif-file': optional,
  'slack-webhook-url': optional,
  'slack-notify': oneOf(['always', 'failure', 'success', 'never']),
  environment: optional,
  'environment-url': httpUrl,
  'github-token': optional,
  'job-id': optional,
} as const;

export type InputName = keyof typeof INPUTS;
export type InputValues = { readonly [Name in InputName]: v.InferOutput<(typeof INPUTS)[Name]> };

/**
 * The values of all inputs, and for each one that is not valid the rest of the sentence "Input `x` …".
 * An input that is not valid has its default, so that whatever doesn't hang on it can still be checked.
 */
export function parseInputs(read: (name: InputName) => string): {
  values: InputValues;
  invalid: readonly { name: InputName; must: string; text: string }[];
} {
  const invalid: { name: InputName; must: string; text: string }[] = [];
  const entries = (Object.keys(INPUTS) as InputName[]).map((name) => {
    const text = read(name).trim();
    const parsed = v.safeParse(INPUTS[name] as v.GenericSchema<string>, text);
    if (parsed.success) return [name, parsed.output] as const;
    invalid.push({ name, must: parsed.issues[0].message, text });
    return [name, v.parse(INPUTS[name] as v.GenericSchema<string>, '')] as const;
  });
  return { values: Object.fromEntries(entries) as unknown as InputValues, invalid };
}
