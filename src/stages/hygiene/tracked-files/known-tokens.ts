import type { Rule } from '../rule.ts';
import type { TrackedFiles } from './subject.ts';
import { checksum } from './tokens.ts';

/** Tokens with the form of real ones, made here so that no scanner takes them for such. */
const random = ['m2Kq7Vx9Zr4pT1wL', 'c8Yd3Nf6Bg5JsH'].join('');
const githubToken = `ghp_${random}${checksum(random)}`;
const webhook = [
  'https://hooks.slack',
  '.com/services/T02QF7RKX/B05JN8WZM/',
  'm2Kq7Vx9Zr4pT1wLc8Yd3Nf6',
].join('');

/** DG031: a token of a known form in a tracked text. */
export const trackedTokens: Rule<TrackedFiles> = {
  code: 'DG031',
  summary: 'A token of a known service is tracked by git',
  level: 'error',
  why: 'A token works for whoever has it, from anywhere, until it is taken back. A Slack webhook lets anybody write into the channel that your deploys are told in.',
  how: 'Reads every tracked text for tokens that can be told from other text: of GitHub and npm (their last six characters are a checksum, which has to fit), GitLab, Slack (tokens and webhooks), Stripe (live keys alone), PyPI, Docker Hub, SendGrid, DigitalOcean, Anthropic and OpenAI. Placeholders, and values of few different characters, are left alone.',
  fix: 'Take the token back where it was given out, then remove it from the file: the history keeps it. In a workflow, read it from the secrets: `${{ secrets.NAME }}`.',
  source:
    'https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns',
  see: "git grep -n -I -E 'gh[pousr]_[A-Za-z0-9]{36}|hooks.slack.com/services/T'",
  examples: {
    fails: [
      {
        name: 'a GitHub token',
        files: { 'scripts/release.py': `import os\nTOKEN = "${githubToken}"\n` },
        at: ['scripts/release.py:2'],
      },
      {
        name: 'a Slack webhook',
        files: { '.github/workflows/deploy.yml': `env:\n  SLACK: ${webhook}\n` },
        at: ['.github/workflows/deploy.yml:2'],
      },
    ],
    passes: [
      {
        name: 'a wrong checksum, placeholders, and a variable',
        files: {
          'README.md': `ghp_${'a'.repeat(36)} and ghp_${random}000000\n`,
          'docs/slack.md': `https://hooks.slack${'.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX'}\n`,
          'ci.yml': 'token: ${{ secrets.GITHUB_TOKEN }}\n',
        },
      },
    ],
  },
  find: ({ seen }) =>
    seen.flatMap(({ path, tokens }) =>
      tokens.map(({ line, what, revoke }) => ({
        where: { file: path, line },
        title: `What stands here is ${what}, and git tracks it.`,
        fix: `Take it back (${revoke}) before you remove it from the file: the history keeps it.`,
      })),
    ),
};
