import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { crashLoop } from '../../sandbox/scenarios/crash-loop.ts';
import { migrationFails } from '../../sandbox/scenarios/migration-fails.ts';
import { success } from '../../sandbox/scenarios/success.ts';
import { type Deployed, type DeployOptions, deploy } from './deploy.ts';

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

/** Where a secret shows, of all that a run leaves or sends. */
function shown({ run, truth }: Deployed, commandLines: string): readonly string[] {
  const sent = { slack: truth.slackMessages, github: truth.github ?? [], calls: truth.calls };
  const places = { ...sent, 'a command line': commandLines };
  return [
    ...run.leaks(VALUES),
    ...Object.entries(places).flatMap(([name, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return VALUES.flatMap((secret, index) => {
        const escaped = JSON.stringify(secret).slice(1, -1);
        return text.includes(secret) || text.includes(escaped)
          ? [`secret ${index + 1} shows in ${name}`]
          : [];
      });
    }),
  ];
}

describe.each(stories)('$name', ({ comesTo, name: _, ...story }) => {
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
