import type { DeviationCode } from "../../engines/azure-npm/deviations.js";
import type {
  KubernetesObject,
  LabelSelector,
  NetworkPolicy,
  Pod,
  PolicyRule,
  PolicyType,
} from "../../model/objects.js";
import { isIpv4Network, leadingZeros, parseCidr } from "../../model/cidr.js";
import { keyOf } from "../../model/objects.js";
import { alterationsOf, type Occurrence, type Stop } from "./alterations.js";
import { reachesPeers } from "./altered-spec.js";
import type { Collision } from "./collisions.js";
import { insertions } from "./inserted-lines.js";
import { merges } from "./merged-lines.js";
import { selectorKey } from "./merging.js";
import { isOpen, isOpened, rulesOf } from "./rules-of.js";
import { stacks } from "./stacked-lines.js";

/** Every place where one of the deviations may show, in the order of the objects. */
export function occurrencesIn(
  objects: readonly KubernetesObject[],
  codes: ReadonlySet<string>,
  collisions: readonly Collision[],
  stops: readonly Stop[],
): readonly Occurrence[] {
  const finder = new Finder(codes, objects, stops);
  const first = objects.find((object) => object.kind === "NetworkPolicy");
  if (first) for (const code of finder.lists()) finder.add(code, first, first, "spec", first.offset, true);
  for (const object of objects) {
    if (object.kind === "Pod") finder.pod(object);
    if (object.kind === "NetworkPolicy") finder.policy(object);
  }
  for (const { at } of collisions) {
    finder.add("npm-hash-collision", at, at, at.kind === "Pod" ? "metadata.labels" : "metadata.name");
  }
  return finder.found;
}

class Finder {
  readonly found: Occurrence[] = [];
  private readonly podsByAddress = new Map<string, number>();
  /** Namespace and selector of policies → how many have it. */
  private readonly policiesBySelector = new Map<string, number>();
  private hasExceptions = false;
  /** Behind a policy at which the engine crashes. */
  private crashed = false;

  constructor(
    private readonly codes: ReadonlySet<string>,
    objects: readonly KubernetesObject[],
    private readonly stops: readonly Stop[],
  ) {
    for (const object of objects) {
      if (object.kind === "NetworkPolicy") {
        const key = selectorKey(object);
        const peers = [...object.ingress, ...object.egress].flatMap((rule) => rule.peers);
        this.hasExceptions ||= peers.some((peer) => peer.kind === "ipBlock" && peer.except.length > 0);
        this.policiesBySelector.set(key, (this.policiesBySelector.get(key) ?? 0) + 1);
      }
      if (object.kind !== "Pod" || isFinished(object)) continue;
      this.podsByAddress.set(object.ip, (this.podsByAddress.get(object.ip) ?? 0) + 1);
    }
  }

  add(
    code: DeviationCode,
    at: object,
    object: KubernetesObject,
    field: string,
    offset = object.offset,
    together = false,
  ): void {
    if (!this.codes.has(code)) return;
    this.found.push({
      code,
      at,
      object: keyOf(object),
      field,
      location: { source: object.source, offset },
      ...(together && { together }),
      ...(object.kind === "Pod" && code !== "npm-hash-collision" && { address: object.ip }),
      ...(object.kind === "NetworkPolicy" && { policy: true as const }),
    });
  }

  /** All policies are in one list: deviations that are in force at the first of them. */
  lists(): readonly DeviationCode[] {
    const merging =
      this.codes.has("npm-merges-policies") && [...this.policiesBySelector.values()].some((many) => many > 1);
    const needed = merging || this.stops.length > 0 || this.hasExceptions;
    return [...merges, ...stacks, ...(needed ? insertions : [])];
  }

  pod(pod: Pod): void {
    if (pod.ip === "") return;
    const add = (code: DeviationCode, field: string): void => this.add(code, pod, pod, field);
    if (pod.hostNetwork) add("npm-selects-host-network-pods", "spec.hostNetwork");
    if (pod.phase === "Unknown") add("npm-ignores-unknown-pods", "status.phase");
    if (pod.deletionGracePeriodSeconds === 0) add("npm-ignores-deleted-pods", "metadata.deletionGracePeriodSeconds");
    if (isFinished(pod)) add("npm-keeps-finished-pods", "status.phase");
    else if (!pod.hostNetwork && (this.podsByAddress.get(pod.ip) ?? 0) > 1) add("npm-shared-address", "status.podIP");
  }

  policy(policy: NetworkPolicy): void {
    const add = (code: DeviationCode, at: object, field: string, offset: number): void =>
      this.add(code, at, policy, field, offset);
    const first = this.found.length;
    const merged = this.policiesBySelector.get(selectorKey(policy))! > 1;
    add("npm-lite-fails-to-start", policy, "spec", policy.offset);
    if (this.crashed || crashesAt(policy))
      add("npm-crashes", policy, crashesAt(policy)?.field ?? "spec", crashesAt(policy)?.offset ?? policy.offset);
    this.crashed ||= crashesAt(policy) !== undefined;
    for (const { code, object, field } of this.stops) {
      if (object !== keyOf(policy)) continue;
      if (code === "npm-stops-at-rule") add(code, policy, field, policy.offset);
      if (code === "npm-gives-up-sets" || code === "npm-never-comes-to-policy")
        add("npm-never-comes-to-policy", policy, "spec", policy.offset);
    }
    add("npm-lets-kube-system-through", policy, "spec.podSelector", policy.podSelector.offset);
    add("npm-exempts-kube-system", policy, "spec.podSelector", policy.podSelector.offset);
    if (new Set(policy.policyTypes).size < 2) {
      add("npm-isolates-both-directions", policy, "spec.policyTypes", policy.offset);
      if (merged) add("npm-merges-policies", policy, "spec.podSelector", policy.podSelector.offset);
    }
    if ([...policy.ingress, ...policy.egress].some(({ ports }) => ports.length > 0))
      add("npm-pools-ports", policy, "spec", policy.offset);
    this.selector(policy, policy.podSelector, "spec.podSelector", "subject");
    // Merging brings rules of directions to life that the policy itself does not name.
    const merges = merged && this.codes.has("npm-merges-policies");
    for (const type of merges ? (["Ingress", "Egress"] as const) : new Set(policy.policyTypes)) {
      const direction = type === "Ingress" ? "ingress" : "egress";
      const rules = rulesOf(policy, type);
      const open = rules.some(isOpen);
      const hidden = open && (rules.length === 1 || !this.codes.has("npm-open-rule-ignored"));
      let blocks = 0;
      rules.forEach((rule, index) => {
        const field = `spec.${direction}[${index}]`;
        if (isOpen(rule) && rules.length > 1) add("npm-open-rule-ignored", rule, field, rule.offset);
        if (isOpen(rule)) add("npm-open-rule-pods-only", rule, field, rule.offset);
        if (isOpen(rule)) add("npm-open-rule-pods-only-even-alone", rule, field, rule.offset);
        if (!hidden) this.skips(policy, rule, field, type);
        blocks += this.blocks(policy, rule, `${field}.${type === "Ingress" ? "from" : "to"}`, blocks > 0);
        rule.peers.forEach((peer, position) => {
          if (peer.kind === "ipBlock") return;
          const at = `${field}.${type === "Ingress" ? "from" : "to"}[${position}]`;
          const { podSelector, namespaceSelector } = peer;
          if (namespaceSelector && podSelector) {
            add("npm-skips-both-selectors", peer, at, peer.offset);
            add("npm-both-selectors-are-or", peer, at, peer.offset);
            const { matchLabels, matchExpressions } = podSelector;
            const ignored = this.codes.has("npm-ignores-expressions");
            if (matchLabels.size === 0 && (ignored || matchExpressions.length === 0)) {
              add("npm-empty-pod-selector-stays-local", peer, `${at}.podSelector`, podSelector.offset);
            }
          }
          const selectors = [podSelector, namespaceSelector].filter((each) => each !== undefined);
          if (namespaceSelector && !selectors.some(isPositive) && namespaceSelector.matchExpressions.length > 0) {
            add("npm-negation-means-everyone", peer, at, peer.offset);
          }
          if (podSelector) this.selector(policy, podSelector, `${at}.podSelector`, "pods");
          if (namespaceSelector) this.selector(policy, namespaceSelector, `${at}.namespaceSelector`, "namespaces");
        });
        rule.ports.forEach((port, position) => {
          const at = `${field}.ports[${position}]`;
          if (port.endPort !== undefined && port.endPort !== port.port)
            add("npm-ignores-end-port", port, `${at}.endPort`, port.offset);
          if (typeof port.port !== "string") return;
          add("npm-named-port-any-protocol", port, `${at}.port`, port.offset);
          add("npm-named-port-any-protocol-of-namespaces", port, `${at}.port`, port.offset);
          add("npm-named-port-by-service", port, `${at}.port`, port.offset);
          add("npm-reads-named-port-as-zero", port, `${at}.port`, port.offset);
          if (type === "Egress") add("npm-named-port-of-source", port, `${at}.port`, port.offset);
        });
      });
    }
    if (policy.policyTypes.includes("Egress"))
      add("npm-ingress-allow-skips-egress", policy, "spec.egress", policy.offset);
    this.flow(policy, alterationsOf(this.found.slice(first)));
  }

  /** How the walk through the policies of several pods goes on. */
  private flow(policy: NetworkPolicy, altered: ReturnType<typeof alterationsOf>): void {
    const types = new Set(policy.policyTypes);
    const leads = (type: PolicyType): boolean =>
      reachesPeers(policy, type, altered) || rulesOf(policy, type).some(({ ports }) => ports.length > 0);
    const everywhere = !this.codes.has("npm-policy-order");
    if (types.has("Ingress") && (everywhere || !leads("Ingress")) && !isOpened(policy, "Ingress")) {
      this.add("npm-egress-allow-skips-ingress", policy, policy, "spec.ingress", policy.podSelector.offset);
    }
    const portsOnly = [...types].find((type) => leads(type) && !reachesPeers(policy, type, altered));
    if (portsOnly) {
      const at = rulesOf(policy, portsOnly)[0]!;
      this.add("npm-policy-order", policy, policy, portsOnly === "Ingress" ? "spec.ingress" : "spec.egress", at.offset);
    }
  }

  /** What makes v2 skip a policy. */
  private skips(policy: NetworkPolicy, rule: PolicyRule, field: string, type: PolicyType): void {
    const peers = `${field}.${type === "Ingress" ? "from" : "to"}`;
    rule.peers.forEach((peer, position) => {
      const add = (code: DeviationCode): void => this.add(code, policy, policy, `${peers}[${position}]`, peer.offset);
      if (peer.kind === "pods") return add("npm-lite-skips-policy");
      if ([peer.cidr, ...peer.except].some((block) => block.includes(":"))) return add("npm-skips-policy-ipv6");
      if (isOddZero(peer.cidr) && !isSpelledZero(peer.cidr)) add("npm-skips-policy-zero-prefix");
      else if ([peer.cidr, ...peer.except].some((block) => this.isUnread(block))) add("npm-skips-policy-leading-zeros");
    });
    rule.ports.forEach((port, position) => {
      if (typeof port.port === "string")
        this.add("npm-lite-skips-policy", policy, policy, `${field}.ports[${position}]`, port.offset);
    });
  }

  /** A block with leading zeros that makes v2 refuse the policy; in a length they do so since v1.4.45 only. */
  private isUnread(block: string): boolean {
    const { inAddress, inLength } = leadingZeros(block);
    return inAddress || (inLength && !isSpelledZero(block) && this.codes.has("npm-skips-policy-zero-prefix"));
  }

  /** The blocks of a rule; answers how many of them NPM v1 makes rules for. `later`: an earlier rule has had one. */
  private blocks(policy: NetworkPolicy, rule: PolicyRule, field: string, later: boolean): number {
    let emitted = 0;
    rule.peers.forEach((peer, position) => {
      if (peer.kind !== "ipBlock") return;
      const add = (code: DeviationCode): void => this.add(code, peer, policy, `${field}[${position}]`, peer.offset);
      const skipsMapped = !this.codes.has("npm-skips-policy-ipv6");
      const passesZero = !this.codes.has("npm-skips-policy-zero-prefix") || isSpelledZero(peer.cidr);
      if ((isOddZero(peer.cidr) && passesZero) || (isMapped(peer.cidr) && skipsMapped)) add("npm-skips-block");
      else if (isIpv6Zero(peer.cidr)) add("npm-reads-ipv6-zero-as-any");
      else if ([peer.cidr, ...peer.except].some((block) => hasLeadingZeros(block))) add("npm-reads-zeros-as-octal");
      if (!peer.cidr.includes(":") && peer.except.some(isMapped)) {
        add("npm-skips-exception");
      }
      if (
        this.stops.some(
          (stop) =>
            stop.code === "npm-loses-block" && stop.object === keyOf(policy) && stop.field === `${field}[${position}]`,
        )
      ) {
        add("npm-loses-block");
      }
      if (peer.except.length > 0) add("npm-exception-behind-block");
      if (peer.except.length > 0 && rule.ports.length > 0) add("npm-exception-beside-ports");
      if (position > 0) add("npm-skips-peer");
      add("npm-lite-matches-everything");
      // In the rule itself a later block is in the set of the first one that counts.
      if (later && position > 0 && emitted === 0) add("npm-skips-later-block");
      else emitted += 1;
    });
    const several = rule.peers.filter(({ kind }) => kind === "ipBlock").length > 1;
    if (several) this.add("npm-blocks-share-exceptions", rule, policy, field, rule.offset);
    return emitted;
  }

  private selector(
    policy: NetworkPolicy,
    selector: LabelSelector,
    field: string,
    of: "subject" | "pods" | "namespaces",
  ): void {
    const add = (code: DeviationCode, at: object, where: string, offset: number): void =>
      this.add(code, at, policy, where, offset);
    const { matchLabels, matchExpressions } = selector;
    if (matchLabels.size > 1) add("npm-labels-are-or", selector, `${field}.matchLabels`, selector.offset);
    const counts = matchLabels.size > 0 || (matchExpressions.length > 0 && !this.codes.has("npm-ignores-expressions"));
    if (of !== "namespaces" && counts) {
      add("npm-selectors-cross-namespaces", selector, field, selector.offset);
      if (!isPositive(selector) && this.codes.has("npm-selectors-cross-namespaces")) {
        add("npm-negation-means-everyone", selector, field, selector.offset);
      }
    }
    const lists = matchExpressions.filter(({ operator, values }) => operator === "In" && values.length > 1);
    if (of !== "namespaces" && lists.some(({ key }, index) => lists.findIndex((its) => its.key === key) < index)) {
      add("npm-merges-value-lists", selector, `${field}.matchExpressions`, selector.offset);
    }
    matchExpressions.forEach((requirement, index) => {
      const at = `${field}.matchExpressions[${index}]`;
      add("npm-ignores-expressions", requirement, at, requirement.offset);
      if (new Set(requirement.values).size < 2) return;
      if (requirement.operator === "In") add("npm-in-is-and", requirement, at, requirement.offset);
      if (requirement.operator === "NotIn" && of === "namespaces")
        add("npm-not-in-is-or", requirement, at, requirement.offset);
    });
  }
}

/** The first port that names a protocol alone. */
function crashesAt(policy: NetworkPolicy): { readonly field: string; readonly offset: number } | undefined {
  for (const type of policy.policyTypes) {
    for (const [index, rule] of rulesOf(policy, type).entries()) {
      const position = rule.ports.findIndex(({ port }) => port === undefined);
      if (position < 0) continue;
      const field = `spec.${type.toLowerCase()}[${index}].ports[${position}]`;
      return { field, offset: rule.ports[position]!.offset };
    }
  }
  return undefined;
}

function isFinished({ phase }: Pod): boolean {
  return phase === "Succeeded" || phase === "Failed";
}

/** Whether a selector asks for a set that an address must be in. */
function isPositive({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return matchLabels.size > 0 || matchExpressions.some(({ operator }) => operator === "In" || operator === "Exists");
}

/** A block that means every address and is not spelled 0.0.0.0/0. */
function isOddZero(cidr: string): boolean {
  return !cidr.includes(":") && /\/0+$/.test(cidr) && cidr !== "0.0.0.0/0";
}

/** An IPv4 network that is written as an IPv6 one. */
function isMapped(block: string): boolean {
  const cidr = block.includes(":") ? parseCidr(block) : undefined;
  return cidr !== undefined && isIpv4Network(cidr) && cidr.prefixLength >= 96;
}

function isIpv6Zero(cidr: string): boolean {
  return cidr.includes(":") && /\/0+$/.test(cidr);
}

/** 0.0.0.0/0 with zeros to spare: NPM looks for `/0` and for 0.0.0.0, finds both, and no more halves the block. */
function isSpelledZero(cidr: string): boolean {
  return cidr.startsWith("0.0.0.0/0");
}

function hasLeadingZeros(block: string): boolean {
  const { inAddress, inLength } = leadingZeros(block);
  return inAddress || inLength;
}
