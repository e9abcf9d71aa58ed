import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/stages/inputs/read-config.ts';

function read(buildArgs: string, environment: Readonly<Record<string, string>> = {}) {
  const { config, findings } = readConfig({
    'INPUT_BUILD-ARGS': buildArgs,
    'INPUT_AWS-REGION': 'us-east-1',
    'INPUT_ECR-REPOSITORY': 'app',
    INPUT_SERVICE: 'web',
    ...environment,
  });
  return { args: config.build.buildArgs, findings };
}

describe('build-args', () => {
  it('take the value of a name alone from the environment, an empty one too', () => {
    expect(read('A=1\nVERSION\nEMPTY', { VERSION: '1.2=3', EMPTY: '' })).toEqual({
      args: ['A=1', 'VERSION=1.2=3', 'EMPTY='],
      findings: [],
    });
  });

  it('are refused where that variable is not set, and are not repeated', () => {
    const { args, findings } = read('A=1\nVERSION');
    expect(args).toEqual(['A=1']);
    expect(findings).toMatchObject([
      { code: 'DG101', title: expect.stringMatching(/^Input `build-args` .* number 2\b/) },
    ]);
    expect(JSON.stringify(findings)).not.toContain('VERSION');
  });

  it.each(['constructor', 'toString', '__proto__'])('takes no value from nowhere: %s', (name) => {
    expect(read(name)).toMatchObject({ args: [], findings: [{ code: 'DG101' }] });
  });
});
