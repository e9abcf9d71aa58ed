import { isPlaceholder } from '../tracked-files/entropy.ts';

/** Words in a variable's name that say that its value is a secret. */
const SECRET =
  /(^|_)(PASS|PASSWD|PASSWORD|PASSPHRASE|PWD|SECRET|SECRETS|TOKEN|APIKEY|API_KEY|ACCESS_KEY|ACCESS_KEY_ID|SECRET_KEY|SECRET_KEY_BASE|PRIVATE_KEY|ENCRYPTION_(\w+_)?KEY|SIGNING_KEY|MASTER_KEY|AUTH_KEY|CREDENTIALS?)$/;
const JOINED = /(PASSWORD|PASSWD|SECRET|TOKEN|APIKEY)$/;

/** Names that begin so go to every browser, by the build tools' own rules. */
const PUBLIC =
  /^(NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC|EXPO_PUBLIC|PUBLIC|GATSBY)_|PUBLIC_(TOKEN|API_?KEY|KEY)$/;

/** Whether a variable's name says that its value is a secret. `PWD` alone is the shell's working directory. */
export function namesSecret(name: string): boolean {
  const upper = name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toUpperCase();
  if (upper === 'PWD' || upper === 'OLDPWD' || PUBLIC.test(upper)) return false;
  return SECRET.test(upper) || JOINED.test(upper);
}

/** What stands for a value until somebody sets it, and what is no secret by its form: a switch, a number, a path. */
const STAND_INS =
  /^(x+|\*+|-+|\.+|<.*>|changeme|change[-_]?(me|this|it).*|placeholder|dummy.*|cafebabe|fake.*|example.*|test(ing)?|todo|tbd|none|null|nil|undefined|unset|empty|your[-_ ].*|insert[-_ ].*|secret|not[-_]?a?[-_]?secret|build(time)?|ignored?|unused|default|replace[-_]?me.*)$/i;
const NO_SECRET = /^(true|false|yes|no|on|off|\d{1,5}|(\.{0,2}\/).*|.*\.(json|pem|key|crt|txt|ya?ml|env))$/i;

/** Whether a value only holds the place of one. */
export function isStandIn(value: string): boolean {
  return value === '' || STAND_INS.test(value) || NO_SECRET.test(value) || isPlaceholder(value);
}

const URL_PASSWORD = /\b[a-z][a-z\d+.-]{1,20}:\/\/([^\s:/@"'$]{0,64}):([^\s/@"']{1,128})@([\w.-]{1,253})/gi;
const COMMON = /^(pass(word)?|postgres|root|admin|guest)$/i;

/**
 * Whether a text has a URL with a password that opens something: not a variable, not a placeholder, and no default of
 * a database beside it.
 */
export function hasUrlPassword(text: string): boolean {
  return [...text.matchAll(URL_PASSWORD)].some(([, user = '', password = '', host = '']) => {
    const isLocal = !host.includes('.') || host.startsWith('127.');
    const isDefault = password === user || COMMON.test(password);
    return !/^[$<{[%]/.test(password) && !isStandIn(password) && !(isLocal && isDefault);
  });
}
