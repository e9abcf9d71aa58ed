import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault } from '../../../sandbox/faults/fault.ts';
import { type DeployOptions, makeWorkspace } from '../deploy.ts';
import { world } from '../refusal.ts';
import { ATTACKS, HOSTILE_BYTES, HOSTILE_MEGABYTE, HOSTILE_TEXT } from './attacks.ts';

/** One place from which hostile text comes, and what the run comes to. */
export interface Source {
  /** Whose text it is: what `sinks.ts` names as its proof. */
  readonly from: string;
  readonly how: string;
  /** `succeeded`, another result that is green, or the code. */
  readonly comesTo: string;
  /** Made when it is run. */
  readonly options: () => DeployOptions;
}

type Service = NonNullable<Fault['service']>;

const faults = (...all: readonly Fault[]): DeployOptions => ({ sandbox: { faults: all } });

/** The service refuses in hostile words. */
function refusing(service: Service, operation: string, comesTo: string, more: DeployOptions = {}): Source {
  const error = { code: 'InvalidParameterException', message: HOSTILE_TEXT };
  return {
    from: service,
    how: `${operation} is refused`,
    comesTo,
    options: () => ({ ...more, ...faults({ service, operation, kind: 'refuse', error }) }),
  };
}

/** The service answers each call with bytes of its own. */
function answering(
  service: Service,
  status: number,
  comesTo: string,
  body: Buffer,
  more: DeployOptions = {},
): Source {
  return {
    from: service,
    how: `${body.length < 100_000 ? 'bytes' : 'a megabyte'} with ${status}`,
    comesTo,
    options: () => ({ ...more, ...faults({ service, kind: 'answer', answer: { status, body } }) }),
  };
}

/** Every sentence in ECS's answers has hostile text after it. */
function wording(scenario: string, comesTo: string, more: DeployOptions = {}): Source {
  return {
    from: 'events and reasons',
    how: `each sentence of ${scenario}`,
    comesTo,
    options: () => ({ ...more, scenario, ...faults({ service: 'ecs', kind: 'worded', text: HOSTILE_TEXT }) }),
  };
}

const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** A docker that prints the bytes at one of its commands, and fails there. */
function docker(failing: 'version' | 'login' | 'build' | 'push', comesTo: string, bytes: Buffer): Source {
  return {
    from: 'docker',
    how: `${failing} prints ${bytes.length < 100_000 ? 'bytes' : 'a megabyte'}`,
    comesTo,
    options: () => {
      const own = mkdtempSync(join(folder, `${failing}-`));
      writeFileSync(join(own, 'bytes'), bytes);
      const spoken = `cat ${own}/bytes; cat ${own}/bytes >&2; exit 1`;
      const says = (command: string) => (command === failing ? spoken : 'true');
      const version = `echo '{"Client":{"Version":"28.0.0"},"Server":{"Version":"28.0.0"}}'`;
      const script = `#!/bin/sh
case "$1" in
  version) ${failing === 'version' ? spoken : version} ;;
  buildx) exit 1 ;;
  login) cat >/dev/null; ${says('login')} ;;
  build) ${says('build')} ;;
  push) ${says('push')} ;;
esac
`;
      writeFileSync(join(own, 'docker'), script, { mode: 0o755 });
      return { run: { path: [own] } };
    },
  };
}

/** A docker whose answers are JSON with hostile values. */
const dockerVersion: Source = {
  from: 'docker',
  how: 'a version of hostile text',
  comesTo: 'DG543',
  options: () => {
    const own = mkdtempSync(join(folder, 'version-json-'));
    const version = JSON.stringify({
      Client: { Version: `28.0.0 ${HOSTILE_TEXT}`, Context: HOSTILE_TEXT },
      Server: { Version: `28.0.0 ${HOSTILE_TEXT}`, Os: HOSTILE_TEXT, Arch: HOSTILE_TEXT },
    });
    writeFileSync(join(own, 'version.json'), version);
    const script = `#!/bin/sh
case "$1" in
  version) cat ${own}/version.json ;;
  buildx) exit 1 ;;
  login) cat >/dev/null ;;
  build) exit 1 ;;
esac
`;
    writeFileSync(join(own, 'docker'), script, { mode: 0o755 });
    return { run: { path: [own] } };
  },
};

/** A workspace whose commit has the bytes for a message, and the files. */
function committed(message: Buffer, files: Readonly<Record<string, string>> = {}): DeployOptions {
  const workspace = makeWorkspace(files);
  const author = ['-c', 'user.name=::error::forged', '-c', 'user.email=o@e'];
  execFileSync('git', ['-C', workspace.folder, ...author, 'commit', '--quiet', '--amend', '--file=-'], {
    input: message,
  });
  const sha = execFileSync('git', ['-C', workspace.folder, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  return { workspace: { folder: workspace.folder, sha } };
}

/** What a file name may hold: no slash, no NUL, no half characters. */
const NAMES = ATTACKS.map((line) => line.toWellFormed().replaceAll(/[/\u0000]/g, '')).map((line) =>
  line.slice(0, 60),
);

/** An input that is hostile text, in each of its shapes. */
function input(name: string, comesTo: string, value: string = HOSTILE_TEXT): Source {
  return {
    from: 'inputs',
    how: name,
    comesTo,
    options: () => ({ inputs: { [name]: value.replaceAll('\u0000', '') } }),
  };
}

const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:dyno-agent-AbCdEf';

/** Worlds whose task definition names a secret. */
const NEEDS = {
  parameter: world({
    container: { secrets: [{ name: 'URL', valueFrom: '/dyno-agent/URL' }] },
    parameters: ['/dyno-agent/URL'],
  }),
  secret: world({
    container: { secrets: [{ name: 'URL', valueFrom: SECRET_ARN }] },
    secrets: [{ arn: SECRET_ARN }],
  }),
};

export const SOURCES: readonly Source[] = [
  refusing('sts', 'GetCallerIdentity', 'DG213'),
  refusing('ecr', 'DescribeRepositories', 'DG302'),
  refusing('ecr', 'GetAuthorizationToken', 'DG302'),
  refusing('ecs', 'DescribeServices', 'DG502'),
  refusing('ecs', 'UpdateService', 'DG561'),
  refusing('ecs', 'RegisterTaskDefinition', 'DG565', { inputs: { rollout: 'pin' } }),
  refusing('ecs', 'RunTask', 'DG574', { inputs: { 'pre-deploy-command': 'migrate' } }),
  refusing('ecs', 'ListServiceDeployments', 'DG367', { inputs: { mode: 'rollback' } }),
  refusing('ecs', 'ListServiceDeployments', 'succeeded'),
  refusing('logs', 'GetLogEvents', 'DG612', { scenario: 'crash-loop' }),
  refusing('logs', 'DescribeLogGroups', 'succeeded'),
  refusing('iam', 'SimulatePrincipalPolicy', 'succeeded'),
  refusing('ssm', 'DescribeParameters', 'succeeded', { scenario: NEEDS.parameter }),
  refusing('secretsmanager', 'DescribeSecret', 'succeeded', { scenario: NEEDS.secret }),
  answering('sts', 403, 'DG213', HOSTILE_BYTES),
  answering('ecr', 400, 'DG302', HOSTILE_BYTES),
  answering('ecs', 400, 'DG502', HOSTILE_BYTES),
  answering(
    'ecs',
    400,
    'DG502',
    Buffer.from(JSON.stringify({ __type: HOSTILE_TEXT, message: HOSTILE_MEGABYTE })),
  ),
  answering('logs', 400, 'succeeded', HOSTILE_BYTES),
  answering('registry', 403, 'DG302', HOSTILE_BYTES),
  answering(
    'registry',
    400,
    'DG302',
    Buffer.from(JSON.stringify({ errors: [{ code: HOSTILE_TEXT, message: HOSTILE_MEGABYTE }] })),
  ),
  answering('registry', 200, 'DG302', HOSTILE_BYTES),
  answering('slack', 400, 'succeeded', HOSTILE_BYTES),
  answering('slack', 400, 'succeeded', Buffer.from(HOSTILE_MEGABYTE)),
  answering('github', 422, 'succeeded', Buffer.from(JSON.stringify({ message: HOSTILE_TEXT })), {
    inputs: { environment: 'production' },
  }),
  answering('github', 422, 'succeeded', HOSTILE_BYTES, { inputs: { environment: 'production' } }),
  answering('health', 500, 'DG701', HOSTILE_BYTES, { scenario: 'unhealthy-url' }),
  answering('health', 500, 'DG701', Buffer.from(HOSTILE_MEGABYTE), { scenario: 'unhealthy-url' }),
  wording('crash-loop', 'DG612'),
  wording('crash-loop-undone', 'DG612'),
  wording('circuit-breaker-rollback', 'DG612'),
  wording('alarm-rollback', 'DG602'),
  wording('superseded', 'DG608'),
  wording('cannot-pull', 'DG613'),
  wording('capacity', 'DG618'),
  wording('unhealthy', 'DG621'),
  wording('lifecycle-hook-fails', 'DG625'),
  wording('migration-fails', 'DG571'),
  docker('version', 'DG402', HOSTILE_BYTES),
  docker('login', 'DG421', HOSTILE_BYTES),
  docker('build', 'DG431', HOSTILE_BYTES),
  docker('push', 'DG441', HOSTILE_BYTES),
  docker('push', 'DG441', Buffer.from(HOSTILE_MEGABYTE)),
  dockerVersion,
  {
    from: 'application logs',
    how: 'a crash that logs them, and a megabyte',
    comesTo: 'DG612',
    options: () => ({
      scenario: {
        name: 'hostile-log',
        description: 'A container that logs hostile text.',
        tasks: {
          outcomes: [
            {
              kind: 'exits',
              exitCode: 1,
              seconds: 8,
              reason: HOSTILE_TEXT,
              log: [...ATTACKS, HOSTILE_MEGABYTE, HOSTILE_TEXT],
            },
          ],
        },
        expect: { result: 'failed', code: 'DG612' },
      },
    }),
  },
  {
    from: 'application logs',
    how: 'a migration that logs them',
    comesTo: 'DG571',
    options: () => ({
      scenario: {
        name: 'hostile-migration',
        description: 'A migration that logs hostile text.',
        oneOffTask: { exitCode: 1, seconds: 3, reason: HOSTILE_TEXT, log: [...ATTACKS, HOSTILE_MEGABYTE] },
        inputs: { 'pre-deploy-command': `migrate ${JSON.stringify(HOSTILE_TEXT)}` },
        expect: { result: 'failed', code: 'DG571' },
      },
    }),
  },
  {
    from: 'git',
    how: 'a commit message of half characters',
    comesTo: 'succeeded',
    options: () => committed(Buffer.from(HOSTILE_BYTES.filter((byte) => byte !== 0))),
  },
  {
    from: 'git',
    how: 'a commit message of a megabyte',
    comesTo: 'succeeded',
    options: () => committed(Buffer.from(HOSTILE_MEGABYTE.replace('\n', ' '))),
  },
  {
    from: 'the repository',
    how: 'file names and files',
    comesTo: 'succeeded',
    options: () =>
      committed(
        Buffer.from('Fix'),
        Object.fromEntries([
          ...NAMES.map((name): [string, string] => [name, HOSTILE_TEXT]),
          ...NAMES.map((name): [string, string] => [`${name}.env`, 'PASSWORD=x']),
          ['.env', `SECRET=${HOSTILE_TEXT}`],
          [
            'main.tf',
            `resource "aws_ecs_service" "a" {\n  name = "${HOSTILE_TEXT.replaceAll('"', "'")}"\n}\n`,
          ],
          ['broken.tf', HOSTILE_TEXT],
          ['.dockerignore', HOSTILE_TEXT.replaceAll('\u0000', '')],
        ]),
      ),
  },
  {
    from: 'the repository',
    how: 'a Dockerfile',
    comesTo: 'DG431',
    options: () => ({ files: { Dockerfile: `FROM scratch\n${HOSTILE_TEXT}\n` } }),
  },
  {
    from: 'the run',
    how: 'branch, actor, workflow',
    comesTo: 'succeeded',
    options: () => ({
      env: {
        GITHUB_WORKFLOW: HOSTILE_TEXT.replaceAll('\u0000', ''),
        GITHUB_ACTOR: ATTACKS[9],
        GITHUB_JOB: ATTACKS[5],
      },
    }),
  },
  input('mode', 'DG101'),
  input('service', 'DG101'),
  input('cluster', 'DG101'),
  input('ecr-repository', 'DG101'),
  input('image-tag', 'DG101'),
  input('environment', 'succeeded'),
  input('health-check-urls', 'DG101'),
  input('required-secrets', 'DG111'),
  input('task-definition', 'DG529'),
  {
    from: 'libraries',
    how: 'console and warnings',
    comesTo: 'succeeded',
    options: () => ({
      env: {
        NODE_OPTIONS: `--require ${join(import.meta.dirname, 'say-by-library.cjs')}`,
        SAID_BY_LIBRARY: HOSTILE_TEXT.replaceAll('\u0000', ''),
      },
    }),
  },
];
