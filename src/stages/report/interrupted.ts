import { stopCommand } from './stop-command.ts';
import { listed } from './words.ts';

/** A service and the deployment of it that ECS accepted. */
export interface NamedDeployment {
  readonly service: string;
  readonly deploymentId: string;
}

/** What a run had under way when it was cancelled, killed or broke. */
export interface Interruption {
  /** How the sentence begins: `The run was cancelled`. */
  readonly ended: string;
  readonly cluster: string;
  /** Deployments that are not known to be over. */
  readonly goesOn: readonly NamedDeployment[];
  /** Deployments that are over. */
  readonly over: readonly NamedDeployment[];
  /** Services that ECS was asked to deploy, and whose answer had not come. */
  readonly unanswered: readonly string[];
  /** `on-failure: rollback`, once it had begun. */
  readonly undo?: UndoProgress | undefined;
  readonly oneOffTask?: OneOffTask | undefined;
  /** What is said where no service was changed. */
  readonly untouched: string;
}

/** How far the undoing of a deployment has got. */
export interface UndoProgress {
  /** Services whose roll back or deployment ECS was asked for, and whose answer has not come (yet). */
  readonly asked: readonly string[];
  /** What ECS has accepted. */
  readonly begun: readonly NamedDeployment[];
  /** It was waited for to its end. */
  readonly over: boolean;
}

/** The task of `pre-deploy-command` that runs. */
export interface OneOffTask {
  /** Undefined: ECS was asked for it, and its answer has not come. */
  readonly task?: string | undefined;
  /** The name that it can be found by. */
  readonly startedBy: string;
  readonly command: string;
  /** It was told to stop. */
  readonly isStopped: boolean;
}

/** In one sentence what goes on in AWS without the run, or is not known; and what to do about it. */
export function interrupted(run: Interruption): { readonly title: string; readonly fix: string } {
  if (run.undo && !run.undo.over) return whileUndoing(run, run.undo);
  if (run.goesOn.length > 0 || run.unanswered.length > 0) return whileDeploying(run);
  if (run.over.length > 0) {
    return {
      title: `${run.ended} after the rollout had finished: deployment ${named(run.over)}.`,
      fix: 'Nothing, unless what comes after the rollout matters, such as the health URLs: they were not all asked.',
    };
  }
  if (run.oneOffTask) return whileTaskRan(run, run.oneOffTask);
  return { title: `${run.ended}${run.untouched}`, fix: 'Run the job again.' };
}

function whileUndoing(
  { ended, cluster, goesOn, over }: Interruption,
  { asked, begun }: UndoProgress,
): { readonly title: string; readonly fix: string } {
  const parts = [
    ...(begun.length > 0 ? [`ECS goes on with that: ${named(begun)}`] : []),
    ...(asked.length > 0 ? [`whether ECS began with that on ${listed(asked)} is not known`] : []),
  ];
  const services = [...begun.map(({ service }) => service), ...asked];
  const others = goesOn.filter(({ deploymentId }) =>
    begun.every((each) => each.deploymentId !== deploymentId),
  );
  const undone = others.length > 0 ? `; to be undone: deployment ${named(others)}` : '';
  if (services.length > 0) {
    return {
      title: `${ended} while it put the previous image back; ${parts.join('; ')}${undone}.`,
      fix: `See how it ends: ${seeDeployments(cluster, services)}.`,
    };
  }
  const [first] = [...goesOn, ...over];
  return {
    title: `${ended} while it put the previous image back; no service had been told yet${undone}.`,
    fix: first ? `Go on by hand: ${stopCommand(cluster, first.service)}.` : 'Run the job again.',
  };
}

function whileDeploying({ ended, cluster, goesOn, unanswered }: Interruption): {
  readonly title: string;
  readonly fix: string;
} {
  const unknown = `whether a deployment was started is not known`;
  const [first] = goesOn;
  if (first === undefined) {
    return {
      title: `${ended} while it asked ECS to deploy ${listed(unanswered)}: ${unknown}.`,
      fix: `Look: ${seeDeployments(cluster, unanswered)}.`,
    };
  }
  const also = unanswered.length > 0 ? ` Of ${listed(unanswered)}, ${unknown}.` : '';
  return {
    title: `${ended}; the rollout goes on in ECS: deployment ${named(goesOn)}.${also}`,
    fix: `Let it finish, or undo it: ${stopCommand(cluster, first.service)}.`,
  };
}

function whileTaskRan(
  { ended, cluster }: Interruption,
  { task, startedBy, command, isStopped }: OneOffTask,
): { readonly title: string; readonly fix: string } {
  if (task === undefined) {
    return {
      title: `${ended} while it asked ECS to run \`${command}\`: whether its task was started is not known. No service was changed.`,
      fix: `Look before running the job again: \`aws ecs list-tasks --cluster ${cluster} --started-by ${startedBy}\`.`,
    };
  }
  const state = isStopped ? 'was told to stop' : 'may still run in ECS';
  return {
    title: `${ended} while \`${command}\` ran: its task ${task} ${state}. No service was changed.`,
    fix: `See how far it got: \`aws ecs describe-tasks --cluster ${cluster} --tasks ${task}\`. Then run the job again.`,
  };
}

function seeDeployments(cluster: string, services: readonly string[]): string {
  return `\`aws ecs describe-services --cluster ${cluster} --services ${services.join(' ')} --query 'services[].deployments'\``;
}

function named(deployments: readonly NamedDeployment[]): string {
  return deployments.map(({ service, deploymentId }) => `${service} ${deploymentId}`).join(', ');
}
