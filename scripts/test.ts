// Runs everything that is tested: that dist/ is what the source builds, then all tests. Ends with a plain line
// `N passed, N failed`. Arguments go to vitest: `npm test -- __tests__/stages` runs a part.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface TestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
}

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'deploy-guard-tests-'));
const results = join(folder, 'results.json');

function node(...args: readonly string[]): number {
  return spawnSync(process.execPath, [...args], { cwd: root, stdio: 'inherit' }).status ?? 1;
}

const isBuilt = node('scripts/build.ts', '--check') === 0;
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
const status = node('node_modules/vitest/vitest.mjs', 'run', ...reporters, ...process.argv.slice(2));
const counted: TestResults = existsSync(results)
  ? (JSON.parse(readFileSync(results, 'utf8')) as TestResults)
  : { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numFailedTestSuites: 0 };
rmSync(folder, { recursive: true });

// A file that can't be loaded fails no test of its own, and counts as one.
const broken = status !== 0 && counted.numFailedTests === 0 ? 1 : 0;
const passed = counted.numPassedTests + (isBuilt ? 1 : 0);
const failed = counted.numFailedTests + broken + (isBuilt ? 0 : 1);
const skipped = counted.numPendingTests > 0 ? `, ${counted.numPendingTests} skipped` : '';
process.stdout.write(`\n${passed} passed, ${failed} failed${skipped}\n`);
process.exit(failed > 0 || passed < 2 ? 1 : 0);
