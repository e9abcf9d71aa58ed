import type { DeployFacts } from '../repository.ts';
import { asText, isMap, type Value } from './evaluate.ts';
import { type Folder, valueIn } from './folder.ts';
import { type Resource, settingOf } from './resource.ts';

/** What a resource is for: people depend on it, it is for trying things out, or nothing says so. */
export type Stage = 'production' | 'other' | 'unknown';

const PRODUCTION = /^(prod|production|prd)\d*$/;
const OTHER =
  /^(dev|devel|develop|development|stag|stage|staging|stg|test|testing|qa|uat|int|integration|sandbox|sbx|demo|preview|ephemeral|local|localstack|nonprod|nonproduction|preprod|preproduction|review|mocks?|fixtures?)\d*$/;

/** Names of tags, variables and locals that say what something is for. */
const NAMES = ['environment', 'environment_name', 'env', 'env_name', 'stage', 'deployment_environment'];

/** What a name says: `orders-prod` is production, `non-prod` and `orders-staging` are not. */
export function stageNamed(name: string): Stage {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const named = words.flatMap((word, index): readonly Stage[] => {
    if (OTHER.test(word)) return ['other'];
    if (!PRODUCTION.test(word)) return [];
    return ['non', 'pre', 'not'].includes(words[index - 1] ?? '') ? ['other'] : ['production'];
  });
  if (named.includes('other')) return 'other';
  return named.includes('production') ? 'production' : 'unknown';
}

/**
 * What a resource is for, by the first that says so: its tags, its name, its folder and file, the folder's variables and
 * default tags, the folders that call it as a module, and the GitHub environment that is deployed to.
 */
export function stageOf(resource: Resource, facts: DeployFacts): Stage {
  const { folder } = resource;
  const sources: readonly (() => Stage)[] = [
    () => stageOfTags(settingOf(resource, 'tags')),
    () =>
      first(
        ['identifier', 'identifier_prefix', 'cluster_identifier', 'name'].map((name) =>
          stageNamed(asText(settingOf(resource, name) ?? null) ?? ''),
        ),
      ),
    () => stageNamed(resource.name),
    () => stageNamed(resource.file),
    () => stageOfFolder(folder, new Set()),
    () => stageNamed(facts.environment ?? ''),
  ];
  return first(sources.map((source) => source()));
}

function first(stages: readonly Stage[]): Stage {
  return stages.find((stage) => stage !== 'unknown') ?? 'unknown';
}

function stageOfTags(tags: Value | undefined): Stage {
  if (tags === undefined || !isMap(tags)) return 'unknown';
  const said = [...tags].filter(([name]) => NAMES.includes(name.toLowerCase()));
  return first(said.map(([, value]) => stageNamed(asText(value) ?? '')));
}

/** A module is for production where any of its callers is: what it sets is set there too. */
function stageOfFolder(folder: Folder, seen: Set<Folder>): Stage {
  if (seen.has(folder)) return 'unknown';
  seen.add(folder);
  const own = first([
    stageNamed(folder.path),
    ...NAMES.map((name) => stageOfName(folder, name)),
    defaultTags(folder),
  ]);
  if (own !== 'unknown') return own;
  const callers = folder.calls.map(({ from }) => stageOfFolder(from, seen));
  return callers.includes('production') ? 'production' : first(callers);
}

function stageOfName(folder: Folder, name: string): Stage {
  const values = (['var', 'local'] as const).map((root) =>
    valueIn(folder, { kind: 'reference', path: [root, name] }),
  );
  return first(values.map((value) => stageNamed(asText(value) ?? '')));
}

function defaultTags(folder: Folder): Stage {
  const tags = folder.blocks
    .filter(({ block }) => block.type === 'provider' && block.labels[0] === 'aws')
    .flatMap(({ block }) => block.blocks.filter(({ type }) => type === 'default_tags'))
    .map((block) => stageOfTags(settingOf({ folder, block }, 'tags')));
  return first(tags);
}
