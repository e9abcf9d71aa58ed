import { Aws } from './aws/aws.ts';
import { planCredentials } from './aws/credentials.ts';
import { inputsThatNeedBuildx } from './docker/build-command.ts';
import { engineEnvironment } from './docker/engine-environment.ts';
import { engineVersion } from './docker/engine-version.ts';
import { openEngine } from './docker/open-engine.ts';
import { requestOidcToken } from './github/oidc.ts';
import type { RunContext } from './github/run-context.ts';
import { RegistryRepository } from './registry/registry.ts';
import { localClock } from './runner/clock.ts';
import { createAgents } from './runner/http.ts';
import { redactedRunner } from './runner/redacted-runner.ts';
import { makeSecret, redaction } from './runner/secrets.ts';
import { githubRunner } from './runner/workflow-commands.ts';
import type { Config } from './stages/inputs/config.ts';
import type { Ports } from './stages/ports.ts';

/** The stages' ports, each joined to its one real adapter. What is heavy is loaded when it is first needed. */
export function joinPorts(
  config: Config,
  run: RunContext,
  privateFolder: string,
  signal: AbortSignal,
): Ports {
  const agents = createAgents(config.proxy);
  const oidcToken = async (audience: string) => {
    const token = await requestOidcToken(audience, config.environment, agents);
    makeSecret(token);
    return token;
  };
  const { region } = config;
  const aws =
    region && !config.awsObstacle
      ? new Aws(
          region,
          planCredentials(config.credentials, region, { agents, oidcToken, mask: makeSecret }),
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
      makeSecret(access.password);
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
