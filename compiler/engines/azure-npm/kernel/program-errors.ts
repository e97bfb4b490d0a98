import { isForeign } from "./entry.js";
import type { IpsetRun } from "./ipset.js";
import type { IptablesRun } from "./iptables.js";

/** What iptables 1.8.9 (legacy) writes when a command fails, without its last line end. */
export function iptablesError({ operation, entry, status }: IptablesRun): string {
  if (status === 2) return `${misunderstanding(entry)}\n${help}`;
  if (operation === "-N") return "iptables: Chain already exists.";
  const verdict = entry?.target.kind !== "jump" || verdicts.includes(entry.target.to);
  if (!entry || !verdict || operation === "-I" || operation === "-A")
    return "iptables: No chain/target/match by that name.";
  return "iptables: Bad rule (does a matching rule exist in that chain?).";
}

/** What ipset 7.17 writes when a command fails, without its last line end. */
export function ipsetError({ operation, member = "", status }: IpsetRun): string {
  if (status === 0) return "";
  if (operation === "-X") return "ipset v7.17: Set cannot be destroyed: it is in use by a kernel component";
  if (operation === "-N") return "ipset v7.17: Set cannot be created: set with the same name already exists";
  if (member.startsWith("azure-npm-")) return "ipset v7.17: Set to be added/deleted/tested as element does not exist.";
  const [block = ""] = member.split(" ");
  const [address = "", prefix] = block.split(",")[0]!.split("/");
  return `ipset v7.17: ${blockError(address, prefix)}`;
}

/** What ipset 7.17 says about a block or an address that a set can't hold. It looks at the prefix length first, and takes leading zeros for octal. */
export function blockError(address: string, prefixLength = "32"): string {
  if (isNoNumber(prefixLength)) return `Syntax error: '${prefixLength}' is invalid as number`;
  const length = Number.parseInt(prefixLength, prefixLength.startsWith("0") ? 8 : 10);
  if (length > 32) return `Syntax error: '${prefixLength}' is out of range 0-32`;
  if (address.includes(":") || address.split(".").some(isNoNumber))
    return `Syntax error: cannot parse ${address}: resolving to IPv4 address failed`;
  return "The value of the CIDR parameter of the IP address is invalid";
}

function isNoNumber(text: string): boolean {
  return /^0.*[89]/.test(text);
}

const verdicts = ["ACCEPT", "DROP", "RETURN"];
const help = "Try `iptables -h' or 'iptables --help' for more information.";

function misunderstanding(entry: IptablesRun["entry"]): string {
  if (entry?.garbled) return "Bad argument `set'";
  return `iptables v1.8.9 (legacy): ${misunderstoodWord(entry)}`;
}

function misunderstoodWord(entry: IptablesRun["entry"]): string {
  for (const match of entry?.matches ?? []) {
    if (match.kind === "port-name") {
      return match.protocol === "udp"
        ? `Port "${match.name}" does not resolve to anything.\n`
        : `invalid port/service \`${match.name}' specified`;
    }
    if (match.kind === "address" && isForeign(match.network)) {
      const [address, prefix] = match.network.split("/");
      return Number(prefix) > 32 ? `invalid mask \`${prefix}' specified` : `host/network \`${address}' not found`;
    }
  }
  const chain = entry?.target.kind === "jump" ? entry.target.to : "";
  return `Couldn't load target \`${chain}':No such file or directory\n`;
}
