/** The roles that a task definition hands to ECS (task role, execution role), each once, as it names them. */
export function rolesOf(definition: {
  readonly taskRoleArn?: unknown;
  readonly executionRoleArn?: unknown;
}): readonly string[] {
  const named = [definition.taskRoleArn, definition.executionRoleArn];
  return [...new Set(named.filter((role): role is string => typeof role === 'string' && role !== ''))];
}
