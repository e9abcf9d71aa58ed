// First: what the others say while they load is taken too.
import './runner/library-words.ts';
import type { Aws } from './aws/aws.ts';
import { commitsBetween, commitToBuild } from './github/checked-out-commit.ts';
import { readRunContext } from './github/run-context.ts';
import { joinPorts } from './join-ports.ts';
import { cancellation, someTimeAfter } from './runner/cancellation.ts';
import { localClock } from './runner/clock.ts';
import { makePrivateFolder, removePrivateFolder } from './runner/private-folder.ts';
import { makeSecret, redaction } from './runner/secrets.ts';
import { githubRunner } from './runner/workflow-commands.ts';
import { readConfig } from './stages/inputs/read-config.ts';
import { secretsInFiles } from './stages/inputs/secrets-in-files.ts';
import { secretsOf } from './stages/inputs/secrets-of.ts';
import { environmentRecord } from './stages/report/environment-record.ts';
import { firstReport } from './stages/report/first-report.ts';
import { Recorder } from './stages/report/recorder.ts';
import { deployedCommit, isGreen, type RunReport } from './stages/report/run-report.ts';
import { StateKeeper } from './stages/report/state-keeper.ts';

/** How long Slack and GitHub may take, in milliseconds: for an answer, and for all of Slack's tries. */
const LIMITS = { answerMs: 10_000, totalMs: 45_000 };
/** After a cancel the runner waits 7.5 s before it sends SIGTERM. */
const LIMITS_CANCELLED = { answerMs: 3_000, totalMs: 3_500 };
/** Between two tries to record the end at GitHub, in milliseconds. */
const RETRY_MS = 1_000;
/** When after a cancel nobody's answer is waited for any more, in milliseconds. */
const DEADLINE_MS = 5_000;

async function main(): Promise<boolean> {
  const signal = cancellation();
  const { config, findings } = readConfig(process.env);
  secretsOf(config).forEach(makeSecret);
  const context = await readRunContext(process.env);
  (await secretsInFiles(config.build.secretFiles, context.workspace)).forEach(makeSecret);
  const privateFolder = await makePrivateFolder(context.temporaryFolder);
  const state = new StateKeeper(githubRunner, { privateFolder }, (text) => redaction.apply(text));
  signal.addEventListener('abort', () => state.cancelled(), { once: true });
  const ports = joinPorts(config, context, privateFolder, signal);
  const asked = commitToBuild(context, process.env);
  // Who we are is asked while git answers; what it comes to is the preflight's to tell.
  const stages = loadStages(ports.aws);
  const commit = await asked;
  if (commit) state.commit(commit);
  const deadline = someTimeAfter(signal, DEADLINE_MS);
  const limitsNow = () => (signal.aborted ? LIMITS_CANCELLED : LIMITS);
  const record = environmentRecord(config, context, ports.agents, {
    bounds: () => ({ timeoutMs: limitsNow().answerMs, deadline }),
    save: (deployment) => state.github(deployment),
    pause: () => localClock.sleep(RETRY_MS, signal),
  });
  const recorder = new Recorder(firstReport(config, context, commit), (report, stage) => {
    state.record(report, stage);
    if (stage !== 'preflight' && (report.mode === 'deploy' || report.image)) record?.begin(report);
  });
  const { run } = await stages;
  const report = await withCommitCount(await run(config, findings, recorder, ports), process.env, signal);
  state.end(report);
  const { tell } = await import('./stages/report/tell.ts');
  await tell(report, config, {
    runner: githubRunner,
    agents: ports.agents,
    redaction,
    deliver: async (...message) => (await import('./slack/webhook.ts')).deliver(...message),
    record,
    saveShown: () => state.shown(),
    saveTold: (told) => state.told(told),
    limits: limitsNow(),
    signal,
    deadline,
  });
  await removePrivateFolder(privateFolder, context.temporaryFolder);
  return isGreen(report.result);
}

/** Asks who we are, and parses the preflight while that is on its way. */
async function loadStages(aws: Aws | undefined) {
  await aws?.askIdentity();
  return await import('./stages/run.ts');
}

/** The report with the number of commits between the image before and this one, where the checkout has them. */
async function withCommitCount(
  report: RunReport,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<RunReport> {
  const { previousCommit, run: context } = report;
  if (!previousCommit || signal.aborted) return report;
  const { sha } = deployedCommit(report);
  const [from, to] = report.mode === 'rollback' ? [sha, previousCommit] : [previousCommit, sha];
  return { ...report, commitsSince: await commitsBetween(from, to, context, environment) };
}

/** Says on the run's page that we have a bug; post tells the others. */
async function crash(error: unknown): Promise<never> {
  const words = redaction.apply(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const outputs = { result: 'failed', 'failure-code': 'DG901', 'failure-reason': 'deploy-guard has a bug.' };
  for (const [name, value] of Object.entries(outputs)) githubRunner.setOutput(name, value);
  githubRunner.print(words);
  githubRunner.annotate({
    code: 'DG901',
    level: 'error',
    title: redaction.apply(`deploy-guard has a bug: ${error instanceof Error ? error.message : 'unknown'}`),
    fix: 'Report it, with the lines above, in an issue of the deploy-guard repository.',
  });
  await githubRunner.flush();
  process.exit(1);
}

process.on('uncaughtException', crash);
// With nothing left to wait for, Node would end the process as if all were well.
process.once('beforeExit', () => crash(new Error('the run waited for what nothing could bring any more')));
/** Kept connections, and timers of what is over, must not keep the job waiting: hence the exit by hand. */
main().then(async (green) => {
  await githubRunner.flush();
  process.exit(green ? 0 : 1);
}, crash);
