// Makes a drafted release public, once: `publish.ts v1.2.0`.
import { type GitHubRelease, gitHubReleases } from './github-releases.ts';
import { ReleaseProblem, stopAtProblem } from './problem.ts';
import { compareVersions, type Version, versionOf } from './version.ts';

/** Whether no published release is newer. A pre-release never is the newest. */
export function isNewest(version: Version, releases: readonly GitHubRelease[]): boolean {
  if (version.preRelease !== undefined) return false;
  return releases
    .filter(({ draft }) => !draft)
    .every(({ tag_name }) => {
      const other = versionOf(tag_name);
      return !other || other.preRelease !== undefined || compareVersions(other, version) <= 0;
    });
}

if (import.meta.main) {
  await stopAtProblem(async () => {
    const tag = process.argv[2] ?? '';
    const version = versionOf(tag);
    const github = gitHubReleases(process.env);
    const releases = await github.list();
    const release = releases.find(({ tag_name }) => tag_name === tag);
    if (!version || !release) throw new ReleaseProblem(`There is no draft of ${tag} to publish.`);
    // A job that is run again after a failure further on finds it done.
    if (release.draft) await github.publish(release, isNewest(version, releases));
    process.stdout.write(`${tag} is published.\n`);
  });
}
