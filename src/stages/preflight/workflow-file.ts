import { join } from 'node:path';
import type { Finding } from '../../finding.ts';
import { fileText } from '../../runner/file-text.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The workflow that this run is of, as it is checked out. */
export interface WorkflowFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly lines: readonly string[];
}

const LARGEST = 300_000;

/**
 * Path of the workflow that runs, from the root (`GITHUB_WORKFLOW_REF` is `owner/name/path@ref`); undefined where it
 * is of another repository.
 */
export function workflowPath(environment: Environment): string | undefined {
  const reference = environment['GITHUB_WORKFLOW_REF'] ?? '';
  const repository = environment['GITHUB_REPOSITORY'] ?? '';
  if (repository === '' || !reference.startsWith(`${repository}/`)) return undefined;
  const path = reference.slice(repository.length + 1).replace(/@.*$/, '');
  return /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path) ? path : undefined;
}

/** The file of the workflow that runs; undefined where it is of another repository or not checked out. */
export async function readWorkflowFile(
  workspace: string,
  environment: Environment,
): Promise<WorkflowFile | undefined> {
  const path = workflowPath(environment);
  if (path === undefined) return undefined;
  const text = await fileText(join(workspace, path), LARGEST);
  return text === undefined ? undefined : { path, lines: text.split('\n') };
}

/** Where a key of that name (`service:`, `JWT_SECRET:`) is written, if it is in one place alone. */
export function placeOfKey(file: WorkflowFile | undefined, name: string): Finding['where'] {
  return onlyPlace(file, (line) => {
    const key = line.replace(/^\s*(-\s+)?/, '');
    return key.startsWith(`${name}:`) || key.startsWith(`"${name}":`) || key.startsWith(`'${name}':`);
  });
}

/** Where a secret is given to the job by `env:`, else where `required-secrets` asks for it. */
export function placeOfSecret(file: WorkflowFile | undefined, name: string): Finding['where'] {
  return placeOfKey(file, name) ?? onlyPlace(file, (line) => line.trim().split(/\s+/, 1)[0] === name);
}

function onlyPlace(file: WorkflowFile | undefined, isIt: (line: string) => boolean): Finding['where'] {
  if (file === undefined) return undefined;
  const found = file.lines.flatMap((line, index) => (isIt(line) ? [index + 1] : []));
  const [line] = found;
  return line !== undefined && found.length === 1 ? { file: file.path, line } : undefined;
}

/** The finding, with the place that it is about where that is known. */
export function at(finding: Finding, where: Finding['where']): Finding {
  return where ? { ...finding, where } : finding;
}
