import { setTimeout as sleep } from 'node:timers/promises';
import type { Check } from '../check.ts';

const MOST_WAIT_MS = 250;

/** The repository itself: Dockerfile, .dockerignore, what git tracks, Terraform, workflows, compose files. */
export const checkHygiene: Check = async (context) => {
  const { hygiene, mode } = context.config;
  if (hygiene.level === 'off' || mode === 'rollback') {
    return { subject: 'hygiene', passed: undefined, findings: [] };
  }
  // The rules and their parsers hold up what is to be sent while they are loaded: AWS's first answer, or a moment.
  await Promise.race([context.lookups.repository(), sleep(MOST_WAIT_MS, undefined, { ref: false })]);
  const { hygieneReport } = await import('../../hygiene/report.ts');
  return await hygieneReport(context);
};
