import { describe, expect, test } from "vitest";
import { validate } from "../../../compiler/validate.js";

/** What `anpm validate` says of an object of `projectcalico.org/v3` with this spec: `FIELD: message`, a line each. */
function said(kind: string, spec: string): readonly string[] {
  const text = `{apiVersion: projectcalico.org/v3, kind: ${kind}, metadata: {name: x}, spec: ${spec}}\n`;
  return validate([{ name: "a.yaml", text }]).diagnostics.map(({ field, message }) => `${field}: ${message}`);
}

function rule(fields: string): readonly string[] {
  return said("GlobalNetworkPolicy", `{ingress: [{action: Allow, ${fields}}]}`).map((line) =>
    line.replace("spec.ingress[0]", "rule"),
  );
}

describe("rules are such as calicoctl takes", () => {
  test.each([
    ["protocol: TCP, source: {nets: [10.0.0.0/8], notNets: [10.1.0.0/16]}", []],
    ["source: {nets: [10.0.0.1/8]}", ['rule.source.nets[0]: "10.0.0.1/8" has bits after its prefix']],
    ["source: {nets: [10.0.0.1]}", ['rule.source.nets[0]: "10.0.0.1" is no block of addresses']],
    [
      "source: {nets: [10.0.0.0/8]}, destination: {notNets: ['fd00::/8']}",
      ["rule: the rule has blocks of IPv4 and of IPv6"],
    ],
    ["protocol: TCP, destination: {ports: [http, 80, '8000:8010']}", []],
    ["protocol: TCP, destination: {ports: [0]}", ['rule.destination.ports[0]: "0" is no port']],
    ["protocol: TCP, destination: {ports: ['0:5']}", ['rule.destination.ports[0]: "0:5" is no port']],
    ["protocol: TCP, destination: {ports: [HTTP]}", ['rule.destination.ports[0]: "HTTP" is no port']],
    ["source: {services: {name: A, namespace: b}}", ['rule.source.services.name: "A" is no name']],
  ])("%s", (fields, expected) => expect(rule(fields)).toEqual(expected));
});

describe("host endpoints are such as calicoctl takes", () => {
  test.each([
    ["node: node.0, interfaceName: eth0, profiles: [kns.a], ports: [{name: http, port: 80, protocol: TCP}]", []],
    ["node: Node, interfaceName: eth0", ['spec.node: "Node" is no name']],
    ["node: node-0, interfaceName: eth0, profiles: [a_b]", ['spec.profiles[0]: "a_b" is no name']],
    [
      "node: node-0, interfaceName: eth0, ports: [{name: HTTP, port: 80, protocol: ICMP}]",
      [
        'spec.ports[0].name: "HTTP" is no name of a port: it has other characters than a-z, 0-9 and -, and has no letter a-z',
        "spec.ports[0].protocol: ICMP has no ports",
      ],
    ],
  ])("%s", (fields, expected) => expect(said("HostEndpoint", `{${fields}}`)).toEqual(expected));
});

test("a hint that nobody knows, and one that is written twice, are mistakes", () => {
  const hint = "AssumeNeededOnEveryNode";
  expect(said("GlobalNetworkPolicy", `{performanceHints: [${hint}]}`)).toEqual([]);
  expect(said("GlobalNetworkPolicy", `{performanceHints: [${hint}, ${hint}]}`)).toEqual([
    "spec.performanceHints: a hint is written twice",
  ]);
  expect(said("GlobalNetworkPolicy", "{performanceHints: [Often]}")).toEqual([
    'spec.performanceHints[0]: "Often" is not known here',
  ]);
});

describe("pools are such as calicoctl takes", () => {
  test.each([
    ["cidr: 10.244.0.0/16, ipipMode: CrossSubnet, natOutgoing: true, blockSize: 26, nodeSelector: all()", []],
    ["cidr: 'fd00::/64', vxlanMode: Always, allowedUses: [Workload, Tunnel, LoadBalancer]", []],
    ["cidr: 10.244.0.0/30, disabled: true", []],
    ["natOutgoing: true", ["spec.cidr: the pool has no block of addresses"]],
    ["cidr: 10.244.0.0", ['spec.cidr: "10.244.0.0" is no block of addresses']],
    ["cidr: 10.244.0.1/16", ["spec.cidr: the block has bits after its prefix"]],
    ["cidr: 169.254.128.0/17", ["spec.cidr: the block overlaps 169.254.0.0/16, whose addresses are link-local"]],
    ["cidr: 'fe80::/9'", ["spec.cidr: the block overlaps fe80::/10, whose addresses are link-local"]],
    ["cidr: 10.244.0.0/27", ["spec.cidr: the pool is smaller than one of its blocks, which have 26 bits"]],
    ["cidr: 10.244.0.0/16, blockSize: 19", ["spec.blockSize: 19 is no size of a block"]],
    [
      "cidr: 'fd00::/64', blockSize: 26",
      [
        "spec.cidr: the pool is smaller than one of its blocks, which have 26 bits",
        "spec.blockSize: 26 is no size of a block",
      ],
    ],
    [
      "cidr: 10.244.0.0/16, ipipMode: Always, vxlanMode: Always",
      ["spec.ipipMode: a pool cannot have both IPIP and VXLAN"],
    ],
    ["cidr: 'fd00::/64', ipipMode: Always", ["spec.ipipMode: IPIP carries no IPv6"]],
    ["cidr: 10.244.0.0/16, ipipMode: always", ['spec.ipipMode: "always" is not known here']],
    ["cidr: 10.244.0.0/16, allowedUses: [Pods]", ['spec.allowedUses[0]: "Pods" is not known here']],
    [
      "cidr: 10.244.0.0/16, nodeSelector: a ==",
      ['spec.nodeSelector: expected a value in quotes at character 5 of "a =="'],
    ],
    ["cidr: 10.244.0.0/16, ipip: {enabled: true}", ['spec.ipip: there is no field "ipip" here']],
  ])("%s", (fields, expected) => expect(said("IPPool", `{${fields}}`)).toEqual(expected));

  test("all mistakes at once", () => {
    const spec = "{cidr: 169.254.0.1/27, ipipMode: Always, vxlanMode: Sometimes, blockSize: 33, natOutgoing: 1}";
    expect(said("IPPool", spec)).toEqual([
      "spec.cidr: the block has bits after its prefix",
      "spec.cidr: the block overlaps 169.254.0.0/16, whose addresses are link-local",
      'spec.vxlanMode: "Sometimes" is not known here',
      "spec.blockSize: 33 is no size of a block",
      "spec.natOutgoing: this must be true or false, not the number 1",
    ]);
  });
});

test("settings of Felix have values that it takes; of those that nothing here compiles nothing is said", () => {
  expect(said("FelixConfiguration", "{vxlanPort: 4789, wireguardEnabled: true, bpfEnabled: true}")).toEqual([]);
  expect(said("FelixConfiguration", "{vxlanPort: 99999, chainInsertMode: perhaps, natPortRange: '9:1'}")).toEqual([
    `spec.vxlanPort: "99999" is no value of Felix's vxlanPort`,
    `spec.chainInsertMode: "perhaps" is no value of Felix's chainInsertMode`,
    `spec.natPortRange: "9:1" is no value of Felix's natPortRange`,
  ]);
});
