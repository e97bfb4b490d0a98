import { execaSync } from "execa";
import { describe, expect, test } from "vitest";
import { applyScript } from "../../compiler/netfilter/apply-script.js";
import { printIpsetSave } from "../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../compiler/netfilter/print-iptables-save.js";
import { undoScript } from "../../compiler/netfilter/undo-script.js";
import { firstState, kubeProxy, ownership, secondState, tablesOf } from "./example.js";
import { whyNoKernel, withNamespace, type Namespace } from "../../scripts/kernel/namespace.js";
import { readIpset, readIptables, sortSets, type Flavour } from "../../scripts/kernel/read-back.js";
import { assertKernelRoundTrip, runScript } from "./round-trip.js";

const reason = whyNoKernel();
if (reason) console.warn(`kernel tests are skipped: ${reason}`);

const shells = [["dash"], ["busybox", "sh"], ["bash", "--posix"]]
  .map((shell) => ({ name: shell.join(" "), shell }))
  .filter(({ name, shell }) => {
    const installed = execaSync("which", [shell[0]!], { reject: false }).exitCode === 0;
    if (!installed) console.warn(`not tried, because it is not installed: ${name}`);
    return installed;
  });

describe.skipIf(reason)("the scripts in a kernel", { timeout: 60_000 }, () => {
  describe.each<Flavour>(["nft", "legacy"])("%s", (flavour) => {
    const apply = (tables: typeof firstState): string => applyScript(tables, ownership, { flavour });
    const undo = undoScript(ownership, { flavour });
    const load = (namespace: Namespace, text: string): void =>
      void namespace.run(`iptables-${flavour}-restore`, ["--noflush"], { input: text });
    const rules = (namespace: Namespace): string[] =>
      readIptables(namespace, flavour)
        .split("\n")
        .filter((line) => line.startsWith("-A FORWARD"));

    test("apply, apply again and undo round-trip", () => {
      assertKernelRoundTrip(firstState, ownership, flavour);
    });

    test.each(shells)("$name runs an update of sets in use", ({ shell }) => {
      withNamespace((namespace) => {
        runScript(namespace, apply(firstState), shell);
        runScript(namespace, apply(secondState), shell);
        expect(readIptables(namespace, flavour)).toBe(printIptablesSave(secondState));
        expect(sortSets(readIpset(namespace))).toBe(sortSets(printIpsetSave(secondState.sets)));
        runScript(namespace, apply(firstState), shell);
        expect(readIptables(namespace, flavour)).toBe(printIptablesSave(firstState));
        expect(sortSets(readIpset(namespace))).toBe(sortSets(printIpsetSave(firstState.sets)));
        runScript(namespace, undo, shell);
        expect(readIpset(namespace)).toBe("");
      });
    });

    test("other people's rules and sets stay, and the jump stands after the rule that it should follow", () => {
      withNamespace((namespace) => {
        const foreign = "create theirs hash:net family inet hashsize 1024 maxelem 65536\nadd theirs 10.9.0.0/16\n";
        load(namespace, kubeProxy);
        namespace.run("ipset", ["restore"], { input: foreign });
        const before = readIptables(namespace, flavour);
        runScript(namespace, apply(firstState));
        expect(rules(namespace)[2]).toBe("-A FORWARD -m conntrack --ctstate NEW -j FW");
        expect(rules(namespace)).toHaveLength(4);
        expect(sortSets(readIpset(namespace))).toBe(sortSets(foreign + printIpsetSave(firstState.sets)));
        runScript(namespace, undo);
        expect(readIptables(namespace, flavour)).toBe(before);
        expect(readIpset(namespace)).toBe(foreign);
      });
    });

    test("a second run changes nothing, not even counters", () => {
      withNamespace((namespace) => {
        runScript(namespace, apply(firstState));
        namespace.run(`iptables-${flavour}-restore`, ["--noflush", "--counters"], {
          input: "*filter\n[7:420] -A FW-ACCEPT -j RETURN\nCOMMIT\n",
        });
        const grown = { ...firstState, chains: tablesOf(readIptables(namespace, flavour)).chains };
        runScript(namespace, apply(grown));
        expect(namespace.run(`iptables-${flavour}-save`, ["-c"]).stdout).toContain("[7:420] -A FW-ACCEPT -j RETURN");
      });
    });

    test("an older generation's chains, jump and sets go", () => {
      withNamespace((namespace) => {
        load(namespace, kubeProxy);
        namespace.run("ipset", ["restore"], {
          input:
            "create fw-387068906 hash:net\nadd fw-387068906 10.1.1.1\ncreate fw-list list:set\nadd fw-list fw-387068906\n" +
            "create fwtmp-left hash:net\n",
        });
        load(
          namespace,
          `*filter
:FW - [0:0]
:FW-TARGET-SETS - [0:0]
:FW-DROPS - [0:0]
-I FORWARD 1 -j FW
-A FORWARD -j FW
-A FORWARD -j FW
-A FORWARD -m conntrack --ctstate NEW -j FW
-A OUTPUT -m comment --comment "an old one" -g FW-DROPS
-A FW -j FW-TARGET-SETS
-A FW-TARGET-SETS -m set --match-set fw-387068906 src -m set --match-set fw-list dst -g FW-DROPS
-A FW-DROPS -j DROP
COMMIT
`,
        );
        runScript(namespace, apply(firstState));
        const jump = "-A FORWARD -m conntrack --ctstate NEW -j FW";
        expect(rules(namespace).filter((rule) => /-[jg] FW\b(?!\\")/.test(rule))).toEqual([jump]);
        expect(rules(namespace)[2]).toBe(jump);
        const all = readIptables(namespace, flavour);
        expect(all).not.toMatch(/DROPS|TARGET-SETS/);
        expect(all).toContain("-A KUBE-SERVICES -d 10.0.0.10/32");
        expect(sortSets(readIpset(namespace))).toBe(sortSets(printIpsetSave(firstState.sets)));
      });
    });

    test("rules of the owner under the other flavour go", () => {
      withNamespace((namespace) => {
        const other = flavour === "nft" ? "legacy" : "nft";
        runScript(namespace, applyScript(firstState, ownership, { flavour: other }));
        runScript(namespace, apply(secondState));
        expect(readIptables(namespace, other)).not.toContain("FW");
        expect(readIptables(namespace, flavour)).toBe(printIptablesSave(secondState));
        expect(sortSets(readIpset(namespace))).toBe(sortSets(printIpsetSave(secondState.sets)));
      });
    });

    test("nothing happens on a node whose other programs use the other flavour", () => {
      withNamespace((namespace) => {
        const other = flavour === "nft" ? "legacy" : "nft";
        namespace.run(`iptables-${other}`, ["-t", "mangle", "-N", "HINT-CHAIN"]);
        const { exitCode, stderr } = namespace.run("dash", [], { input: apply(firstState), mayFail: true });
        expect(exitCode).toBe(3);
        expect(stderr).toBe(
          `apply.sh: this node uses ${other} iptables (it has the chain HINT-CHAIN), and this script is for ${flavour}\n` +
            "apply.sh: No rule on this node was changed.\n",
        );
        expect(readIpset(namespace)).toBe("");
        namespace.run(`iptables-${flavour}`, ["-t", "mangle", "-N", "HINT-CHAIN"]);
        runScript(namespace, apply(firstState));
      });
    });

    test("a script that was cut off on its way does nothing", () => {
      withNamespace((namespace) => {
        const script = apply(firstState);
        for (const part of [0.3, 0.6, 0.9, 0.99]) {
          namespace.run("dash", [], { input: script.slice(0, script.length * part), mayFail: true });
        }
        expect(readIpset(namespace)).toBe("");
        expect(readIptables(namespace, flavour)).not.toContain("FW");
      });
    });

    test("a set in use by somebody else's rule is reported, and the rest is done", () => {
      withNamespace((namespace) => {
        runScript(namespace, apply(firstState));
        namespace.run(`iptables-${flavour}`, [
          "-A",
          "INPUT",
          "-m",
          "set",
          "--match-set",
          "fw-outside",
          "src",
          "-j",
          "DROP",
        ]);
        const { exitCode, stderr } = namespace.run("dash", [], { input: undo, mayFail: true });
        expect(exitCode).toBe(1);
        expect(stderr).toContain("other programs' rules still use these sets: fw-outside\n");
        expect(readIpset(namespace)).toMatch(/^create fw-outside .*\n(add .*\n)*$/);
        expect(readIptables(namespace, flavour)).not.toContain("FW");
      });
    });
  });

  test("without root, or without a tool, nothing is done", () => {
    withNamespace((namespace) => {
      const script = applyScript(firstState, ownership, { flavour: "nft" });
      const asNobody = namespace.run("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "dash"], {
        input: script,
        mayFail: true,
      });
      expect(asNobody).toMatchObject({ exitCode: 3 });
      expect(asNobody.stderr).toContain("only root may change the packet filter");
      const noTool = namespace.run("dash", [], {
        input: script.replace("uniq ipset", "uniq ipset-of-another-name"),
        mayFail: true,
      });
      expect(noTool).toMatchObject({ exitCode: 3 });
      expect(noTool.stderr).toContain("the command ipset-of-another-name is missing");
    });
  });
});
