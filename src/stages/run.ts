import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '../finding.ts';
import { endOf } from './ending.ts';
import { imageTagOf } from './image/image-tag.ts';
import type { Config } from './inputs/config.ts';
import type { Ports } from './ports.ts';
import { unwrap } from './preflight/answer.ts';
import type { CheckReport } from './preflight/check.ts';
import { Lookups } from './preflight/lookups/lookups.ts';
import { permissionsOf } from './preflight/permissions.ts';
import { planLines } from './preflight/plan.ts';
import { preflight, refuseOnErrors } from './preflight/preflight.ts';
import { hygieneGroup } from './report/hygiene.ts';
import { codesLine, headline, preflightLines } from './report/log.ts';
import type { Recorder } from './report/recorder.ts';
import type { RunReport } from './report/run-report.ts';
import { duration } from './report/words.ts';
import { type Target, targetOf } from './target.ts';

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
    giveUpAfterCancel(recorder, ports),
  ]);
}

/**
 * What is under way ends by itself when the run is cancelled, but for calls that hang: those are left after a
 * moment, because the runner kills whoever is not done within 7.5 s. No stage begins a change after a cancel.
 */
async function giveUpAfterCancel(recorder: Recorder, { signal, runner }: Ports): Promise<RunReport> {
  if (!signal.aborted) await once(signal, 'abort');
  await sleep(CANCEL_GRACE_MS);
  // How the run ended must not lie folded in the group of what hangs.
  runner.closeGroup();
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
    // Parsed here and not before: AWS's first answers need none of it.
    const { deploy } = await import('./deployment.ts');
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
    { tag: imageTagOf(config, commit), commit: commit?.sha },
    { ...ports, workspace: runContext.workspace },
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
  const tags = await lookups.ecr.tagsOf(latest.digest);
  return {
    previousImage: `${target.repository.uri}@${latest.digest}`,
    previousCommit: tags.ok ? unwrap(tags).find((tag) => /^[0-9a-f]{40}$/.test(tag)) : undefined,
  };
}
