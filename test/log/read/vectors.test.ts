import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LogReader } from "../../../compiler/log/read/log-reader.js";
import { parseIpsetSave } from "../../../compiler/netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../../../compiler/netfilter/parse-iptables-save.js";
import { printIpsetSave } from "../../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../../compiler/netfilter/print-iptables-save.js";
import { readWhole } from "../read-back.js";

// Logs of the real NPM, of all generations.
const root = join(import.meta.dirname, "../../../../shared/vectors/cases");
const present = existsSync(root);
if (!present) console.log("skipped: ../shared/vectors/cases is not there");
const logs = present
  ? readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith("/azure-npm.log"))
  : [];
const generations = ["v2", "v2-fnv", "v2-2022", "v1", "v1-2020", "v1-2019b", "v1-2019", "v1-2018"];
const of = (generation: string) => logs.filter((path) => path.includes(`/expected/${generation}/`));

describe.skipIf(!present).each(generations)("logs of the real %s", (generation) => {
  test("are there", () => expect(of(generation).length).toBeGreaterThan(40));

  test("are understood to the last line", () => {
    const unknown = of(generation).flatMap((path) => read(path).events.filter(({ said }) => said.kind === "unknown"));
    expect(unknown.map(({ text }) => text)).toEqual([]);
  });

  test("report no error without a meaning", () => {
    const codes = of(generation).flatMap((path) =>
      read(path)
        .reader.summary()
        .errors.map(({ error }) => error.code),
    );
    expect(codes).not.toContain("other-error");
  });

  test("say the same in pieces of any size", () => {
    const path = of(generation)[0]!;
    const text = readFileSync(join(root, path), "utf8");
    const whole = read(path).events;
    for (const size of [1, 7, 4096]) {
      const reader = new LogReader();
      const events = reader.nextFile(path);
      for (let at = 0; at < text.length; at += size) events.push(...reader.feed(text.slice(at, at + size)));
      events.push(...reader.end());
      expect(events).toEqual(whole);
    }
  });
});

describe.skipIf(!present).each(["v1", "v1-2020", "v1-2019b", "v1-2019", "v1-2018"])(
  "logs of the real %s",
  (generation) => {
    test("tell exactly of the rules that the kernel holds", () => {
      for (const path of of(generation)) {
        const rules = printIptablesSave(read(path).reader.tables());
        expect(ownRules(rules), path).toEqual(ownRules(expected(path, "iptables-save")));
      }
    });
  },
);

describe.skipIf(!present).each(["v1", "v1-2020", "v1-2019b"])("logs of the real %s", (generation) => {
  test("tell exactly of the sets that the kernel holds", () => {
    for (const path of of(generation)) {
      const { reader } = read(path);
      expect(sets(printIpsetSave(reader.tables().sets)), path).toEqual(sets(expected(path, "ipset-save")));
      expect(reader.gaps(), path).toEqual([]);
    }
  });
});

test.skipIf(!present)("up to v1.0.22 the reader says that members are not logged, of v2 that rules are not", () => {
  for (const path of [...of("v1-2018"), ...of("v1-2019")])
    expect(read(path).reader.gaps()).toContain("members-not-logged");
  for (const generation of ["v2", "v2-fnv", "v2-2022"]) {
    for (const path of of(generation)) expect(read(path).reader.gaps()).toEqual(["rules-not-logged"]);
  }
});

const reference = join(root, "../../reference/npm-logs.md");
const hasReference = existsSync(reference);
if (!hasReference) console.log("skipped: ../shared/reference/npm-logs.md is not there");

test.skipIf(!hasReference)("the logs that the reference shows are understood to the last line", () => {
  const texts = [...readFileSync(reference, "utf8").matchAll(/^```text\n([^]*?\n)```$/gm)].map(([, text]) =>
    text!
      .replace(/«.*»/g, "")
      .replaceAll("<ts>", "2021/03/02 12:34:56")
      .replaceAll("<kts>", "0506 12:34:56.789012")
      .replaceAll("<uid>", "00000000-0000-0000-0000-000000000001"),
  );
  expect(texts.length).toBeGreaterThan(20);
  for (const text of texts) {
    const { unknownLines, errors } = readWhole(text).summary();
    expect(unknownLines.map((event) => event.text)).toEqual([]);
    expect(errors.map(({ error }) => error.code)).not.toContain("other-error");
  }
});

function read(path: string) {
  const before = join(root, path, "../../../existing");
  const existing = existsSync(before) ? parseIptablesSave(readFileSync(before, "utf8")).chains : [];
  const reader = new LogReader({ existing });
  const events = reader.nextFile(path);
  events.push(...reader.feed(readFileSync(join(root, path), "utf8")), ...reader.end());
  return { reader, events };
}

/** The dump after the last step. */
function expected(log: string, name: string): string {
  const folder = join(root, log, "..");
  const last = readdirSync(folder)
    .filter((file) => file === name || file.endsWith(`.${name}`))
    .sort()
    .at(-1)!;
  return readFileSync(join(folder, existsSync(join(folder, name)) ? name : last), "utf8");
}

function ownRules(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => /^(-A |:)AZURE-NPM|^-A FORWARD/.test(line))
    .map((line) => line.replace(/ \[.*/, ""));
}

function sets(text: string): string[] {
  return parseIpsetSave(text)
    .sets.map(({ name, type, maxElements, members }) => [name, type, maxElements, ...[...members].sort()].join(" "))
    .sort();
}
