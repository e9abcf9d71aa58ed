import { nameInArn } from '../../aws/arn.ts';
import { deployedCommit, isGreen, type RunReport } from './run-report.ts';
import { count, shortSha } from './words.ts';

type OfCommit = Pick<RunReport, 'mode' | 'image' | 'commit' | 'run'>;

/** Console domain of a partition, by how its regions begin (AWS General Reference, "AWS Management Console endpoints"). */
const CONSOLES: readonly (readonly [regions: RegExp, domain: string])[] = [
  [/^cn-/, 'console.amazonaws.cn'],
  [/^us-gov-/, 'console.amazonaws-us-gov.com'],
  [/^(us|eu|ap|ca|sa|me|af|il|mx)-(?!iso)/, 'console.aws.amazon.com'],
];
/** `us-east-1`: it becomes a part of the console's host. */
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

/** The service's page in the AWS console; undefined without a region, or in a partition whose console isn't public. */
export function serviceUrl(
  report: Pick<RunReport, 'region' | 'cluster'>,
  service: string,
): string | undefined {
  const { region = '', cluster } = report;
  const domain = REGION.test(region) ? CONSOLES.find(([regions]) => regions.test(region))?.[1] : undefined;
  if (domain === undefined) return undefined;
  const path = `clusters/${encodeURIComponent(nameInArn(cluster))}/services/${encodeURIComponent(service)}`;
  return `https://${region}.${domain}/ecs/v2/${path}/deployments?region=${region}`;
}

/** The service that a reader looks at first: the first that has not succeeded, else the first. */
export function serviceToSee({
  services,
  deployments,
}: Pick<RunReport, 'services' | 'deployments'>): string | undefined {
  return deployments.find(({ result }) => !isGreen(result))?.service ?? services[0];
}

/** The commit's page on GitHub. */
export function commitUrl(report: OfCommit): string | undefined {
  const { run } = report;
  const { sha } = deployedCommit(report);
  return sha && run.repository ? `${run.serverUrl}/${run.repository}/commit/${sha}` : undefined;
}

/**
 * The commits between the image before and this one, in words that end before the short SHA of the image before, and
 * their comparison on GitHub. Undefined where that is not known, or the same commit.
 */
export function comparison(
  report: OfCommit & Pick<RunReport, 'previousCommit' | 'commitsSince'>,
): { readonly words: string; readonly sha: string; readonly url: string | undefined } | undefined {
  const { previousCommit: before, commitsSince, mode } = report;
  const { sha } = deployedCommit(report);
  if (!before || before === sha) return undefined;
  const many = commitsSince ? `${count(commitsSince, 'commit')} ` : '';
  // A rollback takes the commits back that came after the one that it goes back to.
  const isBack = mode === 'rollback';
  const preposition = isBack ? (many ? 'before' : 'instead of') : 'since';
  return {
    words: `${many}${preposition}`,
    sha: shortSha(before),
    url: isBack ? compareUrl(report, sha, before) : compareUrl(report, before, sha),
  };
}

function compareUrl({ run }: OfCommit, base: string, head: string): string | undefined {
  return base && head && run.repository
    ? `${run.serverUrl}/${run.repository}/compare/${base}...${head}`
    : undefined;
}

/** A file, or a line of it, of the commit that is checked out, on GitHub. */
export function blobUrl(
  { run, commit }: Pick<RunReport, 'run' | 'commit'>,
  where: { readonly file: string; readonly line?: number },
): string | undefined {
  const sha = commit?.sha ?? run.sha;
  if (!sha || !run.repository) return undefined;
  const path = where.file.toWellFormed().split('/').map(pathSegment).join('/');
  return `${run.serverUrl}/${run.repository}/blob/${sha}/${path}${where.line ? `#L${where.line}` : ''}`;
}

/** encodeURIComponent leaves parentheses, which would end a Markdown link. */
function pathSegment(text: string): string {
  return encodeURIComponent(text).replaceAll('(', '%28').replaceAll(')', '%29');
}

/** The entry of a code in the documentation. */
export function errorUrl({ run }: Pick<RunReport, 'run'>, code: string): string {
  return `${run.errorsUrl}#${code.toLowerCase()}`;
}
