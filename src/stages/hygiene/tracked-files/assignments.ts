import { entropy, isPlaceholder } from './entropy.ts';

/** A variable that is given a secret's value. The value is not kept. */
export interface SecretAssignment {
  readonly line: number;
  readonly name: string;
}

const ASSIGNMENT = /^\s*(?:export\s+)?["']?([A-Za-z_][\w.-]{0,100})["']?\s*[=:]\s*(\S.{0,3999})$/;
const SECRET_NAME =
  /passwo?r?d|passwd|passphrase|(^|_)(pwd|pass)($|_)|secret|token|api_?key|access_?key|private_?key|signing_?key|encryption_?key|master_?key|credential|webhook/i;
/** Keys that may be anything, so that their value has to look made by a generator. */
const KEY_NAME =
  /^(app|jwt|license|openai|anthropic|stripe|sendgrid|mailgun|session|cookie|hmac|crypt\w*|auth)_key$/i;
/** Names that are about a secret, and do not hold it. */
const ABOUT_A_SECRET =
  /(_|^)(file|path|arn|name|names|id|ids|url|uri|host|expir\w*|ttl|length|len|policy|enabled?|rotation|version|type|header|field|algorithm|alg|issuer|audience|lifetime|minutes|seconds|days|limit|max|min|count|public|region|endpoint|prefix|suffix|username|user|key_id|manager|provider|store|location|hashers?|backend|reset|driver|engine|strength|regex|pattern|rules?|mode|format|class|namespace|scopes?)$|tokeni[sz]|^(next_public|vite|react_app|nuxt_public|gatsby|expo_public|public)_|publi[cs]h|max_tokens/i;
/** Values for a developer's own machine, which open nothing else. */
const DEVELOPMENT =
  /^(postgres(ql)?|mysql|root|admin(istrator)?|pass(word)?\d{0,4}!?|passwd|secret\w{0,4}|token|test\w*|dev\w*|local\w*|guest|user|minio(admin)?|rabbitmq|redis|mongo|app|django-insecure.*|none|null|undefined|true|false|yes|no|empty|string|todo|tbd|fixme|unset|keyboard cat|secret[_-]?key|\d{1,5})$/i;
/** What sets nothing: switched off, or left empty. */
const NO_VALUE = /^(|none|null|undefined|true|false|yes|no|on|off|empty|unset|\d{1,2})$/i;
/** Words of a person for a person, such as `orders_password`. */
const WORDS = /^[a-z]+([_-][a-z]+)*[_-](password|secret|token|key)$|^(password|secret|token)[_-][a-z]+$/i;
/** References to where the value is, and values that are encrypted (dotenvx, sops, ansible-vault). */
const ELSEWHERE =
  /^(\$|%|@|\{\{|arn:|op:\/\/|vault[:.]|ssm:|secretsmanager:|file:|env[:.(]|var\.|data\.|local\.|module\.|encrypted:|ENC\[|\/|\.\/)/i;
const URL_WITH_PASSWORD = /^[a-z][a-z+.-]*:\/\/[^\s:/@]{0,100}:([^\s@/]{1,200})@/i;

/** The variables in a file of assignments (.env, tfvars) that are given a secret's value, in order. */
export function secretAssignments(text: string): readonly SecretAssignment[] {
  return assignmentsIn(text, isSecret);
}

/** The variables whose name says that they hold a secret, with a value that is made up, weak or a placeholder. */
export function standInAssignments(text: string): readonly SecretAssignment[] {
  return assignmentsIn(
    text,
    (name, value) =>
      isNamedSecret(name) &&
      !isSecret(name, value) &&
      !isAddress(name, value) &&
      !ELSEWHERE.test(value) &&
      !NO_VALUE.test(value),
  );
}

/** Symfony's own `.env`, which is made to be tracked: Flex writes what a package needs between such lines. */
const SYMFONY = /^###> symfony\/framework-bundle ###\r?$/m;

/** Whether a framework writes its `.env` with the defaults that all share, and reads the real values from elsewhere. */
export function isFrameworkDefaults(text: string): boolean {
  return SYMFONY.test(text);
}

function assignmentsIn(
  text: string,
  wanted: (name: string, value: string) => boolean,
): readonly SecretAssignment[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const [, name = '', written = ''] = ASSIGNMENT.exec(line.slice(0, 5_000)) ?? [];
    return name !== '' && wanted(name, bareValue(written)) ? [{ line: index + 1, name }] : [];
  });
}

function isSecret(name: string, value: string): boolean {
  const [, password] = URL_WITH_PASSWORD.exec(value) ?? [];
  if (password !== undefined) return isRealValue(decoded(password));
  if (KEY_NAME.test(name)) return isRealValue(value) && isGenerated(value.replace(/^base64:/, ''));
  return isNamedSecret(name) && isRealValue(value) && !isAddress(name, value);
}

/** An address is none, but for one that is asked by whoever knows it. */
function isAddress(name: string, value: string): boolean {
  return /^https?:\/\//i.test(value) && !/webhook/i.test(name);
}

function isNamedSecret(name: string): boolean {
  return SECRET_NAME.test(name) && !ABOUT_A_SECRET.test(name);
}

function isGenerated(value: string): boolean {
  return value.length >= 16 && /\d/.test(value) && /[a-z]/i.test(value) && entropy(value) >= 3;
}

function isRealValue(value: string): boolean {
  return (
    value.length >= 6 &&
    !ELSEWHERE.test(value) &&
    !DEVELOPMENT.test(value) &&
    !WORDS.test(value) &&
    !isPlaceholder(value)
  );
}

/** The value without its quotes, and without a comment behind it. */
function bareValue(written: string): string {
  const text = written.trim();
  const [, , quoted] = /^(["'])(.*?)\1/.exec(text) ?? [];
  return quoted ?? text.replace(/(?<!\s)\s+#.*$/, '').replace(/,$/, '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
