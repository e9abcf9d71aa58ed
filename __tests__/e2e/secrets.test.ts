import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { findLeaks } from '../../sandbox/runner/leaks.ts';
import { crashLoop } from '../../sandbox/scenarios/crash-loop.ts';
import { migrationFails } from '../../sandbox/scenarios/migration-fails.ts';
import { success } from '../../sandbox/scenarios/success.ts';
import { type Deployed, type DeployOptions, deploy, makeWorkspace } from './deploy.ts';

/** Secrets of many shapes; none is a part of another, or of a word that a run says by itself. */
const SECRETS: Readonly<Record<string, string>> = {
  MANY_LINES: '-----BEGIN KEY-----\nqW7xLineOneZ\nqW7xLineTwoZ\n-----END KEY-----',
  SHORT: 'zq9v',
  SIX: 'Zk%4pQ',
  REGEX: 'a.*(b|c)+[^d]$^\\w{3}?qX8',
  BASE64: 'cVg4c2VjcmV0K2Jhc2U2NC9xWDg=',
  URL: 'https://user:qX8pass@db.example.com:5432/app?sslmode=require&x=%2F',
  JSON_LIKE: '{"password":"qX8json","n":[1,2]}',
  PERCENT: '100%25%0Aof%3Athe%percent-qX8',
  QUOTES: `it's "qX8" \`quoted\` $HOME`,
  UNICODE: 'pässwörd-ключ-qX8',
};
const VALUES = Object.values(SECRETS);
const EVERY = VALUES.map((value) => `leaks ${value} here`).join('\n');

/** Credentials and secrets that come by other ways than `required-secrets`. */
const KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYqX8KEY4321';
const TOKEN = 'IQoJb3JpZ2luX2VjEqX8token//////////wEaCXVzLWVhc3QtMSJHMEUCIQ';
const BUILD_SECRET = 'qX8-build=secret';
const BUILD_ENV = 'qX8+build/env';
const PROXY_PASSWORD = 'qX8@proxy:pass';
const OIDC = 'qX8-request-token-of-oidc';
const RUNTIME = 'qX8-runtime-token-of-the-job';
const FILE_TOKEN = 'npm_qX8q7Rz2mV9xKp4Ls8TnWc3YbHd6FgJe1';
const FILE_KEY = 'MIIEvQIBADANBgkqhkiG9qX8BAQEFAASC\nBKcwggSjAgEAAoIBAQqX8JTUt9Us8cKj';
const OTHERS = [
  KEY,
  TOKEN,
  BUILD_SECRET,
  BUILD_ENV,
  PROXY_PASSWORD,
  OIDC,
  RUNTIME,
  FILE_TOKEN,
  ...FILE_KEY.split('\n'),
];

/** The forms in which a program may log a value that it was given. */
const ENCODED: Readonly<Record<string, (value: string) => string>> = {
  base64: (value) => Buffer.from(value).toString('base64'),
  'basic authorization': (value) => `Basic ${Buffer.from(`user:${value}`).toString('base64')}`,
  'URL encoding': (value) => encodeURIComponent(value),
  'a form': (value) => new URLSearchParams({ value }).toString(),
  JSON: (value) => JSON.stringify({ value }),
  'JSON of ASCII letters': (value) =>
    JSON.stringify({ value }).replaceAll(
      /[^ -~]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
};

const folder = mkdtempSync(join(tmpdir(), 'secrets-docker-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A docker that prints every secret, and fails in a step. */
function talkative(failing: 'build' | 'push' | 'login'): string {
  const own = mkdtempSync(join(folder, `${failing}-`));
  writeFileSync(join(own, 'words'), `${EVERY}\n`);
  const fails = (step: string) => (step === failing ? `cat ${own}/words; cat ${own}/words >&2; exit 1` : ':');
  const script = `#!/bin/sh
case "$1" in
  version) echo '{"Client":{"Version":"28.0.0"},"Server":{"Version":"28.0.0"}}' ;;
  buildx) exit 1 ;;
  login) cat >/dev/null; ${fails('login')} ;;
  build) ${fails('build')} ;;
  push) ${fails('push')} ;;
esac
`;
  writeFileSync(join(own, 'docker'), script, { mode: 0o755 });
  return own;
}

/** A docker with buildx that prints what it was started with at every step, and fails in the build. */
function indiscreet(): string {
  const own = mkdtempSync(join(folder, 'indiscreet-'));
  const script = `#!/bin/sh
case "$1 $2" in
  'version '*) echo '{"Client":{"Version":"28.0.0"},"Server":{"Version":"28.0.0"}}' ;;
  'buildx version') echo 'github.com/docker/buildx v0.20.0 abc' ;;
  'buildx inspect'*) printf 'Name: default\\nDriver: docker\\n' ;;
  'buildx build'*|'build '*) tr '\\0' '\\n' </proc/self/environ; echo "$@"; cat; cut -d= -f2- .npmrc; cat key.pem; exit 1 ;;
  login*) cat >/dev/null ;;
esac
`;
  writeFileSync(join(own, 'docker'), script, { mode: 0o755 });
  return own;
}

/** Reads the command lines of all processes until it is stopped. */
function watchCommandLines(): () => string {
  const seen = new Set<string>();
  const look = () => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
      } catch {
        // It has ended.
      }
    }
  };
  const timer = setInterval(look, 15);
  return () => {
    clearInterval(timer);
    return [...seen].join('\n');
  };
}

interface Story extends DeployOptions {
  readonly name: string;
  /** `succeeded`, or the code. */
  readonly comesTo: string;
}

const required = Object.keys(SECRETS).join('\n');
const awsSays = (operation: string, service: 'ecs' | 'ecr' | 'sts') => ({
  faults: [
    { service, operation, kind: 'refuse', error: { code: 'InvalidParameterException', message: EVERY } },
  ] as const,
});

const stories: readonly Story[] = [
  { name: 'a good deploy', comesTo: 'succeeded' },
  {
    name: 'build arguments',
    inputs: {
      'build-args': `TOKEN=${SECRETS['REGEX']}\nOTHER=${SECRETS['BASE64']}`,
    },
    files: {
      Dockerfile: 'FROM scratch\nARG TOKEN\nARG OTHER\nCOPY app.txt /app.txt\nCMD ["/app.txt"]\n',
    },
    comesTo: 'succeeded',
  },
  { name: 'a build that prints them', run: { path: [talkative('build')] }, comesTo: 'DG431' },
  { name: 'a push that prints them', run: { path: [talkative('push')] }, comesTo: 'DG441' },
  { name: 'a login that prints them', run: { path: [talkative('login')] }, comesTo: 'DG421' },
  { name: 'ECS, which names them', sandbox: awsSays('UpdateService', 'ecs'), comesTo: 'DG561' },
  { name: 'ECR, which names them', sandbox: awsSays('DescribeRepositories', 'ecr'), comesTo: 'DG302' },
  {
    name: 'an application that logs them',
    scenario: {
      ...crashLoop,
      tasks: { outcomes: [{ kind: 'exits', exitCode: 1, seconds: 8, log: EVERY.split('\n') }] },
    },
    comesTo: 'DG612',
  },
  {
    name: 'a migration that logs them',
    scenario: {
      ...migrationFails,
      oneOffTask: { exitCode: 1, seconds: 9, log: EVERY.split('\n') },
    },
    comesTo: 'DG571',
  },
  {
    name: 'health URLs that answer with them',
    scenario: {
      ...success,
      health: { '/health': { status: 500, body: EVERY } },
      inputs: { 'health-check-urls': '{url}/health', 'health-check-timeout-seconds': '1' },
    },
    comesTo: 'DG701',
  },
];

/** A commit with this message, on a branch named after a secret. */
function committed(message: string): Pick<DeployOptions, 'workspace' | 'run'> {
  const workspace = makeWorkspace();
  const git = (args: readonly string[], input = '') =>
    execFileSync('git', ['-C', workspace.folder, '-c', 'user.name=o', '-c', 'user.email=o@e', ...args], {
      encoding: 'utf8',
      input,
    });
  // Not as an argument: another run of this test would find it there.
  git(['commit', '--quiet', '--amend', '--file', '-'], message);
  const sha = git(['rev-parse', 'HEAD']).trim();
  const github = {
    repository: 'acme/dyno-agent',
    sha,
    ref: `refs/heads/fix-${SECRETS['BASE64']}`,
    actor: 'octo',
  };
  return { workspace: { ...workspace, sha }, run: { github } };
}

const encodedStories = Object.entries(ENCODED).map(
  ([name, encode]): Story => ({
    name: `an application that logs them in ${name}`,
    scenario: {
      ...crashLoop,
      tasks: { outcomes: [{ kind: 'exits', exitCode: 1, seconds: 8, log: VALUES.map(encode) }] },
    },
    comesTo: 'DG612',
  }),
);

const otherStories: readonly Story[] = [
  {
    name: 'a builder that prints its environment and arguments',
    run: { path: [indiscreet()] },
    inputs: {
      secrets: `one=${BUILD_SECRET}`,
      'secret-envs': 'two=SECOND',
      'secret-files': 'three=.npmrc\nfour=key.pem',
      'http-proxy': `http://me:${encodeURIComponent(PROXY_PASSWORD)}@127.0.0.1:9`,
      'no-proxy': '127.0.0.1',
    },
    files: {
      '.npmrc': `//registry.npmjs.org/:_authToken=${FILE_TOKEN}\n`,
      'key.pem': `-----BEGIN PRIVATE KEY-----\n${FILE_KEY}\n-----END PRIVATE KEY-----\n`,
    },
    env: { SECOND: BUILD_ENV, ACTIONS_ID_TOKEN_REQUEST_TOKEN: OIDC, ACTIONS_RUNTIME_TOKEN: RUNTIME },
    comesTo: 'DG431',
  },
  {
    name: 'keys and a token that STS repeats',
    inputs: {
      'aws-access-key-id': 'ASIAQX8KEYQX8KEYQX8K',
      'aws-secret-access-key': KEY,
      'aws-session-token': TOKEN,
    },
    sandbox: {
      faults: [
        {
          service: 'sts',
          kind: 'refuse',
          error: {
            code: 'InvalidClientTokenId',
            message: `${KEY} and ${encodeURIComponent(TOKEN)} are wrong`,
          },
        },
      ],
    },
    comesTo: 'DG202',
  },
  {
    name: 'a health URL that answers with them in a form',
    scenario: {
      ...success,
      health: {
        '/health': {
          status: 500,
          body: ['QUOTES', 'UNICODE'].map((name) => ENCODED['a form']?.(SECRETS[name] ?? '')).join(' '),
        },
      },
      inputs: { 'health-check-urls': '{url}/health ~ ok', 'health-check-timeout-seconds': '1' },
    },
    comesTo: 'DG701',
  },
  {
    name: 'a commit and a branch that hold them',
    inputs: { environment: 'production' },
    sandbox: awsSays('UpdateService', 'ecs'),
    ...committed(`Set ${SECRETS['SIX']} and ${SECRETS['SHORT']} to ${SECRETS['REGEX']}`),
    comesTo: 'DG561',
  },
  {
    name: 'a Slack that repeats its address',
    sandbox: {
      faults: [
        {
          service: 'slack',
          kind: 'answer',
          answer: { status: 404, body: Buffer.from('Cannot POST /slack/services/T000/B000/XXXX') },
        },
      ],
    },
    comesTo: 'succeeded',
  },
];

/** Where a secret shows, of all that a run leaves or sends. */
function shown({ run, truth, sandbox }: Deployed, commandLines: string): readonly string[] {
  const own = [...VALUES, ...OTHERS, sandbox.slackUrl];
  const secrets = [...own, new URL(sandbox.slackUrl).pathname];
  const sent = { slack: truth.slackMessages, github: truth.github ?? [], calls: truth.calls };
  return [
    ...run.leaks(secrets),
    ...findLeaks(secrets, [
      // Twice: as a secret stands in a text, and as JSON has it.
      ...Object.entries(sent).map(([name, value]) => ({ name, text: JSON.stringify(value) })),
      ...Object.entries(sent).map(([name, value]) => ({
        name,
        text: JSON.stringify(value).replaceAll(/\\(["\\])/g, '$1'),
      })),
    ]),
    // The webhook's path is that of every sandbox, and other tests hand theirs to programs of their own.
    ...findLeaks(own, [{ name: 'a command line', text: commandLines }]),
  ];
}

describe.each([...stories, ...encodedStories, ...otherStories])('$name', ({ comesTo, name: _, ...story }) => {
  it('shows no secret anywhere', async ({ expect }) => {
    const stop = watchCommandLines();
    const deployed = await deploy({
      ...story,
      inputs: { 'required-secrets': required, ...story.inputs },
      env: { ...SECRETS, ...story.env },
    });
    const commandLines = stop();
    const { result, 'failure-code': code } = deployed.run.outputs;
    expect(shown(deployed, commandLines), deployed.run.log).toEqual([]);
    expect(code || result, deployed.run.log).toBe(comesTo);
    expect(deployed.run.filesLeft()).toEqual([]);
  });
});

describe('what a library prints', () => {
  it('holds no secret in a form either that the runner does not know', async ({ expect }) => {
    const hex = Buffer.from(SECRETS['REGEX'] ?? '').toString('hex');
    const { run } = await deploy({
      inputs: { 'required-secrets': required },
      env: {
        ...SECRETS,
        NODE_OPTIONS: `--require ${join(import.meta.dirname, 'hostile', 'say-by-library.cjs')}`,
        SAID_BY_LIBRARY: `said ${hex}`,
      },
    });
    expect(run.log).toContain('said ***');
    expect(run.log).not.toContain(hex);
  });
});
