import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.ts';
import { Aws } from '../../../src/aws/aws.ts';
import { planCredentials } from '../../../src/aws/credentials.ts';
import { Failure } from '../../../src/finding.ts';
import { RegistryRepository } from '../../../src/registry/registry.ts';
import { localClock } from '../../../src/runner/clock.ts';
import { createAgents } from '../../../src/runner/http.ts';
import { deployStage } from '../../../src/stages/deploy/stage.ts';
import type { DeployContext } from '../../../src/stages/deploy-context.ts';
import { readPushedImage } from '../../../src/stages/image/image.ts';
import { readConfig } from '../../../src/stages/inputs/read-config.ts';
import type { InputName } from '../../../src/stages/inputs/schema.ts';
import { registryAccess } from '../../../src/stages/preflight/lookups/ecr-lookups.ts';
import { Lookups } from '../../../src/stages/preflight/lookups/lookups.ts';
import { firstReport } from '../../../src/stages/report/first-report.ts';
import { Recorder } from '../../../src/stages/report/recorder.ts';
import { targetOf } from '../../../src/stages/target.ts';
import { environmentOf } from '../inputs/environment.ts';
import { RUN } from '../report/reports.ts';

const agents = createAgents({ http: undefined, no: undefined });
let sandbox: Sandbox | undefined;

afterEach(async () => {
  vi.unstubAllEnvs();
  await sandbox?.close();
});

/** Deploys an image that is in the repository under `fresh`, in a sandbox's world; gives what came of it, and the truth. */
async function deployed(options: SandboxOptions = {}, inputs: Partial<Record<InputName, string>> = {}) {
  const world = await startSandbox(options);
  sandbox = world;
  for (const [name, value] of Object.entries(world.env())) vi.stubEnv(name, value);
  const { config } = readConfig(
    environmentOf(
      { ...world.inputs(), 'image-tag': 'fresh', 'required-secrets': '', ...inputs },
      world.env(),
    ),
  );
  const { signal } = new AbortController();
  const plan = planCredentials(config.credentials, 'us-east-1', {
    agents,
    oidcToken: () => Promise.reject(new Error('none')),
    mask: () => undefined,
  });
  const unused = () => Promise.reject(new Error('no part of this stage'));
  const ports: DeployContext['ports'] = {
    runner: {
      print: () => undefined,
      openGroup: () => undefined,
      closeGroup: () => undefined,
      foreignOutput: () => ({ lines: () => undefined, end: () => undefined }),
      flush: () => Promise.resolve(),
      annotate: () => undefined,
      mask: () => undefined,
      setOutput: () => undefined,
      saveState: () => undefined,
      addSummary: () => Promise.resolve(),
    },
    agents,
    signal,
    clock: localClock,
    aws: new Aws('us-east-1', plan, agents),
    registry: (access, repository) => new RegistryRepository(access, repository, agents, signal),
    engineVersion: () => Promise.resolve({ name: 'docker', client: '28', server: '28', buildx: undefined }),
    openEngine: unused,
    watching: unused,
  };
  const target = await targetOf(
    config,
    new Lookups(config, { tag: 'fresh', commit: undefined }, { ...ports, workspace: '/' }),
  );
  const registry = ports.registry(registryAccess(target.login, target.repository), target.repository.name);
  const before = await registry.manifest('latest');
  if (!before) throw new Error('the world has no latest');
  // A new image in the repository: the manifest of the one before with another annotation.
  const body = Buffer.from(
    JSON.stringify({ ...(JSON.parse(before.body.toString()) as object), annotations: { fresh: 'yes' } }),
  );
  await registry.tag('fresh', { ...before, body });
  const image = await readPushedImage({ repository: target.repository, tag: 'fresh' }, registry, false);
  expect(image.digest).not.toBe(before.digest);
  const recorder = new Recorder(firstReport(config, RUN, undefined), () => undefined);
  const plans = target.services.map((each) => ({ each, taskDefinition: undefined }));
  const context = { config, target, recorder, ports };
  const result: unknown = await deployStage(context, { image, registry }, plans).catch(
    (error: unknown) => error,
  );
  const truth = world.truth();
  const latest = (await registry.manifest('latest'))?.digest;
  const updates = truth.calls.filter(({ operation }) => operation === 'UpdateService');
  const moves = truth.tagMoves
    .filter(({ tag }) => tag !== 'fresh')
    .map(({ tag, digest }) => `${tag} ${digest === image.digest ? 'new' : 'old'}`);
  return {
    result,
    truth,
    updates,
    moves,
    report: recorder.report,
    latestIs: latest === image.digest ? 'new' : latest === before.digest ? 'old' : 'other',
  };
}

describe('deployStage', () => {
  it('points latest at the image, and then starts exactly one forced deployment of the service', async () => {
    const { result, updates, latestIs, truth, report } = await deployed();
    expect(result).toMatchObject({
      refusals: [],
      started: [{ service: 'dyno-agent-service', desiredCount: 2 }],
    });
    expect(latestIs).toBe('new');
    expect(updates).toHaveLength(1);
    expect(updates[0]?.input).toMatchObject({ forceNewDeployment: true });
    expect(truth.deploymentsStarted).toHaveLength(1);
    expect(
      (truth.tagMoves.find(({ tag }) => tag === 'latest')?.at ?? Number.NaN) <= (updates[0]?.at ?? 0),
    ).toBe(true);
    expect(report.deployments).toMatchObject([
      { result: 'started', deploymentId: truth.deploymentsStarted[0]?.deploymentId },
    ]);
    expect(report.unanswered).toEqual([]);
  });

  it('moves the other tags first, and uploads nothing', async () => {
    const { moves, truth } = await deployed({}, { 'extra-tags': 'v1\nv1.2' });
    expect(moves).toEqual(['v1 new', 'v1.2 new', 'latest new']);
    expect(truth.uploadsCompleted).toBe(0);
  });

  it('moves no tag where none is to be moved', async () => {
    expect((await deployed({}, { 'latest-tag': 'false' })).moves).toEqual([]);
  });

  it('puts latest back where ECS refused, because nothing was started', async () => {
    const { result, moves, latestIs, truth, report } = await deployed(
      { denied: ['ecs:UpdateService'] },
      { 'extra-tags': 'v1' },
    );
    expect(result).toBeInstanceOf(Failure);
    expect(result).toMatchObject({ findings: [{ code: 'DG563' }] });
    expect(latestIs).toBe('old');
    expect(moves).toEqual(['v1 new', 'latest new', 'latest old']);
    expect(truth.deploymentsStarted).toEqual([]);
    expect(report.movedTags.map(({ tag }) => tag)).not.toContain('latest');
  });

  it('starts one deployment where the answer to UpdateService is lost', async () => {
    const { result, truth, updates, latestIs } = await deployed({
      faults: [{ service: 'ecs', operation: 'UpdateService', kind: 'reset-after', times: 1 }],
    });
    expect(result).toMatchObject({
      refusals: [],
      started: [{ deploymentId: truth.deploymentsStarted[0]?.deploymentId }],
    });
    expect([updates.length, truth.deploymentsStarted.length]).toEqual([1, 1]);
    expect(latestIs).toBe('new');
  });

  it('leaves latest where it is while it is not known whether a deployment was started', async () => {
    const { result, latestIs, updates } = await deployed({
      faults: [{ service: 'ecs', operation: 'UpdateService', kind: 'reset-before', times: 1 }],
    });
    expect(result).toMatchObject({ findings: [{ code: 'DG562' }] });
    expect(updates.length).toBeLessThanOrEqual(1);
    expect(latestIs).toBe('new');
  }, 30_000);

  it('starts one deployment of each service, and goes on with those that ECS accepted', async () => {
    const { result, updates } = await deployed({ scenario: 'two-services' });
    expect(updates.map(({ input }) => (input as { service?: string }).service).sort()).toEqual(
      [...new Set(updates.map(({ input }) => (input as { service?: string }).service))].sort(),
    );
    expect(updates).toHaveLength(2);
    expect(result).toMatchObject({ refusals: [] });
  });
});
