import { keyOf, type NetworkPolicy } from "../../model/objects.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import type { Generation } from "./generation.js";

/** What a generation does not make of a NetworkPolicy of Kubernetes. */
export function conversionWarnings(policy: NetworkPolicy, { conversion, release }: Generation): readonly Diagnostic[] {
  const where = (offset: number, field: string) => ({
    location: { source: policy.source, offset },
    object: keyOf(policy),
    field,
  });
  const sctp = sctpPort(policy);
  if (conversion.refusesSctpPorts && sctp) {
    return [diagnostic("calico-refuses-sctp", { release }, where(sctp.port.offset, sctp.field))];
  }
  if (conversion.knowsEndPort) return [];
  return portsOf(policy)
    .filter(({ port }) => port.endPort !== undefined)
    .map(({ port, field }) =>
      diagnostic(
        "calico-ignores-end-port",
        { release, what: `${port.port}-${port.endPort}` },
        where(port.offset, `${field}.endPort`),
      ),
    );
}

/** Whether the generation takes the policy for not there. */
export function isRefused(policy: NetworkPolicy, { conversion }: Generation): boolean {
  return conversion.refusesSctpPorts && sctpPort(policy) !== undefined;
}

function portsOf(policy: NetworkPolicy) {
  return (["ingress", "egress"] as const).flatMap((direction) =>
    policy[direction].flatMap(({ ports }, rule) =>
      ports.map((port, index) => ({ port, field: `spec.${direction}[${rule}].ports[${index}]` })),
    ),
  );
}

function sctpPort(policy: NetworkPolicy) {
  return portsOf(policy).find(({ port }) => port.protocol === "SCTP" && port.port !== undefined);
}
