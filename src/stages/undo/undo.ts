import type { Ecs } from '../../aws/ecs.ts';
import { readRefusal } from '../../aws/refusal.ts';
import type { Finding } from '../../finding.ts';
import type { ServiceBefore } from '../deploy/before.ts';
import { startDeployment } from '../deploy/deploy.ts';
import { dotless } from '../report/words.ts';
import { ONGOING } from '../rollout/observation.ts';
import type { ExpectedImage, RolloutOutcome, StartedDeployment } from '../rollout/rollout.ts';

/** A service whose new image is to go. */
export interface Undoing {
  readonly before: ServiceBefore;
  /** Undefined: ECS was asked, and whether it started one is not known. */
  readonly started: StartedDeployment | undefined;
  readonly outcome: RolloutOutcome | undefined;
}

/** What ECS itself does to put a service's previous revision back. */
export type OwnRollback =
  /** It had done it. */
  | { readonly kind: 'done' }
  /** Somebody else's newer deployment runs. */
  | { readonly kind: 'left' }
  /** It is under way: its end is waited for. */
  | { readonly kind: 'rolling-back'; readonly deployment: StartedDeployment }
  /** There is nothing left that ECS could roll back: the previous image has to be deployed. */
  | { readonly kind: 'none' };

/** What a deployment of the previous image came to. */
export type Redeployed =
  | { readonly kind: 'redeploying'; readonly deployment: StartedDeployment; readonly expected: ExpectedImage }
  | { readonly kind: 'failed'; readonly finding: Finding };

/** What the undoing works with. */
export interface UndoPorts {
  readonly cluster: string;
  readonly ecs: Pick<Ecs, 'services' | 'forceNewDeployment' | 'rollBack' | 'serviceDeploymentStatus'>;
  readonly signal: AbortSignal;
  readonly rereadMs: number;
}

const ROLLING_BACK = new Set(['ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS']);
const ROLLED_BACK = 'ROLLBACK_SUCCESSFUL';

/**
 * Has ECS itself put the revision before back, where the rollout isn't over: it knows the last good one, whatever
 * the tags say. Does not throw for what AWS refuses.
 */
export async function beginOwnRollback(
  { started, outcome }: Undoing,
  { ecs }: Pick<UndoPorts, 'ecs'>,
): Promise<OwnRollback> {
  if (!started || !outcome) return { kind: 'none' };
  // A newer deployment of somebody else's is not ours to undo.
  if (outcome.result === 'superseded') return { kind: 'left' };
  if (outcome.result === 'rolled-back') return { kind: 'done' };
  const ours = outcome.serviceDeployment;
  if (!ours) return { kind: 'none' };
  const deployment = { ...started, serviceDeploymentArn: ours.arn };
  if (ROLLING_BACK.has(ours.status)) return { kind: 'rolling-back', deployment };
  if (!ONGOING.has(ours.status)) return { kind: 'none' };
  try {
    await ecs.rollBack(ours.arn);
    return { kind: 'rolling-back', deployment };
  } catch {
    // Not allowed; or over, or being rolled back, at this very moment.
    const now = await ecs.serviceDeploymentStatus(ours.arn).catch(() => undefined);
    const goesBack = now !== undefined && (ROLLING_BACK.has(now) || now === ROLLED_BACK);
    return goesBack ? { kind: 'rolling-back', deployment } : { kind: 'none' };
  }
}

/** Starts a deployment of a service's previous image. Throws the reason of a cancel, and nothing that AWS refuses. */
export async function redeploy(
  { before, started }: Undoing,
  run: { readonly taskDefinition: string; readonly expected: ExpectedImage },
  ports: UndoPorts,
): Promise<Redeployed> {
  const { cluster, ecs } = ports;
  const { name } = before.service;
  const failed = (why: string): Redeployed => ({ kind: 'failed', finding: notUndone(name, cluster, why) });
  try {
    const [now] = await ecs.services(cluster, [name]);
    if (!now) return failed('the service is gone');
    const isOther = run.taskDefinition !== now.taskDefinition;
    const answer = await startDeployment(cluster, now, ports, isOther ? run.taskDefinition : undefined);
    if ('refused' in answer) return failed(answer.refused.title);
    const { service, deployment } = answer.accepted;
    return {
      kind: 'redeploying',
      expected: run.expected,
      deployment: {
        cluster,
        service: name,
        deploymentId: deployment.id,
        taskDefinition: deployment.taskDefinition,
        containerNames: before.each.containers,
        desiredCount: service.desired,
        ...(service.currentServiceDeployment
          ? { serviceDeploymentArn: service.currentServiceDeployment }
          : {}),
        baseline: {
          runningCount: now.running,
          ...(started ? { deploymentId: started.deploymentId } : {}),
        },
      },
    };
  } catch (error) {
    ports.signal.throwIfAborted();
    return failed(`AWS would not say how the service stands (${dotless(readRefusal(error).message)})`);
  }
}

/**
 * How it is with ECS's own roll back whose end was not seen: the service deployment itself may tell, where the
 * service can't be asked. Does not throw for what AWS refuses.
 */
export async function endOfRollback(
  { serviceDeploymentArn }: StartedDeployment,
  { ecs }: Pick<UndoPorts, 'ecs'>,
): Promise<'done' | 'failed' | 'unknown'> {
  if (!serviceDeploymentArn) return 'unknown';
  const status = await ecs.serviceDeploymentStatus(serviceDeploymentArn).catch(() => undefined);
  if (status === undefined || ROLLING_BACK.has(status)) return 'unknown';
  return status === ROLLED_BACK ? 'done' : 'failed';
}

/** An undoing that ECS goes on with, out of sight. `why` goes on from "then". */
export function undoneUnseen(service: string, cluster: string, why: string): Finding {
  return {
    code: 'DG651',
    level: 'error',
    title: `${service}: whether the previous image is back is NOT known: ECS was told to put it back, then ${why}.`,
    fix: `Look at once how it ended: \`aws ecs describe-services --cluster ${cluster} --services ${service}\`. Where the previous image is not back, deploy it by hand: \`aws ecs update-service --cluster ${cluster} --service ${service} --force-new-deployment\`.`,
  };
}

/** The failure of an undoing: said before whatever made it necessary. */
export function notUndone(service: string, cluster: string, why: string): Finding {
  return {
    code: 'DG651',
    level: 'error',
    title: `${service}: the previous image could NOT be put back: ${dotless(why)}.`,
    fix: `Look at once: \`aws ecs describe-services --cluster ${cluster} --services ${service}\`. Deploy the previous image by hand: point the tag back, then \`aws ecs update-service --cluster ${cluster} --service ${service} --force-new-deployment\`.`,
  };
}
