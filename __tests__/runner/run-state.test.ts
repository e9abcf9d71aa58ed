import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RunState, readRunState } from '../../src/runner/run-state.ts';

const good: RunState = {
  version: 1,
  told: 'no',
  revision: 3,
  stage: 'rollout',
  startedAtMs: 1_790_000_000_000,
  changed: true,
  privateFolder: '/tmp/deploy-guard-abcdef',
  accountId: '123456789012',
  commit: { sha: 'a'.repeat(40), subject: 'Fix torque curve' },
  ended: { result: 'failed', totalMs: 1000, code: 'DG612', title: 'It crashed.', fix: 'Mend it.' },
  unanswered: [],
  deployments: [{ service: 'web', deploymentId: 'ecs-svc/1' }],
};

const read = (value: unknown) =>
  readRunState({ STATE_run: typeof value === 'string' ? value : JSON.stringify(value) });

describe('two states', () => {
  const state = (revision: number, told: string) =>
    JSON.stringify({
      version: 1,
      revision,
      told,
      stage: 'image',
      startedAtMs: 1,
      changed: false,
      unanswered: [],
      deployments: [],
    });

  it.each([
    [state(2, 'no'), state(7, 'yes'), 'yes'],
    [state(8, 'no'), state(7, 'yes'), 'no'],
    ['broken', state(7, 'yes'), 'yes'],
    [state(2, 'no'), 'broken', 'no'],
  ])('the later one that can be read holds', (inFile, byCommand, told) => {
    expect(readRunState({ STATE_run: inFile, STATE_run_late: byCommand })?.told).toBe(told);
  });
});

describe('readRunState', () => {
  it('reads what was saved', () => {
    expect(read(good)).toEqual(good);
  });

  it('gives nothing where nothing was saved', () => {
    expect(readRunState({})).toBeUndefined();
    expect(readRunState({ STATE_run: '' })).toBeUndefined();
  });

  it.each<readonly [string, unknown]>([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['another version', { ...good, version: 2 }],
    ['another word for told', { ...good, told: 'perhaps' }],
    ['told as a boolean', { ...good, told: true }],
    ['a stage of 41 characters', { ...good, stage: 'x'.repeat(41) }],
    ['a stage that is no text', { ...good, stage: {} }],
    ['a start that is text', { ...good, startedAtMs: 'now' }],
    ['a start without end', JSON.stringify(good).replace('1790000000000', '1e999')],
    ['a time without end', JSON.stringify(good).replace('"totalMs":1000', '"totalMs":-1e999')],
    ['an account that is none', { ...good, accountId: '<!channel>' }],
    ['a commit that is none', { ...good, commit: { sha: '$(id)' } }],
    ['a result that there is not', { ...good, ended: { ...good.ended, result: 'perfect' } }],
    ['a code that is none', { ...good, ended: { ...good.ended, code: 'DG1](https://evil.example)' } }],
    ['a title without bounds', { ...good, ended: { ...good.ended, title: 'x'.repeat(2001) } }],
    ['51 deployments', { ...good, deployments: Array.from({ length: 51 }, () => good.deployments[0]) }],
    ['a deployment without id', { ...good, deployments: [{ service: 'web' }] }],
    ['100 kB and more', { ...good, padding: 'x'.repeat(100_000) }],
  ])('refuses %s', (_, forged) => {
    expect(read(forged)).toBeUndefined();
  });

  it('gives only what it knows of', () => {
    expect(read({ ...good, isAdmin: true })).toEqual(good);
    expect(
      Object.getPrototypeOf(read(JSON.stringify(good).replace('{', '{"__proto__":{"polluted":1},'))),
    ).toBe(Object.prototype);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void read(text)));
  });
});
