import type { Value } from "../manifest/value.js";
import { isProtocol } from "./admit-policy-port.js";
import type { Checker } from "./checker.js";
import { decodeFields, decodeInteger, decodeString, reportUnknownField } from "./decode.js";
import { portNameMistakes } from "./name-rules.js";
import type { ContainerPort, Protocol } from "./objects.js";

/** A container port with what is needed to compare it to others. */
export interface ReadPort extends ContainerPort {
  /** 0 when there is none. */
  readonly hostPort: number;
  readonly hostIP: string;
  readonly offset: number;
}

/** Reads and checks an item of a container's `ports`. `names` are the names before it in the container. */
export function readContainerPort(item: Value, index: number, names: Set<string>, checker: Checker): ReadPort {
  let name = "";
  let nameOffset = item.offset;
  let containerPort: number | undefined = 0;
  let containerPortOffset = item.offset;
  let hostPort = 0;
  let hostIP = "";
  let protocol = "TCP";
  const entries = decodeFields(item, checker, index);
  checker.enter(index);
  for (const { key, keyOffset, value } of entries ?? nothing) {
    switch (key) {
      case "name":
        name = decodeString(value, checker, "name") ?? "";
        nameOffset = value.offset;
        break;
      case "containerPort":
        containerPort = decodeInteger(value, 32, checker, "containerPort");
        containerPortOffset = value.offset;
        break;
      case "hostPort":
        hostPort = decodeInteger(value, 32, checker, "hostPort") ?? 0;
        if (hostPort !== 0 && (hostPort < 1 || hostPort > 65535))
          checker.report("port-out-of-range", { port: hostPort }, value.offset, "hostPort");
        break;
      case "hostIP":
        hostIP = decodeString(value, checker, "hostIP") ?? "";
        break;
      case "protocol":
        // The empty protocol is defaulted here, unlike in a NetworkPolicy.
        protocol = decodeString(value, checker, "protocol") || "TCP";
        if (!isProtocol(protocol)) checker.report("protocol-unknown", { protocol }, value.offset, "protocol");
        break;
      default:
        reportUnknownField(
          { key, keyOffset, value },
          ["name", "containerPort", "protocol", "hostPort", "hostIP"],
          checker,
        );
    }
  }
  if (name !== "") checkName(name, nameOffset, names, checker);
  if (containerPort === 0 && entries)
    checker.report("container-port-missing", {}, containerPortOffset, "containerPort");
  else if (containerPort !== undefined && (containerPort < 0 || containerPort > 65535))
    checker.report("port-out-of-range", { port: containerPort }, containerPortOffset, "containerPort");
  checker.leave();
  return {
    name,
    containerPort: containerPort ?? 0,
    protocol: protocol as Protocol,
    hostPort,
    hostIP,
    offset: item.offset,
  };
}

const nothing: readonly never[] = [];

function checkName(name: string, offset: number, names: Set<string>, checker: Checker): void {
  const mistakes = portNameMistakes(name);
  if (mistakes.length > 0) checker.report("port-name-invalid", { value: name, mistakes }, offset, "name");
  else if (names.has(name)) checker.report("port-name-duplicate", { name }, offset, "name");
  else names.add(name);
}
