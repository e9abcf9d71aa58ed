import { describe, expect, it } from 'vitest';
import { peakOf } from '../../bench/deploy-run.ts';

describe('peakOf', () => {
  it('is the largest of the processes that are an action, in bytes', () => {
    const text = [
      '90000 /home/runner/deploy-guard/dist/index.js',
      '70000 /home/runner/deploy-guard/dist/post/index.js',
      '109000 /cache/docker/build-push-action/abc/dist/index.cjs',
      '250000 /home/runner/deploy-guard/sandbox/engine/docker.ts',
      '',
    ].join('\n');
    expect(peakOf(text)).toBe(109_000 * 1024);
  });
});
