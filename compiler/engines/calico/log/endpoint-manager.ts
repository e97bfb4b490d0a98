import type { TableName } from "../../../netfilter/tables.js";
import type { HostEndpoint } from "../cluster/cluster.js";
import { felixTexts, type FelixChain } from "../felix/rule.js";
import { chainName } from "../hashes.js";
import { hostChainName } from "../rules/host-endpoints.js";
import type { CalculatedNode, Updates } from "./calc-graph.js";
import type { FelixTable } from "./felix-table.js";
import type { FelixWriter, Fields } from "./felix-writer.js";
import { goString } from "./go-text.js";

/**
 * The part of Felix that keeps the chains of endpoints and the trees that lead to them, and reports which endpoints are up. The interfaces of
 * pods are down: nobody says when they come up. Source: Calico a0db560f0520, felix/dataplane/linux/endpoint_mgr.go; felix v3.3.1,
 * intdataplane/endpoint_mgr.go.
 */
export class EndpointManager {
  readonly #writer: FelixWriter;
  readonly #tables: Readonly<Record<TableName, FelixTable>>;
  readonly #pods = new Map<string, { readonly interface: string; readonly chains: readonly string[] }>();
  /** Interface → key of its endpoint. */
  #hosts: ReadonlyMap<string, string> = new Map();
  /** Chains of host endpoints as they are in force: by their part of the tables, then by interface. */
  readonly #hostChains = new Map<string, Map<string, readonly FelixChain[]>>();
  /** Dispatch chains as they are in force, by table and name. */
  readonly #dispatch = new Map<string, string>();
  /** Groups of policies: who uses them. */
  readonly #groups = new Map<string, readonly string[]>();
  readonly #statuses = new Map<string, Status>();
  #isFirst = true;

  constructor(writer: FelixWriter, tables: Readonly<Record<TableName, FelixTable>>) {
    this.#writer = writer;
    this.#tables = tables;
  }

  apply(updates: Updates, now: CalculatedNode): void {
    const touched = [...updates.pods, ...updates.removedPods].length > 0;
    for (const pod of updates.pods) this.#updatePod(pod.key, pod.interface, now);
    for (const key of updates.removedPods) this.#removePod(key);
    if (touched || this.#isFirst) {
      this.#updateDispatch("filter", ["cali-from-wl-dispatch", "cali-to-wl-dispatch"], now);
    }
    for (const pod of updates.pods) this.#writer.say("podInterfaceDown", { ifaceName: goString(pod.interface) });
    if (updates.hosts.length + updates.removedHosts.length > 0 || this.#isFirst) this.#updateHosts(updates, now);
    this.#sayStatuses();
    this.#isFirst = false;
  }

  /** Routes lead nowhere as long as an interface is not there. */
  failRoutes({ pods }: Updates): void {
    for (const pod of pods) {
      const fields = { ifaceName: goString(pod.interface), ipVersion: "0x4" };
      const error = "Link not found";
      this.#writer.say("routeNoInterface", { ...fields, error });
      this.#writer.say("routeInterfaceGone", { ...fields, error });
      this.#writer.say("routeWaits", fields);
    }
  }

  /** What the endpoints are, all versions of IP together. */
  report(): void {
    for (const { id, status } of this.#statuses.values()) {
      const fields = { id, ipVersion: "0x4", status: goString(status) };
      if (status === "") {
        this.#writer.say("statusGone", { id });
        continue;
      }
      const said = { error: "statusError", down: "statusDown", up: "statusUp" } as const;
      this.#writer.say(said[status], fields);
      this.#writer.say("statusReported", { id, status: goString(status) });
    }
    this.#statuses.clear();
  }

  #updatePod(key: string, name: string, now: CalculatedNode): void {
    const id = { id: this.#podId(key) };
    const before = this.#pods.get(key);
    const chains = [chainName("cali-tw-", name), chainName("cali-fw-", name)];
    this.#writer.say("podChains", id);
    if (before && before.interface !== name) {
      for (const chain of before.chains) this.#tables.filter.remove(chain);
    }
    this.#useGroups(`pod ${name}`, now, [["filter", chains]]);
    for (const chain of chains) this.#update("filter", chain, now);
    this.#writer.say("podRoutes", id);
    this.#writer.say("podBandwidth", id);
    if (before?.interface !== name) {
      if (before) this.#arp("arpChainUnreferenced", before.interface);
      this.#arp("arpChainReferenced", name);
    }
    this.#pods.set(key, { interface: name, chains });
    this.#statuses.set(key, { kind: "pod", id: id.id, known: true, status: "down" });
  }

  #removePod(key: string): void {
    const id = { id: this.#podId(key) };
    const before = this.#pods.get(key);
    this.#writer.say("podRemoved", id);
    for (const chain of before?.chains ?? []) this.#tables.filter.remove(chain);
    if (before) {
      this.#writer.say("podForgotten", id);
      this.#useGroups(`pod ${before.interface}`, undefined, []);
      this.#arp("arpChainUnreferenced", before.interface);
    }
    this.#pods.delete(key);
    this.#statuses.set(key, { kind: "pod", id: id.id, known: false, status: "" });
  }

  #arp(statement: "arpChainReferenced" | "arpChainUnreferenced", name: string): void {
    this.#writer.say(statement, {
      chainName: goString(`filter-cali-arp-${name}`),
      family: goString("arp"),
      ipVersion: "4",
      table: goString("calico-arp"),
    });
  }

  #updateHosts(updates: Updates, now: CalculatedNode): void {
    const { plan, generation } = now;
    const { hosts } = plan;
    const afterDnat = generation.statics.hostPolicyAfterDnat;
    this.#sayMatched(now);
    const statusOf = (key: string): void => this.#setHostStatus(key, now);
    for (const { key } of updates.hosts) statusOf(key);
    for (const key of updates.removedHosts) statusOf(key);
    for (const name of new Set([...hosts.keys(), ...this.#hosts.keys()])) {
      const [before, after] = [this.#hosts.get(name), hosts.get(name)?.key];
      if (before === after) continue;
      for (const key of [before, after]) if (key !== undefined) statusOf(key);
    }

    const having = (kind: "pre-dnat" | "untracked") =>
      [...hosts].filter(([, endpoint]) => plan.tiers(endpoint, kind).length > 0);
    const id = (endpoint: HostEndpoint): Fields => ({ id: this.#hostId(endpoint.key) });
    for (const [name, endpoint] of hosts) {
      this.#writer.say("hostChains", id(endpoint));
      this.#writer.say("hostNormalChains", id(endpoint));
      this.#updateHostChains("normal", "filter", ["cali-th-", "cali-fh-", "cali-thfw-", "cali-fhfw-"], name, now);
      if (afterDnat) this.#updateHostChains("after translation", "mangle", ["cali-th-"], name, now);
    }
    for (const [name, endpoint] of having("pre-dnat")) {
      this.#writer.say("hostMangleChains", id(endpoint));
      this.#writer.say("hostMangleIngressChains", id(endpoint));
      this.#updateHostChains("before translation", "mangle", ["cali-fh-"], name, now);
    }
    this.#dropHostChains("normal", "filter", "hostUnprotected", [...hosts.keys()]);
    this.#dropHostChains("after translation", "mangle", "hostMangleUnprotected", [...hosts.keys()]);
    const preDnat = having("pre-dnat").map(([name]) => name);
    this.#dropHostChains("before translation", "mangle", "hostPreDnatUnprotected", preDnat);
    const untracked = having("untracked").filter(([name]) => name !== "*");
    for (const [name, endpoint] of untracked) {
      this.#writer.say("hostRawChains", id(endpoint));
      this.#updateHostChains("untracked", "raw", ["cali-th-", "cali-fh-"], name, now);
    }
    this.#dropHostChains(
      "untracked",
      "raw",
      "hostRawUnprotected",
      untracked.map(([name]) => name),
    );
    for (const name of this.#hosts.keys()) if (!hosts.has(name)) this.#useGroups(`host ${name}`, undefined, []);
    for (const name of hosts.keys()) {
      const chains = [...this.#hostChains].flatMap(([part, byInterface]) =>
        (byInterface.get(name) ?? []).map((chain): [TableName, readonly string[]] => [
          tableOfPart[part]!,
          [chain.name],
        ]),
      );
      this.#useGroups(`host ${name}`, now, chains);
    }
    this.#hosts = new Map([...hosts].map(([name, { key }]) => [name, key]));
    this.#updateDispatch("raw", hostTrees.slice(0, 2), now);
    this.#updateDispatch("filter", hostTrees, now);
    this.#updateDispatch("mangle", hostTrees.slice(0, 2), now);
  }

  #sayMatched({ plan, node }: CalculatedNode): void {
    const { saysUnmatched } = this.#writer.voice;
    const names = saysUnmatched ? new Set([...plan.hosts.keys(), ...this.#hosts.keys()]) : plan.hosts.keys();
    for (const name of names) {
      const [before = "", after = ""] = [this.#hosts.get(name), plan.hosts.get(name)?.key];
      if (before === after) continue;
      const addresses = node.hostInterfaces.find((each) => each.name === name)?.addresses ?? [];
      this.#writer.say("hostMatched", {
        ...(saysUnmatched ? { ifaceAddrs: goAddressSet(addresses, "mapSet") } : { id: this.#hostId(after) }),
        ifaceName: goString(name),
        newID: this.#hostId(after),
        oldID: this.#hostId(before),
      });
    }
  }

  #updateHostChains(
    part: string,
    table: TableName,
    prefixes: readonly string[],
    name: string,
    now: CalculatedNode,
  ): void {
    const chains = prefixes.flatMap((prefix) => now.chain(table, hostChainName(prefix, name)) ?? []);
    const parts = this.#hostChains.get(part) ?? new Map<string, readonly FelixChain[]>();
    this.#hostChains.set(part, parts);
    if (textOf(chains) !== textOf(parts.get(name) ?? [])) for (const chain of chains) this.#tables[table].update(chain);
    parts.set(name, chains);
  }

  #dropHostChains(
    part: string,
    table: TableName,
    statement: "hostUnprotected" | "hostMangleUnprotected" | "hostPreDnatUnprotected" | "hostRawUnprotected",
    kept: readonly string[],
  ): void {
    for (const [name, chains] of this.#hostChains.get(part) ?? []) {
      if (kept.includes(name)) continue;
      this.#writer.say(statement, { ifaceName: goString(name) });
      for (const chain of chains) this.#tables[table].remove(chain.name);
      this.#hostChains.get(part)!.delete(name);
    }
  }

  /** Of the trees with these roots the chains that are not as they were, and those that are gone. */
  #updateDispatch(table: TableName, roots: readonly string[], now: CalculatedNode): void {
    const isOf = (name: string): boolean => roots.some((root) => name === root || name.startsWith(`${root}-`));
    const chains = now.plan.chains[table].filter(({ name }) => isOf(name));
    const keyOf = (name: string): string => `${table} ${name}`;
    for (const chain of chains) {
      const text = textOf([chain]);
      if (this.#dispatch.get(keyOf(chain.name)) !== text) this.#tables[table].update(chain);
      this.#dispatch.set(keyOf(chain.name), text);
    }
    const present = new Set(chains.map(({ name }) => keyOf(name)));
    for (const key of this.#dispatch.keys()) {
      const name = key.slice(table.length + 1);
      if (!key.startsWith(`${table} `) || !isOf(name) || present.has(key)) continue;
      this.#tables[table].remove(name);
      this.#dispatch.delete(key);
    }
  }

  /** The chains of groups that a user's chains lead to: new ones come, then those go that nobody uses any more. */
  #useGroups(
    user: string,
    now: CalculatedNode | undefined,
    chains: readonly (readonly [TableName, readonly string[]])[],
  ): void {
    const isUsed = (group: string): boolean => [...this.#groups.values()].some((groups) => groups.includes(group));
    const before = this.#groups.get(user) ?? [];
    const found = chains.flatMap(([table, names]) =>
      names.flatMap((name) => groupsOf(now?.chain(table, name)).map((group) => ({ table, group }))),
    );
    const fresh = new Map(found.filter(({ group }) => !isUsed(group)).map((each) => [each.group, each]));
    this.#groups.set(user, [...new Set(found.map(({ group }) => group))]);
    for (const { table, group } of fresh.values()) {
      const chain = now?.chain(table, group);
      if (chain) for (const each of groupTables) this.#tables[each].update(chain);
    }
    for (const group of before) if (!isUsed(group)) for (const each of groupTables) this.#tables[each].remove(group);
  }

  #update(table: TableName, name: string, now: CalculatedNode): void {
    const chain = now.chain(table, name);
    if (chain) this.#tables[table].update(chain);
  }

  #setHostStatus(key: string, { plan }: CalculatedNode): void {
    const known = plan.localHosts.some((each) => each.key === key);
    const resolved = known && [...plan.hosts.values()].some((each) => each.key === key);
    const status = !known ? "" : resolved ? "up" : "error";
    this.#statuses.set(`host ${key}`, { kind: "host", id: this.#hostId(key), known, status });
  }

  #sayStatuses(): void {
    for (const { kind, id, known, status } of this.#statuses.values()) {
      const said = goString(status);
      if (kind === "host") {
        const isUp = `${status === "up"}`;
        this.#writer.say("hostStatus", {
          hostEndpointID: id,
          known: `${known}`,
          operUp: isUp,
          resolved: isUp,
          status: said,
        });
      } else {
        this.#writer.say("podStatus", {
          adminUp: `${known}`,
          failed: "false",
          known: `${known}`,
          operUp: "false",
          status: said,
          workloadEndpointID: id,
        });
      }
      this.#writer.say("statusStored", { ipVersion: "0x4", status: said, workload: id });
    }
  }

  #podId(key: string): string {
    const type = `${this.#writer.voice.idPackage}.WorkloadEndpointID`;
    return `${type}{OrchestratorId:"k8s", WorkloadId:${goString(key)}, EndpointId:"eth0"}`;
  }

  #hostId(key: string): string {
    const { hostIds, idPackage } = this.#writer.voice;
    return hostIds === "plain" ? key : `${idPackage}.HostEndpointID{EndpointId:${goString(key)}}`;
  }
}

interface Status {
  readonly kind: "pod" | "host";
  readonly id: string;
  readonly known: boolean;
  readonly status: "up" | "down" | "error" | "";
}

const hostTrees = ["cali-from-host-endpoint", "cali-to-host-endpoint", "cali-from-hep-forward", "cali-to-hep-forward"];

const tableOfPart: Readonly<Record<string, TableName>> = {
  normal: "filter",
  "after translation": "mangle",
  "before translation": "mangle",
  untracked: "raw",
};

const groupTables: readonly TableName[] = ["raw", "mangle", "filter"];

function groupsOf(chain: FelixChain | undefined): readonly string[] {
  return (chain?.rules ?? []).flatMap(({ action }) => {
    const target = action?.target;
    const isGroup = target?.kind === "jump" && /^cali-g[io]-/.test(target.to);
    return isGroup ? [target.to] : [];
  });
}

function textOf(chains: readonly FelixChain[]): string {
  return JSON.stringify(chains.map(({ name, rules }) => [name, felixTexts(name, rules)]));
}

/** Addresses in a set of Felix's own, as Go writes its type. */
export function goAddressSet(addresses: readonly string[], type: "mapSet" | "Typed"): string {
  const [name, value] = type === "mapSet" ? ["set.mapSet", "set.empty{}"] : ["set.Typed[string]", "set.v{}"];
  return `${name}{${addresses
    .toSorted()
    .map((each) => `${goString(each)}:${value}`)
    .join(", ")}}`;
}
