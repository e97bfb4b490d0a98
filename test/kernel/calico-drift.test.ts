import { describe, expect, test } from "vitest";
import {
  applyScript,
  drift,
  formatDrift,
  flavourOfDump,
  nodeStateOf,
  parseIpsetSave,
  parseIptablesSave,
  repairScript,
  type DriftReport,
} from "../../compiler/index.js";
import { compileCase, readCases } from "../../scripts/golden-cases.js";
import { whyNoKernel, withNamespace, type Namespace } from "../../scripts/kernel/namespace.js";
import { readIpset, readTable, sortSets, type Flavour } from "../../scripts/kernel/read-back.js";
import { kubeProxy } from "./example.js";
import { runScript } from "./round-trip.js";

const reason = whyNoKernel();
if (reason) console.warn(`kernel tests are skipped: ${reason}`);

const golden = readCases().find(({ name }) => name === "calico-host-endpoints")!;
const tables = ["raw", "mangle", "nat", "filter"] as const;

/** What is done to a node with rules in four tables, and what is said of it: code, and table where that is not filter. */
const mishaps: readonly { name: string; does: string; codes: readonly string[] }[] = [
  { name: "a hook is gone", does: "iptables -t raw -D PREROUTING 1", codes: ["jump-missing raw"] },
  {
    name: "somebody put a rule behind those that should be last",
    does: "iptables -A FORWARD -s 192.0.2.1 -j ACCEPT",
    codes: ["jump-misplaced", "jump-misplaced"],
  },
  {
    name: "somebody put a rule ahead of the one that should be first",
    does: "iptables -t mangle -I PREROUTING 1 -s 192.0.2.1 -j ACCEPT",
    codes: ["jump-misplaced mangle"],
  },
  {
    name: "rules are gone in two tables",
    does: "iptables -t mangle -D cali-PREROUTING 1; iptables -D cali-INPUT 1",
    codes: ["rule-missing", "rule-missing mangle"],
  },
  {
    name: "a chain that nobody knows",
    does: "iptables -t nat -N cali-old; iptables -t nat -A cali-old -j ACCEPT; iptables -t nat -I cali-PREROUTING 1 -j cali-old",
    codes: ["chain-unexpected nat"],
  },
  { name: "a set with another member", does: "ipset add cali40this-host 192.0.2.9", codes: ["set-members"] },
];

describe.skipIf(reason)("drift of Calico in a kernel is found and repaired", { timeout: 60_000 }, () => {
  describe.each<Flavour>(["nft", "legacy"])("%s", (flavour) => {
    test.each(mishaps)("$name: $codes", ({ does, codes }) => {
      withNamespace((namespace) => {
        namespace.run(`iptables-${flavour}-restore`, [], { input: kubeProxy });
        apply(namespace, flavour);
        expect(look(namespace, flavour).findings).toEqual([]);
        const right = everything(namespace, flavour);
        namespace.run("bash", ["-euc", does.replace(/\biptables(?=[ -])/g, `iptables-${flavour}`)]);

        const report = look(namespace, flavour);
        expect(report.machine.generation).toBe("calico");
        expect(driftOf(report)).toEqual([...codes]);
        for (const _ of ["once", "again"]) {
          repair(namespace, report);
          expect(look(namespace, flavour).findings).toEqual([]);
        }
        if (!does.includes("192.0.2.1")) expect(everything(namespace, flavour)).toBe(right);
      });
    });
  });

  test("of the filter table alone, the others are not looked at, and that is said", () => {
    withNamespace((namespace) => {
      apply(namespace, "nft");
      namespace.run("iptables-nft", ["-t", "raw", "-F"]);
      const { findings } = look(namespace, "nft", ["filter"]);
      expect(findings.map(({ code }) => code)).toEqual(["tables-unknown"]);
    });
  });

  test("of IPv6, where that is asked for", () => {
    const ofIpv6 = readCases().find(({ name }) => name === "calico-ipv6")!;
    withNamespace((namespace) => {
      const { tables: wanted, machine } = compileCase(ofIpv6, "calico", "nft").result!;
      runScript(namespace, applyScript(wanted, machine.ownership, { flavour: "nft" }));
      const look = (): DriftReport => {
        const text = tables.map((table) => namespace.run("ip6tables-nft-save", ["-t", table]).stdout).join("");
        const dump = { ...parseIptablesSave(text, tables), flavour: flavourOfDump(text)! };
        const sets = parseIpsetSave(namespace.run("ipset", ["save"]).stdout);
        return drift(ofIpv6.sources, nodeStateOf([dump], sets, "cali-"), ofIpv6.options).report!;
      };
      expect(look().findings).toEqual([]);
      const before = everything(namespace, "nft");
      namespace.run("ip6tables-nft", ["-t", "mangle", "-D", "cali-PREROUTING", "1"]);
      namespace.run("ip6tables-nft", ["-D", "FORWARD", "1"]);
      namespace.run("ipset", ["add", "cali60this-host", "2001:db8::9"]);

      const report = look();
      expect(report.machine.generation).toBe("calico");
      expect(formatDrift(report)).toMatch(/^3 findings: calico \(v3\.[0-9]+\), nft, IPv6/);
      expect(driftOf(report)).toEqual(["jump-missing", "rule-missing mangle", "set-members"]);
      for (const _ of ["once", "again"]) {
        repair(namespace, report);
        expect(look().findings).toEqual([]);
      }
      expect(everything(namespace, "nft")).toBe(before);
    });
  });

  test("anpm drift --live reads all tables of the node itself", () => {
    withNamespace((namespace) => {
      apply(namespace, "legacy");
      const { node, hostInterfaces = [] } = golden.options;
      const options = ["--node", node!, ...hostInterfaces.flatMap((each) => ["--host-interface", each])];
      const input = golden.sources[0]!.text;
      const live = (output: string) => {
        const args = ["dist/src/main.js", "drift", "-f", "-", "--live", "--engine", "calico", ...options, "-o", output];
        return namespace.run(process.execPath, args, { input, mayFail: true });
      };
      expect(live("text").stdout).toMatch(
        /^the node is what it should be: calico \(.*\), legacy, as its rules say; 0 notes\n$/,
      );
      namespace.run("iptables-legacy", ["-t", "mangle", "-F", "cali-PREROUTING"]);
      const { exitCode, stdout } = live("json");
      expect(exitCode).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ drifted: true, flavour: "legacy" });
      runScript(namespace, live("repair").stdout);
      expect(live("text").exitCode).toBe(0);
    });
  });
});

function apply(namespace: Namespace, flavour: Flavour): void {
  const { tables: wanted, machine } = compileCase(golden, "calico", flavour).result!;
  runScript(namespace, applyScript(wanted, machine.ownership, { flavour }));
}

/** What drift says without being told the generation. */
function look(namespace: Namespace, flavour: Flavour, saved: readonly (typeof tables)[number][] = tables): DriftReport {
  const text = saved.map((table) => namespace.run(`iptables-${flavour}-save`, ["-t", table]).stdout).join("");
  const dump = { ...parseIptablesSave(text, tables), flavour: flavourOfDump(text)! };
  const sets = parseIpsetSave(namespace.run("ipset", ["save"]).stdout);
  return drift(golden.sources, nodeStateOf([dump], sets, "cali-"), golden.options).report!;
}

function driftOf({ findings }: DriftReport): string[] {
  return findings
    .filter(({ severity }) => severity === "drift")
    .map(({ code, table }) => (table ? `${code} ${table}` : code))
    .sort();
}

function repair(namespace: Namespace, report: DriftReport): void {
  const made = repairScript(report);
  if ("problem" in made) throw new Error(made.problem.message);
  runScript(namespace, made.script);
}

function everything(namespace: Namespace, flavour: Flavour): string {
  return tables.map((table) => readTable(namespace, flavour, table)).join("") + sortSets(readIpset(namespace));
}
