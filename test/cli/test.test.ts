import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { shop } from "../simulate/expectations/shop.js";
import { anpm, emptyFolder, type Ran } from "./anpm.js";

/** Runs `anpm test ARGS` in a folder with these files, the manifests m.yaml among them. */
async function run(args: string, files: Readonly<Record<string, string>>, input = ""): Promise<Ran> {
  const cwd = await emptyFolder();
  for (const [name, text] of Object.entries({ "m.yaml": shop, ...files })) await writeFile(join(cwd, name), text);
  return anpm(["test", ...args.split(" ")], { cwd, input });
}

const met = "expect: [{from: shop/web, to: shop/api, port: 80/tcp, allow: true}]\n";
const failing = `${met}---\nexpect: [{from: test/probe, to: shop/api, port: 80/tcp, allow: true, because: tests call it}]\n`;

describe("anpm test", () => {
  test("exits with 0 when all expectations are met, and says so in a line", async () => {
    const { stdout, stderr, exitCode } = await run("-f m.yaml e.yaml", { "e.yaml": met });
    expect({ stdout, exitCode }).toEqual({ stdout: "1 expectation met (1 pair)\n", exitCode: 0 });
    expect(stderr).toBe("1 policy, 4 pods (2 made of workloads), 0 namespaces\n");
  });

  test.each([
    ["text", /^e\.yaml:3:10: failed: test\/probe → shop\/api, 80\/tcp: allow\n {2}because: tests call it\n/],
    ["json", /^\{\n {2}"met": false,/],
    ["junit", /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="anpm test" tests="2" failures="1"/],
    ["tap", /^TAP version 14\n1\.\.2\nok 1 - .*\nnot ok 2 - /],
    ["github", /^::error file=e\.yaml,line=3,col=10,title=expectation failed::test\/probe → /],
  ])("exits with 1 when one fails: -o %s", async (output, text) => {
    const { stdout, exitCode } = await run(`-f m.yaml -o ${output} e.yaml`, { "e.yaml": failing });
    expect(stdout).toMatch(text);
    expect(exitCode).toBe(1);
  });

  test("exits with 2, prints nothing, and says every mistake of manifests and expectations", async () => {
    const { stdout, stderr, exitCode } = await run("-f m.yaml -f bad.yaml one.yaml two.yaml gone.yaml", {
      "bad.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: UP}\nspec: {containers: [{name: c}]}\n",
      "one.yaml": "expect: [{from: a, allow: true}]\n",
      "two.yaml": "expect: [{from: a, to: b}]\n",
    });
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    const codes = [...stderr.matchAll(/error ([a-z-]+):/g)].map(([, code]) => code);
    expect(codes).toEqual(["name-invalid", "expectation-incomplete", "expectation-without-verdict", "file-not-found"]);
  });

  test("names that nobody has are told beside mistakes in other expectations", async () => {
    const text = "expect:\n- {from: shop/wbe, to: shop/api, allow: true}\n- {from: shop/web, to: shop/api}\n";
    const { stdout, stderr, exitCode } = await run("-f m.yaml e.yaml", { "e.yaml": text });
    expect(stderr).toContain('e.yaml:2:10: error endpoint-unknown: from: nothing is called "shop/wbe"\n');
    expect(stderr).toContain("fix: did you mean shop/web?\n");
    expect(stderr).toContain("e.yaml:3:3: error expectation-without-verdict");
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
  });

  test("--diagnostics json has place and field of a mistake", async () => {
    const { stderr } = await run("-f m.yaml --diagnostics json e.yaml", {
      "e.yaml": "expect: [{from: a/b, to: shop/api, deny: true}]",
    });
    expect(JSON.parse(stderr)).toMatchObject({
      diagnostics: [{ code: "endpoint-unknown", file: "e.yaml", line: 1, column: 17, field: "expect[0].from" }],
    });
  });

  test("reads expectations, or manifests, from standard input", async () => {
    expect(await run("-f m.yaml -", {}, met)).toMatchObject({ exitCode: 0 });
    expect(await run("-f - e.yaml", { "e.yaml": met }, shop)).toMatchObject({ exitCode: 0 });
    const both = await run("-f - -", {}, met);
    expect(both.stderr).toMatch(/^error stdin-twice/);
    expect(both.exitCode).toBe(2);
  });

  test("-n is the namespace of bare names, --npm the release whose rules count", async () => {
    const bare = "expect: [{from: web, to: api, port: 80/tcp, allow: true}]\n";
    expect(await run("-f m.yaml -n shop e.yaml", { "e.yaml": bare })).toMatchObject({ exitCode: 0 });
    expect(await run("-f m.yaml --npm v2-2022 e.yaml", { "e.yaml": failing })).toMatchObject({ exitCode: 1 });
  });

  test("wants manifests and expectations", async () => {
    expect((await run("e.yaml", { "e.yaml": met })).stderr).toContain("error nothing-to-read");
    expect((await run("-f m.yaml", {})).stderr).toContain("error missing-argument");
  });
});
