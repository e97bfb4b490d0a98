import { describe, expect, test } from "vitest";
import { replayWritten, type WrittenStep } from "../replay-written.js";

/** Rules of policies, and the other outputs, after each step. */
function run(generation: string, written: readonly WrittenStep[]) {
  const { print, codes } = replayWritten(generation, written);
  const rules = (index: number) =>
    [...print("iptables-save", index).matchAll(/--comment "?((?:ALLOW|DROP)-[^ "]+)/g)].map(([, text]) => text);
  return {
    print,
    rules,
    codes,
    chains: (index: number) => print("iptables-save", index).match(/^:AZURE/gm)?.length ?? 0,
  };
}

const policy = (name: string, ...peers: readonly string[]) =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: x, name: ${name}}, spec: {podSelector: {}, ingress: [${peers.map((peer) => `{from: [${peer}]}`).join()}]}}`;
const web = "{podSelector: {matchLabels: {app: web}}}";
const database = "{podSelector: {matchLabels: {app: db}}}";
/** Names the list of all namespaces, and does not make it. */
const everywhere = "{namespaceSelector: {}, podSelector: {matchLabels: {app: db}}}";
const namespace = "{apiVersion: v1, kind: Namespace, metadata: {name: x}}";
const fromWeb = "ALLOW-app:web-IN-ns-x-TO-ns-x";
const fromEverywhere = "ALLOW-all-namespaces-AND-app:db-TO-ns-x";
const drop = "DROP-ALL-TO-ns-x";

describe("a policy that names a set before it is there", () => {
  test("has no rule until the set comes", () => {
    const { rules, codes } = run("v1", [
      ["apply", policy("p", web, everywhere)],
      ["apply", namespace],
    ]);
    expect(rules(0)).toEqual([]);
    expect(rules(1)).toEqual([drop, fromEverywhere, fromWeb]);
    expect(codes).toEqual(["1.yaml npm-waits-for-set"]);
  });

  test("takes equal rules of other policies along, now and later", () => {
    const { rules } = run("v1", [
      ["apply", policy("q", web)],
      ["apply", policy("p", web, everywhere)],
      ["apply", policy("r", web)],
      ["apply", namespace],
    ]);
    expect(rules(0)).toEqual([drop, fromWeb]);
    expect(rules(1)).toEqual([drop]);
    expect(rules(2)).toEqual([drop, drop]);
    expect(rules(3)).toEqual([drop, drop, fromEverywhere, fromWeb]);
  });

  test("is updated only when the set comes, whatever the update says", () => {
    const { rules } = run("v1", [
      ["apply", policy("p", web, everywhere)],
      ["apply", policy("p", database)],
      ["apply", namespace],
    ]);
    expect(rules(1)).toEqual([]);
    expect(rules(2)).toEqual([drop, "ALLOW-app:db-IN-ns-x-TO-ns-x"]);
  });

  test("goes only when the set comes, and the chains with it", () => {
    const { chains } = run("v1", [
      ["apply", policy("p", web, everywhere)],
      ["delete", policy("p", web, everywhere)],
      ["apply", namespace],
    ]);
    expect([chains(0), chains(1), chains(2)]).toEqual([10, 10, 0]);
  });

  test("keeps its earlier rules, and gets no more, since v1.4.12", () => {
    const { rules, codes, chains } = run("v1.4.12", [
      ["apply", policy("p", web, everywhere)],
      ["apply", namespace],
      ["delete", policy("p", web, everywhere)],
    ]);
    expect([rules(0), rules(1)]).toEqual([[fromWeb], [fromWeb]]);
    expect(chains(2)).toBe(0);
    expect(codes).toContain("1.yaml npm-stops-at-rule");
  });

  test("is told of in the log at each try that changes something", () => {
    const { print } = run("v1", [
      ["apply", policy("p", web, everywhere)],
      ["apply", policy("q", database)],
      ["apply", namespace],
    ]);
    const told = (index: number) =>
      [...print("log", index).matchAll(/(?<=networkPolicyController.go:\d+\] )(?:error.*?Rule|Success.*$)/gm)].map(
        String,
      );
    expect(told(0)).toEqual([
      "error syncing 'x/p': [syncNetPol] Error due to  [syncAddAndUpdateNetPol] Error: failed to apply iptables rule. Rule",
      "error syncing 'x/p': [syncNetPol] Error due to  [syncAddAndUpdateNetPol] Error: failed to deleteNetworkPolicy due to [cleanUpNetworkPolicy] Error: failed to apply iptables rule. Rule",
    ]);
    expect(told(1)).toEqual(["Successfully synced 'x/q'"]);
    expect(told(2)).toEqual(["Successfully synced 'x/p'"]);
  });
});
