import { error, warning } from "./entry.js";
import { quote } from "../quote.js";

/** A name with what is wrong with it: `{ name: "My", mistakes: ["has an upper-case letter"] }`. */
export interface Flawed {
  readonly value: string;
  readonly mistakes: readonly string[];
}

const flaws = (p: Flawed): string => p.mistakes.join("; ");

/** Checking documents as the API server does. */
export const modelCodes = {
  // What a document is.
  "document-not-object": error(
    (p: { found: string }) => `a document must be an object with apiVersion and kind, not ${p.found}`,
    () => "write one Kubernetes object per document, documents parted by a line ---",
  ),
  "kind-missing": error(
    () => "this object has no kind",
    () => "add a line such as kind: NetworkPolicy",
  ),
  "api-version-missing": error<{ kind: string; apiVersion: string }>(
    (p) => `this ${quote(p.kind)} has no apiVersion`,
    (p) => (p.apiVersion ? `add apiVersion: ${p.apiVersion}` : `add the apiVersion that ${quote(p.kind)} belongs to`),
  ),
  "kind-unknown": error<{ kind: string; apiVersion: string; suggestion: string }>(
    (p) => `${quote(p.apiVersion)} has no kind ${quote(p.kind)}`,
    (p) => p.suggestion,
  ),
  "api-version-wrong": error<{ kind: string; apiVersion: string; wanted: string }>(
    (p) => `${p.kind} is not served as ${quote(p.apiVersion)}`,
    (p) => `write apiVersion: ${p.wanted}`,
  ),
  "list-repeated": warning(
    () => "this list is an alias of one that was read already",
    () => "it was read once; write the list out, or remove the alias",
  ),

  // Decoding.
  "wrong-type": error<{ wanted: string; found: string; fix: string }>(
    (p) => `this must be ${p.wanted}, not ${p.found}`,
    (p) => p.fix,
  ),
  "number-too-large": error(
    (p: { text: string; bits: number }) => `${p.text} does not fit a ${p.bits}-bit integer`,
    () => "write a smaller number",
  ),
  "time-invalid": error(
    (p: { text: string }) => `${quote(p.text)} is not a point in time`,
    () => 'write it as RFC 3339 does: "2024-01-31T15:04:05Z"',
  ),
  "unknown-field": error<{ name: string; fix: string }>(
    (p) => `there is no field ${quote(p.name)} here`,
    (p) => p.fix,
  ),
  "unknown-field-from-server": warning<{ name: string; fix: string }>(
    (p) => `Kubernetes 1.34 has no field ${quote(p.name)} here`,
    () => "it is ignored, because the object was saved from a server; remove it before applying the object",
  ),
  "duplicate-field": error(
    (p: { name: string; line: number }) => `${quote(p.name)} is written twice, first on line ${p.line}`,
    () => "keep one of the two; YAML would silently take the last",
  ),
  "more-mistakes": error(
    (p: { count: number }) => `${p.count} more ${p.count === 1 ? "mistake" : "mistakes"} in this object`,
    () => "correct the others first",
  ),
  "more-warnings": warning(
    (p: { count: number }) => `${p.count} more ${p.count === 1 ? "warning" : "warnings"} about this object`,
    () => "look at the others first",
  ),

  // Metadata.
  "name-missing": error(
    () => "the object has no name",
    () => "add metadata.name (or metadata.generateName)",
  ),
  "name-invalid": error<Flawed & { rule: "label" | "subdomain" }>(
    (p) => `${quote(p.value)} is no name for this object: it ${flaws(p)}`,
    (p) =>
      p.rule === "label"
        ? "use up to 63 of a-z, 0-9 and -, a letter or digit first and last"
        : "use up to 253 of a-z, 0-9, - and ., a letter or digit first and last and around each dot",
  ),
  "namespace-invalid": error(
    (p: Flawed) => `${quote(p.value)} is no name of a namespace: it ${flaws(p)}`,
    () => "use up to 63 of a-z, 0-9 and -, a letter or digit first and last",
  ),
  "namespace-forbidden": error(
    () => "a Namespace lies in no namespace",
    () => "remove metadata.namespace",
  ),
  "namespace-conflict": error(
    (p: { written: string; wanted: string }) =>
      `the object says namespace ${quote(p.written)}, -n says ${quote(p.wanted)}`,
    (p: { written: string }) => `leave -n out, pass -n ${quote(p.written)}, or remove metadata.namespace`,
  ),
  "generation-negative": error(
    () => "metadata.generation is negative",
    () => "remove it, the server counts generations itself",
  ),
  "label-key-invalid": error(
    (p: Flawed) => `${quote(p.value)} is no label key: it ${flaws(p)}`,
    () =>
      "use up to 63 of A-Z, a-z, 0-9, -, _ and ., a letter or digit first and last, optionally after a domain and /",
  ),
  "label-value-invalid": error(
    (p: Flawed) => `${quote(p.value)} is no label value: it ${flaws(p)}`,
    () => "use up to 63 of A-Z, a-z, 0-9, -, _ and ., a letter or digit first and last; or nothing",
  ),
  "annotation-key-invalid": error(
    (p: Flawed) => `${quote(p.value)} is no annotation key: it ${flaws(p)}`,
    () =>
      "use up to 63 of A-Z, a-z, 0-9, -, _ and ., a letter or digit first and last, optionally after a domain and /",
  ),
  "annotations-too-large": error(
    (p: { bytes: number; limit: number }) => `the annotations take ${p.bytes} bytes, ${p.limit} are allowed`,
    () => "remove or shorten some",
  ),
  "owner-incomplete": error(
    (p: { name: string }) => `an owner reference needs ${p.name}`,
    () => "write apiVersion, kind, name and uid of the owner, or remove the reference",
  ),
  "owner-forbidden": error(
    () => "an Event cannot own an object",
    () => "remove the reference",
  ),
  "owner-two-controllers": error(
    (p: { first: string; second: string }) => `both ${quote(p.first)} and ${quote(p.second)} say controller: true`,
    () => "let one owner be the controller",
  ),
  "finalizer-invalid": error(
    (p: Flawed) => `${quote(p.value)} is no name of a finalizer: it ${flaws(p)}`,
    () => "write domain/name, as in example.com/cleanup",
  ),
  "finalizers-conflict": error(
    () => "the finalizers orphan and foregroundDeletion exclude each other",
    () => "keep one of them",
  ),
  "managed-fields-invalid": error(
    (p: { mistake: string }) => `this entry of managedFields ${p.mistake}`,
    () => "remove metadata.managedFields, the server keeps it itself",
  ),

  // Selectors.
  "operator-unknown": error(
    (p: { operator: string }) =>
      p.operator ? `unknown operator ${quote(p.operator)}` : "the expression has no operator",
    () => "use In, NotIn, Exists or DoesNotExist",
  ),
  "values-missing": error(
    (p: { operator: string }) => `${p.operator} needs at least one value`,
    (p: { operator: string }) =>
      `add values: [...], or ask for the key alone with ${p.operator === "In" ? "Exists" : "DoesNotExist"}`,
  ),
  "values-forbidden": error(
    (p: { operator: string }) => `${p.operator} takes no values`,
    (p: { operator: string }) => `remove values, or write ${p.operator === "Exists" ? "In" : "NotIn"}`,
  ),

  // Ports.
  "port-out-of-range": error(
    (p: { port: number }) => `${p.port} is no port`,
    () => "write a number from 1 to 65535",
  ),
  "port-name-invalid": error(
    (p: Flawed) => `${quote(p.value)} is no port name: it ${flaws(p)}`,
    (p: Flawed) =>
      isDigits(p.value)
        ? `write ${p.value} without quotes to mean the number`
        : "use up to 15 of a-z, 0-9 and single -, at least one letter, no - first or last",
  ),
  "port-range-reversed": error(
    (p: { port: number; endPort: number }) => `endPort ${p.endPort} is below port ${p.port}`,
    (p: { port: number }) => `write endPort: ${p.port} or higher, or swap the two`,
  ),
  "end-port-without-port": error(
    () => "endPort needs a port to start from",
    () => "add port, the first of the range, or remove endPort",
  ),
  "end-port-with-name": error(
    (p: { port: string }) => `endPort needs a port number to start from, not the name ${quote(p.port)}`,
    () => "write the port as a number, or remove endPort",
  ),
  "protocol-unknown": error(
    (p: { protocol: string }) => `unknown protocol ${quote(p.protocol)}`,
    (p: { protocol: string }) => {
      const upper = p.protocol.trim().toUpperCase();
      return ["TCP", "UDP", "SCTP"].includes(upper) ? `write ${upper}` : "use TCP, UDP or SCTP";
    },
  ),

  // Peers.
  "peer-empty": error(
    () => "this peer says nobody",
    () => "write podSelector, namespaceSelector or ipBlock; podSelector: {} is every pod of the policy's namespace",
  ),
  "peer-mixed": error(
    () => "a peer cannot be an ipBlock and a selector at once",
    () => "write two list items: one with ipBlock, one with the selectors",
  ),
  "cidr-missing": error(
    () => "an ipBlock needs a cidr",
    () => "add one, as in cidr: 10.9.8.0/24",
  ),
  "cidr-invalid": error<{ text: string; address: 0 | 32 | 128 }>(
    (p) => `${quote(p.text)} is no CIDR`,
    (p) =>
      p.address
        ? `write ${p.text}/${p.address} for this one address`
        : "write address/length, as in 10.9.8.0/24 or 2001:db8::/64",
  ),
  "except-outside-cidr": error(
    (p: { except: string; cidr: string }) => `${p.except} is no smaller block inside ${p.cidr}`,
    () => "write a block that lies in cidr and is smaller, or remove it",
  ),
  "cidr-host-bits": warning(
    (p: { text: string; block: string; address: string }) => `${p.text} has bits after its prefix length`,
    (p: { text: string; block: string; address: string }) =>
      `write ${p.block} for the block, or ${p.address} for the one address`,
  ),
  "cidr-non-standard": warning<{ text: string; block: string }>(
    (p) => `${p.text} is written in a way that a later Kubernetes refuses`,
    (p) => `write ${p.block}`,
  ),
  "cidr-not-canonical": warning<{ text: string; block: string }>(
    (p) => `${p.text} is not the usual spelling (RFC 5952)`,
    (p) => `write ${p.block}`,
  ),
  "policy-types-too-many": error(
    (p: { count: number }) => `${p.count} policy types; there are two`,
    () => "write [Ingress], [Egress] or both, once each",
  ),
  "policy-type-unknown": error(
    (p: { type: string }) => `unknown policy type ${quote(p.type)}`,
    (p: { type: string }) => {
      const near = ["Ingress", "Egress"].find((known) => known.toLowerCase() === p.type.trim().toLowerCase());
      return near ? `write ${near}` : "use Ingress or Egress";
    },
  ),

  // Pods and what makes pods.
  "containers-missing": error(
    () => "a pod needs at least one container",
    () => "add containers, as in containers: [{name: web, image: nginx}]",
  ),
  "container-port-missing": error(
    () => "a container port needs its number",
    () => "add containerPort, a number from 1 to 65535",
  ),
  "port-name-duplicate": error(
    (p: { name: string }) => `two ports of this container are called ${quote(p.name)}`,
    () => "give each its own name",
  ),
  "host-port-duplicate": error(
    (p: { port: number; protocol: string }) => `host port ${p.port}/${p.protocol} is taken twice`,
    () => "give each its own hostPort",
  ),
  "host-port-mismatch": error(
    (p: { hostPort: number; containerPort: number }) =>
      `with hostNetwork, hostPort ${p.hostPort} must equal containerPort ${p.containerPort}`,
    (p: { containerPort: number }) => `write hostPort: ${p.containerPort}, or remove it`,
  ),
  "pod-ip-invalid": error(
    (p: { text: string }) => `${quote(p.text)} is no IP address`,
    () => "write an address, as in 10.9.8.7 or 2001:db8::ffff",
  ),
  "phase-unknown": error(
    (p: { phase: string }) => `unknown phase ${quote(p.phase)}`,
    () => "use Pending, Running, Succeeded, Failed or Unknown",
  ),
  "node-name-invalid": error(
    (p: Flawed) => `${quote(p.value)} is no name of a node: it ${flaws(p)}`,
    () => "use up to 253 of a-z, 0-9, - and ., a letter or digit first and last and around each dot",
  ),
  "count-negative": error(
    (p: { count: number }) => `${p.count} pods cannot be`,
    () => "write 0 or more",
  ),
  "template-missing": error(
    (p: { kind: string }) => `a ${p.kind} needs a template of its pods`,
    () => "add template with metadata.labels and spec.containers",
  ),
  "replicas-capped": warning(
    (p: { wanted: number; made: number }) =>
      `${p.wanted} replicas are more than anpm makes pods for: it made ${p.made}`,
    () => "write fewer replicas; what holds for one pod of a template holds for all",
  ),

  // The cluster as a whole.
  "object-replaced": warning(
    (p: { kind: string; name: string; first: string }) => `${p.kind} ${p.name} replaces the one at ${p.first}`,
    () => "remove one of the two, or rename it",
  ),
  "pod-cidr-invalid": error(
    (p: { text: string }) => `${quote(p.text)} is no block for pod addresses`,
    () => "write an IPv4 block, as in --pod-cidr 10.240.0.0/16",
  ),
  "pod-cidr-full": error(
    (p: { cidr: string; free: number; pods: number }) => `${p.cidr} has ${p.free} free addresses for ${p.pods} pods`,
    () => "give a larger block with --pod-cidr, or give pods their addresses in status.podIP",
  ),
};

function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text);
}
