import type { Origin } from "../../../text/origin.js";
import type { Cluster } from "../cluster/cluster.js";
import { markedEndpoints } from "../cluster/marked-endpoints.js";
import type { TrafficLimits } from "../cluster/qos-controls.js";
import {
  addresses,
  clearMark,
  connectionsAbove,
  drop,
  markLacks,
  packetRate,
  resetConnection,
  setDscp,
  setMark,
} from "../felix/fragments.js";
import type { FelixRule } from "../felix/rule.js";
import type { Marks } from "../marks.js";
import type { Direction } from "../policy.js";
import type { NodeView } from "../settings.js";
import type { IpVersion } from "../../../text/ip-version.js";

/** Limits of one direction, and where they are asked for. */
export interface LimitedTraffic extends TrafficLimits {
  readonly direction: Direction;
  readonly originOf: (offset: number) => Origin;
  /** The release has bursts of one's own. */
  readonly bursts: boolean;
}

/**
 * What comes faster than it may is dropped, packets of open connections among it. Source: Calico of the time of
 * v3.32, felix/rules/endpoints.go, endpointIptablesChain; the tests beside it of that of v3.30; felix/iptables/actions.go, 036c024de.
 */
export function packetRateRules(
  { direction, packetRate: rate, packetBurst, bursts, originOf }: LimitedTraffic,
  { allBlocks }: Marks,
): readonly FelixRule[] {
  if (!rate) return [];
  const origin = originOf(rate.offset);
  const cleared = {
    comments: [`Clear ${direction} packet rate limit mark`],
    action: clearMark(allBlocks),
    origin,
  };
  return [
    cleared,
    {
      comments: [`Mark packets within ${direction} packet rate limit`],
      matches: [packetRate(rate.value, bursts ? packetBurst : undefined)],
      action: setMark(allBlocks),
      origin,
    },
    {
      comments: [`Drop packets over ${direction} packet rate limit`],
      matches: [markLacks(allBlocks)],
      action: drop,
      origin,
    },
    cleared,
  ];
}

/** A connection of TCP that is one too many is refused. */
export function connectionLimitRules({ direction, connections, originOf }: LimitedTraffic): readonly FelixRule[] {
  if (!connections) return [];
  return [
    {
      comments: [`Reject connections over ${direction} connection limit`],
      matches: connectionsAbove(connections.value),
      action: resetConnection,
      origin: originOf(connections.offset),
    },
  ];
}

/**
 * The rules that mark, in the order of addresses. Of an endpoint with several addresses iptables makes a rule each, all with one hash; Felix finds
 * them out of step then and takes all but the first away, as the tables of v3.28 did with real iptables 1.8.9.
 * Source: Calico 206dc3237, felix/dataplane/linux/dscp_mgr.go and felix/rules/dscp.go.
 */
export function dscpRules(cluster: Cluster, node: NodeView, ipVersion: IpVersion): readonly FelixRule[] {
  return markedEndpoints(cluster, node, ipVersion)
    .map(({ endpoint, nets, dscp }) => ({ sources: nets.join(), nets, dscp, endpoint }))
    .toSorted((a, b) => (a.sources < b.sources ? -1 : a.sources > b.sources ? 1 : 0))
    .map(({ nets, dscp, endpoint }) => ({
      matches: [addresses("source", nets)],
      action: setDscp(dscp),
      origin: endpoint.controlOrigin!(endpoint.controls!.dscp!.offset),
    }));
}
