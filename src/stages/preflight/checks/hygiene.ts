import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Check } from '../check.ts';

/** The repository itself: Dockerfile, .dockerignore, what git tracks, Terraform, workflows, compose files. */
export const checkHygiene: Check = async (context) => {
  const { hygiene, mode } = context.config;
  if (hygiene.level === 'off' || mode === 'rollback') {
    return { subject: 'hygiene', passed: undefined, findings: [] };
  }
  // The rules and their parsers hold up what is to be sent while they are loaded.
  await context.lookups.ecs.servicesSeen();
  const { hygieneReport } = await import('../../hygiene/report.ts');
  // A turn for the answers that came meanwhile, before git is started.
  await nextTurn();
  return await hygieneReport(context);
};
