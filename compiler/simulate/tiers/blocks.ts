import { isIpv4Network, parseAddress, parseCidr } from "../../model/cidr.js";
import { blockHolds } from "../block.js";
import { maskIpv4, parseIpv4, type Ipv4Network } from "../ipv4.js";

/** Whether an address is in a block. */
export type BlockTest = (address: string) => boolean;

/** A block as a question that is asked of many addresses. */
export function blockTest(block: string): BlockTest {
  const own = ipv4Network(block);
  if (!own) return (address) => blockHolds({ cidr: block, except: [] }, address);
  return (address) => {
    const number = parseIpv4(address);
    return number !== undefined && maskIpv4(number, own.prefixLength) === own.network;
  };
}

/** A block of IPv4 addresses, also as its object writes it: with host bits, leading zeros, mapped into IPv6; or an address alone. */
export function ipv4Network(block: string): Ipv4Network | undefined {
  const cidr = parseCidr(block.includes("/") ? block : parseAddress(block) ? `${block}/32` : "");
  if (!cidr || !isIpv4Network(cidr)) return undefined;
  const [a, b, c, d] = cidr.network.slice(12) as [number, number, number, number];
  return {
    network: ((a * 256 + b) * 256 + c) * 256 + d,
    prefixLength: cidr.prefixLength - (cidr.addressLength - 32),
  };
}
