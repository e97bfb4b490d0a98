import { expect, test } from "vitest";
import { npmErrors } from "../../../compiler/log/read/npm-errors.js";
import { readWhole } from "../read-back.js";

// Lines that people published, and lines of the vectors.
test.each([
  [
    "chain-missing",
    "2021/04/23 07:06:04 [1] Error: There was an error running command: [iptables -w 60 -D AZURE-NPM-INGRESS -j DROP] Stderr: [exit status 1, iptables: Bad rule (does a matching rule exist in that chain?).]",
  ],
  [
    "no-chain-yet",
    "2020/01/31 13:49:06 [1] Error: There was an error running command: [iptables -w 60 -D FORWARD -j AZURE-NPM] Stderr: [exit status 2, iptables v1.8.3 (legacy): Couldn't load target `AZURE-NPM':No such file or directory\n\nTry `iptables -h' or 'iptables --help' for more information.]",
  ],
  [
    "port-in-address-set",
    "2020/08/13 11:27:20 [1] Error: There was an error running command: [ipset -A -exist azure-npm-2691775653 172.16.0.191,8086] Stderr: [exit status 1, ipset v6.34: Syntax error: Elem separator in 172.16.0.191,8086, but settype hash:net supports none.]",
  ],
  [
    "set-in-use",
    "2021/04/23 07:06:04 [1] Error: There was an error running command: [ipset -X -exist azure-npm-784554818] Stderr: [exit status 1, ipset v7.5: Set cannot be destroyed: it is in use by a kernel component[]",
  ],
  ["set-in-use", "2019/05/06 12:34:56 Cannot delete list ns-a as it's being referred or doesn't exist."],
  [
    "telemetry",
    '2022/12/14 20:42:18 [1] Failed to init AppInsights with err: Get "http://169.254.169.254/": dial tcp: i/o timeout for 2 time',
  ],
  ["kubernetes-version", "2020/01/31 13:49:06 [1] Error: failed to set IsNewNwPolicyVerFlag"],
  [
    "lock-held",
    "2019/08/17 14:50:28 [1] Error: There was an error running command: [iptables -w 60 -I FORWARD -j AZURE-NPM] Stderr: [exit status 4, Another app is currently holding the xtables lock.]",
  ],
  [
    "set-full",
    "2021/03/02 12:34:56 [1] Error: There was an error running command: [ipset -A -exist azure-npm-1 10.0.0.1] Stderr: [exit status 1, ipset v7.5: Hash is full, cannot add more elements]",
  ],
  [
    "unsupported-block",
    "E0506 12:34:56.789012       1 networkPolicyController.go:303] Failed to translate podSelector in NetworkPolicy v6 in namespace x: unsupported IP address",
  ],
  [
    "flavour-unknown",
    "2022/12/14 20:42:18 [1] failed to detect iptables version: unable to locate which iptables version kube proxy is using",
  ],
  ["log-not-rotated", "2023/08/10 12:34:56 [1] logf: could not rotate file: permission denied"],
  ["panic", "panic: runtime error: invalid memory address or nil pointer dereference"],
  ["no-api-server", "2019/05/06 12:34:56 [Azure-NPM] clientset creation failed with error unauthorized."],
  ["other-error", "E0506 12:34:56.789012       1 a.go:1] something new"],
])("%s: %s", (code, text) => {
  const { errors, unknown } = readWhole(`${text}\n`).summary();
  expect(errors.map(({ error }) => error.code)).toEqual([code]);
  expect(unknown).toBe(0);
});

test("every error has a code of its own, a meaning and a remedy", () => {
  const all = npmErrors();
  expect(new Set(all.map(({ code }) => code)).size).toBe(all.length);
  for (const { code, title, meaning, remedy } of all) {
    expect(code).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    for (const text of [title, meaning, remedy]) expect(text.length).toBeGreaterThan(5);
  }
});
