import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  azureNpm,
  commandsOf,
  replay,
  type Command,
  type CompileResult,
  type ReplayStep,
} from "../../compiler/index.js";
import { printIpsetSave } from "../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../compiler/netfilter/print-iptables-save.js";
import { compileCase, readCases } from "../../scripts/golden-cases.js";
import { whyNoKernel, withNamespace } from "../../scripts/kernel/namespace.js";
import { readIpset, readIptables, sortSets } from "../../scripts/kernel/read-back.js";
import { compileManifests } from "../agreement/check-cases.js";
import { clusters, type Manifest } from "../agreement/clusters.js";

/**
 * What NPM itself executes, carried out: the tables that anpm says it leaves must be those that the kernel then holds. A model of
 * iptables and ipset decides here which commands fail, and so what is left; the kernel does not know it.
 */
const reason = whyNoKernel();
if (reason) console.warn(`kernel tests are skipped: ${reason}`);

const olderReleases = ["v1.0.12", "v1.0.28", "v1.0.31", "v1.1.4", "v1.4.4"];

describe.skipIf(reason)("the commands of NPM leave the tables that anpm prints", { timeout: 120_000 }, () => {
  test.each([...azureNpm.generations, ...olderReleases])("%s, after random steps", (generation) => {
    fc.assert(
      fc.property(clusters, clusters, (one, other) => {
        expectCarriedOut(replay(stepsOf(one, other), { generation }).result!.whole);
      }),
      { numRuns: 2, seed: 31, endOnFailure: true },
    );
  });

  // ipset and iptables refuse some lines; what is lost with a line differs from program to program.
  const blocks = readCases().filter(
    ({ name, options }) => name.startsWith("ipblock") && options.generation === undefined,
  );
  const refusing = ["v2-2022", "v1", "v1-2019b", "v1-2019"];
  test.each(refusing)("%s, where the programs refuse blocks", (generation) => {
    expect(blocks.length).toBeGreaterThan(4);
    for (const golden of blocks) expectCarriedOut(compileCase(golden, generation).result!);
  });

  // What NPM tells ipset again, and what ipset has forgotten, depends on which lines are refused, and by whom: ipset itself (IPv6) or the kernel (/0).
  const mapped = { cidr: "10.0.0.0/8", except: ["::ffff:10.1.0.0/112"] };
  const twice = { cidr: "11.0.0.0/8", except: ["::ffff:11.1.0.0/112", "::ffff:11.2.0.0/112"] };
  const zero = { cidr: "12.0.0.0/0", except: ["12.1.0.0/16"] };
  const otherZero = { cidr: "13.0.0.0/0", except: ["13.1.0.0/16", "13.2.0.0/16"] };
  const plain = { cidr: "14.0.0.0/8" };
  const refused = [
    [mapped],
    [twice, plain],
    [zero, plain],
    [zero, otherZero, plain],
    [mapped, { ...mapped, cidr: "10.0.0.0/7" }],
    [mapped, zero],
    [zero, mapped],
    [plain, { cidr: "::ffff:9.0.0.0/104" }, { cidr: "2001:db8::/32" }],
  ];
  test.each(["v2-2022", "v1.4.24", "v1.4.30", "v1", "v1-2020"])("%s, after lines that ipset refuses", (generation) => {
    for (const peers of refused) {
      const spec = { podSelector: {}, ingress: [{ from: peers.map((ipBlock) => ({ ipBlock })) }] };
      const policy = {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name: "p", namespace: "x" },
        spec,
      };
      expectCarriedOut(compileManifests([policy], generation));
    }
  });

  test.each(["v2-2022", "v1.4.24"])("%s, where no try at the sets of a policy succeeds", (generation) => {
    const other = { cidr: "15.0.0.0/8", except: ["::ffff:15.1.0.0/112", "15.2.0.0/16"] };
    for (const peers of [
      [mapped, twice, other, plain],
      [zero, otherZero, { cidr: "16.0.0.0/0" }, plain],
      [mapped, zero, { cidr: "2001:db8::/32" }, plain],
    ]) {
      const spec = { podSelector: {}, ingress: [{ from: peers.map((ipBlock) => ({ ipBlock })) }] };
      const policy: Manifest = {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name: "p", namespace: "x" },
        spec,
      };
      expectCarriedOut(compileManifests([policy], generation));
    }
  });

  // Rules that name a set which is not there yet are taken back, with equal ones of other policies, and added when it is there.
  test.each(["v1", "v1.4.12"])("%s, where a policy waits for a set", (generation) => {
    const database = { podSelector: { matchLabels: { app: "db" } } };
    const policy = (name: string, ...from: readonly object[]) =>
      ({
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name, namespace: "x" },
        spec: { podSelector: {}, ingress: from.map((peer) => ({ from: [peer] })) },
      }) as Manifest;
    const waiting = policy("p", database, { ipBlock: { cidr: "10.0.0.0/8" } }, { namespaceSelector: {}, ...database });
    const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "x" } };
    const steps = [
      step("apply", [policy("q", database)]),
      step("apply", [waiting]),
      step("apply", [policy("r", database)]),
      step("apply", [namespace]),
    ];
    for (const count of [2, 3, 4]) expectCarriedOut(replay(steps.slice(0, count), { generation }).result!.whole);
  });
});

function expectCarriedOut(result: CompileResult): void {
  const { flavour } = result.machine;
  const { tables } = result;
  withNamespace((namespace) => {
    namespace.run("sh", [], { input: scriptOf(commandsOf(result.effects()), flavour), mayFail: true });
    expect(withoutBuiltIns(readIptables(namespace, flavour))).toEqual(withoutBuiltIns(printIptablesSave(tables)));
    expect(sortSets(readIpset(namespace))).toBe(sortSets(printIpsetSave(tables.sets)));
  });
}

/** Two clusters, one over the other, parts of the first deleted, its policies back at last. */
function stepsOf(one: readonly Manifest[], other: readonly Manifest[]): readonly ReplayStep[] {
  const isPolicy = ({ kind }: Manifest): boolean => kind === "NetworkPolicy";
  return [
    step("apply", one),
    step("apply", other),
    step(
      "delete",
      one.filter((_, index) => index % 2 === 0),
    ),
    { name: "reconcile", action: "reconcile", sources: [] },
    step("delete", other.filter(isPolicy)),
    step("apply", one.filter(isPolicy)),
  ];
}

function step(action: "apply" | "delete", items: readonly Manifest[]): ReplayStep {
  return {
    name: action,
    action,
    sources: [{ name: action, text: items.map((item) => JSON.stringify(item)).join("\n---\n") }],
  };
}

function scriptOf(commands: Iterable<Command>, flavour: string): string {
  const lines = [...commands].map(({ words: [program = "", ...words], input }) => {
    const named = program.replace(/^iptables(?=$|-restore)/, `iptables-${flavour}`);
    const line = [named, ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    return input ? `${line} <<'END'\n${[...input()].join("\n")}\nEND\n` : `${line}\n`;
  });
  return lines.join("");
}

/** A kernel lists the built-in chains of a table only when somebody has touched it. */
function withoutBuiltIns(save: string): readonly string[] {
  return save.split("\n").filter((line) => !/^:(?:INPUT|FORWARD|OUTPUT) /.test(line));
}
