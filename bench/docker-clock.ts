import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** One call of docker's command line, in seconds since the epoch. */
export interface DockerCall {
  readonly from: number;
  readonly to: number;
  readonly args: string;
}

/** A `docker` to put first on PATH, which notes when each call began and ended and leaves the work to the real one. */
export interface DockerClock {
  readonly path: string;
  readonly calls: () => readonly DockerCall[];
  readonly remove: () => void;
}

/** `engineFolder`: where the engine's docker is, if it isn't on PATH. Needs bash, whose own clock costs no process. */
export function setUpDockerClock(engineFolder: string): DockerClock {
  const folder = mkdtempSync(join(tmpdir(), 'docker-clock-'));
  const [path, log] = [join(folder, 'bin'), join(folder, 'calls')];
  mkdirSync(path);
  writeFileSync(log, '');
  const script = [
    '#!/usr/bin/env bash',
    'export LC_ALL=C',
    'from=$EPOCHREALTIME',
    `'${realDocker(engineFolder)}' "$@"`,
    'code=$?',
    `args="$*"; echo "$from $EPOCHREALTIME \${args//$'\\n'/ }" >> '${log}'`,
    'exit $code',
    '',
  ];
  writeFileSync(join(path, 'docker'), script.join('\n'));
  chmodSync(join(path, 'docker'), 0o755);
  return {
    path,
    calls: () => parseCalls(readFileSync(log, 'utf8')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Reads the clock's file: a call a line, `<from> <to> <arguments>`. */
export function parseCalls(text: string): readonly DockerCall[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [from = '', to = '', ...args] = line.split(' ');
      return { from: Number(from), to: Number(to), args: args.join(' ') };
    });
}

/** Seconds in which docker built or pushed: the work that every way of deploying has to have done. */
export function engineSeconds(calls: readonly DockerCall[]): number {
  return calls
    .filter(({ args }) => /^(-\S+ )*(image |builder |buildx )?(build|push)( |$)/.test(args))
    .reduce((sum, { from, to }) => sum + to - from, 0);
}

function realDocker(engineFolder: string): string {
  const { PATH = '' } = process.env;
  const folders = [engineFolder, ...PATH.split(delimiter)].filter((folder) => folder !== '');
  const found = folders.map((folder) => join(folder, 'docker')).find((file) => existsSync(file));
  if (found === undefined) throw new Error('There is no docker on PATH.');
  return found;
}
