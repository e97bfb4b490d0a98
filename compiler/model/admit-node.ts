import type { Entry, Value } from "../manifest/value.js";
import type { Metadata } from "./admit-metadata.js";
import { readItems } from "./calico/read-fields.js";
import type { Checker } from "./checker.js";
import { isAddress } from "./cidr.js";
import { decodeFields, decodeString, reportUnknownField } from "./decode.js";
import type { ClusterNode } from "./resources.js";

type NodeAddress = ClusterNode["addresses"][number];

/** Reads a Node: what it is reached by, and what Calico's own programs have noted in its annotations. */
export function readNode(fields: readonly Entry[], offset: number, metadata: Metadata, checker: Checker): ClusterNode {
  const known = ["apiVersion", "kind", "metadata", "spec", "status"];
  let addresses: readonly NodeAddress[] = [];
  let noted: ClusterNode["noted"] = new Map();
  for (const entry of fields) {
    if (entry.key === "status") addresses = readAddresses(entry.value, checker);
    else if (entry.key === "metadata") noted = notesIn(entry.value);
    else if (!known.includes(entry.key)) reportUnknownField(entry, known, checker);
  }
  const { name, labels } = metadata;
  return { kind: "Node", namespace: "", name, labels, addresses, noted, offset, source: checker.source };
}

function readAddresses(status: Value, checker: Checker): readonly NodeAddress[] {
  const found = (decodeFields(status, checker, "status") ?? []).find(({ key }) => key === "addresses");
  if (!found) return [];
  checker.enter("status");
  const addresses = readItems(found.value, "addresses", (item, index) => readAddress(item, index, checker), checker);
  checker.leave();
  return addresses;
}

function readAddress(item: Value, index: number, checker: Checker): NodeAddress {
  const entries = decodeFields(item, checker, index) ?? [];
  checker.enter(index);
  const text = (key: string): string => {
    const entry = entries.find((each) => each.key === key);
    return entry ? (decodeString(entry.value, checker, key) ?? "") : "";
  };
  const address = { type: text("type"), address: text("address") };
  checker.leave();
  return address;
}

/** Annotations of Calico's that hold an address; the rest of metadata has been checked. A block stands for its address. */
function notesIn(metadata: Value): ClusterNode["noted"] {
  const annotations = metadata.kind === "mapping" && metadata.entries.find(({ key }) => key === "annotations")?.value;
  if (!annotations || annotations.kind !== "mapping") return new Map();
  return new Map(
    annotations.entries.flatMap(({ key, value }): (readonly [string, string])[] => {
      const [, name] = /^projectcalico\.org\/(\w+)$/.exec(key) ?? [];
      const address = value.kind === "scalar" ? value.text.replace(/\/\d+$/, "") : "";
      return name !== undefined && isAddress(address) ? [[name, address]] : [];
    }),
  );
}
