import { posix } from 'node:path';

/** What a file is that holds secrets by its very name. */
export type SecretFileKind = 'environment' | 'key' | 'state' | 'variables' | 'credentials';

/** Parts of a name that say that the file is a pattern for others, or is encrypted (dotenv-vault, sops, git-crypt). */
const PATTERN_NAME =
  /(^|[._-])(examples?|samples?|templates?|tmpl|tpl|dist|defaults?|skeleton|stub|mock|fake|dummy|placeholder|schema|vault|enc|encrypted|sops|age|gpg|j2|erb|md)([._-]|$)/i;
const TEST_FOLDER =
  /(^|\/)(tests?|__tests__|spec|specs|e2e|testing|testdata|test[-_]?data|test[-_]?resources|fixtures?|__fixtures__|mocks?|__mocks__|examples?|samples?|node_modules|vendor|third[-_]party|testsuite|src\/test|integration[-_]?tests?)\//i;
const TEST_NAME = /(^|[._-])(tests?|spec|fixture|mock)([._-]|$)/i;

/** Whether a file's name says that it is a pattern to copy, or encrypted: nobody's secrets are in it. */
export function isPatternFile(path: string): boolean {
  return PATTERN_NAME.test(posix.basename(path));
}

/** Whether a file is there for tests or examples, or is somebody else's: keys in it are made for that. */
export function isTestFile(path: string): boolean {
  return TEST_FOLDER.test(path) || TEST_NAME.test(posix.basename(path));
}

const KINDS: readonly (readonly [RegExp, SecretFileKind])[] = [
  [/^\.env(\.[\w.-]+)?$|^[\w-]+\.env$/i, 'environment'],
  [/^id_(rsa|dsa|ecdsa|ed25519)(_sk)?$|\.(pem|key|p12|pfx|jks|keystore|ppk|p8)$/i, 'key'],
  [/\.tfstate(\.[\w.-]*backup)?$|^terraform\.tfstate\.d$/i, 'state'],
  [/\.tfvars(\.json)?$/i, 'variables'],
  [
    /^(\.git-credentials|\.netrc|_netrc|\.pgpass|\.my\.cnf|\.pypirc|\.htpasswd|\.dockercfg|\.s3cfg|\.boto|kubeconfig|master\.key|gha-creds-[0-9a-f]+\.json)$/i,
    'credentials',
  ],
];
const CREDENTIALS_IN_FOLDER =
  /(^|\/)(\.aws\/credentials|\.docker\/config\.json|\.kube\/config|\.ssh\/id_\w+)$/i;

/** What secrets a file holds by its name; undefined where the name says nothing, or that it is a pattern. */
export function secretFileKind(path: string): SecretFileKind | undefined {
  if (isPatternFile(path)) return undefined;
  if (CREDENTIALS_IN_FOLDER.test(path)) return 'credentials';
  const name = posix.basename(path);
  return KINDS.find(([pattern]) => pattern.test(name))?.[1];
}
