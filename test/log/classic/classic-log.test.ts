import fc from "fast-check";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { azureNpm } from "../../../compiler/engines/azure-npm/azure-npm.js";
import { compile } from "../../../compiler/compile.js";
import { classicLog } from "../../../compiler/log/classic/classic-log.js";
import { outputs } from "../../../compiler/outputs.js";
import type { ReplayStep } from "../../../compiler/replay-events.js";
import { replay } from "../../../compiler/replay.js";
import { parseIptablesSave } from "../../../compiler/netfilter/parse-iptables-save.js";
import { compileCase, readCases } from "../../../scripts/golden-cases.js";
import { clusters, type Manifest } from "../../agreement/clusters.js";
import { expectReadBack } from "../read-back.js";

const textOf = (manifests: readonly Manifest[]) => JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests });
const apply = (name: string, text: string): ReplayStep => ({ name, action: "apply", sources: [{ name, text }] });
const remove = (name: string, text: string): ReplayStep => ({ name, action: "delete", sources: [{ name, text }] });

const pod = (ip: string) =>
  `{apiVersion: v1, kind: Pod, metadata: {namespace: x, name: a, labels: {app: web}}, spec: {containers: [{name: c, image: i}]}, status: {phase: Running, podIP: ${ip}}}\n`;
const namespace = "{apiVersion: v1, kind: Namespace, metadata: {name: x}}\n";
const denyAll =
  "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: x, name: p}, spec: {podSelector: {}}}\n";

describe("the classic voice", () => {
  const log = outputs.find(({ name }) => name === "log")!;
  const steps = [
    apply("01", `${namespace}---\n${pod("10.0.0.1")}`),
    apply("02", denyAll),
    apply("03", pod("10.0.0.2")),
    remove("04", denyAll),
  ];
  const { result } = replay(steps, { generation: "v1-2018" });
  const [first, second, third, fourth] = result!.steps.map((step) => log.print(step, { voice: "classic" }));

  test("tells of each set and member", () => {
    expect(first).toBe(
      [
        "2026/01/01 00:00:00 [1] Creating Set: &{operationFlag:-N name:all-namespace-app:web set:azure-npm-883133816 spec:[nethash]}",
        "2026/01/01 00:00:00 [1] Creating Set: &{operationFlag:-N name:x set:azure-npm-4245442695 spec:[nethash]}",
        "2026/01/01 00:00:00 [1] Creating List: &{operationFlag:-N name:all-namespace set:azure-npm-413419558 spec:[setlist]}",
        "2026/01/01 00:00:00 [1] Executing ipset command ipset [-A -exist azure-npm-883133816 10.0.0.1]",
        "2026/01/01 00:00:00 [1] Executing ipset command ipset [-A -exist azure-npm-4245442695 10.0.0.1]",
        "2026/01/01 00:00:00 [1] Executing ipset command ipset [-A -exist azure-npm-413419558 azure-npm-4245442695]",
        "",
      ].join("\n"),
    );
  });

  test("and of each chain and rule, with the place of a rule where it is not the usual one", () => {
    const entry = "Adding iptables entry: &{Command: Name: Chain";
    const rest = "Flag: LockWaitTimeInSeconds: IsJumpEntry";
    const lines = second!.split("\n").map((line) => line.slice("2026/01/01 00:00:00 [1] ".length));
    expect(lines).toContain("Executing iptables command iptables [-w 60 -N AZURE-NPM]");
    expect(lines).toContain(`${entry}:FORWARD ${rest}:true Specs:[-j AZURE-NPM]}.`);
    expect(lines).toContain(
      `${entry}:AZURE-NPM ${rest}:false Specs:[-m state --state RELATED,ESTABLISHED -j ACCEPT]}.`,
    );
    expect(lines).toContain(
      `${entry}:AZURE-NPM ${rest}:false Specs:[3 -m set --match-set azure-npm-2725615454 src -j ACCEPT]}.`,
    );
    expect(lines).toContain(`${entry}:AZURE-NPM ${rest}:true Specs:[-j AZURE-NPM-TARGET-SETS]}.`);
  });

  test("an address that changes is a member that goes and one that comes", () => {
    const lines = third!
      .split("\n")
      .map((line) => line.slice("2026/01/01 00:00:00 [1] Executing ipset command ".length));
    expect(lines).toEqual([
      "ipset [-D -exist azure-npm-4245442695 10.0.0.1]",
      "ipset [-D -exist azure-npm-883133816 10.0.0.1]",
      "ipset [-A -exist azure-npm-883133816 10.0.0.2]",
      "ipset [-A -exist azure-npm-4245442695 10.0.0.2]",
      "",
    ]);
  });

  test("the last policy takes rules and chains with it", () => {
    expect(fourth).toContain(
      "Deleting iptables entry: &{Command: Name: Chain:FORWARD Flag: LockWaitTimeInSeconds: IsJumpEntry:true Specs:[-j AZURE-NPM]}\n",
    );
    expect(fourth).toContain("Executing iptables command iptables [-w 60 -X AZURE-NPM]\n");
  });

  test("the clock goes on from step to step, and the whole run is the steps one after another", () => {
    const options = { voice: "classic", log: { clock: { start: 0, step: 1_000_000 } } } as const;
    expect(log.print(result!.steps[2]!, options)).toMatch(/^1970\/01\/01 00:00:(?!00)/);
    expect(log.print(result!.whole, options)).toBe(result!.steps.map((step) => log.print(step, options)).join(""));
  });

  test("is there for a generation whatever its own voice is, without a warning", () => {
    expect(log.warnings!(result!.whole, { voice: "classic" })).toEqual([]);
  });
});

describe.each(azureNpm.generations)(
  "read back, the classic log of %s gives exactly the emitted rules and sets",
  (generation) => {
    test("of all golden cases", () => {
      const cases = readCases().filter((golden) => golden.generations.includes(generation));
      expect(cases.length).toBeGreaterThan(20);
      for (const golden of cases) {
        const { result } = compileCase(golden, generation);
        if (result) expectReadBack(classicLog(result.history), result.tables, golden.options.existing);
      }
    });

    test("of random clusters, applied, changed and deleted", () => {
      fc.assert(
        fc.property(clusters, clusters, (one, other) => {
          const steps = [apply("01", textOf(one)), apply("02", textOf(other)), remove("03", textOf(one)), reconcile];
          const { result } = replay(steps, { generation });
          if (!result) return;
          result.steps.forEach((step) => expectReadBack(classicLog(step.history), step.tables));
          const { result: compiled } = compile([{ name: "m.json", text: textOf(one) }], { generation });
          expectReadBack(classicLog(compiled!.history), compiled!.tables);
        }),
        { numRuns: 25, seed: 5 },
      );
    });
  },
);

const reconcile: ReplayStep = { name: "99-reconcile", action: "reconcile", sources: [] };

const root = join(import.meta.dirname, "../../../../shared/vectors/cases");
const present = existsSync(root);
if (!present) console.log("skipped: ../shared/vectors/cases is not there");

test.skipIf(!present)("so do the vectors' steps, after each step", () => {
  let count = 0;
  for (const path of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith("/steps")) continue;
    const existing = join(root, path, "..", "existing");
    const tables = existsSync(existing)
      ? { chains: parseIptablesSave(readFileSync(existing, "utf8")).chains, sets: [] }
      : undefined;
    const steps = readdirSync(join(root, path))
      .sort()
      .map((name): ReplayStep => {
        const action = name.split(/[-.]/)[1] as ReplayStep["action"];
        return { name, action, sources: [{ name, text: readFileSync(join(root, path, name), "utf8") }] };
      });
    for (const generation of azureNpm.generations) {
      const { result } = replay(steps, { generation, ...(tables && { existing: tables }) });
      for (const step of result?.steps ?? []) {
        count += 1;
        expectReadBack(classicLog(step.history), step.tables, tables);
      }
    }
  }
  expect(count).toBeGreaterThan(400);
});
