import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments, scenarioList } from '../../../sandbox/demo/arguments.ts';
import { mismatches } from '../../../sandbox/demo/judgement.ts';
import { createLogView } from '../../../sandbox/demo/log-view.ts';
import { slackLines } from '../../../sandbox/demo/slack-view.ts';
import { makeWorkspace } from '../../../sandbox/demo/workspace.ts';
import type { Scenario } from '../../../sandbox/sandbox.ts';
import { readPayload } from '../../../sandbox/slack/block-limits.ts';

const story: Scenario = { name: 'story', description: 'It goes well.', expect: { result: 'succeeded' } };
const sad: Scenario = {
  name: 'sad',
  description: 'It does not.',
  expect: { result: 'failed', code: 'DG612' },
};

describe('the arguments', () => {
  it('name a scenario and a speed', () => {
    const request = readArguments(['--scenario', 'sad', '--speed', '2.5'], [story, sad]);
    expect(request).toEqual({ kind: 'run', scenario: sad, speed: 2.5 });
    expect(readArguments(['--list'], [story])).toEqual({ kind: 'list' });
  });

  it('may be the name alone', () => {
    expect(readArguments(['sad'], [story, sad])).toMatchObject({ scenario: sad });
    expect(readArguments([], [{ ...story, name: 'success' }])).toMatchObject({ kind: 'run' });
  });

  it.each([
    [['--scenario', 'nope'], /There is no scenario "nope"[\s\S]*story +It goes well\. \(succeeded\)/],
    [['--scenario', 'storey'], /\n\nDid you mean story\?$/],
    [['--scenario', 'story', 'story'], /one scenario at a time/],
    [['story', 'story'], /one scenario at a time/],
    [['--scenario', 'story', '--speed', '0'], /--speed has to be a number above 0/],
    [['--fast'], /Unknown option '--fast'\.\n\nnpm run demo/],
  ])('are refused where they are wrong: %j', (args, message) => {
    expect(() => readArguments(args, [story])).toThrow(message);
  });

  it('are told with what each scenario comes to', () => {
    expect(scenarioList([story, sad])).toBe(
      '  story  It goes well. (succeeded)\n  sad    It does not. (failed DG612)',
    );
  });
});

describe('the log', () => {
  it('folds into groups and puts errors into words', () => {
    const shown: string[] = [];
    const view = createLogView((line) => shown.push(line));
    for (const line of ['a', '##[group]G', 'b', '##[warning]w', '##[endgroup]', '##[error]x\ny']) view(line);
    expect(shown).toEqual(['a', '▸ G', '  b', '  Warning: w', 'Error: x', 'y']);
  });
});

describe('a Slack message', () => {
  it('is shown block by block, with the text of its links', () => {
    const read = readPayload(
      JSON.stringify({
        text: 'fallback',
        blocks: [
          { type: 'header', text: { type: 'plain_text', text: 'Head' } },
          {
            type: 'section',
            text: { type: 'mrkdwn', text: '*bold* &lt;b&gt; <https://x.example|Run>\nnext' },
          },
          { type: 'context', elements: [{ type: 'mrkdwn', text: 'small' }] },
        ],
      }),
    );
    if (!('payload' in read)) throw new Error(read.why);
    const lines = slackLines({ receivedAt: 0, payload: read.payload });
    expect(lines).toEqual(['Head', 'bold <b> Run', 'next', 'small']);
  });
});

describe('the judgement', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const run = { outputs: { result: 'succeeded', 'image-digest': digest }, conclusion: 'success' } as const;
  const message = { receivedAt: 0, payload: { text: 'x' } };
  const truth = { slackMessages: [message], runningDigests: { app: [digest] }, images: {} };

  it('has nothing to say where all agree', () => {
    expect(mismatches(story, run, truth)).toEqual([]);
  });

  it('takes a platform of the pushed index for the same image', () => {
    const child = `sha256:${'b'.repeat(64)}`;
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const manifests = [{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: child, size: 2 }];
    const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
    const index = { digest, mediaType, body, tags: [], pushedAt: 0, sizeInBytes: 0 };
    const running = { ...truth, runningDigests: { app: [child] } };
    expect(mismatches(story, run, { ...running, images: { app: [index] } })).toEqual([]);
    expect(mismatches(story, run, running)).toEqual([expect.stringContaining(`app runs ${child}`)]);
  });

  it.each([
    [
      'another result',
      story,
      { ...run, outputs: { ...run.outputs, result: 'failed' } },
      truth,
      'result is "failed"',
    ],
    [
      'another code',
      sad,
      { outputs: { result: 'failed', 'failure-code': 'DG601' }, conclusion: 'failure' },
      truth,
      'failure-code is "DG601"',
    ],
    ['a red step', story, { ...run, conclusion: 'failure' }, truth, 'the step ended as failure'],
    [
      'a green step',
      sad,
      { outputs: { result: 'failed', 'failure-code': 'DG612' }, conclusion: 'success' },
      truth,
      'the step ended as success',
    ],
    [
      'two messages',
      story,
      run,
      { ...truth, slackMessages: [message, message] },
      'Slack shows 2 messages, not 1',
    ],
    ['no message', story, run, { ...truth, slackMessages: [] }, 'Slack shows 0 messages, not 1'],
    [
      'another image running',
      story,
      run,
      { ...truth, runningDigests: { app: [digest, 'sha256:b'] } },
      'app runs sha256:b',
    ],
    [
      'a message in check',
      { ...story, inputs: { mode: 'check' } },
      run,
      truth,
      'Slack shows 1 messages, not 0',
    ],
  ] as const)('names %s', (_what, scenario, ran, knows, sentence) => {
    expect(mismatches(scenario, ran, knows)).toEqual([expect.stringContaining(sentence)]);
  });
});

describe('the workspace', () => {
  it('is a repository whose last commit, by octo, has the same SHA each time', () => {
    const [first, second] = [makeWorkspace(), makeWorkspace()];
    const log = execFileSync('git', ['log', '--format=%an %s %H'], { cwd: first.path, encoding: 'utf8' });
    expect(log.split('\n')[0]).toBe(`octo Fix torque curve ${first.commit.sha}`);
    expect(second.commit).toEqual(first.commit);
    first.remove();
    second.remove();
    expect(existsSync(first.path)).toBe(false);
  });
});

describe('the demo', () => {
  const demo = join(import.meta.dirname, '..', '..', '..', 'sandbox', 'demo.ts');
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [demo, ...args], { encoding: 'utf8' });

  it('tells a whole story and ends well where it is the one expected', () => {
    const { status, stdout, stderr } = run('--scenario', 'missing-secret', '--speed', '60');
    expect([status, stderr]).toEqual([0, '']);
    for (const part of [
      'JWT_SECRET',
      'The step summary',
      'In Slack\n',
      '│ ',
      'none was started',
      'As the scenario expects: failed (DG112).',
    ]) {
      expect(stdout.replaceAll(/ ─+/g, '')).toContain(part);
    }
  });

  it('refuses an unknown scenario with the list', () => {
    const { status, stdout, stderr } = run('--scenario', 'nope');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/There is no scenario "nope"\. There are:\n\n {2}success /);
  });
});
