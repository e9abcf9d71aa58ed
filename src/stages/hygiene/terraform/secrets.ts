import { isList, isMap, unknown, type Value } from './evaluate.ts';
import { type Folder, type Located, valueIn } from './folder.ts';
import type { Block } from './hcl/syntax.ts';

/** Words that a variable with a secret is named by, at the end of its name or before what they are for. */
const SECRET =
  /(^|_)(password|passwd|passphrase|pwd|secret|token|api_?key|secret_?(access_?)?key|access_?key|private_?key|auth_?key|signing_?key|encryption_?key|credentials?|connection_string|database_url|db_url|webhook_url|dsn)s?(_?\d+)?(_(value|plaintext|base64|b64|string|prod|production|dev|staging))*$/;
/** Names that speak of a secret without being one: switches, names, keys of KMS, the id of an access key, IMDS. */
const ABOUT =
  /^(enable|enabled|create|use|has|is|manage|generate|random|allow|require|with|skip|rotate|min|max|length)_|(^|_)(ssm|arns?|ids?|public|kms|names?|paths?|sse|server_side|ebs|volume|disk|http)_|(^|_)aws_access_?key$/;
/** Descriptions of what is the place of a secret. */
const DESCRIBED_AS_PLACE = /\b(arns?|kms|valueFrom|name of|names of|path|parameter store|ssm parameter)\b/i;

/** Values that say where a secret is, and are none. */
const POINTER =
  /^(arn:|\/[\w./-]+$|ssm:|vault:|secretsmanager:|~\/|\.{0,2}\/|file:|alias\/)|\.(pem|key|pub|json|txt)$/;
/** Values that choose among modes, as `http_tokens` has them. */
const CHOICE = /^(optional|required|enabled|disabled|none|default|aws|auto)$/i;
/** Values that stand for one to come. */
const PLACEHOLDER =
  /^<.*>$|^(x+|\*+|\.+|-+)$|change.?me|replace.?me|place.?holder|^(todo|tbd|dummy|fake|example|anything|n\/?a|your[-_ ].*)$/i;

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
  const isText = type === undefined || (type.kind === 'reference' && type.path[0] === 'string');
  if (type?.kind === 'reference' && ['bool', 'number'].includes(type.path[0] ?? '')) return false;
  // `secrets` and the like of a task definition are names with the ARNs of their values.
  if (/(^|_)(secrets|credentials)$/.test(name) && !(isText && type !== undefined)) return false;
  const byDefault = defaultOf(folder, block);
  if (typeof byDefault === 'boolean' || typeof byDefault === 'number') return false;
  if (typeof byDefault === 'string' && (POINTER.test(byDefault) || CHOICE.test(byDefault))) return false;
  const described = descriptionOf(folder, block);
  if (SECRET.test(name) && !ABOUT.test(name)) return !DESCRIBED_AS_PLACE.test(described);
  return isDescribedAsSecret(described, name);
}

function descriptionOf(folder: Folder, block: Block): string {
  const argument = block.arguments.get('description');
  const text = argument === undefined ? '' : valueIn(folder, argument.value);
  return typeof text === 'string' ? text.trim() : '';
}

/** "Password of the database" and the like, where the name is not that of something about it. */
function isDescribedAsSecret(described: string, name: string): boolean {
  if (ABOUT.test(`${name}_`) || /_(arns?|ids?|names?|paths?|urls?|version|length)$/.test(name)) return false;
  return /^(the |an? |your )?((master|root|admin|database|db|rds|user|postgres(ql)?|mysql|redis|smtp|jwt) ){0,3}(password|passphrase|secret key|api key|api token|access token|private key)( (of|for|to)\b|[.,]?$)/i.test(
    described,
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

/** Whether all that a value holds are words that stand for a secret to come. */
export function isPlaceholder(value: Value | undefined): boolean {
  return typeof value === 'string' && PLACEHOLDER.test(value.trim());
}
