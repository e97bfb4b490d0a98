import type { Generation } from "../generation.js";
import { loopbackAddresses } from "../sets.js";
import { watchedInterfaces, type NodeView } from "../settings.js";
import { goAddressSet } from "./endpoint-manager.js";
import type { FelixWriter } from "./felix-writer.js";
import { goString } from "./go-text.js";

/** Felix finds the node's own interfaces, which are up: first all of them, then their news reach the data plane. */
export function findInterfaces(
  node: NodeView,
  { statics }: Generation,
  writer: FelixWriter,
  queueOwnAddresses: () => void,
): void {
  const { addressSet, interfaceUpdate, knowsInterfaceIndex } = writer.voice;
  const found = [{ name: "lo", addresses: loopbackAddresses(statics) }, ...watchedInterfaces(node)].map(
    ({ name, addresses }, at) => ({ name, addresses, index: at + 1 }),
  );
  for (const { name, addresses, index } of found) {
    const ifaceName = goString(name);
    writer.say("interfaceState", {
      ...(knowsInterfaceIndex && { ifIndex: `${index}` }),
      ifaceName,
      state: goString("up"),
    });
    const seen = addressSet === "mapSet" ? goAddressSet(addresses, addressSet) : `set.Set{${addresses.join(",")}}`;
    writer.say("interfaceAddresses", { addrs: seen, ifaceName });
  }
  for (const { name, addresses, index } of found) {
    const ifaceName = goString(name);
    const state = `Name:${ifaceName}, State:"up"${knowsInterfaceIndex ? `, Index:${index}` : ""}`;
    writer.say("interfaceStateReceived", { msg: `&intdataplane.${interfaceUpdate}{${state}}` });
    const update = `&intdataplane.ifaceAddrsUpdate{Name:${ifaceName}, Addrs:${goAddressSet(addresses, addressSet)}}`;
    writer.say("interfaceAddressesReceived", { msg: update });
    writer.say("hostAddresses", { update });
    queueOwnAddresses();
  }
}
