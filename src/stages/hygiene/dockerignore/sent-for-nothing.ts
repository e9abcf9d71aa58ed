import { size } from '../../report/words.ts';
import type { Rule } from '../rule.ts';
import type { BuildContext } from './build-context.ts';
import { addLines, sizedList } from './words.ts';

/** Less is sent in a moment. In bytes. */
const LARGE = 20_000_000;

/** DG023: the classic builder sends what no instruction takes. */
export const sentForNothing: Rule<BuildContext> = {
  code: 'DG023',
  summary: 'The classic builder is sent what no instruction takes',
  level: 'note',
  why: 'Without buildx, docker packs the whole build context and sends it to the engine before the first step, whatever the Dockerfile copies. That is waited for in each deployment.',
  how: 'Where docker has no buildx: adds up `.git`, and what no image needs, as far as `.dockerignore` does not leave it out and no `COPY` takes it. From 20 MB on it is told.',
  fix: 'Leave it out in `.dockerignore`, or build with BuildKit, which asks for what it needs: `- uses: docker/setup-buildx-action@v3` before this step.',
  source: 'https://docs.docker.com/build/concepts/context/#local-context',
  see: 'docker buildx version',
  examples: {
    fails: [
      {
        name: 'a large history',
        files: { Dockerfile: 'FROM python:3.13-slim\nCOPY app /app\n', 'app/main.py': '' },
        untracked: { '.git/': 'x'.repeat(21_000_000) },
        builder: 'classic',
        at: ['Dockerfile'],
      },
    ],
    passes: [
      {
        name: 'BuildKit',
        files: { Dockerfile: 'FROM python:3.13-slim\nCOPY app /app\n', 'app/main.py': '' },
        untracked: { '.git/': 'x'.repeat(21_000_000) },
        builder: 'buildkit',
      },
      {
        name: 'it is left out',
        files: { Dockerfile: 'FROM python:3.13-slim\nCOPY app /app\n', '.dockerignore': '.git\n' },
        untracked: { '.git/': 'x'.repeat(21_000_000) },
        builder: 'classic',
      },
    ],
  },
  find: (context) => {
    if (context.builder !== 'classic') return [];
    const sent = [...(context.git ? [context.git] : []), ...context.unneeded].filter(
      ({ copy }) => copy === undefined,
    );
    const bytes = sent.reduce((sum, entry) => sum + entry.bytes, 0);
    if (bytes < LARGE) return [];
    return [
      {
        where: { file: context.dockerfile },
        title: `The classic builder is sent ${size(bytes)} that no instruction takes: ${sizedList(sent)}.`,
        fix: addLines(
          context,
          sent.map(({ path }) => path),
        ),
      },
    ];
  },
};
