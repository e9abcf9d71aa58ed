import type { DeployContext } from '../deploy-context.ts';
import type { PushedImage } from '../image/image.ts';
import { count } from '../report/words.ts';
import type { ExpectedImage, RolloutOutcome, StartedDeployment } from '../rollout/rollout.ts';
import { progressText } from '../rollout/stage.ts';
import { watchRollouts } from '../rollout/watch.ts';
import { ObservationFailed } from '../rollout/watch-failure.ts';

const HEARTBEAT_MS = 30_000;
/** The patience of the first rollout may be used up: the way back gets at least so long. */
const LEAST_MINUTES = 10;

/** A service on its way back: by ECS's own roll back of our deployment, or by a deployment of the previous image. */
export type BackUnderWay = {
  readonly service: string;
  readonly deployment: StartedDeployment;
  /** What it then runs, where that is known. */
  readonly digest: string | undefined;
} & (
  | {
      readonly kind: 'rolling-back';
      /** Events that the log has already. */
      readonly told: RolloutOutcome['events'];
    }
  | { readonly kind: 'redeploying'; readonly expected: ExpectedImage }
);

/**
 * Waits for all of them together; gives each service's outcome, as far as it was seen. Throws the reason of a
 * cancel: the way back goes on in ECS then.
 */
export async function waitForAll(
  underWay: readonly BackUnderWay[],
  image: PushedImage,
  context: DeployContext,
): Promise<ReadonlyMap<string, RolloutOutcome>> {
  const { ports } = context;
  if (underWay.length === 0) return new Map();
  const pushed = {
    digest: image.digest,
    childDigests: image.childDigests,
    repositoryUri: image.repositoryUri,
  };
  const expectedOf = (each: BackUnderWay) => (each.kind === 'redeploying' ? each.expected : pushed);
  const groups = Map.groupBy(underWay, (each) => `${each.kind} ${expectedOf(each).digest}`);
  const names = underWay.map(({ service }) => service);
  ports.runner.openGroup(`Rollback of ${names.length === 1 ? names[0] : count(names.length, 'service')}`);
  try {
    const watched = await Promise.all(
      [...groups.values()].map(async (group) => {
        const [first] = group;
        return first ? await watch(group, expectedOf(first), context, names.length > 1) : [];
      }),
    );
    ports.signal.throwIfAborted();
    return new Map(watched.flat().map((outcome) => [outcome.service, outcome]));
  } finally {
    ports.runner.closeGroup();
  }
}

async function watch(
  group: readonly BackUnderWay[],
  expected: ExpectedImage,
  { config, ports }: DeployContext,
  namesService: boolean,
): Promise<readonly RolloutOutcome[]> {
  const { ecs, logs } = await ports.watching();
  try {
    return await watchRollouts(
      group.map(({ deployment }) => deployment),
      // Its failed tasks are those that made it necessary, so that no rule may take them for its own.
      {
        waitForMs: Math.max(config.ecs.waitMinutes, LEAST_MINUTES) * 60_000,
        failFast: false,
        expected,
        heartbeatMs: HEARTBEAT_MS,
        rollingBack: new Map(
          group.flatMap((each) => (each.kind === 'rolling-back' ? [[each.service, each.told]] : [])),
        ),
      },
      {
        ecs,
        logs,
        clock: ports.clock,
        signal: ports.signal,
        onProgress: (line) => ports.runner.print(progressText(line, namesService)),
      },
    );
  } catch (error) {
    // AWS can't be asked any more: that is how the undoing of these ended, and no reason to forget the others.
    if (error instanceof ObservationFailed) return error.outcomes;
    throw error;
  }
}
