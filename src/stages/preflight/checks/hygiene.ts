import type { Check } from '../check.ts';

/** The repository itself: Dockerfile, .dockerignore, what git tracks, Terraform, workflows, compose files. */
export const checkHygiene: Check = async (context) => {
  const { hygiene, mode } = context.config;
  if (hygiene.level === 'off' || mode === 'rollback') {
    return { subject: 'hygiene', passed: undefined, findings: [] };
  }
  // The rules and their parsers are heavy: they are loaded beside the calls to AWS.
  const { hygieneReport } = await import('../../hygiene/report.ts');
  return await hygieneReport(context);
};
