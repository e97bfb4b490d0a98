import { noTables, type Tables } from "../compiler/index.js";

/** The tables of the version of IP that is asked about. A FelixConfiguration that switches IPv6 off leaves none of IPv6. */
export function tablesAsked(tables: Tables, ipv6: true | undefined): Tables {
  return ipv6 ? (tables.ipv6 ?? noTables) : tables;
}
