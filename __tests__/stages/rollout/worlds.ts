import type { World } from './fake-ecs.ts';
import {
  entry,
  event,
  OLD,
  OURS,
  PUSHED,
  REVISION_ARN,
  revision,
  SD_ARN,
  service,
  serviceDeployment,
  T0,
  task,
} from './observations.ts';

export const old = entry(OLD, { status: 'ACTIVE', rolloutState: 'COMPLETED' });
export const listed = [
  { arn: SD_ARN, status: 'IN_PROGRESS', revisionArn: REVISION_ARN, createdAt: T0 },
  ...[65, 80, 70].map((seconds, i) => ({
    arn: `old-${i}`,
    status: 'SUCCESSFUL',
    createdAt: T0 - (i + 1) * 86_400_000,
    finishedAt: T0 - (i + 1) * 86_400_000 + seconds * 1000,
  })),
];

/** A rollout that is over after `ms`. */
export function succeedsAfter(ms: number): (name: string, elapsed: number) => World {
  return (name, elapsed) => {
    const over = elapsed >= ms;
    const running = elapsed < ms / 3 ? 0 : elapsed < (2 * ms) / 3 ? 1 : 2;
    const arn = SD_ARN.replace('/web/', `/${name}/`);
    const target = {
      arn: REVISION_ARN.replace('/web/', `/${name}/`),
      requested: 2,
      running,
      pending: 2 - running,
    };
    return {
      service: service(
        over ? [entry(OURS, { rolloutState: 'COMPLETED' })] : [entry(OURS, { running }), old],
        {
          name,
          currentServiceDeploymentArn: arn,
          events:
            running > 0
              ? [event(10_000, '(service web) has started 2 tasks: (task 11111111) (task 22222222).')]
              : [],
        },
      ),
      serviceDeployment: serviceDeployment(over ? 'SUCCESSFUL' : 'IN_PROGRESS', {
        arn,
        target,
        sources: [{ arn: 'old', requested: 2, running: over ? 0 : 2, pending: 0 }],
      }),
      listed,
      revision: { ...revision(PUSHED), arn: target.arn },
      running: [task(1), task(2)].slice(0, running),
    };
  };
}
