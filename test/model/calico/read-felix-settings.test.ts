import { describe, expect, test } from "vitest";
import { compile } from "../../../compiler/index.js";
import { felixFields } from "../../../compiler/model/calico/felix-fields.js";

const diagnosticsOf = (spec: string, felix: readonly string[] = []) =>
  compile(
    [
      {
        name: "a.yaml",
        text: `{apiVersion: projectcalico.org/v3, kind: FelixConfiguration, metadata: {name: default}, spec: {${spec}}}`,
      },
    ],
    { engine: "calico", node: "node-0", felix },
  ).diagnostics.map(({ code, message, fix }) => `${code}: ${message}; ${fix}`);

describe("fields of a FelixConfiguration", () => {
  test.each([
    ["logPrefx: a", 'unknown-field: there is no field "logPrefx" here; write logPrefix'],
    ["LogPrefix: a", 'unknown-field: there is no field "LogPrefix" here; write logPrefix'],
    ["quux: 1", 'unknown-field: there is no field "quux" here; remove it'],
    ['ipv6Support: "true"', 'wrong-type: this must be true or false, not the string "true"; write true or false'],
    ['maxIpsetSize: "5"', 'wrong-type: this must be a whole number, not the string "5"; write 5 without quotes'],
    ["logPrefix: 5", 'wrong-type: this must be a string, not the number 5; write it in quotes: "5"'],
    ["routeRefreshInterval: 90", 'wrong-type: this must be a string, not the number 90; write it in quotes: "90"'],
    [
      "routeRefreshInterval: 90 s",
      'calico-invalid: "90 s" is no duration; write a number and its unit: 90s, 1m30s, 500ms',
    ],
    [
      "natPortRange: true",
      "wrong-type: this must be a number or a text, not the boolean true; write a number or a text",
    ],
    ["externalNodesList: 10.0.0.0/8", /^wrong-type: this must be a list/],
    ["externalNodesList: [1]", /^wrong-type: this must be a string, not the number 1/],
    ["kubeNodePortRanges: [false]", /^wrong-type: this must be a number or a text/],
    ["bpfLogFilters: {all: 1}", /^wrong-type: this must be a string, not the number 1/],
    ["healthTimeoutOverrides: [{timeout: 1}]", /^wrong-type: this must be a string, not the number 1/],
    ["routeTableRange: {mn: 1}", 'unknown-field: there is no field "mn" here; write min'],
    ["routeTableRanges: [{max: a}]", /^wrong-type: this must be a whole number/],
    ["failsafeInboundHostPorts: [{port: '22'}]", /^wrong-type: this must be a whole number/],
  ])("%s", (spec, expected) => {
    expect(diagnosticsOf(spec)).toEqual([typeof expected === "string" ? expected : expect.stringMatching(expected)]);
  });

  test.each([
    "routeRefreshInterval: 1m30s, iptablesRefreshInterval: '0', xdpRefreshInterval: 1.5h, wireguardKeepAlive: 500ms",
    "natPortRange: 1000, kubeNodePortRanges: ['30000:32767', 9], istioDSCPMark: AF11, bpfPSNATPorts: '20000:29999'",
    "healthTimeoutOverrides: [{name: a, timeout: 5s}], bpfLogFilters: {all: host}, routeTableRange: {min: 1, max: 9}",
    "iptablesLockFilePath: /run/xtables.lock, iptablesLockTimeout: 1s, bpfKubeProxyEndpointSlicesEnabled: true",
    "maxIpsetSize: null, logPrefix: null, routeTableRanges: null",
  ])("%s: nothing to say", (spec) => {
    expect(diagnosticsOf(spec)).toEqual([]);
  });

  test("each is there once", () => {
    const names = felixFields.map(({ name }) => name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(180);
  });

  test("each setting that shows in rules has one, but for the type of the cluster, which is a ClusterInformation's", () => {
    const other = new Map([
      ["ipinipenabled", "ipipenabled"],
      ["externalnodescidrlist", "externalnodeslist"],
    ]);
    const [said] = diagnosticsOf("", ["nothingofthekind=1"]);
    const listed = /settings that show in rules: (.*)$/
      .exec(said!)![1]!
      .split(", ")
      .map((name) => name.toLowerCase());
    expect(listed.length).toBeGreaterThan(30);
    const fields = new Set(felixFields.map(({ name }) => name.toLowerCase()));
    expect(listed.filter((name) => !fields.has(other.get(name) ?? name))).toEqual(["clustertype"]);
  });
});

test("what only a later release writes into rules is passed over", () => {
  expect(diagnosticsOf("logConnectionTransitions: FirstResponseAfterLog")).toEqual([
    expect.stringMatching(/^calico-unknown-feature: Calico v3\.32 does not know logConnectionTransitions/),
  ]);
});
