import { describe, expect, test } from "vitest";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "../../compiler/compile.js";
import { drift } from "../../compiler/drift.js";
import type { DriftReport } from "../../compiler/diff/drift/compare-node.js";
import { nodeStateOf } from "../../compiler/diff/drift/node-state.js";
import { repairScript } from "../../compiler/diff/drift/repair.js";
import { applyScript } from "../../compiler/netfilter/apply-script.js";
import { flavourOfDump } from "../../compiler/netfilter/dump-flavour.js";
import { parseIpsetSave } from "../../compiler/netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../../compiler/netfilter/parse-iptables-save.js";
import { whyNoKernel, withNamespace, type Namespace } from "../../scripts/kernel/namespace.js";
import { readIpset, readIptables, sortSets, type Flavour } from "../../scripts/kernel/read-back.js";
import { kubeProxy } from "./example.js";
import { runScript } from "./round-trip.js";

const reason = whyNoKernel();
if (reason) console.warn(`kernel tests are skipped: ${reason}`);

const manifests = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: web}]}
status: {phase: Running, podIP: 10.240.0.1}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec: {containers: [{name: api, image: api}]}
status: {phase: Running, podIP: 10.240.0.2}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api-from-web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 80}, {port: 443}]}]
  egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]
  policyTypes: [Ingress, Egress]
`;

const compiled = (generation: string, policies = true) =>
  compile([{ name: "shop.yaml", text: policies ? manifests : manifests.split("---").slice(0, 3).join("---") }], {
    generation,
  }).result!;

/** What is done to a node of a generation, and what is said of it. IN and OUT stand for the two chains of the policy. */
const mishaps: readonly { name: string; generation: string; does: string; codes: readonly string[] }[] = [
  {
    name: "the jump is gone",
    generation: "v2",
    does: "iptables -D FORWARD -m conntrack --ctstate NEW -j AZURE-NPM",
    codes: ["jump-missing"],
  },
  {
    name: "somebody put a rule ahead of the jump",
    generation: "v2-2022",
    does: "iptables -I FORWARD 1 -s 192.0.2.1 -j ACCEPT",
    codes: ["jump-misplaced"],
  },
  {
    name: "the jump stands ahead of the one that it should follow",
    generation: "v2",
    does: `iptables -D FORWARD -m conntrack --ctstate NEW -j AZURE-NPM
iptables -I FORWARD 1 -m conntrack --ctstate NEW -j AZURE-NPM`,
    codes: ["jump-misplaced"],
  },
  {
    name: "two more jumps",
    generation: "v2",
    does: `iptables -A FORWARD -j AZURE-NPM
iptables -A OUTPUT -j AZURE-NPM-EGRESS`,
    codes: ["jump-unexpected", "jump-unexpected"],
  },
  {
    name: "a chain of the engine's own is gone",
    generation: "v2",
    does: `iptables -F AZURE-NPM
iptables -F AZURE-NPM-EGRESS
iptables -F OUT
iptables -F AZURE-NPM-ACCEPT
iptables -X AZURE-NPM-ACCEPT`,
    codes: [
      "chain-missing",
      "policy-incomplete",
      "rule-missing",
      "rule-missing",
      "rule-missing",
      "rule-missing",
      "rule-missing",
    ],
  },
  {
    name: "one direction of a policy is gone",
    generation: "v2",
    does: `iptables-save -t filter | grep -e '-j IN$' | sed 's/^-A/-D/' | sed '1i*filter' | sed '$aCOMMIT' | iptables-restore --noflush
iptables -F IN
iptables -X IN`,
    codes: ["policy-incomplete"],
  },
  {
    name: "nothing leads to a policy",
    generation: "v2-fnv",
    does: `iptables-save -t filter | grep -e '-j OUT$' | sed 's/^-A/-D/' | sed '1i*filter' | sed '$aCOMMIT' | iptables-restore --noflush`,
    codes: ["policy-incomplete"],
  },
  {
    name: "a policy is gone",
    generation: "v2",
    does: `iptables-save -t filter | grep -e '-j IN$' -e '-j OUT$' | sed 's/^-A/-D/' | sed '1i*filter' | sed '$aCOMMIT' | iptables-restore --noflush
iptables -F IN
iptables -X IN
iptables -F OUT
iptables -X OUT`,
    codes: ["policy-missing"],
  },
  {
    name: "a policy that nobody knows is in force",
    generation: "v2",
    does: `iptables -N AZURE-NPM-INGRESS-old
iptables -A AZURE-NPM-INGRESS-old -j MARK --set-xmark 0x400/0x400
iptables -I AZURE-NPM-INGRESS 1 -s 10.240.0.1 -m comment --comment "INGRESS-POLICY-shop/old-TO-all-IN-ns-shop" -j AZURE-NPM-INGRESS-old`,
    codes: ["policy-stale"],
  },
  {
    name: "of a policy that nobody knows a chain is left, and a rule that leads to an empty one",
    generation: "v2",
    does: `iptables -N AZURE-NPM-INGRESS-old
iptables -A AZURE-NPM-INGRESS-old -j DROP
iptables -N AZURE-NPM-EGRESS-old
iptables -A AZURE-NPM-EGRESS -m comment --comment "EGRESS-POLICY-shop/old-FROM-all-IN-ns-shop" -j AZURE-NPM-EGRESS-old`,
    codes: ["policy-half-deleted", "policy-half-deleted"],
  },
  {
    name: "a chain that nobody knows",
    generation: "v1",
    does: `iptables -N AZURE-NPM-DEBUG
iptables -A AZURE-NPM-DEBUG -j ACCEPT
iptables -I AZURE-NPM 1 -j AZURE-NPM-DEBUG`,
    codes: ["chain-unexpected"],
  },
  { name: "a rule is gone", generation: "v2", does: "iptables -D IN 1", codes: ["rule-missing"] },
  {
    name: "a rule is gone",
    generation: "v1-2019",
    does: "iptables -D AZURE-NPM-TARGET-SETS 1",
    codes: ["rule-missing"],
  },
  {
    name: "a rule that nobody asked for",
    generation: "v2",
    does: "iptables -I IN 1 -s 203.0.113.7 -j AZURE-NPM-ACCEPT",
    codes: ["rule-unexpected"],
  },
  {
    name: "rules stand twice",
    generation: "v2",
    does: `iptables-save -t filter | grep -e '-A IN' -e '-A AZURE-NPM-ACCEPT' | sed '1i*filter' | sed '$aCOMMIT' | iptables-restore --noflush`,
    codes: ["rule-duplicated", "rule-duplicated", "rule-duplicated", "rule-duplicated"],
  },
  {
    name: "rules in an order that lets more pass",
    generation: "v2",
    does: `iptables -D AZURE-NPM 3
iptables -I AZURE-NPM 1 -j AZURE-NPM-ACCEPT`,
    codes: ["rule-order"],
  },
  {
    name: "a set that no rule uses is gone",
    generation: "v2",
    does: "ipset save | grep '^create.*list:set' | while read -r _ set _; do ipset destroy $set 2>/dev/null && break; done; true",
    codes: ["set-missing"],
  },
  {
    name: "a set with wrong members",
    generation: "v2",
    does: `ipset del WEB 10.240.0.1
ipset add WEB 10.240.0.2`,
    codes: ["set-members"],
  },
  {
    name: "a set of another type",
    generation: "v2-fnv",
    does: `iptables-save -t filter >/tmp/rules.$$
iptables -F IN
ipset list -n | while read -r set; do ipset list $set | grep -q 'Type: list:set' && ipset del $set WEB 2>/dev/null || true; done
until ipset destroy WEB 2>/dev/null; do sleep 0.1; done
ipset create WEB hash:ip
ipset add WEB 10.240.0.1
iptables-restore </tmp/rules.$$
rm /tmp/rules.$$`,
    codes: ["set-type"],
  },
  {
    name: "a filled set that nobody knows",
    generation: "v2",
    does: `ipset create azure-npm-stranger hash:net
ipset add azure-npm-stranger 10.0.0.0/8`,
    codes: ["set-unexpected"],
  },
];

describe.skipIf(reason)("drift in a kernel is found and repaired", { timeout: 60_000 }, () => {
  // v1 ran under legacy iptables; of v2, every third is tried there, too.
  describe.each<Flavour>(["nft", "legacy"])("%s", (flavour) => {
    const here = mishaps.filter(({ generation }, index) =>
      generation.startsWith("v1") ? flavour === "legacy" : flavour === "nft" || index % 3 === 0,
    );
    test.each(here)("$name ($generation): $codes", ({ generation, does, codes }) => {
      const result = compiled(generation);
      withNamespace((namespace) => {
        namespace.run(`iptables-${flavour}-restore`, [], { input: kubeProxy });
        namespace.run("ipset", ["create", "theirs", "hash:net"]);
        runScript(namespace, applyScript(result.tables, result.machine.ownership, { flavour }));
        expect(look(namespace, generation, flavour).findings).toEqual([]);
        const right = everything(namespace, flavour);
        sh(namespace, does, flavour, result);

        const report = look(namespace, generation, flavour);
        expect(driftOf(report)).toEqual([...codes]);
        expect(report.flavour).toBe(flavour);
        repair(namespace, report);
        const after = look(namespace, generation, flavour);
        expect(after.findings).toEqual([]);
        if (!does.includes("192.0.2.1")) expect(everything(namespace, flavour)).toBe(right);
        repair(namespace, report);
        expect(look(namespace, generation, flavour).findings).toEqual([]);
      });
    });

    test("what is only a note stays as it is, found and not repaired", () => {
      const result = compiled("v2");
      withNamespace((namespace) => {
        runScript(namespace, applyScript(result.tables, result.machine.ownership, { flavour }));
        const notes = `iptables -N AZURE-NPM-INGRESS-left
ipset create azure-npm-left hash:net`;
        sh(namespace, `${notes}\niptables -D IN 1`, flavour, result);
        const report = look(namespace, "v2", flavour);
        expect(driftOf(report)).toEqual(["rule-missing"]);
        repair(namespace, report);
        expect(
          look(namespace, "v2", flavour)
            .findings.map(({ code }) => code)
            .sort(),
        ).toEqual(["chain-left", "set-left"]);
      });
    });
  });

  test("rules under the other flavour are left over", () => {
    const result = compiled("v2");
    withNamespace((namespace) => {
      for (const flavour of ["legacy", "nft"] as const) {
        namespace.run(`iptables-${flavour}-restore`, [], { input: kubeProxy });
        const script = applyScript(result.tables, result.machine.ownership, { flavour });
        runScript(namespace, script.replaceAll('remove_chains "$other_flavour"', ": "));
      }
      const report = look(namespace, "v2", "nft", "legacy");
      expect(driftOf(report)).toEqual(["other-flavour"]);
      repair(namespace, report);
      expect(look(namespace, "v2", "nft", "legacy").findings).toEqual([]);
      expect(readIptables(namespace, "legacy")).not.toContain("AZURE");
      expect(readIptables(namespace, "legacy")).toContain("KUBE-SERVICES");
    });
  });

  test("anpm drift --live reads the node itself", () => {
    const result = compiled("v2");
    const folder = mkdtempSync(join(tmpdir(), "anpm-drift-"));
    try {
      withNamespace((namespace) => {
        writeFileSync(join(folder, "shop.yaml"), manifests);
        runScript(namespace, applyScript(result.tables, result.machine.ownership, { flavour: "legacy" }));
        const live = (output: string) =>
          namespace.run(
            process.execPath,
            ["dist/src/main.js", "drift", "-f", join(folder, "shop.yaml"), "--live", "-o", output],
            { mayFail: true },
          );
        expect(live("text")).toMatchObject({
          exitCode: 0,
          stdout: "the node is what it should be: v2 (v1.8.12), legacy, as its rules say; 0 notes\n",
        });
        namespace.run("iptables-legacy", ["-F", "AZURE-NPM"]);
        const { exitCode, stdout } = live("json");
        expect(exitCode).toBe(1);
        expect(JSON.parse(stdout)).toMatchObject({ drifted: true, flavour: "legacy" });
        runScript(namespace, live("repair").stdout);
        expect(live("text").exitCode).toBe(0);
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("without root it says so, with exit code 3", () => {
    const asNobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    const command = [process.execPath, "dist/src/main.js", "drift", "-f", "-", "--live"];
    withNamespace((namespace) => {
      const ran = namespace.run("setpriv", [...asNobody, ...command], { input: manifests, mayFail: true });
      expect(ran.exitCode).toBe(3);
      expect(ran.stderr).toContain("error node-unreadable: what this machine holds cannot be read: only root");
    });
  });
});

function driftOf({ findings }: DriftReport): string[] {
  return findings
    .filter(({ severity }) => severity === "drift")
    .map(({ code }) => code)
    .sort();
}

function repair(namespace: Namespace, report: DriftReport): void {
  const made = repairScript(report);
  if ("problem" in made) throw new Error(made.problem.message);
  runScript(namespace, made.script);
}

function look(namespace: Namespace, generation: string, ...flavours: readonly Flavour[]): DriftReport {
  const dumps = flavours.map((flavour) => {
    const text = namespace.run(`iptables-${flavour}-save`, ["-t", "filter"]).stdout;
    return { chains: parseIptablesSave(text).chains, flavour: flavourOfDump(text)! };
  });
  const sets = parseIpsetSave(namespace.run("ipset", ["save"]).stdout);
  const { report } = drift([{ name: "shop.yaml", text: manifests }], nodeStateOf(dumps, sets, "AZURE-NPM"), {
    generation,
  });
  return report!;
}

function everything(namespace: Namespace, flavour: Flavour): string {
  return readIptables(namespace, flavour) + sortSets(readIpset(namespace));
}

/** Runs shell commands with the names of this flavour and of the policy's chains and sets. */
function sh(namespace: Namespace, script: string, flavour: Flavour, { tables }: ReturnType<typeof compiled>): void {
  const chain = (direction: string): string =>
    tables.chains.find(({ name, origin }) => origin?.kind === "field" && name.startsWith(`AZURE-NPM-${direction}-`))
      ?.name ?? "none";
  const web = tables.sets.find(({ readableName }) => readableName?.endsWith("app:web"))!.name;
  const named = script
    .replace(/\biptables(?=[ -])/g, `iptables-${flavour}`)
    .replace(/\bIN\b(?!-)/g, chain("INGRESS"))
    .replace(/\bOUT\b/g, chain("EGRESS"))
    .replace(/\bWEB\b/g, web);
  namespace.run("bash", ["-euc", named]);
}
