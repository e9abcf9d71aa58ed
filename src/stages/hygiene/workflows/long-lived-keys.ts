import type { Hit, Rule } from '../rule.ts';
import { DEPLOY_YML, deployWorkflow } from './example-workflow.ts';
import type { Workflows } from './subject.ts';
import { code } from './words.ts';
import type { Job, Workflow } from './workflow.ts';
import type { YamlEntry } from './yaml-entry.ts';

const KEY_ID = /^(aws[-_])?access[-_]key([-_]id)?$/i;
/** A caller of the workflow chooses: without keys, it is the role. */
const CALLERS = /\binputs\s*[.[]/;
const SESSION_TOKEN = /session[-_]token$/i;

/** Where a long-lived access key is handed over: from a secret or a variable, with no session token beside it. */
function keyIn(map: YamlEntry | undefined): YamlEntry | undefined {
  const pairs = map?.pairs ?? [];
  if (pairs.some(([name]) => SESSION_TOKEN.test(name))) return undefined;
  if (pairs.some(([name, value]) => name === 'role-to-assume' && CALLERS.test(value.text ?? '')))
    return undefined;
  return pairs.find(
    ([name, value]) => KEY_ID.test(name) && /\b(secrets|vars)\s*[.[]/.test(value.text ?? ''),
  )?.[1];
}

function keyOf(workflow: Workflow, job: Job): YamlEntry | undefined {
  const steps = job.steps.flatMap((step) => [step.with, step.env]);
  return [workflow.env, job.env, job.secrets, job.with, ...steps].map(keyIn).find((key) => key !== undefined);
}

/** DG073: keys that never expire, where OIDC would do. */
export const longLivedKeys: Rule<Workflows> = {
  code: 'DG073',
  summary: 'The deploy uses access keys that never expire',
  level: 'warning',
  why: 'An access key in a secret works from anywhere, for anybody who has it, until somebody deletes it. It reaches every step of the job and every dependency of the build. With OIDC, GitHub hands AWS a token that says which repository and branch runs, and the credentials are good for an hour.',
  how: 'Looks at the job that deploys: `aws-access-key-id` under `with`, `AWS_ACCESS_KEY_ID` under `env`, and the like under `secrets`, taken from `secrets` or `vars`. Keys that come with a session token, or from another step, are temporary and left alone, and so is a reusable workflow whose callers may give it a role instead (`role-to-assume` from `inputs`).',
  fix: 'Make a role that trusts this repository, as in [iam.md](iam.md#the-role-and-its-trust-policy), then replace both keys by it and delete the keys:\n\n```yaml\npermissions:\n  contents: read\n  id-token: write\n# under `with:`\n  role-to-assume: arn:aws:iam::123456789012:role/deploy\n```',
  see: "git grep -n -i -E 'access[-_]key' -- .github/workflows",
  source:
    'https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws',
  examples: {
    fails: [
      {
        name: 'keys as inputs',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            inputs:
              '          aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}\n          aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n',
          }),
        },
        at: [`${DEPLOY_YML}:23`],
      },
      {
        name: 'keys as variables of the job',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            job: '    env:\n      AWS_ACCESS_KEY_ID: ${{ secrets.KEY }}\n      AWS_SECRET_ACCESS_KEY: ${{ secrets.SECRET }}\n',
          }),
        },
        at: [`${DEPLOY_YML}:17`],
      },
    ],
    passes: [
      { name: 'a role by OIDC', files: { [DEPLOY_YML]: deployWorkflow() } },
      {
        name: 'temporary keys of another step',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            inputs: '          aws-access-key-id: ${{ steps.login.outputs.key }}\n',
          }),
        },
      },
      {
        name: 'a reusable workflow that takes a role or keys, as its caller likes',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            on: 'on:\n  workflow_call:\n    inputs:\n      role-to-assume:\n        type: string\n',
            inputs:
              '          role-to-assume: ${{ inputs.role-to-assume }}\n          aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}\n          aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n',
          }),
        },
      },
    ],
  },
  find: ({ deploys }) => {
    const hits = deploys.flatMap(({ workflow, job }): readonly Hit[] => {
      const key = keyOf(workflow, job);
      if (key === undefined) return [];
      return [
        {
          where: { file: workflow.path, line: key.line },
          title: `The job ${code(job.id)} deploys with an access key that never expires, where a role by OIDC would do.`,
        },
      ];
    });
    return [...new Map(hits.map((hit) => [`${hit.where.file}:${hit.where.line}`, hit])).values()];
  },
};
