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
