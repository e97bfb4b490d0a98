import { quote } from "../quote.js";
import { error, warning } from "./entry.js";

/** Questions about packets: who, to whom, on what port, by which rules. */
export const simulateCodes = {
  "endpoint-unknown": error(
    (p: { option: string; name: string; namespace: string; suggestion: string }) =>
      `${p.option}: nothing is called ${quote(p.name)}${p.name.includes("/") ? "" : ` in namespace ${p.namespace}`}`,
    (p) =>
      p.suggestion === ""
        ? "write NAMESPACE/POD, KIND/NAME of a workload, or an address; a bare name is looked up in the namespace of -n"
        : `did you mean ${p.suggestion}?`,
  ),
  "endpoint-ambiguous": error(
    (p: { option: string; name: string; candidates: readonly string[] }) =>
      `${p.option}: ${quote(p.name)} may be ${p.candidates.join(" or ")}`,
    () => "write one of these",
  ),
  "endpoint-not-running": error(
    (p: { option: string; name: string }) =>
      `${p.option}: ${p.name} sends and receives nothing: it has no address, has finished, or has no pods`,
    () => "name a pod that runs, or write an address",
  ),
  "endpoint-not-ipv4": error(
    (p: { option: string; name: string; address: string }) =>
      `${p.option}: ${quote(p.name)} ${p.address === p.name ? "is no IPv4 address" : `has the address ${p.address}`}`,
    () =>
      "without --ipv6, which is Calico's, packets are of IPv4: write an address such as 203.0.113.7, or a pod that has one",
  ),
  "endpoint-not-ipv6": error(
    (p: { option: string; name: string; address: string }) =>
      `${p.option}: ${quote(p.name)} ${p.address === p.name ? "is no IPv6 address" : `has the address ${p.address}`}`,
    () =>
      "with --ipv6 packets are of IPv6: write an address such as 2001:db8::7, or a pod that has one, or leave it out",
  ),
  "endpoint-needs-manifests": error(
    (p: { option: string; name: string }) =>
      `${p.option}: ${quote(p.name)} is no address, and no manifests say whose name it is`,
    () => "write an IPv4 address such as 10.240.0.7, or add -f with the manifests",
  ),
  "focus-unknown": error(
    (p: { name: string; pods: boolean; suggestion: string }) =>
      p.pods
        ? `--focus: no running pod is called ${quote(p.name)}`
        : `--focus: ${quote(p.name)} is no address in the sets or of --external`,
    (p) => (p.suggestion === "" ? `write ${p.pods ? "NAMESPACE/POD" : "an address"}` : `did you mean ${p.suggestion}?`),
  ),
  "matrix-without-addresses": error(
    (_: object) => "no sets hold an address, and no manifests say which pods there are",
    () => "add --sets with the ipset save of the same node, --external ADDRESS…, or -f with the manifests",
  ),
  "port-invalid": error(
    (p: { value: string }) => `--port: ${quote(p.value)} is no port`,
    () =>
      "write a number from 1 to 65535, the name of a port, or any, and after a slash tcp, udp or sctp: 80, 53/udp, http, any",
  ),
  "port-name-unknown": error(
    (p: { name: string; destination: string; known: readonly string[]; suggestion: string }) =>
      `--port: ${p.destination} has no port that is called ${quote(p.name)}`,
    (p) =>
      p.suggestion !== ""
        ? `did you mean ${p.suggestion}?`
        : p.known.length > 0
          ? `use one of ${p.known.join(", ")}, or a number`
          : "none of its ports has a name: write a number",
  ),
  "port-name-ambiguous": error(
    (p: { name: string; destination: string; ports: readonly string[] }) =>
      `--port: ${quote(p.name)} of ${p.destination} may be ${p.ports.join(" or ")}`,
    () => "write one of these",
  ),
  "sets-without-rules": error(
    (_: object) => "--sets is given without --rules",
    () => "add --rules with the iptables-save of the same node",
  ),
  "pods-differ": warning(
    (p: { option: string; name: string; pod: string; others: readonly string[] }) =>
      `${p.option}: the rules treat the pods of ${p.name} differently; ${p.pod} is taken, ${p.others.join(", ")} may fare otherwise`,
    (p) => `name the pod that is meant, such as ${p.pod}`,
  ),
  "same-pod": warning(
    (p: { pod: string }) => `${p.pod} is source and destination: what a pod sends to itself meets no rule`,
    () => "name two pods",
  ),
};
