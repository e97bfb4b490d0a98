import { quote } from "../quote.js";
import { error } from "./entry.js";

/** Questions about policies, rules, sets and places. */
export const explainCodes = {
  "explain-what": error(
    (p: { what: string; suggestion: string }) => `${quote(p.what)} is nothing that can be explained`,
    (p) =>
      p.suggestion === "" ? "write policy, rule, set, at or why, and then which" : `did you mean ${p.suggestion}?`,
  ),
  "explain-which": error(
    (p: { what: string; example: string }) => `which ${p.what} is meant is not said`,
    (p) => `write it behind the word: ${p.example}`,
  ),
  "explain-policy-unknown": error(
    (p: { name: string; suggestion: string; known: readonly string[] }) => `there is no policy ${quote(p.name)}`,
    (p) =>
      p.suggestion !== ""
        ? `did you mean ${p.suggestion}?`
        : p.known.length === 0
          ? "the manifests hold no policy"
          : `use one of ${p.known.join(", ")}`,
  ),
  "explain-set-unknown": error(
    (p: { name: string; suggestion: string }) => `there is no set ${quote(p.name)}`,
    (p) =>
      p.suggestion === ""
        ? "names differ between generations (--npm), and sets come from the manifests: anpm compile -o ipset-save lists them"
        : `did you mean ${p.suggestion}?`,
  ),
  "explain-chain-unknown": error(
    (p: { name: string; suggestion: string }) => `there is no chain ${quote(p.name)}`,
    (p) =>
      p.suggestion === ""
        ? "names differ between generations (--npm): anpm compile lists the chains"
        : `did you mean ${p.suggestion}?`,
  ),
  "explain-rule-number": error(
    (p: { chain: string; number: string; count: number }) => `chain ${p.chain} has no rule ${quote(p.number)}`,
    (p) => (p.count === 0 ? "it has no rules at all" : `write a number from 1 to ${p.count}`),
  ),
  "explain-rule-unreadable": error(
    (p: { text: string }) => `${quote(p.text)} is no rule`,
    () =>
      "write a chain and a number (AZURE-NPM-INGRESS 2), or a rule as iptables -S prints it (-A AZURE-NPM-INGRESS …)",
  ),
  "explain-rule-unknown": error(
    (p: { chain: string; generation: string }) => `chain ${p.chain} of ${p.generation} has no such rule`,
    () => "it may be of another generation (--npm), or of policies that are not among the manifests (-f)",
  ),
  "explain-why-one-port": error(
    (p: { port: string }) => `--port: ${quote(p.port)} is more than one port`,
    () => "name one, such as 80, 53/udp or http: an edit turns the verdict of one connection",
  ),
  "explain-place-unreadable": error(
    (p: { text: string }) => `${quote(p.text)} is no place in a file`,
    () => "write FILE:LINE, such as policies/backend.yaml:14",
  ),
  "explain-place-beyond": error(
    (p: { file: string; line: number; lines: number }) => `${p.file} has no line ${p.line}`,
    (p) => `write a line from 1 to ${p.lines}`,
  ),
  "explain-place-outside": error(
    (p: { place: string }) => `at ${p.place} is no policy, pod or namespace`,
    () => "name a line inside one",
  ),
  "explain-place-causes-nothing": error(
    (p: { object: string }) => `${p.object} stands in no set, so nothing on the node is there because of it`,
    () => "name a line of a policy, or of a pod that runs and has an address of its own",
  ),
};
