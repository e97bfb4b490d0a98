import type { FailsafePort, Tunnel } from "../../engines/specification.js";
import type { HostEndpoint } from "../../model/calico/objects.js";
import { blockHolds } from "../block.js";
import { icmpNumber, type Circumstances } from "../circumstances.js";
import type { Endpoint } from "../cluster.js";
import { versionOfText } from "../ip.js";
import {
  allTraffic,
  intersectTraffic,
  noTraffic,
  protocols,
  subtractTraffic,
  trafficOf,
  unionTraffic,
  type Traffic,
} from "../traffic.js";
import { throughRules, throughTiers, type Fate, type Question } from "./fate.js";
import type { Whereabouts } from "./node-map.js";
import type { OrderedTier } from "./order.js";
import type { Direction } from "./spec-policy.js";
import { nothingTaken, protocolTaken, type Taken } from "./spec-rule.js";
import type { FailsafeOddities, TieredCluster } from "./tiered-cluster.js";

/** What may be allowed and what may be denied in one direction; parts overlap where something is not known. */
export type Decided = Pick<Fate, "allowed" | "denied">;

/**
 * What a node makes of traffic between two places, by the documentation:
 *
 * - What leaves a pod meets the pod's egress policies, what goes to one its ingress policies; what a node sends to its own pods is not
 *   judged. A pod that no policy is about may do all.
 * - What comes in through an interface with a host endpoint meets its untracked policies, then those before translation. What
 *   either allows meets no more policies of that endpoint. Failsafe ports pass both.
 * - What is for the node itself then meets the normal policies of the endpoint, after the failsafe ports, and is denied where none is
 *   about it, unless a profile allows it; so does what the node sends. Without a host endpoint nothing is judged.
 * - What is forwarded meets the policies that apply on forward, and is allowed where none is about it.
 * - What is for an address of a service, and was translated to none of its pods, is not forwarded.
 * - What nodes send each other through tunnels is for no policy of the node; what others send into one is denied.
 * - What a pod sends to its node is for the setting `defaultEndpointToHostAction` when the pod's egress allows it; messages by which
 *   neighbours of IPv6 find each other pass both.
 *
 * Source: docs.tigera.io/calico, reference/host-endpoints and reference/resources/{hostendpoint,globalnetworkpolicy}.
 */
export class Way {
  readonly #cluster: TieredCluster;
  readonly #question: Question;
  readonly #from: Whereabouts;
  readonly #to: Whereabouts;

  constructor(cluster: TieredCluster, from: Whereabouts, to: Whereabouts, question: Question) {
    this.#cluster = cluster;
    this.#from = from;
    this.#to = to;
    this.#question = question;
  }

  ingress(all: Traffic = allTraffic): Decided {
    const [from, to] = [this.#from, this.#to];
    const { map } = this.#cluster;
    let denied: Traffic = noTraffic;
    let here = all;
    const pass = (fate: Decided): void => {
      denied = unionTraffic(denied, fate.denied);
      here = fate.allowed;
    };
    const hostEndpoint = map.hostEndpointAt(from);
    const early = hostEndpoint ? this.#early(hostEndpoint, here) : { allowed: noTraffic, denied, open: here };
    const tunnels = this.#intoNode(unionTraffic(early.allowed, early.open));
    const open = intersectTraffic(early.open, tunnels.open);
    denied = unionTraffic(early.denied, tunnels.denied);
    here = open;
    if (hostEndpoint) {
      const rest =
        to.kind !== "node"
          ? this.#forwarded(hostEndpoint, "ingress", open)
          : from.kind === "pod"
            ? { allowed: open, denied: noTraffic }
            : this.#local(hostEndpoint, "ingress", open);
      denied = unionTraffic(denied, rest.denied);
      here = unionTraffic(intersectTraffic(early.allowed, tunnels.open), rest.allowed);
    }
    if (to.kind === "node" && from.kind === "pod" && !this.#cluster.specification.podsReachNode) {
      const { possible, certain } = this.#neighbours();
      const refused = subtractTraffic(here, certain);
      if (refused !== noTraffic)
        this.#question.note?.({ kind: "by-default", text: "the node takes nothing from its pods" }, "deny");
      pass({ allowed: intersectTraffic(here, possible), denied: refused });
    }
    if (to.kind === "pod" && from.kind !== "node") pass(this.#ofPod(to, "ingress", here));
    return { allowed: unionTraffic(here, tunnels.allowed), denied };
  }

  egress(all: Traffic = allTraffic): Decided {
    const [from, to] = [this.#from, this.#to];
    let denied: Traffic = noTraffic;
    let here = all;
    const pass = (fate: Decided): void => {
      denied = unionTraffic(denied, fate.denied);
      here = fate.allowed;
    };
    let tunnelled: Traffic = noTraffic;
    if (from.kind === "pod") {
      const tunnels = this.#intoNode(here);
      tunnelled = tunnels.allowed;
      denied = tunnels.denied;
      const { possible, certain } = this.#neighbours();
      const spared = intersectTraffic(tunnels.open, possible);
      const judged = subtractTraffic(tunnels.open, certain);
      pass(
        this.#ofPod(
          from,
          "egress",
          this.#outOfTunnels(judged, (part) => (denied = unionTraffic(denied, part))),
        ),
      );
      here = unionTraffic(here, spared);
    }
    if (this.#goesInCircles()) {
      const text = "the destination is an address of services that nothing has translated";
      this.#question.note?.({ kind: "by-default", text }, "deny");
      return { allowed: noTraffic, denied: unionTraffic(denied, unionTraffic(here, tunnelled)) };
    }
    const hostEndpoint = this.#cluster.map.hostEndpointAt(to);
    if (!hostEndpoint) return { allowed: unionTraffic(here, tunnelled), denied };
    if (from.kind !== "node") pass(this.#forwarded(hostEndpoint, "egress", here));
    else if (to.kind !== "pod") {
      const early = this.#untracked(hostEndpoint, "egress", here);
      denied = unionTraffic(denied, early.denied);
      const tunnels = this.#outOfNode(early.open);
      pass(this.#local(hostEndpoint, "egress", tunnels.open));
      here = unionTraffic(here, unionTraffic(early.allowed, tunnels.allowed));
    }
    return { allowed: here, denied };
  }

  /**
   * What untracked policies may deny, what others send into tunnels, what is for services, and all of pods that are missing. They ask every
   * packet: connections are nothing to them, but those to services whose endpoints know them.
   */
  untrackedDenied(): Traffic {
    if (this.#goesInCircles() && !this.#isKnown()) return allTraffic;
    const tunnels = this.#intoNode(allTraffic);
    if (this.#isAtMissing())
      return unionTraffic(tunnels.denied, subtractTraffic(tunnels.open, this.#neighbours().possible));
    const [into, out] = [this.#cluster.map.hostEndpointAt(this.#from), this.#cluster.map.hostEndpointAt(this.#to)];
    const entering =
      into && this.#from.kind === "beyond" ? this.#untracked(into, "ingress", allTraffic).denied : noTraffic;
    const leaving = out && this.#from.kind === "node" ? this.#untracked(out, "egress", allTraffic).denied : noTraffic;
    return unionTraffic(tunnels.denied, unionTraffic(entering, leaving));
  }

  /** An endpoint is on the way that lets known connections pass. */
  #isKnown(): boolean {
    const ends = [this.#from, this.#to];
    const { map, specification } = this.#cluster;
    return specification.services.knownPass && ends.some((end) => end.kind === "pod" || map.hostEndpointAt(end));
  }

  #isAtMissing(): boolean {
    const [from, to] = [this.#from, this.#to];
    if (from.kind === "pod" && this.#cluster.isMissing(from.pod)) return true;
    return to.kind === "pod" && from.kind !== "node" && this.#cluster.isMissing(to.pod);
  }

  /** It would be forwarded to an address that routers outside send here. */
  #goesInCircles(): boolean {
    const { address } = this.#question.destination;
    if (this.#from.kind === "node" || this.#to.kind === "node") return false;
    return this.#cluster.serviceBlocks.some((holds) => holds(address));
  }

  /** Untracked policies, then those before translation; `allowed` meets no others of the endpoint. */
  #early(hostEndpoint: HostEndpoint, traffic: Traffic): Fate {
    const untracked =
      this.#from.kind === "pod"
        ? { allowed: noTraffic, denied: noTraffic, open: traffic }
        : this.#untracked(hostEndpoint, "ingress", traffic);
    const tiers = this.#beforeTranslation(hostEndpoint);
    const safe = tiers.length > 0 ? this.#failsafe(hostEndpoint, "ingress") : noTraffic;
    const fate = throughTiers(tiers, "ingress", subtractTraffic(untracked.open, safe), this.#question, false);
    return {
      allowed: unionTraffic(untracked.allowed, fate.allowed),
      denied: unionTraffic(untracked.denied, fate.denied),
      open: unionTraffic(fate.open, intersectTraffic(untracked.open, safe)),
    };
  }

  #beforeTranslation(hostEndpoint: HostEndpoint): readonly OrderedTier[] {
    const own = this.#cluster.tiersOf(hostEndpoint, "ingress", "pre-dnat");
    const { wildcard } = this.#cluster.map;
    if (own.length > 0 || !wildcard || !this.#cluster.wildcardStandsIn) return own;
    return this.#cluster.tiersOf(wildcard, "ingress", "pre-dnat");
  }

  /** Answers of failsafe ports pass, too: nothing else would let them. An endpoint of all interfaces has no untracked policies. */
  #untracked(hostEndpoint: HostEndpoint, direction: Direction, traffic: Traffic): Fate {
    const tiers = hostEndpoint.interfaceName === "*" ? [] : this.#cluster.tiersOf(hostEndpoint, direction, "untracked");
    if (tiers.length === 0) return { allowed: noTraffic, denied: noTraffic, open: traffic };
    const [safe, maybe] = [this.#failsafe(hostEndpoint, direction), this.#answers(hostEndpoint, direction)];
    const judged = subtractTraffic(traffic, unionTraffic(safe, maybe.certain));
    const fate = throughTiers(tiers, direction, judged, this.#question, false);
    const spared = intersectTraffic(traffic, unionTraffic(safe, maybe.possible));
    return { ...fate, open: unionTraffic(fate.open, spared) };
  }

  /** Of what is for the node, or from it. */
  #local(hostEndpoint: HostEndpoint, direction: Direction, traffic: Traffic): Decided {
    const safe = intersectTraffic(traffic, this.#failsafe(hostEndpoint, direction));
    const judged = subtractTraffic(traffic, safe);
    if (safe !== noTraffic) this.#question.note?.({ kind: "by-default", text: "it is a failsafe port" }, "allow");
    const tiers = this.#cluster.tiersOf(hostEndpoint, direction, "normal");
    const fate = throughTiers(tiers, direction, judged, this.#question, true);
    let { allowed, denied, open } = fate;
    for (const name of hostEndpoint.profiles) {
      const rules = this.#cluster.profile(name, direction);
      // One that nobody defines lets nothing through.
      const its = rules
        ? throughRules(rules, name, open, this.#question)
        : { allowed: noTraffic, denied: open, open: noTraffic };
      allowed = unionTraffic(allowed, its.allowed);
      denied = unionTraffic(denied, its.denied);
      open = its.open;
    }
    if (open !== noTraffic) {
      const text = `no policy about the host endpoint ${hostEndpoint.name} decides, and no profile`;
      this.#question.note?.({ kind: "by-default", text }, "deny");
    }
    return { allowed: unionTraffic(allowed, safe), denied: unionTraffic(denied, open) };
  }

  #forwarded(hostEndpoint: HostEndpoint, direction: Direction, traffic: Traffic): Decided {
    const tiers = this.#cluster.tiersOf(hostEndpoint, direction, "forward");
    const { allowed, denied, open } = throughTiers(tiers, direction, traffic, this.#question, true);
    return { allowed: unionTraffic(allowed, open), denied };
  }

  #ofPod({ pod }: Whereabouts & { kind: "pod" }, direction: Direction, traffic: Traffic): Decided {
    if (this.#cluster.isMissing(pod)) return { allowed: noTraffic, denied: traffic };
    const tiers = this.#cluster.tiersOf(pod, direction, "normal");
    const { allowed, denied, open } = throughTiers(tiers, direction, traffic, this.#question, true);
    // The profile of its namespace lets everything through.
    if (open !== noTraffic) this.#question.note?.({ kind: "not-isolated" }, "allow");
    return { allowed: unionTraffic(allowed, open), denied };
  }

  /** What a pod may always send to its node. */
  #neighbours(): Taken {
    const { source, known } = this.#question;
    if (this.#from.kind !== "pod" || this.#to.kind !== "node" || versionOfText(source.address) === 4)
      return nothingTaken;
    const messages = this.#cluster.specification.neighbourMessages.map((type) =>
      protocolTaken({ protocol: icmpNumber[6], icmp: { type } }, known),
    );
    return messages.reduce(
      ({ possible, certain }, each) => ({
        possible: unionTraffic(possible, each.possible),
        certain: unionTraffic(certain, each.certain),
      }),
      nothingTaken,
    );
  }

  #outOfTunnels(traffic: Traffic, deny: (part: Traffic) => void): Traffic {
    let left = traffic;
    for (const tunnel of this.#cluster.specification.refusedTunnels) {
      const { possible, certain } = this.#packetsOf(tunnel);
      const part = intersectTraffic(traffic, possible);
      if (part === noTraffic) continue;
      this.#question.note?.({ kind: "by-default", text: `no pod may send ${tunnel.name} packets` }, "deny");
      deny(part);
      left = subtractTraffic(left, certain);
    }
    return left;
  }

  /** What comes to the node through tunnels, from nodes or from others; `open` comes otherwise. */
  #intoNode(traffic: Traffic): Fate {
    return this.#to.kind === "node"
      ? this.#throughTunnels(traffic, this.#question.source.address, true)
      : { allowed: noTraffic, denied: noTraffic, open: traffic };
  }

  /** What the node sends to others through tunnels. */
  #outOfNode(traffic: Traffic): Fate {
    return this.#throughTunnels(traffic, this.#question.destination.address, false);
  }

  #throughTunnels(traffic: Traffic, peer: string, deniesOthers: boolean): Fate {
    let [allowed, denied, open]: [Traffic, Traffic, Traffic] = [noTraffic, noTraffic, traffic];
    for (const tunnel of this.#cluster.specification.tunnels) {
      if (tunnel.ipVersion !== versionOfText(peer)) continue;
      const isPeer = tunnel.peers?.some((cidr) => blockHolds({ cidr, except: [] }, peer)) ?? true;
      const { possible, certain } = this.#packetsOf(tunnel);
      const part = intersectTraffic(open, possible);
      if (part === noTraffic || !(isPeer || deniesOthers)) continue;
      const text = `${tunnel.name} packets are for nodes to send each other`;
      this.#question.note?.({ kind: "by-default", text }, isPeer ? "allow" : "deny");
      if (isPeer) allowed = unionTraffic(allowed, part);
      else denied = unionTraffic(denied, part);
      open = subtractTraffic(open, certain);
    }
    return { allowed, denied, open };
  }

  #packetsOf({ port }: Tunnel): { readonly possible: Traffic; readonly certain: Traffic } {
    if (port === undefined) return protocolTaken({ protocol: 4 }, this.#question.known);
    return { possible: trafficOf("udp", port, port), certain: trafficOf("udp", port, port) };
  }

  /** Ports of the node that stay open, or to which it may always send. */
  #failsafe(hostEndpoint: HostEndpoint, direction: Direction): Traffic {
    const odd = this.#cluster.failsafeOddities(hostEndpoint);
    const { inbound, outbound } = this.#cluster.specification.failsafe;
    const { source, destination } = this.#question;
    return direction === "ingress"
      ? portsOf(inbound.filter((port) => isFrom(port, source.address, odd)))
      : portsOf(outbound.filter((port) => isFrom(port, destination.address, odd)));
  }

  /** Packets that come from a failsafe port of the other list, which are answers. */
  #answers(
    hostEndpoint: HostEndpoint,
    direction: Direction,
  ): { readonly possible: Traffic; readonly certain: Traffic } {
    const odd = this.#cluster.failsafeOddities(hostEndpoint);
    const { inbound, outbound } = this.#cluster.specification.failsafe;
    const { source, destination, known } = this.#question;
    const list = direction === "ingress" ? outbound : inbound;
    const far = direction === "ingress" || odd.answersBySource ? source : destination;
    const own = list.filter((port) => isFrom(port, far.address, odd));
    const whole = (some: readonly FailsafePort[]): Traffic =>
      protocols
        .filter((protocol) => some.some((port) => port.protocol === protocol))
        .reduce((all, protocol) => unionTraffic(all, trafficOf(protocol)), noTraffic);
    if (known.sourcePort === undefined) return { possible: whole(own), certain: noTraffic };
    const fitting = whole(own.filter(({ port }) => port === known.sourcePort));
    return { possible: fitting, certain: fitting };
  }
}

/** Of packets between two endpoints, known connections or not, what untracked policies may deny. */
export function untrackedDenies(
  cluster: TieredCluster,
  source: Endpoint,
  destination: Endpoint,
  known: Circumstances,
): Traffic {
  const question = { source: cluster.placeOf(source), destination: cluster.placeOf(destination), known };
  const [from, to] = [cluster.map.find(source.address), cluster.map.find(destination.address)];
  return new Way(cluster, from, to, question).untrackedDenied();
}

function isFrom({ net }: FailsafePort, address: string, odd: FailsafeOddities): boolean {
  if (net === undefined || odd.skipsBlocks) return true;
  if (odd.skipsOtherVersion && versionOfText(net) !== versionOfText(address)) return true;
  return blockHolds({ cidr: net, except: [] }, address);
}

function portsOf(list: readonly FailsafePort[]): Traffic {
  return list.reduce((all, { protocol, port }) => {
    const known = protocols.find((each) => each === protocol);
    return known && known !== "other" ? unionTraffic(all, trafficOf(known, port, port)) : all;
  }, noTraffic);
}
