import type { Rule } from '../rule.ts';
import type { TrackedFiles } from './subject.ts';

/** Made here so that no scanner takes them for keys that somebody uses. */
const exampleId = ['AKIA', 'Q3EGXZ5M', 'T7WLVB2N'].join('');
const exampleSecret = ['h7Kq2mVx9Zr4pT1w', 'Lc8Yd3Nf6Bg5Js0+', 'Ha1uQe7R'].join('');

/** DG030: an AWS access key in a tracked text. */
export const trackedAccessKeys: Rule<TrackedFiles> = {
  code: 'DG030',
  summary: 'An AWS access key is tracked by git',
  level: 'error',
  why: 'Keys in public repositories are found and used within minutes, mostly to start the largest machines there are. In private ones they work for everybody who ever cloned it, and keep working when these people have left.',
  how: "Reads every tracked text for `AKIA` or `ASIA` and 16 characters of base32. With 40 characters of random base64 within five lines, which is what the secret looks like, it is an error; without, a warning: an id alone opens nothing, and its secret is often close. The keys of AWS's documentation (`AKIAIOSFODNN7EXAMPLE`), placeholders and ids alone in files for tests are left alone.",
  fix: 'Deactivate the key now, then see what it was used for, and delete it:\n\n```sh\naws iam update-access-key --access-key-id ID --status Inactive\naws iam get-access-key-last-used --access-key-id ID\n```\n\nThe history keeps it, so removing the line is not enough. A workflow needs no key at all: use `role-to-assume` ([iam.md](iam.md#the-role-and-its-trust-policy)).',
  source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes',
  see: "git grep -n -I -E '(AKIA|ASIA)[A-Z2-7]{16}'",
  examples: {
    fails: [
      {
        name: 'a key with its secret',
        files: {
          'deploy.sh': `#!/bin/sh\nexport AWS_ACCESS_KEY_ID=${exampleId}\nexport AWS_SECRET_ACCESS_KEY=${exampleSecret}\n`,
        },
        at: ['deploy.sh:2'],
      },
      {
        name: 'an id alone',
        files: { 'docs/setup.md': `Use the key ${exampleId}.\n` },
        at: ['docs/setup.md:1'],
      },
    ],
    passes: [
      {
        name: "keys of AWS's documentation, a placeholder, an id for tests",
        files: {
          'README.md': `AKIA${'IOSFODNN7EXAMPLE'} and ASIA${'XXXXXXXXXXXXXXXX'}\n`,
          'tests/keys.py': `KEY = "${exampleId}"\n`,
          'data.txt': `${'A'.repeat(9)}${exampleId}AAAA\n`,
        },
      },
    ],
  },
  find: ({ seen }) =>
    seen.flatMap(({ path, awsKeys, isTest }) =>
      awsKeys
        .filter(({ hasSecret }) => hasSecret || !isTest)
        .map(({ line, hasSecret }) => ({
          where: { file: path, line },
          ...(hasSecret ? {} : { level: 'warning' as const }),
          title: hasSecret
            ? 'An AWS access key and its secret are tracked by git.'
            : 'The id of an AWS access key is tracked by git: its secret does not stand near it.',
          fix: hasSecret
            ? 'Deactivate the key now (`aws iam update-access-key --access-key-id ID --status Inactive`): the history keeps it. Then use `role-to-assume`, which needs no key.'
            : 'Take it out, and make sure that its secret is nowhere in the history: `git log -p -S AKIA`.',
        })),
    ),
};
