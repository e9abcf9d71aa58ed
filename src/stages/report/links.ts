import { nameInArn } from '../../aws/arn.ts';
import { deployedCommit, type RunReport } from './run-report.ts';

type OfCommit = Pick<RunReport, 'mode' | 'image' | 'commit' | 'run'>;

/** Console host of a region's partition (AWS General Reference, "AWS service endpoints"; China, GovCloud). */
function consoleHost(region: string): string {
  if (region.startsWith('cn-')) return `${region}.console.amazonaws.cn`;
  if (region.startsWith('us-gov-')) return `${region}.console.amazonaws-us-gov.com`;
  return `${region}.console.aws.amazon.com`;
}

/** The service's page in the AWS console. */
export function serviceUrl(
  report: Pick<RunReport, 'region' | 'cluster'>,
  service: string,
): string | undefined {
  const { region, cluster } = report;
  if (region === undefined) return undefined;
  const path = `clusters/${encodeURIComponent(nameInArn(cluster))}/services/${encodeURIComponent(service)}`;
  return `https://${consoleHost(region)}/ecs/v2/${path}/deployments?region=${region}`;
}

/** The commit's page on GitHub. */
export function commitUrl(report: OfCommit): string | undefined {
  const { run } = report;
  const { sha } = deployedCommit(report);
  return sha && run.repository ? `${run.serverUrl}/${run.repository}/commit/${sha}` : undefined;
}

/** The comparison of two commits on GitHub. */
export function compareUrl(report: OfCommit, base: string): string | undefined {
  const { run } = report;
  const { sha } = deployedCommit(report);
  return sha && run.repository ? `${run.serverUrl}/${run.repository}/compare/${base}...${sha}` : undefined;
}

/** The entry of a code in the documentation. */
export function errorUrl({ run }: Pick<RunReport, 'run'>, code: string): string {
  return `${run.errorsUrl}#${code.toLowerCase()}`;
}
