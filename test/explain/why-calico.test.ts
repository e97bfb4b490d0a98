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
  ofVersion,
  readBack,
  readQuestion,
  trace,
  versionsOf,
  why,
  type CompileOptions,
  type CompileResult,
  type IpVersion,
  type WhyAnswer,
} from "../../compiler/index.js";
import { printIpsetSave } from "../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../compiler/netfilter/print-iptables-save.js";
import { versionOfText } from "../../compiler/simulate/ip.js";
import { emptyFolder } from "../cli/anpm.js";
import { applyKubectl } from "./apply-kubectl.js";

const pods = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Namespace
metadata: { name: ops }
---
apiVersion: v1
kind: Pod
metadata: { namespace: shop, name: api, labels: { app: api, tier: back } }
spec: { nodeName: node-0, containers: [{ name: c, image: api }] }
status: { phase: Running, podIP: 10.224.0.4, podIPs: [{ ip: 10.224.0.4 }, { ip: "fd00::4" }] }
---
apiVersion: v1
kind: Pod
metadata: { namespace: shop, name: web, labels: { app: web } }
spec: { nodeName: node-0, containers: [{ name: c, image: web }] }
status: { phase: Running, podIP: 10.224.0.5, podIPs: [{ ip: 10.224.0.5 }, { ip: "fd00::5" }] }
---
apiVersion: v1
kind: Pod
metadata: { namespace: ops, name: probe, labels: { app: probe } }
spec: { nodeName: node-0, containers: [{ name: c, image: web }] }
status: { phase: Running, podIP: 10.224.0.6, podIPs: [{ ip: 10.224.0.6 }, { ip: "fd00::6" }] }
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: block
spec:
  order: 10
  selector: app == 'api'
  ingress:
    - action: Deny
      source:
        nets: [203.0.113.0/24]
    - action: Allow
      protocol: TCP
      destination:
        ports: [443]
    - action: Deny
      source:
        nets: ["2001:db8:1::/48"]
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { namespace: shop, name: api }
spec: { order: 20, selector: app == 'api', ingress: [{ action: Allow, protocol: TCP, source: { selector: app == 'web' }, destination: { ports: [80, 8080] } }] }
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: nothing-out }
spec: { order: 30, selector: app == 'probe', types: [Egress], egress: [{ action: Deny }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: ops, name: probe }
spec: { podSelector: {}, policyTypes: [Egress], egress: [{}] }
`;

/** Who, to whom, port, and what the first edit does. */
const questions = [
  ["203.0.113.7", "shop/api", 443, "block: add a block to spec.ingress[0].source.notNets"],
  ["198.51.100.7", "shop/api", 443, "block: change spec.ingress[1].action to Deny"],
  ["198.51.100.7", "shop/api", 80, "shop/api: add a rule to spec.ingress"],
  ["shop/web", "shop/api", 80, "shop/api: remove spec.ingress[0].destination.ports[0]"],
  ["shop/web", "shop/api", 81, "shop/api: add a port to spec.ingress[0].destination.ports"],
  ["ops/probe", "8.8.8.8", 53, "nothing-out: add a rule before spec.egress[0]"],
  ["ops/probe", "shop/api", 80, "shop/api: add a rule to spec.ingress, nothing-out: add a rule before spec.egress[0]"],
  ["shop/web", "8.8.8.8", 53, "a new policy"],
  ["2001:db8:1::7", "shop/api", 443, "block: change spec.ingress[1].action to Deny"],
  ["2001:db8:1::7", "shop/api", 80, "block: change spec.ingress[2].action to Allow"],
  ["2001:db8::7", "shop/api", 80, "shop/api: add a rule to spec.ingress"],
  ["ops/probe", "2001:db8::7", 53, "nothing-out: add a rule before spec.egress[0]"],
] as const;

describe("the smallest edit of Calico's own policies", { timeout: 60_000 }, () => {
  /** Pods have addresses of both versions. */
  const asked = questions.flatMap(([from, to, port, first]) =>
    ([4, 6] as const)
      .filter((version) => [from, to].every((end) => end.includes("/") || versionOfText(end) === version))
      .map((version) => [from, to, port, version, first] as const),
  );

  test.each(asked)("%s to %s on %i over IPv%i: %s", async (from, to, port, version, first) => {
    const ipv6 = version === 6;
    for (const generation of ["calico", "calico-3.24"]) {
      const options = { engine: "calico", node: "node-0", generation, ipv6 };
      const answer = ask(pods, from, to, port, options);
      expect(answer.edits.length, formatWhy(answer)).toBeGreaterThan(0);
      const steps = answer.edits[0]!.steps.map(({ policy, what }) => `${policy}: ${what}`).join(", ");
      expect(steps).toContain(first);
      for (const { patch, kubectl } of answer.edits) {
        const folder = await emptyFolder();
        await writeFile(join(folder, "manifests.yaml"), pods);
        await execa("git", ["apply", "-"], { cwd: folder, input: patch });
        const after = compiled(readFileSync(join(folder, "manifests.yaml"), "utf8"), options);
        expect(verdictsOf(after, from, to, port, version), patch).toEqual([answer.wanted, answer.wanted]);
        expect(printed(compiled(applyKubectl(pods, kubectl), options)), kubectl).toEqual(printed(after));
      }
    }
  });
});

function compiled(text: string, options: CompileOptions): CompileResult {
  return compile([{ name: "manifests.yaml", text }], options).result!;
}

function printed({ tables }: CompileResult): string {
  const all = versionsOf(tables).map((each) => printIptablesSave(each.tables) + printIpsetSave(each.tables.sets));
  return all.join("");
}

function ask(text: string, from: string, to: string, port: number, options: CompileOptions): WhyAnswer {
  const sources = [{ name: "manifests.yaml", text }];
  const result = compile(sources, options).result!;
  const written = { from, to, port: `${port}`, state: "new", namespace: "default" } as const;
  const version = options.ipv6 ? 6 : 4;
  const { question } = readQuestion(written, readBack(ofVersion(result.tables, version)), result.objects, version);
  return why(sources, options, result, question!);
}

/** By the specification and by the rules. */
function verdictsOf(
  result: CompileResult,
  from: string,
  to: string,
  port: number,
  version: IpVersion,
): readonly string[] {
  const cluster = clusterOf(result.objects, result.specification, version);
  const [source, destination] = [cluster.endpoint(from)!, cluster.endpoint(to)!];
  const packet = { protocol: "tcp", port } as const;
  return [
    judge(cluster, { ...packet, source, destination }).verdict,
    trace(ofVersion(result.tables, version), { ...packet, source: source.address, destination: destination.address })
      .verdict,
  ];
}
