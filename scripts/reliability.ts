// Runs every case of the table of faults, and writes what each came to: __tests__/e2e/faults/outcomes.json, and the
// tables of docs/reliability.md. `--docs` writes the tables alone, `--only <pattern>` runs the cases of that name
// and those that have no outcome yet, and keeps the rest. All of them take half an hour; ends red on a broken promise.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Case, nameOf, runCase } from '../__tests__/e2e/faults/matrix.ts';
import { allCases, OUTCOMES_FILE, readOutcomes, withTables } from '../__tests__/e2e/faults/table.ts';

const WORKERS = Number(process.env['DEPLOY_GUARD_WORKERS'] ?? '6');
const page = join(import.meta.dirname, '..', 'docs', 'reliability.md');

function writePage(): void {
  writeFileSync(page, withTables(readFileSync(page, 'utf8'), readOutcomes()));
}

/** Runs the cases but those whose outcome is known; `known` is empty where all are to be run. */
async function runAll(cases: readonly Case[], known: Readonly<Record<string, string>>): Promise<number> {
  const said = new Map(Object.entries(known));
  const waiting = cases.filter((story) => !said.has(nameOf(story)));
  let broken = 0;
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const outcome = await runCase(next).catch((error: unknown) => ({
        said: 'no end',
        broken: [String(error)],
      }));
      said.set(nameOf(next), outcome.said);
      if (outcome.broken.length === 0) continue;
      broken += 1;
      process.stdout.write(`${nameOf(next)}: ${outcome.said}: ${outcome.broken.join('; ')}\n`);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  // The rows stay where they are: in which order a run makes its calls is a matter of chance.
  const names = new Set(cases.map(nameOf));
  const order = [...Object.keys(readOutcomes()).filter((name) => names.has(name)), ...names];
  const outcomes = Object.fromEntries(order.map((name) => [name, said.get(name)]));
  writeFileSync(OUTCOMES_FILE, `${JSON.stringify(outcomes, undefined, 2)}\n`);
  return broken;
}

/** The outcomes that this run leaves as they are. */
function kept(): Readonly<Record<string, string>> {
  const at = process.argv.indexOf('--only');
  if (at < 0) return {};
  const again = new RegExp(process.argv[at + 1] ?? '');
  return Object.fromEntries(Object.entries(readOutcomes()).filter(([name]) => !again.test(name)));
}

let broken = 0;
if (!process.argv.includes('--docs')) {
  const cases = await allCases();
  broken = await runAll(cases, kept());
  process.stdout.write(`${cases.length} cases, ${broken} broke a promise\n`);
}
writePage();
process.exit(broken > 0 ? 1 : 0);
