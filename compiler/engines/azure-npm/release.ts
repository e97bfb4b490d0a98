/** A release of Azure NPM by its image tag, as numbers: `v1.4.45.3` is [1, 4, 45, 3]. */
export type Release = readonly number[];

/** The numbers of an image tag, or undefined for anything else. */
export function parseRelease(tag: string): Release | undefined {
  return /^v(?:0|[1-9]\d{0,3})(?:\.(?:0|[1-9]\d{0,3})){2,3}$/.test(tag)
    ? tag.slice(1).split(".").map(Number)
    : undefined;
}

export function formatRelease(release: Release): string {
  return `v${release.join(".")}`;
}

/** Negative, 0 or positive as `a` is older than, equal to or newer than `b`. */
export function compareReleases(a: Release, b: Release): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Whether a release has a change that first came out with the given tags, one a branch (`v1.5.1`, and `v1.4.45.1` on
 * the older branch). A release of a branch (first two numbers) that is named is compared on its own branch;
 * of another branch, with the newest of the tags.
 */
export function has(release: Release, ...since: readonly string[]): boolean {
  const tags = since.map((tag) => parseRelease(tag)!).sort(compareReleases);
  const own = tags.find((tag) => tag[0] === release[0] && tag[1] === release[1]);
  return compareReleases(release, own ?? tags.at(-1)!) >= 0;
}
