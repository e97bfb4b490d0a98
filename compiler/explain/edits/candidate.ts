import type { NetworkPolicy } from "../../model/objects.js";
import { keyOf } from "../../model/objects.js";
import type { Cluster, Endpoint } from "../../simulate/cluster.js";
import type { Packet } from "../../simulate/judgement.js";
import type { Source } from "../../text/source.js";
import type { TextEdit } from "./yaml-lines.js";

/** One change of one field of one policy, or a new policy. */
export interface Candidate {
  readonly policy: string;
  /** `add a peer to spec.ingress[0].from` */
  readonly what: string;
  readonly source: Source;
  readonly edit: TextEdit;
}

/** What is asked of one direction. */
export interface Ground {
  readonly direction: "ingress" | "egress";
  /** The end that the policies of the direction select. */
  readonly subject: Endpoint;
  readonly other: Endpoint;
  readonly packet: Packet;
  readonly cluster: Cluster;
}

/** A change in words and in text; none where the text is written in a way that cannot be edited. */
export type Make = (what: string, edit: TextEdit | undefined) => readonly Candidate[];

export function makerFor(policy: NetworkPolicy): Make {
  return (what, edit) => (edit ? [{ policy: keyOf(policy), what, source: policy.source, edit }] : []);
}
