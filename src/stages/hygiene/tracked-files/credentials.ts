import { posix } from 'node:path';
import { isPlaceholder } from './entropy.ts';

/** A login in a file that a program reads its logins from. Its value is not kept. */
export interface CredentialPlace {
  readonly line: number;
  /** `a registry token`: what it is, in a sentence. */
  readonly what: string;
}

interface CredentialForm {
  /** Of the whole path. */
  readonly file: RegExp;
  /** A line that has one; the first group is its value. */
  readonly line: RegExp;
  readonly what: string;
}

const FORMS: readonly CredentialForm[] = [
  {
    file: /(^|\/)\.npmrc$/,
    line: /^\s*(?:\/\/[^=\s]{1,200}:)?(?:_authToken|_auth|_password)\s*=\s*["']?([^\s"'$]{8,500})/,
    what: 'the token of a package registry',
  },
  {
    file: /(^|\/)\.yarnrc\.yml$/,
    line: /^\s*npmAuth(?:Token|Ident):\s*["']?([^\s"'$]{8,500})/,
    what: 'the token of a package registry',
  },
  {
    file: /(^|\/)(\.pypirc|pip\.conf)$/,
    line: /^\s*(?:password\s*=\s*|(?:extra-)?index-url\s*=\s*https?:\/\/[^:@\s/]{1,100}:)([^\s@$]{8,500})/,
    what: 'the password of a package index',
  },
  {
    file: /(^|\/)[._]netrc$/,
    line: /\bpassword\s+([^\s$]{6,500})/,
    what: 'a password for a host',
  },
  {
    file: /(^|\/)(\.aws\/(credentials|config)|aws[-_]?credentials|credentials)$/,
    line: /^\s*aws_secret_access_key\s*=\s*([A-Za-z0-9/+]{40})\s*$/i,
    what: 'an AWS secret access key',
  },
  {
    file: /(^|\/)(\.docker\/config\.json|\.dockercfg|\.dockerconfigjson|config\.json)$/,
    line: /^\s*"auth"\s*:\s*"([A-Za-z0-9+/]{12,2000}={0,2})"/,
    what: 'the login of an image registry',
  },
  {
    file: /(^|\/)(\.kube\/config|kubeconfig|[\w.-]*kubeconfig[\w.-]*\.ya?ml)$/i,
    line: /^\s*(?:-\s*)?(?:token|client-key-data|password):\s*["']?([^\s"'$]{16,})/,
    what: 'the login of a Kubernetes cluster',
  },
  {
    file: /(^|\/)\.git-credentials$/,
    line: /^\s*https?:\/\/[^:@\s]{1,200}:([^@\s$]{6,500})@/,
    what: 'the login of a git server',
  },
  {
    file: /(^|\/)\.pgpass$/,
    line: /^[^#\s][^:\n]*(?::[^:\n]*){3}:([^\s$]{4,500})$/,
    what: 'the password of a database',
  },
  {
    file: /(^|\/)config\/(master|credentials\/\w+)\.key$/,
    line: /^([0-9a-f]{32})\s*$/,
    what: "Rails' master key",
  },
];

/** Every login in a file that is known to hold them, by its name and the form of its lines. */
export function credentialsIn(path: string, text: string): readonly CredentialPlace[] {
  const forms = FORMS.filter(({ file }) => file.test(path));
  if (forms.length === 0) return [];
  return text.split(/\r?\n/).flatMap((line, index) => {
    const found = forms.find((form) => {
      const value = form.line.exec(line.slice(0, 5_000))?.[1];
      return value !== undefined && !isPlaceholder(value) && !isReference(value);
    });
    return found ? [{ line: index + 1, what: found.what }] : [];
  });
}

/** A variable that is filled in later. */
function isReference(value: string): boolean {
  return /^(\$|%|\{\{|<)/.test(value);
}

/** Stores that hold a key and can't be looked into. */
export function isKeyStore(path: string): boolean {
  return /\.(p12|pfx|jks|keystore|ppk)$/i.test(path) && posix.basename(path) !== 'debug.keystore';
}
