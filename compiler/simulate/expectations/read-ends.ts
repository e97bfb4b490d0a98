import type { Entry, Mapping, Value } from "../../manifest/value.js";
import { readLabels } from "../../model/admit-labels.js";
import { readPeer } from "../../model/admit-peer.js";
import { readSelector } from "../../model/admit-selector.js";
import type { Checker } from "../../model/checker.js";
import { parseCidr } from "../../model/cidr.js";
import { decodeFields, decodeString, isNull, reportUnknownField, reportWrongType } from "../../model/decode.js";
import { describeBlock, describePods } from "./describe-ends.js";
import type { ExpectedEnd } from "./expectation.js";

/** Who sends or receives: a name, an address, a block or a selector, or a list of such. Wrong ones are left out, which the checker then knows. */
export function readEnds(value: Value, checker: Checker, key: "from" | "to"): readonly ExpectedEnd[] {
  if (value.kind !== "sequence") return readEnd(value, checker, key);
  if (value.items.length === 0) checker.report("end-empty", { what: "an empty list" }, value.offset, key);
  checker.enter(key);
  const ends = value.items.flatMap((item, index) => readEnd(item, checker, index));
  checker.leave();
  return ends;
}

function readEnd(value: Value, checker: Checker, name: string | number): readonly ExpectedEnd[] {
  if (value.kind === "mapping") return readSelectorEnd(value, checker, name);
  if (value.kind !== "scalar" || typeof value.value !== "string") {
    reportWrongType(value, "a name, an address or a selector", checker, name);
    return [];
  }
  const text = value.value;
  const { offset } = value;
  if (text === "") checker.report("end-empty", { what: "an empty text" }, offset, name);
  // No namespace has a dot or a colon, so that a block is never a name.
  const isBlock = text.includes("/") && parseCidr(text) !== undefined;
  return isBlock
    ? readBlock(value, { kind: "mapping", offset, entries: [{ key: "cidr", keyOffset: offset, value }] }, checker, name)
    : [{ kind: "name", text, offset }];
}

const fields = ["namespace", "labels", "namespaceSelector", "podSelector", "ipBlock"];
const synonyms: ReadonlyMap<string, string> = new Map([
  ["pod", "the pod as a text, namespace/name, in place of {...}"],
  ["name", "the pod as a text, namespace/name, in place of {...}"],
  ["address", "the address as a text, in place of {...}"],
  ["ip", "the address as a text, in place of {...}"],
  ["cidr", "ipBlock: {cidr: ...}, or the block as a text in place of {...}"],
  ["matchlabels", "labels, or podSelector: {matchLabels: ...}"],
  ["matchexpressions", "podSelector: {matchExpressions: ...}"],
]);

/** `{namespace, labels}`, or a peer as in a policy, where `namespace` says what the policy's own namespace says there. */
function readSelectorEnd(mapping: Mapping, checker: Checker, name: string | number): readonly ExpectedEnd[] {
  const before = checker.errorCount;
  const written = (decodeFields(mapping, checker, name) ?? []).filter(({ value }) => !isNull(value));
  checker.enter(name);
  for (const entry of written) if (!fields.includes(entry.key)) reportUnknown(entry, checker);
  if (written.length === 0) checker.report("end-empty", { what: "an empty selector" }, mapping.offset);
  const [namespace, labels, namespaceSelector, podSelector, ipBlock] = fields.map((key) =>
    written.find((entry) => entry.key === key),
  );
  const exclude = (first: Entry | undefined, second: Entry | undefined): void => {
    if (first && second)
      checker.report("end-mixed", { first: first.key, second: second.key }, second.keyOffset, second.key);
  };
  exclude(namespace, namespaceSelector);
  exclude(labels, podSelector);
  for (const other of [namespace, labels, namespaceSelector, podSelector]) exclude(ipBlock, other);
  const inNamespace = namespace && decodeString(namespace.value, checker, "namespace");
  if (inNamespace === "")
    checker.report("end-empty", { what: "an empty namespace" }, namespace!.value.offset, "namespace");
  const namespaces = namespaceSelector
    ? readSelector(namespaceSelector.value, checker, "namespaceSelector")
    : inNamespace;
  const pods = podSelector
    ? readSelector(podSelector.value, checker, "podSelector")
    : labels && {
        matchLabels: readLabels(labels.value, checker, "labels"),
        matchExpressions: [],
        offset: labels.value.offset,
      };
  if (pods && !namespace && !namespaceSelector) checker.report("end-without-namespace", {}, mapping.offset);
  checker.leave();

  if (ipBlock) return readBlock(mapping, ipBlock.value, checker, name);
  if (checker.errorCount > before || namespaces === undefined) return [];
  const text = describePods(namespaces, pods);
  return [{ kind: "pods", namespaces, ...(pods && { podSelector: pods }), text, offset: mapping.offset }];
}

/** By the rules for an ipBlock in a policy. */
function readBlock({ offset }: Value, value: Value, checker: Checker, name: string | number): readonly ExpectedEnd[] {
  const peer = readPeer(
    { kind: "mapping", offset, entries: [{ key: "ipBlock", keyOffset: offset, value }] },
    name,
    checker,
  );
  if (peer.kind !== "ipBlock") return [];
  const { cidr, except } = peer;
  return [{ kind: "block", cidr, except, text: describeBlock(cidr, except), offset }];
}

function reportUnknown(entry: Entry, checker: Checker): void {
  const meant = synonyms.get(entry.key.toLowerCase());
  if (meant === undefined) return reportUnknownField(entry, fields, checker);
  checker.report("unknown-field", { name: entry.key, fix: `write ${meant}` }, entry.keyOffset, entry.key);
}
