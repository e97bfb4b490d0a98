import type { Entry } from "../manifest/value.js";
import type { Metadata } from "./admit-metadata.js";
import { readFields, readItems, readStrings } from "./calico/read-fields.js";
import type { Checker } from "./checker.js";
import { decodeInteger, decodeString, reportUnknownField } from "./decode.js";
import type { EndpointSlice } from "./resources.js";

const serviceLabel = "kubernetes.io/service-name";

/** Reads an EndpointSlice: the addresses and ports behind a service, whether they are ready or not. */
export function readEndpointSlice(
  fields: readonly Entry[],
  offset: number,
  metadata: Metadata,
  checker: Checker,
): EndpointSlice {
  let addressType = "";
  let addresses: readonly string[] = [];
  let ports: EndpointSlice["ports"] = [];
  for (const entry of fields) {
    switch (entry.key) {
      case "apiVersion":
      case "kind":
      case "metadata":
        break;
      case "addressType":
        addressType = decodeString(entry.value, checker, "addressType") ?? "";
        break;
      case "endpoints":
        addresses = readItems(
          entry.value,
          "endpoints",
          (item, index) => {
            let own: readonly string[] = [];
            const nothing = (): void => {};
            const others = ["conditions", "hostname", "targetRef", "deprecatedTopology", "nodeName", "zone", "hints"];
            const readers = Object.fromEntries(others.map((name) => [name, nothing]));
            const read = (value: Parameters<typeof readStrings>[0]): void => {
              own = readStrings(value, "addresses", checker);
            };
            readFields(item, index, { ...readers, addresses: read }, checker);
            return own;
          },
          checker,
        ).flat();
        break;
      case "ports":
        ports = readItems(
          entry.value,
          "ports",
          (item, index) => {
            const port = { protocol: "TCP", port: 0 };
            readFields(
              item,
              index,
              {
                name: () => {},
                appProtocol: () => {},
                protocol: (value) => (port.protocol = decodeString(value, checker, "protocol") || "TCP"),
                port: (value) => (port.port = decodeInteger(value, 32, checker, "port") ?? 0),
              },
              checker,
            );
            return port;
          },
          checker,
        );
        break;
      default:
        reportUnknownField(entry, ["apiVersion", "kind", "metadata", "addressType", "endpoints", "ports"], checker);
    }
  }
  const { namespace, name, labels } = metadata;
  const service = labels.has(serviceLabel) ? `${namespace}/${labels.get(serviceLabel)!}` : "";
  return {
    kind: "EndpointSlice",
    namespace,
    name,
    service,
    addressType,
    addresses,
    ports,
    offset,
    source: checker.source,
  };
}
