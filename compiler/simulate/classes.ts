import type { Endpoint, OutsideEndpoint } from "./cluster.js";
import {
  after,
  before,
  compareIps,
  everyAddress,
  formatIp,
  parseIp,
  versionOf,
  type AddressRange,
  type Ip,
} from "./ip.js";
import type { Reach } from "./reach.js";
import type { IpVersion } from "../text/ip-version.js";

/** Endpoints that none of several ways to look at reachability tells apart, neither as source nor as destination. */
export interface EndpointClass<Member> {
  readonly members: readonly Member[];
  /** The first member, as an endpoint. */
  readonly example: Endpoint;
  /** By way, in the order given. */
  readonly sourceClasses: readonly number[];
  readonly destinationClasses: readonly number[];
}

/** The classes of known endpoints, in the order of their first members. */
export function endpointClasses(
  reaches: readonly Reach<Endpoint>[],
  endpoints: readonly Endpoint[],
): readonly EndpointClass<Endpoint>[] {
  return group(
    reaches,
    endpoints.map((endpoint) => ({ member: endpoint, example: endpoint })),
  );
}

/** All addresses of a version that no endpoint of `taken` has, in classes: each a list of ranges, ascending. */
export function outsideClasses(
  reaches: readonly Reach<Endpoint>[],
  taken: readonly Endpoint[],
  version: IpVersion,
): readonly EndpointClass<AddressRange>[] {
  const borders = reaches.map((reach) => reach.borders());
  const stretches = stretchesBetween(
    borders.flat(),
    taken.flatMap(({ address }) => parseIp(address) ?? []),
    everyAddress(version),
  );
  const classes = group(
    reaches,
    stretches.map((range) => ({ member: range, example: outside(range.first) })),
  );
  return classes.map((its) => ({ ...its, members: joined(its.members) }));
}

/** A way that asks for addresses, asked for endpoints. */
export function byAddress(reach: Reach<string>): Reach<Endpoint> {
  return {
    sourceClass: ({ address }) => reach.sourceClass(address),
    destinationClass: ({ address }) => reach.destinationClass(address),
    between: (source, destination) => reach.between(source, destination),
    borders: () => reach.borders(),
  };
}

function outside(address: Ip): OutsideEndpoint {
  return { kind: "outside", address: formatIp(address) };
}

function group<Member>(
  reaches: readonly Reach<Endpoint>[],
  candidates: readonly { readonly member: Member; readonly example: Endpoint }[],
): readonly EndpointClass<Member>[] {
  const found = new Map<string, EndpointClass<Member> & { readonly members: Member[] }>();
  for (const { member, example } of candidates) {
    const sourceClasses = reaches.map((reach) => reach.sourceClass(example));
    const destinationClasses = reaches.map((reach) => reach.destinationClass(example));
    const key = `${sourceClasses.join()} ${destinationClasses.join()}`;
    const known = found.get(key);
    if (known) known.members.push(member);
    else found.set(key, { members: [member], example, sourceClasses, destinationClasses });
  }
  return [...found.values()];
}

/** A range cut at each border, without the taken addresses. */
function stretchesBetween(
  borders: readonly Ip[],
  taken: readonly Ip[],
  { first: start, last: end }: AddressRange,
): readonly AddressRange[] {
  const holes = new Set(taken);
  const cuts = new Set([start, ...borders, ...taken, ...taken.map(after)]);
  const starts = [...cuts].filter((cut) => versionOf(cut) === versionOf(start) && cut <= end).sort(compareIps);
  return starts.flatMap((first, index) => {
    const next = starts[index + 1];
    return holes.has(first) ? [] : [{ first, last: next === undefined ? end : before(next) }];
  });
}

/** Ranges that touch become one. */
function joined(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const result: { first: Ip; last: Ip }[] = [];
  for (const { first, last } of ranges) {
    const previous = result.at(-1);
    if (previous && after(previous.last) === first) previous.last = last;
    else result.push({ first, last });
  }
  return result;
}
