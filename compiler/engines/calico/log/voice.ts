import type { Generation } from "../generation.js";
import type { ProtoForm } from "./proto-text.js";
import type { VoiceRelease } from "./statements.js";

/** How a release writes its log, beside where in its source each line stands. */
export interface FelixVoice {
  readonly release: VoiceRelease;
  /** What stands before the name of a file. */
  readonly component: "" | "felix/";
  readonly proto: ProtoForm;
  /** The end of the sentence that a message was received. */
  readonly receivedEnd: "" | ".";
  /** The Go package of the types of ids. */
  readonly idPackage: "proto" | "types";
  /** Ids of host endpoints are written as structs, or as what they are. */
  readonly hostIds: "struct" | "plain";
  /** The field that says whose selector it is, and whether the selector is said. */
  readonly selectorField: "selID" | "id";
  /** Sets of the calculation, as Go writes the struct: with the fields for services or without, or as the struct prints itself. */
  readonly setForm: "struct" | "struct-with-services" | "own";
  /**
   * Which chains count as users of those that they lead to: none, all that are known, or those that something leads to itself. Lines
   * about chains name their table where only those count.
   */
  readonly references: "none" | "known" | "reached";
  /** How sets of addresses are written: where an interface is seen, and where Go writes the type. */
  readonly addressSet: "mapSet" | "Typed";
  /** The type of the message that an interface came up. */
  readonly interfaceUpdate: "ifaceUpdate" | "ifaceStateUpdate";
  readonly knowsInterfaceIndex: boolean;
  /** Tables are read again before each write, which is said. */
  readonly saysReads: boolean;
  /** The labels of a namespace or an account are sent where there are any. */
  readonly sendsEmptyLabels: boolean;
  readonly sendsEncapsulation: boolean;
  /** Interfaces that lost their host endpoint are said to be matched by none. */
  readonly saysUnmatched: boolean;
  /** Pods' addresses are answered for on their interfaces, in a table of their own. */
  readonly hasArpTable: boolean;
  readonly hasWireguardMark: boolean;
}

const v331: FelixVoice = {
  release: "v3.3.1",
  component: "",
  proto: "angles",
  receivedEnd: "",
  idPackage: "proto",
  hostIds: "struct",
  selectorField: "selID",
  setForm: "struct",
  references: "none",
  addressSet: "mapSet",
  interfaceUpdate: "ifaceUpdate",
  knowsInterfaceIndex: false,
  saysReads: true,
  sendsEmptyLabels: false,
  sendsEncapsulation: false,
  saysUnmatched: true,
  hasArpTable: false,
  hasWireguardMark: false,
};

const v3246: FelixVoice = {
  ...v331,
  release: "v3.24.6",
  component: "felix/",
  setForm: "struct-with-services",
  references: "known",
  addressSet: "Typed",
  knowsInterfaceIndex: true,
  saysReads: false,
  sendsEmptyLabels: true,
  sendsEncapsulation: true,
  saysUnmatched: false,
  hasWireguardMark: true,
};

const v332: FelixVoice = {
  ...v3246,
  release: "v3.32",
  proto: "braces",
  receivedEnd: ".",
  idPackage: "types",
  hostIds: "plain",
  selectorField: "id",
  setForm: "own",
  references: "reached",
  interfaceUpdate: "ifaceStateUpdate",
  hasArpTable: true,
  hasWireguardMark: false,
};

/** The voice that a generation's log is written in; of those between the known ones the one whose messages are its own. */
export function voiceOf({ countsReferences, knows }: Generation): FelixVoice {
  if (!countsReferences) return v331;
  return knows.tiers ? v332 : v3246;
}
