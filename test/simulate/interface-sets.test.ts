import { describe, expect, test } from "vitest";
import { parseIptablesSave } from "../../compiler/netfilter/parse-iptables-save.js";
import type { Interface } from "../../compiler/netfilter/tables.js";
import { reachByRules } from "../../compiler/simulate/reach-by-rules.js";
import { portsOf } from "../../compiler/simulate/traffic.js";
import { trace } from "../../compiler/simulate/tracer.js";

const { chains } = parseIptablesSave(`*filter
:FORWARD ACCEPT [0:0]
-A FORWARD -i azv1 -p tcp -m multiport --dports 80,443:445 -j DROP
-A FORWARD -o azv+ -p tcp -m multiport ! --dports 22 -j DROP
-A FORWARD -i eth0 -p udp -j DROP
COMMIT
`);
const interfaces: readonly Interface[] = [
  { name: "azv1", addresses: ["10.0.0.1"] },
  { name: "azv2", addresses: ["10.0.0.2"] },
  { name: "eth0" },
];

describe("packets come in and go out through the interfaces that their addresses are behind", () => {
  test.each([
    ["10.0.0.1", "192.0.2.1", "tcp", 80, "deny"],
    ["10.0.0.1", "192.0.2.1", "tcp", 446, "allow"],
    ["192.0.2.1", "10.0.0.2", "tcp", 22, "allow"],
    ["192.0.2.1", "10.0.0.2", "tcp", 23, "deny"],
    ["192.0.2.1", "192.0.2.2", "udp", 53, "depends"],
  ] as const)("%s to %s, %s %i: %s", (source, destination, protocol, port, verdict) => {
    const tables = { chains, sets: [], interfaces };
    expect(trace(tables, { source, destination, protocol, port }).verdict).toBe(verdict);
    const reach = reachByRules(tables);
    const { allowed } = reach.between(reach.sourceClass(source), reach.destinationClass(destination));
    const passes = portsOf(allowed, protocol).some(({ first, last }) => first <= port && port <= last);
    expect(passes).toBe(verdict === "allow");
  });

  test("without interfaces nobody knows", () => {
    const packet = { source: "10.0.0.1", destination: "192.0.2.1", protocol: "tcp", port: 80 } as const;
    expect(trace({ chains, sets: [] }, packet).verdict).toBe("depends");
  });
});

describe("what is local is an address of the machine itself", () => {
  const { chains } = parseIptablesSave(`*filter
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -p udp -m addrtype --dst-type LOCAL -j DROP
-A OUTPUT -p udp -m addrtype ! --src-type LOCAL -j ACCEPT
-A OUTPUT -p udp -j DROP
COMMIT
`);
  const own: readonly Interface[] = [{ name: "eth0", addresses: ["0.0.0.0/0"], own: ["10.0.0.9"] }];
  test.each([
    ["192.0.2.1", "10.0.0.9", "deny"],
    ["192.0.2.1", "10.0.0.8", "allow"],
    ["10.0.0.9", "192.0.2.1", "deny"],
  ] as const)("%s to %s: %s", (source, destination, verdict) => {
    const tables = { chains, sets: [], interfaces: own };
    expect(trace(tables, { source, destination, protocol: "udp", port: 53 }).verdict).toBe(verdict);
    const reach = reachByRules(tables);
    const { allowed } = reach.between(reach.sourceClass(source), reach.destinationClass(destination));
    expect(portsOf(allowed, "udp").length > 0).toBe(verdict === "allow");
  });

  test("where the machine's addresses are not known, nobody knows", () => {
    const packet = { source: "192.0.2.1", destination: "10.0.0.9", protocol: "udp", port: 53 } as const;
    expect(trace({ chains, sets: [] }, packet, { chain: "INPUT" }).verdict).toBe("depends");
  });
});
