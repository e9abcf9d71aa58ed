import type { Repository } from '../repository.ts';
import { isTestFile, type SecretFileKind, secretFileKind } from '../secret-paths.ts';
import {
  isFrameworkDefaults,
  type SecretAssignment,
  secretAssignments,
  standInAssignments,
} from './assignments.ts';
import { type AwsKeyPlace, awsKeysIn, MOST_KEYS } from './aws-keys.ts';
import { type CredentialPlace, credentialsIn } from './credentials.ts';
import { MOST_PRIVATE_KEYS, type PrivateKeyPlace, privateKeysIn } from './private-keys.ts';
import { MOST_TOKENS, type TokenPlace, tokensIn } from './tokens.ts';

/** A tracked file in which something was seen, by its name or in its text. */
export interface SeenFile {
  readonly path: string;
  /** What it is by its name. */
  readonly kind: SecretFileKind | undefined;
  /** It is there for tests or examples. */
  readonly isTest: boolean;
  readonly isText: boolean;
  readonly assignments: readonly SecretAssignment[];
  /** Of a file of environment variables: those that will hold a secret, and have a stand-in for it now. */
  readonly standIns: readonly SecretAssignment[];
  /** A framework wrote it, and means it to be tracked. */
  readonly isFramework: boolean;
  readonly credentials: readonly CredentialPlace[];
  readonly privateKeys: readonly PrivateKeyPlace[];
  readonly awsKeys: readonly AwsKeyPlace[];
  readonly tokens: readonly TokenPlace[];
}

/** What git tracks, as far as there may be a secret in it. */
export interface TrackedFiles {
  readonly seen: readonly SeenFile[];
  /** Folders with Terraform in them, by their path; `.` is the root. Those for tests and examples are left out. */
  readonly terraformFolders: readonly string[];
  readonly firstTerraform: string | undefined;
  /** Some variable of Terraform is for a secret. */
  readonly hasSecretVariables: boolean;
  /** Some Terraform keeps its state elsewhere (`backend`, `cloud`). */
  readonly hasBackend: boolean;
  /** Patterns of every .gitignore, by the folder it is in. */
  readonly ignored: ReadonlyMap<string, readonly string[]>;
}

const SECRET_VARIABLE =
  /^[ \t\ufeff]*variable\s+"[\w-]{0,100}(password|secret|token|api_?key|private_?key)[\w-]{0,100}"|^[ \t\ufeff]*sensitive[ \t]*=\s*true/im;
const BACKEND = /^[ \t]*(backend[ \t]+"(?!local")\w{1,40}"|cloud)[ \t]*\{/m;
/** Files that are no text by their name: they are not opened. */
const BINARY =
  /\.(png|jpe?g|gif|ico|webp|avif|woff2?|ttf|otf|eot|pdf|zip|gz|tgz|bz2|xz|7z|jar|war|so|dylib|dll|exe|wasm|mp[34]|mov|webm|parquet|npy|onnx|bin|class|pyc)$/i;

/** Reads every tracked text of at most 1 MB once, and keeps of it only where something was seen. */
export async function readTrackedFiles(repository: Repository): Promise<TrackedFiles> {
  const seen: SeenFile[] = [];
  let [hasSecretVariables, hasBackend] = [false, false];
  const ignored = new Map<string, readonly string[]>();
  const terraform = repository.tracked.filter((path) => path.endsWith('.tf') && !isTestFile(path));
  for (const path of repository.tracked) {
    const kind = secretFileKind(path);
    if (kind === undefined && BINARY.test(path)) continue;
    const text = await repository.read(path);
    if (text === undefined && (await repository.isTooLarge(path))) repository.unread.add('text', path);
    if (path.endsWith('.tf') && !isTestFile(path)) {
      hasSecretVariables ||= SECRET_VARIABLE.test(text ?? '');
      hasBackend ||= BACKEND.test(text ?? '');
    }
    if (path === '.gitignore' || path.endsWith('/.gitignore'))
      ignored.set(folderOf(path), patternsOf(text ?? ''));
    const file = look(path, kind, text);
    if (file) seen.push(file);
    if (file && isFull(file)) repository.unread.add('secrets', path);
  }
  const terraformFolders = [...new Set(terraform.map(folderOf))];
  return { seen, ignored, terraformFolders, firstTerraform: terraform[0], hasSecretVariables, hasBackend };
}

function look(
  path: string,
  kind: SecretFileKind | undefined,
  text: string | undefined,
): SeenFile | undefined {
  if (text === undefined && kind === undefined) return undefined;
  const file: SeenFile = {
    path,
    kind,
    isTest: isTestFile(path),
    isText: text !== undefined,
    assignments:
      text !== undefined && (kind === 'environment' || kind === 'variables') ? secretAssignments(text) : [],
    standIns: text !== undefined && kind === 'environment' ? standInAssignments(text) : [],
    isFramework: text !== undefined && kind === 'environment' && isFrameworkDefaults(text),
    credentials: text === undefined ? [] : credentialsIn(path, text),
    privateKeys: text === undefined ? [] : privateKeysIn(text),
    awsKeys: text === undefined ? [] : awsKeysIn(text),
    tokens: text === undefined ? [] : tokensIn(text),
  };
  const found = [file.credentials, file.privateKeys, file.awsKeys, file.tokens].some(
    (each) => each.length > 0,
  );
  return found || kind !== undefined ? file : undefined;
}

/** Whether there may be more in it than was kept. */
function isFull({ awsKeys, tokens, privateKeys }: SeenFile): boolean {
  const perFormat = [...Map.groupBy(tokens, ({ what }) => what).values()];
  return (
    awsKeys.length >= MOST_KEYS ||
    privateKeys.length >= MOST_PRIVATE_KEYS ||
    perFormat.some(({ length }) => length >= MOST_TOKENS)
  );
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash);
}

function patternsOf(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
