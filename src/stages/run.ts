import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, type Finding, type Result } from '../finding.ts';
import { Cancelled } from '../runner/cancellation.ts';
import { oneLine } from '../runner/text.ts';
import { planRevisions, type ServicePlan } from './deploy/revisions.ts';
import { deployStage } from './deploy/stage.ts';
import type { DeployContext } from './deploy-context.ts';
import type { PushedImage } from './image/image.ts';
import { imageTagOf } from './image/image-tag.ts';
import { imageStage } from './image/stage.ts';
import type { Config } from './inputs/config.ts';
import type { Ports } from './ports.ts';
import { preDeployStage } from './pre-deploy/stage.ts';
import { Lookups, unwrap } from './preflight/lookups.ts';
import { preflight, refuseOnErrors } from './preflight/preflight.ts';
import { headline, preflightLines } from './report/log.ts';
import type { Recorder } from './report/recorder.ts';
import { isGreen, type RunReport, worstResult } from './report/run-report.ts';
import { duration, listed } from './report/words.ts';
import { rolloutStage } from './rollout/stage.ts';
import { ObservationFailed } from './rollout/watch.ts';
import { type Target, targetOf } from './target.ts';
import { type Undone, undoStage } from './undo/stage.ts';
import { checkHealth, unhealthyFindings } from './verify/health.ts';

const CANCEL_GRACE_MS = 1_500;

/** The whole run, from the preflight to the health checks. Never throws: what goes wrong is in the report. */
export async function run(
  config: Config,
  inputFindings: readonly Finding[],
  recorder: Recorder,
  ports: Ports,
): Promise<RunReport> {
  return await Promise.race([
    runStages(config, inputFindings, recorder, ports),
    giveUpAfterCancel(recorder, ports.signal),
  ]);
}

/**
 * What is under way ends by itself when the run is cancelled, but for calls that hang: those are left after a
 * moment, because the runner kills whoever is not done within 7.5 s. No stage begins a change after a cancel.
 */
async function giveUpAfterCancel(recorder: Recorder, signal: AbortSignal): Promise<RunReport> {
  if (!signal.aborted) await once(signal, 'abort');
  await sleep(CANCEL_GRACE_MS);
  return recorder.update(endOf(signal.reason, recorder.report, signal));
}

async function runStages(
  config: Config,
  inputFindings: readonly Finding[],
  recorder: Recorder,
  ports: Ports,
): Promise<RunReport> {
  try {
    ports.runner.print(headline(recorder.report));
    const target = await recorder.stage('preflight', () =>
      preflightStage(config, inputFindings, recorder, ports),
    );
    if (target === undefined) return recorder.update({ result: 'checked' });
    return await deploy({ config, target, recorder, ports });
  } catch (error) {
    return recorder.update(endOf(error, recorder.report, ports.signal));
  }
}

/** Runs every check and shows what they found; gives what the other stages work with, nothing in `check`. */
async function preflightStage(
  config: Config,
  inputFindings: readonly Finding[],
  recorder: Recorder,
  ports: Ports,
): Promise<Target | undefined> {
  const startedAt = performance.now();
  const { run: runContext, commit } = recorder.report;
  const lookups = new Lookups(config, imageTagOf(config, commit), {
    ...ports,
    workspace: runContext.workspace,
  });
  const checks = await preflight({ config, inputFindings, run: runContext, commit, lookups });
  ports.signal.throwIfAborted();
  const identity = config.awsObstacle ? undefined : await lookups.identity();
  recorder.update({ checks, accountId: identity?.ok ? identity.value.accountId : undefined });
  ports.runner.openGroup(`Preflight (${duration(performance.now() - startedAt)})`);
  for (const line of preflightLines(checks)) ports.runner.print(line);
  ports.runner.closeGroup();
  refuseOnErrors(checks);
  if (config.mode === 'check') return undefined;
  const target = await targetOf(config, lookups);
  recorder.update(await previousOf(target, lookups));
  return target;
}

async function previousOf(target: Target, lookups: Lookups): Promise<Partial<RunReport>> {
  const { latest } = target.images;
  if (latest === undefined) return {};
  const tags = await lookups.tagsOf(latest.digest);
  return {
    previousImage: `${target.repository.uri}@${latest.digest}`,
    previousCommit: tags.ok ? unwrap(tags).find((tag) => /^[0-9a-f]{40}$/.test(tag)) : undefined,
  };
}

async function deploy(context: DeployContext): Promise<RunReport> {
  const { config, recorder } = context;
  const pushed = await recorder.stage('image', () => imageStage(context));
  const { image, registry } = pushed;
  const plans = await plansFor(context, image);
  if (config.ecs.preDeployCommand) {
    await recorder.stage('pre-deploy', () => preDeployStage(context, image, plans));
  }
  const { started, refusals } = await recorder.stage('deploy', () => deployStage(context, pushed, plans));
  const outcomes = await recorder.stage('rollout', () => rolloutStage(context, started, image));
  const failures = [...refusals, ...outcomes.flatMap(({ finding }) => finding ?? [])];
  const result = worstResult([
    ...outcomes.map((outcome) => outcome.result),
    ...refusals.map((): Result => 'failed'),
  ]);
  const unhealthy = result === 'succeeded' ? await healthStage(context) : [];
  recorder.update(unhealthy.length > 0 ? { result: 'failed', failures: unhealthy } : { result, failures });
  if (isGreen(recorder.report.result)) return recorder.update({ failures: [] });
  if (config.ecs.onFailure === 'rollback' && UNDOABLE.has(recorder.report.result)) {
    const undone = await recorder.stage('undo', () => undoStage(context, pushed, started, outcomes));
    recorder.update(afterUndo(undone, recorder.report));
  }
  const { latestTag } = config.image;
  // What is said of the tag has to be true now: others may have moved it meanwhile.
  const latest = latestTag ? await registry.manifest(latestTag).catch(() => undefined) : undefined;
  return recorder.update({ latestDigest: latest?.digest });
}

/** The revision that each service is to run, registered where it doesn't exist yet. */
async function plansFor(
  { config, target, recorder, ports }: DeployContext,
  image: PushedImage,
): Promise<readonly ServicePlan[]> {
  if (!ports.aws) throw new Error('the preflight let a deploy pass without a region');
  const plans = await planRevisions(config, target, `${image.repositoryUri}@${image.digest}`, {
    taskDefinitions: await ports.aws.taskDefinitions(),
    workspace: recorder.report.run.workspace,
    say: ports.runner.print,
  });
  const pinned = plans.find(({ pinnedBefore }) => pinnedBefore);
  if (pinned?.pinnedBefore) recorder.update({ previousImage: pinned.pinnedBefore });
  return plans;
}

/** Results after which the services may still run, or come to run, the new image. */
const UNDOABLE: ReadonlySet<Result> = new Set(['failed', 'timed-out', 'rolled-back']);

/** The failure of an undoing is said first; one that went well makes the run `rolled-back`, with both reasons. */
function afterUndo({ failures, said }: Undone, report: RunReport): Partial<RunReport> {
  const [first, ...others] = report.failures;
  if (failures.length > 0) return { result: 'failed', failures: [...failures, ...report.failures] };
  // A service that ECS never accepted a deployment of had nothing to put back.
  const deployments = report.deployments.map((each) =>
    each.deploymentId
      ? { ...each, result: 'rolled-back' as const, reason: `${each.reason} ${said}`.trim() }
      : each,
  );
  if (!first) return { result: 'rolled-back', deployments };
  return {
    result: 'rolled-back',
    deployments,
    failures: [{ ...first, title: `${first.title} ${said}` }, ...others],
  };
}

/** Asks the health URLs, if there are any; gives a finding for each that doesn't answer as it should. */
async function healthStage({ config, recorder, ports }: DeployContext): Promise<readonly Finding[]> {
  const { targets, timeoutMs } = config.healthChecks;
  if (targets.length === 0) return [];
  const health = await recorder.stage('health', () => checkHealth(targets, timeoutMs, ports));
  recorder.update({ health });
  for (const { url, healthy, said } of health) {
    ports.runner.print(`${healthy ? '✓' : '✗'} health     ${url} ${said}`);
  }
  return unhealthyFindings(health, timeoutMs);
}

/** What an error that ended the run makes of it. */
function endOf(error: unknown, report: RunReport, signal: AbortSignal): Partial<RunReport> {
  if (signal.aborted || error instanceof Cancelled)
    return { result: 'cancelled', failures: [cancelled(report)] };
  if (error instanceof Failure) return { result: error.result, failures: error.findings };
  if (error instanceof ObservationFailed) return { result: 'failed', failures: [lostSight(error, report)] };
  return { result: 'failed', failures: [bug(error)] };
}

/** The finding of a cancelled run: what goes on all the same. */
function cancelled(report: RunReport): Finding {
  if (report.unanswered.length > 0) {
    return {
      code: 'DG643',
      level: 'error',
      title: `The run was cancelled while it asked ECS to deploy ${listed(report.unanswered)}: whether a deployment was started is not known.`,
      fix: `Look: \`aws ecs describe-services --cluster ${report.cluster} --services ${report.unanswered.join(' ')} --query 'services[].deployments'\`.`,
    };
  }
  const started = report.deployments.filter(({ deploymentId }) => deploymentId);
  const names = started.map(({ service, deploymentId }) => `${service} ${deploymentId}`).join(', ');
  return {
    code: 'DG643',
    level: 'error',
    title:
      started.length > 0
        ? `The run was cancelled; the rollout goes on in ECS: deployment ${names}.`
        : 'The run was cancelled before any service was changed.',
    fix:
      started.length > 0
        ? `Let it finish, or undo it: \`aws ecs list-service-deployments --cluster ${report.cluster} --service ${started[0]?.service ?? ''}\`, then \`aws ecs stop-service-deployment --stop-type ROLLBACK --service-deployment-arn ARN\`.`
        : 'Run the job again.',
  };
}

function lostSight(error: ObservationFailed, report: RunReport): Finding {
  const codes = { 'expired-credentials': 'DG641', unreachable: 'DG642', denied: 'DG644' } as const;
  const service = report.deployments[0]?.service ?? '';
  return {
    code: codes[error.reason],
    level: 'error',
    title: `The rollout can't be followed any more: ${oneLine(error.message)}`,
    fix: `It goes on in ECS. See how it ended: \`aws ecs describe-services --cluster ${report.cluster} --services ${service}\`.`,
  };
}

function bug(error: unknown): Finding {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 'DG901',
    level: 'error',
    title: `deploy-guard has a bug: ${oneLine(error instanceof Error ? error.message : String(error), 300)}`,
    detail: stack,
    fix: 'Report it with this text in an issue of the deploy-guard repository; running the job again may get past it.',
  };
}
