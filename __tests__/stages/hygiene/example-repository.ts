import type { Repository } from '../../../src/stages/hygiene/repository.ts';
import type { Example } from '../../../src/stages/hygiene/rule.ts';
import { Unread } from '../../../src/stages/hygiene/unread.ts';

/** An example as the repository that a rule would be given. */
export function exampleRepository({
  files,
  untracked = {},
  submodules = [],
  facts,
  containers,
  builder,
}: Example): Repository {
  const all = new Map([...Object.entries(files), ...Object.entries(untracked)]);
  const others = Object.keys(untracked).sort();
  const folders = [...others.filter((path) => path.endsWith('/')), ...submodules];
  const isBelow = (path: string, folder: string) => path !== folder && path.startsWith(folder);
  return {
    tracked: Object.keys(files).sort(),
    // As git lists them: not what is below a folder that is an entry itself.
    untracked: others.filter((path) => !folders.some((folder) => isBelow(path, folder))),
    submodules,
    below: async (wanted, enter) => {
      const below = others.filter((path) => wanted.some((folder) => isBelow(path, folder)));
      const closed = below
        .flatMap((path) => path.split('/').map((_, at, parts) => `${parts.slice(0, at).join('/')}/`))
        .filter((folder) => wanted.some((each) => isBelow(folder, each)) && !enter(folder));
      const seen = below.filter(
        (path) => !path.endsWith('/') && !closed.some((folder) => isBelow(path, folder)),
      );
      return { paths: [...new Set([...seen, ...closed])], left: [] };
    },
    size: async (path) => {
      const parts = [...all].filter(([each]) => each === path || (path.endsWith('/') && isBelow(each, path)));
      return parts.length === 0
        ? undefined
        : parts.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0);
    },
    read: async (path) => {
      const text = path.endsWith('/') ? undefined : all.get(path);
      return text === undefined || text.length > 1_000_000 || text.includes('\0') ? undefined : text;
    },
    isTooLarge: async (path) => {
      const text = all.get(path) ?? '';
      return text.length > 1_000_000 && !text.slice(0, 8_000).includes('\0');
    },
    unread: new Unread(),
    facts: {
      context: '.',
      dockerfile: 'Dockerfile' in files ? 'Dockerfile' : undefined,
      target: undefined,
      workflow: undefined,
      rollout: 'force',
      latestTag: 'latest',
      waitMinutes: 30,
      environment: undefined,
      ...facts,
    },
    containers: async () => containers,
    builder: async () => builder,
  };
}
