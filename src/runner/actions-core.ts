// @actions/core by its parts. Its index also loads a second HTTP client, for an OIDC request that we make ourselves:
// half a megabyte that every run would wait for before it does anything (bench/start.ts).
export { issueCommand } from '../../node_modules/@actions/core/lib/command.js';
export {
  issueFileCommand,
  prepareKeyValueMessage,
} from '../../node_modules/@actions/core/lib/file-command.js';
export { summary } from '../../node_modules/@actions/core/lib/summary.js';
export { toCommandProperties } from '../../node_modules/@actions/core/lib/utils.js';
