import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INPUTS, type InputName, parseInputs } from '../../../src/stages/inputs/schema.ts';
import { action } from './action-metadata.ts';

const names = Object.keys(INPUTS) as InputName[];

function parsed(given: Partial<Record<InputName, string>>) {
  return parseInputs((name) => given[name] ?? '');
}

describe('the inputs of action.yml and of the schema', () => {
  it('are the same', () => {
    expect([...names].sort()).toEqual(Object.keys(action.inputs).sort());
  });

  it.each(names)('%s: the default of action.yml is what an empty input gives', (name) => {
    const stated = action.inputs[name]?.default;
    // GitHub fills an expression in; it is no value of ours.
    if (stated === undefined || stated.includes('${{')) return;
    const { values, invalid } = parsed({ [name]: stated });
    expect(invalid).toEqual([]);
    expect(values[name]).toEqual(parsed({}).values[name]);
  });

  it.each([
    'mode',
    'role-chaining',
    'role-duration-seconds',
    'audience',
    'latest-tag',
    'context',
    'pull',
    'no-cache',
    'reuse-image',
    'cluster',
    'rollout',
    'wait-for-minutes',
    'on-failure',
    'health-check-timeout-seconds',
    'fail-fast',
    'hygiene',
    'slack-notify',
    'github-token',
  ] as const)('%s: action.yml states the default that CONTRACT names', (name) => {
    expect(action.inputs[name]?.default).toBeDefined();
  });

  it('action.yml requires what the schema has no default for', () => {
    const required = names.filter((name) => action.inputs[name]?.required === true);
    expect(required).toEqual(['ecr-repository', 'service']);
  });

  it('describes every input and output', () => {
    for (const { description } of [...Object.values(action.inputs), ...Object.values(action.outputs)]) {
      expect(description.length).toBeGreaterThan(15);
    }
  });
});

describe('values', () => {
  it.each<readonly [InputName, string, unknown]>([
    ['mode', 'check', 'check'],
    ['latest-tag', 'false', undefined],
    ['latest-tag', 'False', undefined],
    ['provenance', 'False', 'false'],
    ['sbom', 'FALSE', 'false'],
    [
      'provenance',
      'mode=max,builder-id=https://example.com/Ci',
      'mode=max,builder-id=https://example.com/Ci',
    ],
    ['latest-tag', 'stable', 'stable'],
    ['wait-for-minutes', '0', 0],
    ['wait-for-minutes', '7.5', 7.5],
    ['wait-for-minutes', '1440', 1440],
    ['role-chaining', 'TRUE', true],
    ['reuse-image', 'False', false],
    ['service', ' a , b\n\nc,', ['a', 'b', 'c']],
    [
      'service',
      'arn:aws:ecs:us-east-1:123456789012:service/main/web',
      ['arn:aws:ecs:us-east-1:123456789012:service/main/web'],
    ],
    [
      'cluster',
      'arn:aws-us-gov:ecs:us-gov-west-1:123456789012:cluster/main',
      'arn:aws-us-gov:ecs:us-gov-west-1:123456789012:cluster/main',
    ],
    ['aws-region', 'us-gov-west-1', 'us-gov-west-1'],
    ['aws-region', 'cn-north-1', 'cn-north-1'],
    ['aws-region', 'us-iso-east-1', 'us-iso-east-1'],
    ['ecr-repository', 'team/my-service', 'team/my-service'],
    [
      'ecr-repository',
      '123456789012.dkr.ecr.us-east-1.amazonaws.com/a/b_c',
      '123456789012.dkr.ecr.us-east-1.amazonaws.com/a/b_c',
    ],
    ['ecr-repository', '127.0.0.1:5000/dyno-agent', '127.0.0.1:5000/dyno-agent'],
    ['allowed-account-ids', '123456789012,210987654321', ['123456789012', '210987654321']],
    [
      'role-to-assume',
      'arn:aws-cn:iam::123456789012:role/path/to/deploy',
      'arn:aws-cn:iam::123456789012:role/path/to/deploy',
    ],
    ['extra-tags', 'v1.2.3\nv1', ['v1.2.3', 'v1']],
    ['build-args', 'A=1\nB=x=y\n# C=3', ['A=1', 'B=x=y']],
    ['build-args', 'A=1\nVERSION', ['A=1', 'VERSION']],
    ['platforms', 'linux/amd64,linux/arm64', ['linux/amd64', 'linux/arm64']],
    // docs.docker.com, "Using secrets with GitHub Actions": quotes around an entry, doubled ones within it.
    ['secrets', '"github_token=ghs_x"', ['github_token=ghs_x']],
    [
      'secrets',
      '"KEY=first\nsecond"\nFOO=bar\n"EMPTY=aaaa\n\n  bbbb\n# ccc "\n"JSON={""key1"":""value1"",""key2"":2}"',
      ['KEY=first\nsecond', 'FOO=bar', 'EMPTY=aaaa\n\n  bbbb\n# ccc ', 'JSON={"key1":"value1","key2":2}'],
    ],
    ['secrets', 'JSON={"a":"b","c":"d"}', ['JSON={"a":"b","c":"d"}']],
    ['secrets', '# don\'t, "x\nA=1\r\n\r\n  B=2  ', ['A=1', 'B=2']],
    ['secret-files', '"MY_SECRET=./secret.txt"', ['MY_SECRET=./secret.txt']],
    ['secret-envs', 'A=FIRST,B=SECOND\n"C=THIRD"', ['A=FIRST', 'B=SECOND', 'C=THIRD']],
    ['build-args', '"GREETING=hello, world"\nA=1,2', ['GREETING=hello, world', 'A=1,2']],
    ['labels', '"org.example.text=two\nlines"', ['org.example.text=two\nlines']],
    [
      'cache-from',
      'type=registry,ref=a/b:c\ntype=gha,"scope=x"',
      ['type=registry,ref=a/b:c', 'type=gha,scope=x'],
    ],
    ['cache-to', 'type=local,dest=/tmp/cache,mode=max', ['type=local,dest=/tmp/cache,mode=max']],
    ['ssh', 'default,github=/tmp/key', ['default', 'github=/tmp/key']],
    ['build-contexts', '"base=docker-image://alpine:3"', ['base=docker-image://alpine:3']],
    ['platforms', '"linux/amd64,linux/arm64"\nlinux/386', ['linux/amd64', 'linux/arm64', 'linux/386']],
    ['image-tag', '_x.Y-1', '_x.Y-1'],
  ])('%s: %j', (name, text, value) => {
    const { values, invalid } = parsed({ [name]: text });
    expect(invalid).toEqual([]);
    expect(values[name]).toEqual(value);
  });

  it.each<readonly [InputName, string]>([
    ['mode', 'deply'],
    ['mode', 'Deploy now'],
    ['aws-region', 'us-east'],
    ['aws-region', 'us-east-1a'],
    ['role-to-assume', 'deploy'],
    ['role-to-assume', 'arn:aws:iam::123:role/deploy'],
    ['role-chaining', 'yes'],
    ['role-session-name', 'a b'],
    ['role-duration-seconds', '899'],
    ['role-duration-seconds', '43201'],
    ['role-duration-seconds', 'an hour'],
    ['http-proxy', 'ftp://proxy.local'],
    ['allowed-account-ids', '12345678901'],
    ['ecr-repository', 'My-Service'],
    ['ecr-repository', 'my-service:latest'],
    ['ecr-repository', 'my service'],
    ['image-tag', '.hidden'],
    ['image-tag', 'a/b'],
    ['image-tag', 'x'.repeat(129)],
    ['latest-tag', '-x'],
    ['extra-tags', 'good\nnot good'],
    ['build-args', 'NOT A NAME'],
    ['secrets', '=value'],
    ['secrets', '"token=never closed\nA=1'],
    ['build-args', 'A=1\n"B=2" more'],
    ['engine', 'containerd'],
    ['cluster', 'my cluster'],
    ['service', 'web,web'],
    ['service', 'web service'],
    ['service', Array.from({ length: 51 }, (_, i) => `s${i}`).join()],
    ['rollout', 'pinned'],
    ['wait-for-minutes', '-1'],
    ['wait-for-minutes', '1e3'],
    ['wait-for-minutes', '1441'],
    ['wait-for-minutes', '9'.repeat(400)],
    ['wait-for-minutes', 'NaN'],
    ['health-check-timeout-seconds', '0'],
    ['fail-fast', '1'],
    ['hygiene', 'on'],
    ['slack-notify', 'sometimes'],
    ['environment-url', 'javascript:alert(1)'],
  ])('%s: %j is refused, and the default stands in', (name, text) => {
    const { values, invalid } = parsed({ [name]: text });
    expect(invalid.map((each) => each.name)).toEqual([name]);
    expect(values[name]).toEqual(parsed({}).values[name]);
  });

  it('takes the reason behind an entry of hygiene-ignore for no part of it', () => {
    const text = 'DG008 # all of ours drop root, see #12\nDG025 a#b/**\t# fixtures\n# DG001\nDG003,DG004 #';
    expect(parsed({ 'hygiene-ignore': text }).values['hygiene-ignore']).toEqual([
      'DG008',
      'DG025 a#b/**',
      'DG003',
      'DG004',
    ]);
  });

  it('gives a value for every input, whatever is written in any', () => {
    const anyInputs = fc.record(
      Object.fromEntries(names.map((name) => [name, fc.string({ unit: 'binary' })])),
    );
    fc.assert(
      fc.property(anyInputs, (given) => {
        const { values } = parsed(given);
        expect(Object.keys(values).sort()).toEqual([...names].sort());
      }),
      { numRuns: 200 },
    );
  });
});
