import type { Value } from "../../manifest/value.js";
import { quote } from "../../text/quote.js";
import type { Checker } from "../checker.js";
import { hasHostBits, maskedCidr, parseCidr } from "../cidr.js";
import { decodeInteger, decodeString } from "../decode.js";
import { portNameMistakes } from "../name-rules.js";
import type { CalicoEntity, CalicoPort, CalicoRule } from "./objects.js";
import {
  readChoice,
  readFields,
  readItems,
  readName,
  readSelectorText,
  readStringMap,
  readStrings,
  reportInvalid,
} from "./read-fields.js";

const protocolNames = ["TCP", "UDP", "ICMP", "ICMPv6", "SCTP", "UDPLite"] as const;
/** Protocols that have ports. */
export const withPorts: ReadonlySet<string | number> = new Set(["TCP", "UDP", "SCTP", 6, 17, 132]);

/** The rules of one direction. `namespace` is that of the policy, "" of a global one. */
export function readRules(
  value: Value,
  direction: "ingress" | "egress",
  namespace: string,
  checker: Checker,
): readonly CalicoRule[] {
  return readItems(value, direction, (item, index) => readRule(item, index, direction, namespace, checker), checker);
}

type Found = { -readonly [K in keyof CalicoRule]: CalicoRule[K] };

/** Source of the checks: Calico 87c15906f, libcalico-go/lib/validator/v3, validateRule and validateEntityRule. */
function readRule(
  value: Value,
  index: number,
  direction: "ingress" | "egress",
  namespace: string,
  checker: Checker,
): CalicoRule {
  const rule: Found = {
    action: "Allow",
    source: anyEntity,
    destination: anyEntity,
    annotations: new Map(),
    offset: value.offset,
  };
  let action: CalicoRule["action"] | undefined;
  let named = false;
  readFields(
    value,
    index,
    {
      action: (field) => {
        named = true;
        action = readChoice(field, "action", ["Allow", "Deny", "Log", "Pass"], checker);
      },
      ipVersion: (field) => {
        const version = decodeInteger(field, 64, checker, "ipVersion");
        if (version === 4 || version === 6) rule.ipVersion = version;
        else if (version !== undefined)
          reportInvalid(field, `there is no IP version ${version}`, "use 4 or 6", checker, "ipVersion");
      },
      protocol: (field) => put(rule, "protocol", readProtocol(field, "protocol", checker)),
      notProtocol: (field) => put(rule, "notProtocol", readProtocol(field, "notProtocol", checker)),
      icmp: (field) => put(rule, "icmp", readIcmp(field, "icmp", checker)),
      notICMP: (field) => put(rule, "notIcmp", readIcmp(field, "notICMP", checker)),
      source: (field) => (rule.source = readEntity(field, "source", direction === "ingress", namespace, checker)),
      destination: (field) =>
        (rule.destination = readEntity(field, "destination", direction === "egress", namespace, checker)),
      metadata: (field) =>
        readFields(
          field,
          "metadata",
          { annotations: (map) => (rule.annotations = readStringMap(map, "annotations", checker)) },
          checker,
        ),
      http: (field) =>
        reportInvalid(field, "http is enforced by Dikastes, not by packet filters", "remove it", checker, "http"),
    },
    checker,
  );
  checker.enter(index);
  if (!named) reportInvalid(value, "the rule has no action", "add action: Allow, Deny, Log or Pass", checker, "action");
  checkTogether(rule, value, checker);
  checker.leave();
  return { ...rule, action: action ?? "Allow" };
}

function put<K extends keyof Found>(rule: Found, key: K, value: Found[K] | undefined): void {
  if (value !== undefined) rule[key] = value;
}

/** What fields ask of one another. */
function checkTogether(rule: Found, value: Value, checker: Checker): void {
  const { protocol, ipVersion } = rule;
  const nets = [rule.source, rule.destination].flatMap((end) => [...end.nets, ...end.notNets]);
  if (new Set(nets.map((net) => net.includes(":"))).size > 1) {
    reportInvalid(value, "the rule has blocks of IPv4 and of IPv6", "make two rules of it", checker);
  }
  for (const end of ["source", "destination"] as const) {
    const { ports, notPorts } = rule[end];
    if (ports.length + notPorts.length > 0 && !(protocol !== undefined && withPorts.has(protocol))) {
      const fix = "add protocol: TCP, UDP or SCTP";
      reportInvalid(
        value,
        "ports need a protocol that has ports",
        fix,
        checker,
        end,
        ports.length > 0 ? "ports" : "notPorts",
      );
    }
    for (const net of [...rule[end].nets, ...rule[end].notNets]) {
      if (ipVersion !== undefined && net.includes(":") !== (ipVersion === 6)) {
        reportInvalid(value, `${net} is not of IP version ${ipVersion}`, "leave one of them out", checker, end);
      }
    }
    const { services } = rule[end];
    if (services && (ports.length + notPorts.length > 0 || isSelective(rule[end]))) {
      const fix = "remove selectors, nets and ports beside services";
      reportInvalid(value, "services stand alone", fix, checker, end, "services");
    }
  }
  const isIcmp = protocol === "ICMP" || protocol === "ICMPv6" || protocol === 1 || protocol === 58;
  if ((rule.icmp ?? rule.notIcmp) && !isIcmp) {
    reportInvalid(
      value,
      "icmp needs protocol ICMP or ICMPv6",
      "add protocol: ICMP",
      checker,
      rule.icmp ? "icmp" : "notICMP",
    );
  }
  const wanted = protocol === "ICMP" ? 4 : protocol === "ICMPv6" ? 6 : undefined;
  if (wanted !== undefined && ipVersion !== undefined && ipVersion !== wanted) {
    reportInvalid(
      value,
      `${protocol} is not of IP version ${ipVersion}`,
      `write ipVersion: ${wanted}`,
      checker,
      "ipVersion",
    );
  }
}

function isSelective(entity: CalicoEntity): boolean {
  return (
    entity.nets.length + entity.notNets.length > 0 ||
    entity.selector + entity.notSelector + entity.namespaceSelector !== "" ||
    entity.serviceAccounts !== undefined
  );
}

/** What holds for every packet. */
export const anyEntity: CalicoEntity = {
  nets: [],
  notNets: [],
  selector: "",
  notSelector: "",
  namespaceSelector: "",
  ports: [],
  notPorts: [],
};

function readEntity(
  value: Value,
  name: string,
  mayHaveServices: boolean,
  namespace: string,
  checker: Checker,
): CalicoEntity {
  const entity: { -readonly [K in keyof CalicoEntity]: CalicoEntity[K] } = { ...anyEntity };
  readFields(
    value,
    name,
    {
      nets: (field) => (entity.nets = readNets(field, "nets", checker)),
      notNets: (field) => (entity.notNets = readNets(field, "notNets", checker)),
      selector: (field) => (entity.selector = readSelectorText(field, "selector", false, checker)),
      notSelector: (field) => (entity.notSelector = readSelectorText(field, "notSelector", false, checker)),
      namespaceSelector: (field) =>
        (entity.namespaceSelector = readSelectorText(field, "namespaceSelector", true, checker)),
      ports: (field) => (entity.ports = readPorts(field, "ports", checker)),
      notPorts: (field) => (entity.notPorts = readPorts(field, "notPorts", checker)),
      serviceAccounts: (field) => (entity.serviceAccounts = readAccounts(field, checker)),
      services: (field) => {
        entity.services = readService(field, namespace, checker);
        if (!mayHaveServices) {
          const fix = "use them in the source of ingress, or in the destination of egress";
          reportInvalid(field, "services cannot stand here", fix, checker, "services");
        }
      },
    },
    checker,
  );
  return entity;
}

/** Blocks, without host bits; a bare address is refused here. */
function readNets(value: Value, name: string, checker: Checker): readonly string[] {
  const found = readItems(
    value,
    name,
    (item, index) => {
      const text = decodeString(item, checker, index) ?? "";
      const cidr = parseCidr(text);
      if (!cidr) {
        const fix = "write it with a prefix length: 10.0.0.0/8";
        reportInvalid(item, `${quote(text)} is no block of addresses`, fix, checker, index);
        return "";
      }
      const masked = maskedCidr(text);
      if (hasHostBits(cidr)) {
        reportInvalid(item, `${quote(text)} has bits after its prefix`, `write ${masked}`, checker, index);
      }
      return masked;
    },
    checker,
  );
  return found.filter((net) => net !== "");
}

function readAccounts(value: Value, checker: Checker): NonNullable<CalicoEntity["serviceAccounts"]> {
  let [names, selector]: [readonly string[], string] = [[], ""];
  readFields(
    value,
    "serviceAccounts",
    {
      names: (field) => (names = readStrings(field, "names", checker)),
      selector: (field) => (selector = readSelectorText(field, "selector", false, checker)),
    },
    checker,
  );
  return { names, selector };
}

function readService(value: Value, fallback: string, checker: Checker): NonNullable<CalicoEntity["services"]> {
  let [name, namespace] = ["", ""];
  readFields(
    value,
    "services",
    {
      name: (field) => (name = readName(field, "name", checker)),
      namespace: (field) => (namespace = readName(field, "namespace", checker)),
    },
    checker,
  );
  if (name === "") reportInvalid(value, "services names no service", "add name", checker, "services", "name");
  if (namespace === "" && fallback === "")
    reportInvalid(
      value,
      "a global policy does not say in which namespace the service is",
      "add namespace",
      checker,
      "services",
      "namespace",
    );
  return { name, namespace };
}

export function readProtocol(value: Value, name: string, checker: Checker): string | number | undefined {
  const { number, text } = numberOrText(value, name, checker);
  if (number !== undefined && number >= 1 && number <= 255) return number;
  if (text !== undefined && protocolNames.some((each) => each === text)) return text;
  if (number !== undefined || text !== undefined) {
    const near = protocolNames.find((each) => each.toLowerCase() === text?.toLowerCase());
    const fix = near ? `write ${near}` : `use ${protocolNames.join(", ")}, or a number from 1 to 255`;
    reportInvalid(value, `${quote(String(number ?? text))} is no protocol`, fix, checker, name);
  }
  return undefined;
}

function readPorts(value: Value, name: string, checker: Checker): readonly CalicoPort[] {
  const found = readItems(value, name, (item, index) => readPort(item, index, checker), checker);
  return found.filter((port) => port !== undefined);
}

/** `80`, `"8000:8010"` or a name. */
function readPort(value: Value, index: number, checker: Checker): CalicoPort | undefined {
  const { number, text } = numberOrText(value, index, checker);
  if (number !== undefined && number >= 1 && number <= 65535) return { first: number, last: number };
  const range = /^(\d{1,5}):(\d{1,5})$/.exec(text ?? "");
  const [first, last] = [Number(range?.[1]), Number(range?.[2])];
  if (range && first >= 1 && first <= last && last <= 65535) return { first, last };
  if (text !== undefined && !range && portNameMistakes(text).length === 0) return { name: text };
  if (number !== undefined || text !== undefined) {
    const fix =
      'write a number from 1 to 65535, a range "8000:8010" from low to high, or a name of up to 15 of a-z, 0-9 and -';
    reportInvalid(value, `${quote(String(number ?? text))} is no port`, fix, checker, index);
  }
  return undefined;
}

/** A text of digits is a number, too. */
function numberOrText(
  value: Value,
  name: string | number,
  checker: Checker,
): { readonly number?: number; readonly text?: string } {
  if (value.kind === "scalar" && typeof value.value === "number") {
    const number = decodeInteger(value, 32, checker, name);
    return number === undefined ? {} : { number };
  }
  const text = decodeString(value, checker, name);
  if (text === undefined) return {};
  return /^\d{1,9}$/.test(text) ? { number: Number(text) } : { text };
}

function readIcmp(value: Value, name: string, checker: Checker): CalicoRule["icmp"] {
  let [type, code]: (number | undefined)[] = [];
  readFields(
    value,
    name,
    {
      type: (field) => (type = readByte(field, "type", 254, checker)),
      code: (field) => (code = readByte(field, "code", 255, checker)),
    },
    checker,
  );
  if (type === undefined) {
    if (code !== undefined) reportInvalid(value, "an ICMP code needs a type", "add type", checker, name, "type");
    return undefined;
  }
  return { type, ...(code !== undefined && { code }) };
}

function readByte(value: Value, name: string, last: number, checker: Checker): number | undefined {
  const number = decodeInteger(value, 32, checker, name);
  if (number === undefined || (number >= 0 && number <= last)) return number;
  reportInvalid(value, `${number} is out of range`, `use 0 to ${last}`, checker, name);
  return undefined;
}
