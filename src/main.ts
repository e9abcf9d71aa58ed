// First: what the others say while they load is taken too.
import './runner/library-words.ts';
import { Aws } from './aws/aws.ts';
import { planCredentials } from './aws/credentials.ts';
import { inputsThatNeedBuildx } from './docker/build-command.ts';
import { engineEnvironment } from './docker/engine-environment.ts';
import { engineVersion } from './docker/engine-version.ts';
import { openEngine } from './docker/open-engine.ts';
import { commitsBetween, commitToBuild } from './github/checked-out-commit.ts';
import { requestOidcToken } from './github/oidc.ts';
import { type RunContext, readRunContext } from './github/run-context.ts';
import { RegistryRepository } from './registry/registry.ts';
import { cancellation, someTimeAfter } from './runner/cancellation.ts';
import { localClock } from './runner/clock.ts';
import { createAgents } from './runner/http.ts';
import { hideInLibraryWords } from './runner/library-words.ts';
import { makePrivateFolder, removePrivateFolder } from './runner/private-folder.ts';
import { redactedRunner } from './runner/redacted-runner.ts';
import { Redaction } from './runner/redaction.ts';
import { githubRunner } from './runner/workflow-commands.ts';
import type { Config } from './stages/inputs/config.ts';
import { readConfig } from './stages/inputs/read-config.ts';
import { secretsInFiles } from './stages/inputs/secrets-in-files.ts';
import { secretsOf } from './stages/inputs/secrets-of.ts';
import type { Ports } from './stages/ports.ts';
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

/** Of the whole process: a crash quotes what it met, too. */
const redaction = new Redaction();
hideInLibraryWords((text) => redaction.apply(text));

async function main(): Promise<boolean> {
  const signal = cancellation();
  const { config, findings } = readConfig(process.env);
  secretsOf(config).forEach(mask);
  const context = await readRunContext(process.env);
  (await secretsInFiles(config.build.secretFiles, context.workspace)).forEach(mask);
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

/** The report with the number of commits since the image before, where the checkout has them. */
async function withCommitCount(
  report: RunReport,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<RunReport> {
  const { previousCommit, run: context } = report;
  if (!previousCommit || signal.aborted) return report;
  const { sha } = deployedCommit(report);
  return { ...report, commitsSince: await commitsBetween(previousCommit, sha, context, environment) };
}

/** Makes a value secret from here on, to the runner and to what we tell others. */
function mask(secret: string): void {
  redaction.add(secret);
  githubRunner.mask(secret);
}

/** The stages' ports, each joined to its one real adapter. What is heavy is loaded when it is first needed. */
function joinPorts(config: Config, run: RunContext, privateFolder: string, signal: AbortSignal): Ports {
  const agents = createAgents(config.proxy);
  const oidcToken = async (audience: string) => {
    const token = await requestOidcToken(audience, config.environment, agents);
    mask(token);
    return token;
  };
  const { region } = config;
  const aws =
    region && !config.awsObstacle
      ? new Aws(
          region,
          planCredentials(config.credentials, region, { agents, oidcToken, mask }),
          agents,
          config.environment,
        )
      : undefined;
  // The folder's name marks what we start: post ends what has outlived us by it.
  const environment = { ...engineEnvironment(config), DEPLOY_GUARD_FOLDER: privateFolder };
  const engine = { workspace: run.workspace, environment, privateFolder, signal };
  const question = { wanted: config.engine, aboutBuilder: inputsThatNeedBuildx(config.build).length > 0 };
  return {
    runner: redactedRunner(githubRunner, redaction),
    agents,
    signal,
    aws,
    clock: localClock,
    engineVersion: () => engineVersion(question, engine),
    openEngine: (version, registryHost) => openEngine(version, engine, registryHost),
    registry: (access, repository) => {
      mask(access.password);
      return new RegistryRepository(access, repository, agents, signal);
    },
    watching: async () => {
      if (!aws) throw new Error('no region to watch a rollout in');
      const [{ EcsObservations }, { CloudWatchLogReader }, ecs] = await Promise.all([
        import('./aws/ecs-observe.ts'),
        import('./aws/logs.ts'),
        aws.ecs(),
      ]);
      const logs = new CloudWatchLogReader(async (region) => {
        const [{ CloudWatchLogsClient }, { clientConfig }, { withTypedAnswers }] = await Promise.all([
          import('@aws-sdk/client-cloudwatch-logs'),
          import('./aws/client.ts'),
          import('./aws/typed-answers.ts'),
        ]);
        return withTypedAnswers(new CloudWatchLogsClient(clientConfig({ ...aws.clientSettings(), region })));
      });
      return { ecs: new EcsObservations(ecs.client), logs };
    },
  };
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
