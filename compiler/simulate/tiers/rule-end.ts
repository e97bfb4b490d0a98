import type { CalicoEntity, CalicoPort } from "../../model/calico/objects.js";
import { selectorOf } from "../../model/calico/parse-selector.js";
import { selectorHolds } from "../../model/calico/selector.js";
import type { Labels } from "../../model/objects.js";
import type { EndpointSlice } from "../../model/resources.js";
import { plainIp, versionOfText } from "../ip.js";
import { noTraffic, subtractTraffic, trafficOf, unionTraffic, type Traffic, type TrafficProtocol } from "../traffic.js";
import { blockTest, type BlockTest } from "./blocks.js";
import { chooses, type Holder } from "./holders.js";

/** An address and those that have it. */
export interface Place {
  readonly address: string;
  readonly holders: readonly Holder[];
  /** What was found out so far: key of an end → whether it means the address. */
  readonly meant: Map<string, boolean>;
}

/** Source or destination of a rule. */
export interface RuleEnd {
  /** Equal for ends that mean the same places and ports. */
  readonly key: string;
  /** Whether the address is meant, ports aside. */
  readonly means: (place: Place) => boolean;
  /** Which ports of a protocol are meant there; undefined: it does not ask. */
  readonly ports?: (place: Place, protocol: TrafficProtocol) => Traffic;
  /** Blocks that it speaks of. */
  readonly blocks: readonly string[];
  /** Ports that it speaks of by number. */
  readonly ranges: readonly { readonly first: number; readonly last: number }[];
}

/** Everybody, on every port. */
export const anyEnd: RuleEnd = { key: "", means: () => true, blocks: [], ranges: [] };

/** Ways in which an end is known to be read otherwise than documented. */
export interface EndOddities {
  /** A negation of namespaces or accounts holds for what has none. */
  readonly negationReachesGlobal?: boolean;
  /** Selector and negated selector are asked of each holder of an address alone. */
  readonly selectorsOfOne?: boolean;
  /** A port's name means that of the selected holders alone. */
  readonly portsOfSelected?: boolean;
  /** A service without a namespace is none. */
  readonly strayService?: boolean;
  /** Not looked at, but for their version of IP. */
  readonly skipsNets?: boolean;
  readonly skipsPorts?: boolean;
  /** It means no address of another version of IP than its exceptions. */
  readonly onlyVersionOfExceptions?: boolean;
}

/**
 * What projectcalico.org/v3 says about one end of a rule: all its fields must hold. A selector means the addresses of the endpoints
 * and network sets that it selects; in a policy of a namespace, those of the namespace unless it has a selector of namespaces. A
 * service means the addresses of its endpoints, as a destination with their ports.
 *
 * Source: docs.tigera.io/calico, reference/resources/networkpolicy, EntityRule.
 */
export function endOf(
  side: "source" | "destination",
  entity: CalicoEntity,
  namespace: string,
  slices: readonly EndpointSlice[],
  odd: EndOddities = {},
): RuleEnd {
  const { nets, notNets, ports, notPorts, selector, notSelector, namespaceSelector, serviceAccounts } = entity;
  const accounts = serviceAccounts && accountTest(serviceAccounts, odd);
  const isSelective = selector !== "" || notSelector !== "" || accounts !== undefined;
  const tests = [
    scopeTest(namespaceSelector, isSelective ? namespace : "", odd),
    selector === "" ? undefined : selectorTest(selector),
    accounts,
  ].filter((test) => test !== undefined);
  const unwanted = notSelector === "" ? undefined : selectorTest(notSelector);
  const positive: HolderTest = (holder) => tests.every((test) => test(holder));
  const chosen: HolderTest = (holder) => positive(holder) && !unwanted?.(holder);
  const service = entity.services && serviceOf(entity.services, namespace, slices, odd);
  // Where a service's endpoints are the source, their ports mean nothing.
  const servicePorts = side === "destination" ? service?.ports : undefined;

  const [inNets, inNotNets] = [nets.map(blockTest), notNets.map(blockTest)];

  const selected = ({ holders }: Place): boolean => {
    if (odd.selectorsOfOne && tests.length > 0) return holders.some(chosen);
    return (tests.length === 0 || holders.some(positive)) && !(unwanted && holders.some(unwanted));
  };
  const ofSelected = odd.portsOfSelected === true && tests.length > 0;
  const onlyNames = ports.length > 0 && ports.every((port) => "name" in port);
  const meantPorts = (list: readonly CalicoPort[], { holders }: Place, protocol: TrafficProtocol): Traffic => {
    const named = (ofSelected ? holders.filter(chosen) : holders).flatMap((holder) => holder.ports);
    return list.reduce((all, port) => unionTraffic(all, portTraffic(port, protocol, named)), noTraffic);
  };
  return {
    key: JSON.stringify([{ ...entity, serviceAccounts, services: entity.services }, isSelective && namespace, odd]),
    means(place) {
      const inside = (test: BlockTest): boolean => test(place.address);
      const isOfItsVersion = (net: string): boolean => versionOfText(net) === versionOfText(place.address);
      if (odd.onlyVersionOfExceptions && !notNets.some(isOfItsVersion)) return false;
      if (nets.length > 0 && !(odd.skipsNets ? nets.some(isOfItsVersion) : inNets.some(inside))) return false;
      if (inNotNets.some(inside) || (service && !service.has(place.address))) return false;
      // The names say which addresses are meant, too.
      return (ofSelected && onlyNames) || selected(place);
    },
    ...((ports.length > 0 || notPorts.length > 0 || servicePorts) && {
      ports(place: Place, protocol: TrafficProtocol): Traffic {
        if (servicePorts) return servicePorts(place.address, protocol);
        const wanted = ports.length === 0 || odd.skipsPorts ? trafficOf(protocol) : meantPorts(ports, place, protocol);
        return subtractTraffic(wanted, meantPorts(notPorts, place, protocol));
      },
    }),
    blocks: [...nets, ...notNets, ...(service?.addresses ?? [])],
    ranges: [...ports, ...notPorts].filter((port) => "first" in port),
  };
}

type HolderTest = (holder: Holder) => boolean;

function selectorTest(text: string): HolderTest {
  const selector = selectorOf(text);
  return (holder) => chooses(selector, holder);
}

/** Which namespaces a selector means; without one, that of the policy. Undefined: everything. */
export function scopeTest(
  namespaceSelector: string,
  namespace: string,
  { negationReachesGlobal = false }: EndOddities,
): HolderTest | undefined {
  if (namespaceSelector === "") return namespace === "" ? undefined : (holder) => holder.namespace?.name === namespace;
  const selector = selectorOf(namespaceSelector);
  if (selector.kind === "global") return (holder) => holder.namespace === undefined;
  if (selector.kind === "all") return (holder) => holder.namespace !== undefined;
  return (holder) => labelsFit(selector, holder.namespace?.labels, negationReachesGlobal);
}

/** Whether labels of a namespace or an account fit; of one that there is not, they do not. */
export function labelsFit(
  selector: ReturnType<typeof selectorOf>,
  labels: Labels | undefined,
  withoutAny: boolean,
): boolean {
  return (labels !== undefined || withoutAny) && selectorHolds(selector, (label) => labels?.get(label));
}

function accountTest(
  { names, selector }: NonNullable<CalicoEntity["serviceAccounts"]>,
  { negationReachesGlobal = false }: EndOddities,
): HolderTest | undefined {
  if (names.length === 0 && selector === "") return undefined;
  const wanted = selector === "" ? undefined : selectorOf(selector);
  return ({ account }) =>
    (names.length === 0 || (account !== undefined && names.includes(account.name))) &&
    (!wanted || labelsFit(wanted, account?.labels, negationReachesGlobal && wanted.kind !== "all"));
}

interface ServiceEnds {
  readonly addresses: readonly string[];
  readonly has: (address: string) => boolean;
  readonly ports: (address: string, protocol: TrafficProtocol) => Traffic;
}

/** The endpoints of a service, which is in the namespace of the policy unless the rule says otherwise. */
function serviceOf(
  written: NonNullable<CalicoEntity["services"]>,
  namespace: string,
  slices: readonly EndpointSlice[],
  { strayService = false }: EndOddities,
): ServiceEnds {
  const key = `${written.namespace === "" && !strayService ? namespace : written.namespace}/${written.name}`;
  const own = slices.filter(({ service, addressType }) => service === key && addressType !== "FQDN");
  const addresses = [...new Set(own.flatMap((slice) => slice.addresses.map(plainIp)))];
  return {
    addresses,
    has: (address) => addresses.includes(address),
    ports: (address, protocol) =>
      own
        .filter((slice) => slice.addresses.some((each) => plainIp(each) === address))
        .flatMap((slice) => slice.ports)
        .filter((port) => port.protocol.toLowerCase() === protocol)
        .reduce((all, { port }) => unionTraffic(all, trafficOf(protocol, port, port)), noTraffic),
  };
}

function portTraffic(port: CalicoPort, protocol: TrafficProtocol, named: Holder["ports"]): Traffic {
  if (protocol === "other") return noTraffic;
  if ("first" in port) return trafficOf(protocol, port.first, port.last);
  return named
    .filter((its) => its.name === port.name && its.protocol === protocol)
    .reduce((all, its) => unionTraffic(all, trafficOf(protocol, its.port, its.port)), noTraffic);
}
