import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LogReader, isError, replay, type LogEvent, type ReplayStep, type Tables } from "../../../compiler/index.js";
import { logEntriesOf } from "../../../compiler/engines/effects.js";
import { printLog } from "../../../compiler/log/print-log.js";

const steps = "golden/aks-steps/steps";
const generations = ["calico", "calico-3.30", "calico-3.29", "calico-3.28", "calico-3.24", "calico-2019"];

describe.each(generations)("anpm log read of the log of %s", (generation) => {
  const { result, diagnostics } = replay(stepsOf(steps), { engine: "calico", generation, node: "node-0" });

  test("understands each line, and finds no error", () => {
    expect(diagnostics.filter(isError)).toEqual([]);
    const { events, reader } = read(logOf(result!.whole.effects()));
    expect(events.length).toBeGreaterThan(200);
    expect(events.filter(({ said }) => said.kind === "unknown")).toEqual([]);
    expect(reader.summary().errors.filter(({ error }) => !error.harmless)).toEqual([]);
  });

  test("names each set that came or went in a step, and no other", () => {
    const [none, ...after] = result!.whole.history;
    expect(after).toHaveLength(7);
    after.forEach((tables, index) => {
      const before = index === 0 ? none! : after[index - 1]!;
      const said = changesIn(logOf(result!.steps[index]!.effects()), "set");
      const known = (tables: Tables) => tables.sets.map(({ name }) => name).filter((name) => name.includes("s:"));
      const named = [...said].map(([id, action]) => `${`cali40${id}`.slice(0, 31)} ${action}`);
      expect(named.toSorted()).toEqual(comeAndGone(known(before), known(tables)).toSorted());
    });
  });

  test("names each chain that came or went in a step", () => {
    const [none, ...after] = result!.whole.history;
    after.forEach((tables, index) => {
      const before = index === 0 ? none! : after[index - 1]!;
      const said = changesIn(logOf(result!.steps[index]!.effects()), "chain");
      const missing = comeAndGone(chainsOf(before), chainsOf(tables)).filter((change) => {
        const [name, action] = change.split(" ");
        return said.get(name!) !== action;
      });
      expect(missing).toEqual([]);
    });
  });

  test("names the pod that came in the first step and went in the last", () => {
    const endpoints = result!.steps.map((step) => [...changesIn(logOf(step.effects()), "endpoint")]);
    expect(endpoints[0]).toEqual([["development/backend", "updated"]]);
    expect(endpoints.at(-1)).toEqual([["development/backend", "removed"]]);
  });
});

describe("a round", () => {
  test("in which nothing changes says nothing", () => {
    const [first, second] = stepsOf(steps);
    const again = [first!, second!, { ...second!, name: "again" }, { ...first!, name: "all again" }];
    const { result } = replay(again, { engine: "calico", node: "node-0" });
    expect(result!.steps.map((step) => step.effects().length > 0)).toEqual([true, true, false, false]);
  });

  test("of the periodic task of another engine says nothing", () => {
    const [first] = stepsOf(steps);
    const { result } = replay([first!, { name: "reconcile", action: "reconcile", sources: [] }], { engine: "calico" });
    expect(result!.steps[1]!.effects()).toEqual([]);
  });

  test("tells an endpoint of an order that changes nothing for it", () => {
    const policy = (order: number) => `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: one }
spec: { order: ${order}, selector: all(), ingress: [{ action: Allow }] }
`;
    const [first] = stepsOf(steps);
    const apply = (order: number): ReplayStep => ({
      name: `${order}`,
      action: "apply",
      sources: [{ name: `${order}.yaml`, text: policy(order) }],
    });
    const { result } = replay([first!, apply(1), apply(2)], { engine: "calico", node: "node-0" });
    const log = logOf(result!.steps[2]!.effects());
    expect(log.match(/Received \*proto\.\w+/g)).toEqual([
      "Received *proto.ActivePolicyUpdate",
      "Received *proto.WorkloadEndpointUpdate",
    ]);
  });
});

function stepsOf(folder: string): ReplayStep[] {
  return readdirSync(folder)
    .toSorted()
    .map((name) => ({
      name,
      action: name.split("-")[1]!.split(".")[0] as ReplayStep["action"],
      sources: [{ name, text: readFileSync(join(folder, name), "utf8") }],
    }));
}

function logOf(effects: Parameters<typeof logEntriesOf>[0]): string {
  return printLog(logEntriesOf(effects));
}

function read(text: string): { readonly events: readonly LogEvent[]; readonly reader: LogReader } {
  const reader = new LogReader();
  const events = [...reader.nextFile("calico-node.log"), ...reader.feed(text), ...reader.end()];
  return { events, reader };
}

/** What a log says last of each thing of a kind. */
function changesIn(log: string, what: string): ReadonlyMap<string, string> {
  return new Map(
    read(log).events.flatMap(({ said }) =>
      said.kind === "change" && said.what === what ? [[said.name, said.action] as const] : [],
    ),
  );
}

function comeAndGone(before: readonly string[], after: readonly string[]): readonly string[] {
  return [
    ...after.filter((name) => !before.includes(name)).map((name) => `${name} updated`),
    ...before.filter((name) => !after.includes(name)).map((name) => `${name} removed`),
  ];
}

/** Calico's own chains, in whatever tables. */
function chainsOf({ chains, others = [] }: Tables): readonly string[] {
  const names = [...chains, ...others.flatMap((table) => table.chains)].map(({ name }) => name);
  return [...new Set(names.filter((name) => name.startsWith("cali-")))];
}
