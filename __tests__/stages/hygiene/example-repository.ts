import type { Repository } from '../../../src/stages/hygiene/repository.ts';
import type { Example } from '../../../src/stages/hygiene/rule.ts';

/** An example as the repository that a rule would be given. */
export function exampleRepository({
  files,
  untracked = {},
  facts,
  containers,
  builder,
}: Example): Repository {
  const all = new Map([...Object.entries(files), ...Object.entries(untracked)]);
  return {
    tracked: Object.keys(files).sort(),
    untracked: Object.keys(untracked).sort(),
    size: async (path) => {
      const text = all.get(path);
      return text === undefined ? undefined : Buffer.byteLength(text);
    },
    read: async (path) => {
      const text = path.endsWith('/') ? undefined : all.get(path);
      return text === undefined || text.length > 1_000_000 || text.includes('\0') ? undefined : text;
    },
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
