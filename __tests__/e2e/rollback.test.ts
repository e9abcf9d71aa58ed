import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeregisterTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import { afterAll, describe, it } from 'vitest';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { deploy, deployInto } from './deploy.ts';

/** PATH of a runner without any container engine. */
const onlyGit = mkdtempSync(join(tmpdir(), 'no-engine-'));
symlinkSync(execFileSync('which', ['git'], { encoding: 'utf8' }).trim(), join(onlyGit, 'git'));
afterAll(() => rmSync(onlyGit, { recursive: true }));

const ROLLBACK = { mode: 'rollback' };

describe.concurrent('mode: rollback', () => {
  it('goes back to the image before the last one, without an engine and without a build', async ({
    expect,
  }) => {
    const sandbox = await startSandbox({ scenario: 'success', speed: 60 });
    try {
      const forward = await deployInto(sandbox);
      const uploads = forward.truth.uploadsCompleted;
      const back = await deployInto(sandbox, { inputs: ROLLBACK, env: { PATH: onlyGit }, run: { path: [] } });
      const previous = forward.run.outputs['previous-image']?.split('@')[1];
      expect(back.run.outputs, back.run.log).toMatchObject({
        result: 'succeeded',
        'image-digest': previous,
        'image-reused': 'true',
      });
      expect(back.truth.runningDigests).toEqual({ 'dyno-agent-service': [previous] });
      expect(back.truth.images['dyno-agent']?.find(({ tags }) => tags.includes('latest'))?.digest).toBe(
        previous,
      );
      expect(back.truth.uploadsCompleted).toBe(uploads);
      expect(back.truth.updateServiceCalls).toHaveLength(2);
      expect(back.run.outputs['previous-image']).toContain(forward.run.outputs['image-digest']);
      // And again: the one before is now the image that was rolled back from, which nobody means.
      const again = await deployInto(sandbox, { inputs: ROLLBACK });
      expect(again.run.outputs, again.run.log).toMatchObject({ result: 'failed', 'failure-code': 'DG364' });
      expect(again.run.log).toContain('The newest images of dyno-agent');
      expect(again.truth.updateServiceCalls).toHaveLength(2);
    } finally {
      await sandbox.close();
    }
  });

  it('goes back to the image that is named', async ({ expect }) => {
    const tag = 'a31be07d5c2946f8b01e7a3d94c5f26087be9d13';
    const { run, truth } = await deploy({ inputs: { ...ROLLBACK, 'image-tag': tag } });
    expect(run.outputs['result'], run.log).toBe('succeeded');
    const named = truth.images['dyno-agent']?.find(({ tags }) => tags.includes(tag));
    expect(truth.runningDigests).toEqual({ 'dyno-agent-service': [named?.digest] });
  });

  it('refuses an image that is not there, and lists those that are', async ({ expect }) => {
    const { run, truth } = await deploy({ inputs: { ...ROLLBACK, 'image-tag': 'v17' } });
    expect(run.outputs).toMatchObject({ result: 'failed', 'failure-code': 'DG361' });
    expect(run.log).toContain('has no image v17 to go back to');
    expect(run.log).toMatch(/✓ registry .*; v17 not there$/m);
    expect(run.log).toContain('a31be07');
    expect(truth.tagMoves.filter(({ at }) => at >= (truth.calls[0]?.at ?? 0))).toEqual([]);
    expect(truth.deploymentsStarted).toEqual([]);
  });

  it('asks for a name where the history may not be read', async ({ expect }) => {
    const { run, truth } = await deploy({
      inputs: ROLLBACK,
      sandbox: { denied: ['ecs:ListServiceDeployments'] },
    });
    expect(run.outputs).toMatchObject({ result: 'failed', 'failure-code': 'DG362' });
    expect(truth.deploymentsStarted).toEqual([]);
  });

  it('takes a pinned service back to the revision that ran the image', async ({ expect }) => {
    const sandbox = await startSandbox({ scenario: 'success', speed: 60 });
    try {
      const one = await deployInto(sandbox, { inputs: { rollout: 'pin' } });
      const two = await deployInto(sandbox, { inputs: { rollout: 'pin' } });
      expect(two.run.outputs['result'], two.run.log).toBe('succeeded');
      const back = await deployInto(sandbox, { inputs: ROLLBACK });
      expect(back.run.outputs, back.run.log).toMatchObject({
        result: 'succeeded',
        'image-digest': one.run.outputs['image-digest'],
      });
      expect(back.truth.runningDigests).toEqual({ 'dyno-agent-service': [one.run.outputs['image-digest']] });
      const registered = back.truth.calls.filter(({ operation }) => operation === 'RegisterTaskDefinition');
      expect(registered).toHaveLength(2);
      expect(back.truth.updateServiceCalls.at(-1)?.input).toMatchObject({
        taskDefinition: expect.stringMatching(/dyno-agent:58$/),
      });
    } finally {
      await sandbox.close();
    }
  });

  it('goes back to the image of a digest, as the output `previous-image` has it', async ({ expect }) => {
    const sandbox = await startSandbox({ scenario: 'success', speed: 60 });
    try {
      const digest = sandbox
        .truth()
        .images['dyno-agent']?.find(({ tags }) => tags.includes('latest'))?.digest;
      await deployInto(sandbox);
      const back = await deployInto(sandbox, { inputs: { ...ROLLBACK, 'image-tag': digest } });
      expect(back.run.outputs, back.run.log).toMatchObject({ result: 'succeeded', 'image-digest': digest });
      expect(back.truth.runningDigests).toEqual({ 'dyno-agent-service': [digest] });
      expect(JSON.parse(back.run.outputs['image-tags'] ?? '[]')).not.toContain(digest);
      const gone = `sha256:${'0'.repeat(64)}`;
      const none = await deployInto(sandbox, { inputs: { ...ROLLBACK, 'image-tag': gone } });
      expect(none.run.outputs, none.run.log).toMatchObject({ result: 'failed', 'failure-code': 'DG361' });
      const forward = await deployInto(sandbox, { inputs: { 'image-tag': digest } });
      expect(forward.run.outputs, forward.run.log).toMatchObject({
        result: 'failed',
        'failure-code': 'DG101',
      });
      expect(forward.run.outputs['failure-reason']).toContain('only `mode: rollback` takes');
    } finally {
      await sandbox.close();
    }
  });

  it('registers a revision where the one that ran the image was taken out of use', async ({ expect }) => {
    const sandbox = await startSandbox({ scenario: 'success', speed: 60 });
    try {
      const one = await deployInto(sandbox, { inputs: { rollout: 'pin' } });
      await deployInto(sandbox, { inputs: { rollout: 'pin' } });
      const ecs = new ECSClient({
        region: 'us-east-1',
        endpoint: sandbox.url,
        credentials: {
          accessKeyId: sandbox.env()['AWS_ACCESS_KEY_ID'] ?? '',
          secretAccessKey: sandbox.env()['AWS_SECRET_ACCESS_KEY'] ?? '',
        },
      });
      await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'dyno-agent:58' }));
      const back = await deployInto(sandbox, { inputs: ROLLBACK });
      expect(back.run.outputs, back.run.log).toMatchObject({
        result: 'succeeded',
        'image-digest': one.run.outputs['image-digest'],
      });
      expect(back.truth.runningDigests).toEqual({ 'dyno-agent-service': [one.run.outputs['image-digest']] });
      expect(back.truth.updateServiceCalls.at(-1)?.input).toMatchObject({
        taskDefinition: expect.stringMatching(/dyno-agent:60$/),
      });
    } finally {
      await sandbox.close();
    }
  });

  it('goes back to the revision that is named, and to the image in it', async ({ expect }) => {
    const sandbox = await startSandbox({ scenario: 'success', speed: 60 });
    try {
      const one = await deployInto(sandbox, { inputs: { rollout: 'pin' } });
      await deployInto(sandbox, { inputs: { rollout: 'pin' } });
      await deployInto(sandbox, { inputs: { rollout: 'pin' } });
      const named = { ...ROLLBACK, 'task-definition': 'dyno-agent:58' };
      const other = await deployInto(sandbox, { inputs: { ...named, 'image-tag': 'latest' } });
      expect(other.run.outputs, other.run.log).toMatchObject({ result: 'failed', 'failure-code': 'DG368' });
      const back = await deployInto(sandbox, { inputs: named });
      expect(back.run.log).toContain(
        '✓ rollback   to the image that dyno-agent:58 runs, as `task-definition` names it: sha256:',
      );
      expect(back.run.outputs, back.run.log).toMatchObject({
        result: 'succeeded',
        'image-digest': one.run.outputs['image-digest'],
      });
      expect(back.truth.updateServiceCalls.at(-1)?.input).toMatchObject({
        taskDefinition: expect.stringMatching(/dyno-agent:58$/),
      });
      expect(back.truth.runningDigests).toEqual({ 'dyno-agent-service': [one.run.outputs['image-digest']] });
    } finally {
      await sandbox.close();
    }
  });
});
