import type { Value } from "../../manifest/value.js";
import type { Checker } from "../checker.js";
import { decodeFields, decodeInteger, decodeString, reportWrongType } from "../decode.js";
import type { FelixConfiguration } from "./objects.js";
import { readFields, readItems } from "./read-fields.js";

/** The settings of a FelixConfiguration as Felix takes them from its environment; what they may be is Felix's business. */
export function readFelixSettings(spec: Value, checker: Checker): FelixConfiguration["settings"] {
  const entries = decodeFields(spec, checker, "spec") ?? [];
  checker.enter("spec");
  const settings = entries.flatMap((entry) => {
    const value = readSetting(entry.value, entry.key, checker);
    return value === undefined ? [] : [{ name: entry.key, value, offset: entry.value.offset }];
  });
  checker.leave();
  return settings;
}

function readSetting(value: Value, name: string, checker: Checker): string | undefined {
  if (value.kind === "scalar") return value.value === null ? undefined : String(value.value);
  if (name.endsWith("HostPorts") && value.kind === "sequence") {
    const ports = readItems(value, name, (item, index) => readHostPort(item, index, checker), checker);
    return ports.length === 0 ? "none" : ports.join(",");
  }
  if (value.kind === "sequence" && value.items.every((item) => item.kind === "scalar")) {
    return value.items.map((item) => (item.kind === "scalar" ? item.text : "")).join(",");
  }
  reportWrongType(value, "a single value", checker, name);
  return undefined;
}

/** `tcp:[10.0.0.0/8]:22` */
function readHostPort(value: Value, index: number, checker: Checker): string {
  let [protocol, net, port] = ["tcp", "", 0];
  readFields(
    value,
    index,
    {
      protocol: (field) => (protocol = (decodeString(field, checker, "protocol") || "tcp").toLowerCase()),
      port: (field) => (port = decodeInteger(field, 32, checker, "port") ?? 0),
      net: (field) => (net = decodeString(field, checker, "net") ?? ""),
    },
    checker,
  );
  return net === "" ? `${protocol}:${port}` : `${protocol}:[${net}]:${port}`;
}
