import { describe, expect, it } from 'vitest';
import { type Scenario, startSandbox } from '../../sandbox/sandbox.ts';
import { changes, deployInto, makeWorkspace } from './deploy.ts';
import { world } from './refusal.ts';

type Inputs = Readonly<Record<string, string>>;

interface Planned {
  readonly name: string;
  readonly scenario?: string | Scenario;
  /** A deploy that went before. */
  readonly first?: Inputs;
  readonly inputs: Inputs;
  /** Verbs of the plan, in its order, with the tag or the service. */
  readonly steps: readonly string[];
  readonly registers: boolean;
}

const cases: readonly Planned[] = [
  {
    name: 'the first image of a commit',
    inputs: { 'extra-tags': 'v7' },
    steps: ['build', 'push', 'move v7', 'move latest', 'start dyno-agent-service'],
    registers: false,
  },
  {
    name: 'an image that is there, under one more tag',
    first: {},
    inputs: { 'extra-tags': 'v7\nlatest' },
    steps: ['reuse', 'move v7', 'keep latest', 'start dyno-agent-service'],
    registers: false,
  },
  {
    name: 'a tag that is moved by the push itself',
    inputs: { 'image-tag': 'latest' },
    steps: ['build', 'push', 'start dyno-agent-service'],
    registers: false,
  },
  {
    name: 'a revision of the image',
    inputs: { rollout: 'pin', 'latest-tag': 'false' },
    steps: ['build', 'push', 'start dyno-agent-service'],
    registers: true,
  },
  {
    name: 'a revision that has the image already',
    first: { rollout: 'pin' },
    inputs: { rollout: 'pin' },
    steps: ['reuse', 'keep latest', 'start dyno-agent-service'],
    registers: false,
  },
  {
    name: 'several services after a migration',
    scenario: world({ services: [{ name: 'api' }, { name: 'worker' }] }),
    inputs: { 'pre-deploy-command': 'alembic upgrade head' },
    steps: ['build', 'push', 'run', 'move latest', 'start api', 'start worker'],
    registers: true,
  },
];

/** The steps of a plan that change something, each with its tag or service. */
function stepsIn(log: string): readonly string[] {
  const [, plan = ''] = log.split('A deploy from here would\n');
  return [...plan.matchAll(/^ {2}([a-z]+) +(.*)$/gm)].flatMap(([, verb = '', what = '']) => {
    if (verb === 'move' || verb === 'keep') return [`${verb} ${/^[^\s,]+/.exec(what)?.[0]}`];
    if (verb === 'start') return [`start ${/one deployment of ([^:]+):/.exec(what)?.[1]}`];
    return verb === 'wait' ? [] : [verb];
  });
}

/** The tags that a deploy moved, or left where they were. */
function tagsIn(log: string): readonly string[] {
  return [...log.matchAll(/^✓ tag +([^:\s]+): (points at)?/gm)].map(
    ([, tag, stays]) => `${stays ? 'keep' : 'move'} ${tag}`,
  );
}

describe.concurrent('the plan of a check, and the deploy that follows', () => {
  it.each(cases)('agree on $name', async ({ scenario = 'success', first, inputs, steps, registers }) => {
    const sandbox = await startSandbox({ scenario, speed: 60 });
    // The same files make the same commit.
    const workspace = () => makeWorkspace({ 'app.txt': `built for ${sandbox.url}` });
    const run = async (given: Inputs) =>
      await deployInto(sandbox, { inputs: { hygiene: 'off', ...given } }, workspace());
    try {
      if (first) expect((await run(first)).run.outputs['result']).toBe('succeeded');
      const before = sandbox.truth();
      const checked = await run({ ...inputs, mode: 'check' });
      expect(stepsIn(checked.run.log), checked.run.log).toEqual(steps);
      expect(checked.run.log.includes('a new revision of') || 'pre-deploy-command' in inputs).toBe(registers);
      expect(changes(checked)).toEqual(changes({ truth: before }));

      const { run: deployed, truth } = await run(inputs);
      expect(deployed.outputs['result'], deployed.log).toBe('succeeded');
      expect(deployed.outputs['image-reused']).toBe(String(steps.includes('reuse')));
      expect(tagsIn(deployed.log)).toEqual(steps.filter((step) => /^(move|keep)/.test(step)));
      expect(Object.keys(JSON.parse(deployed.outputs['deployments'] ?? '') as object)).toEqual(
        steps.flatMap((step) => /^start (.*)/.exec(step)?.[1] ?? []),
      );
      const since = truth.calls.slice(before.calls.length).map(({ operation }) => operation);
      expect(since.includes('RegisterTaskDefinition')).toBe(registers);
      expect(since.includes('RunTask')).toBe(steps.includes('run'));
    } finally {
      await sandbox.close();
    }
  });
});
