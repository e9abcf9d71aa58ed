import { setTimeout as sleep } from 'node:timers/promises';
import { nameInArn } from '../../aws/arn.ts';
import type { Ecs, EcsService, ServiceDeploymentEntry } from '../../aws/ecs.ts';
import { type AwsProblem, readRefusal } from '../../aws/refusal.ts';
import type { Finding } from '../../finding.ts';

/** A deployment that ECS accepted. */
export interface AcceptedDeployment {
  readonly service: EcsService;
  readonly deployment: ServiceDeploymentEntry;
  /** The answer to UpdateService was lost, and the deployment found by reading the service. */
  readonly reconciled: boolean;
}

/** What became of one service's UpdateService. */
export type DeployAnswer =
  | { readonly accepted: AcceptedDeployment }
  | { readonly refused: Finding; readonly maybeStarted: boolean };

/** What the stage works with. */
export interface DeployPorts {
  readonly ecs: Pick<Ecs, 'services' | 'forceNewDeployment'>;
  readonly signal: AbortSignal;
  /** Milliseconds between two reads of a service whose answer was lost. */
  readonly rereadMs: number;
}

/** Times that a throttled UpdateService is sent again: a throttled call was not carried out. */
const THROTTLE_RETRIES = 5;
/** Reads of the service after a lost answer, before it counts as not started. */
const REREADS = 8;

/**
 * Starts one new deployment of the service. UpdateService is sent again only where AWS said that it did nothing
 * (throttling); where the answer was lost, the service is read for a deployment that was not there before.
 * `before` is the service as it was read last; `taskDefinition` is
 * left out for the one in use.
 */
export async function startDeployment(
  cluster: string,
  before: EcsService,
  ports: DeployPorts,
  taskDefinition?: string,
): Promise<DeployAnswer> {
  for (let attempt = 0; ; attempt += 1) {
    ports.signal.throwIfAborted();
    try {
      const after = await ports.ecs.forceNewDeployment(cluster, before.name, taskDefinition);
      const deployment = newDeployment(before, after, taskDefinition);
      if (deployment) return { accepted: { service: after, deployment, reconciled: false } };
      return await reconcile(cluster, before, { ports, taskDefinition });
    } catch (error) {
      const problem = readRefusal(error);
      if (problem.kind === 'throttled' && attempt < THROTTLE_RETRIES) {
        await sleep(Math.min(250 * 2 ** attempt, 4_000), undefined, { signal: ports.signal });
        continue;
      }
      if (problem.maybeDone) return await reconcile(cluster, before, { ports, taskDefinition, problem });
      return { refused: explain(cluster, before, problem), maybeStarted: false };
    }
  }
}

/**
 * The newest deployment that the service did not have before. Where a revision was asked for, one of another is
 * somebody else's, who deployed at the same moment.
 */
function newDeployment(
  before: EcsService,
  after: EcsService,
  taskDefinition: string | undefined,
): ServiceDeploymentEntry | undefined {
  const known = new Set(before.deployments.map(({ id }) => id));
  const isOurs = (entry: ServiceDeploymentEntry) =>
    taskDefinition === undefined || nameInArn(entry.taskDefinition) === nameInArn(taskDefinition);
  const fresh = after.deployments.filter((entry) => !known.has(entry.id) && isOurs(entry));
  return fresh.find(({ status }) => status === 'PRIMARY') ?? fresh[0];
}

async function reconcile(
  cluster: string,
  before: EcsService,
  {
    ports,
    taskDefinition,
    problem,
  }: {
    readonly ports: DeployPorts;
    readonly taskDefinition: string | undefined;
    readonly problem?: AwsProblem;
  },
): Promise<DeployAnswer> {
  for (let read = 0; read < REREADS; read += 1) {
    if (read > 0) await sleep(ports.rereadMs, undefined, { signal: ports.signal });
    const [after] = await ports.ecs.services(cluster, [before.name]).catch(() => []);
    const deployment = after && newDeployment(before, after, taskDefinition);
    if (after && deployment) return { accepted: { service: after, deployment, reconciled: true } };
  }
  const why = problem ? problem.message : 'AWS answered without a new deployment';
  const none = taskDefinition === undefined ? 'none' : `none of ${nameInArn(taskDefinition)}`;
  return {
    maybeStarted: true,
    refused: {
      code: 'DG562',
      level: 'error',
      title: `Whether ECS started a deployment of ${before.name} is not known: the answer was lost (${why}), and the service shows ${none}.`,
      fix: `Look before running it again: \`aws ecs describe-services --cluster ${cluster} --services ${before.name} --query 'services[0].deployments'\`.`,
    },
  };
}

function explain(cluster: string, service: EcsService, problem: AwsProblem): Finding {
  const { name } = service;
  const detail = `AWS said: ${problem.message}`;
  if (problem.kind === 'access-denied') {
    return {
      code: 'DG563',
      level: 'error',
      title: `The credentials may not deploy ${name}: ${problem.action ?? 'ecs:UpdateService'} is denied.`,
      detail,
      fix: `Allow \`${problem.action ?? 'ecs:UpdateService'}\` on ${service.arn} in the IAM policy: docs/iam.md#deploy.`,
    };
  }
  return {
    code: 'DG561',
    level: 'error',
    title: `ECS refused to deploy ${name}: ${problem.message}`,
    fix: `See the service as ECS has it: \`aws ecs describe-services --cluster ${cluster} --services ${name}\`.`,
  };
}
