import { oneLine } from '../../../runner/text.ts';
import type { Check } from '../check.ts';

/** `environment`: that this job may record a deployment at GitHub. A check records none, and needs no permission. */
export const checkGitHub: Check = async ({ config, run, lookups }) => {
  const { environmentName, mode } = config;
  const quiet = { subject: 'github', passed: undefined, findings: [] };
  if (environmentName === undefined || mode === 'check') return quiet;
  const refusal = await lookups.recordingRefusal(run);
  // What got no answer here may get one at the end, and is told there if not.
  if (!refusal.ok || refusal.value === undefined) return quiet;
  return {
    ...quiet,
    findings: [
      {
        code: 'DG811',
        level: 'warning',
        title: `The deployment to ${oneLine(environmentName, 100)} can't be recorded at GitHub: ${refusal.value}.`,
        fix: 'Add to the job: `permissions:` with `deployments: write`, beside those that it has. Or leave `environment` out.',
      },
    ],
  };
};
