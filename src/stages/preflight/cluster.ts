import { nameInArn } from '../../aws/arn.ts';
import { readRefusal } from '../../aws/refusal.ts';
import type { Finding } from '../../finding.ts';
import type { Config } from '../inputs/config.ts';
import type { CheckContext } from './check.ts';
import { policyFor } from './iam-policy.ts';
import type { ServiceLookup } from './lookups/ecs-lookups.ts';
import { nearName, unseenNames } from './near-name.ts';

/** What is wrong with a cluster that is not ACTIVE: its status, or that there is none. */
export async function clusterProblem(
  found: ServiceLookup,
  { config, lookups }: CheckContext,
): Promise<Finding> {
  const { cluster } = config.ecs;
  if (found.clusterStatus !== undefined && found.clusterStatus !== 'INACTIVE') {
    return {
      code: 'DG512',
      level: 'error',
      title: `Cluster ${cluster} is ${found.clusterStatus}, not ACTIVE.`,
      fix: `See why: \`aws ecs describe-clusters --clusters ${cluster}\`.`,
    };
  }
  const names = await lookups.ecs.clusterNames();
  const near = names.ok ? nearName(nameInArn(cluster), names.value) : undefined;
  return {
    code: 'DG511',
    level: 'error',
    title: `Cluster ${nameInArn(cluster)} does not exist in ${config.region}.${near ? ` There is ${near}.` : ''}`,
    fix: near
      ? `Write \`cluster: ${near}\`.`
      : `Correct \`cluster\` or \`aws-region\`. See those there are: \`aws ecs list-clusters --region ${config.region}\`.${unseenNames(names, 'ecs:ListClusters')}`,
  };
}

/** A note that the cluster was not seen, unless an active service of it says that it is: no other has one. */
export function clusterNotSeen(
  { clusterUnseen, services }: ServiceLookup,
  config: Pick<Config, 'ecs' | 'mode'>,
): readonly Finding[] {
  if (clusterUnseen === undefined || services.some(({ status }) => status === 'ACTIVE')) return [];
  const problem = readRefusal(clusterUnseen);
  const why = problem.kind === 'access-denied' ? 'for want of permission' : 'for want of an answer';
  return [
    {
      code: 'DG514',
      level: 'note',
      title: `Not looked at ${why}: whether cluster ${nameInArn(config.ecs.cluster)} is active (ecs:DescribeClusters).`,
      fix: `Nothing to do, or allow ecs:DescribeClusters in the IAM policy: ${policyFor(config)}.`,
    },
  ];
}
