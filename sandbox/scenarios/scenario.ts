import type {
  ContainerDefinition,
  CPUArchitecture,
  DeploymentConfiguration,
  LaunchType,
} from '@aws-sdk/client-ecs';
import type { Result } from '../../src/finding.ts';
import type { TagMutability } from '../registry/image-store.ts';

/**
 * One story that the sandbox can tell: how its world differs from the default one, how tasks of a new image
 * behave, what other people do meanwhile, and how a run of the action has to end. Data alone: the simulation
 * has no branch for any one scenario. All times are virtual seconds.
 */
export interface Scenario {
  /** The name for `--scenario` and the file it is in. */
  readonly name: string;
  /** What happens, in one line, for `--list`. */
  readonly description: string;
  readonly world?: WorldChanges;
  /** How tasks of an image that is neither seeded nor somebody else's behave. Left out: they run. */
  readonly tasks?: TaskPlan;
  /** The same for one service, by its name; it goes before `tasks`. */
  readonly tasksOfService?: Readonly<Record<string, TaskPlan>>;
  /** How a task started by RunTask ends. Left out: exit code 0 after three seconds. */
  readonly oneOffTask?: OneOffPlan;
  readonly others?: readonly OthersAction[];
  /** CloudWatch alarms that go off, in seconds after the first UpdateService. */
  readonly alarms?: readonly { readonly name: string; readonly after: number }[];
  /** Answers under `/health`, by path (`/health/ready`); any other path answers 200 `ok`. */
  readonly health?: Readonly<Record<string, HealthAnswer>>;
  /** Environment variables for the action, on top of the default ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default variables that this story leaves out. */
  readonly withoutEnv?: readonly string[];
  /** Inputs for the action, on top of the default ones. `{url}` becomes the sandbox's address. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Files of the repository that is deployed, by path, on top of the default ones. */
  readonly files?: Readonly<Record<string, string>>;
  /** What CONTRACT.md says a run comes to. */
  readonly expect: { readonly result: Result; readonly code?: `DG${number}` };
}

/** How the world of a scenario differs from the default one. */
export interface WorldChanges {
  /** The services of the cluster, each on top of the default one. Left out: `dyno-agent-service` alone. */
  readonly services?: readonly ServiceChanges[];
  readonly repository?: {
    readonly mutability?: TagMutability;
    readonly exclusionFilters?: readonly string[];
    /** JSON text of its lifecycle policy; none if left out. The sandbox does not carry it out. */
    readonly lifecyclePolicy?: string;
    /** What the scan of every image in it found, by severity; never scanned if left out. */
    readonly scan?: Readonly<Record<string, number>>;
  };
  /** The registry that ECR names; the sandbox's own if left out. */
  readonly registryHost?: string;
  readonly clusterStatus?: 'ACTIVE' | 'PROVISIONING' | 'DEPROVISIONING' | 'FAILED' | 'INACTIVE';
  /** Tags that stand at the newest of the earlier images, on top of its commit and `latest`. */
  readonly tags?: readonly string[];
  readonly roles?: readonly RoleSpec[];
  /**
   * Which digest DescribeTasks reports for an image pushed as an index: the index's (default), its platform's,
   * or none at all, as an old agent on EC2.
   */
  readonly taskDigest?: 'index' | 'platform' | 'none';
  /** Seconds until the service deployments and `currentServiceDeployment` show a new one: AWS reads are not always fresh. */
  readonly serviceDeploymentLag?: number;
  /** Whether the container has a health check in the task definition. */
  readonly containerHealthCheck?: boolean;
  /** What the container of the task definition has other than the default one's; `{registry}` in its image becomes the host. */
  readonly container?: Partial<ContainerDefinition>;
  /** Tags of the task definition, by key; none if left out. */
  readonly taskDefinitionTags?: Readonly<Record<string, string>>;
  /** The machine that the task definition asks for; X86_64 if left out. */
  readonly cpuArchitecture?: CPUArchitecture;
  /** Names of the parameters in Systems Manager; none if left out. */
  readonly parameters?: readonly string[];
  readonly secrets?: readonly SecretSpec[];
  /** Whether the identity provider of GitHub Actions is set up in the account; yes if left out. */
  readonly oidcProvider?: boolean;
}

/** A service, as far as a scenario may set it. */
export interface ServiceSpec {
  readonly name: string;
  readonly desiredCount: number;
  readonly launchType: LaunchType;
  readonly deploymentConfiguration: DeploymentConfiguration;
  /** Whether a target group sends traffic to port 8000 of its tasks. */
  readonly loadBalanced: boolean;
  readonly controller: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';
  readonly status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  /** `REPLICA` if left out. Shown, not simulated. */
  readonly scheduling?: 'REPLICA' | 'DAEMON';
}

/** What a service of a scenario has other than the default one. */
export type ServiceChanges = Partial<ServiceSpec>;

/** A secret of Secrets Manager. */
export interface SecretSpec {
  readonly arn: string;
  readonly beingDeleted?: boolean;
}

/** A role, with who may assume it. */
export interface RoleSpec {
  readonly name: string;
  /** What the token's `sub` may be, `*` as in IAM's StringLike. Empty: not by OIDC. */
  readonly subjects: readonly string[];
  /** What the token's `aud` may be. */
  readonly audiences: readonly string[];
  /** ARNs that may assume it with AssumeRole, `*` allowed. */
  readonly principals: readonly string[];
  readonly externalId?: string;
  readonly maxSessionSeconds: number;
}

/** The usual course of a task, in seconds a stage. */
export interface TaskTimings {
  /** PROVISIONING: the network interface is attached. */
  readonly provision: number;
  /** PENDING: images are pulled and containers created. */
  readonly pull: number;
  /** ACTIVATING: the target group is told. The container runs from here on. */
  readonly activate: number;
  /** From RUNNING until its health checks pass. */
  readonly healthy: number;
  /** DEACTIVATING: connections drain before the container is stopped. */
  readonly drain: number;
  /** Between one task and the next that were started together. */
  readonly stagger: number;
}

/** How tasks of a deployment go, one outcome after the other; the last one repeats. */
export interface TaskPlan {
  readonly timings?: Partial<TaskTimings>;
  readonly outcomes: readonly [TaskOutcome, ...TaskOutcome[]];
}

/** What becomes of one task. `log` is what its container writes, from its start on. */
export type TaskOutcome =
  /** It runs and passes its health checks. */
  | { readonly kind: 'runs'; readonly log?: readonly string[] }
  /** Its container ends: before the task is RUNNING where `seconds` (from the container's start) is under `activate`. */
  | {
      readonly kind: 'exits';
      readonly exitCode: number;
      readonly seconds: number;
      /** The container's reason, such as OutOfMemoryError. */
      readonly reason?: string;
      readonly log?: readonly string[];
    }
  /** It never gets as far as a running container. */
  | {
      readonly kind: 'fails-to-start';
      readonly stage: 'provision' | 'pull';
      /** `{image}` becomes the container's image. */
      readonly stoppedReason: string;
      /** The container's reason, where the task's own differs from it. */
      readonly containerReason?: string;
    }
  /** It runs, and is stopped for its health checks after so many seconds of RUNNING. */
  | {
      readonly kind: 'unhealthy';
      readonly check: 'load-balancer' | 'container';
      readonly seconds: number;
      /** What the load balancer says: `Health checks failed with these codes: [503]`. */
      readonly reason?: string;
      readonly log?: readonly string[];
    }
  /** The scheduler finds no place for it: an event with this text, and another try after a while. */
  | { readonly kind: 'not-placed'; readonly because: string };

/** How a one-off task ends: with an exit code, or without ever running. */
export type OneOffPlan =
  | {
      readonly exitCode: number;
      readonly seconds: number;
      readonly reason?: string;
      readonly log?: readonly string[];
    }
  | Extract<TaskOutcome, { kind: 'fails-to-start' | 'not-placed' }>;

/** What somebody else does, at a moment. */
export interface OthersAction {
  /** Seconds after the first UpdateService, or just before ECS resolves that call's image tags. */
  readonly when: { readonly after: number } | 'before-resolving';
  readonly act: OthersAct;
}

/** An act of somebody else. A moved tag points at a new image made from `marker`. */
export type OthersAct =
  | {
      readonly kind: 'update-service';
      readonly service: string;
      readonly force?: boolean;
      readonly desiredCount?: number;
    }
  | { readonly kind: 'delete-service'; readonly service: string }
  | { readonly kind: 'answer-hook'; readonly service: string; readonly status: 'SUCCEEDED' | 'FAILED' }
  | { readonly kind: 'move-tag'; readonly repository: string; readonly tag: string; readonly marker: string }
  | { readonly kind: 'stop-deployment'; readonly service: string; readonly stopType: 'ROLLBACK' | 'ABORT' };

/** How a health URL answers: `until` seconds after the first UpdateService with `before`, then for good. */
export interface HealthAnswer {
  readonly status: number;
  readonly body?: string;
  readonly before?: { readonly until: number; readonly status: number; readonly body?: string };
}
