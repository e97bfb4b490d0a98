import type { NetworkPolicy, Peer, PolicyPort } from "../../model/objects.js";
import { leadingZeros } from "../../model/cidr.js";
import { keyOf } from "../../model/objects.js";
import type { Reading } from "../../pairs/reading.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import { formatRelease, type Release } from "./release.js";

/** What an NPM with the v1 data plane makes of blocks and named ports. */
export interface FieldHabits {
  readonly release: Release;
  /** Blocks stand in sets, which hold no IPv6; or in rules. */
  readonly blocks: "sets" | "rules";
  /** A named port is matched by a set; by its name in /etc/services; or as port 0. */
  readonly namedPorts: "sets" | "services" | "zero";
  /** Peers with namespaceSelector and podSelector: passed over, or read in one way or another. */
  readonly bothSelectors: Reading["bothSelectors"];
}

/** Fields that NPM reads past, or otherwise than written. */
export function ignoredFields(policy: NetworkPolicy, habits: FieldHabits): Diagnostic[] {
  const release = formatRelease(habits.release);
  const found: Diagnostic[] = [];
  for (const type of new Set(policy.policyTypes)) {
    const [list, peers] = type === "Ingress" ? (["ingress", "from"] as const) : (["egress", "to"] as const);
    policy[list].forEach((rule, index) => {
      const report = (code: FieldCode, what: string, at: Peer | PolicyPort, field: string) => {
        const location = { source: policy.source, offset: at.offset };
        const where = { location, object: keyOf(policy), field: `spec.${list}[${index}].${field}` };
        found.push(diagnostic(code, { what, release }, where));
      };
      rule.peers.forEach((peer, position) => {
        const at = `${peers}[${position}]`;
        if (peer.kind !== "ipBlock") {
          if (habits.bothSelectors === "ignored" && peer.namespaceSelector && peer.podSelector)
            report("npm-skips-both-selectors", "namespaceSelector beside podSelector", peer, at);
          return;
        }
        if (habits.blocks === "rules" && isIpv6Zero(peer.cidr))
          return report("npm-reads-ipv6-zero-as-any", peer.cidr, peer, at);
        if (habits.blocks === "sets" && !fitsSet(peer.cidr)) return report("npm-skips-block", peer.cidr, peer, at);
        const mapped = peer.except.find((block) => block.includes(":"));
        if (habits.blocks === "sets" && mapped !== undefined) return report("npm-skips-exception", mapped, peer, at);
        const octal = [peer.cidr, ...peer.except].find((block) => {
          const { inAddress, inLength } = leadingZeros(block);
          return inAddress || inLength;
        });
        if (octal !== undefined) report("npm-reads-zeros-as-octal", octal, peer, at);
      });
      rule.ports.forEach((port, position) => {
        const field = `ports[${position}]`;
        if (port.endPort !== undefined) report("npm-ignores-end-port", `${port.endPort}`, port, `${field}.endPort`);
        if (typeof port.port === "string" && habits.namedPorts === "zero") {
          report("npm-reads-named-port-as-zero", port.port, port, `${field}.port`);
        }
      });
    });
  }
  return found;
}

type FieldCode =
  | "npm-skips-both-selectors"
  | "npm-reads-ipv6-zero-as-any"
  | "npm-skips-block"
  | "npm-skips-exception"
  | "npm-reads-zeros-as-octal"
  | "npm-ignores-end-port"
  | "npm-reads-named-port-as-zero";

function isIpv6Zero(cidr: string): boolean {
  return cidr.includes(":") && /\/0+$/.test(cidr);
}

function fitsSet(cidr: string): boolean {
  return !cidr.includes(":") && (!/\/0+$/.test(cidr) || cidr === "0.0.0.0/0");
}
