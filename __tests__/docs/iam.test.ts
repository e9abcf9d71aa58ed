import { describe, expect, it } from 'vitest';
import { actionsCalled, documentedActions, documentedPolicy, IN_A_CLUSTER, ON_ANYTHING } from './policies.ts';
import { isOperation } from './shell-commands.ts';
import { fileText } from './source-codes.ts';

/** What a push by docker and the PUT of a manifest need at the registry, which no SDK call of ours shows. */
const BY_REGISTRY_PROTOCOL = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:UploadLayerPart',
  'ecr:CompleteLayerUpload',
  'ecr:PutImage',
];
const EXTRAS = ['pin', 'tags', 'pre-deploy-command', 'on-failure-rollback'] as const;
const POLICIES = ['trust', 'deploy', 'check', 'rollback', ...EXTRAS] as const;
/** Allowed by a role's trust policy, or to everybody. */
const NOT_IN_A_POLICY = ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity', 'sts:GetCallerIdentity'];

describe('docs/iam.md', () => {
  it('has nothing but JSON in its JSON blocks', () => {
    const blocks = [...fileText('docs/iam.md').matchAll(/^```json\n([\s\S]*?)^```$/gm)];
    expect(blocks).toHaveLength(POLICIES.length);
    for (const [, text = ''] of blocks) expect(() => JSON.parse(text) as unknown).not.toThrow();
  });

  it.each(POLICIES)('has a %s policy of actions that there are', (name) => {
    const { version, statements } = documentedPolicy(name);
    expect(version).toBe('2012-10-17');
    for (const { effect, actions } of statements) {
      expect(effect).toBe('Allow');
      for (const action of actions) {
        const [service = '', operation = ''] = action.split(':');
        expect(isOperation(service, operation), action).toBe(true);
      }
    }
  });

  it('allows a deploy and its extras all that the code calls, and nothing else', () => {
    const deploy = documentedActions('deploy', 'all');
    const allowed = [...deploy, ...EXTRAS.flatMap((name) => documentedActions(name, 'all'))];
    const called = actionsCalled();
    expect([...called].filter((action) => ![...allowed, ...NOT_IN_A_POLICY].includes(action))).toEqual([]);
    const byOthers = [...BY_REGISTRY_PROTOCOL, 'iam:PassRole', 'ecs:TagResource'];
    expect(allowed.filter((action) => !called.has(action) && !byOthers.includes(action))).toEqual([]);
    expect(new Set(deploy).size).toBe(deploy.length);
  });

  it('allows a rollback nothing that a deploy may not, and no upload', () => {
    const rollback = documentedActions('rollback', 'all');
    const deploy = documentedActions('deploy', 'all');
    expect(rollback.filter((action) => !deploy.includes(action))).toEqual([]);
    expect(rollback.filter((action) => /Upload|RegisterTask|PassRole/.test(action))).toEqual([]);
  });

  it('allows a check nothing that a deploy may not, and no change', () => {
    const check = documentedActions('check', 'all');
    const deploy = documentedActions('deploy', 'all');
    expect(check.filter((action) => !deploy.includes(action))).toEqual([]);
    const changing = ['ecs:UpdateService', ...BY_REGISTRY_PROTOCOL.slice(1)];
    expect(check.filter((action) => changing.includes(action))).toEqual([]);
  });

  it.each(['deploy', 'rollback', 'on-failure-rollback'] as const)(
    'lets a %s change nothing but what it names',
    (name) => {
      const changing = /^(ecs:(Update|Stop|Run)\w+|ecr:(Put|Upload|Complete|Initiate)\w+|iam:PassRole)$/;
      const wide = documentedPolicy(name)
        .statements.filter(({ resources }) => resources.includes('*'))
        .flatMap(({ actions }) => actions);
      expect(wide.filter((action) => changing.test(action))).toEqual([]);
    },
  );

  it.each(POLICIES)('holds a %s to what AWS lets it be held to', (name) => {
    const { statements } = documentedPolicy(name);
    const wide = statements.filter(
      ({ resources, conditions }) => resources.includes('*') && Object.keys(conditions).length === 0,
    );
    expect(wide.flatMap(({ actions }) => actions).filter((action) => !ON_ANYTHING.includes(action))).toEqual(
      [],
    );
    const anyCluster = statements.filter(({ conditions }) => !('ecs:cluster' in conditions));
    expect(
      anyCluster.flatMap(({ actions }) => actions).filter((action) => IN_A_CLUSTER.includes(action)),
    ).toEqual([]);
  });

  it('says of every optional action what is lost without it', () => {
    const [, lost = ''] = fileText('docs/iam.md').split('\n## What is lost without them\n');
    const required = documentedActions('deploy', 'required');
    const optional = documentedActions('deploy', 'all').filter((action) => !required.includes(action));
    expect(optional.length).toBeGreaterThan(5);
    for (const action of optional) expect(lost, action).toContain(`\`${action}\``);
  });

  it('names every permission that the code tells people to allow', () => {
    const documented = new Set([...documentedActions('deploy', 'all'), ...NOT_IN_A_POLICY]);
    const files = [
      'src/aws/ecs-observe.ts',
      'src/aws/logs.ts',
      'src/aws/transfer.ts',
      'src/stages/preflight/checks/services.ts',
      'src/stages/preflight/container-checks.ts',
      'src/stages/preflight/kept-images.ts',
    ];
    const named = files.flatMap(
      (path) => fileText(path).match(/\b(?:ecs|ecr|logs|ssm|secretsmanager):[A-Z]\w+/g) ?? [],
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((action) => !documented.has(action))).toEqual([]);
  });
});
