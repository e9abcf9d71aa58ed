import type { Rule } from '../rule.ts';
import { DEPLOY_YML, deployWorkflow } from './example-workflow.ts';
import type { Workflows } from './subject.ts';
import { code } from './words.ts';

/** DG071: a newer push kills the deploy that runs. */
export const cancelInProgress: Rule<Workflows> = {
  code: 'DG071',
  summary: 'A newer run cancels a deploy half-way',
  level: 'warning',
  why: 'With `cancel-in-progress: true` a second push kills the deploy that runs. It may have run migrations or moved `latest` by then, and the rollout that it started goes on in ECS with nobody watching. If the newer run then fails before its own deploy, nobody knows what serves.',
  how: "Looks at `concurrency` of the job that deploys and of its workflow. Only a literal `true` counts: an expression such as `${{ github.event_name == 'pull_request' }}` is how one workflow serves both. Jobs with `mode: check` are left alone.",
  fix: 'Set `cancel-in-progress: false` where the workflow deploys. A newer run then waits, and only the newest of those that wait goes on.',
  see: "git grep -n -B 3 'cancel-in-progress: true' -- .github/workflows",
  source:
    'https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency',
  examples: {
    fails: [
      {
        name: 'true for the workflow',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            concurrency: 'concurrency:\n  group: deploy\n  cancel-in-progress: true\n',
          }),
        },
        at: [`${DEPLOY_YML}:9`],
      },
      {
        name: 'true for the job',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            job: '    concurrency: { group: deploy, cancel-in-progress: true }\n',
          }),
        },
        at: [`${DEPLOY_YML}:16`],
      },
    ],
    passes: [
      {
        name: 'false',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            concurrency: 'concurrency:\n  group: deploy\n  cancel-in-progress: false\n',
          }),
        },
      },
      {
        name: 'true on pull requests alone',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            concurrency:
              "concurrency:\n  group: ${{ github.ref }}\n  cancel-in-progress: ${{ github.event_name == 'pull_request' }}\n",
          }),
        },
      },
    ],
  },
  find: ({ deploys }) => {
    const places = deploys.flatMap(({ workflow, job }) =>
      [workflow.concurrency, job.concurrency].flatMap((entry) => {
        const cancels = entry?.at('cancel-in-progress');
        return cancels?.text === 'true' ? [{ where: { file: workflow.path, line: cancels.line }, job }] : [];
      }),
    );
    const unique = new Map(places.map((place) => [`${place.where.file}:${place.where.line}`, place]));
    return [...unique.values()].map(({ where, job }) => ({
      where,
      title: `A newer run cancels the deploy of the job ${code(job.id)} half-way.`,
    }));
  },
};
