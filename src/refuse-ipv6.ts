import { diagnostic, type CompileResult } from "../compiler/index.js";
import { Failure } from "./failure.js";

/** For commands that look at IPv4 alone: an engine that was asked for its IPv6 rules, too, makes an output of them. */
export function refuseIpv6({ engine, lacks }: CompileResult["machine"]): void {
  if (!lacks.includes("ip6tables-save")) throw new Failure([diagnostic("ipv6-not-known", { engine })]);
}
