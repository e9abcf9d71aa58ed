import { describe, expect, it } from 'vitest';
import { findEngine } from '../../../sandbox/engine/engine.ts';
import { columns, nameOf, runCase } from './matrix.ts';
import { sampleOf, seedOf, USUAL } from './sample.ts';
import { allCases, readOutcomes } from './table.ts';

/** All of them take half an hour (`npm run reliability`): a part is run, another one by `DEPLOY_GUARD_FAULTS_SEED`. */
const COUNT = process.env['DEPLOY_GUARD_REFUSE_STAND_IN'] === '1' ? 60 : 25;

const outcomes = readOutcomes();
const cases = await allCases();
const engine = await findEngine({ refuseStandIn: false });
// What a push comes to is decided by the engine: the stand-in has words and tries of its own.
const comparable = cases.filter(
  ({ faulty }) => engine.kind === 'docker' || !/^(registry|docker)$/.test(faulty),
);
const sample = sampleOf(comparable, COUNT, seedOf('DEPLOY_GUARD_FAULTS_SEED', USUAL));

describe('the table of faults', () => {
  it('has an outcome for each call that a run makes, and each way in which it can go wrong', () => {
    expect(columns.length).toBeGreaterThan(10);
    expect(Object.keys(outcomes).toSorted()).toEqual(cases.map(nameOf).toSorted());
  });
});

describe.concurrent.each(sample.map((story) => ({ ...story, name: nameOf(story) })))('$name', (story) => {
  it('keeps every promise, and comes to what the table says', { timeout: 240_000 }, async ({ expect }) => {
    const { said, broken, log } = await runCase(story);
    expect({ said, broken }, log).toEqual({ said: outcomes[story.name], broken: [] });
  });
});
