import type { NpmError } from "./npm-errors.js";
import type { LogRecord } from "./record.js";
import type { Said } from "./said.js";

/**
 * What Calico's Felix says, v3.3 to v3.32. At its usual level it logs which policies, profiles, endpoints, chains and sets it was told of and
 * programs, not the rules. Source: felix/ of Calico 87c15906f and v3.24, felix v3.3.1, and logs of the three.
 */
export function understandFelix({ text, severity }: LogRecord): Said {
  if (severity === "W") return { kind: "error", error: warning };
  if (severity === "E" || severity === "F") return { kind: "error", error: severity === "F" ? fatal : failure };
  for (const { pattern, what, action, name } of changes) {
    const found = pattern.exec(text);
    if (found) return { kind: "change", what, action: action ?? actionOf(found[1]!), name: name(found.at(-1)!) };
  }
  const [, release] = /^Felix starting up .*?(?:version|buildDate)="?(v[\w.-]+)/.exec(text) ?? [];
  return release === undefined ? { kind: "step" } : { kind: "start", release };
}

type Change = Said & { readonly kind: "change" };

interface Pattern {
  readonly pattern: RegExp;
  readonly what: Change["what"];
  /** Absent: the first group says it. */
  readonly action?: Change["action"];
  /** Of the last group. */
  readonly name: (found: string) => string;
}

const received = (types: string): RegExp =>
  new RegExp(`^Received \\*proto\\.${types} update from calculation graph\\.? msg=id:(.*)$`, "s");

const changes: readonly Pattern[] = [
  { pattern: received("ActivePolicy(Update|Remove)"), what: "policy", name: policyName },
  { pattern: received("ActiveProfile(Update|Remove)"), what: "profile", name: fieldOf("name") },
  { pattern: received("WorkloadEndpoint(Update|Remove)"), what: "endpoint", name: fieldOf("workload_id") },
  { pattern: received("HostEndpoint(Update|Remove)"), what: "host endpoint", name: fieldOf("endpoint_id") },
  {
    pattern: /^Received \*proto\.IPSet(Update|DeltaUpdate|Remove) update from calculation graph\.? msg=id:"([^"]*)"/,
    what: "set",
    name: (id) => id,
  },
  {
    pattern:
      /^(?:Chain became referenced, marking it for programming|Queueing update of chain\.) .*?chainName="([^"]*)"/,
    what: "chain",
    action: "updated",
    name: (chain) => chain,
  },
  {
    pattern:
      /^(?:Chain no longer referenced, marking it for removal|Queu?ing deletion of chain\.) .*?chainName="([^"]*)"/,
    what: "chain",
    action: "removed",
    name: (chain) => chain,
  },
];

function actionOf(word: string): Change["action"] {
  return word === "Remove" ? "removed" : "updated";
}

/** A field of the first message in braces: `{name:"g2" kind:"GlobalNetworkPolicy"}`, of older releases in angles. */
function fieldOf(field: string): (message: string) => string {
  return (message) => new RegExp(`${field}:"([^"]*)"`).exec(idOf(message))?.[1] ?? "?";
}

function idOf(message: string): string {
  return /^[{<]([^}>]*)[}>]/.exec(message)?.[1] ?? "";
}

/** `GlobalNetworkPolicy g2`, `NetworkPolicy shop/web`; before v3.32 the name by which Calico stores it. */
function policyName(message: string): string {
  const [kind, namespace] = ["kind", "namespace"].map((field) => fieldOf(field)(message));
  const name = fieldOf("name")(message);
  const whole = namespace === "?" || namespace === "" ? name : `${namespace}/${name}`;
  return kind === "?" ? whole : `${kind} ${whole}`;
}

const repaired =
  "Felix tries again, and repairs what differs; until then what the line is about may be missing or out of date";

const failure: NpmError = {
  code: "felix-error",
  title: "Felix reports an error",
  meaning: repaired,
  remedy: "read the line; anpm compile --engine calico shows what the node should hold",
  harmless: false,
};

const fatal: NpmError = {
  code: "felix-stops",
  title: "Felix stops",
  meaning:
    "its rules stay on the node as they are, and no change of a policy or a pod reaches them until it runs again",
  remedy: "read the line; the container is started anew, see kubectl -n kube-system get pods -l k8s-app=calico-node",
  harmless: false,
};

const warning: NpmError = {
  code: "felix-warning",
  title: "Felix warns",
  meaning: "something is not as Felix expects it, and it goes on",
  remedy: "nothing to do, unless errors follow",
  harmless: true,
};
