import { Ajv2020 } from "ajv/dist/2020.js";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { anpm, emptyFolder } from "./anpm.js";

const aks2 = "golden/aks-2-from-frontend/manifests.yaml";
const aks3 = "golden/aks-3-from-development/manifests.yaml";
const toBackend = ["--to", "development/backend", "--port", "80"];

describe("anpm trace", () => {
  test("shows each rule that a packet meets, what decided, the policy and its place, and the verdict", async () => {
    const { stdout, exitCode } = await anpm(["trace", "-f", aks2, "--from", "203.0.113.7", ...toBackend]);
    expect(stdout).toMatchInlineSnapshot(`
      "203.0.113.7 → development/backend (10.240.0.10), port 80/tcp, a new connection

      FORWARD 1                             yes  state is NEW: jump to AZURE-NPM
        AZURE-NPM 1                         yes  jump to AZURE-NPM-INGRESS
          AZURE-NPM-INGRESS 1               yes  destination is in podlabel-app:webapp and podlabel-role:backend and ns-development: jump to AZURE-NPM-INGRESS-oli7k178qh
            AZURE-NPM-INGRESS-oli7k178qh 1  no   source is not in nslabel-all-namespaces
            AZURE-NPM-INGRESS-oli7k178qh 2  yes  set mark 0x400/0x400
          AZURE-NPM-INGRESS 2               yes  mark has 0x400: drop

      decided by AZURE-NPM-INGRESS 2: drop, "DROP-ON-INGRESS-DROP-MARK-0x400/0x400"
      because of development/backend-policy, spec.podSelector (golden/aks-2-from-frontend/manifests.yaml:77:5): AZURE-NPM-INGRESS-oli7k178qh 2
      verdict: deny
      "
    `);
    expect(exitCode).toBe(0);
  });

  test("-n is the namespace of bare names, and what lies in others stays there", async () => {
    const from = (name: string) => ["--from", name, "--to", "backend", "--port", "80"];
    const run = (name: string) => anpm(["trace", "-f", aks3, "-n", "development", ...from(name)]);
    expect((await run("frontend")).stdout).toMatch(/^development\/frontend [^]*\nverdict: allow\n$/);
    expect((await run("production/frontend")).stdout).toMatch(/^production\/frontend [^]*\nverdict: deny\n$/);
  });

  test("a port's name with the protocol of another port is answered with the right one", async () => {
    const file = "golden/named-ports/manifests.yaml";
    const { stderr, exitCode } = await anpm([
      "trace",
      "-f",
      file,
      "--from",
      "8.8.8.8",
      "--to",
      "kitchen/stove",
      "--port",
      "heat/udp",
    ]);
    expect(stderr).toContain('has no port that is called "heat/udp"\n  fix: did you mean heat/tcp?');
    expect(exitCode).toBe(2);
  });

  test("an allowed packet names the peer that lets it in", async () => {
    const { stdout } = await anpm(["trace", "-f", aks2, "--from", "production/frontend", ...toBackend]);
    expect(stdout).toMatch(/because of development\/backend-policy, spec\.ingress\[0\]\.from\[0\] \(.*:82:11\).*\n/);
    expect(stdout).toMatch(/\nverdict: allow\n$/);
  });

  test.each(["v2", "v2-fnv", "v2-2022", "v1", "v1-2020", "v1-2019b", "v1-2019"])(
    "with --npm %s the article's last step lets in development and nobody else",
    async (npm) => {
      const run = (from: string) => anpm(["trace", "-f", aks3, "--npm", npm, "--from", from, ...toBackend]);
      const [near, far] = await Promise.all([run("development/frontend"), run("production/frontend")]);
      expect(near.stdout).toMatch(/because of development\/backend-policy, spec\.ingress\[0\][^]*\nverdict: allow\n$/);
      expect(far.stdout).toMatch(/because of development\/backend-policy, [^]*\nverdict: deny\n$/);
    },
  );

  test("v1-2018 lets in production too: it reads two selectors of a peer as one or the other", async () => {
    const args = ["trace", "-f", aks3, "--npm", "v1-2018", "--from", "production/frontend", ...toBackend];
    const { stdout } = await anpm(args);
    expect(stdout).toContain("AZURE-NPM-INGRESS-FROM 1  no   source is not in ns-purpose:development");
    expect(stdout).toMatch(/AZURE-NPM-INGRESS-FROM 2 +yes[^]*\nverdict: allow\n$/);
  });

  test("an established connection meets no policy", async () => {
    const args = ["trace", "-f", aks2, "--from", "203.0.113.7", ...toBackend, "--state", "established"];
    const { stdout } = await anpm(args);
    expect(stdout).toContain("FORWARD 1       no   state is not NEW");
    expect(stdout).toMatch(/decided by FORWARD policy: accept\nverdict: allow\n$/);
  });

  test.each([
    { expected: "deny", code: 0 },
    { expected: "allow", code: 1 },
  ])("--expect $expected of a denied packet: exit $code, the answer is printed", async ({ expected, code }) => {
    const args = ["trace", "-f", aks2, "--from", "203.0.113.7", ...toBackend, "--expect", expected];
    const { stdout, exitCode } = await anpm(args);
    expect(stdout).toMatch(/verdict: deny\n$/);
    expect(exitCode).toBe(code);
  });

  test("without --port it answers for all traffic, by what is allowed and what is not", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "a.yaml"), onlyHttp);
    const { stdout } = await anpm(["trace", "-f", "a.yaml", "--from", "203.0.113.7", "--to", "shop/api"], {
      cwd: folder,
    });
    expect(stdout).toMatchInlineSnapshot(`
      "203.0.113.7 → shop/api (10.240.0.10), any port, a new connection

      tcp 80: allow
        decided by AZURE-NPM-ACCEPT 1: accept
        because of shop/only-http, spec.ingress[0] (a.yaml:20:7): AZURE-NPM-INGRESS-izxb6c6klz 1

      tcp 0-79, 81-65535; udp all ports; sctp all ports; other protocols: deny
        decided by AZURE-NPM-INGRESS 2: drop, "DROP-ON-INGRESS-DROP-MARK-0x400/0x400"
        because of shop/only-http, spec.podSelector (a.yaml:18:5): AZURE-NPM-INGRESS-izxb6c6klz 2

      verdict: depends
      "
    `);
  });

  test.each([
    ["http", "port 80/tcp (http)"],
    ["http/tcp", "port 80/tcp (http)"],
    ["53/udp", "port 53/udp"],
    ["80/TCP", "port 80/tcp"],
    ["any/udp", "any udp port"],
  ])("--port %s is %s", async (port, words) => {
    const args = ["trace", "-f", "-", "--from", "203.0.113.7", "--to", "api", "-n", "shop", "--port", port];
    const { stdout } = await anpm(args, { input: onlyHttp });
    expect(stdout.split("\n", 1)[0]).toContain(words);
  });

  test("the address of a pod is the pod", async () => {
    const { stdout } = await anpm(["trace", "-f", aks2, "--from", "10.240.1.20", ...toBackend]);
    expect(stdout).toMatch(/^production\/frontend \(10\.240\.1\.20\) → /);
  });

  test("--diagnostics json leaves standard error to the diagnostics", async () => {
    const args = ["trace", "-f", aks2, "--from", "dvelopment/frontend", ...toBackend, "--diagnostics", "json"];
    const { stdout, stderr } = await anpm(args);
    expect(stdout).toBe("");
    expect(JSON.parse(stderr).diagnostics).toMatchObject([
      { code: "endpoint-unknown", fix: "did you mean development/frontend?" },
    ]);
  });
});

describe("a node's own dump", () => {
  test.each([
    ["--rules", "s", "this is what ipset save prints, not iptables-save"],
    ["--sets", "r", "this is what iptables-save prints, not ipset save"],
    ["--rules", "S", "this is what iptables -S prints, not iptables-save"],
    ["--rules", "L", "this is what iptables -L prints, not iptables-save"],
    ["--rules", "nft", "this is what nft list ruleset prints, not iptables-save"],
    ["--sets", "list", "this is what ipset list prints, not ipset save"],
  ])("another tool's output behind %s is one mistake, not one a line", async (option, file, said) => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "r"), "# Generated by iptables-save\n*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n");
    await writeFile(join(folder, "s"), "create x hash:ip family inet\nadd x 10.0.0.1\nadd x 10.0.0.2\n");
    await writeFile(join(folder, "S"), "-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-A FORWARD -j ACCEPT\n");
    await writeFile(
      join(folder, "L"),
      "Chain FORWARD (policy ACCEPT)\ntarget     prot opt source               destination\n",
    );
    await writeFile(join(folder, "nft"), "table ip filter {\n\tchain FORWARD {\n\t}\n}\n");
    await writeFile(join(folder, "list"), "Name: x\nType: hash:net\nRevision: 7\nMembers:\n10.0.0.1\n");
    const files = { "--rules": "r", "--sets": "s", [option]: file };
    const args = Object.entries(files).flatMap(([name, value]) => [name, join(folder, value)]);
    const { stderr, exitCode } = await anpm(["trace", ...args, "--from", "10.0.0.1", "--to", "10.0.0.2"]);
    expect(stderr).toMatch(new RegExp(`^\\S+:1:1: error unreadable-dump: ${said}\n  fix: [^\n]+\n$`));
    expect(exitCode).toBe(2);
  });

  test("a table whose chains lead in a circle has no verdict, and the reason is said", async () => {
    const rules = join(await emptyFolder(), "rules");
    await writeFile(rules, "*filter\n:FORWARD ACCEPT [0:0]\n:A - [0:0]\n-A FORWARD -j A\n-A A -j A\nCOMMIT\n");
    const { stdout } = await anpm(["trace", "--rules", rules, "--from", "10.0.0.1", "--to", "10.0.0.2"]);
    expect(stdout).toContain("the chains lead in a circle, which no kernel takes");
    expect(stdout).toMatch(/verdict: depends\n$/);
  });

  const dump = ["--rules", "golden/aks-2-from-frontend/v2.iptables-save"];
  const sets = ["--sets", "golden/aks-2-from-frontend/v2.ipset-save"];

  test("is traced without manifests, by addresses", async () => {
    const args = ["trace", ...dump, ...sets, "--from", "203.0.113.7", "--to", "10.240.0.10", "--port", "80"];
    const { stdout, stderr, exitCode } = await anpm(args);
    expect(stdout).toMatch(/azure-npm-[0-9a-z]{20}[^]*\nverdict: deny\n$/);
    expect(stdout).not.toContain("because of");
    expect([stderr, exitCode]).toEqual(["", 0]);
  });

  test("beside manifests it gets names, policies and places", async () => {
    const args = ["trace", "-f", aks2, ...dump, ...sets, "--from", "production/frontend", ...toBackend];
    const { stdout } = await anpm(args);
    expect(stdout).toContain("source is in nslabel-all-namespaces and podlabel-app:webapp and podlabel-role:frontend");
    expect(stdout).toMatch(
      /because of development\/backend-policy, spec\.ingress\[0\]\.from\[0\][^]*verdict: allow\n$/,
    );
  });

  test("without its sets the verdict depends, and the rules that are not known are named", async () => {
    const args = ["trace", ...dump, "--from", "203.0.113.7", "--to", "10.240.0.10", "--port", "80"];
    const { stdout } = await anpm(args);
    expect(stdout).toMatch(
      /AZURE-NPM-INGRESS 1 +\? +unknown whether destination is in azure-npm-\w+ and azure-npm-\w+ and azure-npm-\w+: /,
    );
    expect(stdout).toMatch(
      /depends on rules that nothing here can answer for: AZURE-NPM-INGRESS 1.*\nverdict: depends\n$/,
    );
  });

  describe("of a node with Calico", () => {
    const folder = "golden/calico-aks-2-from-frontend";
    const engine = ["--engine", "calico", "--node", "node-0"];
    const [objects, frontend] = [
      ["-f", `${folder}/manifests.yaml`],
      ["--from", "development/frontend"],
    ];
    const allTables = async (change = (text: string) => text): Promise<string[]> => {
      const rules = join(await emptyFolder(), "rules");
      const tables = ["", ".raw", ".mangle", ".nat"].map((end) => `${folder}/calico.iptables-save${end}`);
      await writeFile(rules, change(tables.map((path) => readFileSync(path, "utf8")).join("")));
      return ["--rules", rules, "--sets", `${folder}/calico.ipset-save`];
    };

    test("all its tables are walked; beside manifests, which address is behind which interface is known", async () => {
      const question = [...objects, ...engine, ...frontend, ...toBackend];
      const { stdout } = await anpm(["trace", ...question, ...(await allTables())]);
      expect(stdout).toBe((await anpm(["trace", ...question])).stdout);
      expect(stdout).toMatch(
        /\n {2}raw cali-PREROUTING 2 +no +it does not come in through azv\+\n[^]*\nmangle POSTROUTING /,
      );
      expect(stdout).toMatch(/verdict: allow\n$/);
    });

    test("not where the node calls its interfaces otherwise", async () => {
      const renamed = await allTables((text) => text.replaceAll("azv", "cali"));
      const { stdout } = await anpm(["trace", ...objects, ...engine, ...frontend, ...toBackend, ...renamed]);
      expect(stdout).toContain("unknown whether it comes in through cali+");
      expect(stdout).toMatch(/verdict: depends\n$/);
    });

    test("a DROP in its raw table decides", async () => {
      const dropping = await allTables((text) =>
        text.replace("-A PREROUTING", "-A PREROUTING -s 10.240.1.10/32 -j DROP\n$&"),
      );
      const { stdout } = await anpm([
        "trace",
        ...dropping,
        "--from",
        "10.240.1.10",
        "--to",
        "10.240.0.10",
        "--port",
        "80",
      ]);
      expect(stdout).toContain("\ndecided by raw PREROUTING 1: drop\n");
      expect(stdout).toMatch(/verdict: deny\n$/);
    });
  });

  test.each([
    ["an empty file", ""],
    ["another table alone", "*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n"],
  ])("%s is no answer", async (_, text) => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "rules"), text);
    const args = ["trace", "--rules", "rules", "--from", "10.0.0.1", "--to", "10.0.0.2", "--port", "80"];
    const { stdout, stderr, exitCode } = await anpm(args, { cwd: folder });
    expect([stdout, exitCode]).toEqual(["", 2]);
    expect(stderr).toMatch(/^rules:1:1: error unreadable-dump: there is no filter table in this dump/);
  });

  test("lines that cannot be read are told with their places", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "rules"), "*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n");
    await writeFile(join(folder, "sets"), "create a hash:net\nadd b 10.0.0.1\n");
    const args = ["trace", "--rules", "rules", "--sets", "sets", "--from", "10.0.0.1", "--to", "10.0.0.2"];
    const { stderr, exitCode } = await anpm(args, { cwd: folder });
    expect(stderr).toMatch(/^sets:2:1: error unreadable-dump: .*\n {2}fix: give the output of ipset save as it is\n$/);
    expect(exitCode).toBe(2);
  });

  const node = "../shared/vectors/dumps/iptablesave-v2";
  test.skipIf(isMissing(node))(
    "of a real node, kube-proxy's chains included, has an answer for everybody",
    async () => {
      const args = ["trace", "--rules", node, "--from", "10.240.0.7", "--to", "10.240.0.9", "--port", "80/tcp"];
      const { stdout, exitCode } = await anpm([...args, "-o", "json"]);
      expect(JSON.parse(stdout).steps.length).toBeGreaterThan(5);
      expect(exitCode).toBe(0);
    },
  );
});

describe("trace -o json", () => {
  const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(
    JSON.parse(readFileSync("dist/trace.schema.json", "utf8")) as object,
  );
  const cases = readdirSync("golden").filter((name) => existsSync(`golden/${name}/manifests.yaml`));

  test.each(cases.slice(0, 8))("golden case %s is what the shipped schema describes", async (name) => {
    const args = ["trace", "-f", `golden/${name}/manifests.yaml`, "--from", "10.0.0.1", "--to", "10.240.0.10"];
    for (const port of ["80", "any", "any/tcp"]) {
      const { stdout } = await anpm([...args, "--port", port, "-o", "json"]);
      validate(JSON.parse(stdout));
      expect(validate.errors ?? []).toEqual([]);
    }
  });

  test("has chain, rule, text, matches and action of each step", async () => {
    const { stdout } = await anpm(["trace", "-f", aks2, "--from", "203.0.113.7", ...toBackend, "-o", "json"]);
    const { verdict, steps, because } = JSON.parse(stdout);
    expect(verdict).toBe("deny");
    expect(steps[3]).toMatchObject({
      chain: "AZURE-NPM-INGRESS-oli7k178qh",
      rule: 1,
      matched: false,
      matches: [{ outcome: false, set: "nslabel-all-namespaces" }, {}, {}],
      action: "none",
      origin: { object: "development/backend-policy", field: "spec.ingress[0].from[0]" },
    });
    expect(because).toMatchObject([{ policy: "development/backend-policy", field: "spec.podSelector" }]);
  });

  test("canary: the schema refuses a step without an action and a verdict that there is not", async () => {
    const { stdout } = await anpm(["trace", "-f", aks2, "--from", "203.0.113.7", ...toBackend, "-o", "json"]);
    const value = JSON.parse(stdout);
    expect(validate({ ...value, verdict: "maybe" })).toBe(false);
    delete value.steps[0].action;
    expect(validate(value)).toBe(false);
  });
});

const onlyHttp = `kind: Pod
apiVersion: v1
metadata: { namespace: shop, name: api, labels: { app: api } }
spec:
  containers:
    - name: api
      image: nginx
      ports: [{ name: http, containerPort: 80 }, { name: dns, containerPort: 53, protocol: UDP }]
status:
  phase: Running
  podIP: 10.240.0.10
---
kind: NetworkPolicy
apiVersion: networking.k8s.io/v1
metadata: { namespace: shop, name: only-http }
spec:
  podSelector:
    matchLabels: { app: api }
  ingress:
    - ports: [{ port: 80 }]
`;

function isMissing(path: string): boolean {
  const missing = !existsSync(path);
  if (missing) console.log(`skipping: ${path} is not there`);
  return missing;
}
