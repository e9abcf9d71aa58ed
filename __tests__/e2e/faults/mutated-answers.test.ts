import { describe, it } from 'vitest';
import { type DeployOptions, deploy } from '../deploy.ts';
import { randomOf, seedOf, USUAL } from './sample.ts';

const COUNT = 16;
const SERVICES = ['ecs', 'ecr', 'registry', 'logs', 'sts', 'iam', 'github'] as const;
const WAYS: readonly DeployOptions[] = [
  { inputs: { 'pre-deploy-command': 'alembic upgrade head', environment: 'production' } },
  { inputs: { rollout: 'pin' } },
  { inputs: { mode: 'rollback' } },
  { scenario: 'crash-loop-undone' },
];

const seed = seedOf('DEPLOY_GUARD_MUTATION_SEED', USUAL);

describe.concurrent.each(Array.from({ length: COUNT }, (_, index) => index))(
  'answers mutated %i',
  (index) => {
    it('end a run with a code or green, told once, and nothing left', { timeout: 240_000 }, async ({
      expect,
    }) => {
      const random = randomOf(seed + index);
      const way = WAYS[index % WAYS.length] ?? {};
      const service = SERVICES[Math.floor(random() * SERVICES.length)] ?? 'ecs';
      const { run, truth } = await deploy({
        ...way,
        inputs: { 'wait-for-minutes': '1', ...way.inputs },
        sandbox: {
          faults: [{ service, kind: 'mutated', random, after: Math.floor(random() * 6), times: 6 }],
        },
        run: { timeoutMs: 180_000 },
      });
      const { result, 'failure-code': code = '' } = run.outputs;
      const about = `seed ${seed}, ${service}: ${result} ${code}\n${run.log}`;
      expect(code, about).toMatch(result === 'succeeded' ? /^$/ : /^DG[0-8]\d\d$/);
      expect(truth.slackMessages, about).toHaveLength(1);
      expect(
        run.annotations.filter(({ message }) => message.startsWith('forged')),
        about,
      ).toEqual([]);
      expect({ left: run.filesLeft(), orphans: run.orphans }, about).toEqual({ left: [], orphans: [] });
    });
  },
);
