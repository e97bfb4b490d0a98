import type { IpVersion } from "../text/ip-version.js";
import type { Ownership } from "./ownership.js";
import type { PatchPlan } from "./patch-plan.js";

/** The comment at the head of a patch script: what it changes, in which steps, and why these. */
export function describePatch(plan: PatchPlan, { title }: Ownership, version: IpVersion): string[] {
  const whose = version === 4 ? title : `${title} for IPv6`;
  return [
    `# From one state of the rules and sets of ${whose} to another. Run it as root on a node that is in the first; it can be repeated.`,
    `# Chains: ${counts(plan.difference.chains)}; rules ${ruleCounts(plan)}. Sets: ${counts(plan.difference.sets)}.`,
    ...explainSteps(plan).map((line) => `# ${line}`),
  ];
}

function counts(its: { added: readonly unknown[]; removed: readonly unknown[]; changed: readonly unknown[] }): string {
  const parts = [
    [its.added.length, "added"],
    [its.removed.length, "removed"],
    [its.changed.length, "changed"],
  ] as const;
  const some = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return some.join(", ") || "none changes";
}

function ruleCounts({ difference: { chains } }: PatchPlan): string {
  let [added, removed] = [0, 0];
  for (const { rules } of chains.added) added += rules.length;
  for (const { rules } of chains.removed) removed += rules.length;
  for (const { edits } of chains.changed) {
    for (const { kind } of edits) {
      if (kind === "insert") added += 1;
      else removed += 1;
    }
  }
  return added + removed === 0 ? "stay" : `+${added} -${removed}`;
}

function explainSteps({ states, live }: PatchPlan): string[] {
  if (live.way === "copies") {
    const names = live.changed.map(({ name }) => name);
    const shown = names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
    return [
      `Two commits of the rules: rules use ${shown} before and after, and the kernel changes no sets and rules in one moment,`,
      "nor several sets. The first commit puts the new rules on copies of these sets, with the new members; while the copies are in use,",
      "the sets themselves are brought up to date; the second commit moves the rules back to them.",
    ];
  }
  const sets = {
    none: [],
    swap: ["Rules use one set that changes. It is exchanged for its copy with the new members, in one moment."],
    members: ["Members come and go one by one in sets that rules use: no packet meets more than one of these changes."],
  }[live.way];
  if (states.length === 1)
    return [...(sets.length > 0 ? sets : ["No rule in force uses a set that changes."]), "No rule changes."];
  return ["One commit of the rules: no set that they use before and after changes."];
}
