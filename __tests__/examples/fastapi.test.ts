import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { examine } from '../../src/stages/hygiene/examine.ts';
import { groups } from '../../src/stages/hygiene/groups.ts';
import type { Repository } from '../../src/stages/hygiene/repository.ts';
import { Unread } from '../../src/stages/hygiene/unread.ts';
import { isDeployGuard } from '../../src/stages/hygiene/workflows/deploys.ts';
import { parseWorkflow, type Step } from '../../src/stages/hygiene/workflows/workflow.ts';
import type { YamlEntry } from '../../src/stages/hygiene/workflows/yaml-entry.ts';
import { readConfig } from '../../src/stages/inputs/read-config.ts';
import type { InputName } from '../../src/stages/inputs/schema.ts';
import { documentedPolicy, IN_A_CLUSTER, ON_ANYTHING } from '../docs/policies.ts';
import { root } from '../docs/source-codes.ts';
import { action } from '../stages/inputs/action-metadata.ts';
import { environmentOf } from '../stages/inputs/environment.ts';

const folder = join(root, 'examples', 'fastapi');
const text = (path: string) => readFileSync(join(folder, path), 'utf8');
/** What a repository made of the example would track. */
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: folder,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '')
  .sort();
const workflowPaths = tracked.filter((path) => path.startsWith('.github/workflows/'));

/** The example as a repository of its own, whose task definition is that of infra/service.tf. */
function repository(workflow: string): Repository {
  return {
    tracked,
    untracked: [],
    submodules: [],
    below: async () => ({ paths: [], left: [] }),
    isTooLarge: async () => false,
    unread: new Unread(),
    size: async (path) => statSync(join(folder, path), { throwIfNoEntry: false })?.size,
    read: async (path) => (tracked.includes(path) ? text(path) : undefined),
    containers: async () => [
      {
        name: 'app',
        image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/dyno-agent:latest',
        portMappings: [{ containerPort: 8000 }],
        healthCheck: { command: ['CMD', 'python', '-c', 'import urllib.request'] },
      },
    ],
    builder: async () => 'buildkit',
    facts: {
      context: '.',
      dockerfile: 'Dockerfile',
      target: undefined,
      workflow,
      rollout: 'force',
      latestTag: 'latest',
      waitMinutes: 30,
      environment: 'production',
      owner: 'acme',
    },
  };
}

describe('the hygiene of the example', () => {
  it.each(workflowPaths)('leaves nothing to say, run by %s', async (workflow) => {
    const { findings, rules, ignored } = await examine(repository(workflow), groups, {
      ignore: [],
      timeoutMs: 60_000,
    });
    expect(findings).toEqual([]);
    // No rule was told to look away, and there was something of every kind to look at.
    expect(ignored).toBe(0);
    expect(rules).toBeGreaterThanOrEqual(65);
  });

  it('would be told if it were bad', async () => {
    const good = repository('.github/workflows/deploy.yml');
    const bad: Repository = {
      ...good,
      read: async (path) =>
        (await good.read(path))
          ?.replace('USER 10001\n', '')
          .replace('cancel-in-progress: false', 'cancel-in-progress: true')
          .replace('storage_encrypted     = true', ''),
    };
    const { findings } = await examine(bad, groups, { ignore: [], timeoutMs: 60_000 });
    expect(findings.map(({ code }) => code).sort()).toEqual(['DG008', 'DG040', 'DG071']);
  });
});

const steps: readonly (readonly [string, Step])[] = workflowPaths.flatMap((path) =>
  (parseWorkflow(path, text(path))?.jobs ?? []).flatMap((job) =>
    job.steps
      .filter(({ uses }) => uses !== undefined && isDeployGuard(uses.text, new Set()))
      .map((step) => [`${path}: ${job.id}`, step] as const),
  ),
);

type Permissions = readonly (readonly [string, string])[];
const permissionsIn = (entry: YamlEntry | undefined): Permissions =>
  (entry?.pairs ?? []).map(([scope, level]) => [scope, level.text ?? ''] as const);
const mayAsk = (granted: Permissions, scope: string, level: string) =>
  granted.some(([name, most]) => name === scope && (most === 'write' || most === level));
/** Each job that calls a workflow of the example, with what it grants, and what the jobs there ask for. */
const calls = workflowPaths.flatMap((path) => {
  const workflow = parseWorkflow(path, text(path));
  return (workflow?.jobs ?? []).flatMap(({ id, uses, permissions }) => {
    if (!uses?.text.startsWith('./')) return [];
    const target = uses.text.slice(2);
    const called = parseWorkflow(target, text(target));
    const asked = (called?.jobs ?? []).flatMap((job) =>
      permissionsIn(job.permissions ?? called?.permissions),
    );
    return [[`${path}: ${id}`, permissionsIn(permissions ?? workflow?.permissions), asked] as const];
  });
});

describe('the workflows of the example', () => {
  it('check and deploy', () => {
    expect(steps.map(([name]) => name)).toEqual([
      '.github/workflows/check.yml: check',
      '.github/workflows/deploy.yml: deploy',
    ]);
  });

  it.each(calls)('ask, called by %s, for no permission that the caller lacks', (_, granted, called) => {
    expect(called.filter(([scope, level]) => !mayAsk(granted, scope, level))).toEqual([]);
  });

  it.each(steps)('give deploy-guard inputs that it has, with values that it takes: %s', (_, step) => {
    const pairs = (step.with?.pairs ?? []).map(([name, value]) => [name, value.text ?? ''] as const);
    const names = pairs.map(([name]) => name);
    expect(names.filter((name) => !(name in action.inputs))).toEqual([]);
    // An expression is empty where nobody set it.
    const inputs = pairs.map(([name, value]) => [name, value.replaceAll(/\$\{\{.*?\}\}/g, '')] as const);
    const values: Partial<Record<InputName, string>> = Object.fromEntries(inputs);
    expect(readConfig(environmentOf(values)).findings).toEqual([]);
  });

  it('name the repository, the cluster and the service that the Terraform makes', () => {
    const local = /name = "([\w-]+)"/.exec(text('infra/terraform.tf'))?.[1] ?? '';
    for (const [, step] of steps) {
      expect(step.with?.at('ecr-repository')?.text).toBe(local);
      expect(step.with?.at('cluster')?.text).toBe(`${local}-cluster`);
      expect(step.with?.at('service')?.text).toBe(`${local}-service`);
    }
    expect(text('infra/service.tf')).toContain('name = "${local.name}-cluster"');
    expect(text('infra/service.tf')).toMatch(/name\s+= "\$\{local\.name\}-service"/);
  });

  it('let a person choose between a deploy and a rollback', () => {
    expect(text('.github/workflows/deploy.yml')).toMatch(/type: choice\n\s+options: \[deploy, rollback\]/);
  });
});

describe('the roles of the example', () => {
  const terraform = text('infra/github.tf');
  const blockOf = (name: string) =>
    new RegExp(`data "aws_iam_policy_document" "${name}" \\{[\\s\\S]*?^\\}`, 'm').exec(terraform)?.[0] ?? '';
  const allowed = (...names: readonly string[]) =>
    new Set(
      names.flatMap((name) => [...blockOf(name).matchAll(/"([a-z]+:[A-Z]\w+)"/g)].map(([, one]) => one)),
    );
  const documented = (...names: readonly string[]) =>
    names
      .flatMap((name) => documentedPolicy(name).statements.flatMap(({ actions }) => actions))
      // The service has no parameters.
      .filter((one) => one !== 'ssm:DescribeParameters');

  it.each([
    [['check'], ['check']],
    [
      ['check', 'deploy'],
      ['deploy', 'pre-deploy-command', 'on-failure-rollback', 'rollback', 'tags'],
    ],
  ])('%s may do what docs/iam.md says for %s', (blocks, policies) => {
    const may = allowed(...blocks);
    expect(documented(...policies).filter((one) => !may.has(one))).toEqual([]);
  });

  it('are held to what AWS lets them be held to', () => {
    const statements = ['check', 'deploy'].flatMap((name) =>
      [...blockOf(name).matchAll(/^ {2}statement \{\n([\s\S]*?)^ {2}\}/gm)].map(([, body = '']) => ({
        actions: [...body.matchAll(/"([a-z]+:[A-Z]\w+)"/g)].flatMap(([, action]) => action ?? []),
        isWide: body.includes('["*"]'),
        ofCluster: body.includes('"ecs:cluster"'),
      })),
    );
    expect(statements.length).toBeGreaterThan(12);
    const wide = statements.filter(({ isWide, ofCluster }) => isWide && !ofCluster);
    expect(wide.flatMap(({ actions }) => actions).filter((action) => !ON_ANYTHING.includes(action))).toEqual(
      [],
    );
    const anyCluster = statements.filter(({ ofCluster }) => !ofCluster);
    expect(
      anyCluster.flatMap(({ actions }) => actions).filter((action) => IN_A_CLUSTER.includes(action)),
    ).toEqual([]);
  });

  it('give a pull request nothing that changes anything', () => {
    const looks = /:(Describe|Get|List|BatchGet|BatchCheck|Simulate)|^ecr:InitiateLayerUpload$/;
    expect([...allowed('check')].filter((one) => !looks.test(one ?? ''))).toEqual([]);
  });
});

interface Dependabot {
  readonly updates: readonly {
    readonly 'package-ecosystem': string;
    readonly directory?: string;
    readonly directories?: readonly string[];
  }[];
}

/** What Dependabot looks at, as `ecosystem folder`. */
const watched = (path: string): readonly string[] =>
  (parse(readFileSync(path, 'utf8')) as Dependabot).updates.flatMap((update) =>
    (update.directories ?? [update.directory ?? '']).map(
      (directory) => `${update['package-ecosystem']} ${directory}`,
    ),
  );

describe('the dependencies of the example', () => {
  it('are watched where it is copied to, all of them', () => {
    const kinds: Readonly<Record<string, RegExp>> = {
      'github-actions /': /^\.github\/workflows\//,
      'pip /': /^requirements[\w-]*\.txt$/,
      'docker /': /^Dockerfile$/,
      'docker-compose /': /^compose\.yaml$/,
      'terraform /infra': /^infra\/\w+\.tf$/,
    };
    const needed = Object.entries(kinds).filter(([, path]) => tracked.some((each) => path.test(each)));
    expect(watched(join(folder, '.github', 'dependabot.yml')).toSorted()).toEqual(
      needed.map(([name]) => name).toSorted(),
    );
  });

  it('are watched here as they are there', () => {
    const here = new Set(watched(join(root, '.github', 'dependabot.yml')));
    const there = watched(join(folder, '.github', 'dependabot.yml')).map((each) => {
      const [ecosystem = '', path = ''] = each.split(' ');
      // Only at the root of a repository Dependabot finds the folder of the workflows by itself.
      const own = ecosystem === 'github-actions' ? '/.github/workflows' : path.replace(/\/$/, '');
      return `${ecosystem} /examples/fastapi${own}`;
    });
    expect(there.filter((each) => !here.has(each))).toEqual([]);
  });

  it.each(['requirements.txt', 'requirements-dev.txt'])('have each one version in %s', (path) => {
    const lines = text(path)
      .split('\n')
      .filter((line) => /^[a-z]/i.test(line));
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.filter((line) => !/^[\w.-]+(\[\w+\])?==[\w.]+( ;.*)?$/.test(line))).toEqual([]);
  });

  it('are the same for the tests as for the image', () => {
    const lines = new Set(text('requirements-dev.txt').split('\n'));
    const missing = text('requirements.txt')
      .split('\n')
      .filter((line) => /^[a-z]/i.test(line) && !lines.has(line));
    expect(missing).toEqual([]);
  });
});
