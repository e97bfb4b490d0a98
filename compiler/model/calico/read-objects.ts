import type { Entry, Value } from "../../manifest/value.js";
import { quote } from "../../text/quote.js";
import type { Metadata } from "../admit-metadata.js";
import type { Checker } from "../checker.js";
import { isAddress, maskedCidr, parseCidr, wholeBlock } from "../cidr.js";
import { decodeBoolean, decodeInteger, decodeString, reportUnknownField } from "../decode.js";
import type {
  CalicoPolicy,
  CalicoProfile,
  CalicoRule,
  FelixConfiguration,
  HostEndpoint,
  NetworkSet,
  Tier,
} from "./objects.js";
import { portNameMistakes } from "../name-rules.js";
import { felixReaders } from "./read-felix-settings.js";
import {
  readChoice,
  readFields,
  readItems,
  readName,
  readNumber,
  readSelectorText,
  readStringMap,
  reportInvalid,
  type Readers,
} from "./read-fields.js";
import { readProtocol, readRules, withPorts } from "./read-rule.js";

/** An object's own place and names, and the document it is in. */
export interface Frame {
  readonly fields: readonly Entry[];
  readonly offset: number;
  readonly metadata: Metadata;
  readonly checker: Checker;
  /** `crd.projectcalico.org/v1`: as the datastore keeps it, where no client has filled in defaults. */
  readonly stored: boolean;
}

/** Reads `spec`; whatever else there is at the top is unknown. */
export function readSpec({ fields, checker }: Frame, readers: Readers): void {
  for (const entry of fields) {
    if (entry.key === "spec") readFields(entry.value, "spec", readers, checker);
    else if (!["apiVersion", "kind", "metadata", "status"].includes(entry.key)) {
      reportUnknownField(entry, ["apiVersion", "kind", "metadata", "spec"], checker);
    }
  }
}

export function placed({ metadata, offset, checker }: Frame) {
  return { name: metadata.name, offset, source: checker.source };
}

export type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads and checks a policy of Calico's. Source: Calico 87c15906f, libcalico-go/lib/validator/v3; defaults: api/pkg/apis/projectcalico/v3. */
export function readCalicoPolicy(kind: CalicoPolicy["kind"], frame: Frame): CalicoPolicy {
  const { checker, metadata } = frame;
  const namespace = kind.includes("Global") ? "" : metadata.namespace;
  const isGlobal = namespace === "" && kind.includes("Global");
  const found: Writable<CalicoPolicy> = {
    kind,
    namespace,
    ...placed(frame),
    tier: "default",
    selector: "",
    namespaceSelector: "",
    serviceAccountSelector: "",
    ingressType: false,
    egressType: false,
    ingress: [],
    egress: [],
    doNotTrack: false,
    preDnat: false,
    applyOnForward: false,
    everywhere: false,
  };
  let types: readonly string[] = [];
  const flag = (key: "doNotTrack" | "preDnat" | "applyOnForward", name: string) => (value: Value) => {
    found[key] = decodeBoolean(value, checker, name) ?? false;
  };
  readSpec(frame, {
    tier: (value) => (found.tier = decodeString(value, checker, "tier") || "default"),
    order: (value) => {
      const order = readNumber(value, "order", checker);
      if (order !== undefined) found.order = order;
    },
    selector: (value) => (found.selector = readSelectorText(value, "selector", false, checker)),
    serviceAccountSelector: (value) =>
      (found.serviceAccountSelector = readSelectorText(value, "serviceAccountSelector", false, checker)),
    types: (value) => {
      types = readItems(
        value,
        "types",
        (item, index) => readChoice(item, index, ["Ingress", "Egress"], checker) ?? "",
        checker,
      );
    },
    ingress: (value) => (found.ingress = readRules(value, "ingress", namespace, checker)),
    egress: (value) => (found.egress = readRules(value, "egress", namespace, checker)),
    performanceHints: (value) => {
      const read = (item: Value, index: number) => readChoice(item, index, ["AssumeNeededOnEveryNode"], checker);
      const hints = readItems(value, "performanceHints", read, checker);
      if (new Set(hints).size < hints.length)
        reportInvalid(value, "a hint is written twice", "write it once", checker, "performanceHints");
      found.everywhere = hints.includes("AssumeNeededOnEveryNode");
    },
    ...(isGlobal && {
      namespaceSelector: (value: Value) =>
        (found.namespaceSelector = readSelectorText(value, "namespaceSelector", false, checker)),
      doNotTrack: flag("doNotTrack", "doNotTrack"),
      preDNAT: flag("preDnat", "preDNAT"),
      applyOnForward: flag("applyOnForward", "applyOnForward"),
    }),
    ...(kind.startsWith("Staged") && {
      stagedAction: (value: Value) => void readChoice(value, "stagedAction", ["Set"], checker),
    }),
  });
  checkKindOfPolicy(found, types, frame);
  const { ingress, egress } = found;
  if (types.length > 0) {
    found.ingressType = types.includes("Ingress");
    found.egressType = types.includes("Egress");
  } else {
    // The client that stores a policy fills types in; Felix itself takes a policy without any for both.
    if (frame.stored) checker.report("calico-types-missing", {}, frame.offset, "spec", "types");
    found.ingressType = frame.stored || ingress.length > 0 || egress.length === 0;
    found.egressType = frame.stored || egress.length > 0;
  }
  return found;
}

function checkKindOfPolicy(found: CalicoPolicy, types: readonly string[], { checker, offset }: Frame): void {
  const { doNotTrack, preDnat, applyOnForward, egress } = found;
  const report = (field: string, problem: string, fix: string): void =>
    reportInvalid({ offset }, problem, fix, checker, "spec", field);
  if (doNotTrack && preDnat)
    report("preDNAT", "a policy cannot be both doNotTrack and preDNAT", "make two policies of it");
  if ((doNotTrack || preDnat) && !applyOnForward) {
    report(
      "applyOnForward",
      `${doNotTrack ? "doNotTrack" : "preDNAT"} needs applyOnForward`,
      "add applyOnForward: true",
    );
  }
  if (preDnat && (egress.length > 0 || types.includes("Egress"))) {
    report("egress", "a preDNAT policy has no egress rules", "remove egress, also from types");
  }
  if (new Set(types).size < types.length) report("types", "a type is written twice", "write each once");
}

export function readNetworkSet(kind: NetworkSet["kind"], frame: Frame): NetworkSet {
  const { checker, metadata } = frame;
  let nets: readonly string[] = [];
  readSpec(frame, {
    nets: (value) => {
      nets = readItems(value, "nets", (item, index) => readNet(item, index, checker), checker).filter(
        (net) => net !== "",
      );
    },
  });
  const namespace = kind === "NetworkSet" ? metadata.namespace : "";
  return { kind, namespace, ...placed(frame), labels: metadata.labels, nets };
}

/** A block or an address. */
function readNet(value: Value, index: number, checker: Checker): string {
  const text = decodeString(value, checker, index) ?? "";
  if (parseCidr(text)) return maskedCidr(text);
  if (isAddress(text)) return maskedCidr(wholeBlock(text));
  reportInvalid(value, `${quote(text)} is neither a block nor an address`, "write 203.0.113.0/24", checker, index);
  return "";
}

export function readHostEndpoint(frame: Frame): HostEndpoint {
  const { checker, metadata, offset } = frame;
  const found: Writable<HostEndpoint> = {
    kind: "HostEndpoint",
    namespace: "",
    ...placed(frame),
    labels: metadata.labels,
    node: "",
    interfaceName: "",
    expectedIPs: [],
    profiles: [],
    ports: [],
    ...(metadata.annotations.size > 0 && { annotations: metadata.annotations }),
  };
  readSpec(frame, {
    node: (value) => (found.node = readName(value, "node", checker)),
    interfaceName: (value) => {
      found.interfaceName = decodeString(value, checker, "interfaceName") ?? "";
      if (!/^(\*|[A-Za-z0-9_.-]{0,15})$/.test(found.interfaceName)) {
        const fix = "use at most 15 letters, digits, _, . and -, or *";
        reportInvalid(value, `${quote(found.interfaceName)} is no interface`, fix, checker, "interfaceName");
      }
    },
    expectedIPs: (value) => {
      const read = (item: Value, index: number): string => {
        const text = decodeString(item, checker, index) ?? "";
        if (!isAddress(text)) reportInvalid(item, `${quote(text)} is no address`, "write 10.224.0.62", checker, index);
        return text;
      };
      found.expectedIPs = readItems(value, "expectedIPs", read, checker);
    },
    profiles: (value) => {
      found.profiles = readItems(value, "profiles", (item, index) => readName(item, index, checker), checker);
    },
    ports: (value) => {
      found.ports = readItems(value, "ports", (item, index) => readEndpointPort(item, index, checker), checker);
    },
  });
  const report = (field: string, problem: string, fix: string): void =>
    reportInvalid({ offset }, problem, fix, checker, "spec", field);
  if (found.node === "") report("node", "the host endpoint names no node", "add node");
  if (found.interfaceName === "" && found.expectedIPs.length === 0) {
    report(
      "interfaceName",
      "the host endpoint names neither an interface nor addresses",
      "add interfaceName or expectedIPs",
    );
  }
  return found;
}

function readEndpointPort(value: Value, index: number, checker: Checker): HostEndpoint["ports"][number] {
  const found: { name: string; port: number; protocol: string | number } = { name: "", port: 0, protocol: "TCP" };
  readFields(
    value,
    index,
    {
      name: (field) => (found.name = decodeString(field, checker, "name") ?? ""),
      port: (field) => (found.port = decodeInteger(field, 32, checker, "port") ?? 0),
      protocol: (field) => (found.protocol = readProtocol(field, "protocol", checker) ?? "TCP"),
    },
    checker,
  );
  if (found.port < 1 || found.port > 65535)
    reportInvalid(value, `${found.port} is no port`, "use 1 to 65535", checker, index, "port");
  const mistakes = portNameMistakes(found.name);
  if (mistakes.length > 0) {
    const problem = `${quote(found.name)} is no name of a port: it ${mistakes.join(", and ")}`;
    reportInvalid(value, problem, "use up to 15 of a-z, 0-9 and -, one of them a letter", checker, index, "name");
  }
  if (!withPorts.has(found.protocol)) {
    const fix = "use TCP, UDP or SCTP";
    reportInvalid(value, `${found.protocol} has no ports`, fix, checker, index, "protocol");
  }
  return found;
}

export function readTier(frame: Frame): Tier {
  const { checker } = frame;
  let order: number | undefined;
  let defaultAction: Tier["defaultAction"] = "Deny";
  readSpec(frame, {
    order: (value) => (order = readNumber(value, "order", checker)),
    defaultAction: (value) => (defaultAction = readChoice(value, "defaultAction", ["Deny", "Pass"], checker) ?? "Deny"),
  });
  return { kind: "Tier", namespace: "", ...placed(frame), ...(order !== undefined && { order }), defaultAction };
}

export function readProfile(frame: Frame): CalicoProfile {
  const { checker } = frame;
  let labelsToApply: CalicoProfile["labelsToApply"] = new Map();
  let [ingress, egress]: (readonly CalicoRule[])[] = [[], []];
  readSpec(frame, {
    labelsToApply: (value) => (labelsToApply = readStringMap(value, "labelsToApply", checker)),
    ingress: (value) => (ingress = readRules(value, "ingress", "", checker)),
    egress: (value) => (egress = readRules(value, "egress", "", checker)),
  });
  return { kind: "Profile", namespace: "", ...placed(frame), labelsToApply, ingress: ingress!, egress: egress! };
}

export function readFelixConfiguration(frame: Frame): FelixConfiguration {
  const settings: FelixConfiguration["settings"][number][] = [];
  readSpec(frame, felixReaders(frame.checker, settings));
  return { kind: "FelixConfiguration", namespace: "", ...placed(frame), settings };
}
