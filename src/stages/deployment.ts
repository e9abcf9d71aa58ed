import type { Finding, Result } from '../finding.ts';
import { oneLine } from '../runner/text.ts';
import { planRevisions, type ServicePlan } from './deploy/revisions.ts';
import { deployStage } from './deploy/stage.ts';
import { refuseWhereTagMoved, supersededByTag, takenAfterwards } from './deploy/tag-taken.ts';
import type { DeployContext } from './deploy-context.ts';
import type { PushedImage } from './image/image.ts';
import { imageStage } from './image/stage.ts';
import { preDeployStage } from './pre-deploy/stage.ts';
import { isGreen, type RunReport, severity, worstResult } from './report/run-report.ts';
import { rolloutStage } from './rollout/stage.ts';
import { undoStage } from './undo/stage.ts';
import { afterUndo, isToBeUndone } from './undo/verdict.ts';
import { checkHealth, unhealthyFindings } from './verify/health.ts';

/**
 * Everything that changes something, once the preflight let it pass: image, revisions, migration, deployment, rollout,
 * health, and what is undone. Throws what ends the run.
 */
export async function deploy(context: DeployContext): Promise<RunReport> {
  const { config, recorder, ports } = context;
  const pushed = await recorder.stage('image', () => imageStage(context));
  const { image, registry } = pushed;
  const plans = await plansFor(context, image);
  const { preDeployCommand } = config.ecs;
  if (preDeployCommand && config.mode === 'rollback') {
    // The image before has no migration that came after it, and would fail over what it does not know.
    const shown = oneLine(preDeployCommand.join(' '), 120);
    ports.runner.print(`· before     ${shown}: not run, because a roll back migrates nothing`);
  } else if (preDeployCommand) {
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
