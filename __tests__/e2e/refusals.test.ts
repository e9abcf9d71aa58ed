import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { changes, deploy, makeWorkspace } from './deploy.ts';
import { type Refusal, refused, world } from './refusal.ts';

/** A folder with nothing but git in it, as PATH of a runner without an engine. */
const onlyGit = mkdtempSync(join(tmpdir(), 'no-engine-'));
symlinkSync(execFileSync('which', ['git'], { encoding: 'utf8' }).trim(), join(onlyGit, 'git'));
afterAll(() => rmSync(onlyGit, { recursive: true }));

const podmen: string[] = [];
afterAll(() => {
  for (const folder of podmen) rmSync(folder, { recursive: true });
});

/** A folder with a `podman` of a version in it, which answers what a preflight asks, as podman does. */
function podmanOf(version: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'podman-'));
  podmen.push(folder);
  const info = JSON.stringify({ host: { arch: 'amd64', os: 'linux' }, version: { Version: version } });
  writeFileSync(join(folder, 'podman'), `#!/bin/sh\n[ "$1" = info ] && echo '${info}'\n`);
  chmodSync(join(folder, 'podman'), 0o755);
  return folder;
}

/** A workspace that no checkout made: files from elsewhere, and no git. */
function withoutGit(): { readonly folder: string; readonly sha: string } {
  const { folder } = makeWorkspace();
  rmSync(join(folder, '.git'), { recursive: true });
  return { folder, sha: '' };
}

const KEYS = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
const OTHER_KEY = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' };

const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:dyno-agent-a1B2c3';

const refusals: readonly Refusal[] = [
  {
    name: 'an unknown mode',
    inputs: { mode: 'depoly' },
    codes: ['DG101'],
    says: ['`mode` is one of', 'depoly'],
  },
  { name: 'a word where a number belongs', inputs: { 'wait-for-minutes': 'long' }, codes: ['DG101'] },
  { name: 'a service listed twice', inputs: { service: 'a-service, a-service' }, codes: ['DG101'] },
  { name: 'no service', inputs: { service: '' }, codes: ['DG102'] },
  { name: 'no repository', inputs: { 'ecr-repository': '' }, codes: ['DG102'] },
  {
    name: 'half an access key',
    env: KEYS,
    inputs: { 'aws-access-key-id': 'AKIAIOSFODNN7EXAMPLE' },
    codes: ['DG104'],
    says: ['AWS_SECRET_ACCESS_KEY is probably not set'],
  },
  {
    name: 'half an access key in the environment',
    env: { AWS_SECRET_ACCESS_KEY: '' },
    codes: ['DG104'],
    says: ['The variable AWS_SECRET_ACCESS_KEY is empty'],
  },
  {
    name: 'the id of a user for that of a key',
    env: { AWS_ACCESS_KEY_ID: 'AIDAIOSFODNN7EXAMPLE' },
    codes: ['DG121'],
    says: ['is the id of a user'],
  },
  {
    name: 'an expression for a key id',
    env: KEYS,
    inputs: {
      'aws-access-key-id': '${{ secrets.AWS_ACCESS_KEY_ID }}',
      'aws-secret-access-key': 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    },
    codes: ['DG121'],
    says: ['GitHub did not evaluate'],
  },
  {
    name: 'a secret key that was cut',
    env: { AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG' },
    codes: ['DG122'],
    says: ['does not have the 40 characters of one'],
  },
  {
    name: 'an access key the wrong way round',
    env: KEYS,
    inputs: {
      'aws-access-key-id': 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      'aws-secret-access-key': 'AKIAIOSFODNN7EXAMPLE',
    },
    codes: ['DG123'],
  },
  {
    name: 'a temporary key without its token',
    env: { AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE' },
    codes: ['DG124'],
  },
  {
    name: 'a token with a permanent key',
    env: { AWS_SESSION_TOKEN: 'IQoJb3JpZ2luX2VjEXAMPLE' },
    codes: ['DG125'],
  },
  {
    name: 'nothing checked out',
    workspace: withoutGit(),
    codes: ['DG106'],
    says: ['There is no checked-out commit to build from', 'actions/checkout'],
  },
  { name: 'an endpoint in the clear', env: { AWS_ENDPOINT_URL_ECS: 'http://10.1.2.3' }, codes: ['DG105'] },
  {
    name: 'a missing secret',
    env: { JWT_SECRET: undefined },
    codes: ['DG112'],
    says: ['Secret JWT_SECRET is not set'],
  },
  {
    name: 'a near miss',
    env: { DATABASE_PASSWORD: undefined, DB_PASSWORD: 'Torque-Curve_9c41fd7a' },
    codes: ['DG112'],
    says: ['DB_PASSWORD is: is that the one'],
  },
  {
    name: 'a secret in quotes',
    env: { JWT_SECRET: '"q7Rz2mV9xKp4Ls8TnWc3YbHd6FgJe1Ua5"' },
    codes: ['DG114'],
  },
  {
    name: 'a line of a .env file for a secret',
    env: { JWT_SECRET: 'JWT_SECRET=q7Rz2mV9xKp4Ls8TnWc3YbHd6FgJe1Ua5' },
    codes: ['DG114'],
    says: ['Secret JWT_SECRET starts with `JWT_SECRET=`, as a line of a .env file does'],
    never: ['q7Rz2mV9'],
  },
  { name: 'a placeholder', env: { JWT_SECRET: 'changeme' }, codes: ['DG115'] },
  {
    name: 'a short secret',
    env: { JWT_SECRET: 'q7Rz2mV9' },
    codes: ['DG116'],
    says: ['openssl rand -base64 48'],
  },
  {
    name: 'a rule for secrets that there is not',
    inputs: { 'required-secrets': 'JWT_SECRET max=3' },
    codes: ['DG111'],
  },
  { name: 'a blank secret', env: { JWT_SECRET: '   ' }, codes: ['DG113'] },
  {
    name: 'one value for two secrets',
    env: {
      JWT_SECRET: 'Torque-Curve_9c41fd7a-q7Rz2mV9xKp4Ls8TnW',
      DATABASE_PASSWORD: 'Torque-Curve_9c41fd7a-q7Rz2mV9xKp4Ls8TnW',
    },
    codes: ['DG118'],
    says: ['has the same value as'],
  },
  {
    name: "a service by another cluster's ARN",
    inputs: { service: 'arn:aws:ecs:us-east-1:123456789012:service/staging/dyno-agent-service' },
    codes: ['DG513'],
    says: ['`cluster: staging`'],
  },
  { name: 'a weak secret', env: { DATABASE_PASSWORD: 'aaaaaaaaaaaaaaaaaaaaaa' }, codes: ['DG117'] },
  { name: 'no credentials', env: { ...KEYS, AWS_EC2_METADATA_DISABLED: 'true' }, codes: ['DG201'] },
  { name: 'an unknown access key', env: OTHER_KEY, codes: ['DG202'] },
  {
    name: 'a wrong secret key',
    env: { AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
    codes: ['DG203'],
  },
  { name: 'another account', inputs: { 'allowed-account-ids': '210987654321' }, codes: ['DG205'] },
  {
    name: 'OIDC without permission',
    env: KEYS,
    inputs: { 'role-to-assume': 'arn:aws:iam::123456789012:role/deploy' },
    codes: ['DG206'],
    says: ['id-token: write'],
  },
  {
    name: 'a token service that is not there',
    env: {
      ...KEYS,
      ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1/token?api-version=2',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x',
    },
    inputs: { 'role-to-assume': 'arn:aws:iam::123456789012:role/deploy' },
    codes: ['DG219'],
  },
  {
    name: 'a role that can not be chained to',
    env: { ...KEYS, AWS_EC2_METADATA_DISABLED: 'true' },
    inputs: { 'role-to-assume': 'arn:aws:iam::123456789012:role/deploy', 'role-chaining': 'true' },
    codes: ['DG201'],
    says: ['`role-chaining: true` assumes'],
  },
  {
    name: 'a role that is not there',
    inputs: { 'role-to-assume': 'arn:aws:iam::123456789012:role/depoly', 'role-chaining': 'true' },
    codes: ['DG207'],
    says: ['aws iam get-role --role-name depoly'],
  },
  {
    name: 'a session that is too long',
    inputs: {
      'role-to-assume': 'arn:aws:iam::123456789012:role/deploy',
      'role-chaining': 'true',
      'role-duration-seconds': '7200',
    },
    codes: ['DG216'],
    says: ['gives no session of 7200 s'],
  },
  {
    name: 'a region that has to be enabled',
    env: OTHER_KEY,
    inputs: { 'aws-region': 'eu-south-2' },
    codes: ['DG217'],
    says: ['has not enabled that region'],
  },
  {
    name: 'a profile that is not there',
    env: { ...KEYS, AWS_PROFILE: 'production', AWS_EC2_METADATA_DISABLED: 'true' },
    codes: ['DG218'],
    says: ['AWS_PROFILE leads to the profile production'],
  },
  {
    name: 'AWS out of reach',
    env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
    codes: ['DG209'],
    says: ["AWS STS in us-east-1 can't be reached"],
  },
  {
    name: 'ECR out of order',
    sandbox: { faults: [{ service: 'ecr', operation: 'GetAuthorizationToken', kind: '500' }] },
    codes: ['DG302'],
  },
  {
    name: 'ECR out of order as a whole',
    sandbox: { faults: [{ service: 'ecr', kind: '500' }] },
    codes: ['DG302'],
    says: ['unknown error. Run the job again'],
  },
  {
    name: "a proxy's page in place of ECS",
    sandbox: { faults: [{ service: 'ecs', kind: 'html' }] },
    codes: ['DG502'],
    says: [
      "ECS can't be used: HTTP 502, which is not an answer of AWS's (a proxy's, perhaps). Something between this job and AWS answers",
    ],
    never: ['Deserialization'],
  },
  {
    name: 'ECS out of order',
    sandbox: { faults: [{ service: 'ecs', operation: 'DescribeServices', kind: '500' }] },
    codes: ['DG502'],
  },
  { name: 'no region', inputs: { 'aws-region': '' }, codes: ['DG208'] },
  {
    name: 'a repository that is not there',
    inputs: { 'ecr-repository': 'dyno-agnet' },
    codes: ['DG321'],
    says: ['There is dyno-agent.'],
  },
  {
    name: 'a URI of another registry',
    inputs: { 'ecr-repository': '123456789012.dkr.ecr.eu-west-1.amazonaws.com/dyno-agent' },
    codes: ['DG322'],
    says: ['names a registry in eu-west-1, but `aws-region` is us-east-1'],
  },
  {
    name: 'a URI of another account',
    inputs: { 'ecr-repository': '210987654321.dkr.ecr.us-east-1.amazonaws.com/dyno-agent' },
    codes: ['DG324'],
    says: ['names account 210987654321, these credentials are of 123456789012'],
  },
  {
    name: 'a repository with its tag',
    inputs: { 'ecr-repository': 'dyno-agent:latest' },
    codes: ['DG101'],
    says: ['Leave the tag out'],
  },
  { name: 'no permission to log in', sandbox: { denied: ['ecr:GetAuthorizationToken'] }, codes: ['DG301'] },
  {
    name: 'no permission to push',
    sandbox: { denied: ['ecr:InitiateLayerUpload'] },
    codes: ['DG331'],
    says: ['ecr:InitiateLayerUpload is denied'],
  },
  ...['BatchCheckLayerAvailability', 'UploadLayerPart', 'CompleteLayerUpload', 'PutImage'].map((action) => ({
    name: `a push without ${action}`,
    sandbox: { denied: [`ecr:${action}`] },
    codes: ['DG331'],
    says: [`may not push to dyno-agent: ecr:${action} is denied`],
  })),
  {
    name: 'a pull without layers',
    sandbox: { denied: ['ecr:GetDownloadUrlForLayer'] },
    codes: ['DG332'],
    says: ['ecr:GetDownloadUrlForLayer is denied'],
  },
  {
    name: 'an immutable latest',
    scenario: world({ repository: { mutability: 'IMMUTABLE' } }),
    codes: ['DG341'],
    says: ['filterType=WILDCARD,filter=latest'],
  },
  {
    name: 'a tag that is taken',
    scenario: world({
      repository: { mutability: 'IMMUTABLE_WITH_EXCLUSION', exclusionFilters: ['latest'] },
      tags: ['v7'],
    }),
    inputs: { 'image-tag': 'v7' },
    codes: ['DG342'],
  },
  {
    name: 'an extra tag that is taken',
    scenario: world({
      repository: { mutability: 'IMMUTABLE_WITH_EXCLUSION', exclusionFilters: ['latest'] },
      tags: ['stable'],
    }),
    inputs: { 'extra-tags': 'stable' },
    codes: ['DG343'],
  },
  {
    name: 'no permission to look at the repository',
    sandbox: { denied: ['ecr:DescribeRepositories'] },
    codes: ['DG323'],
    says: ['ecr:DescribeRepositories is denied'],
  },
  { name: 'no permission to pull', sandbox: { denied: ['ecr:BatchGetImage'] }, codes: ['DG332'] },
  {
    name: 'an unknown cluster',
    inputs: { cluster: 'dyno-agent-clutser' },
    codes: ['DG511'],
    says: ['There is dyno-agent-cluster.'],
  },
  {
    name: 'an unknown service',
    inputs: { service: 'dyno-agent-servcie' },
    codes: ['DG521'],
    says: ['There is dyno-agent-service.'],
  },
  {
    name: 'no permission to look at services',
    sandbox: { denied: ['ecs:DescribeServices'] },
    codes: ['DG501'],
  },
  { name: 'a container that is not there', inputs: { 'container-name': 'web' }, codes: ['DG524'] },
  { name: 'a container that runs another tag', inputs: { 'latest-tag': 'production' }, codes: ['DG525'] },
  {
    name: 'a digest in the task definition',
    scenario: world({ container: { image: `{registry}/dyno-agent@sha256:${'a'.repeat(64)}` } }),
    codes: ['DG525'],
    says: ['rollout: pin'],
  },
  {
    name: 'version consistency disabled',
    scenario: world({ container: { versionConsistency: 'disabled' } }),
    codes: ['DG526'],
  },
  {
    name: 'tasks on another machine',
    scenario: world({ cpuArchitecture: 'ARM64' }),
    codes: ['DG543'],
    says: ['run on linux/arm64', 'is for linux/amd64', 'exec format error'],
  },
  {
    name: 'tasks of a file on another machine',
    files: {
      'task.json': JSON.stringify({
        family: 'dyno-agent',
        containerDefinitions: [
          { name: 'app', image: 'filled-in', logConfiguration: { logDriver: 'awsfirelens' } },
        ],
        runtimePlatform: { cpuArchitecture: 'ARM64' },
      }),
    },
    inputs: { 'task-definition': 'task.json', 'container-name': 'app' },
    codes: ['DG543'],
    says: ['task definition dyno-agent (task.json)'],
  },
  {
    name: 'a revision that is not there',
    inputs: { 'task-definition': 'dyno-agent:999' },
    codes: ['DG529'],
    says: ["Task definition dyno-agent:999 can't be deployed"],
  },
  {
    name: 'a parameter that is not there',
    scenario: world({
      parameters: ['/dyno/OTHER'],
      container: { secrets: [{ name: 'DATABASE_URL', valueFrom: '/dyno/DATABASE_URL' }] },
    }),
    codes: ['DG547'],
    says: ['takes DATABASE_URL from /dyno/DATABASE_URL, which does not exist'],
  },
  {
    name: 'a secret that is being deleted',
    scenario: world({
      secrets: [{ arn: SECRET_ARN, beingDeleted: true }],
      container: { secrets: [{ name: 'DATABASE_URL', valueFrom: `${SECRET_ARN}:url::` }] },
    }),
    codes: ['DG547'],
    says: ['is being deleted', 'aws secretsmanager restore-secret'],
  },
  {
    name: 'a service of CodeDeploy',
    scenario: world({ services: [{ controller: 'CODE_DEPLOY' }] }),
    codes: ['DG523'],
  },
  {
    name: 'a service that is being deleted',
    scenario: world({ services: [{ status: 'DRAINING' }] }),
    codes: ['DG522'],
  },
  {
    name: 'a target that is no stage',
    files: { Dockerfile: 'FROM scratch AS build\nCOPY app.txt /\n\nFROM build AS production\n' },
    inputs: { target: 'prodction' },
    codes: ['DG413'],
    says: ['There is production', /file=Dockerfile,line=4|Dockerfile/],
  },
  {
    name: 'no Dockerfile',
    files: { Dockerfile: undefined },
    codes: ['DG411'],
    says: ['There is no Dockerfile at `Dockerfile`'],
  },
  {
    name: 'a Dockerfile elsewhere',
    files: { Dockerfile: undefined, 'backend/Dockerfile': 'FROM scratch\n', 'node_modules/Dockerfile': '' },
    codes: ['DG411'],
    says: [
      'There is no Dockerfile at `Dockerfile`. There is backend/Dockerfile.',
      'Write `context: backend` if it copies from its own folder, or `file: backend/Dockerfile`',
    ],
  },
  {
    name: 'a dockerfile in lower case',
    files: { Dockerfile: undefined, dockerfile: 'FROM scratch\n' },
    codes: ['DG411'],
    says: ['There is dockerfile.', 'Write `file: dockerfile`.'],
  },
  {
    name: 'an empty Dockerfile',
    files: { Dockerfile: '' },
    codes: ['DG411'],
    says: ['Dockerfile has no `FROM`: it builds nothing.'],
  },
  { name: 'no context', inputs: { context: 'backend' }, codes: ['DG412'] },
  {
    name: 'a context that is misspelt',
    inputs: { context: './bakcend' },
    files: { 'backend/Dockerfile': 'FROM scratch\n' },
    codes: ['DG412'],
    says: ['There is backend.'],
  },
  { name: 'no engine', env: { PATH: onlyGit }, run: { path: [] }, codes: ['DG401'] },
  {
    name: 'a podman that is too old',
    inputs: { engine: 'podman' },
    run: { path: [podmanOf('3.4.4')] },
    codes: ['DG405'],
    says: ['podman 3.4.4 is too old: 4.3 is the oldest'],
  },
  {
    name: 'an input that podman can not honour',
    inputs: { engine: 'podman', provenance: 'true' },
    run: { path: [podmanOf('5.4.2')] },
    codes: ['DG404'],
    says: ['podman makes no attestations that a registry would keep'],
  },
  { name: 'no engine that answers', env: { DOCKER_HOST: 'tcp://127.0.0.1:1' }, codes: ['DG402'] },
  { name: 'an input that needs buildx', inputs: { platforms: 'linux/amd64' }, codes: ['DG403'] },
];

describe.concurrent.each(refusals)('$name', (refusal) => {
  it('is refused with its code and fix before anything is built or changed', async ({ expect }) => {
    await refused(refusal, expect);
  });
});

describe('many problems at once', () => {
  it('come in one report, each with its code', async () => {
    const deployed = await deploy({
      env: { JWT_SECRET: undefined, DATABASE_PASSWORD: 'short', DOCKER_HOST: 'tcp://127.0.0.1:1' },
      inputs: { 'wait-for-minutes': 'long', 'ecr-repository': 'dyno-agnet', service: 'dyno-agent-servcie' },
      files: { Dockerfile: undefined },
    });
    const codes = deployed.run.annotations.map(({ message }) => message.slice(0, 5));
    expect(codes).toEqual(['DG101', 'DG112', 'DG117', 'DG321', 'DG521', 'DG402', 'DG411']);
    expect(changes(deployed)).toEqual([]);
    expect(deployed.run.log).toContain('✗ 7 problems. Nothing was built, pushed or deployed.');
  });
});

describe('mode: check', () => {
  it('is green, changes nothing and tells nobody', async () => {
    const deployed = await deploy({ inputs: { mode: 'check' } });
    expect(deployed.run.outputs['result']).toBe('checked');
    expect(deployed.run.main.exitCode).toBe(0);
    expect(changes(deployed)).toEqual([]);
    expect(deployed.truth.slackRequests).toBe(0);
  });

  it('names the engine as the problem on a runner without one', async () => {
    const deployed = await deploy({ inputs: { mode: 'check' }, env: { PATH: onlyGit }, run: { path: [] } });
    expect(deployed.run.outputs['failure-code']).toBe('DG401');
    expect(changes(deployed)).toEqual([]);
  });
});
