import { nameInArn } from '../../aws/arn.ts';
import { readRefusal } from '../../aws/refusal.ts';
import type { TaskDefinitions } from '../../aws/task-definitions.ts';
import { Failure, type Finding } from '../../finding.ts';
import type { Config } from '../inputs/config.ts';
import type { Target, TargetService } from '../target.ts';
import { pinImage } from './pinned-image.ts';
import { isTaskDefinitionFile, readTaskDefinitionFile } from './task-definition-file.ts';

/** A service, and the revision that its deployment is to run. */
export interface ServicePlan {
  readonly each: TargetService;
  /** ARN; undefined: the one in use. */
  readonly taskDefinition: string | undefined;
  /** The image that its containers were pinned to before, `repository@sha256:…`, where they were. */
  readonly pinnedBefore?: string;
}

/** What the plans are made with. */
export interface RevisionPorts {
  readonly taskDefinitions: Pick<TaskDefinitions, 'read' | 'register'>;
  readonly workspace: string;
  readonly say: (line: string) => void;
}

/**
 * Which revision each service is to run: the one in use, the one that `task-definition` names, or a new one in
 * which the containers have `image` (`repository@sha256:…`). Services that share a task definition share its new
 * revision. Throws Failure where one can't be registered.
 */
export async function planRevisions(
  config: Config,
  target: Target,
  image: string,
  ports: RevisionPorts,
): Promise<readonly ServicePlan[]> {
  const { taskDefinition: named, rollout } = config.ecs;
  const isRegistered = rollout === 'pin' || isTaskDefinitionFile(named);
  const registered = new Map<string, Promise<PinnedRevision>>();
  return await Promise.all(
    target.services.map(async (each): Promise<ServicePlan> => {
      if (each.earlierRevision && named === undefined) return { each, taskDefinition: each.earlierRevision };
      // A roll back of a service that is pinned can't be done by moving a tag.
      const isPinned = config.mode === 'rollback' && each.isPinned && named === undefined;
      if (!isRegistered && !isPinned) return { each, taskDefinition: named && each.taskDefinition };
      const revision = registered.get(each.taskDefinition) ?? registerPinned(config, each, image, ports);
      registered.set(each.taskDefinition, revision);
      const { arn, before } = await revision;
      return { each, taskDefinition: arn, ...(before?.includes('@sha256:') ? { pinnedBefore: before } : {}) };
    }),
  );
}

interface PinnedRevision {
  readonly arn: string;
  readonly before: string | undefined;
}

async function registerPinned(
  config: Config,
  each: TargetService,
  image: string,
  ports: RevisionPorts,
): Promise<PinnedRevision> {
  const { taskDefinition: named } = config.ecs;
  try {
    const { registrable } = isTaskDefinitionFile(named)
      ? await readTaskDefinitionFile(ports.workspace, named)
      : await ports.taskDefinitions.read(each.taskDefinition);
    const { definition, changed, previous } = pinImage(registrable, each.containers, image);
    // Every container has the image already: the revision is what a new one would be.
    if (changed.length === 0 && !isTaskDefinitionFile(named))
      return { arn: each.taskDefinition, before: image };
    const { arn, name } = await ports.taskDefinitions.register(definition);
    ports.say(
      `✓ revision   ${name}: ${each.containers.join(', ')} ${each.containers.length === 1 ? 'runs' : 'run'} the image by its digest`,
    );
    // What a file names is what its writer had at hand, not what ran.
    return { arn, before: isTaskDefinitionFile(named) ? undefined : previous };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(notRegistered(nameInArn(each.taskDefinition), error), 'failed', error);
  }
}

function notRegistered(name: string, error: unknown): Finding {
  const problem = readRefusal(error);
  if (problem.kind === 'access-denied') {
    const action = problem.action ?? 'ecs:RegisterTaskDefinition';
    return {
      code: 'DG564',
      level: 'error',
      title: `No new revision of ${name} could be registered: ${action} is denied.`,
      detail: `AWS said: ${problem.message}`,
      fix: `Allow \`${action}\` in the IAM policy; registering also needs \`iam:PassRole\` for the task's two roles, and \`ecs:TagResource\` where it has tags: docs/iam.md#what-some-inputs-need-besides.`,
    };
  }
  return {
    code: 'DG565',
    level: 'error',
    title: `No new revision of ${name} could be registered: ${problem.message}`,
    fix: 'See the one in use: `aws ecs describe-task-definition --task-definition NAME`, and mend what AWS names.',
  };
}
