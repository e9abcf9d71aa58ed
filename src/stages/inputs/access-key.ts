import type { Finding } from '../../finding.ts';

/** An access key, and where it comes from. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  readonly sessionToken: string | undefined;
  /** `inputs`, or the variables AWS_… of the environment. */
  readonly from: 'inputs' | 'environment';
}

/** IAM user guide, "IAM identifiers": a permanent key and one of a session. Both have 20 characters. */
const KEY_ID = /^A[KS]IA[A-Z0-9]{16}$/;
const SECRET = /^[A-Za-z0-9/+=]{40}$/;
/** Same page, "Understanding unique ID prefixes": ids of other things than keys. */
const OTHER_IDS: Readonly<Record<string, string>> = {
  AIDA: 'a user',
  AROA: 'a role',
  AGPA: 'a group',
  AIPA: 'an instance profile',
  ANPA: 'a managed policy',
};

/** What is wrong with the shape of an access key: the first thing, of which the others may be a consequence. */
export function accessKeyProblem(key: AccessKey): Finding | undefined {
  const { id, secret, sessionToken } = key;
  const [idName, secretName, tokenName] = namesOf(key.from);
  if (SECRET.test(id) && KEY_ID.test(secret)) return swapped(idName, secretName);
  const idFault = faultOfId(id);
  if (idFault) return notAnId(idName, idFault);
  // Another prefix is left to AWS, or to what plays it.
  if (!KEY_ID.test(id)) return undefined;
  const secretFault = faultOfSecret(secret);
  if (secretFault) return notASecret(secretName, secretFault);
  if (id.startsWith('ASIA') && !sessionToken) return noToken(idName, tokenName);
  if (id.startsWith('AKIA') && sessionToken) return tokenTooMany(idName, tokenName);
  const tokenFault = sessionToken && faultOfText(sessionToken);
  return tokenFault ? notAToken(tokenName, tokenFault) : undefined;
}

function namesOf(from: AccessKey['from']): readonly [string, string, string] {
  return from === 'inputs'
    ? ['`aws-access-key-id`', '`aws-secret-access-key`', '`aws-session-token`']
    : ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
}

function faultOfId(id: string): string | undefined {
  if (id.includes('${{')) return 'is an expression that GitHub did not evaluate, `${{ … }}`';
  if (id !== id.trim()) return 'starts or ends with white space or a line break';
  if (SECRET.test(id)) return 'has the 40 characters of a secret access key';
  const other = OTHER_IDS[id.slice(0, 4)];
  if (other && /^[A-Z0-9]{16,}$/.test(id)) return `is the id of ${other}, not of an access key`;
  if (/^A[KS]IA/.test(id) && !KEY_ID.test(id))
    return 'does not have the 20 capital letters and digits of one';
  // API_AccessKey: 16 to 128 word characters.
  return /^\w{4,128}$/.test(id) ? undefined : 'is no access key id, which looks like `AKIA…` or `ASIA…`';
}

function faultOfSecret(secret: string): string | undefined {
  return faultOfText(secret) ?? (SECRET.test(secret) ? undefined : 'does not have the 40 characters of one');
}

/** What goes wrong with any text on its way into a secret. */
function faultOfText(text: string): string | undefined {
  if (text.includes('${{')) return 'is an expression that GitHub did not evaluate, `${{ … }}`';
  if (text !== text.trim()) return 'starts or ends with white space or a line break';
  if (/^(["'`]).*\1$/s.test(text)) return 'stands in quotes, which are part of its value';
  return undefined;
}

function again(name: string): string {
  const secret = name.replaceAll('`', '').toUpperCase().replaceAll('-', '_');
  return `Set the secret behind it again (\`gh secret set ${secret}\`), and pass it as \`\${{ secrets.${secret} }}\` without quotes inside.`;
}

function notAnId(name: string, fault: string): Finding {
  return {
    code: 'DG121',
    level: 'error',
    title: `${name} ${fault}.`,
    fix: `${again(name)} The id is at IAM › Users › Security credentials, and looks like \`AKIA…\`.`,
  };
}

function notASecret(name: string, fault: string): Finding {
  return {
    code: 'DG122',
    level: 'error',
    title: `${name} ${fault}.`,
    fix: `${again(name)} AWS shows it once, when the key is made: make a new key if it is lost.`,
  };
}

function notAToken(name: string, fault: string): Finding {
  return {
    code: 'DG126',
    level: 'error',
    title: `${name} ${fault}.`,
    fix: `${again(name)} Or use \`role-to-assume\`, which needs no keys.`,
  };
}

function swapped(id: string, secret: string): Finding {
  return {
    code: 'DG123',
    level: 'error',
    title: `${id} and ${secret} are swapped: the one has the shape of the other.`,
    fix: 'Swap the values of the two secrets. The id looks like `AKIA…`, the secret key has 40 characters. As the secret key may have been printed as an id somewhere, make a new one soon.',
  };
}

function noToken(id: string, token: string): Finding {
  return {
    code: 'DG124',
    level: 'error',
    title: `${id} is of a temporary key (\`ASIA…\`), which works with its session token alone, and ${token} is empty.`,
    fix: `Pass ${token} of the same session, or use \`role-to-assume\`, which needs no keys.`,
  };
}

function tokenTooMany(id: string, token: string): Finding {
  return {
    code: 'DG125',
    level: 'error',
    title: `${token} is set, but ${id} is of a permanent key (\`AKIA…\`), which has none: AWS would refuse the pair.`,
    fix: `Leave ${token} empty, or pass the id and secret key of the session that the token belongs to.`,
  };
}
