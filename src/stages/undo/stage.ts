import type { Finding } from '../../finding.ts';
import type { ServiceBefore } from '../deploy/before.ts';
import type { DeployStage } from '../deploy/stage.ts';
import type { DeployContext } from '../deploy-context.ts';
import type { ImageStage } from '../image/stage.ts';
import { isGreen } from '../report/run-report.ts';
import type { RolloutOutcome } from '../rollout/rollout.ts';
import { whyUnseen } from '../rollout/watch-failure.ts';
import { type PreviousRun, previousRun } from './previous-run.ts';
import { UndoNotes } from './progress.ts';
import { putTagsBack, tagsNotPutBack, type UndoTags } from './tags.ts';
import {
  beginOwnRollback,
  endOfRollback,
  notUndone,
  type OwnRollback,
  redeploy,
  type Undoing,
  type UndoPorts,
  undoneUnseen,
} from './undo.ts';
import { type BackUnderWay, waitForAll } from './wait.ts';

const REREAD_MS = 1_000;

/** How the undoing of one service ended. */
export type ServiceUndone =
  /** It runs what it ran before; the digest is undefined where ECS doesn't tell it. */
  | { readonly kind: 'back'; readonly service: string; readonly digest: string | undefined }
  /** It ran this very image before. */
  | { readonly kind: 'same'; readonly service: string }
  /** Somebody else's newer deployment runs. */
  | { readonly kind: 'left'; readonly service: string }
  | { readonly kind: 'failed'; readonly service: string; readonly finding: Finding };

/** How the undoing of a run went. */
export interface Undone {
  readonly services: readonly ServiceUndone[];
  /** Tags that may point at the failed image still. */
  readonly tags: readonly Finding[];
}

/**
 * `on-failure: rollback`: points the tags back at the previous image, has every service run again what it ran, and
 * waits for that as for any rollout. Services are undone each by itself: what stands in the way of one, or of a
 * tag, doesn't hold up the others. Throws only the reason of a cancel.
 */
export async function undoStage(
  context: DeployContext,
  { image, registry }: ImageStage,
  { started, before }: DeployStage,
  outcomes: readonly RolloutOutcome[],
): Promise<Undone> {
  const { config, recorder, ports } = context;
  const notes = new UndoNotes(recorder);
  ports.runner.print('! rollback   putting the previous image back, as `on-failure: rollback` asks');
  const { unanswered } = recorder.report;
  const undoings = before.flatMap((each): Undoing[] => {
    const { name } = each.service;
    const ours = started.find(({ service }) => service === name);
    if (!ours && !unanswered.includes(name)) return [];
    return [{ before: each, started: ours, outcome: outcomes.find(({ service }) => service === name) }];
  });
  const undoPorts = {
    cluster: config.ecs.cluster,
    ecs: await ports.aws.ecs(),
    signal: ports.signal,
    rereadMs: REREAD_MS,
  };
  notes.asks(undoings.filter(isToBeAsked).map(({ before }) => before.service.name));
  const [tags, own] = await Promise.all([
    putTagsBack(registry, image.digest, recorder, ports),
    Promise.all(undoings.map((each) => ownRollback(each, undoPorts, notes))),
  ]);
  ports.signal.throwIfAborted();
  const work = { context, image, tags, undoPorts, notes };
  const first = await finish(await begin(undoings, own, work), work);
  // ECS's own roll back may fail, or come too late: the previous image is then deployed.
  const again = undoings.filter((each) =>
    first.some((end) => end.kind === 'not-rolled-back' && end.service === each.before.service.name),
  );
  const nothing = again.map((): OwnRollback => ({ kind: 'none' }));
  const second = await finish(await begin(again, nothing, work), work);
  const services = [...first, ...second].filter(
    (end): end is ServiceUndone => end.kind !== 'not-rolled-back',
  );
  for (const each of services)
    if (each.kind === 'back') ports.runner.print(`✓ rollback   ${each.service}: runs what it ran before`);
  notes.over();
  return { services, tags: tagsNotPutBack(tags) };
}

interface Work {
  readonly context: DeployContext;
  readonly image: ImageStage['image'];
  readonly tags: UndoTags;
  readonly undoPorts: UndoPorts;
  readonly notes: UndoNotes;
}

function isToBeAsked({ outcome }: Undoing): boolean {
  return outcome?.result !== 'superseded' && outcome?.result !== 'rolled-back';
}

async function ownRollback(undoing: Undoing, ports: UndoPorts, notes: UndoNotes): Promise<OwnRollback> {
  const own = await beginOwnRollback(undoing, ports);
  const service = undoing.before.service.name;
  if (own.kind === 'rolling-back') notes.answered({ service, deploymentId: own.deployment.deploymentId });
  return own;
}

type Begun = BackUnderWay | ServiceUndone;
type End = ServiceUndone | { readonly kind: 'not-rolled-back'; readonly service: string };

/** What each service's way back begins with. Tags are moved for one after the other, deployments start together. */
async function begin(
  undoings: readonly Undoing[],
  own: readonly OwnRollback[],
  work: Work,
): Promise<readonly Begun[]> {
  const begun: (Begun | Promise<Begun>)[] = [];
  for (const [index, undoing] of undoings.entries()) {
    const { service, digest } = undoing.before;
    const rollback = own[index];
    if (rollback?.kind === 'done') begun.push({ kind: 'back', service: service.name, digest });
    else if (rollback?.kind === 'left') begun.push({ kind: 'left', service: service.name });
    else if (rollback?.kind === 'rolling-back')
      begun.push({ ...rollback, service: service.name, digest, told: undoing.outcome?.events ?? [] });
    else begun.push(deployPrevious(undoing, await previousOf(undoing.before, work), work));
  }
  return await Promise.all(begun);
}

async function previousOf(before: ServiceBefore, { context, image, tags }: Work): Promise<PreviousRun> {
  const { config, recorder, ports } = context;
  try {
    return await previousRun(before, {
      config,
      tags,
      recorder,
      repositoryUri: image.repositoryUri,
      definitions: await ports.aws.taskDefinitions(),
    });
  } catch (error) {
    ports.signal.throwIfAborted();
    return { kind: 'impossible', why: error instanceof Error ? error.message : 'unknown' };
  }
}

async function deployPrevious(
  undoing: Undoing,
  run: PreviousRun,
  { undoPorts, notes }: Work,
): Promise<Begun> {
  const service = undoing.before.service.name;
  if (run.kind !== 'deploy') notes.answered({ service, deploymentId: undefined });
  if (run.kind === 'same') return { kind: 'same', service };
  if (run.kind === 'impossible')
    return { kind: 'failed', service, finding: notUndone(service, undoPorts.cluster, run.why) };
  const answer = await redeploy(undoing, run, undoPorts);
  notes.answered({
    service,
    deploymentId: answer.kind === 'failed' ? undefined : answer.deployment.deploymentId,
  });
  if (answer.kind === 'failed') return { ...answer, service };
  return { ...answer, service, digest: run.expected.digest };
}

async function finish(begun: readonly Begun[], { context, image, undoPorts }: Work): Promise<readonly End[]> {
  const underWay = begun.filter((each): each is BackUnderWay => 'deployment' in each);
  const ended = await waitForAll(underWay, image, context);
  return await Promise.all(
    begun.map(
      async (each): Promise<End> =>
        'deployment' in each ? await endOf(each, ended.get(each.service), undoPorts) : each,
    ),
  );
}

async function endOf(
  each: BackUnderWay,
  outcome: RolloutOutcome | undefined,
  ports: UndoPorts,
): Promise<End> {
  const { service, digest } = each;
  const isOwn = each.kind === 'rolling-back';
  if (outcome?.result === 'superseded') return { kind: 'left', service };
  if (isOwn ? outcome?.result === 'rolled-back' : outcome && isGreen(outcome.result))
    return { kind: 'back', service, digest };
  const unseen = whyUnseen(outcome);
  const now = unseen && isOwn ? await endOfRollback(each.deployment, ports) : undefined;
  if (now === 'done') return { kind: 'back', service, digest };
  // What goes on out of sight is not disturbed by a deployment of ours.
  if (unseen && now !== 'failed')
    return { kind: 'failed', service, finding: undoneUnseen(service, ports.cluster, unseen) };
  if (isOwn) return { kind: 'not-rolled-back', service };
  const why = outcome?.finding?.title ?? outcome?.result ?? 'its end was not seen';
  return { kind: 'failed', service, finding: notUndone(service, ports.cluster, why) };
}
