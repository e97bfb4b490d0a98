import { Ajv2020 } from "ajv/dist/2020.js";
import { execa } from "execa";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { applyKubectl } from "../explain/apply-kubectl.js";
import { anpm, emptyFolder } from "./anpm.js";

const aks3 = "golden/aks-3-from-development/manifests.yaml";
const chain = "AZURE-NPM-INGRESS-oli7k178qh";

describe("anpm explain", () => {
  test("says of every policy what it means and what becomes of it", async () => {
    const { stdout, exitCode } = await anpm(["explain", "-f", "manifests.yaml"], {
      cwd: "golden/aks-3-from-development",
    });
    expect(stdout).toBe(readFileSync("golden/aks-3-from-development/v2.explain", "utf8"));
    expect(exitCode).toBe(0);
  });

  test("finds a rule by its place and by its text, also with counters and without the comment", async () => {
    const explain = (...words: readonly string[]) => anpm(["explain", "-f", aks3, "rule", ...words]);
    const byPlace = await explain(chain, "1");
    expect(byPlace.stdout).toContain(`spec.ingress[0].from[0]  (${aks3}:82:11)`);
    const text = readFileSync("golden/aks-3-from-development/v2.iptables-save", "utf8");
    const line = text.split("\n").find((each) => each.startsWith(`-A ${chain} `))!;
    for (const written of [
      line,
      `[12:720] ${line}`,
      line.replace(" -j ", " -c 12 720 -j "),
      line.replace(/ -m comment --comment "[^"]*"/, ""),
    ]) {
      expect((await explain(written)).stdout, written).toBe(byPlace.stdout);
    }
  });

  test("finds a set by either name, and says who is in it and why", async () => {
    const set = async (name: string) => (await anpm(["explain", "-f", aks3, "set", name])).stdout;
    const found = await set("podlabel-role:frontend");
    expect(found).toContain("10.240.1.20 (production/frontend): it has the label role=frontend");
    expect(found).toContain(`rule ${chain} 1: `);
    expect(await set("azure-npm-5vvdqemc2tyl0e8v5se6")).toBe(found);
  });

  test("a place names the innermost part of a policy, or the sets of a pod", async () => {
    const at = async (line: number) => (await anpm(["explain", "at", `${aks3}:${line}`])).stdout;
    expect(await at(86)).toMatch(/^spec\.ingress\[0\]\.from\[0\] [^]*rule AZURE-NPM-INGRESS-oli7k178qh 1: /);
    expect(await at(72)).toMatch(/^policy development\/backend-policy /);
    expect(await at(79)).toMatch(/^spec\.podSelector /);
    expect(await at(42)).toMatch(/^set podlabel-role = [^]*set podlabel-role:frontend = /);
  });

  test("a place of a file that -f names too, or in a folder of it, is read once", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "all.yaml"), readFileSync(aks3));
    for (const path of [folder, join(folder, "all.yaml")]) {
      const ran = await anpm(["explain", "at", `${join(folder, "all.yaml")}:86`, "-f", path]);
      expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^spec\.ingress\[0\]\.from\[0\]/) });
    }
  });

  test("a quirk says what the specification wants instead", async () => {
    const { stdout } = await anpm(["explain", "-f", "golden/and-or/manifests.yaml", "--npm", "v1-2019"]);
    expect(stdout).toContain(
      "not as specified: A policy restricts ingress and egress, whatever its policyTypes. NPM drops what no rule accepts",
    );
    expect(stdout).toContain("the specification wants it allowed, the rules deny it");
  });

  test("NotIn of a namespaceSelector is said as the specification means it", async () => {
    const { stdout } = await anpm(["explain", "-f", "golden/namespace-not-in/manifests.yaml"]);
    expect(stdout).toContain("From all pods in namespaces labelled neither zone=yellow nor zone=red");
  });

  test("Calico's policies, rules, sets, marks and places are explained in the words of its documentation", async () => {
    const tiers = "golden/calico-tiers/manifests.yaml";
    const explain = async (...words: readonly string[]) =>
      (await anpm(["explain", ...words, "-f", tiers, "--engine", "calico", "--node", "node-0"])).stdout;
    const policy = await explain("policy", "security.block");
    expect(policy).toContain("It stands in tier security, without an order, so it comes behind those that have one.");
    expect(policy).toContain("decides about is passed on to the next tier.");
    expect(policy).toContain("Denies traffic from addresses in 203.0.113.0/24, on any port.");
    expect(await explain("policy", "GlobalNetworkPolicy security.block")).toBe(policy);
    const rule = await explain("rule", "cali-pi-np/shop/platform", "1");
    expect(rule).toContain("Mark 0x20000 means: a policy has passed the packet on: the next tier decides");
    expect(rule).toContain(`spec.ingress[0]  (${tiers}:40:59)`);
    const profile = await explain("rule", "cali-pro-kns.shop");
    expect(profile).toContain("set mark 0x10000 and go on. Mark 0x10000 means: a policy or a profile has allowed");
    const dumped = readFileSync("golden/calico-tiers/calico.iptables-save", "utf8");
    const line = dumped.split("\n").find((each) => /^-A cali-tw-\S+ .*ESTABLISHED/.test(each))!;
    expect(await explain("rule", line)).toContain("Packets of a connection that was allowed pass");
    expect(await explain("rule", "raw", "cali-PREROUTING", "1")).toContain("rule raw cali-PREROUTING 1: ");
    const set = await explain("set", "cali40s:lJBhNRljR9R5cj5JnoqyWyA");
    expect(set).toContain("Stands for pods and network sets labelled app=web in namespace shop.");
    expect(set).toMatch(/10\.224\.0\.5 \(shop\/web\): .*manifests\.yaml:\d+:\d+\)/);
    expect(await explain("set", "this-host")).toContain("10.224.0.62: the addresses of the node");
    expect(await explain("at", `${tiers}:35`)).toMatch(/^spec\.ingress\[0\] [^]*rule cali-pi-gnp\/security\.block 1: /);
    const sets = "golden/calico-network-sets/manifests.yaml";
    const at = await anpm(["explain", "at", `${sets}:25`, "--engine", "calico", "--node", "node-0"]);
    expect(at.stdout).toContain(`203.0.113.7 (partners): it is one of them  (partners, ${sets}:22:1)`);
  });

  test("JSON is as its schema says, Markdown escapes what it quotes", async () => {
    const schema = JSON.parse(readFileSync("dist/explain.schema.json", "utf8")) as object;
    const validate = new Ajv2020({ strict: true }).compile(schema);
    const calico = ["explain", "-f", "golden/calico-tiers/manifests.yaml", "--engine", "calico", "--node", "node-0"];
    expect(validate(JSON.parse((await anpm([...calico, "-o", "json"])).stdout)), JSON.stringify(validate.errors)).toBe(
      true,
    );
    for (const npm of ["v2", "v1", "v1-2018"]) {
      const { stdout } = await anpm(["explain", "-f", "golden/and-or/manifests.yaml", "--npm", npm, "-o", "json"]);
      expect(validate(JSON.parse(stdout)), JSON.stringify(validate.errors)).toBe(true);
    }
    const { stdout } = await anpm(["explain", "-f", aks3, "-o", "markdown"]);
    expect(stdout).toContain("## policy development/backend-policy\n");
    expect(stdout).toContain("- **spec.ingress\\[0\\].from\\[0\\]**: From pods");
  });

  test("why: the patch turns the verdict, JSON is as its schema says", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "cluster.yaml"), readFileSync(aks3));
    const ends = ["--from", "production/frontend", "--to", "development/backend", "--port", "80"];
    const trace = async () => (await anpm(["trace", "-f", "cluster.yaml", ...ends], { cwd: folder })).stdout;
    expect(await trace()).toContain("verdict: deny\n");
    const explain = ["explain", "why", "-f", "cluster.yaml", ...ends];
    const { stdout } = await anpm([...explain, "-o", "json"], { cwd: folder });
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
      JSON.parse(readFileSync("dist/why.schema.json", "utf8")) as object,
    );
    expect(validate(JSON.parse(stdout)), JSON.stringify(validate.errors)).toBe(true);
    const patch = (await anpm([...explain, "-o", "patch"], { cwd: folder })).stdout;
    await execa("git", ["apply", "-"], { cwd: folder, input: patch });
    expect(await trace()).toContain("verdict: allow\n");
    expect((await anpm(explain, { cwd: folder })).stdout).toMatch(/^smallest edit that would deny it \(5 lines\):$/m);
  });

  test("why: Calico's verdicts have reasons and an edit that turns them, too", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "cluster.yaml"), readFileSync("golden/calico-aks-3-from-development/manifests.yaml"));
    const common = ["-f", "cluster.yaml", "--engine", "calico", "--node", "node-0"];
    const ends = ["--from", "production/frontend", "--to", "development/backend", "--port", "80"];
    const run = (...words: readonly string[]) => anpm([...words, ...common, ...ends], { cwd: folder });
    const { stdout } = await run("explain", "why");
    expect(stdout).toContain("policy development/backend-policy selects the pod and has no rule that allows it");
    expect(stdout).toContain("rule that decides: cali-tw-");
    expect(stdout).toContain("also closed: development/frontend → development/backend");
    await execa("git", ["apply", "-"], { cwd: folder, input: (await run("explain", "why", "-o", "patch")).stdout });
    expect((await run("trace")).stdout).toContain("verdict: allow\n");
  });

  test("why: a patch of files in folders, whatever their names, is what git apply takes", async () => {
    const folder = await emptyFolder();
    const name = 'my policies/back end "3".yaml';
    await mkdir(join(folder, "my policies"));
    await writeFile(join(folder, name), readFileSync(aks3));
    const ends = ["--from", "production/frontend", "--to", "development/backend", "--port", "80"];
    const explain = ["explain", "why", "-f", "./my policies", ...ends, "-o", "patch"];
    const { stdout } = await anpm(explain, { cwd: folder });
    await execa("git", ["apply", "-"], { cwd: folder, input: stdout });
    expect((await anpm(["trace", "-f", name, ...ends], { cwd: folder })).stdout).toContain("verdict: allow\n");
  });

  test("why: for manifests from standard input the patch is commands of kubectl", async () => {
    const folder = await emptyFolder();
    const input = readFileSync(aks3, "utf8");
    const why = async (from: string, to: string): Promise<string> => {
      const ends = ["--from", from, "--to", to, "--port", "80"];
      return (await anpm(["explain", "why", "-f", "-", "-o", "patch", ...ends], { input })).stdout;
    };
    const patch = await why("production/frontend", "development/backend");
    expect(patch).toMatch(
      /^kubectl patch networkpolicy backend-policy --namespace development --type merge --patch-file \/dev\/stdin <<'EOF'\n/,
    );
    const kubectl = join(folder, "kubectl");
    await writeFile(kubectl, '#!/bin/sh\necho "$*" >>said\ncat >>said\n', { mode: 0o755 });
    await execa("sh", [], { cwd: folder, input: patch, env: { PATH: `${folder}:${process.env["PATH"]}` } });
    expect(readFileSync(join(folder, "said"), "utf8")).toBe(
      patch
        .replace(/^kubectl /gm, "")
        .replace(/ <<'EOF'$/m, "")
        .replace(/^EOF\n/gm, ""),
    );
    const patched = applyKubectl(input, patch);
    const trace = ["trace", "-f", "-", "--from", "production/frontend", "--to", "development/backend", "--port", "80"];
    expect((await anpm(trace, { input: patched })).stdout).toContain("verdict: allow\n");
    expect(await why("development/backend", "production/frontend")).toMatch(
      /^kubectl apply -f - <<'EOF'\napiVersion: networking.k8s.io\/v1\nkind: NetworkPolicy\n/,
    );
  });

  test("with --ipv6 policies, rules, sets and packets are those of IPv6", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "m.yaml"), readFileSync("golden/diff/calico-ipv6/before/manifests.yaml"));
    const cluster = ["-f", "m.yaml", "--engine", "calico", "--node", "node-0", "--ipv6"];
    const explain = async (...words: string[]) =>
      (await anpm(["explain", ...words, ...cluster], { cwd: folder })).stdout;
    expect(await explain("policy", "shop/api")).toContain("at the moment that is shop/api (fd00::4)");
    expect(await explain("rule", "cali-pi-knp/shop/api", "3")).toContain("If the source is in 2001:db8:1::/48");
    expect(await explain("set", "cali60s:8KuBXZF_119AEISz3LhUQWH")).toContain("fd00::6 (shop/cart)");

    const ends = ["--from", "2001:db8:2::7", "--to", "shop/api", "--port", "443"];
    const denied = await explain("why", ...ends);
    expect(denied).toMatch(/^2001:db8:2::7 → shop\/api, port 443\/tcp: denied\n/);
    expect(denied).toContain('+    - from: [{ ipBlock: { cidr: "2001:db8:2::7/128" } }');
    expect(denied).toContain("nothing else opens or closes");
    await execa("git", ["apply", "-"], { cwd: folder, input: await explain("why", ...ends, "-o", "patch") });
    expect((await anpm(["trace", ...cluster, ...ends], { cwd: folder })).stdout).toContain("verdict: allow\n");
  });

  test.each([
    [["why", "-f", aks3], "missing-option"],
    [
      ["why", "-f", aks3, "--from", "8.8.8.8", "--to", "development/backend", "--port", "80", "more"],
      "unexpected-argument",
    ],
    [["policy", "x", "-f", aks3, "--port", "80"], "conflicting-options"],
    [["-f", aks3, "--sets", "x"], "unknown-option"],
    [["-f", aks3, "-o", "patch"], "conflicting-options"],
  ])("%j is %s", async (words, code) => {
    const { stdout, stderr, exitCode } = await anpm(["explain", ...words]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).toContain(`error ${code}: `);
  });
});
