// Loaded before the action (NODE_OPTIONS=--require): the half hour that a push may take is over in ten seconds.
const HALF_AN_HOUR = 30 * 60_000;
const timeout = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (ms) => timeout(ms === HALF_AN_HOUR ? 10_000 : ms);
