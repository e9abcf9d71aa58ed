// Drafts a release of the commit that is checked out, and tags it: `draft.ts v1.2.0 FILE...`.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { headCommit } from './checkout.ts';
import { gitHubReleases } from './github-releases.ts';
import { notesOf } from './notes.ts';
import { ReleaseProblem, stopAtProblem } from './problem.ts';
import { remoteTags } from './remote-tags.ts';
import { versionOf } from './version.ts';

const folder = join(import.meta.dirname, '..', '..');
const { GITHUB_TOKEN, GITHUB_STEP_SUMMARY } = process.env;

await stopAtProblem(async () => {
  const [tag = '', ...files] = process.argv.slice(2);
  const version = versionOf(tag);
  if (!version) throw new ReleaseProblem('Name the release and its files: draft.ts v1.2.0 FILE...');
  const commit = headCommit(folder);
  const notes = notesOf(folder, tag);
  const isPreRelease = version.preRelease !== undefined;
  // The draft first: what goes wrong with it leaves no tag behind.
  await gitHubReleases(process.env).draft({ tag, commit, notes, isPreRelease, files });
  const tags = remoteTags(folder, GITHUB_TOKEN);
  if (!tags.read().has(tag)) tags.make(tag, commit);
  if (GITHUB_STEP_SUMMARY) appendFileSync(GITHUB_STEP_SUMMARY, `# ${tag}\n\n${notes}\n`);
  process.stdout.write(`${tag} is drafted and tagged at ${commit}.\n`);
});
