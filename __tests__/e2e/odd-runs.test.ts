import fc from 'fast-check';
import { describe, it } from 'vitest';
import { LONGEST_MS, runsOf } from '../fuzz/campaign.ts';
import {
  composeText,
  dockerfileText,
  environmentText,
  hclText,
  ignoreText,
  valuesText,
  workflowText,
} from '../fuzz/grammars.ts';
import { oddInputs } from '../fuzz/inputs.ts';
import { jsonText } from '../fuzz/json.ts';
import { mutated } from '../fuzz/mutations.ts';
import { deploy } from './deploy.ts';
import { seedOf, USUAL } from './faults/sample.ts';

const seed = seedOf('DEPLOY_GUARD_FUZZ_SEED', USUAL);
const { numRuns } = runsOf(6);

const texts = {
  Dockerfile: dockerfileText,
  '.dockerignore': ignoreText,
  'compose.yaml': composeText,
  '.env': environmentText,
  'main.tf': hclText,
  'x.tfvars': valuesText,
  '.github/workflows/deploy.yml': workflowText,
};
const files = fc.record(
  {
    ...Object.fromEntries(
      Object.entries(texts).map(([path, text]) => [path, mutated(text, ['FROM scratch\n', 'a: b\n'])]),
    ),
    'task.json': jsonText({ family: 'app', containerDefinitions: [{ name: 'web', image: 'a' }] }),
  },
  { requiredKeys: [] },
);
const event = jsonText({
  head_commit: { message: 'Fix' },
  pull_request: { head: { repo: { full_name: 'a/b' } } },
});
/** The names of a request to AWS or a service are the sandbox's in half of the runs: then more is reached. */
const named = fc.constantFrom(
  {},
  {
    'aws-region': undefined,
    'ecr-repository': undefined,
    service: undefined,
    cluster: undefined,
    'role-to-assume': undefined,
    'http-proxy': undefined,
    'role-chaining': undefined,
    'allowed-account-ids': undefined,
  },
);
const runs = fc.sample(fc.record({ inputs: oddInputs, files, event, named }), { seed, numRuns });

describe.each(runs.map((run, index) => [index, run] as const))('odd inputs and files %i', (index, run) => {
  it('end with one verdict, without a crash', { timeout: LONGEST_MS }, async ({ expect }) => {
    const { 'http-proxy': _, ...given } = {
      ...run.inputs,
      'wait-for-minutes': '1',
      'health-check-urls': '',
      ...run.named,
    };
    // One value of an environment holds no more than 128 KB, and no NUL.
    const inputs = Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value.replaceAll('\0', '').toWellFormed()]],
      ),
    );
    const { run: ended, truth } = await deploy({
      inputs,
      files: run.files,
      run: { timeoutMs: 120_000, event: { name: 'push', payload: run.event } },
    });
    const { result = '', 'failure-code': code = '' } = ended.outputs;
    const about = `seed ${seed}, run ${index}: ${result} ${code}\n${ended.log.slice(-6_000)}`;
    expect([0, 1], about).toContain(ended.main.exitCode);
    expect(ended.main.exitCode === 0, about).toBe(/^(succeeded|started|checked)$/.test(result));
    expect(code, about).toMatch(ended.main.exitCode === 0 ? /^$/ : /^DG[0-8]\d\d$/);
    const verdicts = ended.annotations.filter(
      ({ level, message }) => level === 'error' && message.startsWith(code),
    );
    if (code !== '') expect(verdicts.length, about).toBeGreaterThan(0);
    expect(
      ended.annotations.filter(({ message }) => /^DG9/.test(message)),
      about,
    ).toEqual([]);
    expect(`${ended.rawStdout}\n${ended.rawStderr}`, about).not.toMatch(
      /\n\s+at .*\.js:\d+|UnhandledPromise/,
    );
    expect(truth.slackMessages.length, about).toBeLessThanOrEqual(1);
    expect({ left: ended.filesLeft(), orphans: ended.orphans }, about).toEqual({ left: [], orphans: [] });
  });
});
