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
  /^(x+|\*+|-+|\.+|<.*>|changeme|change[-_]?(me|this|it).*|placeholder|dummy.*|fake.*|example.*|test(ing)?|todo|tbd|none|null|nil|undefined|unset|empty|your[-_ ].*|insert[-_ ].*|secret|not[-_]?a?[-_]?secret|build(time)?|ignored?|unused|default|replace[-_]?me.*)$/i;
const NO_SECRET = /^(true|false|yes|no|on|off|\d{1,5}|(\.{0,2}\/).*|.*\.(json|pem|key|crt|txt|ya?ml|env))$/i;

/** Whether a value only holds the place of one. */
export function isStandIn(value: string): boolean {
  return value === '' || STAND_INS.test(value) || NO_SECRET.test(value);
}

/** Credentials that their form gives away, and what they are. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/\b(AKIA|ASIA)[A-Z2-7]{16}\b/, 'an AWS access key id'],
  [/\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})\b/, 'a GitHub token'],
  [/\bglpat-[A-Za-z0-9_-]{20,}/, 'a GitLab token'],
  [/\bxox[abprs]-[A-Za-z0-9-]{20,}/, 'a Slack token'],
  [/https:\/\/hooks\.slack\.com\/services\/T\w+\/B\w+\/\w{16,}/, 'a Slack webhook'],
  [/\b[sr]k_live_[A-Za-z0-9]{16,}/, 'a Stripe key'],
  [/\bnpm_[A-Za-z0-9]{36}\b/, 'an npm token'],
  [/\bpypi-AgE[A-Za-z0-9_-]{50,}/, 'a PyPI token'],
  [/\bAIza[A-Za-z0-9_-]{35}\b/, 'a Google API key'],
  [/-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/, 'a private key'],
];

/** What kind of credential a text holds by its form; undefined where it holds none. Never the credential itself. */
export function credentialIn(text: string): string | undefined {
  const known = FORMS.find(([form]) => form.test(text))?.[1];
  if (known !== undefined) return known;
  for (const [, user = '', password = '', host = ''] of text.matchAll(URL_PASSWORD)) {
    const isLocal = !host.includes('.') || /^127\./.test(host);
    const isDefault =
      password === user || isStandIn(password) || /^(pass(word)?|postgres|root|admin|guest)$/i.test(password);
    if (!(isLocal && isDefault) && !/^[$<{[%]/.test(password) && !isStandIn(password))
      return 'a password in a URL';
  }
  return undefined;
}

const URL_PASSWORD = /\b[a-z][a-z\d+.-]{1,20}:\/\/([^\s:/@"'$]{0,64}):([^\s/@"']{1,128})@([\w.-]{1,253})/gi;
