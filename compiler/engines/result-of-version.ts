import { versionsOwned } from "../netfilter/ownership.js";
import type { Tables } from "../netfilter/tables.js";
import { ofVersion } from "../netfilter/versions.js";
import type { IpVersion } from "../text/ip-version.js";
import type { Machine } from "./engine.js";

interface Programmed {
  readonly machine: Machine;
  readonly tables: Tables;
}

/** What an engine made, for one version of IP alone: its tables and sets, and a machine that owns these. No tables where it makes none for the version. */
export function resultOfVersion<Result extends Programmed>(result: Result, version: IpVersion): Result {
  const { machine, tables } = result;
  const owned = versionsOwned(machine.ownership).find((each) => each.version === version);
  return {
    ...result,
    tables: ofVersion(tables, version),
    ...(owned && { machine: { ...machine, ownership: owned.own } }),
  };
}
