import type { ExpectStatic } from 'vitest';
import type { Scenario, WorldChanges } from '../../sandbox/scenarios/scenario.ts';
import { changes, type Deployed, type DeployOptions, deploy } from './deploy.ts';

/** A run that is refused before it changes anything. */
export interface Refusal extends DeployOptions {
  readonly name: string;
  /** Of the errors, in the order of their annotations: all that there are. */
  readonly codes: readonly string[];
  /** What the log has to say to be of use. */
  readonly says?: readonly (string | RegExp)[];
  /** What it must not say. */
  readonly never?: readonly string[];
}

/** A scenario of its own for a world. */
export function world(changed: WorldChanges): Scenario {
  return {
    name: 'refusal',
    description: 'A world in which a deploy is refused.',
    world: changed,
    expect: { result: 'failed' },
  };
}

/** Runs it, and holds it to its codes, its words, and to having changed nothing. */
export async function refused(
  { codes, says, never, ...options }: Refusal,
  expect: ExpectStatic,
): Promise<Deployed> {
  const deployed = await deploy(options);
  const { run, truth } = deployed;
  expect(run.outputs['failure-code'], run.log).toBe(codes[0]);
  expect(run.outputs['result']).toBe('failed');
  expect(run.main.exitCode).toBe(1);
  expect(changes(deployed)).toEqual([]);
  expect(truth.deploymentsStarted).toEqual([]);
  expect(run.log).toContain('Nothing was built, pushed or deployed.');
  expect(run.log).not.toMatch(/\bat \S+ \(?file:/);
  const errors = run.annotations.filter(({ level }) => level === 'error');
  expect(errors.map(({ message }) => message.slice(0, 5))).toEqual(codes);
  for (const words of says ?? [])
    expect(run.log).toMatch(words instanceof RegExp ? words : new RegExp(escaped(words)));
  for (const words of never ?? []) expect(run.log).not.toContain(words);
  expect(truth.slackMessages).toHaveLength(1);
  expect(JSON.stringify(truth.slackMessages[0]?.payload)).toContain('Nothing was changed');
  expect(run.filesLeft()).toEqual([]);
  return deployed;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
