import type { BuildSettings } from '../stages/inputs/config.ts';

/** An option for each value. */
export function many(option: string, values: readonly string[]): readonly string[] {
  return values.flatMap((value) => [option, value]);
}

/** An option, where there is a value. */
export function one(option: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [option, value];
}

/** `--secret` for each of the three inputs: by a file of ours, by a variable, by a file of the user's. */
export function secretOptions(build: BuildSettings, fileOf: (id: string) => string): readonly string[] {
  const idOf = (line: string) => line.slice(0, line.indexOf('='));
  const textOf = (line: string) => line.slice(line.indexOf('=') + 1);
  return many('--secret', [
    ...build.secrets.map((line) => `id=${idOf(line)},src=${fileOf(idOf(line))}`),
    ...build.secretEnvs.map((line) => `id=${idOf(line)},env=${textOf(line)}`),
    ...build.secretFiles.map((line) => `id=${idOf(line)},src=${textOf(line)}`),
  ]);
}
