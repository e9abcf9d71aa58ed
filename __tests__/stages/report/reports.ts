import type { Finding, Result } from '../../../src/finding.ts';
import type { RunContext } from '../../../src/github/run-context.ts';
import { digestOf } from '../../../src/registry/manifest.ts';
import type { CheckReport } from '../../../src/stages/preflight/check.ts';
import type { RunReport, ServiceReport } from '../../../src/stages/report/run-report.ts';
import type { RolloutOutcome } from '../../../src/stages/rollout/rollout.ts';

const OLD = `sha256:${'77aa01'.padEnd(64, '0')}`;
const NEW = `sha256:${'9b1c44'.padEnd(64, '0')}`;
const SHA = '4f9c2e1000000000000000000000000000000000';
const URI = '123456789012.dkr.ecr.us-east-1.amazonaws.com/dyno-agent';

export const RUN: RunContext = {
  repository: 'acme/dyno-agent',
  sha: SHA,
  branch: 'main',
  actor: 'octo',
  event: 'push',
  workflow: 'Deploy',
  runNumber: '318',
  runUrl: 'https://github.com/acme/dyno-agent/actions/runs/42',
  runId: '42',
  serverUrl: 'https://github.com',
  apiUrl: 'https://api.github.com',
  errorsUrl: 'https://github.com/acme/deploy-guard/blob/v1/docs/errors.md',
  workspace: '/workspace',
  temporaryFolder: undefined,
  headline: 'Fix torque curve',
};

const CHECKS: readonly CheckReport[] = [
  { subject: 'inputs', passed: 'all valid', findings: [] },
  {
    subject: 'secrets',
    passed: '2 of 2 set: JWT_SECRET (long enough, unique), DATABASE_PASSWORD (strong)',
    findings: [],
  },
  { subject: 'identity', passed: 'role/deploy in account 123456789012 (allowed), us-east-1', findings: [] },
  {
    subject: 'registry',
    passed: 'dyno-agent: may pull and push; tags mutable; 4f9c2e1 not there yet',
    findings: [],
  },
  {
    subject: 'service',
    passed: 'dyno-agent-service active, 2 tasks of dyno-agent:57, rolling, circuit breaker rolls back',
    findings: [
      {
        code: 'DG531',
        level: 'warning',
        title:
          'Service dyno-agent-service has a minimum healthy percent of 50: 1 of 2 tasks may stop before a replacement runs.',
        fix: 'Set `minimumHealthyPercent` to 100 in the deployment configuration for a rollout without downtime.',
      },
    ],
  },
  { subject: 'engine', passed: 'docker 28.2.2, classic builder (no buildx); context .', findings: [] },
];

const before: RunReport = {
  version: '1.4.0',
  mode: 'deploy',
  run: RUN,
  commit: { sha: SHA, subject: 'Fix torque curve' },
  cluster: 'dyno-agent-cluster',
  services: ['dyno-agent-service'],
  repository: 'dyno-agent',
  region: 'us-east-1',
  environment: 'production',
  environmentUrl: 'https://dyno.example.com',
  startedAt: Date.UTC(2026, 0, 1),
  accountId: '123456789012',
  checks: CHECKS,
  stages: [{ name: 'preflight', startMs: 0, ms: 600 }],
  image: undefined,
  previousImage: `${URI}@${OLD}`,
  previousCommit: 'a31be07000000000000000000000000000000000',
  movedTags: [],
  movingTag: 'latest',
  latestDigest: undefined,
  unanswered: [],
  deployments: [],
  health: [],
  result: 'failed',
  failures: [],
  notes: [],
  totalMs: 117_000,
};

const body = Buffer.from('{"layers":[]}');

function outcome(result: Result, finding?: Finding): RolloutOutcome {
  const good = result === 'succeeded';
  return {
    service: 'dyno-agent-service',
    deploymentId: 'ecs-svc/4812',
    result,
    ...(finding ? { finding } : {}),
    notes: [],
    seconds: 74,
    running: good ? 2 : 0,
    desired: 2,
    earlierSeconds: [],
    digests: good ? [NEW] : [],
    ...(good || result === 'started'
      ? {}
      : { stillServing: { running: 2, image: 'a31be07000000000000000000000000000000000' } }),
    lastLogLines: [],
    events: [],
  };
}

function service(result: Result, finding?: Finding): ServiceReport {
  return {
    service: 'dyno-agent-service',
    deploymentId: 'ecs-svc/4812',
    taskDefinition: 'dyno-agent:57',
    result,
    reason: finding?.title ?? '',
    seconds: 74,
    outcome: outcome(result, finding),
  };
}

/** A run that got to the rollout and ended so. */
function rolledOut(result: Result, finding?: Finding, notes: readonly Finding[] = []): RunReport {
  return {
    ...before,
    stages: [
      { name: 'preflight', startMs: 0, ms: 600 },
      { name: 'image', startMs: 600, ms: 41_200 },
      { name: 'deploy', startMs: 41_800, ms: 900 },
      { name: 'rollout', startMs: 42_700, ms: 74_000 },
    ],
    image: {
      repositoryUri: URI,
      tag: SHA,
      manifest: { digest: digestOf(body), mediaType: 'application/vnd.oci.image.manifest.v1+json', body },
      digest: NEW,
      childDigests: [],
      reused: false,
      layers: { count: 11, bytes: 38_000_000 },
    },
    movedTags: [{ tag: 'latest', from: OLD, to: NEW }],
    unanswered: [],
    deployments: [service(result, finding)],
    result,
    failures: finding ? [finding] : [],
    notes,
  };
}

function failure(code: Finding['code'], title: string, fix: string, detail?: string): Finding {
  return { code, level: 'error', title, fix, ...(detail ? { detail } : {}) };
}

const CRASH = failure(
  'DG612',
  'dyno-agent-service: the new tasks crash at start (3 of 3, exit code 1 within 4 s).',
  'Add DATABASE_URL to the task definition dyno-agent:57 (it has DATABASE_HOST), then run this job again.',
  'What the container said last:\n| File "/app/db.py", line 12, in connect\n| RuntimeError: DATABASE_URL is not set',
);

/** A report for each way in which a run can end. */
export const REPORTS = {
  succeeded: {
    ...rolledOut('succeeded'),
    health: [{ url: 'https://dyno.example.com/health', healthy: true, said: '200 in 84 ms' }],
  },
  started: rolledOut('started'),
  checked: {
    ...before,
    mode: 'check',
    result: 'checked',
    totalMs: 700,
    plan: [
      'A deploy from here would',
      '  build  4f9c2e1 "Fix torque curve" from Dockerfile',
      '  start  one deployment of dyno-agent-service: 2 tasks of dyno-agent:57, rolling',
      'Not known beforehand: whether ecs:UpdateService is allowed (ECS has no dry run).',
    ],
  },
  'preflight failed': {
    ...before,
    checks: [
      ...CHECKS.filter(({ subject }) => subject !== 'secrets'),
      {
        subject: 'secrets',
        passed: undefined,
        findings: [
          failure(
            'DG112',
            'Secret DATABASE_PASSWORD is not set. DB_PASSWORD is: is that the one?',
            'In the workflow: `env: DATABASE_PASSWORD: ${{ secrets.DATABASE_PASSWORD }}`.',
          ),
          failure(
            'DG116',
            'Secret JWT_SECRET is shorter than the 32 characters that `required-secrets` asks for.',
            'Make one: `openssl rand -base64 48`.',
          ),
        ],
      },
    ],
    failures: [
      failure(
        'DG112',
        'Secret DATABASE_PASSWORD is not set. DB_PASSWORD is: is that the one?',
        'In the workflow: `env: DATABASE_PASSWORD: ${{ secrets.DATABASE_PASSWORD }}`.',
      ),
      failure(
        'DG116',
        'Secret JWT_SECRET is shorter than the 32 characters that `required-secrets` asks for.',
        'Make one: `openssl rand -base64 48`.',
      ),
    ],
    totalMs: 640,
  },
  'build failed': {
    ...before,
    failures: [
      failure(
        'DG431',
        'The image could not be built: error: no such file.',
        'Mend the build.',
        'Step 2/3\nerror: no such file',
      ),
    ],
    totalMs: 12_000,
  },
  crashed: rolledOut('failed', CRASH),
  'rolled-back': rolledOut(
    'rolled-back',
    failure(
      'DG621',
      "dyno-agent-service: ECS's circuit breaker put the old revision back.",
      'Mend the image, then run this job again.',
    ),
  ),
  superseded: rolledOut(
    'superseded',
    failure('DG608', 'dyno-agent-service: a newer deployment, ecs-svc/5000, took over.', 'Nothing to do.'),
  ),
  'timed-out': rolledOut(
    'timed-out',
    failure('DG609', 'dyno-agent-service: not finished within 30 min.', 'See why in the events.'),
  ),
  cancelled: rolledOut(
    'cancelled',
    failure(
      'DG643',
      'The run was cancelled; the rollout goes on in ECS: deployment dyno-agent-service ecs-svc/4812.',
      'Let it finish, or undo it.',
    ),
  ),
} as const satisfies Readonly<Record<string, RunReport>>;

/** A run that ends so, with `text` wherever a text comes from outside. */
export function withHostile(report: RunReport, text: string): RunReport {
  const finding = (each: Finding): Finding => ({ ...each, title: `${each.title} ${text}`, detail: text });
  return {
    ...report,
    run: { ...report.run, branch: text, actor: text, workflow: text, headline: text },
    commit: { sha: SHA, subject: text },
    environment: text,
    checks: report.checks.map((check) => ({
      ...check,
      ...(check.passed ? { passed: text } : {}),
      findings: check.findings.map(finding),
    })),
    deployments: report.deployments.map((each) => ({ ...each, reason: text })),
    health: report.health.map((each) => ({ ...each, said: text })),
    failures: report.failures.map(finding),
    notes: report.notes.map(finding),
    ...(report.plan ? { plan: [report.plan[0] ?? '', text] } : {}),
  };
}
