import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { EcsService, TaskDefinition } from '../../aws/ecs.ts';
import { readRefusal } from '../../aws/refusal.ts';
import { parseSecretReference } from '../../aws/secret-reference.ts';
import type { Finding } from '../../finding.ts';
import { oneLine } from '../../runner/text.ts';
import type { Config } from '../inputs/config.ts';
import { listed } from '../report/words.ts';
import type { CheckContext } from './check.ts';
import { policyFor } from './iam-policy.ts';

/** An IAM action whose question was not answered. */
export interface Unseen {
  readonly action: string;
  readonly denied: boolean;
}

/** What is said of a task definition, and what could not be looked at. */
export interface ContainerFindings {
  readonly findings: readonly Finding[];
  readonly unseen: readonly Unseen[];
  /** References of which there were too many to look up. */
  readonly left: number;
}

/** References that are looked up at most, of each kind: a task definition with more is checked in part. */
const MOST = 30;

/**
 * What the task definition lacks for its tasks to start, and for a failure to be seen: health checks and log
 * configuration of the containers that run the image, log groups and secrets of all.
 */
export async function containerFindings(
  service: EcsService,
  definition: TaskDefinition,
  ours: readonly ContainerDefinition[],
  context: CheckContext,
): Promise<ContainerFindings> {
  const [groups, secrets] = await Promise.all([
    missingLogGroups(definition, context),
    missingSecrets(definition, context),
  ]);
  return {
    findings: [
      ...secrets.findings,
      ...groups.findings,
      ...ours.flatMap((container) => [
        ...(container.logConfiguration ? [] : [noLog(container, definition)]),
        ...(service.loadBalanced || hasHealthCheck(container) ? [] : [noHealthCheck(container, definition)]),
      ]),
    ],
    unseen: [...groups.unseen, ...secrets.unseen],
    left: groups.left + secrets.left,
  };
}

/** `["NONE"]` turns one off (API_HealthCheck). */
function hasHealthCheck({ healthCheck }: ContainerDefinition): boolean {
  const command = healthCheck?.command ?? [];
  return command.length > 0 && command[0] !== 'NONE';
}

function noLog(container: ContainerDefinition, definition: TaskDefinition): Finding {
  return {
    code: 'DG545',
    level: 'warning',
    title: `Container ${container.name} of ${definition.name} has no log configuration: what it prints is lost, also why it fails.`,
    fix: 'Add to the container: `"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/my-service", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "app"}}`, with your names.',
  };
}

function noHealthCheck(container: ContainerDefinition, definition: TaskDefinition): Finding {
  return {
    code: 'DG544',
    level: 'note',
    title: `Container ${container.name} of ${definition.name} has no health check and no load balancer: ECS takes it for healthy as long as its process runs. (A HEALTHCHECK of the Dockerfile does not count for ECS.)`,
    fix: 'Add to the container in the task definition: `"healthCheck": {"command": ["CMD-SHELL", "curl -f http://localhost:8000/health || exit 1"]}`, with its own port and path.',
  };
}

async function missingLogGroups(
  { containers, name }: TaskDefinition,
  { config, lookups }: CheckContext,
): Promise<ContainerFindings> {
  const wanted = containers.flatMap(({ logConfiguration }) => {
    const { logDriver, options = {} } = logConfiguration ?? {};
    const group = options['awslogs-group'];
    // With it, the agent makes the group itself.
    if (logDriver !== 'awslogs' || !group || options['awslogs-create-group'] === 'true') return [];
    return [{ group, region: options['awslogs-region'] ?? config.region ?? '' }];
  });
  const unique = [...new Map(wanted.map((each) => [`${each.region} ${each.group}`, each])).values()];
  const asked = await Promise.all(
    unique.slice(0, MOST).map(async ({ group, region }) => ({
      group,
      region,
      answer: await lookups.hasLogGroup(group, region),
    })),
  );
  return {
    findings: asked
      .filter(({ answer }) => answer.ok && !answer.value)
      .map(({ group, region }) => ({
        code: 'DG546',
        level: 'warning',
        title: `Log group ${oneLine(group, 200)} of ${name} does not exist in ${region}: its tasks can't start, or leave no log.`,
        fix: `Create it: \`aws logs create-log-group --log-group-name ${oneLine(group, 200)} --region ${region}\`.`,
      })),
    unseen: asked.flatMap(({ answer }) =>
      answer.ok ? [] : [{ action: 'logs:DescribeLogGroups', denied: isDenied(answer.error) }],
    ),
    left: unique.length - asked.length,
  };
}

interface NamedSecret {
  readonly container: string;
  readonly variable: string;
  readonly valueFrom: string;
}

/** Every secret that ECS fetches before it starts a container: API_ContainerDefinition, API_LogConfiguration. */
function secretsOf(containers: readonly ContainerDefinition[]): readonly NamedSecret[] {
  return containers.flatMap(({ name = '', secrets, logConfiguration, repositoryCredentials }) => {
    const named = [...(secrets ?? []), ...(logConfiguration?.secretOptions ?? [])].map((secret) => ({
      container: name,
      variable: secret.name ?? '',
      valueFrom: secret.valueFrom ?? '',
    }));
    const credentials = repositoryCredentials?.credentialsParameter;
    if (!credentials) return named;
    return [...named, { container: name, variable: 'the registry login', valueFrom: credentials }];
  });
}

async function missingSecrets(
  { containers, name }: TaskDefinition,
  context: CheckContext,
): Promise<ContainerFindings> {
  const named = secretsOf(containers);
  const asked = await Promise.all(
    named.slice(0, MOST).map(async (secret) => ({ secret, ...(await stateOf(secret, context)) })),
  );
  const findings = asked.flatMap(({ secret, state }): Finding[] => {
    if (state !== 'missing' && state !== 'being deleted') return [];
    const what = oneLine(secret.valueFrom, 200);
    return [
      {
        code: 'DG547',
        level: 'error',
        title: `Container ${secret.container} of ${name} takes ${secret.variable} from ${what}, which ${state === 'missing' ? 'does not exist' : 'is being deleted'}: its tasks can't start.`,
        fix:
          state === 'missing'
            ? create(secret)
            : `Restore it: \`aws secretsmanager restore-secret --secret-id ${what}\`.`,
      },
    ];
  });
  const unseen = asked.flatMap((each) => each.unseen ?? []);
  return { findings, unseen, left: named.length - asked.length };
}

function create({ valueFrom, variable }: NamedSecret): string {
  if (valueFrom.includes(':secretsmanager:'))
    return `Correct the ARN in the task definition, or create the secret. See those there are: \`aws secretsmanager list-secrets --query 'SecretList[].ARN'\`.`;
  const name = valueFrom.startsWith('arn:') ? valueFrom.slice(valueFrom.indexOf('parameter') + 9) : valueFrom;
  const value = /^\w+$/.test(variable) ? `$${variable}` : 'the value';
  return `Create it: \`aws ssm put-parameter --type SecureString --name ${oneLine(name, 200)} --value "${value}"\`, or correct the name in the task definition.`;
}

interface SecretAnswer {
  readonly state: string | undefined;
  readonly unseen?: Unseen;
}

async function stateOf({ valueFrom }: NamedSecret, { config, lookups }: CheckContext): Promise<SecretAnswer> {
  const reference = parseSecretReference(valueFrom, config.region ?? '');
  const identity = await lookups.identity();
  const own = identity.ok ? identity.value.accountId : undefined;
  // What another account shares is not in this one's lists.
  if (reference === undefined || (reference.account ?? own) !== own) return { state: undefined };
  const answer = await lookups.secretState(reference, valueFrom);
  if (answer.ok) return { state: answer.value };
  const action = reference.kind === 'secret' ? 'secretsmanager:DescribeSecret' : 'ssm:DescribeParameters';
  return { state: undefined, unseen: { action, denied: isDenied(answer.error) } };
}

function isDenied(error: unknown): boolean {
  return readRefusal(error).kind === 'access-denied';
}

const LOOKED_AT: Readonly<Record<string, string>> = {
  'logs:DescribeLogGroups': 'whether its log group exists',
  'ssm:DescribeParameters': 'whether its parameters exist',
  'secretsmanager:DescribeSecret': 'whether its secrets exist',
};

/** One note for all that could not be looked at, and one for what was too much. */
export function notLookedAt(
  { unseen, left }: Pick<ContainerFindings, 'unseen' | 'left'>,
  service: string,
  config: Pick<Config, 'mode'>,
): readonly Finding[] {
  const tooMany: readonly Finding[] =
    left === 0
      ? []
      : [
          {
            code: 'DG548',
            level: 'note',
            title: `Not looked at, because there are so many: ${left} of the secrets and log groups that the task definition of ${service} names. The first ${MOST} were.`,
            fix: 'Nothing to do unless its tasks do not start.',
          },
        ];
  const actions = [...new Set(unseen.map(({ action }) => action))];
  if (actions.length === 0) return tooMany;
  const why = unseen.every(({ denied }) => denied) ? 'for want of permission' : 'for want of an answer';
  return [
    ...tooMany,
    {
      code: 'DG548',
      level: 'note',
      title: `Not looked at ${why}: of the task definition of ${service}, ${listed(actions.map((action) => `${LOOKED_AT[action]} (${action})`))}.`,
      fix: `Nothing to do, or allow ${listed(actions)} in the IAM policy: ${policyFor(config)}.`,
    },
  ];
}
