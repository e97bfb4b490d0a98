import type { Settings } from "../blueprint.js";
import type { Entry } from "../kernel/entry.js";
import type { ExitStatus } from "../kernel/filter-table.js";
import type { Iptables } from "../kernel/iptables.js";
import type { Ipset } from "../kernel/ipset.js";
import type { Origin } from "../../../text/origin.js";
import type { SetManager } from "../set-manager.js";
import { chainSteps, forwardEntry, npmChain, removedChains } from "./chains.js";
import type { V1Generation } from "./generation.js";
import type { PolicyEntry, Translation } from "./translation.js";
import type { V1Voice } from "./voices/voice.js";

/** Carries out translations, and makes and removes the chains. */
export class Programmer {
  readonly #generation: V1Generation;
  readonly #settings: Settings;
  readonly #iptables: Iptables;
  readonly #ipset: Ipset;
  readonly #sets: SetManager;
  readonly #stopped: (entry: Entry) => void;
  readonly #voice: V1Voice;
  #chainsExist = false;

  /** `stopped` hears of a rule at which NPM gives a policy up. */
  constructor(
    generation: V1Generation,
    settings: Settings,
    iptables: Iptables,
    ipset: Ipset,
    sets: SetManager,
    stopped: (entry: Entry) => void,
    voice: V1Voice,
  ) {
    this.#voice = voice;
    this.#stopped = stopped;
    this.#generation = generation;
    this.#settings = settings;
    this.#iptables = iptables;
    this.#ipset = ipset;
    this.#sets = sets;
  }

  /** Removes what an NPM before left. On a clean node that ends with its first command. */
  start(): void {
    this.#voice.starting();
    if (this.#generation.removesChainsAtStart) this.removeChains();
    if (this.#generation.destroysSetsAtStart) {
      this.#ipset.list();
      this.#voice.destroyingSets();
    }
    this.#voice.connected();
    if (this.#generation.createsKubeSystem) {
      this.#sets.createSet("ns-kube-system", {
        kind: "engine",
        reason: "made at start for the namespace of system pods",
      });
    }
    this.#voice.started();
  }

  /** With the first policy. */
  ensureChains(): void {
    if (this.#chainsExist) return;
    this.#sets.createSet("kube-system", { kind: "engine", reason: "made with the chains, never used" });
    this.#voice.makingChains();
    for (const step of chainSteps(this.#generation)) {
      if (step.kind === "chain") this.#iptables.newChain(step.chain, baseChain);
      else if (step.kind === "place-jump") this.#placeJump();
      else if (this.#iptables.check(step.entry) !== 0) {
        if (step.first) this.#iptables.insert(step.entry);
        else this.#iptables.append(step.entry);
      }
    }
    this.#chainsExist = true;
  }

  /** Stops where iptables does not understand a command: a chain that a jump names is not there. */
  removeChains(): void {
    this.#chainsExist = false;
    const forward = forwardEntry(this.#generation);
    const older = { ...forward, after: [] };
    for (const jump of this.#generation.newConnectionsOnly ? [older, forward] : [forward]) {
      if (this.#iptables.remove(jump) !== 2) continue;
      this.#voice.keptJump();
      return;
    }
    const known = removedChains(this.#generation);
    const others = this.#generation.removesForeignChains ? this.#iptables.ownChains() : [];
    const chains = [...new Set([...known, ...others])];
    for (const chain of chains) this.#iptables.flush(chain);
    for (const chain of chains) this.#iptables.deleteChain(chain);
  }

  /** The rule at which it ends; where a set is what could not be made, too, the rest is left out. */
  add(translation: Translation, listAllNamespaces: () => boolean): PolicyEntry | undefined {
    if (!this.#addSets(translation) || !listAllNamespaces()) return undefined;
    for (const { name, members, origin } of translation.blocks) {
      this.#voice.namingSet("block", name, this.#sets.kernelName(name));
      this.#sets.createSet(name, origin, { type: "hash:net", maxElements: 4294967295 });
      for (const member of members) this.#sets.addToSet(name, member, "", origin);
    }
    return translation.entries.find((entry) => {
      this.#voice.addingRule(entry);
      const status = this.#addRule(entry);
      if (status === 2) {
        this.#stopped(entry);
        this.#voice.stoppedAtRule(entry, "add");
      }
      return status !== 0;
    });
  }

  #addSets(translation: Translation): boolean {
    const counted = this.#generation.sets.listsAreCounted;
    for (const [name, origin] of translation.sets) {
      this.#voice.namingSet("addresses", name, this.#sets.kernelName(name));
      if (!this.#sets.createSet(name, origin)) return false;
    }
    for (const { name, origin } of translation.namedPorts) {
      this.#voice.namingSet("ports", name, this.#sets.kernelName(name));
      if (!this.#sets.createSet(name, origin, { type: "hash:ip,port" })) return false;
    }
    for (const { name, origin } of translation.lists) {
      if (!this.#sets.createList(name, origin)) return false;
      if (counted) this.#sets.countPolicy(name);
    }
    for (const { name, members, origin } of translation.lists) {
      for (const member of members) if (!this.#sets.addToList(name, member, origin)) return false;
      // A policy counts twice here and once when it goes: a list that policies share is never destroyed.
      if (counted) this.#sets.countPolicy(name);
    }
    return true;
  }

  #addRule(entry: PolicyEntry): ExitStatus {
    if (this.#generation.checksFirst) {
      const status = this.#iptables.check(entry);
      if (status !== 1) return status;
    }
    return entry.place === "first" ? this.#iptables.insert(entry) : this.#iptables.append(entry);
  }

  /** The same, backwards; of equal rules one goes. The rule at which it ends. */
  remove(translation: Translation): PolicyEntry | undefined {
    for (const entry of translation.entries) {
      this.#voice.deletingRule(entry);
      const status = this.#iptables.check(entry);
      if (status === 0) this.#iptables.remove(entry);
      if (status === 2) {
        this.#voice.stoppedAtRule(entry, "delete");
        return entry;
      }
    }
    if (this.#generation.sets.listsAreCounted) {
      for (const { name } of translation.lists) this.#sets.destroyList(name);
    }
    for (const { name } of translation.blocks) {
      this.#voice.destroyingBlock(name, this.#sets.kernelName(name));
      this.#sets.destroySet(name);
    }
    return undefined;
  }

  /** Whether `remove` would come to its end, or take a rule away before. */
  canRemove({ entries }: Translation): boolean {
    const first = entries.map((entry) => this.#iptables.foresee(entry)).find((status) => status !== 1);
    return first !== 2;
  }

  /** Directly behind the rule for KUBE-SERVICES, or first. Before v1.4.16 only the first digit of its line is read. */
  #placeJump(): void {
    const entry = forwardEntry(this.#generation);
    const marks = this.#generation.chains === "marks";
    const first = this.#settings.placement === "first";
    if (marks) this.#iptables.newChain(npmChain, baseChain);
    const lineOf = (text: string) => {
      const line = this.#iptables.lineOf(text);
      return this.#generation.newConnectionsOnly ? line : Number(`${line}`[0]);
    };
    if (!marks) {
      if (this.#iptables.check(entry) === 0) return;
      this.#iptables.insert(entry, first ? undefined : lineOf("KUBE-SERVICES") + 1);
      return;
    }
    const services = first ? 0 : lineOf("KUBE-SERVICES");
    if (this.#iptables.check(entry) !== 0) {
      this.#iptables.insert(entry, first ? undefined : services + 1);
      return;
    }
    const own = lineOf(npmChain);
    if (first ? own === 1 : services < own || services === 0) return;
    this.#iptables.remove(entry);
    this.#iptables.insert(entry, first ? undefined : services);
  }
}

const baseChain: Origin = { kind: "engine", reason: "one of Azure NPM's own chains, there whatever the policies say" };
