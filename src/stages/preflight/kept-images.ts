import type { EcrRepository } from '../../aws/ecr.ts';
import { readRefusal } from '../../aws/refusal.ts';
import type { Finding } from '../../finding.ts';
import type { Config } from '../inputs/config.ts';
import { count, listed, shortTag } from '../report/words.ts';
import type { Answer } from './answer.ts';
import type { CheckContext } from './check.ts';
import { policyFor } from './iam-policy.ts';
import { type LifecycleRisk, lifecycleRisk } from './lifecycle-policy.ts';
import type { TaggedImages } from './lookups/ecr-lookups.ts';

/** What ECR knows of the images that it keeps: how long it keeps them, and what the scan of this commit's found. */
export async function keptImages(
  repository: EcrRepository,
  policy: Answer<string | undefined>,
  images: Answer<TaggedImages>,
  { config, commit, lookups }: CheckContext,
): Promise<readonly Finding[]> {
  const tagged = images.ok ? images.value.tagged : undefined;
  const scan = tagged && (await lookups.ecr.scanCounts(tagged.digest));
  const tag = config.image.tag ?? commit?.sha ?? '';
  // Names that differ from build to build stay with their image; a name such as `stable` moves on.
  const numbered = config.image.extraTags.filter((extra) => /\d/.test(extra));
  const risk = policy.ok && policy.value ? lifecycleRisk(policy.value, numbered) : undefined;
  return [
    ...(risk ? [shortLived(risk, repository)] : []),
    ...(scan?.ok ? vulnerable(scan.value ?? {}, shortTag(tag), tagged?.digest ?? '', repository) : []),
    ...notLooked(
      [
        ['ecr:GetLifecyclePolicy', policy],
        ['ecr:DescribeImageScanFindings', scan],
      ],
      config,
    ),
  ];
}

function shortLived({ rule, action, keeps }: LifecycleRisk, repository: EcrRepository): Finding {
  const what = action === 'expire' ? 'removes' : 'archives';
  const when =
    'images' in keeps
      ? `all images but the newest ${keeps.images}: a roll back reaches no further, and a build with buildx counts as up to three`
      : `images after ${count(keeps.days, 'day')}, also one that still runs: tasks that ECS replaces then can't be started`;
  return {
    code: 'DG372',
    level: 'warning',
    title: `Lifecycle rule ${rule} of ${repository.name} ${what} ${when}.`,
    fix: `${'images' in keeps ? 'Keep at least 10' : 'Count images instead of days (`imageCountMoreThan`), and keep at least 10'}. See it: \`aws ecr get-lifecycle-policy --repository-name ${repository.name} --query lifecyclePolicyText --output text\`.`,
  };
}

const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'] as const;

function vulnerable(
  counts: Readonly<Partial<Record<string, number>>>,
  tag: string,
  digest: string,
  repository: EcrRepository,
): readonly Finding[] {
  const found = SEVERITIES.filter((severity) => (counts[severity] ?? 0) > 0);
  if (found.length === 0) return [];
  const words = found.map((severity) => `${counts[severity]} ${severity.toLowerCase()}`);
  return [
    {
      code: 'DG371',
      level: found.includes('CRITICAL') || found.includes('HIGH') ? 'warning' : 'note',
      title: `The scan of ${repository.name}:${tag} found vulnerabilities: ${listed(words)}.`,
      fix: `See which: \`aws ecr describe-image-scan-findings --repository-name ${repository.name} --image-id imageDigest=${digest}\`. Most go away with a newer base image.`,
    },
  ];
}

/** One note for all that could not be looked at. */
function notLooked(
  asked: readonly (readonly [string, Answer<unknown> | undefined])[],
  config: Pick<Config, 'mode'>,
): readonly Finding[] {
  const unseen = asked.flatMap(([action, answer]) =>
    answer && !answer.ok ? [{ action, denied: readRefusal(answer.error).kind === 'access-denied' }] : [],
  );
  if (unseen.length === 0) return [];
  const actions = unseen.map(({ action }) => action);
  const why = unseen.every(({ denied }) => denied) ? 'for want of permission' : 'for want of an answer';
  return [
    {
      code: 'DG335',
      level: 'note',
      title: `Not looked at ${why}: ${listed(actions.map((action) => `${LOOKED_AT[action]} (${action})`))}.`,
      fix: `Nothing to do, or allow ${listed(actions)} in the IAM policy: ${policyFor(config)}.`,
    },
  ];
}

const LOOKED_AT: Readonly<Record<string, string>> = {
  'ecr:GetLifecyclePolicy': "the repository's lifecycle policy",
  'ecr:DescribeImageScanFindings': "the scan of this commit's image",
};
