import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ArgumentProblem, helpText, readArguments, scenarioList } from './demo/arguments.ts';
import { mismatches } from './demo/judgement.ts';
import { coloured, createLogView } from './demo/log-view.ts';
import { demoPage } from './demo/page.ts';
import { slackLines } from './demo/slack-view.ts';
import { truthLines } from './demo/truth-view.ts';
import { type DemoWorkspace, makeWorkspace } from './demo/workspace.ts';
import { type Engine, findEngine } from './engine/engine.ts';
import { forgetImages } from './engine/forget-images.ts';
import { type ActionRun, runAction } from './runner/run-action.ts';
import { type Sandbox, type Scenario, startSandbox, type Truth } from './sandbox.ts';
import { scenarios } from './scenarios/index.ts';

// `npm run demo`: one run of the bundled action in the sandbox, and what came of it.

const actionDir = join(import.meta.dirname, '..');
const halfAnHourMs = 30 * 60_000;
const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const request = readArguments(process.argv.slice(2), scenarios);
  if (request.kind === 'help') print(helpText);
  if (request.kind === 'list') print(scenarioList(scenarios));
  if (request.kind !== 'run') return 0;
  if (!existsSync(join(actionDir, 'dist', 'index.js'))) {
    throw new Error('dist/index.js is missing: `npm run build` makes it.');
  }
  const engine = await findEngine({ refuseStandIn: false });
  const workspace = makeWorkspace(request.scenario.files);
  const sandbox = await startSandbox({ scenario: request.scenario, speed: request.speed });
  try {
    introduce(request.scenario, request.speed, engine, sandbox);
    const run = await deploy(sandbox, workspace, engine);
    return show(request.scenario, run, sandbox);
  } finally {
    await sandbox.close();
    if (engine.kind === 'docker') forgetImages(sandbox.registryHost);
    engine.remove();
    workspace.remove();
  }
}

function introduce(scenario: Scenario, speed: number, engine: Engine, sandbox: Sandbox): void {
  print(`${coloured('bold', `Scenario ${scenario.name}`)}: ${scenario.description}`);
  const pace = speed === 1 ? 'as fast as in real life' : `${speed} times as fast as in real life`;
  print(`AWS, the registry and Slack are simulated at ${sandbox.url}, ${pace}.`);
  if (engine.kind === 'docker') print(`docker ${engine.version} builds and pushes the image for real.`);
  else {
    print(
      coloured(
        'yellow',
        'NO CONTAINER ENGINE ANSWERS HERE: a stand-in packs and pushes the image instead of docker.',
      ),
    );
  }
}

async function deploy(sandbox: Sandbox, workspace: DemoWorkspace, engine: Engine): Promise<ActionRun> {
  heading('The job log');
  const env = sandbox.env();
  const secrets = Object.entries(env).filter(([name]) => /SECRET|PASSWORD|TOKEN/.test(name));
  return runAction({
    actionDir,
    workspace: workspace.path,
    inputs: { environment: 'production', ...sandbox.inputs() },
    env: { ...engine.env, ...env },
    path: engine.path === '' ? [] : [engine.path],
    secrets: [...secrets.map(([, value]) => value), sandbox.slackUrl],
    github: { actor: 'octo', sha: workspace.commit.sha, apiUrl: sandbox.githubApiUrl },
    event: { name: 'push', payload: pushEvent(workspace) },
    timeoutMs: halfAnHourMs,
    onLogLine: createLogView(print),
  });
}

/** As far as an action reads it: https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
function pushEvent({ commit }: DemoWorkspace): unknown {
  const author = { name: 'octo', email: 'octo@example.com', username: 'octo' };
  const url = `https://github.com/acme/dyno-agent/commit/${commit.sha}`;
  const head = { id: commit.sha, message: commit.subject, url, author, committer: author };
  return { ref: 'refs/heads/main', after: commit.sha, head_commit: head, commits: [head] };
}

function show(scenario: Scenario, run: ActionRun, sandbox: Sandbox): number {
  const truth = sandbox.truth();
  heading('The step summary (Markdown)');
  print(run.summary.trim() === '' ? 'none' : run.summary.trimEnd());
  heading('In Slack');
  for (const message of truth.slackMessages) for (const line of slackLines(message)) print(`│ ${line}`);
  if (truth.slackMessages.length === 0) print('no message');
  heading('The outputs');
  for (const [name, value] of Object.entries(run.outputs))
    if (value !== '') print(`${name.padEnd(16)} ${value}`);
  heading('What the sandbox knows to be true');
  for (const line of truthLines(truth)) print(line);
  print(`\nAll of it as people see it: ${writePage(scenario, run, truth)}`);
  const wrong = mismatches(scenario, run, truth);
  const { result, code } = scenario.expect;
  if (wrong.length === 0) {
    print(coloured('green', `As the scenario expects: ${result}${code === undefined ? '' : ` (${code})`}.`));
    return 0;
  }
  print(coloured('red', `Not as the scenario expects (${result}${code === undefined ? '' : `, ${code}`}):`));
  for (const sentence of wrong) print(coloured('red', `  ${sentence}`));
  return 1;
}

/** Gives the page's path, as it is from here. */
function writePage(scenario: Scenario, run: ActionRun, truth: Truth): string {
  const folder = join(actionDir, '.demo');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${scenario.name}.html`);
  writeFileSync(path, demoPage(scenario, run, truth));
  return relative(process.cwd(), path);
}

function heading(text: string): void {
  print(`\n${coloured(['bold', 'cyan'], `── ${text} ${'─'.repeat(Math.max(0, 90 - text.length))}`)}`);
}

// A reader that has seen enough (`| head`) is no reason to leave things behind.
process.stdout.on('error', (error) => {
  if (!('code' in error) || error.code !== 'EPIPE') throw error;
});
// Ctrl-C reaches the action itself, as a cancelled job would; what came of it is then shown.
process.on('SIGINT', () => undefined);
try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ArgumentProblem ? 2 : 1;
}
