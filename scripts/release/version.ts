/** A release's number, read from the name of its tag. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** `rc.1` of `v1.3.0-rc.1`; undefined for a release that is meant for all. */
  readonly preRelease?: string;
}

// No leading zeros, as https://semver.org has it.
const NUMBER = '(0|[1-9]\\d{0,5})';
const RELEASE = new RegExp(`^v${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-([0-9A-Za-z]+(?:\\.[0-9A-Za-z]+)*))?$`);

/** The version that a tag names; undefined for what is no release: `v1`, `v1.2`, `next`. */
export function versionOf(tag: string): Version | undefined {
  const [, major, minor, patch, preRelease] = RELEASE.exec(tag) ?? [];
  if (major === undefined) return undefined;
  const numbers = { major: Number(major), minor: Number(minor), patch: Number(patch) };
  return preRelease === undefined ? numbers : { ...numbers, preRelease };
}

/** Below 0 where `a` is the older one. A pre-release comes before its release. */
export function compareVersions(a: Version, b: Version): number {
  return (
    a.major - b.major ||
    a.minor - b.minor ||
    a.patch - b.patch ||
    comparePreReleases(a.preRelease, b.preRelease)
  );
}

function comparePreReleases(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const [left, right] = [a.split('.'), b.split('.')];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = comparePart(left[index], right[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Numbers come before words, and what is missing before both. */
function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  const [left, right] = [a, b].map((part) => (/^\d+$/.test(part) ? Number(part) : undefined));
  if (left !== undefined && right !== undefined) return left - right;
  if (left !== undefined || right !== undefined) return left !== undefined ? -1 : 1;
  return a < b ? -1 : 1;
}

/** The tags that follow a release, `v1` first; none follow a pre-release. */
export function followersOf({ major, minor, preRelease }: Version): readonly string[] {
  return preRelease === undefined ? [`v${major}`, `v${major}.${minor}`] : [];
}
