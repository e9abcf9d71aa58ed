import type { SandboxClock } from '../clock.ts';
import { ImageStore } from '../registry/image-store.ts';
import { RegistryTokens } from '../registry/tokens.ts';
import type { RoleSpec, Scenario } from '../scenarios/scenario.ts';
import { AccessPolicy, type Allowed } from './access-policy.ts';
import { type Account, arnOf } from './account.ts';
import { CredentialStore } from './credentials.ts';
import { EcrUploads } from './ecr/uploads.ts';
import { EcsCloud } from './ecs-simulation/ecs-cloud.ts';
import { ImageResolution } from './ecs-simulation/image-resolution.ts';
import { Others } from './ecs-simulation/others.ts';
import type { Simulation } from './ecs-simulation/simulation.ts';
import type { Cluster } from './ecs-simulation/state.ts';
import { TaskDefinitionStore } from './ecs-simulation/task-definition-store.ts';
import {
  defaultService,
  seedImages,
  seedService,
  seedTaskDefinition,
  worldNames,
} from './ecs-simulation/world-seed.ts';
import { Identifiers } from './identifiers.ts';
import { LogStore } from './logs/log-store.ts';
import type { AwsWorld } from './operation.ts';
import { Timeline } from './timeline.ts';

/** The account that every sandbox plays. */
export const sandboxAccount: Account = { id: '123456789012', region: 'us-east-1', partition: 'aws' };

/** The role of the README's workflow: any repository's job may assume it, and anybody in the account. */
const defaultRole: RoleSpec = {
  name: 'deploy',
  subjects: ['repo:*'],
  audiences: ['sts.amazonaws.com'],
  principals: [`arn:aws:iam::${sandboxAccount.id}:*`, `arn:aws:sts::${sandboxAccount.id}:assumed-role/*`],
  maxSessionSeconds: 3600,
};

/** Builds a scenario's world: the account's keys and roles, the repository with earlier images, the services. */
export function buildWorld(options: {
  readonly clock: Pick<SandboxClock, 'now'>;
  readonly scenario: Scenario;
  readonly registryHost: string;
  readonly denied?: readonly string[];
  readonly allowedOnly?: readonly Allowed[];
}): AwsWorld {
  const { clock, scenario, registryHost } = options;
  const timeline = new Timeline(clock);
  const ids = new Identifiers();
  const store = new ImageStore(timeline.asClock, { accountId: sandboxAccount.id });
  store.createRepository(worldNames.repository, scenario.world?.repository);
  const logs = new LogStore();
  const simulation: Simulation = {
    account: sandboxAccount,
    timeline,
    ids,
    images: new ImageResolution(store, registryHost, scenario.world?.taskDigest ?? 'index'),
    logs,
    scenario,
    state: {
      clusters: [],
      services: [],
      tasks: [],
      revisions: new Map(),
      tags: new Map(),
      firstUpdateAt: undefined,
    },
    taskDefinitions: new TaskDefinitionStore(sandboxAccount),
    knownGood: new Set(),
  };
  seed(simulation, store, registryHost);
  const ecs = new EcsCloud(simulation);
  return {
    account: sandboxAccount,
    timeline,
    ids,
    ecs,
    others: new Others(ecs, store),
    store,
    uploads: new EcrUploads(store, ids, sandboxAccount.id),
    tokens: new RegistryTokens(timeline.asClock),
    logs,
    credentials: new CredentialStore(sandboxAccount, ids, timeline),
    roles: scenario.world?.roles ?? [defaultRole],
    oidcProvider: scenario.world?.oidcProvider ?? true,
    parameters: scenario.world?.parameters ?? [],
    secrets: scenario.world?.secrets ?? [],
    policy: new AccessPolicy(options),
    registryHost,
  };
}

function seed(simulation: Simulation, store: ImageStore, registryHost: string): void {
  const now = simulation.timeline.now();
  const digests = seedImages(store, now, simulation.scenario.world?.tags);
  for (const digest of digests) simulation.knownGood.add(digest);
  simulation.logs.createGroup(worldNames.logGroup, now);
  const arn = arnOf(sandboxAccount, 'ecs', `cluster/${worldNames.cluster}`);
  const cluster: Cluster = {
    name: worldNames.cluster,
    arn,
    status: simulation.scenario.world?.clusterStatus ?? 'ACTIVE',
  };
  simulation.state.clusters.push(cluster);
  const taskDefinition = seedTaskDefinition(simulation, registryHost);
  for (const changes of simulation.scenario.world?.services ?? [{}]) {
    seedService(simulation, cluster, { ...defaultService, ...changes }, { taskDefinition, digests });
  }
}
