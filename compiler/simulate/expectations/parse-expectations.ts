import { parseDocuments } from "../../manifest/parse-documents.js";
import type { Document, Entry, Value } from "../../manifest/value.js";
import { Checker } from "../../model/checker.js";
import { decodeFields, decodeList, decodeString, isNull, reportUnknownField } from "../../model/decode.js";
import { isError, sortDiagnostics, diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import type { Source } from "../../text/source.js";
import type { ExpectedEnd, Expectation } from "./expectation.js";
import { readEnds } from "./read-ends.js";
import { readPorts } from "./read-ports.js";
import { readVerdict } from "./read-verdict.js";

export interface ParsedExpectations {
  /** Those without mistakes, in the order of the file. */
  readonly expectations: readonly Expectation[];
  /** Sorted by place. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a file of expectations, YAML or JSON, several documents allowed: `expect:`, a list of `{from, to, port, allow|deny, because}`.
 * Names are not looked up yet.
 *
 * @example
 * parseExpectations({ name: "expectations.yaml", text: "expect: [{from: shop/web, to: shop/api, port: 80, allow: true}]" });
 */
export function parseExpectations(source: Source): ParsedExpectations {
  const { documents, diagnostics } = parseDocuments(source);
  const expectations: Expectation[] = [];
  const found = [...diagnostics];
  for (const document of documents) readDocument(document, expectations, found);
  if (documents.length === 0 && !found.some(isError)) {
    found.push(diagnostic("expect-missing", { manifest: false }, { location: { source, offset: 0 } }));
  }
  return { expectations, diagnostics: sortDiagnostics(found) };
}

function readDocument({ source, value }: Document, expectations: Expectation[], found: Diagnostic[]): void {
  const checker = new Checker(source);
  const entries = decodeFields(value, checker);
  const list = entries?.find(({ key }) => key === "expect");
  const manifest = entries?.some(({ key }) => key === "kind" || key === "apiVersion") ?? false;
  if (entries && !list) checker.report("expect-missing", { manifest }, value.offset);
  if (list || !manifest) {
    for (const entry of entries ?? []) if (entry !== list) reportUnknownField(entry, ["expect"], checker);
  }
  if (list) readList(list.value, checker, expectations);
  found.push(...checker.finish(undefined, false).diagnostics);
}

function readList(value: Value, checker: Checker, expectations: Expectation[]): void {
  const items = decodeList(value, checker, "expect");
  if (items?.length === 0) checker.report("expect-empty", {}, value.offset, "expect");
  checker.enter("expect");
  items?.forEach((item, index) => {
    checker.enter(index);
    const expectation = readExpectation(item, index, checker);
    if (expectation) expectations.push(expectation);
    checker.leave();
  });
  checker.leave();
}

const fields = ["from", "to", "port", "allow", "deny", "because"];

/** Undefined when something is missing or wrong. */
function readExpectation(item: Value, index: number, checker: Checker): Expectation | undefined {
  const before = checker.errorCount;
  const entries = decodeFields(item, checker);
  if (!entries) return undefined;
  const field = (key: string): Entry | undefined => entries.find((entry) => entry.key === key && !isNull(entry.value));
  for (const entry of entries) if (!fields.includes(entry.key)) reportUnknown(entry, checker);
  const ends = (key: "from" | "to"): readonly ExpectedEnd[] => {
    const entry = field(key);
    if (!entry) checker.report("expectation-incomplete", { key }, item.offset, key);
    return entry ? readEnds(entry.value, checker, key) : [];
  };

  const [from, to] = [ends("from"), ends("to")];
  const port = field("port");
  const { verdict, ports } = readVerdict(entries, item.offset, port !== undefined, checker);
  const written = port ?? ports;
  const because = field("because");
  const expectation: Expectation = {
    source: checker.source,
    offset: item.offset,
    index,
    from,
    to,
    ports: written ? readPorts(written.value, checker, written.key) : [{ kind: "any" }],
    verdict,
    because: (because && decodeString(because.value, checker, "because")) ?? "",
  };
  return checker.errorCount > before ? undefined : expectation;
}

/** What other tools and people call a field → what it is called here. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ["form", "from"],
  ["source", "from"],
  ["src", "from"],
  ["destination", "to"],
  ["dst", "to"],
  ["protocol", "port: 80/tcp"],
  ["expect", "allow: true or deny: true"],
  ["verdict", "allow: true or deny: true"],
  ["action", "allow: true or deny: true"],
  ["reason", "because"],
  ["why", "because"],
  ["description", "because"],
]);

function reportUnknown(entry: Entry, checker: Checker): void {
  const meant = synonyms.get(entry.key.toLowerCase());
  if (meant === undefined) return reportUnknownField(entry, fields, checker);
  checker.report("unknown-field", { name: entry.key, fix: `write ${meant}` }, entry.keyOffset, entry.key);
}
