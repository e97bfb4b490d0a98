import type { Tables } from "./tables.js";
import type { IpVersion } from "../text/ip-version.js";

/** Tables of one version of IP. */
export interface VersionTables {
  readonly version: IpVersion;
  readonly tables: Tables;
}

/** What iptables is called for a version. */
export function iptablesOf(version: IpVersion): "iptables" | "ip6tables" {
  return version === 4 ? "iptables" : "ip6tables";
}

/** The tables for a version; none where a program has no rules for it. */
export function ofVersion(tables: Tables, version: IpVersion): Tables {
  return version === 4 ? tables : (tables.ipv6 ?? { chains: [], sets: [] });
}

/** Tables by the version of IP that they are for: of IPv4, and where there are any of IPv6. */
export function versionsOf({ ipv6, ...tables }: Tables): readonly VersionTables[] {
  return [{ version: 4, tables }, ...(ipv6 ? [{ version: 6 as const, tables: ipv6 }] : [])];
}
