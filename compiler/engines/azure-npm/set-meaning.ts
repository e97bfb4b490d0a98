import type { IpSet } from "../../netfilter/tables.js";
import type { SetMeaning } from "../set-meaning.js";

/** What a set stands for, by its readable name and type. */
export type ReadSetName = (set: IpSet) => SetMeaning | undefined;

/** Every kind of set has a prefix of its own since v1.4.20. */
export const meaningInV2: ReadSetName = ({ readableName = "" }) => {
  const [, prefix, rest = ""] =
    /^(ns-|nslabel-|podlabel-|nestedlabel-|namedport:|cidr-)(.*)$/s.exec(readableName) ?? [];
  switch (prefix) {
    case "ns-":
      return { kind: "namespace", namespace: rest };
    case "nslabel-":
      return rest === "all-namespaces" ? { kind: "all-namespaces" } : { kind: "namespace-label", ...label(rest) };
    case "podlabel-":
      return { kind: "pod-label", ...label(rest) };
    case "nestedlabel-":
      return { kind: "pod-label-values" };
    case "namedport:":
      return { kind: "named-port", name: rest };
    case "cidr-":
      return { kind: "block" };
    default:
      return undefined;
  }
};

/** Since v1.0.27 a namespace and a label of namespaces are told apart by the type of the set; pod labels go bare. */
export const meaningInV1: ReadSetName = ({ readableName = "", type, origin }) => {
  const name = readableName;
  if (type === "hash:ip,port") return { kind: "named-port", name: name.replace(/^namedport:/, "") };
  if (type === "list:set") {
    if (name === "all-namespaces") return { kind: "all-namespaces" };
    if (name.startsWith("ns-")) return { kind: "namespace-label", ...label(name.slice(3)) };
    return { kind: "pod-label-values" };
  }
  if (origin?.kind === "engine" && !name.startsWith("ns-")) return undefined;
  if (isBlock(origin) && /-in-ns-.*-\d+(in|out)$/.test(name)) return { kind: "block" };
  if (name.startsWith("ns-")) return { kind: "namespace", namespace: name.slice(3) };
  return { kind: "pod-label", ...label(name) };
};

/** Before that, namespaces went bare and pod labels had a prefix. */
export const meaningIn2019: ReadSetName = ({ readableName = "", type }) => {
  if (type === "list:set") {
    if (readableName === "all-namespace") return { kind: "all-namespaces" };
    return { kind: "namespace-label", ...label(readableName.replace(/^ns-/, "")) };
  }
  const [, rest] = /^all-namespace-(.*)$/s.exec(readableName) ?? [];
  return rest === undefined ? { kind: "namespace", namespace: readableName } : { kind: "pod-label", ...label(rest) };
};

/** `app:web`, `app`. Neither keys nor values hold a colon. */
function label(text: string): { readonly key: string; readonly value?: string } {
  const colon = text.indexOf(":");
  return colon < 0 ? { key: text } : { key: text.slice(0, colon), value: text.slice(colon + 1) };
}

function isBlock(origin: IpSet["origin"]): boolean {
  return origin?.kind === "field" && /^spec\.(in|e)gress/.test(origin.field);
}
