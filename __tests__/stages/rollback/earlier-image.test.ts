import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PastDeployment } from '../../../src/aws/service-history.ts';
import { earlierImage } from '../../../src/stages/rollback/earlier-image.ts';

/** `S:a` is a successful deployment of image a, `R:b` one that ECS rolled back, `F:c` one that was stopped. */
function history(...steps: readonly string[]): readonly PastDeployment[] {
  const statuses: Readonly<Record<string, string>> = {
    S: 'SUCCESSFUL',
    R: 'ROLLBACK_SUCCESSFUL',
    F: 'STOPPED',
    P: 'IN_PROGRESS',
  };
  return steps.map((step) => {
    const [status = '', image] = step.split(':');
    const digest = image === '?' ? undefined : image;
    return {
      status: statuses[status] ?? status,
      taskDefinition: 'arn:aws:ecs:us-east-1:123456789012:task-definition/app:1',
      images: [
        { container: 'proxy', image: 'proxy:1', digest: 'proxy' },
        { container: 'app', image: 'app:latest', digest },
      ],
    };
  });
}

const named = { none: 'last-was-a-rollback' };

describe('the image before the last one (newest first)', () => {
  it.each([
    ['the one before', ['S:b', 'S:a'], { digest: 'a' }],
    ['past redeployments of the same image', ['S:b', 'S:b', 'S:b', 'S:a'], { digest: 'a' }],
    ['past a deployment that failed', ['S:c', 'F:b', 'S:a'], { digest: 'a' }],
    ['while the last is still going on', ['P:c', 'S:b', 'S:a'], { digest: 'b' }],
    ['after the last was stopped without a roll back', ['F:c', 'S:b'], { digest: 'b' }],
    ['not after ECS rolled back', ['R:c', 'S:b', 'S:a'], named],
    ['not after a roll back by hand', ['S:a', 'S:b', 'S:a'], named],
    ['not after one, deployed again', ['S:a', 'S:a', 'S:b', 'S:a'], named],
    ['nothing but one image', ['S:a', 'S:a'], { none: 'no-earlier-image' }],
    ['only failures before', ['S:b', 'F:a'], { none: 'no-earlier-image' }],
    ['no history', [], { none: 'no-earlier-image' }],
    ['a digest that ECS does not know', ['S:?', 'S:a'], { none: 'digests-unknown' }],
    ['an earlier one that it does not', ['S:b', 'S:?'], { none: 'digests-unknown' }],
  ] as const)('%s', (_, steps, expected) => {
    expect(earlierImage(history(...steps), ['app'])).toEqual(expected);
  });

  it('is that of our container, not of another in the task', () => {
    expect(earlierImage(history('S:b', 'S:a'), ['proxy'])).toEqual({ none: 'no-earlier-image' });
  });

  it('is never the last image, nor one that never succeeded', () => {
    const step = fc
      .tuple(fc.constantFrom('S', 'R', 'F', 'P'), fc.constantFrom('a', 'b', 'c'))
      .map(([s, i]) => `${s}:${i}`);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const found = earlierImage(history(...steps), ['app']);
        if ('none' in found) return;
        expect(steps[0]).not.toContain(`:${found.digest}`);
        expect(steps).toContain(`S:${found.digest}`);
      }),
    );
  });
});
