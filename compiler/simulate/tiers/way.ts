import type { AddressTranslation, FailsafePort, NodeService, Tunnel } from "../../engines/specification.js";
import type { HostEndpoint } from "../../model/calico/objects.js";
import { keyOf } from "../../model/objects.js";
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
import { beforePort, withPort } from "../translation.js";
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
 * - What is for an address that stands for another one goes on to that, and policies see what has become of it, but those before
 *   connection tracking and before translation, which see packets as they come.
 * - What comes in through an interface with a host endpoint meets its untracked policies, then those before translation. What
 *   either allows meets no more policies of that endpoint. Failsafe ports pass both.
 * - What is for the node itself then meets the normal policies of the endpoint, after the failsafe ports, and is denied where none is
 *   about it, unless a profile allows it; so does what the node sends. Without a host endpoint nothing is judged.
 * - What is forwarded meets the policies that apply on forward, and is allowed where none is about it.
 * - Where kube-proxy works with IPVS, what comes to the node for services is for neither the policies of the node nor, here, of pods: it is judged
 *   when it is forwarded.
 * - What is for an address of a service, and was translated to none of its pods, is not forwarded.
 * - What nodes send each other through tunnels is for no policy of the node; what others send into one is denied.
 * - What a pod sends to its node is for the setting `defaultEndpointToHostAction` when the pod's egress allows it; what the node serves its pods, and messages by which
 *   neighbours of IPv6 find each other pass both.
 *
 * Source: docs.tigera.io/calico, reference/host-endpoints, reference/resources/{hostendpoint,globalnetworkpolicy} and
 * networking/ipam/add-floating-ip.
 */
export class Way {
  readonly #cluster: TieredCluster;
  /** Of packets as they come. */
  readonly #first: Question;
  /** Of packets as they are where they have been translated. */
  readonly #question: Question;
  readonly #from: Whereabouts;
  readonly #to: Whereabouts;
  readonly #translation: AddressTranslation | undefined;

  /** `translation`: what all of the packets go through, if any. */
  constructor(cluster: TieredCluster, question: Question, translation?: AddressTranslation) {
    const { source, destination } = question;
    const goal = translation ? cluster.placeOf({ address: translation.to }) : destination;
    this.#cluster = cluster;
    this.#from = cluster.map.find(source.address);
    this.#to = cluster.map.find(goal.address);
    this.#first = question;
    this.#question = { ...question, destination: goal };
    this.#translation = translation;
  }

  /** Where the packets go. */
  get goal(): Whereabouts {
    return this.#to;
  }

  ingress(all: Traffic = allTraffic): Decided {
    const hostEndpoint = this.#cluster.map.hostEndpointAt(this.#from);
    const early = hostEndpoint ? this.#early(hostEndpoint, all) : { allowed: noTraffic, denied: noTraffic, open: all };
    const later = this.#afterEarly(hostEndpoint, this.#translate(early.allowed), this.#translate(early.open));
    return {
      allowed: this.#untranslate(later.allowed, all),
      denied: unionTraffic(early.denied, this.#untranslate(later.denied, all)),
    };
  }

  /** Behind the policies that see packets as they come; `allowed` meets no more policies of the host endpoint. */
  #afterEarly(hostEndpoint: HostEndpoint | undefined, allowed: Traffic, undecided: Traffic): Decided {
    const [from, to] = [this.#from, this.#to];
    let denied: Traffic = noTraffic;
    let here = undecided;
    const pass = (fate: Decided): void => {
      denied = unionTraffic(denied, fate.denied);
      here = fate.allowed;
    };
    // What has been allowed already may still come through a tunnel that is not for it.
    const spared = this.#cluster.specification.acceptsBeforeTunnels ? allowed : noTraffic;
    const tunnels = this.#intoNode(unionTraffic(subtractTraffic(allowed, spared), undecided));
    const proxied = intersectTraffic(intersectTraffic(undecided, tunnels.open), this.#proxied());
    const open = subtractTraffic(intersectTraffic(undecided, tunnels.open), proxied);
    denied = tunnels.denied;
    here = open;
    if (hostEndpoint) {
      const rest =
        to.kind !== "node"
          ? this.#forwarded(hostEndpoint, "ingress", open)
          : from.kind === "pod"
            ? { allowed: open, denied: noTraffic }
            : this.#local(hostEndpoint, "ingress", open);
      denied = unionTraffic(denied, rest.denied);
      here = unionTraffic(unionTraffic(spared, intersectTraffic(allowed, tunnels.open)), rest.allowed);
    }
    if (to.kind === "node" && from.kind === "pod" && !this.#cluster.specification.podsReachNode) {
      const { possible, certain } = this.#neighbours();
      const refused = subtractTraffic(here, certain);
      if (refused !== noTraffic)
        this.#question.note?.({ kind: "by-default", text: "the node takes nothing from its pods" }, "deny");
      pass({ allowed: intersectTraffic(here, possible), denied: refused });
    }
    if (to.kind === "pod" && from.kind !== "node") pass(this.#ofPod(to, "ingress", here));
    return { allowed: unionTraffic(unionTraffic(here, proxied), tunnels.allowed), denied };
  }

  egress(all: Traffic = allTraffic): Decided {
    const { allowed, denied } = this.#leaving(this.#translate(all));
    return { allowed: this.#untranslate(allowed, all), denied: this.#untranslate(denied, all) };
  }

  #leaving(all: Traffic): Decided {
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
      const proxied = this.#proxied();
      // Of pods that are missing nothing is passed on.
      const passed = this.#cluster.isMissing(from.pod) ? noTraffic : proxied;
      const spared = unionTraffic(subtractTraffic(possible, proxied), passed);
      const judged = subtractTraffic(tunnels.open, unionTraffic(subtractTraffic(certain, proxied), passed));
      pass(
        this.#ofPod(
          from,
          "egress",
          this.#outOfTunnels(judged, (part) => (denied = unionTraffic(denied, part))),
        ),
      );
      here = unionTraffic(here, intersectTraffic(tunnels.open, spared));
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
   * Of known connections, what untracked policies may deny, what others send into tunnels, what is for services, and all of pods that are
   * missing: these ask every packet, but for services not of connections that endpoints know. What untracked policies allow
   * belongs to no connection any more, and everything judges it `anew`.
   */
  ofConnections(): { readonly denied: Traffic; readonly anew: Traffic } {
    if (this.#goesInCircles() && !this.#isKnown()) return { denied: allTraffic, anew: noTraffic };
    const [into, out] = [this.#cluster.map.hostEndpointAt(this.#from), this.#cluster.map.hostEndpointAt(this.#to)];
    const nothing = { allowed: noTraffic, denied: noTraffic, open: allTraffic };
    const entering = into && this.#from.kind === "beyond" ? this.#untracked(into, "ingress", allTraffic) : nothing;
    const leaving = out && this.#from.kind === "node" ? this.#untracked(out, "egress", allTraffic) : nothing;
    const tunnels = this.#intoNode(this.#cluster.specification.acceptsBeforeTunnels ? entering.open : allTraffic);
    // What a host endpoint knows is forwarded before anybody asks for the pod.
    const isForwarded = into && this.#to.kind !== "node" && this.#cluster.specification.services.knownPass;
    if (this.#isAtMissing() && !isForwarded) {
      const refused = subtractTraffic(tunnels.open, this.#neighbours().possible);
      return { denied: unionTraffic(tunnels.denied, refused), anew: noTraffic };
    }
    return {
      denied: unionTraffic(tunnels.denied, unionTraffic(entering.denied, leaving.denied)),
      anew: unionTraffic(entering.allowed, leaving.allowed),
    };
  }

  /** What comes to the node and is for kube-proxy's IPVS. */
  #proxied(): Traffic {
    const { proxied } = this.#cluster.specification;
    if (!proxied || this.#to.kind !== "node" || this.#from.kind === "node") return noTraffic;
    if (this.#from.kind === "pod" && this.#cluster.isMissing(this.#from.pod)) {
      if (proxied.notFrom.includes(keyOf(this.#from.pod))) return noTraffic;
    }
    const { address } = this.#question.destination;
    if (!this.#cluster.map.isHosts(address)) return allTraffic;
    const ports = (["tcp", "udp"] as const).flatMap((of) =>
      proxied.ports.map(({ first, last }) => trafficOf(of, first, last)),
    );
    return ports.reduce(unionTraffic, noTraffic);
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

  #translate(traffic: Traffic): Traffic {
    return withPort(traffic, this.#translation?.toPort);
  }

  /** What of some traffic is among `kept` when it has been translated. */
  #untranslate(kept: Traffic, traffic: Traffic): Traffic {
    return beforePort(kept, traffic, this.#translation?.toPort);
  }

  /** Untracked policies, then those before translation; `allowed` meets no others of the endpoint. */
  #early(hostEndpoint: HostEndpoint, traffic: Traffic): Fate {
    const untracked =
      this.#from.kind === "pod"
        ? { allowed: noTraffic, denied: noTraffic, open: traffic }
        : this.#untracked(hostEndpoint, "ingress", traffic);
    const tiers = this.#beforeTranslation(hostEndpoint);
    const safe = tiers.length > 0 ? this.#failsafe(hostEndpoint, "ingress") : noTraffic;
    const fate = throughTiers(tiers, "ingress", subtractTraffic(untracked.open, safe), this.#first, false);
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
    const never = direction === "ingress" ? this.#neverUntracked() : nothingTaken;
    const judged = subtractTraffic(traffic, unionTraffic(safe, unionTraffic(maybe.certain, never.certain)));
    const question = direction === "ingress" ? this.#first : this.#question;
    const fate = throughTiers(tiers, direction, judged, question, false);
    const spared = intersectTraffic(traffic, unionTraffic(safe, unionTraffic(maybe.possible, never.possible)));
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
    if (this.#from.kind !== "pod" || this.#to.kind !== "node") return nothingTaken;
    const { neighbourMessages, nodeServices } = this.#cluster.specification;
    const messages = versionOfText(source.address) === 4 ? [] : neighbourMessages;
    return allOf([
      ...messages.map((type) => protocolTaken({ protocol: icmpNumber[6], icmp: { type } }, known)),
      ...nodeServices.map((service) => this.#service(service)),
    ]);
  }

  /** Packets that no untracked policy is asked about. */
  #neverUntracked(): Taken {
    const { source } = this.#first;
    const its = this.#cluster.specification.neverUntracked.filter((each) => each.source === source.address);
    return allOf(its.map((service) => this.#service(service)));
  }

  #service({ ipVersion, protocol, port, sourcePort, address }: NodeService): Taken {
    const { source, destination, known } = this.#question;
    if (ipVersion !== versionOfText(source.address) || (address !== undefined && address !== destination.address))
      return nothingTaken;
    const all = trafficOf(protocol, port, port);
    if (sourcePort === undefined || known.sourcePort === sourcePort) return { possible: all, certain: all };
    return known.sourcePort === undefined ? { possible: all, certain: noTraffic } : nothingTaken;
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

/**
 * The ways that packets between two places take, those that are translated and the others, each with the address where it leads and the
 * traffic that takes it.
 */
export function waysBetween(
  cluster: TieredCluster,
  question: Question,
): readonly { readonly way: Way; readonly goal: string; readonly traffic: Traffic }[] {
  const fromNode = cluster.map.find(question.source.address).kind === "node";
  const goal = question.destination.address;
  let left: Traffic = allTraffic;
  const translated = cluster.translationsOf(goal).flatMap((translation) => {
    const { only, ofNode } = translation;
    if (fromNode && !ofNode) return [];
    const traffic = intersectTraffic(left, only ? trafficOf(only.protocol, only.port, only.port) : allTraffic);
    left = subtractTraffic(left, traffic);
    return traffic === noTraffic
      ? []
      : [{ way: new Way(cluster, question, translation), goal: translation.to, traffic }];
  });
  return left === noTraffic ? translated : [...translated, { way: new Way(cluster, question), goal, traffic: left }];
}

/** What becomes of all packets between two places in both directions. */
export function decidedBetween(
  cluster: TieredCluster,
  question: Question,
): { readonly possible: Traffic; readonly denied: Traffic } {
  let [possible, denied]: [Traffic, Traffic] = [noTraffic, noTraffic];
  for (const { way, traffic } of waysBetween(cluster, question)) {
    const [ingress, egress] = [way.ingress(traffic), way.egress(traffic)];
    possible = unionTraffic(possible, intersectTraffic(ingress.allowed, egress.allowed));
    denied = unionTraffic(denied, unionTraffic(ingress.denied, egress.denied));
  }
  return { possible, denied };
}

function allOf(taken: readonly Taken[]): Taken {
  return taken.reduce(
    ({ possible, certain }, each) => ({
      possible: unionTraffic(possible, each.possible),
      certain: unionTraffic(certain, each.certain),
    }),
    nothingTaken,
  );
}

/** Of packets between two endpoints that belong to known connections, what may be denied all the same. */
export function deniedOfConnections(
  cluster: TieredCluster,
  source: Endpoint,
  destination: Endpoint,
  known: Circumstances,
): Traffic {
  const question = { source: cluster.placeOf(source), destination: cluster.placeOf(destination), known };
  let [denied, anew]: [Traffic, Traffic] = [noTraffic, noTraffic];
  for (const { way, traffic } of waysBetween(cluster, question)) {
    const its = way.ofConnections();
    denied = unionTraffic(denied, intersectTraffic(its.denied, traffic));
    anew = unionTraffic(anew, intersectTraffic(its.anew, traffic));
  }
  if (anew === noTraffic) return denied;
  const asNew = decidedBetween(cluster, { ...question, known: { ...known, translated: false } });
  return unionTraffic(denied, intersectTraffic(anew, asNew.denied));
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
