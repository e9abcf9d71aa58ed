import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding, Result } from '../finding.ts';
import { planRevisions, type ServicePlan } from './deploy/revisions.ts';
import { deployStage } from './deploy/stage.ts';
import { refuseWhereTagMoved, supersededByTag, takenAfterwards } from './deploy/tag-taken.ts';
import type { DeployContext } from './deploy-context.ts';
import { endOf } from './ending.ts';
import type { PushedImage } from './image/image.ts';
import { imageTagOf } from './image/image-tag.ts';
import { imageStage } from './image/stage.ts';
import type { Config } from './inputs/config.ts';
import type { Ports } from './ports.ts';
import { preDeployStage } from './pre-deploy/stage.ts';
import { unwrap } from './preflight/answer.ts';
import type { CheckReport } from './preflight/check.ts';
import { Lookups } from './preflight/lookups.ts';
import { permissionsOf } from './preflight/permissions.ts';
import { planLines } from './preflight/plan.ts';
import { preflight, refuseOnErrors } from './preflight/preflight.ts';
import { hygieneGroup } from './report/hygiene.ts';
import { codesLine, headline, preflightLines } from './report/log.ts';
import type { Recorder } from './report/recorder.ts';
import { isGreen, type RunReport, severity, worstResult } from './report/run-report.ts';
import { duration } from './report/words.ts';
import { rolloutStage } from './rollout/stage.ts';
import { type Target, targetOf } from './target.ts';
import { undoStage } from './undo/stage.ts';
import { afterUndo, isToBeUndone } from './undo/verdict.ts';
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
    const { aws } = ports;
    if (aws === undefined) throw new Error('the preflight let a deploy pass that may not ask AWS');
    return await deploy({ config, target, recorder, ports: { ...ports, aws } });
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
  const lookups = new Lookups(
    config,
    imageTagOf(config, commit),
    {
      ...ports,
      workspace: runContext.workspace,
    },
    commit?.sha,
  );
  const checks = await preflight({ config, inputFindings, run: runContext, commit, lookups });
  ports.signal.throwIfAborted();
  const identity = config.awsObstacle ? undefined : await lookups.identity();
  recorder.update({ checks, accountId: identity?.ok ? identity.value.accountId : undefined });
  ports.runner.openGroup(`Preflight (${duration(performance.now() - startedAt)})`);
  for (const line of [...preflightLines(checks), ...codesLine(checks, runContext)]) ports.runner.print(line);
  ports.runner.closeGroup();
  showHygiene(checks, config, ports);
  refuseOnErrors(checks);
  const target = await targetOf(config, lookups);
  if (config.mode === 'check') {
    const permissions = await permissionsOf({ config, lookups });
    const plan = planLines({ config, commit, target, permissions });
    recorder.update({ plan });
    for (const line of plan) ports.runner.print(line);
    return undefined;
  }
  recorder.update(await previousOf(target, lookups));
  return target;
}

/** What was found in the repository, folded, where there is something. */
function showHygiene(checks: readonly CheckReport[], { mode }: Config, { runner }: Ports): void {
  const group = hygieneGroup(checks, mode);
  if (group === undefined) return;
  runner.openGroup(group.title);
  for (const line of group.lines) runner.print(line);
  runner.closeGroup();
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
    // A migration of an older commit is as wrong as its image.
    await refuseWhereTagMoved(context, image, registry);
    await recorder.stage('pre-deploy', () => preDeployStage(context, image, plans));
  }
  const deployed = await recorder.stage('deploy', () => deployStage(context, pushed, plans));
  const { started, refusals } = deployed;
  const outcomes = await recorder.stage('rollout', async () =>
    supersededByTag(await rolloutStage(context, started, image), context, image, registry),
  );
  // The worst one's reason comes first: it is the run's.
  const worstFirst = outcomes.toSorted((a, b) => severity(b.result) - severity(a.result));
  const failures = [...refusals, ...worstFirst.flatMap(({ finding }) => finding ?? [])];
  const result = worstResult([
    ...outcomes.map((outcome) => outcome.result),
    ...refusals.map((): Result => 'failed'),
  ]);
  const unhealthy = result === 'succeeded' ? await healthStage(context) : [];
  recorder.update(unhealthy.length > 0 ? { result: 'failed', failures: unhealthy } : { result, failures });
  if (recorder.report.result === 'succeeded') {
    const taken = await takenAfterwards(context, image, registry);
    if (taken) return recorder.update({ result: 'superseded', failures: [taken] });
  }
  if (isGreen(recorder.report.result)) return recorder.update({ failures: [] });
  // One service may have failed before the run was cancelled: nothing begins after that.
  context.ports.signal.throwIfAborted();
  if (isToBeUndone(config, recorder.report.result)) {
    const undone = await recorder.stage('undo', () => undoStage(context, pushed, deployed, outcomes));
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
  const plans = await planRevisions(config, target, `${image.repositoryUri}@${image.digest}`, {
    taskDefinitions: await ports.aws.taskDefinitions(),
    workspace: recorder.report.run.workspace,
    say: ports.runner.print,
  });
  const pinned = plans.find(({ pinnedBefore }) => pinnedBefore);
  if (pinned?.pinnedBefore) recorder.update({ previousImage: pinned.pinnedBefore });
  return plans;
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
