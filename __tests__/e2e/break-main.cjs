// Loaded before the action (NODE_OPTIONS=--require): makes its main process end, in a real way, when its log says so.
const script = process.argv[1] ?? '';
const { BREAK_AT: at, BREAK_HOW: how, BREAK_AFTER_MS: after } = process.env;
if (at && how && /dist[\\/]index\.js$/.test(script)) {
  if (how === 'wait for nothing') letTimersEnd();
  const write = process.stdout.write.bind(process.stdout);
  let armed = true;
  process.stdout.write = (chunk, ...rest) => {
    const written = write(chunk, ...rest);
    if (armed && String(chunk).includes(at)) {
      armed = false;
      setTimeout(breakNow, Number(after ?? '0'));
    }
    return written;
  };
}

function breakNow() {
  // As on a full disk: the file of the state takes nothing any more.
  if (how === 'lose the state') {
    process.env.GITHUB_STATE = '/proc/none/state';
    return;
  }
  if (how === 'throw') throw new Error('::error::broken on purpose');
  if (how === 'reject') void Promise.reject(new Error('broken on purpose'));
  if (how === 'exit') process.exit(7);
  // What is still open keeps the process no longer.
  if (how === 'wait for nothing') {
    setInterval(letHandlesEnd, 50).unref();
    letHandlesEnd();
    return;
  }
  if (how === 'out of memory') {
    const kept = [];
    for (;;) kept.push(new Array(100_000).fill(Math.random()));
  }
  process.kill(process.pid, how);
}

function letTimersEnd() {
  const { setTimeout: start } = globalThis;
  globalThis.setTimeout = (...timer) => start(...timer).unref();
}

function letHandlesEnd() {
  for (const handle of process._getActiveHandles()) handle.unref?.();
}
