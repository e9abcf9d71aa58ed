// Loaded before an action (`--require`): notes the peak of its memory when it ends. VmHWM rather than maxRSS: that one
// is at least what the process that forked had, which is the bench itself.
const { appendFileSync, readFileSync } = require('node:fs');

process.on('exit', () => {
  const file = process.env['BENCH_MEMORY_FILE'];
  if (file === undefined) return;
  let kilobytes = process.resourceUsage().maxRSS;
  try {
    kilobytes = Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  } catch {
    // Not Linux.
  }
  appendFileSync(file, `${kilobytes} ${process.argv[1]}\n`);
});
