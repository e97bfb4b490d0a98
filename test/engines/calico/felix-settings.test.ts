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
  ["iptablesFilterDenyAction: Reject", "iptablesFilterDenyAction: Drop"],
  ["floatingIPs: Enabled", "floatingIPs: Disabled"],
  ["workloadSourceSpoofing: Any", "workloadSourceSpoofing: Disabled"],
])("%s would change rules that are not compiled: an error, and %s is none", (changes, keeps) => {
  expect(said(changes)).toEqual([
    `felix-setting-not-built: Felix's ${changes.split(":")[0]} changes the rules in ways that are not compiled yet`,
  ]);
  expect(said(keeps)).toEqual([]);
});

test.each([
  ["iptablesMarkMask: 15", 'felix-setting-invalid: "15" is no value of Felix\'s iptablesMarkMask'],
  [
    "iptablesMarkMask: 31, wireguardEnabled: true",
    "felix-marks-too-few: IptablesMarkMask 0x1f leaves no bit for what WireGuard has encrypted, and Felix does not start",
  ],
  ["maxIpsetSize: 0", 'felix-setting-invalid: "0" is no value of Felix\'s maxIpsetSize'],
])("%s is none of its values", (spec, expected) => {
  expect(said(spec)).toEqual([expected]);
});
