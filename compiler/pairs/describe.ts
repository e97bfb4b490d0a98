import { isListed, type AnyExpression, type AnyGroup, type AnyPort } from "./any-pairs.js";
import { describeListed } from "./describe-listed.js";
import { joinLabels } from "./join-labels.js";
import type { SetExpression, SetMatch } from "./pair-group.js";

/** A set expression in words: `pods labelled app=web in namespace x`. */
export function describeExpression(expression: AnyExpression): string {
  if (isListed(expression)) return describeListed(expression);
  return describeSets(expression as SetExpression);
}

function describeSets(expression: SetExpression): string {
  const [only] = expression;
  if (!only) return "anywhere";
  if (only.set.kind === "cidr") return describeBlock(only.set.cidr, only.set.except);
  const about = (kinds: readonly SetMatch["set"]["kind"][]) => {
    return expression.filter(({ set }) => kinds.includes(set.kind)).map(describeMatch);
  };
  const labels = joinLabels(about(["pod-label", "pod-label-values"]));
  const some = about(["namespace", "namespace-label"]);
  const namespaces = joinLabels(some.length > 0 ? some : about(["all-namespaces"]), "in namespaces ");
  const words = [labels ? `pods ${labels}` : "all pods", namespaces].filter((part) => part !== "").join(" ");
  if (!expression.every(({ negated }) => negated)) return words;
  // Nothing says that the address is a pod's: an address outside the cluster has no label, too.
  return `${words}, and every address outside the cluster`;
}

/** `10.0.0.0/8 except 10.1.0.0/16 and 10.2.0.0/16` */
export function describeBlock(cidr: string, except: readonly string[]): string {
  return `addresses in ${cidr}${except.length > 0 ? ` except ${except.join(" and ")}` : ""}`;
}

/** `80/tcp`, `8000-8100/tcp`, `http/tcp (by name)`, `any port`. */
export function describePort(port: AnyPort): string {
  if (port.kind === "any") return "any port";
  if (port.kind === "described") return port.words;
  if (port.kind === "ip-protocol") return describeProtocol(port.protocol);
  if (port.kind === "icmp") {
    const code = port.code === undefined ? "" : ` code ${port.code}`;
    return `${describeProtocol(port.protocol)} type ${port.type}${code}`;
  }
  const protocol = port.protocol.toLowerCase();
  if (port.kind === "protocol") return `any ${protocol} port`;
  if (port.kind === "named") return `${port.name}/${protocol} (by name)`;
  return `${port.first === port.last ? port.first : `${port.first}-${port.last}`}/${protocol}`;
}

function describeProtocol(protocol: string | number): string {
  return typeof protocol === "number" ? `IP protocol ${protocol}` : protocol;
}

/** On what a group is: `80/tcp, 443/tcp`, `any tcp port but 25/tcp, from port 1024-65535/tcp`. */
export function describePorts({ ports, notPorts, sourcePorts, notSourcePorts, ipVersion }: AnyGroup): string {
  const but = (list: readonly AnyPort[] | undefined) => (list ? ` but ${list.map(describePort).join(" and ")}` : "");
  const from = sourcePorts ?? (notSourcePorts && [anyPort]);
  return [
    ports.map(describePort).join(", ") + but(notPorts),
    ...(from ? [`from port ${from.map(describePort).join(" or ")}${but(notSourcePorts)}`] : []),
    ...(ipVersion === undefined ? [] : [`over IPv${ipVersion}`]),
  ].join(", ");
}

const anyPort: AnyPort = { kind: "any" };

function describeMatch({ set, negated }: SetMatch): string {
  const not = negated ? "not " : "";
  switch (set.kind) {
    case "namespace":
      return `in namespace ${set.namespace}`;
    case "all-namespaces":
      return "in any namespace";
    case "namespace-label":
      return `in namespaces ${not}labelled ${describeLabel(set.key, set.value)}`;
    case "pod-label":
      return `${not}labelled ${describeLabel(set.key, set.value)}`;
    case "pod-label-values":
      return `${not}labelled ${set.key}=${set.values.map(quoteEmpty).join(" or ")}`;
    case "cidr":
      return describeBlock(set.cidr, set.except);
  }
}

/** `app=web`; `app` for a key whatever its value; `tier=""` for the empty value. */
function describeLabel(key: string, value: string | undefined): string {
  return value === undefined ? key : `${key}=${quoteEmpty(value)}`;
}

function quoteEmpty(value: string): string {
  return value === "" ? '""' : value;
}
