// Points `v1` and `v1.2` at a published release: `move-tags.ts v1.2.0`. With `--back`, also where they are at a newer one.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GitHubReleases, gitHubReleases } from './github-releases.ts';
import { planMoves } from './moves.ts';
import { ReleaseProblem, stopAtProblem } from './problem.ts';
import { type RemoteTags, remoteTags } from './remote-tags.ts';

/** Moves what follows the release, and says in a line each what was moved and what was kept. */
export async function moveTags(
  release: string,
  back: boolean,
  tags: RemoteTags,
  releases: Pick<GitHubReleases, 'list'>,
): Promise<readonly string[]> {
  const plan = planMoves(release, tags.read(), back);
  const published = (await releases.list()).some(({ tag_name, draft }) => tag_name === release && !draft);
  if (!published) throw new ReleaseProblem(`${release} is not published: v1 and v1.2 follow nothing else.`);
  if (plan.moves.length > 0) tags.move(plan.moves);
  const moved = plan.moves.map(({ tag, from, to }) => {
    const before = from === undefined ? 'new' : `was ${from.slice(0, 7)}`;
    return `${tag} is ${release} (${to.slice(0, 7)}; ${before}).`;
  });
  return [...moved, ...plan.kept];
}

if (import.meta.main) {
  const [release = '', ...flags] = process.argv.slice(2);
  const { GITHUB_TOKEN, RELEASE_TOKEN, GITHUB_STEP_SUMMARY } = process.env;
  const tags = remoteTags(join(import.meta.dirname, '..', '..'), RELEASE_TOKEN || GITHUB_TOKEN);
  await stopAtProblem(async () => {
    const lines = await moveTags(release, flags.includes('--back'), tags, gitHubReleases(process.env));
    process.stdout.write(`${lines.join('\n')}\n`);
    if (GITHUB_STEP_SUMMARY) appendFileSync(GITHUB_STEP_SUMMARY, `${lines.join('\n\n')}\n`);
  });
}
