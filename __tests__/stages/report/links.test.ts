import { describe, expect, it } from 'vitest';
import { commitUrl, comparison, errorUrl, serviceUrl } from '../../../src/stages/report/links.ts';
import type { RunReport } from '../../../src/stages/report/run-report.ts';
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
  const base = 'a31be07000000000000000000000000000000000';

  it('are of the commit that is deployed', () => {
    expect(commitUrl(REPORTS.succeeded)).toBe(`https://github.com/acme/dyno-agent/commit/${SHA}`);
    expect(comparison({ ...REPORTS.succeeded, commitsSince: 3 })).toEqual({
      words: '3 commits since',
      sha: 'a31be07',
      url: `https://github.com/acme/dyno-agent/compare/${base}...${SHA}`,
    });
    expect(errorUrl({ run: RUN }, 'DG612')).toMatch(/errors\.md#dg612$/);
  });

  it.each([
    [3, '3 commits before'],
    [0, 'instead of'],
  ])(
    'are of what a rollback takes back, which is nothing since the image before: %i',
    (commitsSince, words) => {
      const earlier = '7f20b9c000000000000000000000000000000000';
      const image = { ...REPORTS.succeeded.image, tag: earlier } as RunReport['image'];
      expect(comparison({ ...REPORTS.succeeded, mode: 'rollback', image, commitsSince })).toEqual({
        words,
        sha: 'a31be07',
        url: `https://github.com/acme/dyno-agent/compare/${earlier}...${base}`,
      });
    },
  );

  it('are left out where there is no repository', () => {
    const run = { ...RUN, repository: '' };
    expect(commitUrl({ ...REPORTS.succeeded, run })).toBeUndefined();
    expect(comparison({ ...REPORTS.succeeded, run })?.url).toBeUndefined();
  });
});
