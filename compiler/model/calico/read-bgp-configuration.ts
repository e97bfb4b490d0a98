import type { Value } from "../../manifest/value.js";
import { quote } from "../../text/quote.js";
import { isAddress, parseCidr } from "../cidr.js";
import { decodeString } from "../decode.js";
import type { BgpConfiguration } from "./objects.js";
import { readFields, readItems, reportInvalid, type Readers } from "./read-fields.js";
import { placed, readSpec, type Frame, type Writable } from "./read-objects.js";

/** What says nothing about rules. Source: Calico 0058a49481b3, api/pkg/apis/projectcalico/v3/bgpconfig.go; the last line is newer. */
const others =
  `logSeverityScreen nodeToNodeMeshEnabled asNumber communities prefixAdvertisements listenPort nodeMeshPassword nodeMeshMaxRestartTime
  bindMode ignoredInterfaces localWorkloadPeeringIPV4 localWorkloadPeeringIPV6 serviceLoadBalancerAggregation programClusterRoutes`.split(
    /\s+/,
  );

/** Reads and checks the addresses of services that are told to routers; of the rest only whether it is known. */
export function readBgpConfiguration(frame: Frame): BgpConfiguration {
  const { checker } = frame;
  const blocks: Writable<BgpConfiguration>["serviceBlocks"][number][] = [];
  const readBlocks = (name: string) => (value: Value) => {
    readItems(
      value,
      name,
      (item, index) => {
        const cidr = (field: Value): void => {
          const block = decodeString(field, checker, "cidr") ?? "";
          if (parseCidr(block) || isAddress(block))
            blocks.push({ block, field: `spec.${name}[${index}].cidr`, offset: field.offset });
          else if (block !== "")
            reportInvalid(field, `${quote(block)} is no block of addresses`, "write 10.0.0.0/16", checker, "cidr");
        };
        readFields(item, index, { cidr }, checker);
      },
      checker,
    );
  };
  const ofServices = ["serviceClusterIPs", "serviceExternalIPs", "serviceLoadBalancerIPs"];
  const readers: Readers = Object.fromEntries([
    ...others.map((name) => [name, () => undefined] as const),
    ...ofServices.map((name) => [name, readBlocks(name)] as const),
  ]);
  readSpec(frame, readers);
  return { kind: "BGPConfiguration", namespace: "", ...placed(frame), serviceBlocks: blocks };
}
