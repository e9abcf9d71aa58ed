/**
 * Every file from which text leaves the process by way of the runner, and whose text it may quote: a name in
 * `SOURCES` (__tests__/e2e/hostile/sources.ts), whose cases send hostile text that way, end to end.
 */
export const SINKS: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['events and reasons'],
  'post.ts': ['the run'],
  'runner/library-words.ts': ['libraries'],
  // Passes on what the stages print.
  'runner/redacted-runner.ts': ['application logs', 'docker', 'health'],
  'stages/deploy/stage.ts': ['ecs', 'registry'],
  'stages/image/stage.ts': ['docker'],
  'stages/pre-deploy/stage.ts': ['inputs', 'application logs', 'ecs', 'events and reasons'],
  'stages/report/tell.ts': [
    'application logs',
    'docker',
    'ecr',
    'ecs',
    'events and reasons',
    'git',
    'github',
    'health',
    'iam',
    'inputs',
    'logs',
    'registry',
    'secretsmanager',
    'slack',
    'ssm',
    'sts',
    'the repository',
    'the run',
  ],
  'stages/rollout/stage.ts': ['events and reasons', 'application logs'],
  'stages/run.ts': ['docker', 'git', 'inputs', 'sts', 'the repository', 'the run'],
  'stages/deployment.ts': ['health', 'inputs'],
  'stages/report/state-keeper.ts': ['git', 'events and reasons'],
  'stages/undo/stage.ts': ['inputs'],
  'stages/undo/tags.ts': ['registry'],
  'stages/undo/wait.ts': ['events and reasons'],
};
