import type { Direction } from "../../../pairs/pair-group.js";

/** One policy type: its labels, and for each how many peers have both selectors. */
export interface ParsedDirection {
  readonly direction: Direction;
  readonly labels: readonly { readonly label: string; readonly peersWithBoth: number }[];
}
