import { isStrictSubset, maskedCidr, parseCidr, wholeBlock } from "../model/cidr.js";
import type { ListedMatch, Member } from "./any-pairs.js";

/** Who meets a conjunction of listed sets: members of its sets, or addresses, whoever lives there; of both less some. */
export type Listed =
  | { readonly kind: "members"; readonly members: readonly Member[] }
  /** `nets` is empty for every address. */
  | { readonly kind: "nets"; readonly nets: readonly string[]; readonly except: readonly Member[] };

/** At most one match of the expression is of blocks that an address must be in. */
export function resolveListed(expression: readonly ListedMatch[]): Listed {
  const lists: (readonly Member[])[] = [];
  const without: Member[] = [];
  let within: readonly string[] | undefined;
  for (const { set, negated } of expression) {
    if (set.kind === "nets") {
      if (negated) without.push(...set.nets.map((net) => ({ name: "", net })));
      else within = set.nets;
    } else if (negated) without.push(...set.members());
    else lists.push(set.members());
  }
  const [first, ...others] = lists;
  if (!first) return { kind: "nets", nets: within ?? [], except: without };
  const members = first.filter(
    ({ net }) =>
      others.every((list) => list.some((other) => other.net === net)) &&
      (within?.some((each) => covers(each, net)) ?? true) &&
      !without.some((each) => covers(each.net, net)),
  );
  return { kind: "members", members };
}

/** Whether every address of `inner` is one of `outer`; each an address or a block. */
function covers(outer: string, inner: string): boolean {
  const [large, small] = [wholeBlock(outer), wholeBlock(inner)];
  return maskedCidr(large) === maskedCidr(small) || isStrictSubset(parseCidr(small)!, parseCidr(large)!);
}
