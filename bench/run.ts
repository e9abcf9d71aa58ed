// Runs the benchmarks and prints one table each: `npm run bench`, or `npm run bench -- start`. `--long` deploys with a
// rollout of 100 seconds too, `--write` puts what was run into docs/benchmarks.md. Figures of one run are only ever
// compared with each other: machines differ, and so do their days.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchDeploy } from './deploy.ts';
import { benchHygiene } from './hygiene.ts';
import { withResult } from './page.ts';
import { benchPreflight } from './preflight.ts';
import { benchServices } from './services.ts';
import { benchStart } from './start.ts';
import { benchWatch } from './watch.ts';

const PAGE = join(import.meta.dirname, '..', 'docs', 'benchmarks.md');

const { values, positionals: asked } = parseArgs({
  options: { long: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
  allowPositionals: true,
});

const benchmarks = {
  start: benchStart,
  deploy: async () => await benchDeploy({ long: values.long }),
  services: benchServices,
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
  const result = await bench();
  process.stdout.write(`\n## ${name}\n\n${result}\n`);
  if (values.write) writeFileSync(PAGE, withResult(readFileSync(PAGE, 'utf8'), name, result));
}
process.exit(0);
