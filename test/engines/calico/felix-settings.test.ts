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
  ["nftablesMode: Enabled", "nftablesMode: Auto"],
  ["floatingIPs: Enabled", "floatingIPs: Disabled"],
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
  ["maxIpsetSize: 0", 'felix-setting-invalid: "0" is no value of Felix\'s maxIpsetSize'],
])("%s is none of its values", (spec, expected) => {
  expect(said(spec)).toEqual([expected]);
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
