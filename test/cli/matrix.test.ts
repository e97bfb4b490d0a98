import { Ajv2020 } from "ajv/dist/2020.js";
import { execa } from "execa";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { anpm, emptyFolder } from "./anpm.js";

const aks3 = ["matrix", "-f", "golden/aks-3-from-development/manifests.yaml"];

describe("anpm matrix", () => {
  test("is a table for people: rows send, columns receive", async () => {
    const { stdout, exitCode } = await anpm([...aks3, "--external", "203.0.113.7"]);
    expect(stdout).toMatchInlineSnapshot(`
      "Who reaches whom, by the rules of azure-npm v2 (v1.8.12). Rows send, columns receive.

                       1    2    3    4
      development
        1 backend           all  all  all
        2 frontend     all       all  all
      production
        3 frontend     -    all       all
      outside
        4 203.0.113.7  -    all  all

      all  everything
      -  nothing
      "
    `);
    expect(exitCode).toBe(0);
  });

  test("--focus shows what one gets and what it sends", async () => {
    const { stdout } = await anpm([...aks3, "--focus", "development/backend"]);
    expect(stdout).toMatchInlineSnapshot(`
      "Who reaches whom, to and from development/backend, by the rules of azure-npm v2 (v1.8.12).

                    to it  from it
      development
        2 frontend  all    all
      production
        3 frontend  -      all

      all  everything
      -  nothing
      "
    `);
  });

  test("--only denied -o csv lists what does not pass", async () => {
    const { stdout } = await anpm([...aks3, "--only", "denied", "-o", "csv"]);
    expect(stdout).toMatchInlineSnapshot(`
      "source,destination,protocol,ports
      production/frontend,development/backend,tcp,0-65535
      production/frontend,development/backend,udp,0-65535
      production/frontend,development/backend,sctp,0-65535
      production/frontend,development/backend,other,
      "
    `);
  });

  test("Markdown is a table that GitHub shows", async () => {
    const { stdout } = await anpm([...aks3, "-o", "markdown"]);
    expect(stdout.split("\n").slice(0, 5)).toEqual([
      "| from \\\\ to | development/backend | development/frontend | production/frontend |",
      "| --- | :-: | :-: | :-: |",
      "| development/backend |  | all | all |",
      "| development/frontend | all |  | all |",
      "| production/frontend | - | all |  |",
    ]);
  });

  test("--by spec asks the specification, not the rules", async () => {
    const old = [...aks3, "--npm", "v1-2018", "-o", "csv"];
    const [rules, spec] = [await anpm(old), await anpm([...old, "--by", "spec"])];
    expect(rules.stdout).toContain("\nproduction/frontend,development/backend,tcp,");
    expect(spec.stdout).not.toContain("\nproduction/frontend,development/backend,");
    expect((await anpm([...aks3, "--by", "spec"])).stdout).toContain("by the Kubernetes specification");
  });

  test("without manifests, a node's dump is asked for the addresses in its sets, and others that are named", async () => {
    const dump = ["--rules", "golden/aks-3-from-development/v2.iptables-save"];
    const sets = ["--sets", "golden/aks-3-from-development/v2.ipset-save"];
    const { stdout, stderr } = await anpm(["matrix", ...dump, ...sets, "--external", "203.0.113.7"]);
    expect(stdout).toMatchInlineSnapshot(`
      "Who reaches whom, by the rules of the node. Rows send, columns receive.

                       1    2    3    4
      addresses
        1 10.240.0.10       all  all  all
        2 10.240.1.10  all       all  all
        3 10.240.1.20  -    all       all
        4 203.0.113.7  -    all  all

      all  everything
      -  nothing
      "
    `);
    expect(stderr).toBe("");
    const withoutSets = await anpm(["matrix", ...dump, "--external", "10.0.0.1", "10.0.0.2"]);
    expect(withoutSets.stdout).toContain("depends on what is not known");
  });

  test("a DROP in another table of a node's dump counts", async () => {
    const folder = "golden/aks-1-deny";
    const rules = join(await emptyFolder(), "rules");
    const raw = "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -s 203.0.113.7/32 -j DROP\nCOMMIT\n";
    await writeFile(rules, readFileSync(`${folder}/v2.iptables-save`, "utf8") + raw);
    const dump = ["--rules", rules, "--sets", `${folder}/v2.ipset-save`];
    const { stdout } = await anpm([
      "matrix",
      ...dump,
      "--external",
      "203.0.113.7",
      "--external",
      "203.0.113.8",
      "-o",
      "csv",
    ]);
    const senders = new Set(stdout.split("\n").map((line) => line.split(",")[0]));
    expect([senders.has("203.0.113.7"), senders.has("203.0.113.8")]).toEqual([false, true]);
  });

  test("a node's dump takes the place of the compiled rules", async () => {
    const dump = ["--rules", "golden/aks-1-deny/v2.iptables-save", "--sets", "golden/aks-1-deny/v2.ipset-save"];
    const { stdout } = await anpm([...aks3, ...dump]);
    expect(stdout).toContain("by the rules of the node");
    expect(stdout).toMatch(/2 frontend +- +all/);
    const { stderr, exitCode } = await anpm([...aks3, ...dump, "--by", "spec"]);
    expect(stderr).toContain("error conflicting-options: --rules and --by spec exclude each other");
    expect(exitCode).toBe(2);
  });

  test("an address that is none is told, with the option", async () => {
    const { stderr, exitCode } = await anpm([...aks3, "--external", "example.org", "2001:db8::1"]);
    expect(stderr.match(/^error endpoint-not-ipv4: --external: "(.*)" is no IPv4 address$/gm)).toHaveLength(2);
    expect(exitCode).toBe(2);
  });

  test("a reader that has seen enough ends it", async () => {
    const script = `"$0" dist/src/main.js "$@" -o csv 2>/dev/null | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout } = await execa("bash", ["-c", script, process.execPath, ...aks3]);
    expect(stdout).toBe("source,destination,protocol,ports\n0");
  });
});

describe("matrix -o json", () => {
  const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(
    JSON.parse(readFileSync("dist/matrix.schema.json", "utf8")) as object,
  );
  const cases = readdirSync("golden").filter((name) => existsSync(`golden/${name}/manifests.yaml`));

  test.each(cases.slice(0, 12))(
    "golden case %s is what the schema describes and says what the CSV says",
    async (name) => {
      const args = ["matrix", "-f", `golden/${name}/manifests.yaml`, "--external", "192.0.2.1", "198.51.100.1"];
      for (const by of ["rules", "spec"]) {
        const json = JSON.parse((await anpm([...args, "--by", by, "-o", "json"])).stdout) as MatrixJson;
        validate(json);
        expect(validate.errors ?? []).toEqual([]);
        expect(csvOf(json)).toBe((await anpm([...args, "--by", by, "-o", "csv"])).stdout);
      }
    },
  );

  test("canary: the schema refuses a cell that is no number", async () => {
    const value = JSON.parse((await anpm([...aks3, "-o", "json"])).stdout) as MatrixJson;
    expect(validate({ ...value, reach: [["0"]] })).toBe(false);
  });
});

interface MatrixJson {
  readonly endpoints: readonly { name: string; kind: string; row: number; column: number }[];
  readonly reach: readonly (readonly (number | null)[])[];
  readonly passages: readonly { readonly allowed: Readonly<Record<string, string | true>> }[];
}

/** Reads the document as its schema says. */
function csvOf({ endpoints, reach, passages }: MatrixJson): string {
  const lines = endpoints.flatMap((a) =>
    endpoints.flatMap((b) => {
      if (a === b || (a.kind === "outside" && b.kind === "outside")) return [];
      const { allowed } = passages[reach[a.row]![b.column]!]!;
      return Object.entries(allowed).map(
        ([protocol, ports]) => `${a.name},${b.name},${protocol},${ports === true ? "" : ports}\n`,
      );
    }),
  );
  return `source,destination,protocol,ports\n${lines.join("")}`;
}
