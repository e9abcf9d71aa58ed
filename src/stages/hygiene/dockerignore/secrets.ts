import type { Repository } from '../repository.ts';
import { isTestFile, secretFileKind } from '../secret-paths.ts';
import { isFrameworkDefaults, secretAssignments } from '../tracked-files/assignments.ts';
import { credentialsIn, isKeyStore } from '../tracked-files/credentials.ts';
import { privateKeysIn } from '../tracked-files/private-keys.ts';
import type { Copy } from './build-context.ts';
import type { ContextView } from './context-view.ts';

/** A file with secrets that a COPY takes. */
export interface SecretInContext {
  /** From the context's folder. */
  readonly path: string;
  readonly copy: Copy;
  /** Its text has a secret; else only its name says so. */
  readonly isSure: boolean;
}

const MOST = 200;

/** The files with secrets that would be copied. Certificates, patterns to copy and files for tests are none. */
export async function secretsIn(
  view: ContextView,
  repository: Repository,
): Promise<readonly SecretInContext[]> {
  const tracked = new Set(await view.tracked());
  const found: SecretInContext[] = [];
  for (const path of [...tracked, ...(await view.below())]) {
    if (!isCandidate(path)) continue;
    const copy = view.copyOf(path);
    if (copy === undefined) continue;
    if (found.length >= MOST) {
      repository.unread.add('contextSecret', path);
      continue;
    }
    const evidence = evidenceIn(path, await repository.read(view.fromRoot(path)), tracked.has(path));
    if (evidence !== 'none') found.push({ path, copy, isSure: evidence === 'sure' });
  }
  return found;
}

function isCandidate(path: string): boolean {
  return (
    (secretFileKind(path) !== undefined || /(^|\/)(\.npmrc|\.yarnrc\.yml|pip\.conf)$/.test(path)) &&
    !isTestFile(path)
  );
}

function evidenceIn(path: string, text: string | undefined, isTracked: boolean): 'sure' | 'name' | 'none' {
  if (text === undefined) return isKeyStore(path) || /\.tfstate/.test(path) ? 'name' : 'none';
  if (credentialsIn(path, text).length > 0 || privateKeysIn(text).length > 0) return 'sure';
  switch (secretFileKind(path)) {
    case 'environment':
      // What Symfony tracks it needs in the image; its secret is told of where it stands.
      if (isTracked && isFrameworkDefaults(text)) {
        return secretAssignments(text).some(({ name }) => name !== 'APP_SECRET') ? 'sure' : 'none';
      }
      if (secretAssignments(text).length > 0) return 'sure';
      // A tracked one without secrets may be what the application reads its defaults from.
      return isTracked ? 'none' : 'name';
    case 'variables':
      return secretAssignments(text).length > 0 ? 'sure' : 'none';
    case 'state':
      return 'sure';
    case 'credentials':
      return /gha-creds-|credentials|htpasswd/i.test(path) ? 'sure' : 'none';
    case 'key':
    case undefined:
      return 'none';
  }
}
