import type { Hit, Rule } from '../rule.ts';
import { holdsFor } from './deploys.ts';
import { DEPLOY_YML, deployWorkflow, reusableDeploy } from './example-workflow.ts';
import type { Workflows } from './subject.ts';
import { code } from './words.ts';
import type { Job, Workflow } from './workflow.ts';

/** A group with a name of its own for each commit or run holds nothing back; with `||` it may be meant for branches. */
const ALWAYS_NEW = /\$\{\{\s*github\.(sha|run_id|run_number|run_attempt)\s*\}\}/;

/** The name of the group that a job's runs wait in, from the job or from its workflow. */
function groupsOf(workflow: Workflow, job: Job): readonly string[] {
  return [job.concurrency, workflow.concurrency].flatMap(
    (entry) => entry?.text ?? entry?.at('group')?.text ?? [],
  );
}

const isHeldBack = (workflow: Workflow, job: Job) =>
  groupsOf(workflow, job).some((group) => !ALWAYS_NEW.test(group));

/** DG070: nothing keeps two deploys of one service apart. */
export const concurrency: Rule<Workflows> = {
  code: 'DG070',
  summary: 'Two deploys can run at the same time',
  level: 'warning',
  why: 'Two pushes in a short time start two deploys of the same service. Whichever moves `latest` last wins, which may be the older commit; two migrations run side by side; and the first deploy ends as superseded although nothing was wrong with it. With `concurrency` the second one waits.',
  how: 'Looks for `concurrency` at the job that deploys, at its workflow, and, where that is called by another, at the caller. A group that is named by the commit or by the run counts as none: every run has a new one. The reusable workflow of deploy-guard has a group of its own.',
  fix: 'Put this at the top level of the workflow, with a group for each environment:\n\n```yaml\nconcurrency:\n  group: deploy-production\n  cancel-in-progress: false\n```',
  see: "git grep -n -A 3 'concurrency:' -- .github/workflows",
  source:
    'https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency',
  examples: {
    fails: [
      {
        name: 'no concurrency',
        files: { [DEPLOY_YML]: deployWorkflow({ concurrency: '' }) },
        at: [`${DEPLOY_YML}:13`],
      },
      {
        name: 'a group for each commit',
        files: {
          [DEPLOY_YML]: deployWorkflow({ concurrency: 'concurrency: deploy-${{ github.sha }}\n' }),
        },
        at: [`${DEPLOY_YML}:14`],
      },
    ],
    passes: [
      { name: 'a group of the workflow', files: { [DEPLOY_YML]: deployWorkflow() } },
      {
        name: 'a group of the job',
        files: {
          [DEPLOY_YML]: deployWorkflow({ concurrency: '', job: '    concurrency: deploy-production\n' }),
        },
      },
      {
        name: 'a group of the workflow that calls this one',
        files: {
          [DEPLOY_YML]: deployWorkflow({ concurrency: '', on: 'on: workflow_call\n' }),
          '.github/workflows/main.yml':
            'on: push\njobs:\n  production:\n    concurrency: production\n    uses: ./.github/workflows/deploy.yml\n',
        },
      },
      { name: 'the reusable workflow of deploy-guard', files: { [DEPLOY_YML]: reusableDeploy() } },
      {
        name: 'a check on pull requests, which changes nothing',
        files: { [DEPLOY_YML]: deployWorkflow({ concurrency: '', inputs: '          mode: check\n' }) },
      },
    ],
  },
  find: ({ all, deploys }) => {
    const open = deploys.filter(
      // The reusable workflow holds its own deploys apart.
      ({ workflow, job, step }) => step !== undefined && !holdsFor(workflow, job, all, isHeldBack),
    );
    const first = new Map(open.toReversed().map((deploy) => [deploy.workflow.path, deploy]));
    return [...first.values()].toReversed().map(({ workflow, job }): Hit => {
      const [group] = groupsOf(workflow, job);
      const why =
        group === undefined
          ? 'it has no `concurrency`'
          : `its group ${code(group)} is a new one for every run`;
      return {
        where: { file: workflow.path, line: job.line },
        title: `Two runs of the job ${code(job.id)} can deploy at the same time: ${why}.`,
      };
    });
  },
};
