import type { Value } from "../../manifest/value.js";
import type { Checker } from "../../model/checker.js";
import { reportWrongType } from "../../model/decode.js";
import { portNameMistakes } from "../../model/name-rules.js";
import type { ExpectedPort } from "./expectation.js";

/** A port or a list of ports; those that are wrong are left out, which the checker then knows. */
export function readPorts(value: Value, checker: Checker, key: string): readonly ExpectedPort[] {
  if (value.kind !== "sequence") return readPort(value, checker, key);
  if (value.items.length === 0) {
    const mistake = "the list is empty";
    checker.report("expectation-port-invalid", { text: "[]", mistake }, value.offset, key);
  }
  checker.enter(key);
  const ports = value.items.flatMap((item, index) => readPort(item, checker, index));
  checker.leave();
  return ports;
}

function readPort(value: Value, checker: Checker, name: string | number): readonly ExpectedPort[] {
  if (value.kind !== "scalar" || (typeof value.value !== "string" && typeof value.value !== "number")) {
    reportWrongType(value, "a port such as 80/tcp", checker, name);
    return [];
  }
  const parsed = parsePort(String(value.value), value.offset);
  if ("mistake" in parsed) {
    checker.report("expectation-port-invalid", { text: value.text, mistake: parsed.mistake }, value.offset, name);
    return [];
  }
  return [parsed];
}

const protocols = ["tcp", "udp", "sctp"] as const;

/** `80`, `80/tcp`, `8000-8010/udp`, `http`, `http/tcp`, `any`, `any/udp`. A number alone is a TCP port, a name alone of any protocol. */
function parsePort(text: string, offset: number): ExpectedPort | { readonly mistake: string } {
  const [port = "", written, ...more] = text.split("/");
  if (more.length > 0) return { mistake: "it has more than one slash" };
  const protocol = protocols.find((known) => known === written?.toLowerCase());
  if (written !== undefined && !protocol) return { mistake: "the protocol is not tcp, udp or sctp" };
  if (port.toLowerCase() === "any")
    return protocol ? { kind: "range", protocol, first: 0, last: 65535 } : { kind: "any" };
  const numbers = /^(\d+)(?:-(\d+))?$/.exec(port);
  if (!numbers) {
    const mistakes = portNameMistakes(port);
    if (mistakes.length > 0) return { mistake: mistakes.map((mistake) => `it ${mistake}`).join(", ") };
    return { kind: "named", name: port, protocol, offset };
  }
  const first = Number(numbers[1]);
  const last = Number(numbers[2] ?? numbers[1]);
  if (first < 1 || first > 65535 || last < 1 || last > 65535) return { mistake: "ports are numbers from 1 to 65535" };
  if (last < first) return { mistake: `${last} is below ${first}` };
  return { kind: "range", protocol: protocol ?? "tcp", first, last };
}
