import { describe, expect, it } from 'vitest';
import { checkInputs } from '../../../src/stages/preflight/checks/inputs.ts';
import { checkContext } from './check-context.ts';

const codes = async (...given: Parameters<typeof checkContext>) =>
  (await checkInputs(checkContext(...given))).findings.map(({ code }) => code);

describe('checkInputs', () => {
  it('passes on what was found when the inputs were read', async () => {
    expect(await codes({})).toEqual([]);
    expect(await codes({ mode: 'x', service: 'a,a' })).toEqual(['DG101', 'DG101']);
  });

  it('asks for a region, and for a tag where no commit is checked out', async () => {
    expect(await codes({ 'aws-region': '' })).toEqual(['DG208']);
    expect(await codes({}, {}, { commit: undefined })).toEqual(['DG106']);
    expect(await codes({ 'image-tag': 'v1' }, {}, { commit: undefined })).toEqual([]);
  });

  it.each([
    ['https://ecs.us-east-1.amazonaws.com', []],
    ['http://127.0.0.1:4566', []],
    ['http://localhost:4566', []],
    ['http://[::1]:4566', []],
    ['http://10.0.0.5:4566', ['DG105']],
    ['http://127.0.0.1.evil.example', ['DG105']],
    ['ftp://127.0.0.1', ['DG105']],
    ['not a url', ['DG105']],
  ])('accepts plain http for this machine alone: %s', async (url, expected) => {
    for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_ECS', 'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS']) {
      expect(await codes({}, { [name]: url })).toEqual(expected);
    }
  });
});
