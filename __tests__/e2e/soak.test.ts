import { describe, it } from 'vitest';
import { randomOf, seedOf, USUAL } from './faults/sample.ts';
import { soakOnce } from './soak.ts';

/** 500 of them: `npm run soak`. */
const COUNT = 20;
const seed = seedOf('DEPLOY_GUARD_SOAK_SEED', USUAL);

describe.concurrent.each(Array.from({ length: COUNT }, (_, index) => index))(
  'deploy %i of the soak',
  (index) => {
    it('keeps every promise under a fault by chance', { timeout: 240_000 }, async ({ expect }) => {
      const { what, said, broken, log } = await soakOnce(randomOf(seed + index));
      expect(broken, `seed ${seed}, ${what}, came to ${said}:\n${log}`).toEqual([]);
    });
  },
);
