import { maskedCidr } from "../../model/cidr.js";

/** An address as the kernel prints it: of IPv6 with the longest run of zeros left out. */
export function plainAddress(text: string): string {
  return text.includes(":") ? maskedCidr(`${text}/128`).replace(/\/128$/, "") : text;
}
