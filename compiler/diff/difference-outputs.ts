import { patchScript } from "../netfilter/patch-script.js";
import type { Difference } from "./diff.js";
import { differenceJson } from "./formats/format-json.js";
import { formatDifference } from "./formats/format-text.js";

/** One way to print a difference. */
export interface DifferenceOutput {
  readonly name: string;
  readonly description: string;
  /** It is made to be carried out, not to find something: a difference is no finding then. */
  readonly isScript?: true;
  print(difference: Difference): string;
}

/** The default first. */
export const differenceOutputs: readonly DifferenceOutput[] = [
  {
    name: "text",
    description: "what changes and what causes it, for people",
    print: (difference) => formatDifference(difference),
  },
  {
    name: "json",
    description: "all of it, for programs",
    print: (difference) => `${JSON.stringify(differenceJson(difference), null, 2)}\n`,
  },
  {
    name: "patch",
    description: "a script that brings a node from the old rules to the new ones without a gap",
    isScript: true,
    print: ({ before: { result: old }, after: { result: young } }) =>
      patchScript(old.tables, young.tables, young.machine.ownership, { flavour: young.machine.flavour }),
  },
  {
    name: "unpatch",
    description: "a script that brings it back",
    isScript: true,
    print: ({ before: { result: old }, after: { result: young } }) =>
      patchScript(young.tables, old.tables, young.machine.ownership, { flavour: young.machine.flavour }),
  },
];
