import { maskIp, networkOfBlock, parseIp } from "../ip.js";

/** Whether an address is in a block. */
export type BlockTest = (address: string) => boolean;

/** A block as a question that is asked of many addresses. */
export function blockTest(block: string): BlockTest {
  const own = networkOfBlock(block);
  if (!own) return () => false;
  return (address) => {
    const number = parseIp(address);
    return number !== undefined && maskIp(number, own.prefixLength) === own.network;
  };
}
