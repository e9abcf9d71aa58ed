import type { YamlEntry } from './yaml-entry.ts';

/** The number that a value is written as; undefined for an expression (`${{ … }}`) and for nothing. */
export function literalNumber(entry: YamlEntry | undefined): number | undefined {
  const text = entry?.text ?? '';
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
