import type { Command } from "../../../netfilter/command.js";
import type { Chain, Rule, Tables } from "../../../netfilter/tables.js";
import type { KubernetesObject, Namespace, NetworkPolicy, Pod } from "../../../model/objects.js";
import { keyOf } from "../../../model/objects.js";
import { lowerPolicy } from "../../../pairs/lower-policy.js";
import type { PolicyPairs } from "../../../pairs/pair-group.js";
import { diagnostic, type Diagnostic } from "../../../text/diagnostic.js";
import type { Origin } from "../../../text/origin.js";
import type { Event } from "../../engine.js";
import type { NpmNode, Settings } from "../blueprint.js";
import { formatRelease } from "../release.js";
import { baseChains, bootRules, directionChain, npmChain } from "./chains.js";
import { Commands } from "./commands.js";
import type { Naming } from "./emit-policy.js";
import { jumpMove, moveJump, withoutDeprecatedJump } from "./forward-jump.js";
import type { V2Generation } from "./generation.js";
import { everyNamespace, originOf } from "../origins.js";
import { specOf } from "../same-spec.js";
import { ignoredPodDiagnostics } from "../ignored-pods.js";
import { memberships, reasonToIgnore, type Membership } from "./memberships.js";
import { directionsOf, PolicyChains, type ChainedPolicy } from "./policy-chains.js";
import { policySets } from "./policy-sets.js";
import { refusals, refusedPolicy } from "./refusals.js";
import { refusedByRestore } from "./restore-limits.js";
import { SetStore } from "./set-store.js";
import { allNamespaces, namespaceLabelSet, namespaceSet } from "./sets.js";

/** A node that NPM v2 programs. Its methods answer with the commands NPM ran. */
export class V2Node implements NpmNode {
  readonly #generation: V2Generation;
  readonly #settings: Settings;
  readonly #commands: Commands;
  readonly #naming: Naming;
  readonly #sets: SetStore;
  readonly #chains: PolicyChains;
  /** The other chains of the table, FORWARD among them. */
  readonly #others: ReadonlyMap<string, Chain>;
  #forward: readonly Rule[];

  readonly #namespaces = new Map<string, Namespace>();
  readonly #pods = new Map<string, Pod>();
  /** Pods that stand in no set, with the last version of each. */
  readonly #ignored = new Map<string, Pod>();
  /** Those that the kernel refused have sets, and no rules. */
  readonly #policies = new Map<string, ChainedPolicy & { policy: NetworkPolicy; inForce: boolean }>();
  readonly #diagnostics: Diagnostic[] = [];

  constructor(generation: V2Generation, settings: Settings) {
    this.#generation = generation;
    this.#settings = settings;
    this.#commands = new Commands(generation, settings.flavour);
    this.#sets = new SetStore(generation.hashes);
    this.#naming = namingOf(generation, this.#sets);
    const existing = settings.existing?.chains ?? [];
    const owned = existing.map(({ name }) => name).filter((name) => name.startsWith(npmChain));
    const base: readonly string[] = baseChains;
    this.#chains = new PolicyChains(
      this.#naming,
      owned.filter((name) => !base.includes(name)),
    );
    this.#others = new Map(existing.filter(({ name }) => !owned.includes(name)).map((chain) => [chain.name, chain]));
    this.#forward = this.#others.get("FORWARD")?.rules ?? [];
  }

  get diagnostics(): readonly Diagnostic[] {
    return [
      ...this.#diagnostics,
      ...this.#sets.diagnostics(),
      ...ignoredPodDiagnostics([...this.#ignored.values()], reasonToIgnore),
    ];
  }

  /** Boot: chains first, then sets. */
  start(): Command[] {
    const present = (this.#settings.existing?.chains ?? [])
      .map(({ name }) => name)
      .filter((name) => name.startsWith(npmChain));
    this.#forward = withoutDeprecatedJump(this.#forward);
    const commands = [
      ...this.#commands.detectFlavour(),
      ...this.#commands.boot(present),
      ...this.#positionJump(),
      ...this.#commands.resetSets(),
    ];
    const release = formatRelease(this.#generation.release);
    if (this.#generation.lite === "fails-to-start")
      this.#diagnostics.push(diagnostic("npm-lite-fails-to-start", { release }));
    if (this.#generation.reading.ipBlock === "everything")
      this.#diagnostics.push(diagnostic("npm-lite-matches-everything", { release }));
    return commands;
  }

  step(event: Event): Command[] {
    if (this.#generation.lite === "fails-to-start") return [];
    switch (event.kind) {
      case "apply":
        return this.#apply(event.object);
      case "delete":
        return this.#delete(event.objectKind, event.key);
      case "reconcile":
        return this.#reconcile();
    }
  }

  pairs(): readonly PolicyPairs[] {
    return [...this.#policies.values()].flatMap((found) => (found.inForce ? [found.lower()] : []));
  }

  tables(): Tables {
    const boot = bootRules(this.#generation);
    const base = baseChains.map((name): Chain => {
      const fixed = boot.filter(({ chain }) => chain === name).map(({ rule }) => rule);
      const origin: Origin = { kind: "engine", reason: "a base chain of Azure NPM" };
      if (name === npmChain) return { name, rules: this.#chains.mainRules, origin };
      if (name === directionChain("ingress"))
        return { name, rules: [...this.#chains.jumps("ingress"), ...fixed], origin };
      if (name === directionChain("egress"))
        return { name, rules: [...this.#chains.jumps("egress"), ...fixed], origin };
      return { name, rules: fixed, origin };
    });
    const others = [...this.#others.values()].filter(({ name }) => !builtIns.includes(name));
    const user = [...others, ...base, ...this.#chains.policyChains()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { chains: [...builtIns.map((name) => this.#builtIn(name)), ...user], sets: this.#sets.kernelSets() };
  }

  #builtIn(name: string): Chain {
    const chain = this.#others.get(name) ?? { name, policy: "ACCEPT", rules: [] };
    return name === "FORWARD" ? { ...chain, rules: this.#forward } : chain;
  }

  #positionJump(): Command[] {
    const move = jumpMove(this.#forward, this.#settings.placement);
    if (move) this.#forward = moveJump(this.#forward, move);
    return this.#commands.positionJump(move, this.#settings.placement === "first");
  }

  #applySets(): Command[] {
    return this.#commands.applySets(this.#sets.apply());
  }

  #apply(object: KubernetesObject): Command[] {
    switch (object.kind) {
      case "Namespace":
        return this.#applyNamespace(object);
      case "Pod":
        return this.#applyPod(object);
      case "NetworkPolicy":
        return this.#applyPolicy(object);
    }
  }

  #delete(kind: KubernetesObject["kind"], key: string): Command[] {
    switch (kind) {
      case "Namespace":
        return this.#deleteNamespace(key);
      case "Pod":
        return this.#deletePod(key);
      case "NetworkPolicy":
        return this.#deletePolicy(key);
    }
  }

  /** Source: Azure NPM cbd7560cf, npm/pkg/controlplane/controllers/v2/namespaceController.go. */
  #applyNamespace(namespace: Namespace): Command[] {
    const before = this.#namespaces.get(namespace.name);
    this.#namespaces.set(namespace.name, namespace);
    const set = this.#sets.create(namespaceSet(namespace.name), originOf(namespace, "metadata.name"));
    if (!before) this.#sets.addToList(this.#sets.create(allNamespaces, everyNamespace), set);
    for (const [key, value] of before?.labels ?? []) {
      if (namespace.labels.get(key) === value) continue;
      if (!namespace.labels.has(key))
        this.#sets.removeFromList(this.#sets.create(namespaceLabelSet(key), everyNamespace), set);
      this.#sets.removeFromList(this.#sets.create(namespaceLabelSet(key, value), everyNamespace), set);
    }
    const origin = originOf(namespace, "metadata.labels");
    for (const [key, value] of namespace.labels) {
      this.#sets.addToList(this.#sets.create(namespaceLabelSet(key), origin), set);
      this.#sets.addToList(this.#sets.create(namespaceLabelSet(key, value), origin), set);
    }
    return this.#applySets();
  }

  #deleteNamespace(name: string): Command[] {
    const namespace = this.#namespaces.get(name);
    const set = this.#sets.find(namespaceSet(name));
    this.#namespaces.delete(name);
    if (!namespace || !set) return [];
    for (const [key, value] of namespace.labels) {
      for (const list of [namespaceLabelSet(key), namespaceLabelSet(key, value)]) {
        const found = this.#sets.find(list);
        if (found) this.#sets.removeFromList(found, set);
      }
    }
    this.#sets.removeFromList(this.#sets.create(allNamespaces, everyNamespace), set);
    return this.#applySets();
  }

  /** Source: Azure NPM cbd7560cf, npm/pkg/controlplane/controllers/v2/podController.go. */
  #applyPod(pod: Pod): Command[] {
    const key = keyOf(pod);
    const before = this.#pods.get(key);
    const reason = reasonToIgnore(pod);
    if (reason) this.#ignored.set(key, pod);
    else this.#ignored.delete(key);
    if (reason === "host-network") return [];
    if (reason === "finished" || reason === "deleted") return this.#deletePod(key, pod);
    if (reason === "no-address" || reason === "ipv6") {
      const leaves = before && pod.phase === "Running" && this.#generation.cleansPodsWithoutAddress;
      return leaves ? this.#deletePod(key, pod) : [];
    }
    this.#pods.set(key, pod);
    this.#ensureNamespace(pod.namespace, originOf(pod, "metadata.namespace"));
    const [wanted, had] = [memberships(pod), before ? memberships(before) : []];
    for (const membership of had) if (!includes(wanted, membership)) this.#leave(membership, key);
    for (const membership of wanted) if (!includes(had, membership)) this.#join(membership, pod, key);
    return this.#applySets();
  }

  #deletePod(key: string, ignored?: Pod): Command[] {
    if (!ignored) this.#ignored.delete(key);
    const pod = this.#pods.get(key);
    this.#pods.delete(key);
    for (const membership of pod ? memberships(pod) : []) this.#leave(membership, key);
    return this.#applySets();
  }

  #join({ set, member }: Membership, pod: Pod, owner: string): void {
    const found = this.#sets.find(set) ?? this.#sets.create(set, originOf(pod, fieldOfPodSet(set.readableName)));
    this.#sets.add(found, member, owner);
  }

  #leave({ set, member }: Membership, owner: string): void {
    const found = this.#sets.find(set);
    if (found) this.#sets.remove(found, member, owner);
  }

  /** A namespace that NPM first hears of through a pod gets its set, and a place in the list of all. */
  #ensureNamespace(name: string, origin: Origin): void {
    if (this.#namespaces.has(name)) return;
    this.#sets.addToList(
      this.#sets.create(allNamespaces, everyNamespace),
      this.#sets.create(namespaceSet(name), origin),
    );
  }

  /** Source: Azure NPM cbd7560cf, npm/pkg/dataplane/dataplane.go, AddPolicy, RemovePolicy, UpdatePolicy. */
  #applyPolicy(policy: NetworkPolicy): Command[] {
    const key = keyOf(policy);
    const before = this.#policies.get(key);
    if (before && specOf(before.policy) === specOf(policy)) return [];
    const { skipped, diagnostics } = refusals(policy, this.#generation);
    this.#diagnostics.push(...diagnostics);
    if (skipped) return [];
    const removal = before ? this.#deletePolicy(key) : [];
    const lower = () => lowerPolicy(policy, this.#generation.reading);
    const pairs = lower();
    const refusal = refusedByRestore(pairs, this.#naming);
    if (refusal !== undefined) this.#diagnostics.push(refusedPolicy(policy, refusal, this.#generation));
    const chained = { key, directions: directionsOf(pairs), lower, policy, inForce: refusal === undefined };
    this.#policies.set(key, chained);
    for (const { metadata, origin, lists, blocks } of policySets(pairs, this.#generation)) {
      const set = this.#sets.create(metadata, origin);
      set.policies += 1;
      for (const member of lists) this.#sets.addToList(set, this.#sets.create(member, origin));
      for (const block of blocks) this.#sets.add(set, block, key);
    }
    const commands = this.#applySets();
    const isFirst = !this.#chains.active;
    if (chained.inForce) this.#chains.add(chained);
    return [...removal, ...commands, this.#commands.addPolicy(pairs, isFirst, this.#naming)];
  }

  #deletePolicy(key: string): Command[] {
    const found = this.#policies.get(key);
    if (!found) return [];
    this.#policies.delete(key);
    if (found.inForce) this.#chains.remove(found);
    const pairs = found.lower();
    const commands = found.inForce ? this.#commands.removePolicy(pairs, !this.#chains.active, this.#naming) : [];
    for (const { metadata, lists, blocks } of policySets(pairs, this.#generation)) {
      const set = this.#sets.find(metadata);
      if (!set) continue;
      set.policies -= 1;
      // A list that policies share loses its members with the first of them.
      for (const member of lists) {
        const held = this.#sets.find(member);
        if (held) this.#sets.removeFromList(set, held);
      }
      for (const block of blocks) this.#sets.remove(set, block, key);
      const own = lists.length > 0 || blocks.length > 0;
      if (own && set.policies === 0 && set.members.size === 0) this.#sets.destroy(set);
    }
    return [...commands, ...this.#applySets()];
  }

  /** The five-minute task. Sets that it gives up go with the next apply. */
  #reconcile(): Command[] {
    this.#sets.destroyUnused();
    return [...this.#positionJump(), ...this.#chains.removeStale().map((chain) => this.#commands.deleteChain(chain))];
  }
}

const builtIns = ["INPUT", "FORWARD", "OUTPUT"];

function fieldOfPodSet(readableName: string): string {
  if (readableName.startsWith("ns-")) return "metadata.namespace";
  return readableName.startsWith("podlabel-") ? "metadata.labels" : "spec.containers";
}

function namingOf(generation: V2Generation, sets: SetStore): Naming {
  const suffixes = new Map<string, string>();
  return {
    generation,
    kernelName: (set) => sets.kernelName(set),
    chainName(policy, direction) {
      let suffix = suffixes.get(policy);
      if (suffix === undefined) suffixes.set(policy, (suffix = generation.hashes.chain(policy)));
      return `${directionChain(direction)}-${suffix}`;
    },
  };
}

function includes(memberships: readonly Membership[], { set, member }: Membership): boolean {
  return memberships.some((found) => found.member === member && found.set.readableName === set.readableName);
}
