import type { Hit, Rule } from '../rule.ts';
import { isDeployGuard, isReusableDeploy } from './deploys.ts';
import { DEPLOY_YML, deployWorkflow, reusableDeploy } from './example-workflow.ts';
import type { Workflows } from './subject.ts';
import { code } from './words.ts';
import type { Job, Workflow } from './workflow.ts';
import type { PlacedText } from './yaml-entry.ts';

/** GitHub's own, and those of whose tools a deploy to ECS is made with anyway. */
const KNOWN_OWNERS = new Set(['actions', 'github', 'aws-actions', 'docker', 'hashicorp']);
const REFERENCE = /^([\w.-]+)\/([\w./-]+)@([\w./-]+)$/;
const SHA = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
const VERSION = /^v?\d+(\.\d+)*([-+.][\w.-]*)?$/;

/** What a `uses:` may turn into without a change here: a tag can be moved, and a branch moves with every push. */
function looseness(uses: string, owner: string | undefined): 'branch' | 'tag' | undefined {
  const [, from = '', , ref = ''] = REFERENCE.exec(uses) ?? [];
  if (from === '' || SHA.test(ref) || from.toLowerCase() === owner?.toLowerCase()) return undefined;
  if (!VERSION.test(ref)) return 'branch';
  const isOurs = isDeployGuard(uses, new Set()) || isReusableDeploy(uses);
  return isOurs || KNOWN_OWNERS.has(from.toLowerCase()) ? undefined : 'tag';
}

const usesOf = ({ uses, steps }: Job): readonly PlacedText[] =>
  [uses, ...steps.map((step) => step.uses)].flatMap((one) => one ?? []);

function hitAt(
  workflow: Workflow,
  { text, line }: PlacedText,
  kind: 'branch' | 'tag',
  deploys: boolean,
): Hit {
  const [, owner = '', path = '', ref = ''] = REFERENCE.exec(text) ?? [];
  const repository = `${owner}/${path.split('/')[0] ?? ''}`;
  const moves =
    kind === 'tag' ? `a tag, which ${code(owner)} can move` : 'a branch, which changes with every push there';
  return {
    where: { file: workflow.path, line },
    title: `${code(text)} is named by ${moves}.`,
    fix: `Run \`gh api repos/${repository}/commits/${ref} --jq .sha\`, and put what it says behind the \`@\`, with \`# ${ref}\` behind that.`,
    level: deploys ? 'warning' : 'note',
  };
}

/** DG075: code of others that can change without a change here. */
export const unpinnedActions: Rule<Workflows> = {
  code: 'DG075',
  summary: 'An action of a third party is not pinned to a commit',
  level: 'warning',
  why: "A tag of an action can be moved to other code, by its owner or by who got into the account: in March 2025 all tags of `tj-actions/changed-files` were, and printed the secrets of some 23 000 repositories. In the job that deploys such code stands beside the AWS credentials. A commit can't be moved.",
  how: "Looks at the `uses` of the workflow that deploys; in jobs that don't deploy themselves it is a note. Version tags of GitHub's, AWS's, Docker's and HashiCorp's own actions and of deploy-guard are left alone, and so are your own and local ones. A branch is named whoever owns it.",
  fix: 'Name the commit, and the version behind it for people and for Dependabot, which keeps both up to date:\n\n```yaml\n- uses: owner/action@0123456789abcdef0123456789abcdef01234567 # v1.2.3\n```',
  see: "git grep -n 'uses:' -- .github/workflows",
  source: 'https://docs.github.com/en/actions/reference/security/secure-use',
  examples: {
    fails: [
      {
        name: 'tags of third parties',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            jobs: '  lint:\n    steps:\n      - uses: astral-sh/ruff-action@v3\n',
            steps: '      - uses: tj-actions/changed-files@v45\n',
          }),
        },
        at: [`${DEPLOY_YML}:12`, `${DEPLOY_YML}:18`],
      },
      {
        name: 'branches',
        files: { [DEPLOY_YML]: deployWorkflow({ steps: '      - uses: actions/setup-node@main\n' }) },
        at: [`${DEPLOY_YML}:20`],
      },
    ],
    passes: [
      { name: 'deploy-guard, called', files: { [DEPLOY_YML]: reusableDeploy() } },
      {
        name: 'a commit, and what GitHub owns',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            steps:
              '      - uses: other/action@0123456789abcdef0123456789abcdef01234567 # v1.2.3\n      - uses: actions/setup-node@v6\n',
          }),
        },
      },
      {
        name: 'your own',
        files: {
          [DEPLOY_YML]: deployWorkflow({ steps: '      - uses: acme/setup@main\n      - uses: ./setup\n' }),
        },
        facts: { owner: 'acme' },
      },
    ],
  },
  find: ({ deploys, owner }) => {
    const deployJobs = new Set(deploys.map(({ job }) => job));
    const hits = [...new Set(deploys.map(({ workflow }) => workflow))].flatMap((workflow) =>
      workflow.jobs.flatMap((job) =>
        usesOf(job).flatMap((uses) => {
          const kind = looseness(uses.text, owner);
          return kind === undefined ? [] : [hitAt(workflow, uses, kind, deployJobs.has(job))];
        }),
      ),
    );
    // Once for each action of a file, where it matters most.
    const byWeight = hits.toSorted((a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'));
    const unique = new Set(new Map(byWeight.map((hit) => [`${hit.where.file} ${hit.title}`, hit])).values());
    return hits.filter((hit) => unique.has(hit));
  },
};
