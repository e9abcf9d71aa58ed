import { Redaction } from './redaction.ts';
import { githubRunner } from './workflow-commands.ts';

/** What takes this run's secrets out of all that is told; of the whole process, for a crash quotes what it met, too. */
export const redaction = new Redaction();

/** Makes a value secret from here on: to the runner, and to what we tell others. */
export function makeSecret(value: string): void {
  redaction.add(value);
  githubRunner.mask(value);
}
