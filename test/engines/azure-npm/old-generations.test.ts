import { describe, expect, test } from "vitest";
import { azureNpm } from "../../../compiler/engines/azure-npm/azure-npm.js";
import { selectGeneration } from "../../../compiler/engines/azure-npm/generations.js";
import { compile, type CompileOptions } from "../../../compiler/compile.js";
import { printCommands } from "../../../compiler/netfilter/print-commands.js";
import { printIptablesSave } from "../../../compiler/netfilter/print-iptables-save.js";
import { commandsOf } from "../../../compiler/engines/effects.js";
import { formatPairs } from "../../../compiler/pairs/format-pairs.js";

const policy = (spec: string, name = "p") =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: x, name: ${name}}, spec: ${spec}}\n`;

function compiled(generation: string, text: string, options: CompileOptions = {}) {
  const { result, diagnostics } = compile([{ name: "m.yaml", text }], { generation, ...options });
  const save = result ? printIptablesSave(result.tables) : "";
  return {
    codes: diagnostics.map(({ code }) => code),
    rules: (chain: string) => save.match(new RegExp(`^-A ${chain} .*$`, "gm")) ?? [],
    pairs: result ? formatPairs(result.pairs) : "",
    commands: result ? printCommands(commandsOf(result.effects()), result.machine.commandFormat) : "",
  };
}

describe("v1 with ctstate (v1.4.16)", () => {
  const open = policy("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}");

  test("hands over new connections only", () => {
    expect(compiled("v1", open).rules("FORWARD")).toEqual(["-A FORWARD -j AZURE-NPM"]);
    expect(compiled("v1-ctstate", open).rules("FORWARD")).toEqual([
      "-A FORWARD -m conntrack --ctstate NEW -j AZURE-NPM",
    ]);
    expect(compiled("v1.4.17", open).rules("FORWARD")).toEqual(compiled("v1-ctstate", open).rules("FORWARD"));
  });

  test("splits 0.0.0.0/0 where it begins", () => {
    expect(compiled("v1", open).commands).toMatch(/-A -exist \S+ 1\.0\.0\.0\/1\n/);
    expect(compiled("v1-ctstate", open).commands).toMatch(/-A -exist \S+ 0\.0\.0\.0\/1\n/);
  });

  test("takes both forms of the jump away at start", () => {
    expect(compiled("v1-ctstate", "").commands).toBe("iptables -w 60 -D FORWARD -j AZURE-NPM\nipset list\n");
  });
});

test("v1 generations know legacy iptables only", () => {
  for (const generation of ["v1", "v1-2020", "v1-2019b", "v1-2019", "v1-2018"]) {
    const { diagnostics } = azureNpm.configure({ generation, flavour: "nft" });
    expect(diagnostics.map(({ code }) => code)).toEqual(["flavour-not-supported"]);
    expect(azureNpm.configure({ generation }).machine?.flavour).toBe("legacy");
  }
});

describe("a port without a number", () => {
  const crash = policy("{podSelector: {}, ingress: [{ports: [{protocol: UDP}]}]}", "a");
  const text = `${crash}---\n${policy("{podSelector: {}}", "b")}`;

  test.each(["v1-2019", "v1-2018"])("crashes %s: nothing that comes after it is programmed", (generation) => {
    const { codes, rules, pairs } = compiled(generation, text);
    expect(codes).toEqual(["npm-crashes"]);
    expect(rules("AZURE-NPM-TARGET-SETS")).toEqual([]);
    expect(rules("AZURE-NPM").length).toBeGreaterThan(0);
    expect(pairs).toBe("");
  });

  test("is no harm in a direction that the policy does not close", () => {
    const harmless = policy("{podSelector: {}, policyTypes: [Ingress], egress: [{ports: [{protocol: UDP}]}]}");
    expect(compiled("v1-2019", harmless).codes).toEqual([]);
  });
});

describe("what a release reads otherwise than written", () => {
  const ipv6 = policy('{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: "2001:db8::/32"}}]}]}');
  const ipv6Zero = policy('{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: "::/0"}}]}]}');
  const named = policy("{podSelector: {}, ingress: [{ports: [{port: http}]}]}");
  const unknown = policy("{podSelector: {}, ingress: [{ports: [{port: web}]}]}");
  const range = policy("{podSelector: {}, ingress: [{ports: [{port: 80, endPort: 90}]}]}");

  test.each([
    ["v1", ipv6, "npm-skips-block"],
    ["v1-2020", ipv6, "npm-skips-block"],
    ["v1-2019b", ipv6, "npm-stops-at-rule"],
    ["v1-2019", ipv6, "npm-stops-at-rule"],
    ["v1", named, ""],
    ["v1-2019b", named, ""],
    ["v1-2019b", unknown, "npm-stops-at-rule"],
    ["v1-2018", named, "npm-reads-named-port-as-zero"],
    ["v1-2019b", ipv6Zero, "npm-reads-ipv6-zero-as-any"],
    ["v1-2018", ipv6Zero, "npm-reads-ipv6-zero-as-any"],
    ["v1-2020", ipv6Zero, "npm-skips-block"],
    ["v1", range, "npm-ignores-end-port"],
    ["v1-2019", range, "npm-ignores-end-port"],
  ])("%s: %s", (generation, text, code) => expect(compiled(generation, text).codes.join(" ")).toBe(code));

  test("::/0 in a rule is no address at all to iptables, and so everyone", () => {
    expect(compiled("v1-2019", ipv6Zero).rules("AZURE-NPM-INGRESS-FROM-NS")).toEqual([
      "-A AZURE-NPM-INGRESS-FROM-NS -m set --match-set azure-npm-4245442695 dst -j ACCEPT",
    ]);
  });

  test("a peer with both selectors is passed over before Kubernetes 1.11", () => {
    const both = policy("{podSelector: {}, ingress: [{from: [{podSelector: {}, namespaceSelector: {}}]}]}");
    const allows = (generation: string, kubernetes: string) =>
      compiled(generation, both, { kubernetes })
        .rules(".*FROM.*")
        .filter((rule) => rule.endsWith("-j ACCEPT")).length;
    expect(["v1-2018", "v1-2019", "v1-2019b", "v1-2020"].map((id) => allows(id, "1.11") > 0)).toEqual(
      Array(4).fill(true),
    );
    expect(["v1-2018", "v1-2019", "v1-2019b", "v1-2020"].map((id) => allows(id, "1.10") > 0)).toEqual([
      true,
      false,
      false,
      false,
    ]);
    const codes = (kubernetes: string) => compiled("v1-2019", both, { kubernetes }).codes;
    expect([codes("1.10"), codes("1.11")]).toEqual([["npm-skips-both-selectors"], []]);
  });
});

test("pairs show how v1-2019 reads labels, expressions and ports", () => {
  const text = policy(
    "{podSelector: {matchLabels: {app: web, role: api}, matchExpressions: [{key: env, operator: Exists}]}, " +
      "ingress: [{from: [{podSelector: {matchLabels: {a: b}}}], ports: [{port: 80}]}, {from: [{namespaceSelector: {}}], ports: [{port: 443}]}]}",
  );
  const lines = compiled("v1-2019", text)
    .pairs.split("\n")
    .map((line) => line.replace(/ +\(.*$/, ""));
  expect(lines.filter((line) => /^ {2}\w/.test(line)).map((line) => line.trim())).toEqual([
    "ingress to pods labelled app=web",
    "ingress to pods labelled role=api",
    "egress from pods labelled app=web",
    "egress from pods labelled role=api",
  ]);
  expect(lines.filter((line) => line.includes("allow    from pods labelled a=b"))).toHaveLength(2);
  expect(lines.find((line) => line.includes("a=b"))).toContain("on 80/tcp, 443/tcp");
});

test.each(["v1-2019", "v1-2018"])(
  "%s: a rule for a port comes from the rule of the policy that names the port",
  (generation) => {
    const peer = "{podSelector: {matchLabels: {a: b}}}";
    const text = policy(
      `{podSelector: {matchLabels: {app: web}}, ingress: [{from: [${peer}], ports: [{port: 80}]}, {from: [${peer}], ports: [{port: 443}]}]}`,
    );
    const { result } = compile([{ name: "m.yaml", text }], { generation });
    const chain = result!.tables.chains.find(({ name }) => name === "AZURE-NPM-INGRESS-PORT")!;
    const found = chain.rules.flatMap(({ matches, origin }) =>
      matches.flatMap((match) =>
        match.kind === "destination-port" && origin?.kind === "field" ? [[match.first, origin.field] as const] : [],
      ),
    );
    expect(new Map(found)).toEqual(
      new Map([
        [80, "spec.ingress[0]"],
        [443, "spec.ingress[1]"],
      ]),
    );
  },
);

describe("quirks", () => {
  const ids = azureNpm.generations;

  test.each([...ids])("%s names its own, each once, with source, consequence and example", (id) => {
    const selected = selectGeneration(id, false);
    const { quirks } = "blueprint" in selected ? selected.blueprint : { quirks: [] };
    expect(quirks.length).toBeGreaterThan(5);
    expect(new Set(quirks.map(({ name }) => name)).size).toBe(quirks.length);
    for (const quirk of quirks) {
      expect(quirk.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      for (const text of [quirk.source, quirk.consequence, quirk.example]) expect(text.length).toBeGreaterThan(10);
    }
  });
});
