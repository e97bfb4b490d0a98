import { Ajv2020 } from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compile } from "../../../compiler/compile.js";
import { drift } from "../../../compiler/drift.js";
import type { Tables } from "../../../compiler/netfilter/tables.js";
import { replay } from "../../../compiler/replay.js";
import { readBack } from "../../../compiler/simulate/read-back.js";
import { driftFiles, readDriftCases } from "../../../scripts/golden-drift.js";
import { driftJson, driftJsonSchema } from "../../../compiler/diff/drift/drift-json.js";
import { driftCodes } from "../../../compiler/diff/drift/finding.js";
import { nodeStateOf } from "../../../compiler/diff/drift/node-state.js";
import { repairScript } from "../../../compiler/diff/drift/repair.js";
import { azureNpm } from "../../../compiler/engines/azure-npm/azure-npm.js";
import { parseIpsetSave } from "../../../compiler/netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../../../compiler/netfilter/parse-iptables-save.js";
import { printIpsetSave } from "../../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../../compiler/netfilter/print-iptables-save.js";

const article = readFileSync("golden/aks-3-from-development/manifests.yaml", "utf8");
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(driftJsonSchema);

/** What drift says of a node that was compiled as a generation, after a change of its texts. */
function driftOf(generation: string, change: (rules: string, sets: string) => [string, string], asked?: string) {
  const sources = [{ name: "manifests.yaml", text: article }];
  const { tables } = compile(sources, { generation }).result!;
  const [rules, sets] = change(printIptablesSave(tables), printIpsetSave(tables.sets));
  const node = nodeStateOf([{ chains: parseIptablesSave(rules).chains }], parseIpsetSave(sets), "AZURE-NPM");
  return drift(sources, node, asked === undefined ? {} : { generation: asked }).report!;
}

describe("drift", () => {
  test.each(azureNpm.generations)(
    "finds by itself that a node is one of %s, also when a rule is gone",
    (generation) => {
      expect(driftOf(generation, (rules, sets) => [rules, sets])).toMatchObject({ drifted: false, guessed: true });
      const report = driftOf(generation, (rules, sets) => [
        rules.replace(/^-A AZURE-NPM-\S*FROM.*\n|^-A .*MARK --set.*\n/m, ""),
        sets,
      ]);
      expect(report.drifted).toBe(true);
      expect(report.findings.length).toBeLessThan(4);
    },
  );

  test("a generation that is asked for is taken, whatever the node looks like", () => {
    const report = driftOf("v2", (rules, sets) => [rules, sets], "v1");
    expect(report).toMatchObject({ drifted: true, guessed: false });
    expect(report.machine.generation).toBe("v1");
  });

  test("other people's rules and sets count for nothing, but where the jump stands among them", () => {
    const more = (rules: string, sets: string): [string, string] => [
      rules
        .replace(":AZURE-NPM -", ":OTHERS - [0:0]\n:AZURE-NPM -")
        .replace("COMMIT", "-A OTHERS -s 10.0.0.0/8 -j DROP\n-A INPUT -j OTHERS\nCOMMIT"),
      `${sets}create others hash:mac hashsize 1024 maxelem 65536\n`,
    ];
    expect(driftOf("v2", more).findings).toEqual([]);
  });

  test("-o json is what its schema says, and the schema refuses what it does not know", () => {
    const report = driftOf("v2", (rules, sets) => [
      rules.replace(/^-A AZURE-NPM-INGRESS-oli.*\n/m, ""),
      sets.replace(/^add .* 10\..*\n/m, ""),
    ]);
    const json = driftJson(report) as { findings: object[] };
    expect(validate(JSON.parse(JSON.stringify(json)))).toBe(true);
    expect(json.findings).toHaveLength(2);
    expect(validate({ ...json, surprise: 1 })).toBe(false);
    expect(validate({ ...json, findings: [{ code: "unheard-of" }] })).toBe(false);
  });

  test("a repair is refused where a rule of the node is no line of text", () => {
    const report = driftOf("v2", (rules, sets) => [
      rules.replace(
        "COMMIT",
        '-A AZURE-NPM-ACCEPT -m comment --comment "a\nEND_OF_TARGET\ntouch /tmp/x\n" -j DROP\nCOMMIT',
      ),
      sets,
    ]);
    expect(repairScript(report)).toMatchObject({ problem: { code: "drift-not-repairable" } });
  });

  test("names of the node reach the script as nothing but names", () => {
    const name = "azure-npm-$(touch${IFS}x);'\"`";
    const report = driftOf("v2", (rules, sets) => [
      rules,
      `${sets}create ${name} hash:net family inet hashsize 1024 maxelem 65536\nadd ${name} 10.0.0.1\n`,
    ]);
    const repair = repairScript(report);
    expect(report.findings).toMatchObject([{ code: "set-unexpected", set: name }]);
    expect("script" in repair && repair.script).toContain(`<<'END_OF_TARGET'\n${name}\nEND_OF_TARGET\n`);
  });
});

describe("what history explains is a note", () => {
  const policy = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec: {podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}]}]}
`;
  const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";
  const found = (generation: string, text: string, made: Tables) => {
    const sources = [{ name: "manifests.yaml", text }];
    return drift(sources, nodeStateOf([made], { sets: made.sets, others: [], problems: [] }, "AZURE-NPM"), {
      generation,
    }).report!.findings.map(({ severity, code }) => `${severity} ${code}`);
  };
  const node = (generation: string, text: string) =>
    readBack(
      replay([{ name: "01", action: "apply", sources: [{ name: "steps", text }] }], { generation }).result!.whole
        .tables,
    );

  test("member-left: releases of 2018 and 2019 keep addresses of pods that are gone; later ones do not", () => {
    const left = (generation: string) => {
      const { chains, sets } = node(generation, `${namespace}---${policy}`);
      const target = sets.find(({ type }) => type === "hash:net")!;
      return { chains, sets: sets.map((set) => (set === target ? { ...set, members: ["10.240.0.99"] } : set)) };
    };
    const text = `${namespace}---${policy}`;
    expect(found("v1-2018", text, left("v1-2018"))).toEqual(["note member-left"]);
    expect(found("v2", text, left("v2"))).toEqual(["drift set-members"]);
  });

  test("namespace-implied: a namespace that the manifests do not define may be unknown to the node", () => {
    const { chains, sets } = node("v2", `${namespace}---${policy}`);
    const forgotten = sets.map((set) => (set.type === "list:set" ? { ...set, members: [] } : set));
    const lists = { chains, sets: forgotten };
    expect(new Set(found("v2", policy, lists))).toEqual(new Set(["note namespace-implied"]));
    expect(new Set(found("v2", `${namespace}---${policy}`, lists))).toEqual(new Set(["drift set-members"]));
  });

  test("written-order: v1-2019b forgets rules of a policy that comes before its namespace", () => {
    const text = `${policy.replace("{podSelector: {matchLabels: {app: api}}}", "{namespaceSelector: {matchLabels: {a: b}}}")}---\n${namespace}`;
    const made = node("v1-2019b", text);
    expect(found("v1-2019b", text, made)).toContain("note written-order");
    expect(found("v1-2019b", text.split("---").reverse().join("---"), made).join()).toContain("drift");
  });
});

describe("the cases of golden/drift", () => {
  const cases = readDriftCases();

  test.each(cases)("$name", (golden) => {
    expect(driftFiles(golden).get("report")).toBe(readFileSync(`${golden.folder}/report`, "utf8"));
  });

  test("every code is shown there, or made in a test", () => {
    const shown = cases.map(({ folder }) => readFileSync(`${folder}/report`, "utf8")).join("");
    const made = ["test/kernel/drift.test.ts", "test/kernel/calico-drift.test.ts", "test/diff/drift/drift.test.ts"]
      .map((path) => readFileSync(path, "utf8"))
      .join("");
    for (const code of Object.keys(driftCodes)) expect(shown + made, code).toContain(code);
  });
});
