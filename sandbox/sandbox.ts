import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Allowed } from './aws/access-policy.ts';
import { Dispatcher } from './aws/dispatcher.ts';
import { repositoryArn } from './aws/ecr/repositories.ts';
import { worldNames } from './aws/ecs-simulation/world-seed.ts';
import type { AwsWorld } from './aws/operation.ts';
import { registryAccess, registryOperation } from './aws/registry-access.ts';
import { readTruth, type Truth } from './aws/truth.ts';
import { buildWorld } from './aws/world.ts';
import { SandboxClock } from './clock.ts';
import { answeredInPlace, answeredWithError } from './faults/answer-in-place.ts';
import { type Fault, Faults } from './faults/fault.ts';
import { spoilAnswer } from './faults/spoiled-answer.ts';
import { createGitHubHandler, type GitHubOptions, gitHubOperation } from './github/api.ts';
import { createRegistryHandler } from './registry/http.ts';
import { findScenario } from './scenarios/index.ts';
import type { HealthAnswer, Scenario } from './scenarios/scenario.ts';
import { createSlackHandler, type SlackOptions } from './slack/webhook.ts';

export type { DeploymentTruth, TaskTruth, Truth } from './aws/truth.ts';
export type { Fault } from './faults/fault.ts';
export type { Scenario } from './scenarios/scenario.ts';

/** What a sandbox is started with. */
export interface SandboxOptions {
  /** A scenario or its name; `success` if left out. */
  readonly scenario?: string | Scenario;
  /** Virtual seconds that pass in a real one; 1 if left out. */
  readonly speed?: number;
  /** IAM actions that nobody may do (`ecs:ListServiceDeployments`), `*` allowed. */
  readonly denied?: readonly string[];
  /** IAM actions that may be done, or statements of a policy; all else is denied. */
  readonly allowedOnly?: readonly Allowed[];
  readonly faults?: readonly Fault[];
  /** Real milliseconds by which each AWS call is held up. */
  readonly latencyMs?: number;
  readonly slack?: SlackOptions;
  readonly github?: GitHubOptions;
}

/** A running sandbox: AWS, a registry, Slack, GitHub's API and health URLs on one loopback port. */
export interface Sandbox {
  /** `http://127.0.0.1:<port>`, the endpoint of every AWS service. */
  readonly url: string;
  /** `127.0.0.1:<port>` */
  readonly registryHost: string;
  readonly slackUrl: string;
  /** `GITHUB_API_URL` for the action. */
  readonly githubApiUrl: string;
  readonly clock: SandboxClock;
  readonly scenario: Scenario;
  /** Environment variables for the action: endpoint, the static key pair, and the scenario's own. */
  env(): Record<string, string>;
  /** Inputs for the action that fit the scenario's world. */
  inputs(): Record<string, string>;
  /** What really happened, up to the clock's time. */
  truth(): Truth;
  /** Stops listening and cuts every connection. */
  close(): Promise<void>;
}

/** Secrets that pass the default `required-secrets`. */
const defaultEnv: Readonly<Record<string, string>> = {
  JWT_SECRET: 'q7Rz2mV9xKp4Ls8TnWc3YbHd6FgJe1Ua5',
  DATABASE_PASSWORD: 'Torque-Curve_9c41fd7a',
};

/** Starts a sandbox on a free port of 127.0.0.1. Throws an Error that lists the names for an unknown scenario. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const scenario =
    typeof options.scenario === 'object' ? options.scenario : findScenario(options.scenario ?? 'success');
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 30_000 });
  const port = await listen(server);
  const registryHost = `127.0.0.1:${port}`;
  const url = `http://${registryHost}`;
  const clock = new SandboxClock(options.speed === undefined ? {} : { speed: options.speed });
  const world = buildWorld({
    ...options,
    clock,
    scenario,
    registryHost: scenario.world?.registryHost ?? registryHost,
  });
  const faults = new Faults(options.faults ?? []);
  const dispatcher = new Dispatcher(world, faults, options.latencyMs ?? 0);
  const slack = createSlackHandler(options.slack);
  const github = createGitHubHandler(options.github);
  const registry = createRegistryHandler({
    store: world.store,
    tokens: world.tokens,
    onRequest: registryRule(world),
  });
  const under = (
    service: Fault['service'],
    operation: (req: IncomingMessage) => string | undefined,
    handler: Handler,
  ) => underFaults(faults, service, operation, handler);
  server.on('request', (req, res) => {
    world.timeline.advance();
    route(req, res, {
      '/v2': under(
        'registry',
        ({ method = '', url: path = '' }) => registryOperation(method, path.split('?', 1)[0] ?? ''),
        registry,
      ),
      '/slack': under(
        'slack',
        () => 'PostMessage',
        (request, response) => slack.handle(request, response),
      ),
      '/api/v3': under('github', gitHubOperation, (request, response) => github.handle(request, response)),
      '/health': under(
        'health',
        () => 'Get',
        async (request, response) => answerHealth(world, scenario, request, response),
      ),
      '/': (request, response) => dispatcher.handle(request, response),
    }).catch((error: unknown) => failRequest(res, error));
  });
  return {
    url,
    registryHost,
    slackUrl: `${url}/slack/services/T000/B000/XXXX`,
    githubApiUrl: `${url}/api/v3`,
    clock,
    scenario,
    env: () => environment(url, world, scenario),
    inputs: () => inputs(url, scenario),
    truth: () => {
      world.timeline.advance();
      return readTruth(world, dispatcher.calls, slack, github, faults.calls);
    },
    close: () => close(server),
  };
}

function environment(url: string, world: AwsWorld, scenario: Scenario): Record<string, string> {
  const { accessKeyId, secretAccessKey } = world.credentials.staticKey;
  const secrets = Object.entries(defaultEnv).filter(([name]) => scenario.withoutEnv?.includes(name) !== true);
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...Object.fromEntries(secrets),
    ...scenario.env,
  };
}

function inputs(url: string, scenario: Scenario): Record<string, string> {
  const services = (scenario.world?.services ?? [{}]).map((service) => service.name ?? worldNames.service);
  const own = Object.entries(scenario.inputs ?? {}).map(([name, value]) => [
    name,
    value.replaceAll('{url}', url),
  ]);
  return {
    'aws-region': 'us-east-1',
    'ecr-repository': worldNames.repository,
    cluster: worldNames.cluster,
    service: services.join('\n'),
    'required-secrets': 'JWT_SECRET min=32 unique\nDATABASE_PASSWORD strong',
    'slack-webhook-url': `${url}/slack/services/T000/B000/XXXX`,
    ...Object.fromEntries(own),
  };
}

function registryRule(world: AwsWorld) {
  return registryAccess({
    policy: world.policy,
    caller: world.credentials.staticKey.caller,
    repositoryArn: (name) => repositoryArn(world, name),
  });
}

type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/** A service that is not AWS's API, with the faults put in its way. AWS's own are the dispatcher's. */
function underFaults(
  faults: Faults,
  service: Fault['service'],
  operationOf: (req: IncomingMessage) => string | undefined,
  handler: Handler,
): Handler {
  return async (req, res) => {
    const operation = operationOf(req);
    const fault = service && operation ? faults.next(service, operation) : undefined;
    if ((await answeredInPlace(fault, res)) || answeredWithError(fault, res)) {
      req.resume();
      return;
    }
    spoilAnswer(res, fault);
    await handler(req, res);
  };
}

async function route(
  req: IncomingMessage,
  res: ServerResponse,
  handlers: Readonly<Record<'/v2' | '/slack' | '/api/v3' | '/health' | '/', Handler>>,
): Promise<void> {
  const path = (req.url ?? '/').split('?', 1)[0] ?? '/';
  for (const prefix of ['/v2', '/slack', '/api/v3', '/health'] as const) {
    if (path === prefix || path.startsWith(`${prefix}/`)) return handlers[prefix](req, res);
  }
  return handlers['/'](req, res);
}

function answerHealth(world: AwsWorld, scenario: Scenario, req: IncomingMessage, res: ServerResponse): void {
  const path = (req.url ?? '').split('?', 1)[0] ?? '';
  const answer: HealthAnswer = scenario.health?.[path] ?? { status: 200, body: 'ok' };
  const { firstUpdateAt } = world.ecs.simulation.state;
  const elapsed = firstUpdateAt === undefined ? 0 : (world.timeline.now() - firstUpdateAt) / 1000;
  const { status, body } =
    answer.before !== undefined && elapsed < answer.before.until ? answer.before : answer;
  res.writeHead(status, { 'content-type': 'text/plain' });
  res.end(body ?? '');
}

function failRequest(res: ServerResponse, error: unknown): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  res.writeHead(500, { 'content-type': 'text/plain' });
  res.end(`The sandbox failed: ${String(error)}`);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
