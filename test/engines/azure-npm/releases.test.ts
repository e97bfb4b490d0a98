import { describe, expect, test } from "vitest";
import { compile, type CompileOptions } from "../../../compiler/compile.js";
import { commandsOf } from "../../../compiler/engines/effects.js";
import { parseIptablesSave } from "../../../compiler/netfilter/parse-iptables-save.js";
import { printCommands } from "../../../compiler/netfilter/print-commands.js";
import { printIptablesSave } from "../../../compiler/netfilter/print-iptables-save.js";

// What releases within the span of a generation do otherwise than the one that the generation stands for. Source: the commits of
// Azure/azure-container-networking that are named; no vectors are of these releases.

const namespace = "{apiVersion: v1, kind: Namespace, metadata: {name: x}}\n";
const pod = (phase: string) =>
  `{apiVersion: v1, kind: Pod, metadata: {namespace: x, name: a, labels: {app: web}}, spec: {containers: [{name: c, image: i, ports: [{name: http, containerPort: 8080}]}]}, status: {phase: ${phase}, podIP: 10.0.0.1}}\n`;
const policy = (spec: string, name = "p") =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: x, name: ${name}}, spec: {podSelector: {matchLabels: {app: web}}, ${spec}}}\n`;

function compiled(generation: string, documents: readonly string[], options: CompileOptions = {}) {
  const { result, diagnostics } = compile([{ name: "m.yaml", text: documents.join("---\n") }], {
    generation,
    ...options,
  });
  const save = printIptablesSave(result!.tables);
  return {
    codes: diagnostics.map(({ code }) => code).filter((code) => code !== "release-caveat"),
    caveats: diagnostics.filter(({ code }) => code === "release-caveat").length,
    rules: (chain: string) => save.match(new RegExp(`^-A ${chain} .*$`, "gm")) ?? [],
    /** Comments and targets, in their order. */
    told: (chain: string) =>
      (save.match(new RegExp(`^-A ${chain} .*$`, "gm")) ?? []).map((rule) =>
        rule.replace(/^.*--comment "?([^" ]+)"? -j (.*)$/, "$1 $2"),
      ),
    sets: result!.tables.sets,
    commands: printCommands(commandsOf(result!.effects()), result!.machine.commandFormat),
  };
}

const fromBlock = "ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]";
const fromBlockOnPort =
  "ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [{port: 80}]}]";
const toBlock = "policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 80}]}]";
const fromValues = "ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [a, b]}]}}]}]";
const onNamedPort = "ingress: [{ports: [{port: http}]}]";

describe("v1.0.9 to v1.0.26", () => {
  test("-w, since v1.0.21 -w 60; none before v1.0.18", () => {
    const first = (tag: string) => compiled(tag, [policy("")]).commands.match(/^iptables .*-N AZURE-NPM$/m)?.[0];
    expect(["v1.0.17", "v1.0.18", "v1.0.20", "v1.0.21"].map(first)).toEqual([
      "iptables -N AZURE-NPM",
      "iptables -w -N AZURE-NPM",
      "iptables -w -N AZURE-NPM",
      "iptables -w 60 -N AZURE-NPM",
    ]);
  });

  test("before v1.0.13 rules go to the end of their chain, so that an exception comes before its block (434ddf768)", () => {
    const targets = (tag: string) =>
      compiled(tag, [policy(fromBlock)])
        .rules("AZURE-NPM-INGRESS-FROM")
        .map((rule) => rule.replace(/.*-j /, ""));
    expect(targets("v1.0.12")).toEqual(["DROP", "ACCEPT"]);
    expect(targets("v1.0.13")).toEqual(["ACCEPT", "DROP"]);
  });
});

describe("v1.0.27 to v1.0.30", () => {
  test("before v1.0.30 a chain lets kube-system through, whatever the policy (61ccd6f38)", () => {
    const older = compiled("v1.0.29", [policy(fromBlock)]);
    expect(older.rules("AZURE-NPM").slice(1, 3)).toEqual([
      "-A AZURE-NPM -j AZURE-NPM-KUBE-SYSTEM",
      "-A AZURE-NPM -j AZURE-NPM-INGRESS-PORT",
    ]);
    expect(older.rules("AZURE-NPM-KUBE-SYSTEM")).toEqual([
      '-A AZURE-NPM-KUBE-SYSTEM -m set --match-set azure-npm-2064349730 src -m comment --comment "ALLOW-ns-kube-system-TO-app:web" -j ACCEPT',
      '-A AZURE-NPM-KUBE-SYSTEM -m set --match-set azure-npm-2064349730 dst -m comment --comment "ALLOW-app:web-TO-ns-kube-system" -j ACCEPT',
    ]);
    expect(compiled("v1.0.30", [policy(fromBlock)]).rules("AZURE-NPM-KUBE-SYSTEM")).toEqual([]);
  });

  test("before v1.0.30 the DROP stands in TARGET-SETS, and a block before its exceptions", () => {
    const older = compiled("v1.0.29", [policy(fromBlock)]);
    expect(older.told("AZURE-NPM-INGRESS-FROM")).toEqual([
      "ALLOW-10.0.0.0/8-TO-app:web ACCEPT",
      "DROP-10.1.0.0/16-TO-app:web DROP",
    ]);
    expect(older.told("AZURE-NPM-TARGET-SETS")).toEqual(["DROP-ALL-TO-app:web DROP"]);
  });

  test("v1.0.27 drops both directions (3ad49688d); before v1.0.29 a lone {} has a DROP too (2c0ae6d72)", () => {
    const drops = (tag: string) => compiled(tag, [policy("ingress: [{}]")]).told("AZURE-NPM-TARGET-SETS");
    expect(drops("v1.0.27")).toEqual(["DROP-ALL-TO-app:web DROP", "DROP-ALL-FROM-app:web DROP"]);
    expect(drops("v1.0.28")).toEqual(["DROP-ALL-TO-app:web DROP"]);
    expect(drops("v1.0.29")).toEqual([]);
  });

  test("before v1.0.29 a finished pod is in no set; v1.0.27 leaves the chains of the NPM before (ff7b9c080)", () => {
    const members = (tag: string) =>
      compiled(tag, [namespace, pod("Succeeded")]).sets.find(({ readableName }) => readableName === "app:web")?.members;
    expect([members("v1.0.28"), members("v1.0.29")]).toEqual([undefined, ["10.0.0.1"]]);
    expect(compiled("v1.0.27", []).commands).not.toContain("-D FORWARD");
    expect(compiled("v1.0.28", []).commands).toContain("-D FORWARD");
  });
});

describe("v1.0.31 to v1.2.2", () => {
  test("v1.0.31 knows no namespace of pods with labels (dd1777c77)", () => {
    const drops = (tag: string) => compiled(tag, [policy("")]).told("AZURE-NPM-TARGET-SETS");
    expect(drops("v1.0.31")).toEqual(["DROP-ALL-TO-app:web DROP"]);
    expect(drops("v1.0.32")).toEqual(["DROP-ALL-TO-app:web-IN-ns-x DROP"]);
  });

  test("before v1.1.1 equal rules stand once, and policies of one selector are merged (ef14c8d18)", () => {
    const two = [policy("", "p"), policy("ingress: [{}]", "q")];
    expect(compiled("v1.1.0", [policy("", "p")]).commands).toContain("-C AZURE-NPM-TARGET-SETS");
    expect(compiled("v1.1.0", two).told("AZURE-NPM-TARGET-SETS")).toContain("DROP-ALL-FROM-app:web-IN-ns-x DROP");
    expect(compiled("v1.1.1", two).commands).not.toContain("-C AZURE-NPM-TARGET-SETS");
    expect(compiled("v1.1.1", two).told("AZURE-NPM-TARGET-SETS")).toEqual(["DROP-ALL-TO-app:web-IN-ns-x DROP"]);
  });

  test("named ports: by /etc/services, since v1.1.1 by a set of that name, since v1.2.1 with a prefix", () => {
    const found = (tag: string) => {
      const { sets, rules } = compiled(tag, [namespace, pod("Running"), policy(onNamedPort)]);
      const set = sets.find(({ type }) => type === "hash:ip,port");
      const [rule = ""] = rules("AZURE-NPM-INGRESS-PORT");
      return [
        set?.readableName,
        set?.members,
        set ? rule.includes(` ${set.name} dst,dst`) : rule.includes("--dport 80 "),
      ];
    };
    expect(found("v1.1.0")).toEqual([undefined, undefined, true]);
    expect(found("v1.1.1")).toEqual(["http", ["10.0.0.1,tcp:8080"], true]);
    expect(found("v1.2.0")).toEqual(["http", ["10.0.0.1,tcp:8080"], true]);
    expect(found("v1.2.1")).toEqual(["namedport:http", ["10.0.0.1,tcp:8080"], true]);
  });

  test("before v1.1.4 the jump is first, and so is the rule for established connections (d3db72e1f)", () => {
    const node = parseIptablesSave(
      "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n-A FORWARD -j KUBE-SERVICES\nCOMMIT\n",
    );
    const existing = { chains: node.chains, sets: [] };
    const older = compiled("v1.1.3", [policy("")], { existing });
    const newer = compiled("v1.1.4", [policy("")], { existing });
    expect(older.rules("FORWARD")).toEqual(["-A FORWARD -j AZURE-NPM", "-A FORWARD -j KUBE-SERVICES"]);
    expect(newer.rules("FORWARD")).toEqual(["-A FORWARD -j KUBE-SERVICES", "-A FORWARD -j AZURE-NPM"]);
    expect([older.rules("AZURE-NPM")[0], newer.rules("AZURE-NPM").at(-1)]).toEqual(
      Array(2).fill("-A AZURE-NPM -m state --state RELATED,ESTABLISHED -j ACCEPT"),
    );
  });

  test("before v1.1.5 blocks stand in rules, and their exceptions in DROPs (19fb3e6ed)", () => {
    const { rules, told, sets } = compiled("v1.1.4", [policy(fromBlockOnPort)]);
    const t = rules("AZURE-NPM-TARGET-SETS")[0]!.match(/-m set --match-set \S+ dst -m set --match-set \S+ dst/)![0];
    expect(rules("AZURE-NPM-INGRESS-PORT")[0]).toBe(
      `-A AZURE-NPM-INGRESS-PORT -s 10.0.0.0/8 -p tcp ${t} -m tcp --dport 80 -m comment --comment "ALLOW-10.0.0.0/8-:-TCP-PORT-80-TO-app:web-IN-ns-x" -j ACCEPT`,
    );
    expect(told("AZURE-NPM-INGRESS-FROM")[0]).toBe("DROP-10.1.0.0/16-TO-app:web-IN-ns-x DROP");
    expect(sets.some(({ maxElements }) => maxElements !== undefined)).toBe(false);
    expect(
      compiled("v1.1.4", [policy(fromBlock)])
        .told("AZURE-NPM-INGRESS-FROM")
        .slice(0, 2),
    ).toEqual(["DROP-10.1.0.0/16-TO-app:web-IN-ns-x DROP", "ALLOW-10.0.0.0/8-TO-app:web-IN-ns-x ACCEPT"]);
    expect(compiled("v1.1.4", [policy(toBlock)]).commands).toMatch(
      /-I AZURE-NPM-EGRESS-PORT -p TCP --dport 80 -m set --match-set \S+ src -m set --match-set \S+ src -d 10\.0\.0\.0\/8 -j ACCEPT -m comment --comment ALLOW-10\.0\.0\.0\/8-:-TCP-PORT-80-FROM-/,
    );
    expect(compiled("v1.1.5", [policy(fromBlock)]).told("AZURE-NPM-INGRESS-FROM")[0]).toContain("p-in-ns-x-0in");
  });

  test("before v1.1.5 a policy is given up at an IPv6 block; since, the block's set stays empty", () => {
    const ipv6 = policy('ingress: [{from: [{ipBlock: {cidr: "2001:db8::/32"}}]}]');
    expect(compiled("v1.1.4", [ipv6]).codes).toEqual(["npm-stops-at-rule"]);
    expect(compiled("v1.1.5", [ipv6]).codes).toEqual(["npm-skips-block"]);
  });
});

describe("v1.4.1 to v1.4.19", () => {
  test("before v1.4.5 each of several values is required, and comments keep the written order (a1b487af8, a9c2430f5)", () => {
    const told = (tag: string) => compiled(tag, [policy(fromValues)]).told("AZURE-NPM-INGRESS-FROM")[0];
    expect(told("v1.4.4")).toContain("ALLOW-app:a-AND-app:b-IN-ns-x-TO-app:web");
    expect(told("v1.4.5")).toContain("ALLOW-app:a:b-IN-ns-x-TO-app:web");
  });

  test("before v1.4.5 a rule with a named port does not say its protocol (a0e322d23)", () => {
    const rule = (tag: string) => compiled(tag, [policy(onNamedPort)]).rules("AZURE-NPM-INGRESS-PORT")[0];
    expect(rule("v1.4.4")).not.toContain("-p tcp");
    expect(rule("v1.4.5")).toContain("-p tcp");
  });
});

describe("what is not known of a release is said, and nothing of those that were compared", () => {
  test.each([
    ["v1.0.12", 1],
    ["v1.0.13", 0],
    ["v1.0.27", 3],
    ["v1.0.30", 0],
    ["v1.1.0", 2],
    ["v1.1.4", 1],
    ["v1.1.5", 0],
    ["v1.4.4", 1],
    ["v1.4.20", 2],
    ["v1.4.23", 0],
    ["v1.4.45.3", 0],
    ["v1.6.29", 0],
  ])("%s: %d", (tag, count) => expect(compiled(tag, []).caveats).toBe(count));
});

test.each(["v01.0.30", "v1.0.027", "v1.04.5", "1.4.5", "v1.4", "v1.4.45.3.1"])("%s is no tag", (tag) => {
  const { result, diagnostics } = compile([{ name: "m.yaml", text: "" }], { generation: tag });
  expect(result).toBeUndefined();
  expect(diagnostics.map(({ code }) => code)).toEqual(["unknown-generation"]);
});
