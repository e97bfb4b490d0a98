import { expect, test } from "vitest";
import { compile } from "../../../compiler/index.js";

const said = (spec: string): readonly string[] =>
  compile(
    [
      {
        name: "a.yaml",
        text: `{apiVersion: projectcalico.org/v3, kind: FelixConfiguration, metadata: {name: default}, spec: {${spec}}}`,
      },
    ],
    { engine: "calico", node: "node-0" },
  ).diagnostics.flatMap(({ code, message }) => (code.startsWith("felix-") ? [`${code}: ${message}`] : []));

test.each([
  ["bpfEnabled: true", "bpfEnabled: false"],
  ["useInternalDataplaneDriver: false", "useInternalDataplaneDriver: true"],
  ["nftablesMode: Enabled", "nftablesMode: Auto"],
  ["flowLogsSamplingRate: 10", "flowLogsSamplingRate: 1"],
])("%s would change rules that are not compiled: an error, and %s is none", (changes, keeps) => {
  expect(said(changes)).toEqual([
    `felix-setting-not-built: Felix's ${changes.split(":")[0]} changes the rules in ways that are not compiled yet`,
  ]);
  expect(said(keeps)).toEqual([]);
});

test.each([
  ["iptablesMarkMask: 31", 'felix-setting-invalid: "31" is no value of Felix\'s iptablesMarkMask'],
  [
    "iptablesMarkMask: 63, wireguardEnabled: true",
    "felix-marks-too-few: IptablesMarkMask 0x3f has a bit too few where WireGuard takes one, and Felix does not start",
  ],
  ['interfaceExclude: "/(a+)+/"', 'felix-setting-invalid: "/(a+)+/" is no value of Felix\'s interfaceExclude'],
  ["logPrefix: '\"; reboot'", /^felix-setting-invalid: /],
  ["logActionRateLimit: 5/week", 'felix-setting-invalid: "5/week" is no value of Felix\'s logActionRateLimit'],
  ["logActionRateLimitBurst: 10000", 'felix-setting-invalid: "10000" is no value of Felix\'s logActionRateLimitBurst'],
  ["flowLogsLocalReporter: 'On'", 'felix-setting-invalid: "On" is no value of Felix\'s flowLogsLocalReporter'],
  ["featureDetectOverride: SNATFullyRandom", /^felix-setting-invalid: /],
  ["maxIpsetSize: 0", 'felix-setting-invalid: "0" is no value of Felix\'s maxIpsetSize'],
  ["floatingIPs: maybe", 'felix-setting-invalid: "maybe" is no value of Felix\'s floatingIPs'],
  ["metadataAddr: metadata.example", 'felix-setting-invalid: "metadata.example" is no value of Felix\'s metadataAddr'],
  ["metadataAddr: 010.0.0.1", 'felix-setting-invalid: "010.0.0.1" is no value of Felix\'s metadataAddr'],
  ["metadataPort: 65536", 'felix-setting-invalid: "65536" is no value of Felix\'s metadataPort'],
])("%s is none of its values", (spec, expected) => {
  expect(said(spec)).toEqual([typeof expected === "string" ? expected : expect.stringMatching(expected)]);
});

test("what Felix does not survive is an error, in releases that know the setting", () => {
  const configuration = (value: string) => ({
    name: "a.yaml",
    text: `{apiVersion: projectcalico.org/v3, kind: FelixConfiguration, metadata: {name: default}, spec: {iptablesFilterDenyAction: ${value}}}`,
  });
  const codes = (value: string, generation: string): readonly string[] =>
    compile([configuration(value)], { engine: "calico", generation, node: "node-0" }).diagnostics.map(
      ({ code }) => code,
    );
  for (const generation of ["calico", "calico-3.29", "v3.26.0"])
    expect(codes("Reject", generation)).toContain("felix-setting-stops");
  expect(codes("Reject", "v3.25.0")).toContain("calico-unknown-feature");
  expect(codes("Drop", "calico")).not.toContain("felix-setting-stops");
});

test("interfaces that a setting leaves out have no host endpoint but that of all, and their addresses are not the host's", () => {
  const hostEndpoint = (name: string, spec: string): string =>
    `{apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: ${name}}, spec: {node: node-0, ${spec}}}`;
  const text = [
    hostEndpoint("named", "interfaceName: eth1"),
    hostEndpoint("addressed", "expectedIPs: [10.8.0.1]"),
    hostEndpoint("others", 'interfaceName: "*"'),
  ].join("\n---\n");
  const tables = (exclude: string) =>
    compile([{ name: "a.yaml", text }], {
      engine: "calico",
      node: "node-0",
      hostInterfaces: ["eth0=10.9.0.1/24", "eth1=10.8.0.1/24"],
      felix: [`InterfaceExclude=${exclude}`],
    }).result!.tables;
  const chains = (exclude: string): readonly string[] =>
    tables(exclude).chains.flatMap(({ name }) => (name.startsWith("cali-fh-") ? name : []));
  const own = (exclude: string): readonly string[] =>
    tables(exclude).sets.find(({ name }) => name === "cali40this-host")!.members;
  expect(chains("eth7")).toEqual(["cali-fh-any-interface-at-all", "cali-fh-eth1"]);
  expect(own("eth7")).toContain("10.8.0.1");
  for (const exclude of ["eth1", "/^eth[1-3]$/,lo", "/th1/"]) {
    expect(chains(exclude)).toEqual(["cali-fh-any-interface-at-all"]);
    expect(own(exclude)).toEqual(["10.9.0.1", "127.0.0.0", "127.0.0.1"]);
  }
});

test("a setting with a bad value is told though another field is misspelt, and so is everything else", () => {
  expect(said("floatingIPs: Maybe, logPrefx: x, maxIpsetSize: 0")).toEqual([
    'felix-setting-invalid: "Maybe" is no value of Felix\'s floatingIPs',
    'felix-setting-invalid: "0" is no value of Felix\'s maxIpsetSize',
  ]);
});
