import { describe, expect, it } from 'vitest';
import { cannotFail } from '../../../../src/stages/hygiene/workflows/cannot-fail.ts';
import { checkIn } from '../../../../src/stages/hygiene/workflows/commands.ts';
import { DEPLOY_YML, deployWorkflow } from '../../../../src/stages/hygiene/workflows/example-workflow.ts';
import { readWorkflows } from '../../../../src/stages/hygiene/workflows/subject.ts';
import { exampleRepository } from '../example-repository.ts';

async function hitsIn(files: Readonly<Record<string, string>>) {
  const subject = await readWorkflows(exampleRepository({ name: '', files }));
  return subject === undefined ? [] : cannotFail.find(subject);
}

/** What is said of a job that runs the step and that the deploy needs. */
async function hitsOf(step: string) {
  const jobs = `  lint:\n    runs-on: ubuntu-latest\n    steps:\n${step.replaceAll(/^(?=.)/gm, '      ')}\n`;
  return hitsIn({ [DEPLOY_YML]: deployWorkflow({ jobs }) });
}

describe('a command that checks', () => {
  it.each([
    ['flake8 app', 'flake8'],
    ['  poetry run black --check .', 'black'],
    ['python -m pytest -q', 'pytest'],
    ['cd api && npx eslint .', 'eslint'],
    ['CI=true npm test -- --coverage', 'npm test'],
    ['npm run lint:css', 'npm run lint:css'],
    ['yarn build', 'yarn build'],
    ['docker compose run --rm web rubocop', undefined],
    ['go vet ./...', 'go vet'],
    ['./gradlew check', './gradlew'],
    ['alembic upgrade head', 'alembic upgrade'],
    ['docker build -t app .', 'docker build'],
    ['npm audit', undefined],
    ['npm run lint-fix:js', undefined],
    ['ruff check --fix .', undefined],
    ['npx prettier --write .', undefined],
    ['npm publish', undefined],
    ['docker rm -f app', undefined],
    ['pip install flake8 black', undefined],
    ['echo "running pytest"', undefined],
    ['cat eslint.json', undefined],
    ['git push origin main', undefined],
    ['black-box/run', undefined],
  ])('%s', (line, check) => {
    expect(checkIn(line)).toBe(check);
  });
});

describe('what hides how a check ended', () => {
  it.each([
    '- run: pytest || true',
    '- run: |\n    pytest || :',
    '- run: pytest || exit 0',
    '- run: (pytest || true) && echo done',
    '- run: pytest || echo "some failed"',
    '- run: |\n    pytest \\\n      -q || true',
    '- run: pytest 2>&1 | tee log.txt',
    '- run: |\n    set +e\n    pytest\n    echo done',
    '- run: pytest\n  continue-on-error: true',
    '- uses: psf/black@stable\n  continue-on-error: true',
  ])('is found: %s', async (step) => {
    expect(await hitsOf(step)).toHaveLength(1);
  });

  it.each([
    '- run: pytest; exit 0', // bash -e ends at pytest.
    '- run: pytest || exit 1',
    '- run: pytest || echo "failed" && exit 1',
    '- run: pytest || { echo failed; exit 1; }',
    '- run: pytest || [ $? -eq 5 ]',
    '- run: pytest | tee log.txt\n  shell: bash',
    '- run: |\n    set -o pipefail\n    pytest | tee log.txt',
    '- run: |\n    pytest | tee log.txt\n    exit ${PIPESTATUS[0]}',
    '- run: |\n    set +e\n    pytest\n    code=$?\n    exit $code',
    '- run: |\n    set +e\n    rm log.txt\n    set -e\n    pytest',
    '- run: |\n    set +e\n    pytest',
    '- run: pytest\n  continue-on-error: ${{ matrix.experimental }}',
    "- id: first\n  run: pytest\n  continue-on-error: true\n- if: steps.first.outcome != 'success'\n  run: pytest --last-failed",
    '- run: npm audit --omit=dev\n  continue-on-error: true',
    '- run: docker stop app || true',
    '- run: |\n    # pytest || true\n    pytest',
    '- uses: codecov/codecov-action@v5\n  continue-on-error: true',
  ])('is not seen in %s', async (step) => {
    expect(await hitsOf(step)).toEqual([]);
  });

  it('is found at deploy-guard itself', async () => {
    const inputs = '        continue-on-error: true\n';
    expect(await hitsIn({ [DEPLOY_YML]: deployWorkflow({ inputs }) })).toMatchObject([
      { where: { line: 23 } },
    ]);
  });

  it('is a note on pull requests, and nothing where the deploy does not wait for it', async () => {
    const job = 'jobs:\n  test:\n    steps:\n      - run: pytest || true\n';
    const ci = '.github/workflows/ci.yml';
    expect(await hitsIn({ [DEPLOY_YML]: deployWorkflow(), [ci]: `on: pull_request\n${job}` })).toMatchObject([
      { level: 'note', where: { file: ci, line: 5 } },
    ]);
    expect(await hitsIn({ [DEPLOY_YML]: deployWorkflow(), [ci]: `on: schedule\n${job}` })).toEqual([]);
  });
});
