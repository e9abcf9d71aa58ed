import { describe, expect, it } from 'vitest';
import { commitUrl, compareUrl, errorUrl, serviceUrl } from '../../../src/stages/report/links.ts';
import { slackMessage } from '../../../src/stages/report/slack-message.ts';
import { REPORTS, RUN } from './reports.ts';

const SHA = '4f9c2e1000000000000000000000000000000000';

describe("the service's page in the AWS console", () => {
  it.each([
    ['us-east-1', 'us-east-1.console.aws.amazon.com'],
    ['mx-central-1', 'mx-central-1.console.aws.amazon.com'],
    ['cn-north-1', 'cn-north-1.console.amazonaws.cn'],
    ['us-gov-west-1', 'us-gov-west-1.console.amazonaws-us-gov.com'],
  ])('is in the partition of %s', (region, host) => {
    const cluster = 'arn:aws:ecs:us-east-1:123456789012:cluster/main';
    expect(serviceUrl({ region, cluster }, 'web')).toBe(
      `https://${host}/ecs/v2/clusters/main/services/web/deployments?region=${region}`,
    );
  });

  it.each([
    undefined,
    '',
    'us-iso-east-1',
    'us-isob-east-1',
    'eu-isoe-west-1',
    'eusc-de-east-1',
    'evil.example/us-east-1',
    'us-east-1.evil.example',
    'us-east-1@evil',
  ])('is not guessed for %s', (region) => {
    expect(serviceUrl({ region, cluster: 'c' }, 'web')).toBeUndefined();
    expect(JSON.stringify(slackMessage({ ...REPORTS.crashed, region }))).not.toContain('|Service>');
  });

  it('takes a name as one part of the path, whatever is in it', () => {
    expect(serviceUrl({ region: 'us-east-1', cluster: 'a/../b?x#' }, '../c')).toBe(
      'https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/b%3Fx%23/services/..%2Fc/deployments?region=us-east-1',
    );
  });
});

describe('the links to GitHub', () => {
  it('are of the commit that is deployed', () => {
    const base = 'a31be07000000000000000000000000000000000';
    expect(commitUrl(REPORTS.succeeded)).toBe(`https://github.com/acme/dyno-agent/commit/${SHA}`);
    expect(compareUrl(REPORTS.succeeded, base)).toBe(
      `https://github.com/acme/dyno-agent/compare/${base}...${SHA}`,
    );
    expect(errorUrl({ run: RUN }, 'DG612')).toMatch(/errors\.md#dg612$/);
  });

  it('are left out where there is no repository', () => {
    const run = { ...RUN, repository: '' };
    expect(commitUrl({ ...REPORTS.succeeded, run })).toBeUndefined();
    expect(compareUrl({ ...REPORTS.succeeded, run }, SHA)).toBeUndefined();
  });
});
