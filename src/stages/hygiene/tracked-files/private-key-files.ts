import type { Hit, Rule } from '../rule.ts';
import { isPatternFile } from '../secret-paths.ts';
import { isKeyStore } from './credentials.ts';
import type { PrivateKeyPlace } from './private-keys.ts';
import type { SeenFile, TrackedFiles } from './subject.ts';
import { untrack } from './untrack.ts';

/** A key's text for the examples, made here so that no scanner takes it for one that somebody uses. */
const exampleKey = (kind: string, extra = '') =>
  [
    `-----BEGIN ${kind}PRIVATE KEY-----`,
    `${extra}${Buffer.concat([Buffer.from([0x30, 0x77]), Buffer.from('not a key: an example of its form, long enough')]).toString('base64')}`,
    `-----END ${kind}PRIVATE KEY-----`,
    '',
  ].join('\n');

/** DG027: a private key that is tracked. */
export const trackedPrivateKeys: Rule<TrackedFiles> = {
  code: 'DG027',
  summary: 'A private key is tracked by git',
  level: 'error',
  why: 'Whoever can read the repository, one of its clones or a copy of the image can be the server, the user or the service account that the key stands for. Deleting the file does not help: the history keeps it.',
  how: "Reads every tracked text for `-----BEGIN … PRIVATE KEY-----` with a key after it: an ASN.1 sequence, or OpenSSH's format. Code that only looks for such a heading has none. One with a passphrase, and key stores by their name (`*.p12`, `*.pfx`, `*.jks`, `*.keystore`, `*.ppk`), are warnings. Keys in files for tests, fixtures and examples, and those that a comment right above says to be for tests, are left alone.",
  fix: 'Replace the key where it is used, because the history keeps it. Then:\n\n```sh\ngit rm --cached path/to/key.pem\necho "*.pem" >> .gitignore\n```\n\nKeep keys in AWS Secrets Manager, and name them by `secrets` in the task definition.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html',
  see: "git grep -l -E 'BEGIN [A-Z ]*PRIVATE KEY'",
  examples: {
    fails: [
      { name: 'a key file', files: { 'deploy/id_rsa': exampleKey('RSA ') }, at: ['deploy/id_rsa:1'] },
      {
        name: 'the key of a service account, in JSON',
        files: {
          'config/account.json': `{\n  "type": "service_account",\n  "private_key": ${JSON.stringify(exampleKey(''))}\n}\n`,
        },
        at: ['config/account.json:3'],
      },
      {
        name: 'with a passphrase',
        files: { 'key.pem': exampleKey('RSA ', 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A1B\n\n') },
        at: ['key.pem:1'],
      },
      { name: 'a key store', files: { 'release.jks': '\0' }, at: ['release.jks'] },
    ],
    passes: [
      {
        name: 'a certificate, code that looks for keys, a key for tests',
        files: {
          'ca.pem': exampleKey('').replaceAll('PRIVATE KEY', 'CERTIFICATE'),
          'src/scan.py':
            'HEADING = "-----BEGIN RSA PRIVATE KEY-----"\nif HEADING in text:\n    raise ValueError\n',
          'tests/server.key': exampleKey(''),
          'debug.keystore': '\0',
          fake_private: exampleKey('RSA '),
          'sign.py': `# A test key, used nowhere\nKEY = """${exampleKey('RSA ')}"""\n`,
        },
      },
    ],
  },
  find: ({ seen }) => seen.filter(({ isTest, path }) => !isTest && !isPatternFile(path)).flatMap(hits),
};

function hits(file: SeenFile): readonly Hit[] {
  const { path, privateKeys, isText } = file;
  if (!isText && isKeyStore(path)) {
    return [
      {
        where: { file: path },
        level: 'warning',
        title: 'A key store is tracked by git: its password is all that keeps the keys in it.',
        fix: `Replace the keys where they are used, because the history keeps them. ${untrack(path)}`,
      },
    ];
  }
  return privateKeys.map((place) => keyHit(path, place));
}

function keyHit(path: string, { line, isEncrypted }: PrivateKeyPlace): Hit {
  return {
    where: { file: path, line },
    ...(isEncrypted ? { level: 'warning' } : {}),
    title: isEncrypted
      ? 'A private key is tracked by git: its passphrase is all that keeps it.'
      : 'A private key is tracked by git: whoever reads the repository has it.',
    fix: `Replace the key where it is used, because the history keeps it. ${untrack(path)}`,
  };
}
