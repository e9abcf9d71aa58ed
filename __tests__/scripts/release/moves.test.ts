import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planMoves } from '../../../scripts/release/moves.ts';
import { compareVersions, versionOf } from '../../../scripts/release/version.ts';

/** Where tags are, the name of a commit being the first release that was made of it. */
const tags = (at: Readonly<Record<string, string>>) => new Map(Object.entries(at));
const planned = (release: string, at: Readonly<Record<string, string>>, back = false) => {
  const { moves, kept } = planMoves(release, tags(at), back);
  return { moved: moves.map(({ tag, from, to }) => `${tag}: ${from} → ${to}`), kept };
};

describe('planMoves', () => {
  it('makes both tags for a first release', () => {
    expect(planned('v1.0.0', { 'v1.0.0': 'a' })).toEqual({
      moved: ['v1: undefined → a', 'v1.0: undefined → a'],
      kept: [],
    });
  });

  it('moves both for a patch, and makes the minor one for a new minor version', () => {
    const at = { 'v1.2.0': 'a', v1: 'a', 'v1.2': 'a' };
    expect(planned('v1.2.1', { ...at, 'v1.2.1': 'b' }).moved).toEqual(['v1: a → b', 'v1.2: a → b']);
    expect(planned('v1.3.0', { ...at, 'v1.3.0': 'b' }).moved).toEqual(['v1: a → b', 'v1.3: undefined → b']);
  });

  it('leaves v1 at the newer release where an older line is fixed', () => {
    const at = { 'v1.1.0': 'a', 'v1.2.0': 'b', v1: 'b', 'v1.1': 'a', 'v1.2': 'b', 'v1.1.1': 'c' };
    expect(planned('v1.1.1', at)).toEqual({
      moved: ['v1.1: a → c'],
      kept: ['v1 stays at v1.2.0, which is newer than v1.1.1.'],
    });
  });

  it('goes on from where v1 was taken back to, past the release that was bad', () => {
    const at = { 'v1.1.0': 'a', 'v1.2.0': 'bad', v1: 'a', 'v1.1': 'a', 'v1.2': 'bad', 'v1.1.1': 'c' };
    expect(planned('v1.1.1', at).moved).toEqual(['v1: a → c', 'v1.1: a → c']);
  });

  it('goes back where that is asked for', () => {
    const at = { 'v1.2.0': 'a', 'v1.2.1': 'b', v1: 'b', 'v1.2': 'b' };
    expect(planned('v1.2.0', at, true).moved).toEqual(['v1: b → a', 'v1.2: b → a']);
    expect(planned('v1.2.0', at, false)).toMatchObject({ moved: [] });
  });

  it('moves nothing for a pre-release, and refuses to go back to one', () => {
    const at = { 'v1.2.0': 'a', v1: 'a', 'v1.2': 'a', 'v1.3.0-rc.1': 'b' };
    expect(planned('v1.3.0-rc.1', at).moved).toEqual([]);
    expect(() => planned('v1.3.0-rc.1', at, true)).toThrow('is a pre-release');
  });

  it('moves on from a candidate that became the release unchanged', () => {
    const at = { 'v1.3.0-rc.1': 'b', 'v1.3.0': 'b', v1: 'a', 'v1.2.0': 'a' };
    expect(planned('v1.3.0', at).moved).toEqual(['v1: a → b', 'v1.3: undefined → b']);
  });

  it.each([
    ['v1', 'v1 is no release'],
    ['v9.9.9', 'There is no tag v9.9.9'],
  ])('refuses %s', (release, words) => {
    expect(() => planned(release, { v1: 'a' })).toThrow(words);
  });

  it('never takes a tag to an older release by itself, whatever was released before', () => {
    const releases = ['v1.1.0', 'v1.1.1', 'v1.2.0', 'v1.2.1-rc.1', 'v1.2.1', 'v1.3.0', 'v2.0.0'];
    fc.assert(
      fc.property(fc.shuffledSubarray(releases, { minLength: 1 }), (order) => {
        const at = new Map<string, string>();
        for (const release of order) {
          at.set(release, release);
          for (const { tag, from, to } of planMoves(release, at, false).moves) {
            const [before, after] = [versionOf(from ?? ''), versionOf(to)];
            expect(after?.preRelease).toBeUndefined();
            if (before && after) expect(compareVersions(after, before)).toBeGreaterThan(0);
            at.set(tag, to);
          }
        }
      }),
    );
  });
});
