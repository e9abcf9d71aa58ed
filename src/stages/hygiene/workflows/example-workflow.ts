/** A deploy workflow in which nothing is to be found, with parts to leave out or to write otherwise. */
export interface WorkflowParts {
  readonly on?: string;
  readonly permissions?: string;
  readonly concurrency?: string;
  /** Jobs before the one that deploys. */
  readonly jobs?: string;
  /** Keys of the job that deploys. */
  readonly job?: string;
  /** Steps before the one that deploys. */
  readonly steps?: string;
  /** Inputs of deploy-guard beside the service. */
  readonly inputs?: string;
}

const LINT_JOB = `  lint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: ruff check .
`;

/** The workflow's text. */
export function deployWorkflow({
  on = 'on:\n  push:\n    branches: [main]\n',
  permissions = 'permissions:\n  contents: read\n  id-token: write\n',
  concurrency = 'concurrency:\n  group: deploy-production\n',
  jobs = LINT_JOB,
  job = '    needs: lint\n',
  steps = '',
  inputs = '          role-to-assume: arn:aws:iam::123456789012:role/deploy\n',
}: WorkflowParts = {}): string {
  return `${on}${permissions}${concurrency}jobs:
${jobs}  deploy:
${job}    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
${steps}      - uses: acme/deploy-guard@v1
        with:
          service: web
${inputs}`;
}

/** A workflow that calls the reusable one of deploy-guard, with these inputs beside the service. */
export function reusableDeploy(inputs = ''): string {
  return `on:
  push:
    branches: [main]
permissions:
  contents: read
  id-token: write
jobs:
  deploy:
    uses: acme/deploy-guard/.github/workflows/deploy.yml@v1
    with:
      service: web
${inputs}`;
}

/** Where the workflow stands in the examples. */
export const DEPLOY_YML = '.github/workflows/deploy.yml';
