import { after, before, compareIps, earlier, later, type AddressRange, type Ip } from "./ip.js";

/** The first address that is in a range of both lists, which are ascending and of one version. */
export function firstCommon(a: readonly AddressRange[], b: readonly AddressRange[]): Ip | undefined {
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const first = later(a[i]!.first, b[j]!.first);
    if (first <= earlier(a[i]!.last, b[j]!.last)) return first;
    if (a[i]!.last < b[j]!.last) i += 1;
    else j += 1;
  }
  return undefined;
}

/** What of `ranges` (ascending, apart) none of `holes` (in any order, overlapping or not) takes away; all of one version. */
export function withoutRanges(
  ranges: readonly AddressRange[],
  holes: readonly AddressRange[],
): readonly AddressRange[] {
  const sorted = holes.toSorted((a, b) => compareIps(a.first, b.first));
  return ranges.flatMap(({ first, last }) => {
    const left: AddressRange[] = [];
    let next = first;
    for (const hole of sorted) {
      if (hole.first > last) break;
      if (hole.first > next) left.push({ first: next, last: before(hole.first) });
      next = later(next, after(hole.last));
    }
    if (next <= last) left.push({ first: next, last });
    return left;
  });
}
