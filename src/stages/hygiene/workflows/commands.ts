import { isReusableDeploy } from './deploys.ts';
import type { Gate } from './gates.ts';
import type { Step } from './workflow.ts';
import type { PlacedText } from './yaml-entry.ts';

const LINTERS =
  'flake8|black|isort|ruff|pylint|mypy|pyright|eslint|biome|prettier|stylelint|oxlint|tsc|golangci-lint|staticcheck|gofmt|rubocop|standardrb|ktlint|detekt|phpcs|phpstan|psalm|php-cs-fixer|pint|scalafmt|hadolint|shellcheck|actionlint|pre-commit';
const TESTS = 'pytest|jest|vitest|mocha|rspec|phpunit|ctest';
/** Where a command starts: at the start of a line, behind `&&` and its like, or behind what runs another. */
const START =
  '(?:^|[;&|(]|\\b(?:npx|run|exec|dlx|python[\\d.]* -m|time|env|sudo|xvfb-run))\\s*(?:--?[\\w-]+(?:=\\S+)?\\s+)*(?:[A-Z_]+=\\S*\\s+)*';
const SCRIPT = '[\'"]?(?:lint|test|tests|type-?check|check|format|build|migrate|e2e)[\\w:.-]*';

/** A command that checks, builds, migrates or pushes: one whose failure somebody wants to know. */
const CHECK = new RegExp(
  `${START}((?:${LINTERS}|${TESTS})(?![\\w/.-])|(?:npm|yarn|pnpm|bun)\\s+(?:run\\s+|run-script\\s+)?(?:${SCRIPT}|t\\b)|go\\s+(?:vet|test|build)\\b|cargo\\s+(?:clippy|fmt|test|build)\\b|dotnet\\s+(?:test|build|format)\\b|(?:\\./)?(?:mvnw?|gradlew?)\\s|manage\\.py\\s+(?:test|migrate)\\b|python[\\d.]*\\s+manage\\.py\\s+(?:test|migrate)\\b|alembic\\s+upgrade\\b|(?:make|just)\\s+(?:lint|test|check|build|migrate)[\\w-]*|docker\\s+(?:buildx\\s+)?(?:build|push)\\b)`,
);

/** What a line of a script checks (`black`, `npm test`), if it checks something. */
export function checkIn(line: string): string | undefined {
  // What mends the code is no check of it.
  if (/(^|[\s:-])fix\b|--write\b/.test(line)) return undefined;
  return CHECK.exec(line.trim().slice(0, LONGEST_LINE))?.[1]?.replaceAll(/\s+/g, ' ').trim();
}

const LONGEST_LINE = 1000;

/** The lines of a script with continued ones joined to the line that they continue, and comments left out. */
export function commandLines(run: readonly PlacedText[]): readonly PlacedText[] {
  const joined: PlacedText[] = [];
  let open: PlacedText | undefined;
  for (const { text, line } of run) {
    const whole: PlacedText =
      open === undefined ? { text, line } : { text: `${open.text} ${text}`, line: open.line };
    open = /\\\s*$/.test(text) ? { text: whole.text.replace(/\\\s*$/, ''), line: whole.line } : undefined;
    if (open === undefined) joined.push(whole);
  }
  if (open !== undefined) joined.push(open);
  return joined.filter(({ text }) => !/^\s*(#|$)/.test(text));
}

const LINT_WORD = new RegExp(
  `\\b(?:${LINTERS}|\\w*lint\\w*|go vet|clippy|cargo fmt|checkstyle|spotless\\w*|spotbugs|dotnet format|mix format|credo|sonar\\w*|codeql|static analysis|code[- ]?(?:quality|style)|format[- ]?check|check[- ]?format)\\b`,
  'i',
);

/** Whether a job lints, as far as its names, its commands and its actions tell. */
export function lints({ job, steps }: Gate): boolean {
  return [job.id, job.name, job.uses?.text ?? '', ...steps.flatMap(textsOf)].some((text) =>
    LINT_WORD.test(text.slice(0, LONGEST_LINE).replaceAll('_', ' ')),
  );
}

/** A command whose inside isn't known here: it may lint, or start a database. */
const OPAQUE =
  /(^|[;&|(]\s*|\b(run|exec)\s+)(make|just|task|tox|nox|rake|bazel|nx|turbo|earthly|dagger|invoke|(\.\/)?gradlew?|(\.\/)?mvnw?|\.\/\S+|(ba)?sh\s+(?!-c)\S+|(npm|yarn|pnpm|bun)\s+(run\s+)?['"]?(ci|check|verify|validate|quality|all|pre\w*)\b)/;

/** Whether a job does something that can't be seen here: another repository's workflow, or a script. */
export function isOpaque({ job, steps }: Gate): boolean {
  const called = job.uses?.text ?? './';
  if (!called.startsWith('./') && !isReusableDeploy(called)) return true;
  return steps.some(
    ({ uses, run }) =>
      uses?.text.startsWith('./') === true ||
      commandLines(run).some(({ text }) => OPAQUE.test(text.trim().slice(0, LONGEST_LINE))),
  );
}

/** The texts of a step that tell what it does. */
export function textsOf({ name, uses, run }: Step): readonly string[] {
  return [name, uses?.text ?? '', ...commandLines(run).map(({ text }) => text)];
}

const OTHER_CI =
  /^(\.circleci\/|\.gitlab-ci\.ya?ml$|\.travis\.yml$|azure-pipelines|bitbucket-pipelines\.yml$|Jenkinsfile|\.buildkite\/|\.semaphore\/|appveyor\.yml$|\.drone\.ya?ml$|cloudbuild\.ya?ml$|buildspec\.ya?ml$|\.pre-commit-config\.yaml$)/;

/** Whether something that is not GitHub Actions checks the code too. */
export function hasOtherChecks(tracked: readonly string[]): boolean {
  return tracked.some((path) => OTHER_CI.test(path));
}
