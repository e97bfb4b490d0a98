import { quote } from "../quote.js";
import { error, warning } from "./entry.js";

const example = "{from: shop/web, to: shop/api, port: 80/tcp, allow: true}";

/** A file of expectations: what it says, and what it says about a cluster. */
export const expectationCodes = {
  "expect-missing": error<{ manifest: boolean }>(
    (p) => (p.manifest ? "this is a manifest, not a file of expectations" : "there is no list of expectations here"),
    (p) =>
      p.manifest
        ? "write -f before its name, and name a file of expectations too"
        : `write expect: and below it items such as ${example}`,
  ),
  "expect-empty": error(
    () => "the list of expectations is empty, so nothing would be checked",
    () => `add items such as ${example}`,
  ),
  "expectation-incomplete": error(
    (p: { key: "from" | "to" }) => `the expectation does not say ${p.key === "from" ? "who sends" : "who receives"}`,
    (p: { key: "from" | "to" }) => `add ${p.key}: with a name, an address or a selector`,
  ),
  "expectation-without-verdict": error(
    () => "the expectation says neither allow nor deny",
    () => "add allow: true or deny: true",
  ),
  "expectation-two-verdicts": error(
    () => "the expectation says both allow and deny",
    () => "write two expectations, one for each",
  ),
  "expectation-verdict-unclear": error<{ key: "allow" | "deny"; found: string; negated: boolean }>(
    (p) => `${p.key} cannot be ${p.found}`,
    (p) => `write ${p.negated ? (p.key === "allow" ? "deny" : "allow") : p.key}: true`,
  ),
  "expectation-ports-twice": error(
    (p: { key: "allow" | "deny" }) => `both port and ${p.key} say which ports`,
    (p: { key: "allow" | "deny" }) => `write all ports in port, and ${p.key}: true`,
  ),
  "expectation-port-invalid": error(
    (p: { text: string; mistake: string }) => `${quote(p.text)} is no port: ${p.mistake}`,
    () => "write it like 80, 80/tcp, 8000-8010/udp, http, http/tcp, any or any/udp",
  ),
  "end-empty": error(
    (p: { what: string }) => `${p.what} names nobody`,
    () => "write a name such as shop/web, an address, or a selector such as {namespace: shop, labels: {app: web}}",
  ),
  "end-mixed": error(
    (p: { first: string; second: string }) => `${p.first} and ${p.second} exclude each other`,
    () => "keep one of the two, or write two list items",
  ),
  "end-without-namespace": error(
    () => "the selector does not say in which namespaces its pods are",
    () => "add namespace: NAME, or namespaceSelector: {} for all namespaces",
  ),
  "selector-selects-nobody": error(
    (p: { reason: string }) => `no pod matches: ${p.reason}`,
    () => "correct the selector, or give anpm the manifests of the pods with -f",
  ),
  "pods-not-checked": warning(
    (p: { count: number; pods: string }) =>
      `pods that match but cannot be traced are left out (finished, or without an address of the version of IP that is asked about); there are ${p.count}: ${p.pods}`,
    () => "nothing to do, unless they should take part: then give them an address",
  ),
  "expectation-outside": error(
    () => "this asks about two addresses outside the cluster, and policies say nothing about those",
    () => "make one of the two ends a pod",
  ),
  "expectation-of-two-versions": error(
    (p: { from: string; to: string }) =>
      `${p.from} and ${p.to} have no addresses of one version of IP: no packet goes from one to the other`,
    () => "name an address of the version that the other end has",
  ),
  "expectation-itself": error(
    (p: { pod: string }) => `this asks whether ${p.pod} reaches itself, and policies say nothing about that`,
    () => "make the two ends different pods",
  ),
  "port-name-nowhere": error<{ port: string; end: string; known: readonly string[] }>(
    (p) => `${p.end} has no port that is called ${quote(p.port)}`,
    (p) =>
      p.known.length > 0
        ? `its ports are ${p.known.join(", ")}`
        : "write a number, or give the port of the container a name",
  ),
};
