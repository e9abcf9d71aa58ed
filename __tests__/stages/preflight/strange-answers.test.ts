import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FaultyService } from '../../../sandbox/faults/fault.ts';
import { startSandbox } from '../../../sandbox/sandbox.ts';
import { Aws } from '../../../src/aws/aws.ts';
import { RegistryRepository } from '../../../src/registry/registry.ts';
import { createAgents } from '../../../src/runner/http.ts';
import type { CheckReport } from '../../../src/stages/preflight/check.ts';
import { preflight } from '../../../src/stages/preflight/preflight.ts';
import { randomOf } from '../../e2e/faults/sample.ts';
import { LONGEST_MS, runsOf } from '../../fuzz/campaign.ts';
import { checkContext } from './check-context.ts';

const agents = createAgents({ http: undefined, no: undefined });
const SERVICES: readonly FaultyService[] = ['ecs', 'ecr', 'registry', 'iam', 'ssm', 'logs', 'sts'];
const WAYS = [{}, { rollout: 'pin' }, { mode: 'rollback' }, { 'pre-deploy-command': 'migrate' }] as const;

afterEach(() => vi.unstubAllEnvs());

/** Runs all checks against a service whose answers have values of other types in other places. */
async function checksOf(
  service: FaultyService,
  way: (typeof WAYS)[number],
  seed: number,
  after: number,
): Promise<readonly CheckReport[]> {
  const faults = [{ service, kind: 'mutated', random: randomOf(seed), after, times: 8 }] as const;
  const sandbox = await startSandbox({ faults });
  try {
    vi.stubEnv('AWS_ENDPOINT_URL', sandbox.url);
    const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } =
      sandbox.env();
    const plan = {
      source: 'access keys',
      provider: () => Promise.resolve({ accessKeyId, secretAccessKey }),
      claims: () => undefined,
      onHeld: () => undefined,
      baseSession: () => undefined,
    } as const;
    const aws = new Aws('us-east-1', plan, agents, process.env);
    const { signal } = new AbortController();
    const context = checkContext(
      { ...sandbox.inputs(), 'required-secrets': '', ...way },
      {},
      {
        ports: {
          aws,
          registry: (access, repository) => new RegistryRepository(access, repository, agents, signal),
        },
      },
    );
    return await preflight(context);
  } finally {
    await sandbox.close();
  }
}

describe('answers of the right shape with strange values in them', () => {
  it('are findings, and never a crash of the preflight', { timeout: LONGEST_MS }, async () => {
    const runs = fc.asyncProperty(
      fc.constantFrom(...SERVICES),
      fc.constantFrom(...WAYS),
      fc.integer({ min: 0 }),
      fc.nat(2),
      async (service, way, seed, after) => {
        const reports = await checksOf(service, way, seed, after);
        expect(reports.flatMap(({ findings }) => findings).filter(({ code }) => /^DG9/.test(code))).toEqual(
          [],
        );
      },
    );
    await fc.assert(runs, { ...runsOf(60), endOnFailure: true });
  });
});
