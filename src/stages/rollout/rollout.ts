import type { Finding, Result } from '../../finding.ts';

/** What served before the deployment: told when it is what serves still. */
export interface Baseline {
  readonly deploymentId?: string;
  readonly runningCount: number;
  /** A commit's tag or a digest, as known before the deployment. */
  readonly imageTagOrDigest?: string;
  /** When that deployment began, ms by AWS's clock. */
  readonly deployedAt?: number;
}

/** A deployment that UpdateService accepted, to be watched to its end. */
export interface StartedDeployment {
  /** Name or ARN. */
  readonly cluster: string;
  /** The service's name. */
  readonly service: string;
  /** `ecs-svc/…`, from UpdateService's answer. */
  readonly deploymentId: string;
  /** ARN of the revision that it deploys. */
  readonly taskDefinition: string;
  /** The containers that run our image. */
  readonly containerNames: readonly string[];
  readonly desiredCount: number;
  readonly baseline: Baseline;
  /** `Service.currentServiceDeployment`, where the answer had it; checked against the deployment before it is believed. */
  readonly serviceDeploymentArn?: string;
}

/** The image that every container of ours has to run. */
export interface ExpectedImage {
  /** `sha256:…` of what was pushed: an index or a manifest. */
  readonly digest: string;
  /** Digests of the manifests in the index, where it is one. */
  readonly childDigests: readonly string[];
  readonly repositoryUri: string;
}

/** How to wait. Times in milliseconds. */
export interface WatchOptions {
  /** The most that a rollout may take; 0 does not wait at all and gives `started`. */
  readonly waitForMs: number;
  readonly failFast: boolean;
  readonly expected: ExpectedImage;
  /** The longest silence while waiting. */
  readonly heartbeatMs: number;
  /** Deployments that are being rolled back: the events of each service that a watch before this one has told of. */
  readonly rollingBack?: ReadonlyMap<string, RolloutOutcome['events']>;
}

/** What runs in the service at the verdict, where it isn't (only) the new image. */
export interface StillServing {
  readonly running: number;
  /** Tag or digest of the image, as far as known. */
  readonly image?: string;
  readonly deploymentId?: string;
  /** When that image was deployed, ms by AWS's clock. */
  readonly deployedAt?: number;
}

/** The end of one service's rollout. */
export interface RolloutOutcome {
  readonly service: string;
  readonly deploymentId: string;
  readonly result: Result;
  /** Why it isn't `succeeded` (or `started`): absent on those. */
  readonly finding?: Finding;
  /** What else is worth saying: unknown digests, permissions that would have told more, nothing runs. */
  readonly notes: readonly Finding[];
  /** From the start of the watch to the verdict. */
  readonly seconds: number;
  /** Tasks of the new image that run, and how many are wanted. */
  readonly running: number;
  readonly desired: number;
  /** Seconds that the newest successful earlier rollouts of the service took, at most five; empty where not readable. */
  readonly earlierSeconds: readonly number[];
  /** The digests that running tasks of ours were seen with. */
  readonly digests: readonly string[];
  /** Our service deployment as it was last read, where it may be read. */
  readonly serviceDeployment?: { readonly arn: string; readonly status: string };
  readonly stillServing?: StillServing;
  /** The newer deployment, where the result is `superseded`. */
  readonly newer?: { readonly deploymentId: string; readonly image?: string };
  /** What the failing container said last, oldest first; bounded in number and length. */
  readonly lastLogLines: readonly string[];
  /** The service's events since the deployment began, oldest first. */
  readonly events: readonly { readonly at: number; readonly message: string }[];
}

/** One line for the person who waits. `text` is complete but for the indent. */
export interface ProgressLine {
  readonly service: string;
  /** Milliseconds since the watch began. */
  readonly elapsedMs: number;
  readonly kind: 'start' | 'tasks' | 'event' | 'diagnosis' | 'heartbeat' | 'state' | 'verdict';
  readonly text: string;
}

/** What one service's verdict is judged by; it doesn't change during the watch. */
export interface RolloutPlan {
  readonly deployment: StartedDeployment;
  readonly waitForMs: number;
  readonly failFast: boolean;
  readonly expected: ExpectedImage;
}
