// Runs the benchmarks and prints one table each: `npm run bench`, or `npm run bench -- start`.
// `--long` deploys a rollout of 100 seconds too. Figures of one run
// are only ever compared with each other: machines differ, and so do their days.
import { parseArgs } from 'node:util';
import { benchDeploy } from './deploy.ts';
import { benchHygiene } from './hygiene.ts';
import { benchPreflight } from './preflight.ts';
import { benchStart } from './start.ts';
import { benchWatch } from './watch.ts';

const { values, positionals: asked } = parseArgs({
  options: { long: { type: 'boolean', default: false } },
  allowPositionals: true,
});

const benchmarks = {
  start: benchStart,
  deploy: async () => await benchDeploy({ long: values.long }),
  preflight: benchPreflight,
  hygiene: benchHygiene,
  watch: benchWatch,
} as const;

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
