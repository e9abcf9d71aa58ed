import { parseManifest } from '../registry/manifest.ts';
import type { ActionRun } from '../runner/run-action.ts';
import type { Scenario, Truth } from '../sandbox.ts';

const green = new Set(['succeeded', 'started', 'checked']);

/**
 * Compares what the action said with what the scenario expects and what the sandbox knows: result, code,
 * exit code, one Slack message, and for a green run what really runs. Gives a sentence for each mismatch.
 */
export function mismatches(
  scenario: Pick<Scenario, 'expect' | 'inputs'>,
  run: Pick<ActionRun, 'outputs' | 'conclusion'>,
  truth: Pick<Truth, 'slackMessages' | 'runningDigests' | 'images'>,
): readonly string[] {
  const { result = '', 'failure-code': code = '', 'image-digest': digest = '' } = run.outputs;
  const wanted = scenario.expect;
  const isGreen = green.has(wanted.result);
  const messages = messagesWanted(scenario);
  return [
    result === wanted.result ? '' : `result is "${result}", not "${wanted.result}"`,
    wanted.code === undefined || code === wanted.code
      ? ''
      : `failure-code is "${code}", not "${wanted.code}"`,
    isGreen === (run.conclusion === 'success') ? '' : `the step ended as ${run.conclusion}`,
    truth.slackMessages.length === messages
      ? ''
      : `Slack shows ${truth.slackMessages.length} messages, not ${messages}`,
    ...(wanted.result === 'succeeded' ? runsElsewhere(truth, digest) : []),
  ].filter((sentence) => sentence !== '');
}

/** `check` tells nobody, and `slack-notify` may keep a message back. */
function messagesWanted(scenario: Pick<Scenario, 'expect' | 'inputs'>): number {
  const { mode, 'slack-notify': notify = 'always' } = scenario.inputs ?? {};
  if (mode === 'check' || notify === 'never') return 0;
  if (notify === 'failure') return green.has(scenario.expect.result) ? 0 : 1;
  if (notify === 'success') return green.has(scenario.expect.result) ? 1 : 0;
  return 1;
}

function runsElsewhere(truth: Pick<Truth, 'runningDigests' | 'images'>, digest: string): readonly string[] {
  const same = new Set([digest, ...childrenOf(truth, digest)]);
  return Object.entries(truth.runningDigests).flatMap(([service, digests]) =>
    digests
      .filter((running) => !same.has(running))
      .map((running) => `${service} runs ${running}, the action named ${digest || 'none'}`),
  );
}

/** An index and the manifests of its platforms are the same image. */
function childrenOf(truth: Pick<Truth, 'images'>, digest: string): readonly string[] {
  const pushed = Object.values(truth.images)
    .flat()
    .find((image) => image.digest === digest);
  const parsed = pushed === undefined ? undefined : parseManifest(pushed.mediaType, pushed.body);
  return parsed !== undefined && 'children' in parsed ? parsed.children : [];
}
