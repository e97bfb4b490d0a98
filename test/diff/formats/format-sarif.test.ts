import { Ajv } from "ajv";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { diff } from "../../../compiler/diff/diff.js";
import { differenceSarif } from "../../../compiler/diff/formats/format-sarif.js";
import { versionOf } from "../versions.js";
import { portChanged, difference, shop } from "./shop.js";

const require = createRequire(import.meta.url);
const schemaPath = require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
const { $schema: _, id: __, ...schema } = JSON.parse(await readFile(schemaPath, "utf8")) as Record<string, unknown>;
const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);

interface Sarif {
  readonly runs: readonly {
    readonly results: readonly {
      readonly ruleId: string;
      readonly message: { readonly text: string };
      readonly locations?: readonly {
        readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: object };
      }[];
    }[];
  }[];
}

function resultsOf(sarif: object): Sarif["runs"][number]["results"] {
  expect(validate(sarif), JSON.stringify(validate.errors)).toBe(true);
  return (sarif as Sarif).runs[0]!.results;
}

describe("SARIF", () => {
  test("a result for each line about connections and each edit that changes rules, valid against the standard's schema", () => {
    const results = resultsOf(differenceSarif(portChanged()));
    expect(results.map(({ ruleId }) => ruleId)).toEqual(["connection-closed", "connection-opened", "rules-change"]);
    expect(results[1]!.message.text).toBe(
      "opens shop/web → shop/api on tcp 443. Example packet: shop/web (10.240.59.181) → shop/api (10.240.182.23) on tcp 443. " +
        "Cause: NetworkPolicy shop/api-from-web: spec.ingress[0].ports[0].port 80 → 443.",
    );
    expect(results[1]!.locations).toEqual([
      { physicalLocation: { artifactLocation: { uri: "new.yaml" }, region: { startLine: 20, startColumn: 11 } } },
    ]);
  });

  test("what an edit takes away stands where it was", () => {
    const results = resultsOf(differenceSarif(difference(shop, shop.split("---\n").slice(0, 2).join("---\n"))));
    expect(results[0]!.locations![0]!.physicalLocation.artifactLocation.uri).toBe("old.yaml");
  });

  test("names of files become references that are relative where the name is", () => {
    const uriOf = (name: string) =>
      resultsOf(differenceSarif(portChanged(["old.yaml", name])))[0]!.locations![0]!.physicalLocation.artifactLocation
        .uri;
    expect(uriOf("./a b/c#d?e%.yaml")).toBe("a%20b/c%23d%3Fe%25.yaml");
    expect(uriOf("javascript:alert(1)")).toBe("javascript%3Aalert(1)");
    expect(uriOf("/tmp/x.yaml")).toBe("file:///tmp/x.yaml");
    expect(uriOf("\ud800.yaml")).toBe("%5Cud800.yaml");
  });

  test("two generations have no edits, and results without a place", () => {
    const sarif = differenceSarif(diff(versionOf(shop, { generation: "v1-2018" }), versionOf(shop)));
    const results = resultsOf(sarif);
    expect(results.length).toBeGreaterThan(0);
    expect(results.flatMap(({ locations }) => locations ?? [])).toEqual([]);
  });

  test("canary: the schema refuses a result without a message", () => {
    expect(validate({ version: "2.1.0", runs: [{ tool: { driver: { name: "anpm" } }, results: [{}] }] })).toBe(false);
  });
});
