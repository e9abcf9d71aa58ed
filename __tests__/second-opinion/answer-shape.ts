/** What an answer has: path → type, such as `tasks[].startedAt` → `date`. What is empty or undefined has no path. */
export function shapeOf(value: unknown, path = ''): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  if (value instanceof Date) return { [path]: 'date' };
  if (Array.isArray(value)) {
    return Object.assign({ [path]: 'list' }, ...value.map((item) => shapeOf(item, `${path}[]`)));
  }
  if (typeof value !== 'object') return { [path]: typeof value };
  const members = Object.entries(value).filter(([name]) => name !== '$metadata');
  return Object.assign(
    path === '' ? {} : { [path]: 'structure' },
    ...members.map(([name, member]) => shapeOf(member, path === '' ? name : `${path}.${name}`)),
  );
}

/**
 * In what two answers to the same call differ, one line each: `- path` that only the first has, `+ path` that only the
 * second has, and `path: one, other` where the types differ. A path below one that is missing is not listed.
 */
export function differences(ours: unknown, theirs: unknown): readonly string[] {
  const [left, right] = [shapeOf(ours), shapeOf(theirs)];
  const paths = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
  const parentIsMissing = (path: string, side: Readonly<Record<string, string>>) => {
    const parent = path.replace(/(\[\]|\.\w+)$/, '');
    return parent !== path && parent !== '' && side[parent] === undefined;
  };
  return paths.flatMap((path) => {
    const [one, other] = [left[path], right[path]];
    if (one === other) return [];
    if (one !== undefined && other !== undefined) return [`${path}: ${one}, ${other}`];
    if (other === undefined) return parentIsMissing(path, right) ? [] : [`- ${path}`];
    return parentIsMissing(path, left) ? [] : [`+ ${path}`];
  });
}
