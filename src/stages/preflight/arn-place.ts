import type { Finding } from '../../finding.ts';
import type { Config } from '../inputs/config.ts';
import { listed } from '../report/words.ts';

/** Inputs of an ARN of ECS, with its region and account: `arn:aws:ecs:REGION:ACCOUNT:cluster/NAME`. */
function arnsOf({ ecs }: Pick<Config, 'ecs'>) {
  const given = [
    ['cluster', ecs.cluster],
    ...ecs.services.map((arn) => ['service', arn] as const),
    ['task-definition', ecs.taskDefinition ?? ''],
  ] as const;
  return given.flatMap(([input, text]) => {
    const [, region, account] = /^arn:[\w-]+:ecs:([a-z0-9-]+):(\d{12}):/.exec(text) ?? [];
    return region && account ? [{ input, region, account }] : [];
  });
}

/** An ARN of another region than the run's: known without asking AWS. */
export function arnElsewhere(config: Pick<Config, 'ecs' | 'region'>): Finding | undefined {
  const elsewhere = arnsOf(config).filter(({ region }) => region !== config.region);
  const [first] = elsewhere;
  if (first === undefined) return undefined;
  const inputs = named(elsewhere.filter(({ region }) => region === first.region));
  return {
    code: 'DG515',
    level: 'error',
    title: `${inputs} by an ARN in ${first.region}, but \`aws-region\` is ${config.region}.`,
    fix: `Write \`aws-region: ${first.region}\` if the image is there too, or give the name alone for the one in ${config.region}.`,
  };
}

/** An ARN of another account than that of the credentials: ECS lets nobody in from there. */
export function arnOfOtherAccount(config: Pick<Config, 'ecs'>, accountId: string): Finding | undefined {
  const elsewhere = arnsOf(config).filter(({ account }) => account !== accountId);
  const [first] = elsewhere;
  if (first === undefined) return undefined;
  const inputs = named(elsewhere.filter(({ account }) => account === first.account));
  return {
    code: 'DG515',
    level: 'error',
    title: `${inputs} by an ARN of account ${first.account}, but the credentials are of ${accountId}.`,
    fix: `Use credentials of ${first.account} (\`role-to-assume\`), or give the name alone for the one in ${accountId}.`,
  };
}

/** "`cluster` and `service` are named", for the beginning of a sentence. */
function named(arns: readonly { readonly input: string }[]): string {
  const inputs = [...new Set(arns.map(({ input }) => `\`${input}\``))];
  return `${listed(inputs)} ${inputs.length === 1 ? 'is' : 'are'} named`;
}
