import type { Endpoint, Probe } from "../../compiler/index.js";
import type { Deliveries, Delivery } from "./send-packets.js";

/** What packets came to, for people: counts, then each packet that the kernel takes otherwise than the rules were read. */
export function formatDeliveries({ deliveries, leftOut }: Deliveries): string {
  const differing = deliveries.filter(isDisagreement);
  const arrived = deliveries.filter(({ byKernel }) => byKernel === "allow").length;
  const deviating = deliveries.filter(({ probe, byKernel }) => probe.byJudge !== byKernel).length;
  const lines = [
    `${deliveries.length} packets sent through the kernel (${counts(deliveries)}), ${arrived} of them came to their destination`,
    `  ${deliveries.length - differing.length} as the rules say, ${differing.length} otherwise`,
    `  ${deliveries.length - deviating} as the specification says, ${deviating} otherwise`,
    ...leftOut.map((text) => `  not tried: ${text}`),
    ...differing.slice(0, maxListed).map(({ probe, byKernel }) => {
      const said = `${probe.byJudge} by the specification, ${probe.byTracer} by the rules, ${byKernel} by the kernel`;
      return `kernel differs: ${packetText(probe)}: ${said}`;
    }),
    ...(differing.length > maxListed ? [`kernel differs: ${differing.length - maxListed} packets more`] : []),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** The same for programs. */
export function deliveriesJson({ deliveries, leftOut }: Deliveries): object {
  const differing = deliveries.filter(isDisagreement);
  return {
    agrees: differing.length === 0,
    packets: deliveries.length,
    arrived: deliveries.filter(({ byKernel }) => byKernel === "allow").length,
    asRules: deliveries.length - differing.length,
    asSpecification: deliveries.filter(({ probe, byKernel }) => probe.byJudge === byKernel).length,
    differing: differing.map(({ probe, byKernel }) => ({
      source: nameOf(probe.source),
      destination: nameOf(probe.destination),
      protocol: probe.protocol,
      ...(probe.protocol !== "other" && { port: probe.port }),
      bySpecification: probe.byJudge,
      byRules: probe.byTracer,
      byKernel,
    })),
    notTried: leftOut,
  };
}

/** Whether the kernel did otherwise than the rules were read. */
export function isDisagreement({ probe, byKernel }: Delivery): boolean {
  return probe.byTracer !== byKernel;
}

const maxListed = 20;

/** `162 tcp, 18 icmp` */
function counts(deliveries: readonly Delivery[]): string {
  return (["tcp", "udp", "sctp", "other"] as const)
    .map((protocol) => [protocol, deliveries.filter(({ probe }) => probe.protocol === protocol).length] as const)
    .filter(([, count]) => count > 0)
    .map(([protocol, count]) => `${count} ${protocol === "other" ? "icmp" : protocol}`)
    .join(", ");
}

function packetText({ source, destination, protocol, port }: Probe): string {
  return `${nameOf(source)} to ${nameOf(destination)}, ${protocol === "other" ? "icmp" : `${port}/${protocol}`}`;
}

function nameOf(end: Endpoint): string {
  return end.kind === "outside" ? end.address : `${end.pod.namespace}/${end.pod.name}`;
}
