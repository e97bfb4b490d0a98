import { execa } from "execa";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  clusterOf,
  compile,
  formatWhy,
  judge,
  readBack,
  readQuestion,
  trace,
  why,
  type CompileResult,
  type Source,
  type WhyAnswer,
} from "../../compiler/index.js";
import { printIpsetSave } from "../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../compiler/netfilter/print-iptables-save.js";
import { emptyFolder } from "../cli/anpm.js";
import { applyKubectl } from "./apply-kubectl.js";

/** Case, who, to whom, port. Verdicts of both kinds, in block and in flow style, with pods and addresses, one direction and both. */
const questions = [
  ["aks-3-from-development", "production/frontend", "development/backend", "80"],
  ["aks-3-from-development", "development/frontend", "development/backend", "80"],
  ["aks-3-from-development", "203.0.113.7", "development/backend", "80"],
  ["aks-1-deny", "development/frontend", "development/backend", "80"],
  ["aks-3-from-development", "development/backend", "production/frontend", "80"],
  ["both-directions-and-dns", "shop/till", "shop/db", "80"],
  ["both-directions-and-dns", "shop/till", "shop/db", "5432"],
  ["both-directions-and-dns", "8.8.8.8", "shop/till", "8443"],
  ["ipblock-except", "192.0.2.1", "web/site", "443"],
  ["ipblock-except", "192.0.2.9", "web/site", "443"],
  ["ipblock-except", "web/site", "198.51.100.129", "443"],
  ["and-or", "office/anna", "archive/shelf", "80"],
  ["named-ports", "8.8.8.8", "kitchen/stove", "9090"],
] as const;

describe("the smallest edit", () => {
  test.each(questions)("%s: %s to %s on %s", async (name, from, to, port) => {
    const text = readFileSync(`golden/${name}/manifests.yaml`, "utf8");
    for (const generation of ["v2", "v2-2022", "v1", "v1-2020", "v1-2019", "v1-2018"]) {
      const { answer } = ask(text, from, to, port, generation);
      expect(answer.edits.length, `${generation}\n${formatWhy(answer)}`).toBeGreaterThan(0);
      for (const { patch, size, kubectl } of answer.edits) {
        const folder = await emptyFolder();
        await writeFile(join(folder, "manifests.yaml"), text);
        await execa("git", ["apply", "-"], { cwd: folder, input: patch });
        const edited = readFileSync(join(folder, "manifests.yaml"), "utf8");
        const after = compiled(edited, generation);
        expect(verdictsOf(after, from, to, Number(port)), patch).toEqual([answer.wanted, answer.wanted]);
        const patched = compiled(applyKubectl(text, kubectl), generation);
        expect(printed(patched), kubectl).toEqual(printed(after));
        expect(
          patch
            .split("\n")
            .slice(2)
            .filter((line) => /^[+-]/.test(line)),
        ).toHaveLength(size);
      }
    }
  });

  test("of two that do, the one that touches fewer lines comes first; then the one that changes less else", () => {
    const { answer } = ask(read("aks-3-from-development"), "203.0.113.7", "development/backend", "80", "v2");
    const [smallest, narrowest] = answer.edits;
    expect(smallest).toMatchObject({ size: 2, steps: [{ what: "add a peer to spec.ingress[0].from" }] });
    expect(smallest!.others.map(({ what }) => what)).toEqual(["opened"]);
    expect(narrowest).toMatchObject({ size: 6, others: [] });
  });

  test("where both directions are closed, both are opened, one after the other", () => {
    const { answer } = ask(twoClosed, "shut/a", "shut/b", "80", "v2");
    const [smallest, narrowest] = answer.edits;
    expect(smallest!.steps.map(({ what }) => what)).toEqual([
      "add app NotIn b to spec.podSelector.matchExpressions",
      "add a to spec.podSelector.matchExpressions[0].values",
    ]);
    expect(smallest!.others.map(({ what }) => what)).toContain("opened");
    expect(narrowest!.others).toEqual([]);
    expect(narrowest!.steps.map(({ what }) => what).toSorted()).toEqual([
      "add a rule to spec.egress",
      "add a rule to spec.ingress",
    ]);
  });

  test("JSON stays JSON", () => {
    const spec = { podSelector: {}, ingress: [{ ports: [{ port: 443 }] }] };
    const objects = [
      {
        kind: "Pod",
        apiVersion: "v1",
        metadata: { namespace: "shut", name: "a" },
        spec: { containers: [{ name: "c", image: "i" }] },
      },
      { kind: "NetworkPolicy", apiVersion: "networking.k8s.io/v1", metadata: { namespace: "shut", name: "p" }, spec },
    ];
    const text = JSON.stringify({ kind: "List", apiVersion: "v1", items: objects });
    const { answer } = ask(text, "8.8.8.8", "shut/a", "80", "v2");
    const added = answer.edits[0]!.patch.split("\n").find((line) => line.startsWith("+{"))!;
    expect(JSON.parse(added.slice(1))).toMatchObject({
      items: [
        {},
        {
          spec: {
            ingress: [
              { from: [{ ipBlock: { cidr: "8.8.8.8/32" } }], ports: [{ protocol: "TCP", port: 80 }] },
              { ports: [{ port: 443 }] },
            ],
          },
        },
      ],
    });
  });

  test("a new policy where there is none to edit, and what else that closes is said", () => {
    const { answer } = ask(read("aks-3-from-development"), "development/backend", "production/frontend", "80", "v2");
    expect(answer.edits[0]!.steps[0]!.what).toBe("a new policy production/deny-ingress-frontend");
    expect(formatWhy(answer)).toMatch(/also closed: .* → production\/frontend: everything/);
  });
});

function read(name: string): string {
  return readFileSync(`golden/${name}/manifests.yaml`, "utf8");
}

function compiled(text: string, generation: string): CompileResult {
  return compile([source(text)], { generation }).result!;
}

function printed({ tables }: CompileResult): string {
  return printIptablesSave(tables) + printIpsetSave(tables.sets);
}

function source(text: string): Source {
  return { name: "manifests.yaml", text };
}

function ask(text: string, from: string, to: string, port: string, generation: string): { readonly answer: WhyAnswer } {
  const sources = [source(text)];
  const result = compile(sources, { generation }).result!;
  const written = { from, to, port, state: "new", namespace: "default" } as const;
  const { question } = readQuestion(written, readBack(result.tables), result.objects);
  return { answer: why(sources, { generation }, result, question!) };
}

/** By the specification and by the rules. */
function verdictsOf({ objects, tables }: CompileResult, from: string, to: string, port: number): readonly string[] {
  const cluster = clusterOf(objects);
  const [source, destination] = [cluster.endpoint(from)!, cluster.endpoint(to)!];
  const packet = { protocol: "tcp", port } as const;
  return [
    judge(cluster, { ...packet, source, destination }).verdict,
    trace(tables, { ...packet, source: source.address, destination: destination.address }).verdict,
  ];
}

const twoClosed = `${["a", "b"]
  .map(
    (name, index) => `kind: Pod
apiVersion: v1
metadata: { namespace: shut, name: ${name}, labels: { app: ${name} } }
spec: { containers: [{ name: c, image: i }] }
status: { phase: Running, podIP: 10.1.0.${index + 1} }
---
`,
  )
  .join("")}kind: NetworkPolicy
apiVersion: networking.k8s.io/v1
metadata: { namespace: shut, name: closed }
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
`;
