import { isPlaceholder } from './entropy.ts';

/** A variable that is given a secret's value. The value is not kept. */
export interface SecretAssignment {
  readonly line: number;
  readonly name: string;
}

const ASSIGNMENT = /^\s*(?:export\s+)?["']?([A-Za-z_][\w.-]{0,100})["']?\s*[=:]\s*(.{1,4000})$/;
const SECRET_NAME =
  /passwo?r?d|passwd|passphrase|(^|_)pwd($|_)|secret|token|api_?key|access_?key|private_?key|signing_?key|encryption_?key|credential|webhook/i;
/** Names that are about a secret, and do not hold it. */
const ABOUT_A_SECRET =
  /(_|^)(file|path|arn|name|names|id|ids|url|uri|host|expir\w*|ttl|length|len|policy|enabled?|rotation|version|type|header|field|algorithm|alg|issuer|audience|lifetime|minutes|seconds|days|limit|max|min|count|public|region|endpoint|prefix|suffix|username|user|key_id|manager|provider|store|location)$|^(next_public|vite|react_app|nuxt_public|gatsby|expo_public|public)_|publi[cs]h|max_tokens/i;
/** Values for a developer's own machine, which open nothing else. */
const DEVELOPMENT =
  /^(postgres(ql)?|mysql|root|admin(istrator)?|pass(word)?\d{0,4}!?|passwd|secret\w{0,4}|token|test\w*|dev\w*|local\w*|guest|user|minio(admin)?|rabbitmq|redis|mongo|app|django-insecure.*|none|null|undefined|true|false|yes|no|empty|string|todo|tbd|fixme|unset|secret[_-]?key|\d{1,5})$/i;
/** Words of a person for a person, such as `orders_password`. */
const WORDS = /^[a-z]+([_-][a-z]+)*[_-](password|secret|token|key)$|^(password|secret|token)[_-][a-z]+$/i;
/** References to where the value is, and values that are encrypted (dotenvx, sops, ansible-vault). */
const ELSEWHERE =
  /^(\$|%|@|\{\{|arn:|op:\/\/|vault[:.]|ssm:|secretsmanager:|file:|env[:.(]|var\.|data\.|local\.|module\.|encrypted:|ENC\[|\/|\.\/)/i;
const URL_WITH_PASSWORD = /^[a-z][a-z+.-]*:\/\/[^\s:/@]{1,100}:([^\s@/]{1,200})@/i;

/** The variables in a file of assignments (.env, tfvars) that are given a secret's value, in order. */
export function secretAssignments(text: string): readonly SecretAssignment[] {
  return text.split('\n').flatMap((line, index) => {
    const [, name = '', written = ''] = ASSIGNMENT.exec(line.slice(0, 5_000)) ?? [];
    return name !== '' && isSecret(name, bareValue(written)) ? [{ line: index + 1, name }] : [];
  });
}

function isSecret(name: string, value: string): boolean {
  const [, password] = URL_WITH_PASSWORD.exec(value) ?? [];
  if (password !== undefined) return isRealValue(decoded(password));
  return SECRET_NAME.test(name) && !ABOUT_A_SECRET.test(name) && isRealValue(value);
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
  return quoted ?? text.replace(/\s+#.*$/, '').replace(/,$/, '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
