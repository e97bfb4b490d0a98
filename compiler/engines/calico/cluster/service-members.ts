import type { EndpointSlice } from "../../../model/resources.js";
import { plainAddress } from "../plain-address.js";
import { fieldOrigin } from "./origins.js";
import type { Origin } from "../../../text/origin.js";

/** What stands in a set, an address behind a service or a node: `10.0.0.4`, with a port `10.0.0.4,tcp:80`. */
export interface ServiceMember {
  readonly member: string;
  readonly origin: Origin;
}

/** Every address behind a service, with each of its ports or alone. */
export function serviceMembers(
  slices: readonly EndpointSlice[],
  service: string,
  withPorts: boolean,
  ipv6: boolean,
): readonly ServiceMember[] {
  const types = ipv6 ? ["IPv4", "IPv6"] : ["IPv4"];
  const own = slices.filter((slice) => slice.service === service && types.includes(slice.addressType));
  return own.flatMap((slice) => {
    const origin = fieldOrigin(slice, "endpoints", slice.offset);
    const words = ({ protocol, port }: EndpointSlice["ports"][number]): string => `${protocol.toLowerCase()}:${port}`;
    return slice.addresses
      .map(plainAddress)
      .flatMap((address) =>
        withPorts
          ? slice.ports.map((port) => ({ member: `${address},${words(port)}`, origin }))
          : [{ member: address, origin }],
      );
  });
}
