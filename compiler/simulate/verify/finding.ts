import type { Deviation } from "../../engines/deviation.js";
import type { Location } from "../../text/source.js";
import type { OtherProtocol } from "../circumstances.js";
import type { TraceStep, Verdict } from "../trace.js";
import type { TrafficProtocol } from "../traffic.js";

/** What verifying found. */
export interface Verification {
  /** True when nothing differs but what is accepted. */
  readonly agrees: boolean;
  /** Codes of findings that were accepted, and left out. */
  readonly accepted: readonly string[];
  /** Those that nothing explains first, then in the order of the deviations, then by place. */
  readonly findings: readonly Finding[];
}

/** A cause for which the rules do otherwise than the specification says. */
export interface Finding {
  /** Of a deviation, or `unexplained`. */
  readonly code: string;
  /** Absent for what is unexplained. */
  readonly deviation?: Deviation;
  /** The smallest one that shows it. */
  readonly packet: FoundPacket;
  /** By the specification. */
  readonly expected: "allow" | "deny";
  /** By the rules. */
  readonly actual: Verdict;
  /** `namespace/name` of the policy that is misread, or that has a part in the verdicts; absent when none has. */
  readonly policy?: string;
  /** The part of an object that is the cause; absent when it is no object of the input. */
  readonly place?: Place;
  /** The rule that decides; rule 0 is a chain's policy. Absent when nothing asks the packet at all, or when the verdict depends. */
  readonly rule?: TraceStep;
  /** The rules of policies that lead to it, in order of the packet's way. */
  readonly causes: readonly TraceStep[];
  /** Codes of the deviations without which the packet would not show it, when it takes several. */
  readonly together: readonly string[];
}

export interface Place {
  /** `namespace/name` */
  readonly object: string;
  readonly field: string;
  readonly location: Location;
}

export interface FoundPacket {
  readonly source: FoundEnd;
  readonly destination: FoundEnd;
  readonly protocol: TrafficProtocol;
  /** Destination port; absent for `other`. */
  readonly port?: number;
  /** Where the verdicts depend on it, or may. */
  readonly sourcePort?: number;
  /** What `other` stands for, where that is known. */
  readonly otherProtocol?: OtherProtocol;
  /** `reply`: it belongs to a connection that the destination has opened. */
  readonly state: "new" | "reply";
}

export interface FoundEnd {
  /** `namespace/pod`, or the address when it is no pod's. */
  readonly name: string;
  readonly address: string;
}
