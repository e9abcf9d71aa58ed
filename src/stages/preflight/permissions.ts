import { nameInArn } from '../../aws/arn.ts';
import type { EcsService, TaskDefinition } from '../../aws/ecs.ts';
import type { SimulatedAction } from '../../aws/policy-simulation.ts';
import { principalOf } from '../../aws/principal.ts';
import { readRefusal } from '../../aws/refusal.ts';
import type { Finding } from '../../finding.ts';
import { isTaskDefinitionFile } from '../deploy/task-definition-file.ts';
import type { Config } from '../inputs/config.ts';
import { listed } from '../report/words.ts';
import type { CheckContext } from './check.ts';

type Asker = Pick<CheckContext, 'config' | 'lookups'>;

/** What IAM's simulation says of the changes that a deploy makes at ECS. */
export interface Permissions {
  /** Actions with the resources on which they are denied. */
  readonly denied: readonly SimulatedAction[];
  /** What was simulated. */
  readonly asked: readonly string[];
  /** Whether every one of them was simulated, and allowed. */
  readonly areAllowed: boolean;
  /** Why the simulation could not be asked; undefined where it was, or there is nobody to simulate. */
  readonly unasked?: 'denied' | 'unknown principal' | 'no answer';
}

const UNKNOWN: Permissions = { denied: [], asked: [], areAllowed: false };

/** Whether a deploy registers a revision, and so hands ECS the roles of the task. */
export function registersRevision({ ecs }: Config): boolean {
  return (
    ecs.rollout === 'pin' || isTaskDefinitionFile(ecs.taskDefinition) || ecs.preDeployCommand !== undefined
  );
}

/** The actions of a deploy that have no dry run, and that these inputs need. */
export function changesAtEcs(config: Config): readonly string[] {
  return [
    'ecs:UpdateService',
    ...(registersRevision(config) ? ['ecs:RegisterTaskDefinition', 'iam:PassRole'] : []),
    ...(config.ecs.preDeployCommand ? ['ecs:RunTask'] : []),
  ];
}

/** Asks for the simulation, each action once in a run. Never throws: what can't be asked is not known. */
export async function permissionsOf({ config, lookups }: Asker): Promise<Permissions> {
  // A roll back builds nothing: it hears of a refusal in seconds from ECS itself, and is in a hurry.
  if (config.mode === 'rollback') return UNKNOWN;
  const [identity, found] = await Promise.all([lookups.identity(), lookups.ecs.services()]);
  if (!identity.ok || !found.ok) return UNKNOWN;
  const principal = principalOf(identity.value.arn, config.credentials.role);
  const services = found.value.services.filter(({ status }) => status === 'ACTIVE');
  if (principal === undefined || services.length === 0) return UNKNOWN;
  const groups = [updates(services), ...(await registrations(services, { config, lookups }))];
  const asked = groups.filter(({ resources }) => resources.length > 0);
  const answers = await Promise.all(asked.map((each) => lookups.simulated(principal, each)));
  const denied = asked.flatMap((each, index) => {
    const answer = answers[index];
    const resources = each.resources.filter((_, place) => answer?.ok && answer.value[place] === 'denied');
    return resources.length > 0 ? [{ ...each, resources }] : [];
  });
  const refusals = answers.flatMap((each) => (each.ok ? [] : readRefusal(each.error)));
  const unasked = refusals.some(({ kind }) => kind === 'access-denied')
    ? 'denied'
    : refusals.some(({ name }) => name === 'NoSuchEntity')
      ? 'unknown principal'
      : refusals.length > 0
        ? 'no answer'
        : undefined;
  return {
    denied,
    asked: asked.map(({ action }) => action),
    areAllowed: answers.every((each) => each.ok && each.value.every((decision) => decision === 'allowed')),
    ...(unasked ? { unasked } : {}),
  };
}

/** `arn:…:service/CLUSTER/NAME`; the ARN of old has no cluster in it, and then no condition is known. */
function clusterOf(service: EcsService): Readonly<Record<string, string>> {
  const cluster = /^(arn:[^/]+):service\/([^/]+)\/[^/]+$/.exec(service.arn);
  return cluster ? { 'ecs:cluster': `${cluster[1]}:cluster/${cluster[2]}` } : {};
}

function updates(services: readonly EcsService[]): SimulatedAction {
  const [first] = services;
  const resources = services.map(({ arn }) => arn);
  return { action: 'ecs:UpdateService', resources, conditions: first ? clusterOf(first) : {} };
}

async function registrations(
  services: readonly EcsService[],
  { config, lookups }: Asker,
): Promise<readonly SimulatedAction[]> {
  if (!registersRevision(config)) return [];
  const answers = await Promise.all(services.map((service) => lookups.ecs.taskDefinitionFor(service)));
  const definitions = answers.flatMap((each) => (each.ok ? each.value : []));
  const roles = definitions.flatMap(({ roles }) => roles ?? []).filter((role) => role.startsWith('arn:'));
  const [first] = services;
  // A revision by its own ARN: a policy that names families allows that, and one that names none does too.
  const revisionsOf = (some: readonly TaskDefinition[]) => [
    ...new Set(some.flatMap((each) => revisionArn(each, first?.arn ?? '') ?? [])),
  ];
  const revisions = revisionsOf(definitions);
  return [
    { action: 'ecs:RegisterTaskDefinition', resources: revisions, conditions: {} },
    {
      action: 'ecs:TagResource',
      resources: revisionsOf(definitions.filter(({ isTagged }) => isTagged)),
      conditions: { 'ecs:CreateAction': 'RegisterTaskDefinition' },
    },
    {
      action: 'iam:PassRole',
      resources: [...new Set(roles)],
      conditions: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    },
    ...(config.ecs.preDeployCommand
      ? [{ action: 'ecs:RunTask', resources: revisions, conditions: first ? clusterOf(first) : {} }]
      : []),
  ];
}

/** That of a revision; for a file, whose revision is to be, that of the first of its family. */
function revisionArn({ arn, family }: TaskDefinition, serviceArn: string): string | undefined {
  if (arn.startsWith('arn:')) return arn;
  const account = /^arn:[^/]+(?=:service\/)/.exec(serviceArn)?.[0];
  return account && family ? `${account}:task-definition/${family}:1` : undefined;
}

/** The resource of a policy that allows this and what comes after it: each revision has a number of its own. */
function lasting(resource: string): string {
  return resource.replace(/(:task-definition\/[^/:]+):\d+$/, '$1:*');
}

/**
 * A finding for each action that the policies deny. Never an error: the simulator does not know all that decides
 * (DG566 in docs/errors.md). Of a role that only checks, it is as it should be.
 */
export async function permissionFindings(context: Asker): Promise<readonly Finding[]> {
  const { denied, unasked } = await permissionsOf(context);
  const { config } = context;
  return [...denied.map((each) => denial(each, config)), ...(unasked ? [unknown(unasked, config)] : [])];
}

function denial({ action, resources, conditions }: SimulatedAction, { mode }: Config): Finding {
  const condition = Object.keys(conditions).length > 0 ? { Condition: { StringEquals: conditions } } : {};
  const [first, ...others] = [...new Set(resources.map(lasting))];
  const Resource = others.length > 0 ? [first, ...others] : first;
  const statement = JSON.stringify({ Effect: 'Allow', Action: action, Resource, ...condition });
  const isCheck = mode === 'check';
  return {
    code: 'DG566',
    level: isCheck ? 'note' : 'warning',
    title: `IAM's simulator says that these credentials may not deploy: ${action} on ${listed(resources.map(nameInArn))} is denied.${isCheck ? '' : ' ECS would refuse it once the image is pushed.'}`,
    fix: `${isCheck ? 'Nothing, if the deploy runs with another role. If it runs with this one, add' : 'Add'} this statement to its IAM policy: \`${statement}\`. If it is there, an explicit deny or a permissions boundary forbids it.`,
  };
}

function unknown(why: NonNullable<Permissions['unasked']>, config: Config): Finding {
  const actions = listed(changesAtEcs(config));
  const isMany = changesAtEcs(config).length > 1;
  return {
    code: 'DG567',
    level: 'note',
    title: `Whether ${actions} ${isMany ? 'are' : 'is'} allowed is not known beforehand: ${UNASKED[why].because}.`,
    fix: `${UNASKED[why].fix} ECS tells when it is deployed.`,
  };
}

const UNASKED = {
  denied: {
    because: 'iam:SimulatePrincipalPolicy, which would tell, is denied',
    fix: 'Allow `iam:SimulatePrincipalPolicy` on the role itself: docs/iam.md#deploy. Without it',
  },
  'unknown principal': {
    because: 'IAM does not find the role of this session by its name',
    fix: 'A role under a path is found where `role-to-assume` has its whole ARN. Otherwise',
  },
  'no answer': {
    because: 'IAM gave no usable answer to iam:SimulatePrincipalPolicy, which would tell',
    fix: "Nothing to do, or let a private network out to IAM's address. Without an answer",
  },
} as const;
