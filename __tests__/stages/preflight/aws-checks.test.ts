import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.ts';
import { Aws } from '../../../src/aws/aws.ts';
import { planCredentials } from '../../../src/aws/credentials.ts';
import type { Finding } from '../../../src/finding.ts';
import { RegistryRepository } from '../../../src/registry/registry.ts';
import { createAgents } from '../../../src/runner/http.ts';
import { readConfig } from '../../../src/stages/inputs/read-config.ts';
import type { InputName } from '../../../src/stages/inputs/schema.ts';
import { checkIdentity } from '../../../src/stages/preflight/checks/identity.ts';
import { checkRegistry } from '../../../src/stages/preflight/checks/registry.ts';
import { checkServices } from '../../../src/stages/preflight/checks/services.ts';
import { Lookups } from '../../../src/stages/preflight/lookups/lookups.ts';
import { environmentOf } from '../inputs/environment.ts';
import { RUN } from '../report/reports.ts';

const agents = createAgents({ http: undefined, no: undefined });
const EXPECTED = { result: 'checked' } as const;
let sandbox: Sandbox | undefined;

afterEach(async () => {
  vi.unstubAllEnvs();
  await sandbox?.close();
  sandbox = undefined;
});

type Inputs = Partial<Record<InputName, string>>;

/** Runs the checks that ask AWS, side by side, in a world; gives what they found and how often AWS was asked. */
async function checked(
  options: SandboxOptions = {},
  inputs: Inputs = {},
  environment: Record<string, string> = {},
) {
  const world = await startSandbox(options);
  sandbox = world;
  for (const [name, value] of Object.entries({ ...world.env(), ...environment })) vi.stubEnv(name, value);
  const given = environmentOf(
    { ...world.inputs(), 'required-secrets': '', ...inputs },
    { ...world.env(), ...environment },
  );
  const { config } = readConfig(given);
  const signal = new AbortController().signal;
  const plan = planCredentials(config.credentials, 'us-east-1', {
    agents,
    oidcToken: () => Promise.reject(Object.assign(new Error('no'), { name: 'NoOidcToken' })),
    mask: () => undefined,
  });
  const lookups = new Lookups(
    config,
    { tag: RUN.sha, commit: undefined },
    {
      aws: config.region ? new Aws(config.region, plan, agents, config.environment) : undefined,
      registry: (access, repository) => new RegistryRepository(access, repository, agents, signal),
      workspace: '/',
      engineVersion: () => Promise.reject(new Error('not asked for')),
    },
  );
  const context = { config, inputFindings: [], run: RUN, commit: { sha: RUN.sha }, lookups };
  const reports = await Promise.all(
    [checkIdentity, checkRegistry, checkServices].map((check) => check(context)),
  );
  const truth = world.truth();
  // A preflight changes nothing, whatever it finds.
  expect({
    puts: truth.manifestPuts,
    pushed: truth.uploadsCompleted,
    moves: truth.tagMoves,
    updates: truth.updateServiceCalls,
  }).toMatchObject({ puts: 0, pushed: 0, moves: [] });
  expect(truth.calls.filter(({ operation }) => operation === 'UpdateService')).toEqual([]);
  const findings = reports.flatMap((report) => report.findings);
  return { reports, findings, codes: findings.map(({ code }) => code), calls: truth.calls };
}

const errors = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level === 'error').map(({ code }) => code);

describe('the checks that ask AWS', () => {
  it('find a good world in order, and ask each question once', async () => {
    const { findings, reports, calls } = await checked();
    expect(findings).toEqual([]);
    expect(reports.map(({ subject }) => subject)).toEqual(['identity', 'registry', 'service']);
    for (const { passed } of reports) expect(passed).toBeDefined();
    const asked = calls.map(({ operation, input }) => `${operation} ${JSON.stringify(input)}`);
    expect(asked.length).toBe(new Set(asked).size);
  });

  it.each<readonly [string, Inputs, string, RegExp]>([
    ['a repository with letters swapped', { 'ecr-repository': 'dyno-agnet' }, 'DG321', /There is dyno-agent/],
    [
      'a repository that is like no other',
      { 'ecr-repository': 'payments' },
      'DG321',
      /payments does not exist/,
    ],
    [
      'a repository of another registry',
      { 'ecr-repository': 'localhost:1/dyno-agent' },
      'DG322',
      /localhost:1/,
    ],
    [
      'a cluster that is not there',
      { cluster: 'dyno-agent-clutser' },
      'DG511',
      /There is dyno-agent-cluster/,
    ],
    [
      'a service that is not there',
      { service: 'dyno-agent-servcie' },
      'DG521',
      /There is dyno-agent-service/,
    ],
    [
      'one of two services that is not there',
      { service: 'dyno-agent-service,unknown' },
      'DG521',
      /unknown does not exist/,
    ],
    ['an account that is not allowed', { 'allowed-account-ids': '999999999999' }, 'DG205', /123456789012/],
    ['a container that is not there', { 'container-name': 'web' }, 'DG524', /web/],
    ['a moving tag that the service does not run', { 'latest-tag': 'stable' }, 'DG525', /latest/],
  ])('tell %s', async (_, inputs, code, words) => {
    const { findings } = await checked({}, inputs);
    expect(errors(findings)).toEqual([code]);
    expect(`${findings[0]?.title} ${findings[0]?.fix}`).toMatch(words);
  });

  it.each<readonly [string, SandboxOptions['denied'], readonly string[]]>([
    ['log in', ['ecr:GetAuthorizationToken'], ['DG301']],
    ['look at repositories', ['ecr:DescribeRepositories'], ['DG323']],
    ['push', ['ecr:InitiateLayerUpload'], ['DG331']],
    ['pull', ['ecr:BatchGetImage'], ['DG332']],
    ['look at services', ['ecs:DescribeServices'], ['DG501']],
  ])('tell credentials that may not %s, by the action', async (_, denied = [], expected) => {
    const { findings } = await checked({ denied });
    expect(errors(findings)).toEqual(expected);
    expect(JSON.stringify(findings)).toContain(denied[0]);
  });

  it('do without DescribeClusters, because DescribeServices tells of a missing cluster too', async () => {
    const denied = ['ecs:DescribeClusters'];
    expect(errors((await checked({ denied })).findings)).toEqual([]);
    expect(errors((await checked({ denied }, { cluster: 'nowhere' })).findings)).toEqual(['DG511']);
  });

  it('refuse a service that is named by the ARN of another cluster', async () => {
    const service = 'arn:aws:ecs:us-east-1:123456789012:service/production/dyno-agent-service';
    expect(errors((await checked({}, { service })).findings)).toEqual(['DG513']);
  });

  it('go on with a note where the task definition may not be read', async () => {
    const { findings } = await checked({ denied: ['ecs:DescribeTaskDefinition'] });
    expect(findings.map(({ code, level }) => `${code} ${level}`)).toEqual(['DG527 note']);
  });

  it.each<readonly [string, Inputs, string]>([
    [
      'an unknown key',
      { 'aws-access-key-id': 'AKIAUNKNOWN000000000', 'aws-secret-access-key': 'x'.repeat(40) },
      'DG202',
    ],
    [
      'a role that needs a token, in a job without',
      { 'role-to-assume': 'arn:aws:iam::123456789012:role/deploy' },
      'DG206',
    ],
  ])('tell %s once, and skip what hangs on it', async (_, inputs, code) => {
    const { codes, reports } = await checked({}, inputs);
    expect(codes).toEqual([code]);
    expect(reports.filter(({ skipped }) => skipped).map(({ subject }) => subject)).toEqual([
      'registry',
      'service',
    ]);
  });

  it('tell a secret key that is not the right one', async () => {
    const world = await startSandbox();
    const id = world.env()['AWS_ACCESS_KEY_ID'] ?? '';
    await world.close();
    const { codes } = await checked({}, { 'aws-access-key-id': id, 'aws-secret-access-key': 'x'.repeat(40) });
    expect(codes).toEqual(['DG203']);
  });

  it.each<readonly [string, NonNullable<SandboxOptions['scenario']>, readonly string[]]>([
    [
      'an immutable latest',
      { name: 'x', description: 'x', expect: EXPECTED, world: { repository: { mutability: 'IMMUTABLE' } } },
      ['DG341'],
    ],
    [
      'an immutable latest that is excluded',
      {
        name: 'x',
        description: 'x',
        expect: EXPECTED,
        world: { repository: { mutability: 'IMMUTABLE_WITH_EXCLUSION', exclusionFilters: ['latest'] } },
      },
      [],
    ],
    [
      'a latest that alone may not move',
      {
        name: 'x',
        description: 'x',
        expect: EXPECTED,
        world: { repository: { mutability: 'MUTABLE_WITH_EXCLUSION', exclusionFilters: ['lat*'] } },
      },
      ['DG341'],
    ],
    [
      'a service of CodeDeploy',
      { name: 'x', description: 'x', expect: EXPECTED, world: { services: [{ controller: 'CODE_DEPLOY' }] } },
      ['DG523'],
    ],
    [
      'a service of task sets',
      { name: 'x', description: 'x', expect: EXPECTED, world: { services: [{ controller: 'EXTERNAL' }] } },
      ['DG523'],
    ],
    [
      'a service that is being deleted',
      { name: 'x', description: 'x', expect: EXPECTED, world: { services: [{ status: 'DRAINING' }] } },
      ['DG522'],
    ],
    [
      'a service that is deleted',
      { name: 'x', description: 'x', expect: EXPECTED, world: { services: [{ status: 'INACTIVE' }] } },
      ['DG521'],
    ],
  ])('tell %s', async (_, scenario, expected) => {
    expect(errors((await checked({ scenario })).findings)).toEqual(expected);
  });

  it.each<readonly [string, NonNullable<SandboxOptions['scenario']>, string]>([
    [
      'a desired count of 0',
      { name: 'x', description: 'x', expect: EXPECTED, world: { services: [{ desiredCount: 0 }] } },
      'DG542',
    ],
    [
      'a service without circuit breaker',
      {
        name: 'x',
        description: 'x',
        expect: EXPECTED,
        world: {
          services: [{ deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 } }],
        },
      },
      'DG541',
    ],
    ['a minimum healthy percent of 50', 'minimum-50', 'DG531'],
  ])('warn of %s, and let the deploy pass', async (_, scenario, code) => {
    const { findings } = await checked({ scenario });
    expect(errors(findings)).toEqual([]);
    expect(findings).toContainEqual(expect.objectContaining({ code, level: 'warning' }));
  });

  it.each(['500', 'throttle', 'reset-before'] as const)('bear one answer that fails (%s)', async (kind) => {
    const { findings } = await checked({ faults: [{ kind, times: 1 }] });
    expect(findings).toEqual([]);
  });

  it('give findings that stand alone: a sentence, and a cure', async () => {
    const { findings } = await checked(
      { denied: ['ecs:*', 'ecr:*'] },
      { 'allowed-account-ids': '123456789012' },
    );
    expect(findings.length).toBeGreaterThan(1);
    for (const { title, fix } of findings) {
      expect(title).not.toMatch(/\n|undefined|\[object/);
      expect(fix).not.toMatch(/\n|undefined|\[object/);
      expect(fix.length).toBeGreaterThan(20);
    }
  });
});
