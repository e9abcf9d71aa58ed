import { describe, it } from 'vitest';
import { scenarios } from '../../sandbox/scenarios/index.ts';
import { changes, deploy } from './deploy.ts';

describe.concurrent.each(scenarios.map((scenario) => ({ name: scenario.name, scenario })))(
  'the story $name',
  ({ scenario }) => {
    it('ends as it has to, with the sandbox agreeing', async ({ expect }) => {
      const deployed = await deploy({ scenario: scenario.name, speed: 30 });
      const { run, truth } = deployed;
      const { result, code } = scenario.expect;
      const said = { result: run.outputs['result'], code: run.outputs['failure-code'] };
      expect(said, run.log).toEqual({ result, code: code ?? '' });
      const green = result === 'succeeded' || result === 'started' || result === 'checked';
      expect(run.main.exitCode).toBe(green ? 0 : 1);
      expect(truth.slackMessages).toHaveLength(1);
      expect(truth.slackMessages[0]?.payload.text).toBeTruthy();
      expect(run.filesLeft()).toEqual([]);
      if (green) {
        for (const digests of Object.values(truth.runningDigests)) {
          for (const digest of digests) expect(digest).toBe(run.outputs['image-digest']);
        }
      } else {
        expect(run.outputs['failure-reason']).not.toBe('');
        expect(run.annotations.filter(({ level }) => level === 'error').length).toBeGreaterThan(0);
      }
      if (code && code < 'DG400') expect(changes(deployed)).toEqual([]);
    });
  },
);
