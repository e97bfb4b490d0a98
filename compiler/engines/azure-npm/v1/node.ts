import type { Tables } from "../../../netfilter/tables.js";
import type { KubernetesObject, NetworkPolicy } from "../../../model/objects.js";
import { keyOf } from "../../../model/objects.js";
import { lowerPolicy } from "../../../pairs/lower-policy.js";
import type { PolicyPairs } from "../../../pairs/pair-group.js";
import type { Diagnostic } from "../../../text/diagnostic.js";
import type { Deed, NpmEvent, NpmNode, Settings } from "../blueprint.js";
import type { Cluster } from "../cluster.js";
import { ignoredFields, type FieldHabits } from "../ignored-fields.js";
import { ignoredPodDiagnostics } from "../ignored-pods.js";
import type { Entry } from "../kernel/entry.js";
import { FilterTable } from "../kernel/filter-table.js";
import { Ipset } from "../kernel/ipset.js";
import { Iptables } from "../kernel/iptables.js";
import { SetTable } from "../kernel/set-table.js";
import { EventCluster } from "../event-cluster.js";
import { SetManager } from "../set-manager.js";
import { stoppedAt, waitsAt } from "../stopped-at.js";
import { CachedCluster } from "./cached-cluster.js";
import type { V1Generation } from "./generation.js";
import { clusterNames } from "./names.js";
import { Policies } from "./policies.js";
import { PolicyQueue } from "./policy-queue.js";
import { Programmer } from "./programmer.js";
import { Translator } from "./translator.js";

/** A node that NPM v1 programs, command by command. */
export class V1Node implements NpmNode {
  readonly #kernelSets = new SetTable();
  readonly #table: FilterTable;
  readonly #cluster: Cluster;
  readonly #programmer: Programmer;
  readonly #translator: Translator;
  readonly #policies: Policies | PolicyQueue;
  readonly #inForce = new Map<string, PolicyPairs>();
  readonly #fieldHabits: Omit<FieldHabits, "bothSelectors">;
  readonly #diagnostics: Diagnostic[] = [];
  #deeds: Deed[] = [];
  /** How many objects came, changed ones again. */
  #applied = 0;

  constructor(generation: V1Generation, settings: Settings) {
    const { release, blocks, namedPorts } = generation;
    this.#fieldHabits = { release, blocks, namedPorts };
    this.#table = new FilterTable(settings.existing?.chains ?? [], this.#kernelSets);
    const record = (deed: Deed) => this.#deeds.push(deed);
    const voice = generation.voice(settings, record);
    const iptables = new Iptables(this.#table, ["-w", "60"], record, (run) => voice.ranIptables(run));
    const ipset = new Ipset(this.#kernelSets, record, (run) => voice.ranIpset(run));
    const sets = new SetManager(ipset, generation.hashes, generation.sets, voice);
    const habits = {
      ignores: generation.ignoresPods,
      remembersAddresses: generation.pods === "by-address",
      podsRenewRecords: generation.podsRenewRecords,
      ...(namedPorts === "sets" && { namedPortPrefix: generation.namedPortPrefix }),
    };
    const events = new EventCluster(sets, clusterNames, habits, voice);
    const { takesPoliciesBack } = generation;
    const stopped = (entry: Entry) => {
      this.#diagnostics.push(takesPoliciesBack ? waitsAt(entry, release) : stoppedAt(entry, release));
    };
    this.#programmer = new Programmer(generation, settings, iptables, ipset, sets, stopped, voice);
    this.#translator = new Translator(generation, settings.kubernetesMinor, sets);
    if (generation.pods === "cached") {
      this.#cluster = new CachedCluster(sets, voice);
      this.#policies = new PolicyQueue(this.#translator, this.#programmer, takesPoliciesBack, voice);
    } else {
      this.#cluster = events;
      this.#policies = new Policies(generation, this.#translator, this.#programmer, events, voice);
    }
  }

  get diagnostics(): readonly Diagnostic[] {
    const ignored = ignoredPodDiagnostics(this.#cluster.ignoredPods(), (pod) => this.#cluster.reasonToIgnore(pod));
    return [...this.#diagnostics, ...ignored];
  }

  start(): Deed[] {
    this.#programmer.start();
    return this.#taken();
  }

  step(event: NpmEvent): Deed[] {
    if (event.kind === "apply") this.#apply(event.object);
    // The periodic task looks whether the jump stands where it belongs; what it makes where no policy is there is not emulated.
    else if (event.kind === "delete") this.#delete(event.objectKind, event.key);
    if (this.#policies instanceof PolicyQueue) this.#policies.retry();
    return this.#taken();
  }

  tables(): Tables {
    return { chains: this.#table.list(), sets: this.#kernelSets.list() };
  }

  pairs(): readonly PolicyPairs[] {
    return [...this.#inForce.values()];
  }

  #apply(object: KubernetesObject): void {
    this.#applied += 1;
    switch (object.kind) {
      case "Namespace":
        return this.#cluster.applyNamespace(object);
      case "Pod":
        return this.#cluster.applyPod(object);
      case "NetworkPolicy":
        return this.#applyPolicy(object);
    }
  }

  #delete(kind: KubernetesObject["kind"], key: string): void {
    switch (kind) {
      case "Namespace":
        return this.#cluster.deleteNamespace(key);
      case "Pod":
        return this.#cluster.deletePod(key);
      case "NetworkPolicy":
        this.#inForce.delete(key);
        return this.#policies.delete(key);
    }
  }

  #applyPolicy(policy: NetworkPolicy): void {
    const habits = { ...this.#fieldHabits, bothSelectors: this.#translator.reading.bothSelectors };
    for (const found of ignoredFields(policy, habits)) this.#diagnostics.push(found);
    this.#inForce.delete(keyOf(policy));
    this.#inForce.set(keyOf(policy), lowerPolicy(policy, this.#translator.reading));
    this.#policies.apply({ ...policy, resourceVersion: firstResourceVersion + this.#applied });
  }

  #taken(): Deed[] {
    const deeds = this.#deeds;
    this.#deeds = [];
    return deeds;
  }
}

/** The API server's count of changes before the first object; each object that it stores counts one. */
const firstResourceVersion = 1000;
