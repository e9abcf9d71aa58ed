import type { Finding, Result } from '../../finding.ts';
import type { CheckedOutCommit } from '../../github/checked-out-commit.ts';
import type { RunContext } from '../../github/run-context.ts';
import type { PushedImage } from '../image/image.ts';
import type { MovedTag } from '../image/moving-tags.ts';
import type { CheckReport } from '../preflight/check.ts';
import type { RolloutOutcome } from '../rollout/rollout.ts';
import type { OneOffTask, UndoProgress } from './interrupted.ts';

/** The stages of a run, in their order. */
export type StageName = 'preflight' | 'image' | 'pre-deploy' | 'deploy' | 'rollout' | 'health' | 'undo';

/** When a stage began, after the run's start, and how long it took. Milliseconds. */
export interface StageReport {
  readonly name: StageName;
  readonly startMs: number;
  readonly ms: number;
}

/** One service's part of the run. */
export interface ServiceReport {
  readonly service: string;
  /** Undefined: ECS did not accept a deployment. */
  readonly deploymentId: string | undefined;
  readonly taskDefinition: string;
  readonly result: Result;
  /** One sentence; empty on success. */
  readonly reason: string;
  readonly seconds: number;
  readonly outcome: RolloutOutcome | undefined;
}

/** A URL that was asked after the rollout. */
export interface HealthReport {
  readonly url: string;
  readonly healthy: boolean;
  /** `200 in 84 ms`, or what was wrong with the last answer. */
  readonly said: string;
}

/** All that a run came to: what every renderer (log, summary, outputs, Slack) is a function of. */
export interface RunReport {
  readonly version: string;
  readonly mode: 'deploy' | 'check' | 'rollback';
  readonly run: RunContext;
  readonly commit: CheckedOutCommit | undefined;
  readonly cluster: string;
  readonly services: readonly string[];
  readonly repository: string;
  readonly region: string | undefined;
  readonly environment: string | undefined;
  readonly environmentUrl: string | undefined;
  readonly accountId: string | undefined;
  readonly checks: readonly CheckReport[];
  /** When the run began, in milliseconds since 1970. */
  readonly startedAt: number;
  /** The stages that were reached, in their order; the last one may have been cut short. */
  readonly stages: readonly StageReport[];
  readonly image: PushedImage | undefined;
  /** `repository@sha256:…` that the moving tag pointed at before. */
  readonly previousImage: string | undefined;
  /** The 40-character commit that the image before is tagged with, where it is. */
  readonly previousCommit: string | undefined;
  /** How many commits are new since `previousCommit`, or in `rollback` taken back, where the checkout has its history. */
  readonly commitsSince?: number | undefined;
  /** Something was changed that nothing else here shows: a push not confirmed yet, or what a main that ended did. */
  readonly changedBefore?: boolean;
  readonly movedTags: readonly MovedTag[];
  /** The tag that any forced deployment would run, `latest-tag`; undefined where none is moved. */
  readonly movingTag?: string | undefined;
  /** The task of `pre-deploy-command`, while it runs. */
  readonly oneOffTask?: OneOffTask | undefined;
  /** What the moving tag points at after a rollout that did not succeed, where it could be read. */
  readonly latestDigest: string | undefined;
  /** Services that ECS was asked to deploy and whose answer has not come (yet). */
  readonly unanswered: readonly string[];
  readonly deployments: readonly ServiceReport[];
  /** How far `on-failure: rollback` has got, once it began. */
  readonly undo?: UndoProgress;
  readonly health: readonly HealthReport[];
  readonly result: Result;
  /** Why the run did not succeed, the first finding being the reason; empty where it did. */
  readonly failures: readonly Finding[];
  /** What else is to be known of a run that ended: of the rollout, of telling people. */
  readonly notes: readonly Finding[];
  /** `mode: check` without a problem: what a deploy from here would do, a line each. */
  readonly plan?: readonly string[];
  readonly totalMs: number;
}

/** Whether the step is green. */
export function isGreen(result: Result): boolean {
  return result === 'succeeded' || result === 'started' || result === 'checked';
}

/** Whether ECS has nothing more to do about a deployment that ended so; one that failed may go on to try. */
export function isOver(result: Result): boolean {
  return result === 'succeeded' || result === 'rolled-back' || result === 'superseded';
}

/** The stages in which the run failed: an undoing that went well comes after the one that it was for. */
export function failedStages({ stages, result, failures, undo }: RunReport): readonly StageName[] {
  if (isGreen(result)) return [];
  const names = stages.map(({ name }) => name);
  const isUndone = names.at(-1) === 'undo' && undo?.over === true;
  if (!isUndone) return names.slice(-1);
  return failures[0]?.code === 'DG651' ? names.slice(-2) : names.slice(-2, -1);
}

/** From the worst to the best. */
const ORDER: readonly Result[] = [
  'failed',
  'timed-out',
  'rolled-back',
  'superseded',
  'cancelled',
  'started',
  'checked',
  'succeeded',
];

/** How bad a result is: the higher, the worse. */
export function severity(result: Result): number {
  return ORDER.length - ORDER.indexOf(result);
}

/** The worst of several results: what a run with several services comes to. */
export function worstResult(results: readonly Result[]): Result {
  return ORDER.find((result) => results.includes(result)) ?? 'succeeded';
}

/** Whether anything outside was changed: an image pushed, a tag moved, a deployment started. */
export function changedAnything(report: RunReport): boolean {
  return (
    report.changedBefore === true ||
    report.image !== undefined ||
    report.movedTags.length > 0 ||
    report.oneOffTask !== undefined ||
    report.unanswered.length > 0 ||
    report.deployments.some(({ deploymentId }) => deploymentId)
  );
}

/** The commit whose image is deployed, and its subject where that is known; in `rollback`, that of the image's tag. */
export function deployedCommit({
  mode,
  image,
  commit,
  run,
}: Pick<RunReport, 'mode' | 'image' | 'commit' | 'run'>): {
  readonly sha: string;
  readonly subject: string;
} {
  const tag = mode === 'rollback' ? image?.tag : undefined;
  if (tag !== undefined && tag !== commit?.sha) {
    return { sha: /^[0-9a-f]{40}$/.test(tag) ? tag : '', subject: '' };
  }
  return { sha: commit?.sha ?? run.sha, subject: commit?.subject ?? run.headline ?? '' };
}
