import type { Value } from "../../manifest/value.js";
import { quote } from "../../text/quote.js";
import type { Checker } from "../checker.js";
import { decodeBoolean, decodeInteger, decodeString, isNull, reportWrongType } from "../decode.js";
import { felixFields, type FelixFieldType } from "./felix-fields.js";
import type { FelixConfiguration } from "./objects.js";
import { readFields, readItems, readStringMap, readStrings, reportInvalid, type Readers } from "./read-fields.js";

/**
 * What reads the fields of a FelixConfiguration: their types are the API server's, which takes names to the letter (calicoctl takes them in any
 * case, and 5 where a text is wanted); which values Felix takes is Felix's business. Settings, as it takes them from its environment, go into
 * `found`.
 */
export function felixReaders(checker: Checker, found: FelixConfiguration["settings"][number][]): Readers {
  const reader =
    ({ name, type }: (typeof felixFields)[number]) =>
    (value: Value): void => {
      if (isNull(value)) return;
      const before = checker.errorCount;
      const text = readSetting(type, value, name, checker);
      if (text !== undefined && checker.errorCount === before) found.push({ name, value: text, offset: value.offset });
    };
  return Object.fromEntries(felixFields.map((field) => [field.name, reader(field)]));
}

function readSetting(type: FelixFieldType, value: Value, name: string, checker: Checker): string | undefined {
  switch (type) {
    case "boolean":
      return asText(decodeBoolean(value, checker, name));
    case "integer":
      return asText(decodeInteger(value, 64, checker, name));
    case "string":
      return decodeString(value, checker, name);
    case "duration":
      return readDuration(value, name, checker);
    case "number or string":
      return readNumberOrString(value, name, checker);
    case "numbers or strings":
      return readItems(value, name, (item, index) => readNumberOrString(item, index, checker), checker).join(",");
    case "strings":
      return readStrings(value, name, checker).join(",");
    case "protocol ports": {
      const ports = readItems(value, name, (item, index) => readHostPort(item, index, checker), checker);
      return ports.length === 0 ? "none" : ports.join(",");
    }
    case "string map":
      readStringMap(value, name, checker);
      return undefined;
    case "timeouts":
      readItems(value, name, (item, index) => readTimeout(item, index, checker), checker);
      return undefined;
    case "table range":
      readTableRange(value, name, checker);
      return undefined;
    case "table ranges":
      readItems(value, name, (item, index) => readTableRange(item, index, checker), checker);
      return undefined;
  }
}

function asText(value: boolean | number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** Source: Go, time.ParseDuration. */
function readDuration(value: Value, name: string, checker: Checker): string | undefined {
  const text = decodeString(value, checker, name);
  if (text !== undefined && !/^[-+]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/.test(text))
    reportInvalid(
      value,
      `${quote(text)} is no duration`,
      "write a number and its unit: 90s, 1m30s, 500ms",
      checker,
      name,
    );
  return text;
}

function readNumberOrString(value: Value, name: string | number, checker: Checker): string | undefined {
  if (value.kind === "scalar" && ["string", "number", "bigint"].includes(typeof value.value))
    return String(value.value);
  reportWrongType(value, "a number or a text", checker, name);
  return undefined;
}

function readTimeout(value: Value, index: number, checker: Checker): void {
  readFields(
    value,
    index,
    {
      name: (field) => void decodeString(field, checker, "name"),
      timeout: (field) => void readDuration(field, "timeout", checker),
    },
    checker,
  );
}

function readTableRange(value: Value, name: string | number, checker: Checker): void {
  readFields(
    value,
    name,
    {
      min: (field) => void decodeInteger(field, 64, checker, "min"),
      max: (field) => void decodeInteger(field, 64, checker, "max"),
    },
    checker,
  );
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
