import type { EndpointSlice } from "../../../model/resources.js";
import type { ServiceMember } from "./cluster.js";
import { fieldOrigin } from "./origins.js";

/** Every address behind a service, with each of its ports or alone. */
export function serviceMembers(
  slices: readonly EndpointSlice[],
  service: string,
  withPorts: boolean,
): readonly ServiceMember[] {
  const own = slices.filter((slice) => slice.service === service && slice.addressType === "IPv4");
  return own.flatMap((slice) => {
    const origin = fieldOrigin(slice, "endpoints", slice.offset);
    const words = ({ protocol, port }: EndpointSlice["ports"][number]): string => `${protocol.toLowerCase()}:${port}`;
    return slice.addresses.flatMap((address) =>
      withPorts
        ? slice.ports.map((port) => ({ member: `${address},${words(port)}`, origin }))
        : [{ member: address, origin }],
    );
  });
}
