import { isList, isMap, unknown, type Value } from './evaluate.ts';
import { type Folder, type Located, valueIn } from './folder.ts';
import type { Block } from './hcl/syntax.ts';

/** Words that a variable with a secret is named by, at the end of its name or before a number. */
const SECRET =
  /(^|_)(password|passwd|passphrase|pwd|secret|token|api_?key|access_?key|secret_?key|private_?key|auth_?key|signing_?key|encryption_?key|credentials?|connection_string|database_url|db_url|webhook_url|dsn)s?(_?\d+)?(_(value|plaintext|base64|b64|string|prod|production|dev|staging))*$/;
/** Names that speak of a secret without being one. */
const ABOUT =
  /^(enable|enabled|create|use|has|is|manage|generate|random|allow|require|with|skip|rotate|min|max|length)_|(^|_)(ssm|arns?|ids?|public|kms|names?|paths?)_/;

/** Values that say where a secret is, and are none. */
const POINTER =
  /^(arn:|\/[\w./-]+$|ssm:|vault:|secretsmanager:|~\/|\.{0,2}\/|file:|alias\/)|\.(pem|key|pub|json|txt)$/;

/** Variables of a folder that hold a secret, by their names and descriptions. */
export function secretVariables(folder: Folder): readonly Located[] {
  return folder.blocks.filter(({ block }) => block.type === 'variable' && holdsSecret(folder, block));
}

function holdsSecret(folder: Folder, block: Block): boolean {
  const name = (block.labels[0] ?? '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
  const type = block.arguments.get('type')?.value;
  if (type?.kind === 'reference' && ['bool', 'number'].includes(type.path[0] ?? '')) return false;
  // `secrets` and the like of a task definition are names with the ARNs of their values.
  if (type !== undefined && type.kind !== 'reference' && /^(secrets?|credentials)$/.test(name)) return false;
  const byDefault = defaultOf(folder, block);
  if (typeof byDefault === 'boolean' || typeof byDefault === 'number') return false;
  if (typeof byDefault === 'string' && POINTER.test(byDefault)) return false;
  return (SECRET.test(name) && !ABOUT.test(name)) || isDescribedAsSecret(folder, block, name);
}

/** "Password of the database" and the like, where the name is not that of something about it. */
function isDescribedAsSecret(folder: Folder, block: Block, name: string): boolean {
  const argument = block.arguments.get('description');
  const text = argument === undefined ? unknown : valueIn(folder, argument.value);
  if (
    typeof text !== 'string' ||
    ABOUT.test(`${name}_`) ||
    /_(arns?|ids?|names?|paths?|urls?|version|length)$/.test(name)
  )
    return false;
  return /^(the |an? |your )?((master|root|admin|database|db|rds|user|postgres(ql)?|mysql|redis|smtp|jwt) ){0,3}(password|passphrase|secret key|api key|api token|access token|private key)( (of|for|to)\b|[.,]?$)/i.test(
    text.trim(),
  );
}

/** The default of a variable as it is in the file, whatever its callers pass. */
export function defaultOf(folder: Folder, block: Block): Value | undefined {
  const argument = block.arguments.get('default');
  return argument === undefined ? undefined : valueIn(folder, argument.value);
}

/** Whether a value holds a text that may be a secret: not empty, and not the place of one. */
export function isWrittenDown(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === unknown) return false;
  if (isList(value)) return value.some(isWrittenDown);
  if (isMap(value)) return [...value.values()].some(isWrittenDown);
  return typeof value === 'string' && value.trim() !== '' && !POINTER.test(value.trim());
}
