import type { PairPort, SetExpression, SetMatch } from "./pair-group.js";

/** A set expression in words: `pods labelled app=web in namespace x`. */
export function describeExpression(expression: SetExpression): string {
  const [only] = expression;
  if (!only) return "anywhere";
  if (only.set.kind === "cidr") return describeBlock(only.set.cidr, only.set.except);
  const about = (kinds: readonly SetMatch["set"]["kind"][]) => {
    return expression.filter(({ set }) => kinds.includes(set.kind)).map(describeMatch);
  };
  const labels = joinLabels(about(["pod-label", "pod-label-values"]), labelled);
  const namespaces = joinLabels(about(["namespace", "all-namespaces", "namespace-label"]), `in namespaces ${labelled}`);
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
export function describePort(port: PairPort): string {
  if (port.kind === "any") return "any port";
  const protocol = port.protocol.toLowerCase();
  if (port.kind === "protocol") return `any ${protocol} port`;
  if (port.kind === "named") return `${port.name}/${protocol} (by name)`;
  return `${port.first === port.last ? port.first : `${port.first}-${port.last}`}/${protocol}`;
}

const labelled = "labelled ";

/** "labelled a=b and c=d", but "not labelled a=b and not labelled c=d"; what all share stands once, in front. */
function joinLabels(all: readonly string[], prefix: string): string {
  const place = prefix.slice(0, -labelled.length);
  return all
    .map((words, index) => {
      const before = all[index - 1];
      if (before === undefined) return words;
      if (words.startsWith(prefix) && before.startsWith(prefix)) return words.slice(prefix.length);
      return words.startsWith(place) ? words.slice(place.length) : words;
    })
    .join(" and ");
}

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
