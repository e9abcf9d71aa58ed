import { readConfig } from '../../../src/stages/inputs/read-config.ts';
import type { InputName } from '../../../src/stages/inputs/schema.ts';
import type { CheckContext } from '../../../src/stages/preflight/check.ts';
import { type LookupPorts, Lookups } from '../../../src/stages/preflight/lookups/lookups.ts';
import { ENOUGH, environmentOf } from '../inputs/environment.ts';
import { RUN } from '../report/reports.ts';

const NOTHING: LookupPorts = {
  aws: undefined,
  registry: () => {
    throw new Error('no registry in this test');
  },
  workspace: '/',
  engineVersion: () => Promise.reject(Object.assign(new Error('no docker'), { code: 'ENOENT' })),
};

/** What a check looks at, of these inputs in this environment. */
export function checkContext(
  inputs: Partial<Record<InputName, string>>,
  environment: Readonly<Record<string, string | undefined>> = {},
  options: {
    readonly event?: string;
    readonly workspace?: string;
    readonly ports?: Partial<LookupPorts>;
    readonly commit?: undefined;
  } = {},
): CheckContext {
  const { config, findings } = readConfig(environmentOf({ ...ENOUGH, ...inputs }, environment));
  const commit = 'commit' in options ? undefined : { sha: RUN.sha, subject: 'Fix torque curve' };
  return {
    config,
    inputFindings: findings,
    run: { ...RUN, event: options.event ?? 'push', workspace: options.workspace ?? RUN.workspace },
    commit,
    lookups: new Lookups(
      config,
      { tag: config.image.tag ?? commit?.sha, commit: undefined },
      {
        ...NOTHING,
        workspace: options.workspace ?? NOTHING.workspace,
        ...options.ports,
      },
    ),
  };
}
