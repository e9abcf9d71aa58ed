import type { Rule } from '../rule.ts';
import { DEPLOY_YML, deployWorkflow, reusableDeploy } from './example-workflow.ts';
import { literalNumber } from './literal-number.ts';
import type { Workflows } from './subject.ts';
import { code } from './words.ts';

/** `wait-for-minutes` where it is left out: action.yml. */
const DEFAULT_WAIT = 30;

/** DG076: the runner ends the job before deploy-guard has given up. */
export const timeouts: Rule<Workflows> = {
  code: 'DG076',
  summary: 'The job ends before the wait for the rollout does',
  level: 'warning',
  why: 'At `timeout-minutes` the runner kills the job. A rollout that takes longer than that ends as a cancelled run: no verdict, no `on-failure: rollback`, and the rollout goes on in ECS. At `wait-for-minutes` deploy-guard itself stops, says why, and does what was asked for.',
  how: 'Compares the numbers as they are written; the build and the push need time too, so an equal one is too short as well. Expressions are left alone. A `wait-for-minutes` that is left out is 30.',
  fix: 'Set `timeout-minutes` of the job to the wait plus what the build takes, with some room: 60 for a wait of 30. Or wait less.',
  see: "git grep -n -E '(timeout|wait-for)-minutes:' -- .github/workflows",
  source: 'https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax',
  examples: {
    fails: [
      {
        name: 'a job of 20 minutes that waits 30',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            job: '    needs: lint\n    timeout-minutes: 20\n',
            inputs: '          wait-for-minutes: 30\n',
          }),
        },
        at: [`${DEPLOY_YML}:17`],
      },
      {
        name: 'a step of 10 minutes, with the default',
        files: { [DEPLOY_YML]: deployWorkflow({ inputs: '        timeout-minutes: 10\n' }) },
        at: [`${DEPLOY_YML}:23`],
      },
      {
        name: 'a job of the reusable workflow',
        files: {
          [DEPLOY_YML]: reusableDeploy('      timeout-minutes: 15\n      wait-for-minutes: 20\n'),
        },
        at: [`${DEPLOY_YML}:12`],
      },
    ],
    passes: [
      {
        name: 'time enough',
        files: { [DEPLOY_YML]: deployWorkflow({ job: '    needs: lint\n    timeout-minutes: 45\n' }) },
      },
      {
        name: 'no wait at all',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            job: '    needs: lint\n    timeout-minutes: 20\n',
            inputs: "          wait-for-minutes: '0'\n",
          }),
        },
      },
    ],
  },
  find: ({ deploys }) =>
    deploys.flatMap(({ workflow, job, step }) => {
      const inputs = step === undefined ? job.with : step.with;
      const input = inputs?.at('wait-for-minutes');
      const isDefault = (input?.text ?? '') === '';
      const wait = isDefault ? DEFAULT_WAIT : literalNumber(input);
      if (wait === undefined) return [];
      const limits =
        step === undefined ? [job.with?.at('timeout-minutes')] : [job.timeoutMinutes, step.timeoutMinutes];
      return limits.flatMap((entry) => {
        const limit = literalNumber(entry);
        if (entry === undefined || limit === undefined || limit > wait) return [];
        const waits = isDefault ? `up to ${wait} minutes, the default,` : `up to ${wait} minutes`;
        return [
          {
            where: { file: workflow.path, line: entry.line },
            title: `The runner ends the job ${code(job.id)} after ${limit} minutes, but deploy-guard waits ${waits} for the rollout.`,
          },
        ];
      });
    }),
};
