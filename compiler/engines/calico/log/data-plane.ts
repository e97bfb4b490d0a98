import { setName } from "../hashes.js";
import type { IpSet, TableName } from "../../../netfilter/tables.js";
import { engineOrigin } from "../cluster/origins.js";
import type { Generation } from "../generation.js";
import { policyChainName, profileChainName } from "../rules/policy-chains.js";
import { hasPorts, ownAddresses } from "../sets.js";
import type { CalcGraph, CalculatedNode, LabelsUpdate, SetDelta, Updates } from "./calc-graph.js";
import { EndpointManager } from "./endpoint-manager.js";
import type { FelixChain } from "../felix/rule.js";
import { FelixTable } from "./felix-table.js";
import type { FelixWriter } from "./felix-writer.js";
import { goString } from "./go-text.js";
import {
  hostIdMessage,
  hostMessage,
  labelsMessage,
  podIdMessage,
  podMessage,
  policyIdMessage,
  policyMessage,
  profileMessage,
  setDeltaMessage,
  setMessage,
} from "./messages.js";
import { field, type Message } from "./proto-message.js";
import { protoText } from "./proto-text.js";
import type { StartUp } from "./start-up.js";

const tableNames: readonly TableName[] = ["raw", "mangle", "nat", "filter"];

/** What Felix has told the kernel, and what it says on the way. Source: Calico a0db560f0520, felix/dataplane/linux; felix v3.3.1, intdataplane. */
export class DataPlane {
  readonly #writer: FelixWriter;
  readonly #calculation: CalcGraph;
  readonly #tables: Readonly<Record<TableName, FelixTable>>;
  readonly #endpoints: EndpointManager;
  /** Ids of sets that wait for being written, with what is to be written. */
  readonly #newSets = new Set<string>();
  readonly #deltas = new Map<string, SetDelta & { readonly before: number }>();
  readonly #oldSets = new Set<string>();
  #isFirst = true;

  constructor(writer: FelixWriter, calculation: CalcGraph) {
    this.#writer = writer;
    this.#calculation = calculation;
    const table = (name: TableName): FelixTable => new FelixTable(name, writer);
    this.#tables = { raw: table("raw"), mangle: table("mangle"), nat: table("nat"), filter: table("filter") };
    this.#endpoints = new EndpointManager(writer, this.#tables);
  }

  /** The chains that are there whatever the cluster holds. */
  start(now: CalculatedNode): void {
    for (const { table, chains, hooks } of staticChains) {
      for (const name of chains) {
        const chain = now.chain(table, name);
        if (chain) this.#tables[table].update(chain);
        if (table === "raw" && name === "cali-PREROUTING" && this.#writer.voice.hasWireguardMark) {
          this.#tables.raw.update(wireguardMark);
        }
      }
      for (const hook of hooks) {
        const name = `cali-${hook}`;
        if (now.chain(table, name)) this.#tables[table].hook(name);
      }
    }
  }

  queueSet(id: string, type: IpSet["type"]): void {
    this.#writer.say("setQueued", { family: goString("inet"), setID: goString(id), setType: goString(type) });
    this.#newSets.add(id);
  }

  /** What the calculation says, in its order. */
  receive(updates: Updates, now: CalculatedNode): void {
    const { plan, generation } = now;
    for (const set of updates.addedSets) {
      this.#received("IPSetUpdate", setMessage(set, this.#calculation.membersOf(set.id), !hasPorts(set)));
      this.queueSet(set.id, hasPorts(set) ? "hash:ip,port" : "hash:net");
    }
    for (const delta of updates.setDeltas) {
      this.#received("IPSetDeltaUpdate", setDeltaMessage(delta.set.id, delta.added, delta.removed));
      const after = this.#calculation.membersOf(delta.set.id).length;
      this.#deltas.set(delta.set.id, { ...delta, before: after - delta.added.length + delta.removed.length });
    }
    for (const scanned of updates.policies) {
      this.#received("ActivePolicyUpdate", policyMessage(scanned, generation));
      for (const table of ["raw", "mangle", "filter"] as const) {
        for (const direction of ["ingress", "egress"] as const) {
          this.#update(table, now, policyChainName(scanned.policy, direction, generation));
        }
      }
    }
    for (const name of updates.profiles) {
      const scanned = plan.profiles.find(({ profile }) => profile.name === name)!;
      this.#received("ActiveProfileUpdate", profileMessage(scanned));
      for (const { table, chain } of profileChains(name, generation)) this.#update(table, now, chain);
    }
    for (const pod of updates.pods) this.#received("WorkloadEndpointUpdate", podMessage(pod, plan, generation));
    for (const host of updates.hosts) this.#received("HostEndpointUpdate", hostMessage(host, plan, generation));
    const idOf = (id: Message): Message => field.message(1, "id", id);
    for (const key of updates.removedPods) this.#received("WorkloadEndpointRemove", idOf(podIdMessage(key)));
    for (const key of updates.removedHosts) this.#received("HostEndpointRemove", idOf(hostIdMessage(key)));
    for (const name of updates.removedProfiles) {
      this.#received("ActiveProfileRemove", idOf(field.text(1, "name", name)));
      for (const { table, chain } of profileChains(name, generation)) this.#tables[table].remove(chain);
    }
    for (const policy of updates.removedPolicies) {
      this.#received("ActivePolicyRemove", idOf(policyIdMessage(policy, generation)));
      for (const table of ["filter", "mangle", "raw"] as const) {
        this.#tables[table].remove(policyChainName(policy, "ingress", generation));
        this.#tables[table].remove(policyChainName(policy, "egress", generation));
      }
    }
    for (const id of updates.removedSets) {
      this.#received("IPSetRemove", field.text(1, "id", id));
      this.#writer.say("setUnqueued", { family: goString("inet"), setID: goString(id) });
      this.#newSets.delete(id);
      this.#oldSets.add(id);
    }
    for (const update of updates.labels) {
      this.#received(`${update.kind}${update.labels ? "Update" : "Remove"}`, labelsUpdateMessage(update));
    }
    if (this.#isFirst && this.#writer.voice.sendsEncapsulation) this.#received("Encapsulation", []);
  }

  #received(type: string, message: Message): void {
    const { proto, receivedEnd } = this.#writer.voice;
    const fields = () => ({ msg: protoText(message, proto) });
    this.#writer.say("received", fields, ` *proto.${type} update from calculation graph${receivedEnd}`);
  }

  /** The calculation has nothing more for now. */
  inSync(): void {
    this.#received("InSync", []);
    this.#writer.say("inSync", { timeSinceStart: "250ms" });
  }

  /** Writes everything. */
  apply(updates: Updates, now: CalculatedNode, startUp: StartUp): void {
    this.#writer.say("applying");
    this.#endpoints.apply(updates, now);
    if (this.#isFirst) {
      for (const { table, chain } of managedChains) this.#update(table, now, chain);
      for (const line of startUp.firstApply) this.#writer.write(line);
      if (now.generation.statics.dscp) this.queueSet("dscp-src-net", "hash:net");
      this.#writer.say("setsResync", { family: goString("inet") });
      this.#writer.say("setsResynced", {
        family: goString("inet"),
        numInconsistenciesFound: "0",
        resyncDuration: "2ms",
      });
    }
    this.#writeSets(now);
    if (!this.#isFirst) this.#endpoints.failRoutes(updates);
    for (const name of tableNames) this.#tables[name].read();
    this.#deleteSets();
    this.#endpoints.report();
    this.#writer.say("applied", { msecToApply: "50" });
    if (this.#isFirst) {
      this.#writer.say("firstApplied", { secsSinceStart: "0.3" });
      for (const line of startUp.afterFirstApply) this.#writer.write(line);
    }
    this.#isFirst = false;
  }

  #writeSets({ node, generation }: CalculatedNode): void {
    const family = goString("inet");
    const own = ownAddresses(node, generation.statics);
    for (const id of [...this.#newSets].toSorted()) {
      const members = id === "this-host" ? own : this.#calculation.membersOf(id);
      const numMembersInPendingReplace = `${kernelMembers(members)}`;
      this.#writer.say("setRewritten", { family, numMembersInPendingReplace, setID: goString(id) });
    }
    for (const [id, { added, removed, before }] of this.#deltas) {
      this.#writer.say("setDelta", {
        family,
        numDeltaAdds: `${added.length}`,
        numDeltaDeletes: `${removed.length}`,
        numMembersInDataplane: `${before}`,
        setID: goString(id),
      });
    }
    this.#newSets.clear();
    this.#deltas.clear();
  }

  #deleteSets(): void {
    for (const id of this.#oldSets) {
      const fields = { family: goString("inet"), setName: goString(setName(id, 4)) };
      this.#writer.say("setDeleting", fields);
      this.#writer.say("setDeletingNow", fields);
      this.#writer.say("setDeleted", fields);
    }
    this.#oldSets.clear();
  }

  #update(table: TableName, now: CalculatedNode, name: string): void {
    const chain = now.chain(table, name);
    if (chain) this.#tables[table].update(chain);
  }
}

/** How many members of IPv4 the kernel gets: it takes no block of no bits, but both halves. */
function kernelMembers(members: readonly string[]): number {
  const own = members.filter((member) => !member.replace(/,.*/, "").includes(":"));
  return own.length + own.filter((member) => member.endsWith("/0")).length;
}

/** What is there from the start, in Felix's order, and the built-in chains that lead to it. */
const staticChains: readonly {
  readonly table: TableName;
  readonly chains: readonly string[];
  readonly hooks: readonly string[];
}[] = [
  {
    table: "raw",
    chains: ["cali-failsafe-in", "cali-failsafe-out", "cali-PREROUTING", "cali-OUTPUT"],
    hooks: ["PREROUTING", "OUTPUT"],
  },
  {
    table: "filter",
    chains: ["cali-FORWARD", "cali-INPUT", "cali-wl-to-host", "cali-failsafe-in", "cali-OUTPUT", "cali-failsafe-out"],
    hooks: ["FORWARD", "INPUT", "OUTPUT"],
  },
  {
    table: "nat",
    chains: ["cali-PREROUTING", "cali-POSTROUTING", "cali-OUTPUT"],
    hooks: ["PREROUTING", "POSTROUTING", "OUTPUT"],
  },
  {
    table: "mangle",
    chains: ["cali-failsafe-in", "cali-failsafe-out", "cali-PREROUTING", "cali-POSTROUTING"],
    hooks: ["PREROUTING", "POSTROUTING"],
  },
];

/** Nothing leads to it where packets are not encrypted. */
const wireguardMark: FelixChain = {
  name: "cali-wireguard-incoming-mark",
  rules: [],
  origin: engineOrigin("packets that came encrypted; none here"),
};

/** Chains that are kept by a part of Felix of their own, and stay as they are. */
const managedChains: readonly { readonly table: TableName; readonly chain: string }[] = [
  { table: "raw", chain: "cali-rpf-skip" },
  { table: "nat", chain: "cali-fip-dnat" },
  { table: "nat", chain: "cali-fip-snat" },
  { table: "nat", chain: "cali-nat-outgoing" },
  { table: "filter", chain: "cali-cidr-block" },
];

/** The chains of a profile and the tables that have them. */
function profileChains(
  name: string,
  { statics }: Generation,
): readonly { readonly table: TableName; readonly chain: string }[] {
  const egress = profileChainName(name, "egress");
  return [
    { table: "filter", chain: profileChainName(name, "ingress") },
    { table: "filter", chain: egress },
    ...(statics.hostPolicyAfterDnat ? [{ table: "mangle", chain: egress } as const] : []),
  ];
}

function labelsUpdateMessage({ kind, namespace, name, labels }: LabelsUpdate): Message {
  const own =
    kind === "Namespace"
      ? field.text(1, "name", name)
      : [...field.text(1, "namespace", namespace), ...field.text(2, "name", name)];
  return labels ? labelsMessage(own, labels) : field.message(1, "id", own);
}
