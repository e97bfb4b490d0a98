import type { IpVersion } from "../../../text/ip-version.js";
import type { NodeView } from "../settings.js";
import { isLocal, type Cluster, type Endpoint, type HostEndpoint } from "./cluster.js";
import type { ServiceMember } from "./service-members.js";

/** Pods and host endpoints of the node whose packets are marked when they leave the cluster, and their addresses of a version of IP. */
export function markedEndpoints(
  { endpoints, hostEndpoints }: Cluster,
  node: NodeView,
  ipVersion: IpVersion,
): readonly { readonly endpoint: Endpoint | HostEndpoint; readonly nets: readonly string[]; readonly dscp: number }[] {
  const local = [...endpoints.filter(isLocal), ...hostEndpoints.filter((each) => each.node === node.name)];
  return local.flatMap((endpoint) => {
    const nets = endpoint.nets.filter((net) => net.includes(":") === (ipVersion === 6));
    const { dscp } = endpoint.controls ?? {};
    return dscp && nets.length > 0 ? [{ endpoint, nets, dscp: dscp.value }] : [];
  });
}

/** The addresses that the rules are for, every one. */
export function dscpMembers(cluster: Cluster, node: NodeView, ipVersion: IpVersion): readonly ServiceMember[] {
  return markedEndpoints(cluster, node, ipVersion).flatMap(({ endpoint, nets }) =>
    nets.map((member) => ({ member, origin: endpoint.origin })),
  );
}
