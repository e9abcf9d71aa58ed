import { cpus, totalmem } from 'node:os';

/** docs/benchmarks.md with the result of one benchmark brought up to date. Throws where its markers are missing. */
export function withResult(page: string, name: string, result: string): string {
  const [open, close] = [`<!-- bench: ${name} -->`, `<!-- /bench: ${name} -->`];
  const [from, to] = [page.indexOf(open), page.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`there is no ${open} … ${close} in the page`);
  return `${page.slice(0, from + open.length)}\n${machine()}\n\n${result}\n${page.slice(to)}`;
}

/** What the numbers of a run hang on, in general words. */
function machine(): string {
  const cores = cpus().length;
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const system = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }[process.platform as string];
  return `On a machine with ${cores} cores and ${gigabytes} GB, ${system ?? process.platform}, Node ${process.version.slice(1)}:`;
}
