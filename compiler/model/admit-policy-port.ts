import type { Value } from "../manifest/value.js";
import type { Checker } from "./checker.js";
import { decodeFields, decodeInteger, decodeString, isNull, reportUnknownField, reportWrongType } from "./decode.js";
import { portNameMistakes } from "./name-rules.js";
import type { PolicyPort, Protocol } from "./objects.js";

/** Reads, checks and defaults an item of a rule's `ports`. */
export function readPolicyPort(item: Value, index: number, checker: Checker): PolicyPort {
  let protocol = "TCP";
  let port: number | string | undefined;
  let portBroken = false;
  let endPort: number | undefined;
  let endPortOffset = 0;
  const entries = decodeFields(item, checker, index);
  checker.enter(index);
  for (const { key, keyOffset, value } of entries ?? nothing) {
    switch (key) {
      case "protocol": {
        if (isNull(value)) break;
        const text = decodeString(value, checker, "protocol");
        if (text !== undefined && !isProtocol(text))
          checker.report("protocol-unknown", { protocol: text }, value.offset, "protocol");
        protocol = text ?? "TCP";
        break;
      }
      case "port":
        if (isNull(value)) break;
        port = readIntOrString(value, checker);
        portBroken = port === undefined;
        if (port !== undefined) checkPort(port, value.offset, checker);
        break;
      case "endPort":
        if (isNull(value)) break;
        endPort = decodeInteger(value, 32, checker, "endPort");
        endPortOffset = value.offset;
        break;
      default:
        reportUnknownField({ key, keyOffset, value }, ["protocol", "port", "endPort"], checker);
    }
  }
  if (endPort !== undefined && !portBroken) checkEndPort(port, endPort, endPortOffset, checker);
  checker.leave();
  if (port === undefined) return { protocol: protocol as Protocol, offset: item.offset };
  if (endPort === undefined) return { protocol: protocol as Protocol, port, offset: item.offset };
  return { protocol: protocol as Protocol, port, endPort, offset: item.offset };
}

const nothing: readonly never[] = [];

export function isProtocol(text: string): text is Protocol {
  return text === "TCP" || text === "UDP" || text === "SCTP";
}

function readIntOrString(value: Value, checker: Checker): number | string | undefined {
  if (value.kind === "scalar" && typeof value.value === "string") return value.value;
  if (value.kind === "scalar" && typeof value.value !== "boolean") return decodeInteger(value, 32, checker, "port");
  reportWrongType(value, "a port number or name", checker, "port");
  return undefined;
}

function checkPort(port: number | string, offset: number, checker: Checker): void {
  if (typeof port === "number") {
    if (port < 1 || port > 65535) checker.report("port-out-of-range", { port }, offset, "port");
    return;
  }
  const mistakes = portNameMistakes(port);
  if (mistakes.length > 0) checker.report("port-name-invalid", { value: port, mistakes }, offset, "port");
}

function checkEndPort(port: number | string | undefined, endPort: number, offset: number, checker: Checker): void {
  if (port === undefined) return checker.report("end-port-without-port", {}, offset, "endPort");
  if (typeof port === "string") return checker.report("end-port-with-name", { port }, offset, "endPort");
  if (endPort < port) checker.report("port-range-reversed", { port, endPort }, offset, "endPort");
  if (endPort < 1 || endPort > 65535) checker.report("port-out-of-range", { port: endPort }, offset, "endPort");
}
