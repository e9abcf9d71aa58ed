// Stops a release that can't be one before anything is tested: `check.ts v1.2.0`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { headCommit } from './checkout.ts';
import { alreadyPublished, type GitHubReleases, gitHubReleases } from './github-releases.ts';
import { ReleaseProblem, stopAtProblem } from './problem.ts';
import { isOnOneOf, releaseBranches } from './release-branches.ts';
import { remoteTags } from './remote-tags.ts';
import { checkReusableAction } from './reusable-action.ts';
import { versionOf } from './version.ts';

/**
 * Throws a ReleaseProblem unless the name is a release's, the package has that version, a branch that is released from
 * has the commit, and neither the tag nor a published release of that name stands for something else.
 */
export async function checkRelease(
  tag: string,
  folder: string,
  releases: Pick<GitHubReleases, 'list'>,
  token: string | undefined,
): Promise<void> {
  const parts = versionOf(tag);
  if (!parts) throw new ReleaseProblem(`${tag} is no release. Its name is one such as v1.2.0.`);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  if (`v${version}` !== tag) {
    throw new ReleaseProblem(
      `package.json says ${version}, and ${tag} is to be released. Set the version there and in src/version.ts, build dist/, and commit the three.`,
    );
  }
  const head = headCommit(folder);
  const branches = releaseBranches(parts);
  if (!isOnOneOf(branches, head, folder, token)) {
    throw new ReleaseProblem(
      `${head.slice(0, 7)} is on none of the branches that ${tag} may be released from: ${branches.join(', ')}. Merge it into one of them, and release what is there: docs/releases.md.`,
    );
  }
  const tagged = remoteTags(folder, token).read().get(tag);
  if (tagged !== undefined && tagged !== head) {
    throw new ReleaseProblem(
      `${tag} is a tag already, at ${tagged.slice(0, 7)} and not at ${head.slice(0, 7)}. Release the next number, or delete the tag if nothing was published under it.`,
    );
  }
  const published = (await releases.list()).some(({ tag_name, draft }) => tag_name === tag && !draft);
  if (published) throw alreadyPublished(tag);
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, '..', '..');
  const [, , tag = ''] = process.argv;
  const { GITHUB_TOKEN, GITHUB_REPOSITORY } = process.env;
  await stopAtProblem(async () => {
    await checkRelease(tag, folder, gitHubReleases(process.env), GITHUB_TOKEN);
    const version = versionOf(tag);
    if (version && GITHUB_REPOSITORY) checkReusableAction(version, folder, GITHUB_REPOSITORY);
  });
}
