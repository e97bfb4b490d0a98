import type { Value } from "../manifest/value.js";
import { readSelector } from "./admit-selector.js";
import type { Checker } from "./checker.js";
import { cidrWarnings, isStrictSubset, parseCidr, type Cidr } from "./cidr.js";
import { decodeFields, decodeList, decodeString, isNull, reportUnknownField } from "./decode.js";
import type { LabelSelector, Peer } from "./objects.js";

/** Reads and checks an item of `from` or `to`. */
export function readPeer(item: Value, index: string | number, checker: Checker): Peer {
  let podSelector: LabelSelector | undefined;
  let namespaceSelector: LabelSelector | undefined;
  let block: Block | undefined;
  const entries = decodeFields(item, checker, index);
  checker.enter(index);
  for (const entry of entries ?? nothing) {
    switch (entry.key) {
      case "podSelector":
        if (!isNull(entry.value)) podSelector = readSelector(entry.value, checker, "podSelector");
        break;
      case "namespaceSelector":
        if (!isNull(entry.value)) namespaceSelector = readSelector(entry.value, checker, "namespaceSelector");
        break;
      case "ipBlock":
        if (!isNull(entry.value)) block = readBlock(entry.value, checker);
        break;
      default:
        reportUnknownField(entry, ["podSelector", "namespaceSelector", "ipBlock"], checker);
    }
  }
  if (block && (podSelector || namespaceSelector)) checker.report("peer-mixed", {}, item.offset);
  if (entries && !block && !podSelector && !namespaceSelector) checker.report("peer-empty", {}, item.offset);
  checker.leave();
  if (block) return { kind: "ipBlock", cidr: block.cidr, except: block.except, offset: item.offset };
  return {
    kind: "pods",
    ...(podSelector ? { podSelector } : {}),
    ...(namespaceSelector ? { namespaceSelector } : {}),
    offset: item.offset,
  };
}

const nothing: readonly never[] = [];

interface Block {
  readonly cidr: string;
  readonly except: readonly string[];
}

function readBlock(value: Value, checker: Checker): Block {
  let cidr: string | undefined = "";
  let cidrOffset = value.offset;
  let except: readonly Value[] = nothing;
  const entries = decodeFields(value, checker, "ipBlock");
  checker.enter("ipBlock");
  for (const entry of entries ?? nothing) {
    switch (entry.key) {
      case "cidr":
        cidr = decodeString(entry.value, checker, "cidr");
        cidrOffset = entry.value.offset;
        break;
      case "except":
        except = decodeList(entry.value, checker, "except") ?? nothing;
        break;
      default:
        reportUnknownField(entry, ["cidr", "except"], checker);
    }
  }
  let outer: Cidr | undefined;
  if (cidr === "" && entries) checker.report("cidr-missing", {}, cidrOffset, "cidr");
  else if (cidr) outer = checkCidr(cidr, cidrOffset, checker, "cidr");
  const exceptTexts = readExcept(except, cidr ?? "", outer, checker);
  checker.leave();
  return { cidr: cidr ?? "", except: exceptTexts };
}

/** Like the server, looks at the exceptions only when it could read the block itself; their type is checked always. */
function readExcept(
  items: readonly Value[],
  cidr: string,
  outer: Cidr | undefined,
  checker: Checker,
): readonly string[] {
  if (items.length === 0) return nothing;
  checker.enter("except");
  const texts = items.map((item, index) => {
    const text = decodeString(item, checker, index);
    if (text === undefined || !outer) return "";
    const inner = checkCidr(text, item.offset, checker, index);
    if (inner && !isStrictSubset(inner, outer))
      checker.report("except-outside-cidr", { except: text, cidr }, item.offset, index);
    return text;
  });
  checker.leave();
  return texts;
}

function checkCidr(text: string, offset: number, checker: Checker, name: string | number): Cidr | undefined {
  const cidr = parseCidr(text);
  if (!cidr) {
    const address = parseCidr(`${text}/32`) ? (text.includes(":") ? 128 : 32) : 0;
    checker.report("cidr-invalid", { text, address }, offset, name);
    return undefined;
  }
  for (const warning of cidrWarnings(text, cidr)) {
    switch (warning.kind) {
      case "host-bits":
        checker.report("cidr-host-bits", { text, block: warning.block, address: warning.address }, offset, name);
        break;
      case "non-standard":
        checker.report("cidr-non-standard", { text, block: warning.block }, offset, name);
        break;
      case "not-canonical":
        checker.report("cidr-not-canonical", { text, block: warning.block }, offset, name);
        break;
    }
  }
  return cidr;
}
