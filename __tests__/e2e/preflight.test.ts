import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox, Scenario } from '../../sandbox/sandbox.ts';
import type { WorldChanges } from '../../sandbox/scenarios/scenario.ts';
import { changes, type DeployOptions, deploy, makeWorkspace } from './deploy.ts';

// What hygiene has to say of this workspace is told in tests of its own.
const CHECK = { mode: 'check', hygiene: 'off' } as const;
const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:dyno-agent-a1B2c3';

function world(changed: WorldChanges): Scenario {
  return {
    name: 'check',
    description: 'A world in which a check finds something.',
    world: changed,
    expect: { result: 'checked' },
  };
}

/** A lifecycle policy of one rule. */
function lifecycle(countType: string, countNumber: number): string {
  const selection = { tagStatus: 'any', countType, countNumber };
  return JSON.stringify({ rules: [{ rulePriority: 1, selection, action: { type: 'expire' } }] });
}

interface Remark extends DeployOptions {
  readonly name: string;
  /** `DGnnn level`, of all that is found. */
  readonly found: readonly string[];
  readonly says?: readonly string[];
}

const remarks: readonly Remark[] = [
  {
    name: 'a task definition that may not be read',
    sandbox: { denied: ['ecs:DescribeTaskDefinition'] },
    found: ['DG527 note'],
    says: ["The task definition of dyno-agent-service can't be read (ecs:DescribeTaskDefinition is denied)"],
  },
  {
    name: 'a role that may not deploy',
    sandbox: { denied: ['ecs:UpdateService'] },
    found: ['DG566 note'],
  },
  {
    name: 'a role that may not ask whether it may deploy',
    sandbox: { denied: ['iam:SimulatePrincipalPolicy'] },
    found: ['DG567 note'],
  },
  { name: 'nothing where all is in order', found: [] },
  {
    name: 'a role that may not finish a push',
    sandbox: { denied: ['ecr:PutImage'] },
    found: ['DG334 note'],
    says: ['ecr:PutImage is denied'],
  },
  {
    name: 'a push that could not be asked about',
    sandbox: { faults: [{ service: 'ecr', operation: 'PutImage', kind: '500' }] },
    found: ['DG333 note'],
    says: ['ecr:PutImage was answered with'],
  },
  {
    name: 'what of the repository got no answer',
    sandbox: { faults: [{ service: 'ecr', operation: 'GetLifecyclePolicy', kind: '500' }] },
    found: ['DG335 note'],
    says: ["Not looked at for want of an answer: the repository's lifecycle policy"],
  },
  {
    name: 'what of the repository may not be looked at',
    sandbox: { denied: ['ecr:GetLifecyclePolicy'] },
    found: ['DG335 note'],
    says: ["the repository's lifecycle policy (ecr:GetLifecyclePolicy)"],
  },
  {
    name: 'a lifecycle rule that keeps three images',
    scenario: world({ repository: { lifecyclePolicy: lifecycle('imageCountMoreThan', 3) } }),
    found: ['DG372 warning'],
    says: ['removes all images but the newest 3'],
  },
  {
    name: 'a lifecycle rule that goes by age',
    scenario: world({ repository: { lifecyclePolicy: lifecycle('sinceImagePushed', 14) } }),
    found: ['DG372 warning'],
    says: ['removes images after 14 days, also one that still runs'],
  },
  {
    name: 'the scan of an image that is there',
    scenario: world({ repository: { scan: { CRITICAL: 2, LOW: 7 } }, tags: ['v7'] }),
    inputs: { 'image-tag': 'v7' },
    found: ['DG371 warning'],
    says: ['found vulnerabilities: 2 critical and 7 low'],
  },
  {
    name: 'a container without health check and load balancer',
    scenario: world({ services: [{ loadBalanced: false }] }),
    found: ['DG544 note'],
  },
  {
    name: 'a container without log configuration',
    scenario: world({ container: NO_LOG() }),
    found: ['DG545 warning'],
  },
  {
    name: 'a log group that is not there',
    scenario: world({ container: logsTo('/ecs/dyno-agnet') }),
    found: ['DG546 warning'],
    says: ['Log group /ecs/dyno-agnet', 'aws logs create-log-group --log-group-name /ecs/dyno-agnet'],
  },
  {
    name: 'what the task definition names and may not be looked at',
    scenario: world({
      container: {
        secrets: [
          { name: 'A', valueFrom: '/dyno/A' },
          { name: 'B', valueFrom: SECRET_ARN },
        ],
      },
    }),
    sandbox: { denied: ['ssm:*', 'secretsmanager:*', 'logs:*'] },
    found: ['DG548 note'],
    says: ['logs:DescribeLogGroups', 'ssm:DescribeParameters', 'secretsmanager:DescribeSecret'],
  },
  {
    name: 'nothing where parameters and secrets are there',
    scenario: world({
      parameters: ['/dyno/A', '/B'],
      secrets: [{ arn: SECRET_ARN }],
      container: {
        secrets: [
          { name: 'A', valueFrom: '/dyno/A' },
          { name: 'B', valueFrom: 'arn:aws:ssm:us-east-1:123456789012:parameter/B' },
          { name: 'C', valueFrom: `${SECRET_ARN}:key:AWSCURRENT:` },
        ],
      },
    }),
    found: [],
  },
  { name: 'a minimum healthy percent of 50', scenario: 'minimum-50', found: ['DG531 warning'] },
  { name: 'a desired count of 0', scenario: 'desired-0', found: ['DG542 warning'] },
  {
    name: 'a service without circuit breaker',
    scenario: world({
      services: [{ deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 } }],
    }),
    found: ['DG541 warning'],
  },
  {
    name: 'a build argument that nobody declares',
    files: { Dockerfile: 'FROM scratch\nARG VERSION\nCOPY app.txt /\n' },
    inputs: { 'build-args': 'VERSOIN=1\nHTTP_PROXY=x' },
    found: ['DG414 warning'],
    says: ['Build argument VERSOIN is not declared', 'There is VERSION.'],
  },
  {
    name: 'the trigger of a Slack workflow',
    inputs: { 'slack-webhook-url': 'https://hooks.slack.com/triggers/T012AB/345/abcdef' },
    found: ['DG804 warning'],
    says: ['is the trigger of a workflow'],
  },
  {
    name: 'a webhook without https',
    inputs: { 'slack-webhook-url': 'http://hooks.slack.com/services/T012AB/B345CD/abcdefgh' },
    found: ['DG802 warning'],
  },
  {
    name: 'a commit that did not start the run',
    run: { github: { repository: 'acme/dyno-agent', sha: 'b'.repeat(40), ref: 'refs/heads/main' } },
    found: ['DG107 note'],
  },
  {
    name: 'credentials that expire too soon',
    env: { AWS_CREDENTIAL_EXPIRATION: new Date(Date.now() + 600_000).toISOString() },
    found: ['DG211 warning'],
    says: ['before the 30 min of `wait-for-minutes`'],
  },
];

function NO_LOG() {
  return { logConfiguration: undefined } as unknown as NonNullable<WorldChanges['container']>;
}

function logsTo(group: string): NonNullable<WorldChanges['container']> {
  const options = { 'awslogs-group': group, 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'app' };
  return { logConfiguration: { logDriver: 'awslogs', options } };
}

/** The findings in the rows of the log's preflight group, as `DGnnn level`. */
function rows(log: string): readonly string[] {
  const levels = { '✗': 'error', '!': 'warning', '·': 'note' } as const;
  return [...log.matchAll(/^([✗!·]) [a-z]+ +(DG\d{3}) /gm)].map(
    ([, mark, code]) => `${code} ${levels[mark as keyof typeof levels]}`,
  );
}

describe.concurrent('mode: check tells', () => {
  it.each(remarks)('$name, and is green', async ({ found, says = [], inputs, ...options }) => {
    const deployed = await deploy({ ...options, inputs: { ...CHECK, ...inputs } });
    const { run, truth } = deployed;
    expect(rows(run.log)).toEqual(found);
    expect(run.outputs['result'], run.log).toBe('checked');
    for (const words of says) expect(run.log).toContain(words);
    expect(changes(deployed)).toEqual([]);
    expect(truth.slackRequests).toBe(0);
    expect(run.log).toContain('A deploy from here would');
    const warnings = run.annotations.filter(({ level }) => level === 'warning');
    expect(warnings.map(({ message }) => message.slice(0, 5))).toEqual(
      found.filter((each) => each.endsWith('warning')).map((each) => each.slice(0, 5)),
    );
  });
});

/** What a check says alone, holding it to having changed nothing: `changed` is what was changed before it. */
interface Alone {
  readonly found: readonly string[];
  readonly changed?: readonly string[];
}

async function foundAlone(options: DeployOptions, { found, changed = [] }: Alone): Promise<string> {
  const deployed = await deploy({ ...options, inputs: { ...CHECK, ...options.inputs } });
  expect(rows(deployed.run.log), deployed.run.log).toEqual(found);
  expect(deployed.run.outputs['result']).toBe('checked');
  expect(changes(deployed)).toEqual(changed);
  return deployed.run.log;
}

describe('a deployment that is under way', () => {
  const inTheMiddle = async (sandbox: Sandbox) => {
    const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } =
      sandbox.env();
    const client = new ECSClient({
      region: 'us-east-1',
      endpoint: sandbox.url,
      credentials: { accessKeyId, secretAccessKey },
    });
    await client.send(
      new UpdateServiceCommand({
        cluster: 'dyno-agent-cluster',
        service: 'dyno-agent-service',
        forceNewDeployment: true,
      }),
    );
    client.destroy();
  };

  it('is named with its commit and since when', async () => {
    const log = await foundAlone(
      { speed: 1, before: inTheMiddle },
      { found: ['DG551 warning'], changed: ['UpdateService'] },
    );
    expect(log).toMatch(/deployment of a31be07 \(ecs-svc\/\d+, since \d\d:\d\d UTC\)/);
  });

  it.each(['ecs:DescribeServiceRevisions', 'ecr:DescribeImages'])(
    'is named without its commit, and why, where %s is denied',
    async (action) => {
      const { run } = await deploy({
        inputs: CHECK,
        speed: 1,
        sandbox: { denied: [action] },
        before: inTheMiddle,
      });
      expect(run.log).toMatch(/in the middle of a deployment \(ecs-svc\/\d+, since/);
      expect(run.log).toContain(`of which commit is not known: ${action} is denied`);
    },
  );
});

describe('many remarks and problems at once', () => {
  it('come in one report, the worst first, and change nothing', async () => {
    const deployed = await deploy({
      scenario: world({
        repository: { lifecyclePolicy: lifecycle('imageCountMoreThan', 1) },
        services: [{ desiredCount: 0, loadBalanced: false }],
        cpuArchitecture: 'ARM64',
        container: { ...logsTo('/nowhere'), secrets: [{ name: 'A', valueFrom: '/dyno/A' }] },
      }),
      sandbox: { denied: ['ecr:PutImage'] },
      env: { JWT_SECRET: undefined },
      inputs: {
        target: 'nowhere',
        'build-args': 'A=1',
        'slack-webhook-url': 'xoxb-12345678',
        'wait-for-minutes': 'long',
      },
    });
    const { run } = deployed;
    expect(run.outputs['failure-code']).toBe('DG101');
    expect(changes(deployed)).toEqual([]);
    expect(rows(run.log).toSorted()).toEqual([
      'DG101 error',
      'DG112 error',
      'DG331 error',
      'DG372 warning',
      'DG413 error',
      'DG414 warning',
      'DG542 warning',
      'DG543 error',
      'DG544 note',
      'DG546 warning',
      'DG547 error',
      'DG804 warning',
    ]);
    const levels = run.annotations.map(({ level }) => level);
    expect(levels).toEqual([...levels].sort((a, b) => Number(a === 'warning') - Number(b === 'warning')));
    expect(run.log).toContain('✗ 6 problems, 5 warnings. Nothing was built, pushed or deployed.');
  });
});

describe('what is at fault in a file of the repository', () => {
  it('is annotated with file and line: the workflow', async () => {
    const workflow = [
      'on: push',
      'jobs:',
      '  deploy:',
      '    steps:',
      '      - uses: org/deploy-guard@v1',
      '        with:',
      '          service: dyno-agent-service',
      '          wait-for-minutes: long',
      '          required-secrets: |',
      '            JWT_SECRET min=32',
      '            DATABASE_PASSWORD strong',
      '        env:',
      '          JWT_SECRET: ${{ secrets.JWT }}',
    ];
    const workspace = makeWorkspace();
    mkdirSync(join(workspace.folder, '.github', 'workflows'), { recursive: true });
    writeFileSync(join(workspace.folder, '.github', 'workflows', 'deploy.yml'), workflow.join('\n'));
    const { run } = await deploy({
      inputs: { 'wait-for-minutes': 'long', hygiene: 'off' },
      env: {
        JWT_SECRET: undefined,
        DATABASE_PASSWORD: 'short',
        GITHUB_WORKFLOW_REF: 'acme/dyno-agent/.github/workflows/deploy.yml@refs/heads/main',
      },
      workspace,
    });
    const places = run.annotations.map(({ message, file, line }) => [message.slice(0, 5), file, line]);
    const path = '.github/workflows/deploy.yml';
    expect(places).toEqual([
      ['DG101', path, 8],
      ['DG112', path, 13],
      ['DG117', path, 11],
    ]);
    for (const [code, , line] of places)
      expect(run.log).toMatch(new RegExp(`^ {2}${code} .* \\(${path}:${line}\\)$`, 'm'));
  });

  it('is annotated with file and line: the Dockerfile', async () => {
    const { run } = await deploy({
      files: { Dockerfile: 'FROM scratch AS build\n\nFROM build AS production\nCOPY app.txt /\n' },
      inputs: { target: 'prodction' },
    });
    expect(run.annotations.map(({ file, line }) => [file, line])).toEqual([['Dockerfile', 3]]);
  });
});

describe('a large build context', () => {
  it('is told with its largest things, and links out of it are not followed', async () => {
    const workspace = makeWorkspace({ '.dockerignore': 'ignored\n' });
    for (const folder of ['data', 'ignored', '.git/annex'])
      mkdirSync(join(workspace.folder, folder), { recursive: true });
    // Sparse files: they have a size, and take no room.
    for (const [path, megabytes] of [
      ['data/dump.sql', 480],
      ['data/old.sql', 40],
      ['video.mp4', 30],
      ['ignored/all.bin', 900],
    ] as const) {
      writeFileSync(join(workspace.folder, path), '');
      truncateSync(join(workspace.folder, path), megabytes * 1_000_000);
    }
    symlinkSync('/usr', join(workspace.folder, 'link'));
    const log = await foundAlone({ workspace }, { found: ['DG416 warning'] });
    expect(log).toMatch(/context `\.` is 550 MB/);
    expect(log).toMatch(/The largest in it: data \(520 MB\), video\.mp4 \(30 MB\)/);
    expect(log).not.toMatch(/ignored \(|link \(/);
  });
});

interface OidcRefusal {
  readonly name: string;
  readonly changed: WorldChanges;
  readonly inputs?: Readonly<Record<string, string>>;
  /** What the token says of the job; environment `production` of the repository by its name if left out. */
  readonly sub?: string;
  readonly codes: readonly string[];
  readonly says: readonly string[];
}

describe('a role by OIDC', () => {
  const TOKEN_SIGNATURE = 'c2lnbmF0dXJlLW9mLXRoZS10b2tlbg';
  let tokens: Server;
  let claims: Record<string, unknown> = {};
  beforeAll(async () => {
    tokens = createServer((request, response) => {
      const aud = new URL(request.url ?? '', 'http://x').searchParams.get('audience') ?? '';
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const payload = { iss: 'https://token.actions.githubusercontent.com', aud, ...claims };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ value: `${part({ alg: 'RS256' })}.${part(payload)}.${TOKEN_SIGNATURE}` }),
      );
    });
    await new Promise<void>((resolve) => tokens.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => tokens.close());

  const ROLE = { 'role-to-assume': 'arn:aws:iam::123456789012:role/deploy' } as const;
  const roles = (subjects: readonly string[], audiences = ['sts.amazonaws.com']) => [
    { name: 'deploy', subjects, audiences, principals: [], maxSessionSeconds: 3600 },
  ];

  async function byOidc(
    changed: WorldChanges,
    inputs: Readonly<Record<string, string>> = {},
    sub = 'repo:acme/dyno-agent:environment:production',
  ) {
    const { port } = tokens.address() as AddressInfo;
    claims = { sub };
    return await deploy({
      scenario: world(changed),
      inputs: { ...CHECK, ...ROLE, ...inputs },
      env: {
        AWS_ACCESS_KEY_ID: undefined,
        AWS_SECRET_ACCESS_KEY: undefined,
        ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?api-version=2`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
      },
    });
  }

  it('is assumed, and said to be', async () => {
    const { run } = await byOidc({ roles: roles(['repo:acme/dyno-agent:environment:*']) });
    expect(run.outputs['result'], run.log).toBe('checked');
    expect(run.log).toMatch(/✓ identity +role\/deploy by OIDC in account 123456789012, us-east-1, until/);
    expect(run.masks.filter((mask) => mask.endsWith(TOKEN_SIGNATURE))).toHaveLength(1);
    expect(run.masks).toContain('request-token');
  });

  it.each<OidcRefusal>([
    {
      name: 'another subject',
      changed: { roles: roles(['repo:acme/dyno-agent:ref:refs/heads/main']) },
      codes: ['DG207'],
      says: [
        'sub: repo:acme/dyno-agent:environment:production',
        'aud: sts.amazonaws.com',
        'A job with `environment:` has it in `sub`',
      ],
    },
    {
      name: 'a repository by its bare name',
      changed: { roles: roles(['repo:acme/dyno-agent:environment:production']) },
      sub: 'repo:acme@123456/dyno-agent@456789:environment:production',
      codes: ['DG207'],
      says: [
        'sub: repo:acme@123456/dyno-agent@456789:environment:production',
        'since 15 July 2026 has numbers in `sub`: a policy with its bare name does not match.',
      ],
    },
    {
      name: 'another audience',
      changed: { roles: roles(['repo:*']) },
      inputs: { audience: 'https://github.com/acme' },
      codes: ['DG215'],
      says: ['does not take tokens for the audience `https://github.com/acme`'],
    },
    {
      name: 'no identity provider',
      changed: { roles: roles(['repo:*']), oidcProvider: false },
      codes: ['DG214'],
      says: ['aws iam create-open-id-connect-provider'],
    },
  ])(
    'that refuses for $name is explained by the token itself',
    async ({ changed, inputs, sub, codes, says }) => {
      const deployed = await byOidc(changed, inputs, sub);
      const { run } = deployed;
      expect(run.outputs['failure-code'], run.log).toBe(codes[0]);
      expect(run.annotations.map(({ message }) => message.slice(0, 5))).toEqual(codes);
      expect(changes(deployed)).toEqual([]);
      for (const each of says) expect(run.log).toContain(each);
      const everything = JSON.stringify([run.log, run.summary, run.outputs]);
      expect(everything).not.toContain(TOKEN_SIGNATURE);
      expect(everything).not.toContain('eyJ');
    },
  );
});

describe('a run that gets no secrets', () => {
  it('is told apart from secrets that were forgotten', async () => {
    const env = { JWT_SECRET: undefined, DATABASE_PASSWORD: undefined };
    const { run: forgotten } = await deploy({ env });
    expect(forgotten.log).not.toContain('DG119');
    const github = { repository: 'acme/dyno-agent', ref: 'refs/pull/7/merge' };
    const payload = { pull_request: { head: { repo: { full_name: 'mallory/dyno-agent' } } } };
    const fork = await deploy({ env, run: { github, event: { name: 'pull_request', payload } } });
    expect(fork.run.log).toContain('This run is of a pull request from a fork');
    const dependabot = await deploy({ env, run: { github: { ...github, actor: 'dependabot[bot]' } } });
    expect(dependabot.run.log).toContain('This run was started by Dependabot');
  });
});

describe('the plan', () => {
  it('says what a deploy would do', async () => {
    const { run, sha } = await deploy({
      inputs: {
        ...CHECK,
        'extra-tags': 'v7',
        'wait-for-minutes': '15',
        'health-check-urls': 'http://127.0.0.1:1/',
      },
    });
    const [, plan = ''] = run.log.split('A deploy from here would\n');
    const short = sha.slice(0, 7);
    expect(plan).toContain(`  build  ${short} "Fix torque curve" from Dockerfile`);
    expect(plan).toMatch(new RegExp(`  push   it to 127\\.0\\.0\\.1:\\d+/dyno-agent as ${short}$`, 'm'));
    expect(plan).toContain('  move   v7 to it, for the first time');
    expect(plan).toMatch(/ {2}move {3}latest from sha256:[0-9a-f]{6}… to it/);
    expect(plan).toContain(
      '  start  one deployment of dyno-agent-service: 2 tasks of dyno-agent:57, rolling',
    );
    expect(plan).toContain(
      '  wait   at most 15 min until every task runs the image, and 1 health URL to answer',
    );
    expect(plan).toContain(
      "Allowed by IAM's simulation, which is no promise (ECS has no dry run): ecs:UpdateService.",
    );
    expect(run.summary).toContain('### A deploy from here would');
    expect(run.summary).toContain(`  build  ${short} "Fix torque curve" from Dockerfile`);
  });
});

describe('the preflight', () => {
  it('takes under four round trips once credentials are at hand', async () => {
    const latencyMs = 300;
    const { truth, run } = await deploy({ inputs: CHECK, speed: 1, sandbox: { latencyMs } });
    expect(run.outputs['result']).toBe('checked');
    // Who we are is asked first, while what asks the rest is being loaded: none of the rest waits for its answer.
    const answered = truth.calls.filter(({ service }) => service !== 'sts').map(({ at }) => at);
    expect(answered.length).toBeGreaterThan(10);
    // A call is noted when it is answered: the first one arrived a latency before that.
    const ms = Math.max(...answered) - Math.min(...answered) + latencyMs;
    expect(ms / latencyMs).toBeLessThan(4);
  });

  it('asks AWS nothing twice, and nothing at all that a bad key makes vain', async () => {
    const { truth } = await deploy({ inputs: CHECK });
    const asked = truth.calls.map(({ operation, input }) => `${operation} ${JSON.stringify(input)}`);
    expect(asked).toEqual([...new Set(asked)]);
    const vain = await deploy({ inputs: CHECK, env: { AWS_ACCESS_KEY_ID: 'AIDAIOSFODNN7EXAMPLE' } });
    expect(vain.truth.calls).toEqual([]);
    const nameless = await deploy({ inputs: { ...CHECK, 'ecr-repository': '' } });
    expect(nameless.truth.calls.filter(({ service }) => service === 'ecr')).toEqual([]);
  });
});

describe.concurrent('the entry of a code in docs/errors.md', () => {
  it('is linked from the annotation, from the end of the log and from the group', async ({ expect }) => {
    const page = 'https://github.com/acme/deploy-guard/blob/v1/docs/errors.md';
    const { run } = await deploy({
      inputs: { mode: 'check', hygiene: 'off', 'required-secrets': 'API_TOKEN' },
      env: { GITHUB_ACTION_REPOSITORY: 'acme/deploy-guard', GITHUB_ACTION_REF: 'v1' },
    });
    expect(run.log).toContain('##[error]DG112 ');
    expect(run.log.split('\n').filter((line) => line.includes(`More: ${page}#dg112`))).toHaveLength(2);
    expect(run.log).toContain(`  What a code means, and how to fix it: ${page}\n`);
  });
});
