import { commitToBuild } from './github/checked-out-commit.ts';
import { readRunContext } from './github/run-context.ts';
import { createAgents } from './runner/http.ts';
import { removePrivateFolder } from './runner/private-folder.ts';
import { Redaction } from './runner/redaction.ts';
import { readRunState } from './runner/run-state.ts';
import { githubRunner } from './runner/workflow-commands.ts';
import { readConfig } from './stages/inputs/config.ts';
import { secretsOf } from './stages/inputs/secrets-of.ts';
import { reportFromState } from './stages/report/report-from-state.ts';
import { tellSlack } from './stages/report/tell.ts';

const SLACK_LIMITS = { answerMs: 10_000, totalMs: 20_000 };

/** Cleans up after main, and tells people where main ended before it could. */
async function post(): Promise<void> {
  const state = readRunState(process.env);
  const { config } = readConfig(process.env);
  const redaction = new Redaction();
  for (const secret of secretsOf(config)) {
    redaction.add(secret);
    githubRunner.mask(secret);
  }
  const context = await readRunContext(process.env);
  if (state?.privateFolder) await removePrivateFolder(state.privateFolder, context.temporaryFolder);
  if (state?.told === 'yes') return;
  if (state?.told === 'sending') {
    githubRunner.print('The message to Slack was on its way when the run ended: it is not sent again.');
    return;
  }
  const commit = state?.commit ?? (await commitToBuild(context, process.env));
  const report = reportFromState(state, config, context, commit);
  githubRunner.print(
    `deploy-guard ended before it could tell anyone: ${report.failures[0]?.title ?? report.result}`,
  );
  const { told, finding } = await tellSlack(report, config, {
    runner: githubRunner,
    agents: createAgents(config.proxy),
    redaction,
    deliver: async (...message) => (await import('./slack/webhook.ts')).deliver(...message),
    saveTold: () => undefined,
    limits: SLACK_LIMITS,
  });
  if (told) githubRunner.print('Slack told.');
  if (finding) githubRunner.annotate(finding);
}

post().then(
  async () => {
    await githubRunner.flush();
    process.exit(0);
  },
  async (error: unknown) => {
    // The deploy's own result stands: what fails here only warns.
    githubRunner.print(`! DG809 Cleaning up failed: ${error instanceof Error ? error.message : 'unknown'}`);
    await githubRunner.flush();
    process.exit(0);
  },
);
