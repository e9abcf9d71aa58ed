// Deploys again and again, each in a way and under a fault by chance, and holds each against every promise.
// `npm run soak -- 500` (how many); DEPLOY_GUARD_SOAK_SEED repeats a run. Ends red where a promise was broken.
import { randomOf, seedOf } from '../__tests__/e2e/faults/sample.ts';
import { soakOnce } from '../__tests__/e2e/soak.ts';

const count = Number(process.argv[2] ?? '500');
const workers = Number(process.env['DEPLOY_GUARD_SOAK_WORKERS'] ?? '4');
const seed = seedOf('DEPLOY_GUARD_SOAK_SEED');
const ends = new Map<string, number>();
let next = 0;
let broken = 0;

async function work(): Promise<void> {
  while (next < count) {
    const index = next;
    next += 1;
    const run = await soakOnce(randomOf(seed + index)).catch((error: unknown) => ({
      what: `deploy ${index}`,
      said: 'no end',
      broken: [String(error).slice(0, 200)],
      log: '',
    }));
    ends.set(run.said, (ends.get(run.said) ?? 0) + 1);
    if (run.broken.length === 0) continue;
    broken += 1;
    process.stdout.write(`\n${index}: ${run.what}: ${run.said}: ${run.broken.join('; ')}\n${run.log}\n`);
  }
}

await Promise.all(Array.from({ length: workers }, work));
const said = [...ends].toSorted(([, one], [, other]) => other - one).map(([end, times]) => `${times} ${end}`);
process.stdout.write(`${count} deploys: ${said.join(', ')}\n${broken} broke a promise\n`);
process.exit(broken > 0 ? 1 : 0);
