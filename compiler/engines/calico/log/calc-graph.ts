import { printSelector, selectorHolds } from "../../../model/calico/selector.js";
import type { Cluster, HostEndpoint, Labelled, LocalEndpoint } from "../cluster/cluster.js";
import type { TableName } from "../../../netfilter/tables.js";
import type { FelixChain } from "../felix/rule.js";
import type { Generation } from "../generation.js";
import { scanPolicy, type NodePlan } from "../node-plan.js";
import type { Policy, Profile } from "../policy.js";
import { fullName, kindOf, type ScannedPolicy } from "../rules/policy-chains.js";
import { calculatedMembers, type NeededSet } from "../sets.js";
import type { NodeView } from "../settings.js";
import type { FelixWriter } from "./felix-writer.js";
import { goPointer, goString } from "./go-text.js";
import { hostMessage, labelledText, podMessage, policyMessage, profileMessage } from "./messages.js";
import type { Message } from "./proto-message.js";
import { Remembered } from "./remembered.js";

/** What changed for the node's data plane, in the order in which it is told. Source: Calico a0db560f0520, felix/calc/event_sequencer.go, Flush. */
export interface Updates {
  readonly addedSets: readonly NeededSet[];
  readonly setDeltas: readonly SetDelta[];
  readonly policies: readonly ScannedPolicy[];
  readonly profiles: readonly string[];
  readonly pods: readonly LocalEndpoint[];
  readonly hosts: readonly HostEndpoint[];
  readonly removedPods: readonly string[];
  readonly removedHosts: readonly string[];
  readonly removedProfiles: readonly string[];
  readonly removedPolicies: readonly Policy[];
  readonly removedSets: readonly string[];
  readonly labels: readonly LabelsUpdate[];
}

export interface SetDelta {
  readonly set: NeededSet;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** A namespace or an account whose labels changed; without labels it is gone. */
export interface LabelsUpdate {
  readonly kind: "ServiceAccount" | "Namespace";
  readonly namespace: string;
  readonly name: string;
  readonly labels?: ReadonlyMap<string, string>;
}

export interface CalculatedNode {
  readonly cluster: Cluster;
  readonly plan: NodePlan;
  readonly generation: Generation;
  readonly node: NodeView;
  /** A chain of the plan. */
  chain(table: TableName, name: string): FelixChain | undefined;
}

/** Felix's calculation: it remembers what it has told the data plane, and says what it sees change. */
export class CalcGraph {
  readonly #writer: FelixWriter;
  readonly #pods = new Remembered<LocalEndpoint>();
  readonly #hosts = new Remembered<HostEndpoint>();
  readonly #sentPods = new Remembered<LocalEndpoint>();
  readonly #sentHosts = new Remembered<HostEndpoint>();
  readonly #policies = new Remembered<Policy>();
  readonly #networkSets = new Remembered<Labelled>();
  readonly #sets = new Remembered<NeededSet>();
  readonly #members = new Map<string, readonly string[]>();
  readonly #sentPolicies = new Remembered<ScannedPolicy>();
  readonly #sentProfiles = new Remembered<string>();
  readonly #labels = new Remembered<LabelsUpdate>();

  constructor(writer: FelixWriter) {
    this.#writer = writer;
  }

  round(now: CalculatedNode): Updates {
    const { cluster, plan, generation } = now;
    this.#seeEndpoints(now);
    const changedPolicies = this.#seePolicies(now);
    const sets = this.#sets.become(plan.needed.map((set) => [set.id, "", set]));
    this.#saySets(sets.changed, sets.gone);
    this.#seeNetworkSets(cluster.networkSets);

    const policies = this.#sentPolicies.become(
      plan.policies.map((scanned) => [policyKey(scanned.policy), "", scanned]),
      changedPolicies,
    );
    const profiles = this.#sentProfiles.become(
      plan.profiles.map((scanned) => [
        scanned.profile.name,
        JSON.stringify(profileMessage(scanned)),
        scanned.profile.name,
      ]),
    );
    const pods = this.#sentPods.become(
      plan.local.map((pod) => [pod.key, endpointText(pod, podMessage(pod, plan, generation), plan), pod]),
    );
    const hosts = this.#sentHosts.become(
      plan.localHosts.map((host) => [host.key, endpointText(host, hostMessage(host, plan, generation), plan), host]),
    );
    const labels = this.#labels.become(
      [...cluster.profiles.values()]
        .flatMap((profile) => labelsOf(profile))
        .filter(({ labels }) => this.#writer.voice.sendsEmptyLabels || labels.size > 0)
        .map((update) => [
          `${update.kind} ${update.namespace}/${update.name}`,
          JSON.stringify([...update.labels]),
          update,
        ]),
    );
    return {
      addedSets: sets.changed.map((set) => this.#filled(set, cluster)),
      setDeltas: this.#setDeltas(plan.needed, sets.changed, cluster),
      policies: policies.changed,
      profiles: profiles.changed,
      pods: pods.changed,
      hosts: hosts.changed,
      removedPods: pods.gone.map(({ key }) => key),
      removedHosts: hosts.gone.map(({ key }) => key),
      removedProfiles: profiles.gone,
      removedPolicies: policies.gone.map(({ policy }) => policy),
      removedSets: sets.gone.map(({ id }) => id),
      labels: [...labels.changed, ...labels.gone.map(({ kind, namespace, name }) => ({ kind, namespace, name }))],
    };
  }

  /** The members that the data plane was told of. */
  membersOf(id: string): readonly string[] {
    return this.#members.get(id) ?? [];
  }

  #seeEndpoints({ plan, node }: CalculatedNode): void {
    const pods = this.#pods.become(
      plan.local.map((pod) => [pod.key, `${pod.interface} ${pod.profiles.join()} ${labelledText(pod)}`, pod]),
    );
    const hosts = this.#hosts.become(
      plan.localHosts.map((host) => [
        host.key,
        `${host.interface} ${host.profiles.join()} ${labelledText(host)}`,
        host,
      ]),
    );
    const podId = ({ key }: Labelled) =>
      `WorkloadEndpoint(node=${node.name}, orchestrator=k8s, workload=${key}, name=eth0)`;
    const hostId = ({ key }: Labelled) => `HostEndpoint(node=${node.name}, name=${key})`;
    for (const pod of pods.gone) this.#writer.say("endpointDeleted", { id: podId(pod) });
    for (const host of hosts.gone) this.#writer.say("endpointDeleted", { id: hostId(host) });
    for (const pod of pods.changed) this.#writer.say("endpointUpdated", { id: podId(pod) });
    for (const host of hosts.changed) this.#writer.say("endpointUpdated", { id: hostId(host) });
  }

  /** Keys of the policies that are new or not as they were. */
  #seePolicies({ cluster, generation }: CalculatedNode): ReadonlySet<string> {
    const selectors = new Map([...this.#policies.values()].map((policy) => [policyKey(policy), policy.selector]));
    const { changed, gone } = this.#policies.become(
      cluster.policies.map((policy) => [policyKey(policy), wholeText(policy, generation), policy]),
    );
    const { selectorField } = this.#writer.voice;
    for (const policy of gone) this.#writer.say("selectorDeleted", {}, ` ${policyIdText(policy, generation)}`);
    for (const policy of changed) {
      const selector = printSelector(policy.selector);
      const before = selectors.get(policyKey(policy));
      const fields = {
        [selectorField]: policyIdText(policy, generation),
        ...(selectorField === "id" && { selector }),
      };
      const isSame = before && printSelector(before) === selector;
      this.#writer.say(
        isSame ? "selectorUnchanged" : "selectorUpdated",
        isSame && selectorField === "id" ? {} : fields,
      );
    }
    return new Set(changed.map(policyKey));
  }

  #saySets(active: readonly NeededSet[], inactive: readonly NeededSet[]): void {
    for (const set of active) this.#writer.say("setActive", () => ({ ipSet: this.#setText(set) }));
    for (const set of inactive) {
      this.#writer.say("setInactive", () => ({ ipSet: this.#setText(set) }));
      if (set.kind === "service") continue;
      const ipSetID = goString(set.id);
      const selector = goString(printSelector(set.selector));
      this.#writer.say("setUnindexed", this.#writer.voice.setForm === "own" ? { ipSetID, selector } : { ipSetID });
    }
  }

  #setText(set: NeededSet): string {
    const { setForm } = this.#writer.voice;
    const [protocol, port] = set.kind === "named-port" ? [set.protocol, set.port] : ["", ""];
    const service = set.kind === "service" ? set.service : "";
    const withPorts = set.kind === "service" && set.withPorts;
    if (setForm === "own") {
      const parts = [
        ...(set.kind === "service" ? [] : [`selector:${goString(printSelector(set.selector))}`]),
        ...(port === "" ? [] : [`namedPort:${port}(${protocol})`]),
        ...(service === "" ? [] : [`service:${goString(service)}`]),
        ...(withPorts ? ["serviceIncludePorts=true"] : []),
        `uniqueID:${goString(set.id)}`,
      ];
      return `IPSetData{${parts.join(", ")}}`;
    }
    const number = { "": "0x0", tcp: "0x6", udp: "0x11", sctp: "0x84" }[protocol]!;
    const parts = [
      set.kind === "service" ? "Selector:selector.Selector(nil)" : `Selector:(*parser.selectorRoot)(${goPointer})`,
      `NamedPortProtocol:${number}`,
      `NamedPort:${goString(port)}`,
      ...(setForm === "struct" ? [] : [`Service:${goString(service)}`, `ServiceIncludePorts:${withPorts}`]),
      `cachedUID:${goString(set.id)}`,
    ];
    return `&calc.IPSetData{${parts.join(", ")}}`;
  }

  #seeNetworkSets(networkSets: readonly Labelled[]): void {
    const { changed, gone } = this.#networkSets.become(networkSets.map((set) => [set.key, labelledText(set), set]));
    for (const { key } of [...changed, ...gone]) this.#writer.say("networkSetCached", {}, ` NetworkSet(name=${key})`);
  }

  #filled(set: NeededSet, cluster: Cluster): NeededSet {
    this.#members.set(set.id, calculatedMembers(set, cluster));
    return set;
  }

  #setDeltas(needed: readonly NeededSet[], added: readonly NeededSet[], cluster: Cluster): readonly SetDelta[] {
    const fresh = new Set(added.map(({ id }) => id));
    const kept = new Map(needed.flatMap((set) => (fresh.has(set.id) ? [] : [[set.id, set]])));
    return [...kept.values()].flatMap((set) => {
      const [before, after] = [this.membersOf(set.id), calculatedMembers(set, cluster)];
      const [had, has] = [new Set(before), new Set(after)];
      const delta = {
        set,
        added: after.filter((member) => !had.has(member)),
        removed: before.filter((member) => !has.has(member)),
      };
      this.#members.set(set.id, after);
      return delta.added.length + delta.removed.length > 0 ? [delta] : [];
    });
  }
}

function policyKey(policy: Policy): string {
  return `${kindOf(policy)} ${policy.namespace}/${policy.name}`;
}

function policyIdText(policy: Policy, { policyId }: Generation): string {
  if (policyId !== "kind") return `Policy(name=${fullName(policy)})`;
  return `Policy(Name=${policy.name}, Namespace=${policy.namespace}, Kind=${kindOf(policy)})`;
}

/** What decides which policy comes before which, and for what. */
function placeText({ tier, order, ingress, egress, doNotTrack, preDnat, applyOnForward }: Policy): string {
  return JSON.stringify([tier, `${order}`, ingress, egress, doNotTrack, preDnat, applyOnForward]);
}

function wholeText(policy: Policy, generation: Generation): string {
  const message = policyMessage(scanPolicy(policy), generation);
  return `${placeText(policy)} ${printSelector(policy.selector)} ${JSON.stringify(message)}`;
}

/** An endpoint is told again when itself changed, or the place of a policy that applies to it, also where that makes no difference. */
function endpointText(endpoint: Labelled, message: Message, { policies }: NodePlan): string {
  const applied = policies.flatMap(({ policy }) =>
    selectorHolds(policy.selector, endpoint.labelOf) ? [policyKey(policy), placeText(policy)] : [],
  );
  return JSON.stringify([labelledText(endpoint), applied, message]);
}

/** The labels of the namespace or the account that a profile stands for. */
function labelsOf({
  name,
  labels,
}: Profile): readonly (LabelsUpdate & { readonly labels: ReadonlyMap<string, string> })[] {
  const own = (prefix: string): ReadonlyMap<string, string> =>
    new Map([...labels].map(([key, value]) => [key.slice(prefix.length), value]));
  const [, namespace] = /^kns\.(.+)$/.exec(name) ?? [];
  if (namespace !== undefined) return [{ kind: "Namespace", namespace: "", name: namespace, labels: own("pcns.") }];
  const [, of, account] = /^ksa\.([^.]+)\.(.+)$/.exec(name) ?? [];
  if (of === undefined || account === undefined) return [];
  return [{ kind: "ServiceAccount", namespace: of, name: account, labels: own("pcsa.") }];
}
