import type { Machine } from "../engines/engine.js";
import type { IpSet, IpSetType } from "../netfilter/tables.js";
import { describeSet } from "./describe-set.js";
import type { ExactOrigin } from "./exact-origin.js";
import { before, type Explained } from "./explanation.js";
import type { Origin } from "../text/origin.js";

/** A set: what it stands for, who asks for it, how large it is. `uses`: ids of the rules that ask for it and of the lists that hold it. */
export function explainSet(
  set: IpSet,
  sets: ReadonlyMap<string, IpSet>,
  machine: Machine,
  uses: readonly string[],
  exact: ExactOrigin,
): Explained {
  const { name, readableName, origin = before } = set;
  const rules = uses.filter((id) => id.startsWith("rule "));
  const lists = uses.filter((id) => id.startsWith("set "));
  return {
    id: `set ${name}`,
    kind: "set",
    title: readableName ?? name,
    text: [
      `Stands for ${describeSet(set, machine, sets)}.`,
      usedBy(rules.length, lists.length, origin),
      contentOf(set),
    ],
    origins: [exact(origin, machine.meaningOf(set))],
    links: uses,
    parts: [],
  };
}

function usedBy(rules: number, lists: number, origin: Origin): string {
  const listed = lists === 0 ? "" : count(lists, "list");
  if (rules === 0 && lists === 0) {
    if (origin.kind === "engine") return "No rule asks for it.";
    return ofPolicy.test(origin.field)
      ? "No rule asks for it; it is made with the policy all the same."
      : "No rule asks for it. Sets are kept for pods and namespaces as they are, whether or not a policy names them.";
  }
  if (rules === 0) return `No rule asks for it by itself; it is in ${listed}.`;
  const asked = `${rules === 1 ? "One" : rules} ${rules === 1 ? "rule asks" : "rules ask"} for it`;
  return `${asked}${lists === 0 ? "" : `, and it is in ${listed}`}.`;
}

function contentOf({ type, members }: IpSet): string {
  if (type === "list:set") {
    if (members.length === 0) return "It is a list of sets (list:set) and empty, so no address is in it.";
    if (members.length === 1) return "It is a list of one set (list:set): an address is in it when it is in that one.";
    return `It is a list of ${members.length} sets (list:set): an address is in it when it is in one of them.`;
  }
  if (members.length === 0) return `It is empty (${type}: ${holding[type]}).`;
  return `It holds ${count(members.length, "member")} (${type}: ${holding[type]}).`;
}

const ofPolicy = /^spec\.(podSelector|ingress|egress)/;

const holding: Readonly<Record<Exclude<IpSetType, "list:set">, string>> = {
  "hash:ip": "addresses",
  "hash:ip,port": "addresses with a port",
  "hash:net": "addresses and blocks",
};

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
