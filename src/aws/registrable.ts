import type { RawJson } from './raw-json.ts';

/** Fields that DescribeTaskDefinition gives and RegisterTaskDefinition does not take (API_TaskDefinition). */
export const READ_ONLY: ReadonlySet<string> = new Set([
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
  'deleteRequestedAt',
]);

/** What RegisterTaskDefinition would take of a task definition as it is described, and of its tags, which stand beside it. */
export function registrableOf(described: RawJson, tags: unknown): RawJson {
  const fields = Object.entries(described).filter(([name, value]) => !READ_ONLY.has(name) && value !== null);
  const own = Array.isArray(tags) && tags.length > 0 ? { tags: tags as unknown } : {};
  return { ...Object.fromEntries(fields), ...own };
}
