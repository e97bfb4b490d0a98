import { error } from "./entry.js";

/** Comparing a node with what it should hold. */
export const driftCodes = {
  "node-not-given": error(
    (_: object) => "nothing says what the node holds",
    () => "give its dumps with --rules and --sets, or use --live on the node itself",
  ),
  "node-unreadable": error(
    (p: { reason: string }) => `what this machine holds cannot be read: ${p.reason}`,
    () => "run as root on a Linux node with iptables and ipset, or give dumps of the node with --rules and --sets",
  ),
  "drift-not-repairable": error(
    (p: { reason: string }) => `no script can mend just what drifted: ${p.reason}`,
    () => "bring the node to the whole state with the script of anpm compile -o script",
  ),
};
