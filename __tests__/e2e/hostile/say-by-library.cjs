// Loaded before the action (NODE_OPTIONS=--require): says by `console` and as a warning what a library might, once it runs.
if (/dist[\\/]index\.js$/.test(process.argv[1] ?? '')) {
  setTimeout(() => {
    const text = process.env.SAID_BY_LIBRARY;
    console.log(text);
    console.warn('%s', text);
    console.error(new Error(text));
    process.emitWarning(text);
    const holdsItself = { text };
    holdsItself.self = holdsItself;
    console.info(holdsItself, 10n);
  }, 400);
}
