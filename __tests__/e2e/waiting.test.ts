import { describe, it } from 'vitest';
import { deploy } from './deploy.ts';

describe.concurrent('wait-for-minutes', () => {
  it('of 0 starts the deployment, says that it did not wait, and is green', async ({ expect }) => {
    const { run, truth } = await deploy({ inputs: { 'wait-for-minutes': '0' } });
    expect(run.outputs, run.log).toMatchObject({ result: 'started', 'failure-code': '' });
    expect(run.main.exitCode).toBe(0);
    expect(run.log).toContain('did not wait for it');
    expect(run.log).not.toContain('##[group]Rollout');
    expect(truth.updateServiceCalls).toHaveLength(1);
    expect(truth.slackMessages).toHaveLength(1);
    expect(truth.slackMessages[0]?.payload.text).toContain('deployment started');
  });

  it('ends with the diagnosis so far, where fail-fast is off', async ({ expect }) => {
    const inputs = { 'wait-for-minutes': '0.1', 'fail-fast': 'false' };
    const { run } = await deploy({ scenario: 'crash-loop', speed: 5, inputs });
    expect(run.outputs, run.log).toMatchObject({ result: 'timed-out', 'failure-code': 'DG609' });
    expect(run.log).toContain('RuntimeError: DATABASE_URL is not set');
    expect(run.log).toContain('still serve');
    expect(run.log).not.toMatch(/max attempts|"state":"TIMEOUT"/i);
  });
});
