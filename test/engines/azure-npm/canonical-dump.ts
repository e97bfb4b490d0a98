/**
 * Dumps in a form that is the same for every order that NPM v2 leaves to chance: the match-sets of one selector (and
 * their names in the comment), and the order of sets and members. Chains that are not NPM's show their rules of FORWARD only.
 */
export function canonicalIptables(text: string): string[] {
  const rules = text.split("\n").filter((line) => /^-A (AZURE-NPM|FORWARD)/.test(line));
  const chains = text.split("\n").filter((line) => /^:(AZURE-NPM|FORWARD)/.test(line));
  // A stable sort: rules of one chain keep their order.
  const byChain = rules.sort((a, b) => compare(a.split(" ")[1]!, b.split(" ")[1]!));
  return [...chains.map((line) => line.replace(/ \[.*/, "")).sort(), ...byChain.map(canonicalRule)];
}

export function canonicalIpset(text: string): string[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => line.replace(/ hashsize \d+| bucketsize \d+| initval \S+/g, "")).sort();
}

function canonicalRule(rule: string): string {
  const matches = rule.match(/-m set (! )?--match-set \S+ \S+/g) ?? [];
  const sorted = [...matches].sort();
  let index = 0;
  const reordered = rule.replace(/-m set (! )?--match-set \S+ \S+/g, () => sorted[index++]!);
  return reordered.replace(
    /(ALLOW-FROM-|ALLOW-TO-|-TO-|-FROM-)([^" ]*-AND-[^" ]*?)(?=-ON-(TCP|UDP|SCTP)|-IN-ns-|"| )/,
    (_, head: string, names: string) => {
      return head + names.split("-AND-").sort().join("-AND-");
    },
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
