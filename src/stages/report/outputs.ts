import { oneLine } from '../../runner/text.ts';
import type { RunReport } from './run-report.ts';

/** Every output of action.yml with its text. All are always set; what there is nothing to say of is empty. */
export function outputsOf(report: RunReport): Readonly<Record<string, string>> {
  const { image } = report;
  const [failure] = report.failures;
  const tags = image ? [...new Set([image.tag, ...report.movedTags.map(({ tag }) => tag)])] : [];
  return {
    result: report.result,
    'failure-code': failure?.code ?? '',
    'failure-reason': oneLine(failure?.title ?? '', 1000),
    'aws-account-id': report.accountId ?? '',
    image: image ? `${image.repositoryUri}@${image.digest}` : '',
    'image-digest': image?.digest ?? '',
    'image-tags': JSON.stringify(tags),
    'image-reused': String(image?.reused ?? false),
    'previous-image': report.previousImage ?? '',
    deployments: JSON.stringify(
      Object.fromEntries(
        report.deployments.map(({ service, deploymentId, taskDefinition, result, reason, seconds }) => [
          service,
          {
            deploymentId: deploymentId ?? '',
            taskDefinition,
            result,
            reason: oneLine(reason, 1000),
            seconds,
          },
        ]),
      ),
    ),
  };
}
