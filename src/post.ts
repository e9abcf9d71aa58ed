// First: what the others say while they load is taken too.
import './runner/library-words.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { commitToBuild } from './github/checked-out-commit.ts';
import { type RunContext, readRunContext } from './github/run-context.ts';
import { createAgents } from './runner/http.ts';
import { endLeftProcesses } from './runner/left-processes.ts';
import { isPrivateFolder, removePrivateFolder } from './runner/private-folder.ts';
import { type RunState, readRunState } from './runner/run-state.ts';
import { makeSecret, redaction } from './runner/secrets.ts';
import { githubRunner } from './runner/workflow-commands.ts';
import type { Config } from './stages/inputs/config.ts';
import { readConfig } from './stages/inputs/read-config.ts';
import { secretsInFiles } from './stages/inputs/secrets-in-files.ts';
import { secretsOf } from './stages/inputs/secrets-of.ts';
import { environmentRecord } from './stages/report/environment-record.ts';
import { reportFromState } from './stages/report/report-from-state.ts';
import { tellOthers, tellPage } from './stages/report/tell.ts';

const LIMITS = { answerMs: 10_000, totalMs: 20_000 };
/** Between two tries to record the end at GitHub, in milliseconds. */
const RETRY_MS = 1_000;

/** Cleans up after main, and tells people where main ended before it could. */
async function post(): Promise<void> {
  const state = readRunState(process.env);
  const { config } = readConfig(process.env);
  const context = await readRunContext(process.env);
  const inFiles = await secretsInFiles(config.build.secretFiles, context.workspace);
  [...secretsOf(config), ...inFiles].forEach(makeSecret);
  if (state?.privateFolder) await cleanUp(state.privateFolder, context);
  await tellWhatIsLeft(state, config, context);
}

async function cleanUp(privateFolder: string, { temporaryFolder }: RunContext): Promise<void> {
  // Main may have removed the folder, and left a process all the same.
  if (!(await isPrivateFolder(privateFolder, temporaryFolder))) return;
  const ended = await endLeftProcesses(privateFolder, process.env);
  if (ended > 0) githubRunner.print(`Ended what the run had started and left behind: ${ended}.`);
  await removePrivateFolder(privateFolder, temporaryFolder);
}

/** Each of page, Slack and GitHub that main did not get to. */
async function tellWhatIsLeft(
  state: RunState | undefined,
  config: Config,
  context: RunContext,
): Promise<void> {
  const agents = createAgents(config.proxy);
  const record = environmentRecord(config, context, agents, {
    bounds: () => ({ timeoutMs: LIMITS.answerMs }),
    save: () => undefined,
    pause: () => sleep(RETRY_MS),
  });
  const begun = state !== undefined && !['start', 'preflight'].includes(state.stage);
  const unrecorded = record !== undefined && begun && state.github?.over !== true;
  const told = state?.told ?? 'no';
  if (told === 'sending')
    githubRunner.print('The message to Slack was on its way when the run ended: it is not sent again.');
  if (told !== 'no' && state?.shown === true && !unrecorded) return;
  const commit = state?.commit ?? (await commitToBuild(context, process.env));
  const report = redaction.applyDeep(reportFromState(state, config, context, commit));
  if (unrecorded) record.resume(state.github?.id);
  if (state?.shown !== true) {
    githubRunner.print('The main step ended before it could tell anyone.');
    await tellPage(report, githubRunner);
  }
  await tellOthers(report, config, {
    runner: githubRunner,
    agents,
    redaction,
    deliver: async (...message) => (await import('./slack/webhook.ts')).deliver(...message),
    record: unrecorded ? record : undefined,
    told,
    saveTold: () => undefined,
    limits: LIMITS,
  });
}

/** The deploy's own result stands: what fails here only warns. */
async function warn(error: unknown): Promise<never> {
  const why = redaction.apply(error instanceof Error ? error.message : 'unknown');
  githubRunner.print(`! DG809 Cleaning up failed: ${why}`);
  await githubRunner.flush();
  process.exit(0);
}

// A cancel is the reason to clean up and to tell people, not one to stop: all of it ends by itself, and soon.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => undefined);
process.on('uncaughtException', warn);
post().then(async () => {
  await githubRunner.flush();
  process.exit(0);
}, warn);
