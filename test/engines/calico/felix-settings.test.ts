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
  ["iptablesMarkMask: 255", "iptablesMarkMask: 4294901760"],
  ["nftablesMode: Enabled", "nftablesMode: Auto"],
  ["iptablesFilterDenyAction: Reject", "iptablesFilterDenyAction: Drop"],
  ["openstackRegion: here", "logPrefix: calico-packet"],
  ["floatingIPs: Enabled", "floatingIPs: Disabled"],
  ["workloadSourceSpoofing: Any", "workloadSourceSpoofing: Disabled"],
])("%s would change rules that are not compiled: an error, and %s is none", (changes, keeps) => {
  expect(said(changes)).toEqual([
    `felix-setting-not-built: Felix's ${changes.split(":")[0]} changes the rules in ways that are not compiled yet`,
  ]);
  expect(said(keeps)).toEqual([]);
});
