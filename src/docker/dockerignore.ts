import { posix } from 'node:path';
import { matcherOf } from './ignore-pattern.ts';

/** What a .dockerignore leaves of a build context. */
export interface Dockerignore {
  /** Whether docker sends a path, given from the context's folder and without a `/` at its end. */
  readonly isSent: (path: string) => boolean;
  /** Some pattern (`!…`) brings back what others leave out, so that what is in a folder may be sent without it. */
  readonly reopens: boolean;
}

interface Line {
  readonly bringsBack: boolean;
  readonly matches: (path: string) => boolean;
}

/**
 * Takes a .dockerignore apart as docker does (moby/patternmatcher): the last line that matches a path, or a folder above
 * it, counts. A pattern that can't be matched with takes nothing out: docker will say so when it builds.
 */
export function parseDockerignore(text: string): Dockerignore {
  const lines = text
    .replace(/^\ufeff/, '')
    .split('\n')
    .flatMap((line) => readLine(line) ?? []);
  return {
    isSent: (path) => lines.findLast(({ matches }) => matches(path))?.bringsBack ?? true,
    reopens: lines.some(({ bringsBack }) => bringsBack),
  };
}

function readLine(line: string): Line | undefined {
  const written = line.trim();
  // A `#` behind a blank is a name.
  if (line.startsWith('#') || written === '') return undefined;
  const bringsBack = written.startsWith('!');
  const name = bringsBack ? written.slice(1).trim() : written;
  if (name === '') return undefined;
  const pattern = posix.normalize(name).replace(/^\/(?=.)|(?<=.)\/$/g, '');
  const matches = matcherOf(pattern);
  return matches && { bringsBack, matches };
}
