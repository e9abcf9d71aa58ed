import type { Hit, Rule } from '../rule.ts';
import { holdsFor } from './deploys.ts';
import { DEPLOY_YML, deployWorkflow } from './example-workflow.ts';
import type { Workflows } from './subject.ts';
import { code } from './words.ts';
import type { Job, Workflow } from './workflow.ts';

const isLimited = (workflow: Workflow, job: Job) => (job.permissions ?? workflow.permissions) !== undefined;

/** DG072: the job that deploys has a token that may do more than it needs. */
export const permissions: Rule<Workflows> = {
  code: 'DG072',
  summary: 'The deploy has no permissions block',
  level: 'warning',
  why: "Without `permissions` the job's `GITHUB_TOKEN` has the repository's default, which in many repositories may write to everything: push commits, publish packages, change releases. Every action and every build script of the job can use it. A deploy needs to read the code, and to ask for an OIDC token.",
  how: 'Looks for `permissions` at the job that deploys, at its workflow, and, where that is called by another, at the caller. `write-all` counts as none.',
  fix: 'Put this at the top level of the workflow. Add `deployments: write` if you use the input `environment`:\n\n```yaml\npermissions:\n  contents: read\n  id-token: write\n```',
  see: "git grep -n -A 4 'permissions:' -- .github/workflows",
  source: 'https://docs.github.com/en/actions/reference/security/secure-use',
  examples: {
    fails: [
      {
        name: 'no permissions',
        files: { [DEPLOY_YML]: deployWorkflow({ permissions: '' }) },
        at: [`${DEPLOY_YML}:12`],
      },
      {
        name: 'write-all',
        files: { [DEPLOY_YML]: deployWorkflow({ permissions: 'permissions: write-all\n' }) },
        at: [`${DEPLOY_YML}:4`],
      },
    ],
    passes: [
      { name: 'permissions of the workflow', files: { [DEPLOY_YML]: deployWorkflow() } },
      {
        name: 'permissions of the job',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            permissions: '',
            job: '    permissions: { contents: read, id-token: write }\n',
          }),
        },
      },
    ],
  },
  find: ({ all, deploys }) => {
    const hits = deploys.flatMap(({ workflow, job }): readonly Hit[] => {
      const own = job.permissions ?? workflow.permissions;
      if (own?.text === 'write-all') {
        return [
          {
            where: { file: workflow.path, line: own.line },
            title: `The token of the job ${code(job.id)} may write to everything in the repository.`,
          },
        ];
      }
      if (holdsFor(workflow, job, all, isLimited)) return [];
      return [
        {
          where: { file: workflow.path, line: job.line },
          title: `The job ${code(job.id)} has no \`permissions\`: its token may do whatever the repository's default allows.`,
        },
      ];
    });
    return [...new Map(hits.toReversed().map((hit) => [hit.where.file, hit])).values()].toReversed();
  },
};
