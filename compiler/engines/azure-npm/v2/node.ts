import type { Chain, Rule, Tables } from "../../../netfilter/tables.js";
import type { KubernetesObject, Namespace, NetworkPolicy, Pod } from "../../../model/objects.js";
import { keyOf } from "../../../model/objects.js";
import { lowerPolicy } from "../../../pairs/lower-policy.js";
import type { PolicyPairs } from "../../../pairs/pair-group.js";
import { diagnostic, type Diagnostic } from "../../../text/diagnostic.js";
import type { Origin } from "../../../text/origin.js";
import type { Deed, NpmEvent, NpmNode, Settings } from "../blueprint.js";
import { formatRelease } from "../release.js";
import { baseChains, bootRules, directionChain, npmChain } from "./chains.js";
import { Commands } from "./commands.js";
import type { Naming } from "./emit-policy.js";
import { jumpMove, moveJump, withoutDeprecatedJump } from "./forward-jump.js";
import type { V2Generation } from "./generation.js";
import { everyNamespace, originOf } from "../origins.js";
import { specOf, textOf } from "../same-spec.js";
import { ignoredPodDiagnostics } from "../ignored-pods.js";
import { memberships, reasonToIgnore, type Membership } from "./memberships.js";
import { directionsOf, PolicyChains, type ChainedPolicy } from "./policy-chains.js";
import { policySets } from "./policy-sets.js";
import { lostBlocks, refusals, refusedPolicy, unreachedPolicy } from "./refusals.js";
import { refusedByRestore } from "./restore-limits.js";
import { SetStore, type SetState } from "./set-store.js";
import { SetNames } from "./sets.js";
import type { PodChange, V2Voice } from "./voices/voice.js";

/** A node that NPM v2 programs. Its methods answer with the commands NPM ran and the lines it logged. */
export class V2Node implements NpmNode {
  readonly #generation: V2Generation;
  readonly #settings: Settings;
  readonly #commands: Commands;
  readonly #voice: V2Voice;
  readonly #naming: Naming;
  readonly #names: SetNames;
  readonly #sets = new SetStore();
  readonly #chains: PolicyChains;
  /** The other chains of the table, FORWARD among them. */
  readonly #others: ReadonlyMap<string, Chain>;
  #forward: readonly Rule[];

  readonly #namespaces = new Map<string, Namespace>();
  /** Names of namespaces that only pods have mentioned so far. */
  readonly #mentioned = new Set<string>();
  readonly #pods = new Map<string, Pod>();
  /** Pods that stand in no set, with the last version of each. */
  readonly #ignored = new Map<string, Pod>();
  readonly #policies = new Map<string, AppliedPolicy>();
  /** What NPM could not enforce, by the key of the policy. */
  readonly #failed = new Map<string, FailedPolicy>();
  readonly #diagnostics: Diagnostic[] = [];
  /** The policy whose sets NPM can't fill: whatever it does about sets fails from then on, and is tried again and again. */
  #stuckAt: string | undefined;

  constructor(generation: V2Generation, settings: Settings) {
    this.#generation = generation;
    this.#settings = settings;
    this.#voice = generation.voice.speak({
      tag: settings.tag,
      apiServerVersion: settings.apiServerVersion,
      placesFirst: settings.placement === "first",
      lite: generation.lite !== undefined,
    });
    this.#commands = new Commands(generation, settings.flavour, this.#voice);
    this.#names = new SetNames(generation);
    this.#naming = namingOf(generation, this.#names);
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
  start(): Deed[] {
    const present = (this.#settings.existing?.chains ?? [])
      .map(({ name }) => name)
      .filter((name) => name.startsWith(npmChain));
    const rules = this.#forward.length;
    this.#forward = withoutDeprecatedJump(this.#forward);
    const deeds = [
      ...this.#voice.starting(),
      ...this.#commands.detectFlavour(),
      ...this.#commands.boot(present, this.#forward.length < rules),
      ...this.#positionJump(),
      ...this.#commands.resetSets(),
      ...this.#voice.started(),
      ...(this.#generation.lite === "fails-to-start" ? this.#voice.gaveUp() : []),
    ];
    const release = formatRelease(this.#generation.release);
    if (this.#generation.lite === "fails-to-start")
      this.#diagnostics.push(diagnostic("npm-lite-fails-to-start", { release }));
    if (this.#generation.reading.ipBlock === "everything")
      this.#diagnostics.push(diagnostic("npm-lite-matches-everything", { release }));
    return deeds;
  }

  step(event: NpmEvent): Deed[] {
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
    return [...this.#policies.values()].map(({ pairs }) => pairs);
  }

  tables(): Tables {
    const boot = bootRules(this.#generation);
    const base = baseChains.map((name): Chain => {
      const fixed = boot.filter(({ chain }) => chain === name).map(({ rule }) => rule);
      const origin: Origin = {
        kind: "engine",
        reason: "one of Azure NPM's own chains, there whatever the policies say",
      };
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

  #positionJump(): Deed[] {
    const move = jumpMove(this.#forward, this.#settings.placement);
    if (move) this.#forward = moveJump(this.#forward, move);
    return this.#commands.positionJump(move, this.#settings.placement === "first");
  }

  /** Of a policy, when one has changed the sets. */
  #applySets(policy?: NetworkPolicy): Deed[] {
    if (this.#stuckAt !== undefined) {
      this.#sets.applyAllButRemovals();
      return [];
    }
    const applied = this.#commands.applySets(this.#sets.changes());
    if (applied.gaveUp && policy) this.#stuckAt = keyOf(policy);
    if (applied.gaveUp) this.#sets.applyAllButRemovals();
    else this.#sets.applied();
    for (const { set, member } of applied.lost) this.#sets.lose(set, member);
    if (policy) for (const found of lostBlocks(policy, applied, this.#generation)) this.#diagnostics.push(found);
    return applied.deeds;
  }

  #synced(kind: KubernetesObject["kind"], key: string): Deed[] {
    return this.#stuckAt === undefined ? this.#voice.synced(kind, key) : [];
  }

  #apply(object: KubernetesObject): Deed[] {
    switch (object.kind) {
      case "Namespace":
        return this.#applyNamespace(object);
      case "Pod":
        return this.#applyPod(object);
      case "NetworkPolicy":
        return this.#applyPolicy(object);
    }
  }

  #delete(kind: KubernetesObject["kind"], key: string): Deed[] {
    switch (kind) {
      case "Namespace":
        return this.#deleteNamespace(key);
      case "Pod":
        return this.#podIsGone(key);
      case "NetworkPolicy":
        return this.#policyIsGone(key);
    }
  }

  /** Source: Azure NPM cbd7560cf, npm/pkg/controlplane/controllers/v2/namespaceController.go. */
  #applyNamespace(namespace: Namespace): Deed[] {
    const before = this.#namespaces.get(namespace.name);
    const said = this.#voice.applyingNamespace(
      namespace,
      before ?? (this.#mentioned.has(namespace.name) ? { labels: new Map() } : "unknown"),
    );
    this.#namespaces.set(namespace.name, namespace);
    this.#mentioned.delete(namespace.name);
    const set = this.#sets.create(this.#names.namespace(namespace.name), originOf(namespace, "metadata.name"));
    if (!before) this.#sets.addToList(this.#sets.create(this.#names.allNamespaces, everyNamespace), set);
    for (const [key, value] of before?.labels ?? []) {
      if (namespace.labels.get(key) === value) continue;
      if (!namespace.labels.has(key))
        this.#sets.removeFromList(this.#sets.create(this.#names.namespaceLabel(key), everyNamespace), set);
      this.#sets.removeFromList(this.#sets.create(this.#names.namespaceLabel(key, value), everyNamespace), set);
    }
    const origin = originOf(namespace, "metadata.labels");
    for (const [key, value] of namespace.labels) {
      this.#sets.addToList(this.#sets.create(this.#names.namespaceLabel(key), origin), set);
      this.#sets.addToList(this.#sets.create(this.#names.namespaceLabel(key, value), origin), set);
    }
    return [...said, ...this.#applySets(), ...this.#synced("Namespace", namespace.name)];
  }

  #deleteNamespace(name: string): Deed[] {
    const namespace = this.#namespaces.get(name);
    const set = this.#sets.find(this.#names.namespace(name));
    const said = this.#voice.deletingNamespace(name, namespace);
    this.#namespaces.delete(name);
    this.#mentioned.delete(name);
    if (!namespace || !set) return said;
    for (const [key, value] of namespace.labels) {
      for (const list of [this.#names.namespaceLabel(key), this.#names.namespaceLabel(key, value)]) {
        const found = this.#sets.find(list);
        if (found) this.#sets.removeFromList(found, set);
      }
    }
    this.#sets.removeFromList(this.#sets.create(this.#names.allNamespaces, everyNamespace), set);
    return [...said, ...this.#applySets(), ...this.#synced("Namespace", name)];
  }

  /** Source: Azure NPM cbd7560cf, npm/pkg/controlplane/controllers/v2/podController.go. */
  #applyPod(pod: Pod): Deed[] {
    const key = keyOf(pod);
    const before = this.#pods.get(key);
    const isNew = !before && !this.#ignored.has(key);
    const reason = reasonToIgnore(pod);
    if (reason) this.#ignored.set(key, pod);
    else this.#ignored.delete(key);
    if (reason === "host-network") return [];
    if (reason === "finished" || reason === "deleted") {
      return isNew ? [] : this.#syncPod(key, { kind: "finished", key, before }, () => this.#removePod(key));
    }
    if (reason === "no-address" || reason === "ipv6") {
      // A pod without any address is not heard of when it is new, or does not run.
      const heard = pod.ip !== "" || (!isNew && pod.phase === "Running");
      if (!heard || !this.#generation.cleansPodsWithoutAddress) return [];
      return this.#syncPod(key, { kind: "without-address", pod }, () => {
        this.#ensureNamespace(pod);
        this.#removePod(key);
      });
    }
    const change = podChange(pod, before);
    return this.#syncPod(key, change, () => {
      if (change.kind !== "unchanged") this.#ensureNamespace(pod);
      this.#putPod(key, pod, before);
    });
  }

  #podIsGone(key: string): Deed[] {
    const before = this.#pods.get(key);
    const hostNetwork = this.#ignored.get(key)?.hostNetwork === true;
    this.#ignored.delete(key);
    const change: PodChange = { kind: "deleted", key, before, hostNetwork };
    return hostNetwork ? this.#voice.changingPod(change) : this.#syncPod(key, change, () => this.#removePod(key));
  }

  #syncPod(key: string, change: PodChange, carryOut: () => void): Deed[] {
    const said = this.#voice.changingPod(change);
    carryOut();
    return [...said, ...this.#applySets(), ...this.#synced("Pod", key)];
  }

  #putPod(key: string, pod: Pod, before: Pod | undefined): void {
    this.#pods.set(key, pod);
    const wanted = this.#membershipsOf(pod);
    if (!before) {
      for (const membership of wanted) this.#join(membership, pod, key);
      return;
    }
    const had = this.#membershipsOf(before);
    for (const membership of had) if (!includes(wanted, membership)) this.#leave(membership, key);
    for (const membership of wanted) if (!includes(had, membership)) this.#join(membership, pod, key);
  }

  #removePod(key: string): void {
    const pod = this.#pods.get(key);
    this.#pods.delete(key);
    for (const membership of this.#membershipsOf(pod)) this.#leave(membership, key);
  }

  #membershipsOf(pod: Pod | undefined): readonly Membership[] {
    return pod ? memberships(pod, this.#names) : [];
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
  #ensureNamespace(pod: Pod): void {
    const name = pod.namespace;
    if (this.#namespaces.has(name)) return;
    this.#mentioned.add(name);
    this.#sets.addToList(
      this.#sets.create(this.#names.allNamespaces, everyNamespace),
      this.#sets.create(this.#names.namespace(name), originOf(pod, "metadata.namespace")),
    );
  }

  /** Source: Azure NPM cbd7560cf, npm/pkg/dataplane/dataplane.go, AddPolicy, RemovePolicy, UpdatePolicy. */
  #applyPolicy(policy: NetworkPolicy): Deed[] {
    const key = keyOf(policy);
    const before = this.#policies.get(key);
    const failed = this.#failed.get(key);
    const believed = before?.policy ?? failed?.believed;
    if (believed && specOf(believed) === specOf(policy)) return [];
    const { skipped, diagnostics } = refusals(policy, this.#generation);
    for (const found of diagnostics) this.#diagnostics.push(found);
    if (skipped) return this.#voice.refusedPolicy(policy, skipped);
    const said = this.#voice.updatingPolicy(key, before !== undefined);
    const removal = before ? this.#removePolicy(before) : [];
    const pairs = lowerPolicy(policy, this.#generation.reading);
    const sets = policySets(pairs, this.#names);
    const refusal = refusedByRestore(pairs, sets, this.#naming);
    if (refusal !== undefined) this.#diagnostics.push(refusedPolicy(policy, refusal, this.#generation));
    const used: SetState[] = [];
    for (const { metadata, origin, lists, blocks } of sets) {
      const set = this.#sets.create(metadata, origin);
      used.push(set);
      if (!failed?.sets.has(set)) set.policies += 1;
      for (const member of lists) this.#sets.addToList(set, this.#sets.create(member, origin));
      for (const block of blocks) this.#sets.add(set, block, key);
    }
    const applied = this.#applySets(policy);
    const came = [...said, ...removal, ...this.#voice.addingPolicy(key), ...applied];
    const isFirst = !this.#chains.active;
    if (this.#stuckAt !== undefined || refusal !== undefined) {
      this.#failed.set(key, { ...(believed && { believed }), sets: new Set([...(failed?.sets ?? []), ...used]) });
      // NPM tries the same file twice.
      const attempt = this.#commands.addPolicy(pairs, isFirst, this.#naming);
      if (this.#stuckAt === undefined) return [...came, attempt, attempt];
      if (this.#stuckAt !== key) this.#diagnostics.push(unreachedPolicy(policy, this.#stuckAt, this.#generation));
      return came;
    }
    if (failed) this.#failed.set(key, { sets: failed.sets });
    const chained = { key, directions: directionsOf(pairs), pairs, policy };
    this.#policies.set(key, chained);
    this.#chains.add(chained);
    return [
      ...came,
      this.#commands.addPolicy(pairs, isFirst, this.#naming),
      ...this.#voice.synced("NetworkPolicy", key),
    ];
  }

  #policyIsGone(key: string): Deed[] {
    const found = this.#policies.get(key);
    const failed = this.#failed.get(key);
    if (failed) this.#failed.set(key, { sets: failed.sets });
    return [
      ...this.#voice.policyIsGone(key),
      ...(found ? this.#removePolicy(found) : failed?.believed ? this.#voice.removingPolicy(key) : []),
      ...this.#voice.synced("NetworkPolicy", key),
    ];
  }

  #removePolicy(found: AppliedPolicy): Deed[] {
    const { key, pairs } = found;
    this.#policies.delete(key);
    this.#chains.remove(found);
    const deeds = this.#commands.removePolicy(pairs, !this.#chains.active, this.#naming);
    const left: SetState[] = [];
    for (const { metadata, lists, blocks } of policySets(pairs, this.#names)) {
      const set = this.#sets.find(metadata);
      if (!set) continue;
      left.push(set);
      set.policies -= 1;
      this.#failed.get(key)?.sets.delete(set);
      // A list that policies share loses its members with the first of them.
      for (const member of lists) {
        const held = this.#sets.find(member);
        if (held) this.#sets.removeFromList(set, held);
      }
      for (const block of blocks) this.#sets.remove(set, block, key);
    }
    this.#sets.destroyUnused(left);
    return [...this.#voice.removingPolicy(key), ...deeds, ...this.#applySets()];
  }

  /** The five-minute task. Sets that it gives up go with the next apply. */
  #reconcile(): Deed[] {
    const unused = this.#sets.destroyUnused();
    const said = this.#voice.removedUnusedSets(unused, this.#sets.doomed);
    const jump = this.#positionJump();
    const stale = this.#chains.removeStale();
    const aboutStale = stale.length > 0 ? this.#voice.removingStaleChains(stale) : [];
    return [...said, ...jump, ...aboutStale, ...stale.flatMap((chain) => this.#commands.deleteChain(chain))];
  }
}

interface AppliedPolicy extends ChainedPolicy {
  readonly policy: NetworkPolicy;
}

/** Of a policy whose rules the kernel never got. NPM does not know of it when it is deleted, so that its sets stay for good. */
interface FailedPolicy {
  /** The version that NPM takes to be in force though it removed it for the one that failed: it does nothing when that comes back. */
  readonly believed?: NetworkPolicy;
  /** Sets that it keeps. */
  readonly sets: Set<SetState>;
}

/** What the pod controller makes of a pod with an address, compared with the pod in the sets. */
function podChange(pod: Pod, before: Pod | undefined): PodChange {
  if (!before) return { kind: "added", pod };
  if (before.ip !== pod.ip) return { kind: "readdressed", pod, before };
  const same = before.phase === pod.phase && samePodSets(before, pod);
  return same ? { kind: "unchanged", pod } : { kind: "updated", pod, before };
}

function samePodSets(before: Pod, pod: Pod): boolean {
  return textOf([before.labels, before.ports]) === textOf([pod.labels, pod.ports]);
}

const builtIns = ["INPUT", "FORWARD", "OUTPUT"];

function fieldOfPodSet(readableName: string): string {
  if (readableName.startsWith("ns-")) return "metadata.namespace";
  return readableName.startsWith("podlabel-") ? "metadata.labels" : "spec.containers";
}

function namingOf(generation: V2Generation, sets: SetNames): Naming {
  const suffixes = new Map<string, string>();
  return {
    generation,
    sets,
    chainName(policy, direction) {
      let suffix = suffixes.get(policy);
      if (suffix === undefined) suffixes.set(policy, (suffix = generation.hashes.chain(policy)));
      return `${directionChain(direction)}-${suffix}`;
    },
  };
}

function includes(memberships: readonly Membership[], { set, member }: Membership): boolean {
  return memberships.some((found) => found.member === member && found.set === set);
}
