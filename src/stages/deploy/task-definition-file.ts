import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { TaskDefinition } from '../../aws/ecs.ts';
import type { RawJson } from '../../aws/raw-json.ts';
import { registrableOf } from '../../aws/registrable.ts';
import { rolesOf } from '../../aws/task-roles.ts';
import { taskRuntimeOf } from '../../aws/task-runtime.ts';
import { Failure, type Finding } from '../../finding.ts';
import { oneLine } from '../../runner/text.ts';

/** Whether `task-definition` names a file to register; anything else is a revision that exists. */
export function isTaskDefinitionFile(taskDefinition: string | undefined): taskDefinition is string {
  return taskDefinition?.endsWith('.json') ?? false;
}

/** A task definition that was read from a file of the workspace. */
export interface TaskDefinitionFile extends TaskDefinition {
  readonly registrable: RawJson;
}

/**
 * Reads a task definition as `aws ecs register-task-definition --cli-input-json` takes it, or as
 * `describe-task-definition` prints it. Throws Failure where there is none.
 */
export async function readTaskDefinitionFile(workspace: string, path: string): Promise<TaskDefinitionFile> {
  const json = parse(await read(resolve(workspace, path), path), path);
  const described = objectAt(json, 'taskDefinition');
  const definition = registrableOf(described ?? json, json['tags']);
  const containers = definition['containerDefinitions'];
  const { family } = definition;
  if (typeof family !== 'string' || !Array.isArray(containers) || containers.length === 0) {
    throw new Failure(notAFile(path, 'it has no `family` or no `containerDefinitions`'));
  }
  return {
    arn: '',
    name: `${oneLine(family, 255)} (${path})`,
    containers: containers.filter(
      (each): each is ContainerDefinition => typeof each === 'object' && each !== null,
    ),
    runtime: taskRuntimeOf(definition),
    roles: rolesOf(definition),
    family,
    isTagged: Array.isArray(definition['tags']) && definition['tags'].length > 0,
    registrable: definition,
  };
}

/** ECS takes 64 KB. In bytes. */
const MOST = 1_000_000;

async function read(absolute: string, path: string): Promise<string> {
  const refused = (error: unknown): never => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new Failure(notAFile(path, code));
  };
  const found = await stat(absolute).catch(refused);
  // A pipe gives nobody an answer, and a device never ends.
  if (!found.isFile()) throw new Failure(notAFile(path, 'it is not a file'));
  if (found.size > MOST) throw new Failure(notAFile(path, 'it is larger than 1 MB'));
  return await readFile(absolute, 'utf8').catch(refused);
}

function parse(text: string, path: string): RawJson {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { ...json };
  } catch (error) {
    throw new Failure(
      notAFile(path, `it is no JSON: ${error instanceof Error ? wrongIn(error) : 'unreadable'}`),
    );
  }
  throw new Failure(notAFile(path, 'it is not a JSON object'));
}

/** What is wrong and where, without the piece of the file that the parser quotes: a secret may stand in it. */
function wrongIn({ message }: Error): string {
  return oneLine(message.replace(/, (\.\.\.)?"[\s\S]*$/, ''), 100);
}

function objectAt(json: RawJson, key: string): RawJson | undefined {
  const value = json[key];
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

function notAFile(path: string, why: string): Finding {
  const reason = why === 'ENOENT' ? 'there is no such file in the workspace' : why;
  return {
    code: 'DG528',
    level: 'error',
    title: `\`task-definition: ${path}\` can't be used: ${reason}.`,
    fix: `Correct the path, or write the file: \`aws ecs describe-task-definition --task-definition FAMILY --query taskDefinition > ${path}\`.`,
    where: { file: path },
  };
}
