/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** So many of the items, in an order that the seed decides. */
export function sampleOf<T>(items: readonly T[], count: number, seed: number): readonly T[] {
  const random = randomOf(seed);
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((one, other) => one.at - other.at)
    .slice(0, count)
    .map(({ item }) => item);
}

/** A seed for tests that have to come out the same each time; others are tried by hand (`npm run soak`). */
export const USUAL = 1;

/** The seed of this run: the variable's, the usual one, or a new one. It is printed, so that it can be run again. */
export function seedOf(variable: string, usual?: number): number {
  const given = Number(process.env[variable]);
  const otherwise = usual ?? Math.floor(Math.random() * 1_000_000) + 1;
  const seed = Number.isSafeInteger(given) && given > 0 ? given : otherwise;
  process.stdout.write(`${variable}=${seed}\n`);
  return seed;
}
