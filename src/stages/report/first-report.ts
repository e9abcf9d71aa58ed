import type { CheckedOutCommit } from '../../github/checked-out-commit.ts';
import type { RunContext } from '../../github/run-context.ts';
import { VERSION } from '../../version.ts';
import type { Config } from '../inputs/config.ts';
import type { RunReport } from './run-report.ts';

/** The report of a run that has not done anything yet. */
export function firstReport(
  config: Config,
  run: RunContext,
  commit: CheckedOutCommit | undefined,
): RunReport {
  return {
    version: VERSION,
    mode: config.mode,
    run,
    commit,
    cluster: config.ecs.cluster,
    services: config.ecs.services,
    repository: config.image.repository,
    region: config.region,
    environment: config.environmentName,
    environmentUrl: config.environmentUrl,
    accountId: undefined,
    checks: [],
    startedAt: Date.now(),
    stages: [],
    image: undefined,
    previousImage: undefined,
    previousCommit: undefined,
    movedTags: [],
    movingTag: config.image.latestTag,
    latestDigest: undefined,
    unanswered: [],
    deployments: [],
    health: [],
    result: 'failed',
    failures: [],
    notes: [],
    totalMs: 0,
  };
}
