// Runs the benchmarks and prints one table each: `npm run bench`, or `npm run bench -- start`. Figures of one run
// are only ever compared with each other: machines differ, and so do their days.
import { benchHygiene } from './hygiene.ts';
import { benchPreflight } from './preflight.ts';
import { benchStart } from './start.ts';
import { benchWatch } from './watch.ts';

const benchmarks = {
  start: benchStart,
  preflight: benchPreflight,
  hygiene: benchHygiene,
  watch: benchWatch,
} as const;

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  process.stderr.write(
    `No benchmark ${unknown.join(', ')}. There are ${Object.keys(benchmarks).join(', ')}.\n`,
  );
  process.exit(2);
}
for (const [name, bench] of Object.entries(benchmarks)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stdout.write(`\n## ${name}\n\n${await bench()}\n`);
}
process.exit(0);
