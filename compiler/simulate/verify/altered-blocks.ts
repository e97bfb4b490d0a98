import type { IpBlockPeer, PolicyRule } from "../../model/objects.js";
import { blockHolds } from "../block.js";
import { maskIp, parseIp, parseNetwork } from "../ip.js";
import type { Alterations } from "./alterations.js";

/** Whether a block of a rule means an address. */
export function blockMeans(block: IpBlockPeer, rule: PolicyRule, address: string, altered: Alterations): boolean {
  if (altered.on("npm-skips-peer", block) || altered.on("npm-skips-later-block", block)) return false;
  if (altered.on("npm-lite-matches-everything", block)) return true;
  if (altered.on("npm-blocks-share-exceptions", rule)) return setHolds(rule, address, altered);
  if (altered.on("npm-loses-block", block)) return false;
  if (altered.on("npm-skips-block", block)) return false;
  const read = asRead(block, altered);
  return blockHolds(isWhole(block, altered) ? { ...read, except: [] } : read, address);
}

/** Whether exceptions of the block have no effect. */
function isWhole(block: IpBlockPeer, altered: Alterations): boolean {
  return altered.on("npm-exception-behind-block", block) || altered.on("npm-exception-beside-ports", block);
}

/**
 * A block with its numbers in decimal, where leading zeros made them octal; "?" stands for what is no number then. 0.0.0.0/0 where
 * an IPv6 block is taken for that.
 */
export function asRead(block: IpBlockPeer, altered: Alterations): Pick<IpBlockPeer, "cidr" | "except"> {
  if (altered.on("npm-reads-ipv6-zero-as-any", block)) return { ...block, cidr: "0.0.0.0/0" };
  if (altered.on("npm-skips-exception", block))
    return { ...block, except: block.except.filter((except) => !except.includes(":")) };
  if (!altered.on("npm-reads-zeros-as-octal", block)) return block;
  return { cidr: decimal(block.cidr), except: block.except.map(decimal) };
}

/** `8.0.0.0/8` of `010.0.0.0/8`, `10.0.0.0/?` of `10.0.0.0/08`. */
function decimal(text: string): string {
  return text.replaceAll(/(?<![0-9])0[0-9]+/g, (number) =>
    /^[0-7]+$/.test(number) ? String(Number.parseInt(number, 8)) : "?",
  );
}

/** All blocks of the rule as members of one set, where the longest network that holds the address decides. */
function setHolds(rule: PolicyRule, address: string, altered: Alterations): boolean {
  const number = parseIp(address);
  if (number === undefined) return false;
  /** Network and prefix length → whether it is an exception. */
  const members = new Map<string, boolean>();
  const written = new Set<string>();
  const add = (text: string, exception: boolean): void => {
    // What was written before is not written again, exception or not; an exception always is.
    if (!exception && written.has(text)) return;
    written.add(text);
    const network = parseNetwork(text);
    if (network) members.set(`${network.network}/${network.prefixLength}`, exception);
  };
  for (const peer of rule.peers) {
    if (peer.kind !== "ipBlock") continue;
    const read = asRead(peer, altered);
    if (!altered.on("npm-skips-block", peer)) for (const half of halvesOf(read.cidr)) add(half, false);
    for (const except of read.except) add(except, true);
  }
  for (let length = 32; length > 0; length -= 1) {
    const exception = members.get(`${maskIp(number, length)}/${length}`);
    if (exception !== undefined) return !exception;
  }
  return false;
}

/** No set holds a network of prefix length 0. */
function halvesOf(cidr: string): readonly string[] {
  return cidr.endsWith("/0") && !cidr.includes(":") ? ["0.0.0.0/1", "128.0.0.0/1"] : [cidr];
}
