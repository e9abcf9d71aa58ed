import type { Hit, Rule } from '../rule.ts';
import { checkIn, commandLines } from './commands.ts';
import { isDeployGuard } from './deploys.ts';
import { DEPLOY_YML, deployWorkflow, reusableDeploy } from './example-workflow.ts';
import { type Gate, gatesOf, pullRequestJobs } from './gates.ts';
import type { Workflows } from './subject.ts';
import { code } from './words.ts';
import type { Step } from './workflow.ts';

/** An end of a command that makes any failure a success: `|| true`. */
const SWALLOWED = /\|\|\s*(true|:|exit\s+0)\s*(;|&&|\)|$|#)/;
/** `|| echo …`, unless something behind it still fails. */
const TALKED_AWAY = /\|\|\s*(echo|printf)\b(?!.*\b(exit\s+[1-9]|return\s+[1-9]|false)\b)/;
/** Without pipefail a pipe's result is that of its last command. */
const PIPED = /[^|]\|&?\s*tee\b/;
/** Actions that check. */
const CHECKING_ACTION =
  /^(psf\/black|astral-sh\/ruff-action|chartboost\/ruff-action|golangci\/golangci-lint-action|super-linter\/super-linter|pre-commit\/action|isort\/isort-action|py-actions\/flake8|hadolint\/hadolint-action|rubocop\/)/i;

/** How a line that checks something is kept from failing, if it is. */
function swallowedBy(line: string, { run, shell }: Step, isWindows: boolean): string | undefined {
  const tail = SWALLOWED.exec(line) ?? TALKED_AWAY.exec(line);
  if (tail !== null) return code(`|| ${tail[1] ?? ''}`);
  const hasPipefail =
    shell !== undefined || isWindows || run.some(({ text }) => /pipefail|PIPESTATUS/.test(text));
  return PIPED.test(line) && !hasPipefail
    ? 'the pipe into `tee`, as the shell runs without `pipefail`'
    : undefined;
}

/** The lines between `set +e` and `set -e`, where nothing behind them looks at how they ended. */
function unwatchedLines(
  run: readonly { readonly text: string; readonly line: number }[],
): ReadonlySet<number> {
  const lines = commandLines(run);
  if (lines.some(({ text }) => /\$\?|PIPESTATUS|trap\s/.test(text))) return new Set();
  const off = lines.findIndex(({ text }) => /^\s*set \+e\b/.test(text));
  const on = lines.findIndex(({ text }, index) => index > off && /^\s*set -\w*e/.test(text));
  // The last line's own result is the script's.
  return new Set(off < 0 ? [] : lines.slice(off + 1, on < 0 ? -1 : on).map(({ line }) => line));
}

function hitsInStep({ workflow, job }: Gate, step: Step): readonly Hit[] {
  const file = workflow.path;
  const isWindows = (job.runsOn?.text ?? '').includes('windows');
  const unwatched = unwatchedLines(step.run);
  return commandLines(step.run).flatMap(({ text, line }) => {
    const check = checkIn(text);
    const by = swallowedBy(text, step, isWindows) ?? (unwatched.has(line) ? '`set +e`' : undefined);
    if (check === undefined || by === undefined) return [];
    return [
      {
        where: { file, line },
        title: `${code(check)} in the job ${code(job.id)} can't fail: ${by} hides how it ended.`,
      },
    ];
  });
}

/** `continue-on-error: true` at a step that checks, where no later step looks at its outcome. */
function continuedHits({ workflow, job }: Gate, step: Step): readonly Hit[] {
  const entry = [step.continueOnError, job.continueOnError].find((one) => one?.text === 'true');
  const isLookedAt = step.id !== undefined && workflow.text.includes(`steps.${step.id}.outcome`);
  if (entry === undefined || isLookedAt) return [];
  const uses = step.uses?.text ?? '';
  const isAction = CHECKING_ACTION.test(uses) || isDeployGuard(uses, new Set());
  const what = isAction
    ? uses
    : commandLines(step.run)
        .map(({ text }) => checkIn(text))
        .find((one) => one !== undefined);
  if (what === undefined) return [];
  return [
    {
      where: { file: workflow.path, line: entry.line },
      title: `${code(what)} in the job ${code(job.id)} can't fail: \`continue-on-error: true\` hides how it ended.`,
    },
  ];
}

/** DG079: a check that is green whatever it finds. */
export const cannotFail: Rule<Workflows> = {
  code: 'DG079',
  summary: 'A check before the deploy can not fail',
  level: 'warning',
  why: 'A linter or a test whose failure is swallowed is green whatever it finds. People read the green tick and merge. It costs its time and holds back nothing; without it everybody would at least know that nothing is checked.',
  how: 'Looks at linters, type checks, tests, builds and migrations in what the deploy waits for, and, as a note, in workflows on pull requests: `|| true`, `|| exit 0`, `|| echo`, a pipe into `tee` without `pipefail`, `set +e`, and `continue-on-error: true` where no later step reads the outcome. Clean-up, notifications, caches, uploads and security scanners are left alone.',
  fix: 'Take the `|| true` or its like away. If the check has too much to say yet, let it look at less, as with `ruff check --select E9,F`, instead of letting it find in vain.',
  see: "git grep -n -E '\\|\\| *(true|exit 0|echo)|continue-on-error: true|set \\+e' -- .github/workflows",
  source: 'https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax',
  examples: {
    fails: [
      {
        name: 'linters with || true',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            jobs: '  lint:\n    steps:\n      - run: |\n          flake8 app\n          black --check app || true\n          isort --check-only app || echo "not sorted"\n',
          }),
        },
        at: [`${DEPLOY_YML}:14`, `${DEPLOY_YML}:15`],
      },
      {
        name: 'tests that go on after an error',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            jobs: '  lint:\n    steps:\n      - run: pytest -q\n        continue-on-error: true\n',
          }),
        },
        at: [`${DEPLOY_YML}:13`],
      },
      {
        name: 'tests piped into tee, or with set +e',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            jobs: '  lint:\n    steps:\n      - run: npm test | tee log.txt\n      - run: |\n          set +e\n          npm run lint\n          echo done\n',
          }),
        },
        at: [`${DEPLOY_YML}:12`, `${DEPLOY_YML}:15`],
      },
      {
        name: 'a command of the reusable workflow',
        files: {
          [DEPLOY_YML]: reusableDeploy(
            '      lint-command: |\n        flake8\n        black --check . || true\n',
          ),
        },
        at: [`${DEPLOY_YML}:14`],
      },
    ],
    passes: [
      {
        name: 'clean-up and notifications',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            steps:
              '      - run: |\n          docker rm -f test-db || true\n          curl -fsS "$HOOK" || true\n      - uses: codecov/codecov-action@0123456789abcdef0123456789abcdef01234567\n        continue-on-error: true\n',
          }),
        },
      },
      {
        name: 'an outcome that is looked at, and a failure that is passed on',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            jobs: "  lint:\n    steps:\n      - id: tests\n        run: pytest\n        continue-on-error: true\n      - if: steps.tests.outcome == 'failure'\n        run: exit 1\n      - run: flake8 app || { echo 'lint failed'; exit 1; }\n      - shell: bash\n        run: pytest | tee log.txt\n",
          }),
        },
      },
    ],
  },
  find: ({ all, deploys }) => {
    const gates = new Map(deploys.flatMap((deploy) => gatesOf(deploy, all)).map((gate) => [gate.job, gate]));
    const hitsOf = (gate: Gate) =>
      gate.steps.flatMap((step) => [...hitsInStep(gate, step), ...continuedHits(gate, step)]);
    const own = deploys.flatMap(({ workflow, job, step }) =>
      step === undefined ? [] : continuedHits({ workflow, job, steps: [step] }, step),
    );
    const others = pullRequestJobs(all)
      .filter(({ job }) => !gates.has(job))
      .flatMap(hitsOf)
      .map((hit): Hit => ({ ...hit, level: 'note' }));
    const hits = [...[...gates.values()].flatMap(hitsOf), ...own, ...others];
    return [...new Map(hits.map((hit) => [`${hit.where.file}:${hit.where.line}`, hit])).values()].toSorted(
      (a, b) => a.where.file.localeCompare(b.where.file) || (a.where.line ?? 0) - (b.where.line ?? 0),
    );
  },
};
