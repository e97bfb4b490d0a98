import type { Machine } from "../engines/engine.js";
import type { IpSet } from "../netfilter/tables.js";
import { joinWords } from "../text/join-words.js";

/** What a set stands for, as a noun: `pods, of any namespace, labelled app=web`. `sets`: by kernel name. */
export function describeSet(set: IpSet, machine: Machine, sets: ReadonlyMap<string, IpSet>): string {
  const meaning = machine.meaningOf(set);
  switch (meaning?.kind) {
    case "namespace":
      return `pods of namespace ${meaning.namespace}`;
    case "all-namespaces":
      return "pods of all namespaces";
    case "namespace-label":
      return meaning.key === "" ? nameless : `pods of namespaces labelled ${labelText(meaning)}`;
    case "pod-label":
      return `pods, of any namespace, labelled ${labelText(meaning)}`;
    case "pod-label-values": {
      const labels = set.members.flatMap((name) => {
        const found = sets.get(name);
        const of = found && machine.meaningOf(found);
        return of?.kind === "pod-label" ? [labelText(of)] : [];
      });
      return `pods, of any namespace, labelled ${labels.toSorted().join(" or ")}`;
    }
    case "named-port":
      return `pods with a port called ${meaning.name}: the address of each with its number of that port`;
    case "block": {
      const holes = set.members.filter((member) => member.endsWith(" nomatch"));
      if (set.members.length === 0) return "the blocks of a rule, which has none that NPM can use";
      const blocks = set.members.filter((member) => !holes.includes(member));
      const except = joinWords(holes.map((member) => member.slice(0, -" nomatch".length)));
      return `addresses in ${joinWords(blocks)}${except === "" ? "" : ` except ${except}`}`;
    }
    case "described":
      return meaning.words;
    case undefined:
      return set.members.length === 0 ? "nothing in the cluster" : "addresses";
  }
}

/** NPM may ask for the label that an empty selector does not name. */
const nameless = "pods of namespaces with a label that has no name, which no namespace has";

function labelText({ key, value }: { readonly key: string; readonly value?: string }): string {
  return value === undefined ? `${key}, whatever the value` : `${key}=${value === "" ? '""' : value}`;
}
