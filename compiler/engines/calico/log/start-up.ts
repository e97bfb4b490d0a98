import type { FailsafePort } from "../../specification.js";
import type { FelixSettings } from "../settings.js";
import { goHex, goPointer, goString } from "./go-text.js";

/** What Felix says when it starts: lines as they are, `table.go 377: Calculated …`, and steps that depend on the cluster. */
export interface StartUp {
  readonly script: readonly (string | { readonly step: StartUpStep })[];
  /** The first time that everything is written. */
  readonly firstApply: readonly string[];
  readonly afterFirstApply: readonly string[];
}

export type StartUpStep =
  | "configuration"
  /** Of what was found in the cluster. */
  | "configuration again"
  /** Sets of the addresses that Calico hands out. */
  | "pools"
  | "chains"
  | "interfaces"
  | "calculated"
  | "messages";

export interface StartUpFacts {
  readonly node: string;
  readonly prefixes: readonly string[];
  readonly felix: FelixSettings;
}

/** A text that is written on several lines and said on one. */
export function unwrapped(text: string): string {
  return text.trim().replaceAll(/\n\s*/g, " ");
}

/** Parts of the calculation that want to hear of objects, by the kinds of their keys. */
export function listeners(kinds: string): readonly string[] {
  return unwrapped(kinds)
    .split(" ")
    .map(
      (kind) =>
        `dispatcher.go 68: Registering listener for type model.${kind}Key: (dispatcher.UpdateHandler)(${goPointer})`,
    );
}

/** Which program there is for a task: `iptables-nft-save` or `iptables-save`. */
export function programLookedUp(program: string, backend: string, verb: string): string {
  const command = goString(`${program}-${backend}-${verb}`);
  const version = program === "ip6tables" ? "0x6" : "0x4";
  const candidates = `[]string{${command}, ${goString(`${program}-${verb}`)}}`;
  return `Looked up iptables command backendMode=${goString(backend)} candidates=${candidates} command=${command} ipVersion=${version} saveOrRestore=${goString(verb)}`;
}

/** By what rules of early releases are found that are to be removed. */
export function oldInsertPattern(table?: "nat"): string {
  const prefixes = ["cali-", "califw-", "calitw-", "califh-", "calith-", "calipi-", "calipo-", "felix-"];
  const masquerade = [
    "-A POSTROUTING .* felix-masq-ipam-pools .*",
    "-A POSTROUTING -o tunl0 -m addrtype ! --src-type LOCAL --limit-iface-out -m addrtype --src-type LOCAL -j MASQUERADE",
  ];
  const patterns = [...prefixes.map((prefix) => `(?:-j|--jump) ${prefix}`), ...(table ? masquerade : [])];
  return `Calculated old-insert detection regex. pattern=${goString(patterns.join("|"))}`;
}

export function failsafePorts(ports: readonly FailsafePort[], form: "config" | "config-with-net" | "v3"): string {
  const type = form === "v3" ? "v3.ProtoPort" : "config.ProtoPort";
  const texts = ports.map(({ protocol, port, net = "" }) => {
    const both = `Protocol:${goString(protocol)}, Port:${goHex(port)}`;
    if (form === "config") return `${type}{${both}}`;
    return form === "v3" ? `${type}{${both}, Net:${goString(net)}}` : `${type}{Net:${goString(net)}, ${both}}`;
  });
  return `[]${type}{${texts.join(", ")}}`;
}

export function allowedWords(action: FelixSettings["filterAllowAction"], chain: string): string {
  return action === "ACCEPT" ? "accepted immediately" : `returned to ${chain} chain`;
}

export function toHostWords({ defaultEndpointToHostAction }: FelixSettings): string {
  return { ACCEPT: "accepted", DROP: "dropped", RETURN: "returned to INPUT chain" }[defaultEndpointToHostAction];
}

export function serviceLoopWord({ serviceLoops }: FelixSettings): string {
  return { DROP: "Drop", REJECT: "Reject", DISABLED: "Disabled" }[serviceLoops];
}

export function serviceLoopFate({ serviceLoops }: FelixSettings): string {
  return { DROP: "dropped", REJECT: "rejected", DISABLED: "allowed to loop" }[serviceLoops];
}
