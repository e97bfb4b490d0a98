import type { Flavour } from "../../../engine.js";
import { networkOf } from "../../../../netfilter/set-members.js";
import { blockError } from "../../kernel/program-errors.js";
import type { JumpDeletion } from "./voice.js";

/** What iptables 1.8.9 says when it can't delete a jump to AZURE-NPM, and its exit status. */
export function deletionError({ flavour, outcome }: JumpDeletion): {
  readonly status: number;
  readonly output: string;
} {
  if (outcome === "no-such-rule")
    return { status: 1, output: "iptables: Bad rule (does a matching rule exist in that chain?)." };
  const help = "Try `iptables -h' or 'iptables --help' for more information.";
  return flavour === "nft"
    ? { status: 2, output: `iptables v1.8.9 (nf_tables): Chain 'AZURE-NPM' does not exist\n${help}` }
    : {
        status: 2,
        output: `iptables v1.8.9 (legacy): Couldn't load target \`AZURE-NPM':No such file or directory\n\n${help}`,
      };
}

/** What it says when it lists a chain that is not there, on a node that uses the other flavour. */
export function noSuchChainOutput(flavour: Flavour): string {
  const none = "iptables: No chain/target/match by that name.";
  return flavour === "nft"
    ? `# Warning: iptables-legacy tables present, use iptables-legacy to see them\n${none}`
    : none;
}

/** What ipset 7.17 says about a line of its input with a block that it can't read, or that it has already; `refused` is 0-based. */
export function ipsetError(lines: readonly string[], refused: number): string {
  const [, , block = ""] = lines[refused]!.split(" ");
  const [address = "", prefix] = block.split("/");
  const error =
    networkOf(block) === undefined
      ? blockError(address, prefix)
      : "Element cannot be added to the set: it's already added";
  return `Error in line ${refused + 1}: ${error}`;
}
