import type { Tables } from "../../../netfilter/tables.js";
import type { KubernetesObject, NetworkPolicy } from "../../../model/objects.js";
import { keyOf } from "../../../model/objects.js";
import { lowerPolicy } from "../../../pairs/lower-policy.js";
import type { PolicyPairs } from "../../../pairs/pair-group.js";
import { diagnostic, type Diagnostic } from "../../../text/diagnostic.js";
import type { Deed, NpmEvent, NpmNode, Settings } from "../blueprint.js";
import { EventCluster } from "../event-cluster.js";
import { fnvHashes } from "../hashes.js";
import { ignoredFields } from "../ignored-fields.js";
import { ignoredPodDiagnostics } from "../ignored-pods.js";
import { FilterTable } from "../kernel/filter-table.js";
import { Ipset } from "../kernel/ipset.js";
import { Iptables } from "../kernel/iptables.js";
import { SetTable } from "../kernel/set-table.js";
import { formatRelease } from "../release.js";
import { passesOverBothSelectors } from "../server-version.js";
import { stoppedAt } from "../stopped-at.js";
import { SetManager } from "../set-manager.js";
import type { V1Voice } from "../v1/voices/voice.js";
import { chainSteps, forwardEntry, kubeSystem, ownChains } from "./chains.js";
import type { V2019Generation } from "./generation.js";
import { clusterNames } from "./names.js";
import { portWithoutNumber } from "./port-without-number.js";
import { translate, type Translation } from "./translate.js";

/** A node that an NPM before v1.0.27 programs, command by command. */
export class V2019Node implements NpmNode {
  readonly #generation: V2019Generation;
  readonly #settings: Settings;
  readonly #kernelSets = new SetTable();
  readonly #table: FilterTable;
  readonly #iptables: Iptables;
  readonly #sets: SetManager;
  readonly #cluster: EventCluster;
  readonly #known = new Map<string, NetworkPolicy>();
  readonly #inForce = new Map<string, PolicyPairs>();
  /** By name alone: two policies of one name in two namespaces are one here. */
  readonly #names = new Set<string>();
  readonly #diagnostics: Diagnostic[] = [];
  readonly #voice: V1Voice;
  #deeds: Deed[] = [];
  #chainsExist = false;
  #crashed = false;

  constructor(generation: V2019Generation, settings: Settings) {
    // v1.0.13 does not ask.
    const old = passesOverBothSelectors(settings.kubernetesMinor) && generation.reading.bothSelectors === "and";
    this.#generation = old
      ? { ...generation, reading: { ...generation.reading, bothSelectors: "ignored" } }
      : generation;
    this.#settings = settings;
    this.#table = new FilterTable(settings.existing?.chains ?? [], this.#kernelSets);
    const record = (deed: Deed) => this.#deeds.push(deed);
    const voice = generation.voice(settings, record);
    this.#voice = voice;
    this.#iptables = new Iptables(this.#table, generation.wait, record, (run) => voice.ranIptables(run));
    const ipset = new Ipset(this.#kernelSets, record, (run) => voice.ranIpset(run));
    const setHabits = { membersHaveOwners: false, listsAreCounted: false };
    this.#sets = new SetManager(ipset, fnvHashes, setHabits, voice);
    const habits = { ignores: "no-address-or-finished", remembersAddresses: false, podsRenewRecords: true } as const;
    this.#cluster = new EventCluster(this.#sets, clusterNames, habits, voice);
  }

  get diagnostics(): readonly Diagnostic[] {
    const ignored = ignoredPodDiagnostics(this.#cluster.ignoredPods(), (pod) => this.#cluster.reasonToIgnore(pod));
    return [...this.#diagnostics, ...ignored];
  }

  /** Nothing is cleaned up; a backup of iptables that an NPM before may have left is not there. */
  start(): Deed[] {
    this.#voice.connected();
    return this.#taken();
  }

  step(event: NpmEvent): Deed[] {
    if (this.#crashed) return [];
    if (event.kind === "apply") this.#apply(event.object);
    if (event.kind === "delete") this.#delete(event.objectKind, event.key);
    return this.#taken();
  }

  tables(): Tables {
    return { chains: this.#table.list(), sets: this.#kernelSets.list() };
  }

  pairs(): readonly PolicyPairs[] {
    return [...this.#inForce.values()];
  }

  #apply(object: KubernetesObject): void {
    switch (object.kind) {
      case "Namespace":
        return this.#cluster.applyNamespace(object);
      case "Pod":
        return this.#cluster.applyPod(object);
      case "NetworkPolicy": {
        const before = this.#known.get(keyOf(object));
        this.#known.set(keyOf(object), object);
        if (before) this.#voice.heardOfPolicy("UPDATE", object, before);
        if (!before || this.#removePolicy(before)) this.#addPolicy(object);
      }
    }
  }

  #delete(kind: KubernetesObject["kind"], key: string): void {
    switch (kind) {
      case "Namespace":
        return this.#cluster.deleteNamespace(key);
      case "Pod":
        return this.#cluster.deletePod(key);
      case "NetworkPolicy": {
        const policy = this.#known.get(key);
        this.#known.delete(key);
        if (policy) this.#removePolicy(policy);
      }
    }
  }

  /** Source: Azure NPM 313878e8c, npm/nwpolicy.go; nothing is undone where an error ends it. */
  #addPolicy(policy: NetworkPolicy): void {
    this.#voice.heardOfPolicy("ADD", policy);
    this.#ensureChains();
    if (this.#crashesOn(policy)) return;
    const { release, reading } = this.#generation;
    const { bothSelectors } = reading;
    const habits = { release, blocks: "rules", namedPorts: "zero", bothSelectors } as const;
    for (const found of ignoredFields(policy, habits)) this.#diagnostics.push(found);
    this.#inForce.set(keyOf(policy), lowerPolicy(policy, this.#generation.reading));
    const { sets, lists, entries } = this.#translate(policy);
    for (const [name, origin] of sets) if (!this.#sets.createSet(name, origin)) return;
    for (const [name, origin] of lists) if (!this.#sets.createList(name, origin)) return;
    if (!this.#cluster.listAllNamespaces()) return;
    for (const entry of entries) {
      this.#voice.addingRule(entry);
      const status = this.#iptables.check(entry);
      if (status === 2) {
        this.#voice.stoppedAtRule(entry, "add");
        this.#diagnostics.push(stoppedAt(entry, this.#generation.release));
        return;
      }
      if (status === 0) continue;
      const added = this.#generation.adds === "first" ? this.#iptables.insert(entry) : this.#iptables.append(entry);
      if (added !== 0) return;
    }
    this.#names.add(policy.name);
    this.#cluster.forgetPolicies(policy.namespace);
  }

  /** Rules that other policies need as well go too. */
  #removePolicy(policy: NetworkPolicy): boolean {
    this.#inForce.delete(keyOf(policy));
    this.#voice.heardOfPolicy("DELETE", policy);
    if (this.#crashesOn(policy)) return false;
    for (const entry of this.#translate(policy).entries) {
      this.#voice.deletingRule(entry);
      const status = this.#iptables.check(entry);
      if (status === 2) {
        this.#voice.stoppedAtRule(entry, "delete");
        return false;
      }
      if (status === 0) this.#iptables.remove(entry);
    }
    this.#names.delete(policy.name);
    if (this.#names.size === 0) this.#removeChains();
    return true;
  }

  /** Also when it removes a policy that it never came to add. */
  #crashesOn(policy: NetworkPolicy): boolean {
    const missing = portWithoutNumber(policy);
    if (!missing) return false;
    this.#crashed = true;
    const release = formatRelease(this.#generation.release);
    this.#diagnostics.push(diagnostic("npm-crashes", { what: "a port without a number", release }, missing));
    return true;
  }

  #translate(policy: NetworkPolicy): Translation {
    const pairs = lowerPolicy(policy, { ...this.#generation.reading, isolation: "policy-types" });
    const translation = translate(pairs, policy, this.#generation, (set) => this.#sets.kernelName(set));
    this.#voice.parsed(translation.parsed);
    return translation;
  }

  #ensureChains(): void {
    if (this.#chainsExist) return;
    this.#sets.createSet(kubeSystem, { kind: "engine", reason: "the namespace of system pods, which are let through" });
    this.#voice.makingChains();
    for (const step of chainSteps(this.#generation, (set) => this.#sets.kernelName(set))) {
      if (step.kind === "chain") {
        this.#iptables.newChain(step.chain, {
          kind: "engine",
          reason: "one of Azure NPM's own chains, there whatever the policies say",
        });
      } else if (this.#iptables.check(step.entry) !== 0) {
        if (step.entry === forwardEntry) this.#placeJump();
        else if (step.first) this.#iptables.insert(step.entry);
        else this.#iptables.append(step.entry);
      }
    }
    this.#chainsExist = true;
  }

  /** First; behind the rule for KUBE-SERVICES only when the user asks for it. */
  #placeJump(): void {
    if (this.#settings.placement === "first") this.#iptables.insert(forwardEntry);
    else this.#iptables.insert(forwardEntry, this.#iptables.lineOf("KUBE-SERVICES") + 1);
  }

  #taken(): Deed[] {
    const deeds = this.#deeds;
    this.#deeds = [];
    return deeds;
  }

  #removeChains(): void {
    if (this.#iptables.remove(forwardEntry) === 2) return;
    const chains = ownChains(this.#generation);
    for (const chain of chains) this.#iptables.flush(chain);
    for (const chain of chains) this.#iptables.deleteChain(chain);
    this.#chainsExist = false;
  }
}
