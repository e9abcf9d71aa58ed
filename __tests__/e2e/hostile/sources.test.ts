import { describe, it } from 'vitest';
import { deploy } from '../deploy.ts';
import { forged } from './nothing-forged.ts';
import { SOURCES } from './sources.ts';

describe.concurrent.each(SOURCES)('hostile text of $from: $how', ({ options, comesTo }) => {
  it('stands there as text, and does nothing', { timeout: 240_000 }, async ({ expect }) => {
    const deployed = await deploy(options());
    const { result, 'failure-code': code } = deployed.run.outputs;
    expect(forged(deployed), deployed.run.rawStdout.slice(-8_000)).toEqual([]);
    expect(code || result, deployed.run.log).toBe(comesTo);
  });
});
