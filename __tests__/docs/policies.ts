import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AllowStatement } from '../../sandbox/aws/access-policy.ts';
import { isOperation } from './shell-commands.ts';
import { fileText, root } from './source-codes.ts';

/** A statement of an IAM policy, with its actions as a list. */
export interface Statement {
  readonly sid: string | undefined;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** The conditions under which it holds: key → value. */
  readonly conditions: Readonly<Record<string, string>>;
}

interface PolicyFile {
  readonly Version: string;
  readonly Statement: readonly {
    readonly Sid?: string;
    readonly Effect: string;
    readonly Action: string | readonly string[];
    readonly Resource?: string | readonly string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  }[];
}

/** The policy of docs/iam.md that is marked `<!-- policy: name -->`. Throws where there is none, or it is no JSON. */
export function documentedPolicy(name: string): {
  readonly version: string;
  readonly statements: readonly Statement[];
} {
  const block = new RegExp(`<!-- policy: ${name} -->\n\`\`\`json\n([\\s\\S]*?)\n\`\`\``).exec(
    fileText('docs/iam.md'),
  )?.[1];
  if (block === undefined) throw new Error(`docs/iam.md has no policy ${name}`);
  const policy = JSON.parse(block) as PolicyFile;
  return {
    version: policy.Version,
    statements: policy.Statement.map(({ Sid, Effect, Action, Resource, Condition }) => ({
      sid: Sid,
      effect: Effect,
      actions: [Action].flat(),
      resources: Resource === undefined ? [] : [Resource].flat(),
      conditions: Object.assign({}, ...Object.values(Condition ?? {})) as Readonly<Record<string, string>>,
    })),
  };
}

/** Actions that AWS lets nobody hold to a resource or a cluster (Service Authorization Reference). */
export const ON_ANYTHING: readonly string[] = [
  'ecr:GetAuthorizationToken',
  'ecs:DescribeTaskDefinition',
  'ecs:DeregisterTaskDefinition',
  'ecs:ListClusters',
  'logs:DescribeLogGroups',
  'ssm:DescribeParameters',
];
/** Actions that say nothing of a cluster in their resource, and can be held to one by `ecs:cluster`. */
export const IN_A_CLUSTER: readonly string[] = ['ecs:ListServices', 'ecs:ListTasks', 'ecs:RunTask'];

/** A documented policy as it is, for the sandbox's user in place of its role: `*` and conditions hold there too. */
export function documentedStatements(name: string, which: 'all' | 'required'): readonly AllowStatement[] {
  return documentedPolicy(name)
    .statements.filter(({ sid }) => which === 'all' || !sid?.startsWith('Optional'))
    .map(({ actions, resources, conditions }) => ({
      actions,
      resources: resources.map((resource) => resource.replace(/:role\/deploy(-check)?$/, ':user/ci')),
      conditions,
    }));
}

/** The actions of a documented policy: all of them, or those that are not optional. */
export function documentedActions(name: string, which: 'all' | 'required'): readonly string[] {
  return documentedPolicy(name)
    .statements.filter(({ sid }) => which === 'all' || !sid?.startsWith('Optional'))
    .flatMap(({ actions }) => actions);
}

/** The operations that src calls, through the SDK or by `jsonCall`, as IAM names them (`ecs:UpdateService`). */
export function actionsCalled(): ReadonlySet<string> {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const operations = files.flatMap((path) =>
    [...fileText(join('src', path)).matchAll(/\bnew ([A-Z]\w+)Command\(/g)].flatMap(([, name]) => name ?? []),
  );
  const bySdk = operations.map((operation) => {
    const service = ['ecr', 'ecs', 'logs', 'sts'].find((each) => isOperation(each, operation));
    if (service === undefined) throw new Error(`no client here has ${operation}`);
    return `${service}:${operation}`;
  });
  const byJson = files.flatMap((path) =>
    [...fileText(join('src', path)).matchAll(/\bjsonCall\([^']*'([a-z]+:[A-Z]\w+)'/g)].flatMap(
      ([, action]) => action ?? [],
    ),
  );
  const byForm = files.flatMap((path) =>
    [...fileText(join('src', path)).matchAll(/service: '(iam)',[\s\S]*?\['Action', '(\w+)'\]/g)].map(
      ([, service, operation]) => `${service}:${operation}`,
    ),
  );
  return new Set([...bySdk, ...byJson, ...byForm]);
}
