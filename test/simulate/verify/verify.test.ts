import { describe, expect, test } from "vitest";
import { compile, type CompileOptions, type CompileResult } from "../../../compiler/compile.js";
import { parseIptablesSave } from "../../../compiler/netfilter/parse-iptables-save.js";
import { formatVerification } from "../../../compiler/simulate/verify/format-verification.js";
import { verificationJson } from "../../../compiler/simulate/verify/verification-json.js";
import { verify } from "../../../compiler/simulate/verify/verify.js";

function compiled(text: string, options: CompileOptions = {}): CompileResult {
  const { result, diagnostics } = compile([{ name: "cluster.yaml", text }], options);
  if (!result) throw new Error(diagnostics[0]?.message);
  return result;
}

/** Codes of the findings, with where each is. */
function found(text: string, options: CompileOptions = {}): readonly string[] {
  return verify(compiled(text, options)).findings.map(({ code, place }) => `${code} ${place?.field}`);
}

const pods = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: a } }
---
apiVersion: v1
kind: Namespace
metadata: { name: bank, labels: { team: b } }
---
apiVersion: v1
kind: Pod
metadata: { name: api, namespace: shop, labels: { app: api } }
spec: { containers: [{ name: c, image: i }] }
status: { phase: Running, podIP: 10.240.0.1 }
---
apiVersion: v1
kind: Pod
metadata: { name: desk, namespace: bank }
spec: { containers: [{ name: c, image: i }] }
status: { phase: Running, podIP: 10.240.0.2 }
---
`;

function policy(spec: string, name = "p"): string {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: ${name}, namespace: shop }\nspec: ${spec}\n---\n`;
}

describe("verify", () => {
  test("agrees where NPM does what the specification says", () => {
    const text =
      pods + policy("{ podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: b } } }] }] }");
    const verification = verify(compiled(text));
    expect(verification).toEqual({ agrees: true, findings: [], accepted: [] });
    expect(formatVerification(verification, "the rules")).toBe(
      "the rules do what the specification says, for every packet\n",
    );
  });

  test("names each place of a deviation once", () => {
    const wide = "{ from: [{ namespaceSelector: { matchExpressions: [{ key: team, operator: DoesNotExist }] } }] }";
    const text =
      pods +
      policy(`{ podSelector: {}, ingress: [${wide}] }`, "p") +
      policy(`{ podSelector: {}, ingress: [${wide}] }`, "q");
    const { findings } = verify(compiled(text));
    expect(findings.map(({ code, policy: name }) => `${code} ${name}`)).toEqual([
      "npm-negation-means-everyone shop/p",
      "npm-negation-means-everyone shop/q",
    ]);
  });

  test("does not blame a deviation that has no effect", () => {
    const notIn = "{ namespaceSelector: { matchExpressions: [{ key: team, operator: NotIn, values: [c, d] }] } }";
    expect(
      found(pods + policy(`{ podSelector: {}, ingress: [{ from: [${notIn}, { ipBlock: { cidr: 0.0.0.0/0 } }] }] }`)),
    ).toEqual([]);
    const both =
      "{ namespaceSelector: { matchExpressions: [{ key: team, operator: NotIn, values: [b, c] }] }, podSelector: { matchLabels: { app: api } } }";
    expect(found(pods + policy(`{ podSelector: {}, ingress: [{ from: [${both}] }] }`))).toEqual([]);
  });

  test("says that replies come back, also where the rules judge every packet", () => {
    const closed = pods + policy("{ podSelector: {}, policyTypes: [Ingress] }");
    expect(found(closed, { generation: "v1-ctstate" })).toEqual([]);
    expect(found(closed, { generation: "v1" })).toEqual(["npm-replies-judged-anew spec.podSelector"]);
  });

  test("puts deviations that only show together under each of them", () => {
    const peer = "{ namespaceSelector: { matchExpressions: [{ key: team, operator: NotIn, values: [b, c] }] } }";
    const text =
      pods + policy(`{ podSelector: {}, ingress: [{ from: [${peer}], ports: [{ port: 80, endPort: 90 }] }] }`);
    const { findings } = verify(compiled(text, { generation: "v1-ctstate" }));
    expect(findings.map(({ code, together }) => [code, ...together])).toEqual(
      [["npm-not-in-is-or"], ["npm-negation-means-everyone"], ["npm-ignores-end-port"]].filter(([code]) =>
        findings.some((finding) => finding.code === code),
      ),
    );
  });

  test("leaves out what is accepted, and says so", () => {
    const text =
      pods +
      policy(
        "{ podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchExpressions: [{ key: team, operator: DoesNotExist }] } }] }] }",
      );
    const verification = verify(compiled(text), { accepted: ["npm-negation-means-everyone", "npm-shared-address"] });
    expect(verification).toEqual({ agrees: true, findings: [], accepted: ["npm-negation-means-everyone"] });
    expect(formatVerification(verification, "the rules")).toContain(
      ", not counting what is accepted: npm-negation-means-everyone",
    );
  });

  test("has the smallest packet, the place, the rule and the advice for programs", () => {
    const text =
      pods +
      policy(
        "{ podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchExpressions: [{ key: team, operator: DoesNotExist }] } }] }] }",
      );
    expect(verificationJson(verify(compiled(text)))).toMatchObject({
      agrees: false,
      accepted: [],
      findings: [
        {
          code: "npm-negation-means-everyone",
          packet: {
            source: "203.0.113.1",
            destination: "shop/api",
            destinationAddress: "10.240.0.1",
            protocol: "tcp",
            port: 80,
            state: "new",
          },
          expected: "deny",
          actual: "allow",
          policy: "shop/p",
          field: "spec.ingress[0].from[0]",
          at: "cluster.yaml:25:45",
          rule: { chain: "AZURE-NPM-ACCEPT", number: 1, text: "-j ACCEPT" },
          generations: ["v2", "v2-fnv", "v2-2022", "v1-ctstate", "v1", "v1-2020", "v1-2019b"],
        },
      ],
    });
  });

  test("calls unexplained what nothing known explains: rules that were tampered with", () => {
    const result = compiled(pods + policy("{ podSelector: {}, policyTypes: [Ingress] }"));
    const chains = result.tables.chains.map((chain) =>
      chain.name === "AZURE-NPM-INGRESS" ? { ...chain, rules: [] } : chain,
    );
    const { findings } = verify({ ...result, tables: { ...result.tables, chains } });
    expect(findings.map(({ code, policy: name }) => `${code} ${name}`)).toEqual(["unexplained shop/p"]);
  });
});

describe("rules of the node itself", () => {
  const dumped = (text: string): NonNullable<CompileOptions["existing"]> => {
    const { chains, others } = parseIptablesSave(text, ["raw", "mangle", "filter"]);
    return { chains, others, sets: [] };
  };
  const drop = "-s 192.0.2.0/24 -j DROP\nCOMMIT\n";

  test("that refuse replies are named as what decides", () => {
    const existing = dumped(`*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD ${drop}`);
    const { findings } = verify(compiled(pods, { existing }));
    expect(findings.map(({ code, packet }) => [code, packet.state])).toEqual([["npm-not-asked", "new"]]);
  });

  test("count in Calico's other tables, too", () => {
    const existing = dumped(`*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING ${drop}`);
    const { findings } = verify(
      compiled(pods.replaceAll("containers:", "nodeName: node-0, containers:"), { existing, engine: "calico" }),
    );
    expect(findings.map(({ code, rule }) => [code, rule?.chain])).toEqual([["calico-not-asked", "raw PREROUTING"]]);
  });
});

describe("untracked policies of Calico ask replies, too", () => {
  const silent = (rules: string): string => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: { name: edge }
spec: { node: node-0, expectedIPs: [10.240.9.1] }
---
apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata: { name: everybody, namespace: shop, labels: { app: web } }
spec: { nets: [0.0.0.0/0] }
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: silent }
spec: { selector: all(), doNotTrack: true, applyOnForward: true, types: [Egress], egress: [${rules}] }
`;
  const foundOf = (rules: string): readonly unknown[] => {
    const options = { engine: "calico", node: "node-0", hostInterfaces: ["eth0=10.240.9.1/16"] };
    const { findings } = verify(compiled(silent(rules), options), { alsoReadings: true });
    return findings.map(({ code, together, policy: name, packet, expected, actual }) =>
      [code, ...together, name, packet.state, expected, actual].join(" "),
    );
  };
  const odd = `source: { namespaceSelector: "!has(team)", notSelector: app == 'web' }`;

  test("and may refuse them by several deviations together", () => {
    expect(foundOf(`{ action: Deny, protocol: TCP, ${odd} }`)).toEqual([
      "calico-negation-reaches-global calico-selectors-of-one silent reply allow deny",
      "calico-selectors-of-one calico-negation-reaches-global silent reply allow deny",
    ]);
  });

  test("and may let them pass where the documentation refuses them", () => {
    expect(foundOf(`{ action: Pass, protocol: TCP, ${odd} }, { action: Deny, protocol: TCP }`)).toEqual([
      "calico-negation-reaches-global calico-selectors-of-one silent reply deny allow",
      "calico-selectors-of-one calico-negation-reaches-global silent reply deny allow",
    ]);
  });
});
