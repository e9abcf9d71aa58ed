/**
 * Fills in `$name`, `${name}`, `${name:-word}` and `${name:+word}`; what isn't set is empty, and a
 * backslash keeps a dollar sign.
 *
 * Source: https://docs.docker.com/reference/dockerfile/#environment-replacement
 */
export function substitute(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(
    /\\\$|\$(?:\{(\w+)(?::([-+])([^}]*))?\}|(\w+))/g,
    (
      whole,
      braced: string | undefined,
      operator: string | undefined,
      word = '',
      bare: string | undefined,
    ) => {
      if (whole === '\\$') return '$';
      const value = variables.get(braced ?? bare ?? '') ?? '';
      if (operator === '-') return value === '' ? word : value;
      if (operator === '+') return value === '' ? '' : word;
      return value;
    },
  );
}
