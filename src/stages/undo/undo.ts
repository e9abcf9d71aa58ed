import type { Ecs } from '../../aws/ecs.ts';
import { readRefusal } from '../../aws/refusal.ts';
import type { Finding } from '../../finding.ts';
import { startDeployment } from '../deploy/deploy.ts';
import type { RolloutOutcome, StartedDeployment } from '../rollout/rollout.ts';

/** A service whose new image is to go. */
export interface Undoing {
  readonly started: StartedDeployment;
  readonly outcome: RolloutOutcome;
  /** ARN of the task definition that the service ran before. */
  readonly previousTaskDefinition: string;
}

/** What was begun to put a service's previous image back. */
export type UndoStep =
  /** ECS had done it by itself. */
  | { readonly kind: 'done' }
  /** Somebody else's newer deployment runs. */
  | { readonly kind: 'left' }
  /** ECS's own roll back of the deployment is under way: its end is waited for. */
  | { readonly kind: 'rolling-back'; readonly deployment: StartedDeployment }
  /** A deployment of the previous image was started, because there was none left to roll back. */
  | { readonly kind: 'redeploying'; readonly deployment: StartedDeployment }
  | { readonly kind: 'failed'; readonly finding: Finding };

/** What the undoing works with. */
export interface UndoPorts {
  readonly ecs: Pick<Ecs, 'services' | 'forceNewDeployment' | 'rollBack'>;
  readonly signal: AbortSignal;
  readonly rereadMs: number;
}

/** Service deployments that can still be rolled back (API_StopServiceDeployment). */
const ONGOING = new Set(['PENDING', 'IN_PROGRESS']);
const ROLLING_BACK = new Set(['ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS']);

/**
 * Begins to put a service's previous image back; the moving tag points at it again already. A rollout that isn't
 * over is rolled back by ECS itself, which knows the last good revision; one that is over is followed by a forced
 * deployment, which takes the image from the tag. Does not throw for what AWS refuses.
 */
export async function beginUndo(undoing: Undoing, ports: UndoPorts): Promise<UndoStep> {
  const { started, outcome } = undoing;
  // A newer deployment of somebody else's is not ours to undo.
  if (outcome.result === 'superseded') return { kind: 'left' };
  if (outcome.result === 'rolled-back') return { kind: 'done' };
  const ours = outcome.serviceDeployment;
  if (ours && ROLLING_BACK.has(ours.status)) return { kind: 'rolling-back', deployment: started };
  if (ours && ONGOING.has(ours.status)) {
    try {
      await ports.ecs.rollBack(ours.arn);
      return { kind: 'rolling-back', deployment: { ...started, serviceDeploymentArn: ours.arn } };
    } catch {
      // Not allowed, or over this very moment: a deployment of the previous image does it as well.
    }
  }
  return await redeploy(undoing, ports);
}

async function redeploy({ started, previousTaskDefinition }: Undoing, ports: UndoPorts): Promise<UndoStep> {
  const { cluster, service } = started;
  try {
    const [before] = await ports.ecs.services(cluster, [service]);
    if (!before) return { kind: 'failed', finding: notUndone(service, cluster, 'the service is gone') };
    const isOther = previousTaskDefinition !== started.taskDefinition;
    const answer = await startDeployment(
      cluster,
      before,
      ports,
      isOther ? previousTaskDefinition : undefined,
    );
    if ('refused' in answer) {
      return { kind: 'failed', finding: notUndone(service, cluster, answer.refused.title) };
    }
    const { deployment } = answer.accepted;
    return {
      kind: 'redeploying',
      deployment: {
        cluster,
        service,
        deploymentId: deployment.id,
        taskDefinition: deployment.taskDefinition,
        containerNames: started.containerNames,
        desiredCount: answer.accepted.service.desired,
        baseline: { runningCount: before.running, deploymentId: started.deploymentId },
      },
    };
  } catch (error) {
    return { kind: 'failed', finding: notUndone(service, cluster, readRefusal(error).message) };
  }
}

/** The failure of an undoing: said before whatever made it necessary. */
export function notUndone(service: string, cluster: string, why: string): Finding {
  return {
    code: 'DG651',
    level: 'error',
    title: `${service}: the previous image could NOT be put back: ${why.replace(/\.$/, '')}.`,
    fix: `Look at once: \`aws ecs describe-services --cluster ${cluster} --services ${service}\`. Deploy the previous image by hand: point the tag back, then \`aws ecs update-service --cluster ${cluster} --service ${service} --force-new-deployment\`.`,
  };
}
