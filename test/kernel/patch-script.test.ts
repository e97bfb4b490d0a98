import { describe, expect, test } from "vitest";
import { applyScript } from "../../compiler/netfilter/apply-script.js";
import { patchScript } from "../../compiler/netfilter/patch-script.js";
import type { Tables } from "../../compiler/netfilter/tables.js";
import { killAtEveryStep } from "../../scripts/kernel/kill-at-every-step.js";
import { whyNoKernel, withNamespace, type Namespace } from "../../scripts/kernel/namespace.js";
import { readIpset, readIptables, sortSets, type Flavour } from "../../scripts/kernel/read-back.js";
import { firstState, kubeProxy, ownership, secondState } from "./example.js";
import { runScript } from "./round-trip.js";

const reason = whyNoKernel();
if (reason) console.warn(`kernel tests are skipped: ${reason}`);

/** The first state with other members of a set. */
function withMembers(name: string, members: readonly string[], tables = firstState): Tables {
  return { ...tables, sets: tables.sets.map((set) => (set.name === name ? { ...set, members } : set)) };
}

/** The same addresses are shut out by another set, and each of the two sets has the members of the other. */
const crossed: Tables = {
  chains: firstState.chains.map((chain) => ({
    ...chain,
    rules: chain.rules.map((rule) =>
      rule.target?.kind === "jump" && rule.target.to === "DROP" && chain.name === "FW"
        ? {
            ...rule,
            matches: rule.matches.map((match) => (match.kind === "set" ? { ...match, set: "fw-frontends" } : match)),
          }
        : rule,
    ),
  })),
  sets: withMembers(
    "fw-outside",
    ["10.0.1.1"],
    withMembers("fw-frontends", ["192.168.0.0/16", "192.168.7.0/24 nomatch"]),
  ).sets,
};

/** What a patch from the first state to another does, in the words of its comment. */
const ways: readonly { readonly way: RegExp; readonly after: Tables }[] = [
  {
    way: /^# Two commits of the rules: rules use fw-backends, fw-dns, fw-allpods before and after/m,
    after: secondState,
  },
  {
    way: /^# One commit of the rules/m,
    after: {
      ...firstState,
      chains: firstState.chains.map((chain) =>
        chain.name === "FW" ? { ...chain, rules: chain.rules.slice(1) } : chain,
      ),
    },
  },
  {
    way: /^# Members come and go one by one/m,
    after: withMembers("fw-outside", ["192.168.0.0/16", "10.0.0.0/8", "192.168.7.0/24 nomatch"]),
  },
  {
    way: /^# Rules use one set that changes. It is exchanged/m,
    after: withMembers("fw-dns", ["10.0.0.9,udp:54", "10.0.0.9,udp:55"]),
  },
  {
    way: /^# No rule in force uses a set that changes/m,
    after: {
      ...firstState,
      sets: [...firstState.sets, { name: "fw-new", type: "hash:net", members: ["10.7.0.0/16"] }],
    },
  },
];

describe.skipIf(reason)("patch scripts in a kernel", { timeout: 60_000 }, () => {
  describe.each<Flavour>(["nft", "legacy"])("%s", (flavour) => {
    const apply = (tables: Tables): string => applyScript(tables, ownership, { flavour });
    const patch = (before: Tables, after: Tables): string => patchScript(before, after, ownership, { flavour });
    const dump = (namespace: Namespace): string => readIptables(namespace, flavour) + sortSets(readIpset(namespace));
    const nothing: Tables = { chains: [], sets: [] };

    test.each(ways)(
      "$way: the node is as after a fresh apply, and as before after the patch the other way round",
      ({ way, after }) => {
        const script = patch(firstState, after);
        expect(script).toMatch(way);
        withNamespace((namespace) => {
          namespace.run(`iptables-${flavour}-restore`, [], { input: kubeProxy });
          runScript(namespace, apply(after));
          const fresh = dump(namespace);
          runScript(namespace, apply(firstState));
          const first = dump(namespace);
          for (const _ of ["once", "again"]) {
            runScript(namespace, script);
            expect(dump(namespace)).toBe(fresh);
          }
          runScript(namespace, patch(after, firstState));
          expect(dump(namespace)).toBe(first);
        });
      },
    );

    test("from a node without rules, with the jump in its place, and back", () => {
      withNamespace((namespace) => {
        namespace.run(`iptables-${flavour}-restore`, [], { input: kubeProxy });
        const empty = dump(namespace);
        for (const _ of ["once", "again"]) runScript(namespace, patch(nothing, firstState));
        const patched = dump(namespace);
        runScript(namespace, apply(firstState));
        expect(dump(namespace)).toBe(patched);
        for (const _ of ["once", "again"]) runScript(namespace, patch(firstState, nothing));
        expect(dump(namespace)).toBe(empty);
      });
    });

    test("what it does not change keeps its counters", () => {
      withNamespace((namespace) => {
        runScript(namespace, apply(firstState));
        const count = "*filter\n[7:420] -A FW-BACK -j RETURN\nCOMMIT\n";
        namespace.run(`iptables-${flavour}-restore`, ["--noflush", "--counters"], { input: count });
        runScript(namespace, patch(firstState, ways[1]!.after));
        expect(namespace.run(`iptables-${flavour}-save`, ["-c"]).stdout).toContain("[7:420] -A FW-BACK -j RETURN");
      });
    });

    describe("refuses, and changes nothing, on a node", () => {
      const script = patch(firstState, secondState);
      const refusal = (prepare: (namespace: Namespace) => void): { exitCode: number; stderr: string } =>
        withNamespace((namespace) => {
          prepare(namespace);
          const before = dump(namespace);
          const { exitCode, stderr } = namespace.run("dash", [], { input: script, mayFail: true });
          expect(dump(namespace)).toBe(before);
          expect(stderr).toContain("patch.sh: No rule on this node was changed.\n");
          return { exitCode, stderr };
        });

      test("without the rules", () => {
        expect(refusal(() => undefined)).toMatchObject({
          exitCode: 1,
          stderr: expect.stringContaining("neither as before"),
        });
      });

      test("with other rules", () => {
        const { exitCode, stderr } = refusal((namespace) => {
          runScript(namespace, apply(firstState));
          namespace.run(`iptables-${flavour}`, ["-D", "FW-BACK", "1"]);
        });
        expect(exitCode).toBe(1);
        expect(stderr).toContain("compare FW, FW-ACCEPT, FW-BACK and 1 more");
      });

      test("with other members", () => {
        const { exitCode, stderr } = refusal((namespace) => {
          runScript(namespace, apply(firstState));
          namespace.run("ipset", ["add", "fw-backends", "10.9.9.9"]);
        });
        expect(exitCode).toBe(1);
        expect(stderr).toContain("compare the sets fw-allpods, fw-backends, fw-dns and 1 more");
      });

      test("without the jump", () => {
        const { exitCode, stderr } = refusal((namespace) => {
          runScript(namespace, apply(firstState));
          namespace.run(`iptables-${flavour}`, ["-F", "FORWARD"]);
        });
        expect(exitCode).toBe(1);
        expect(stderr).toContain("compare the jump in FORWARD");
      });

      test("with the rules of the other flavour", () => {
        const other = flavour === "nft" ? "legacy" : "nft";
        const { exitCode, stderr } = refusal((namespace) =>
          runScript(namespace, applyScript(firstState, ownership, { flavour: other })),
        );
        expect(exitCode).toBe(3);
        expect(stderr).toContain(
          `the rules of this node are those of ${other} iptables, and this script is for ${flavour}`,
        );
      });
    });
  });

  describe(
    "killed or disturbed at any step, no connection sees a gap, and the next run ends it",
    { timeout: 120_000 },
    () => {
      const flavour = "nft";
      const prepare = (namespace: Namespace): void =>
        runScript(namespace, applyScript(firstState, ownership, { flavour }));

      test.each(ways)("$way", ({ after }) => {
        const script = patchScript(firstState, after, ownership, { flavour });
        const report = killAtEveryStep({ ownership, byConnections: flavour, prepare, script });
        expect(report.failures).toEqual([]);
        expect(report.trials).toBeGreaterThan(0);
      });

      test("also when the apply script of the old state comes next", () => {
        const script = patchScript(firstState, secondState, ownership, { flavour });
        const next = applyScript(firstState, ownership, { flavour });
        expect(killAtEveryStep({ ownership, byConnections: flavour, prepare, script, next }).failures).toEqual([]);
      });

      test("canary: a patch that changes sets in use is found out", () => {
        const script = patchScript(firstState, crossed, ownership, { flavour });
        expect(killAtEveryStep({ ownership, byConnections: flavour, prepare, script }).failures).toEqual([]);
        const careless = script.replace("    load_copies\n", "    run_changes later\n    load_copies\n");
        expect(careless).not.toBe(script);
        const { failures } = killAtEveryStep({ ownership, byConnections: flavour, prepare, script: careless });
        expect(failures.join("\n")).toMatch(/ (is refused|passes) on /);
      });
    },
  );

  test("without root, or without a tool, nothing is done", () => {
    withNamespace((namespace) => {
      const script = patchScript(firstState, ways[1]!.after, ownership, { flavour: "nft" });
      const asNobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "dash"];
      const run = namespace.run("setpriv", asNobody, { input: script, mayFail: true });
      expect(run).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining("only root may change the packet filter"),
      });
      const noTool = script.replace("command -v sha256sum", "command -v sha256sum-of-another-name");
      expect(namespace.run("dash", [], { input: noTool, mayFail: true })).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining("the command sha256sum is missing"),
      });
    });
  });
});
