import type { Match, Rule, Target } from "../../../netfilter/tables.js";
import type { Direction, PairGroup, PairPort, PolicyPairs, SetExpression } from "../../../pairs/pair-group.js";
import { acceptChain, allowMarkChain, jump, setMark } from "./chains.js";
import type { V2Generation } from "./generation.js";
import type { SetNames } from "./sets.js";

/** What a node calls things. */
export interface Naming {
  readonly generation: V2Generation;
  readonly sets: SetNames;
  /** `AZURE-NPM-INGRESS-` and the hash of `namespace/name`. */
  chainName(policy: string, direction: Direction): string;
}

/** The rules of one direction of a policy. Two entries of policyTypes that are equal give them twice. */
export function emitPolicyRules(pairs: PolicyPairs, direction: Direction, naming: Naming): Rule[] {
  const directions = pairs.directions.filter((found) => found.direction === direction);
  return directions.flatMap((found) => found.groups.flatMap((group) => emitGroup(group, naming)));
}

/** The rule that sends the packets of a policy's subjects into its chain. */
export function emitJump(pairs: PolicyPairs, direction: Direction, naming: Naming): Rule {
  return {
    matches: jumpMatches(pairs, direction, naming),
    target: jump(naming.chainName(pairs.policy, direction)),
    origin: pairs.directions.find((found) => found.direction === direction)!.origin,
  };
}

/** What that rule asks of a packet. Its comment is written when it is read: most who go through the jumps only ask for sets. */
export function jumpMatches(pairs: PolicyPairs, direction: Direction, naming: Naming): Match[] {
  const { subjects } = pairs.directions.find((found) => found.direction === direction)!;
  const comment: Match = {
    kind: "comment",
    get text() {
      return jumpComment(pairs.policy, subjects, direction, naming);
    },
  };
  return [...setMatches(subjects, direction === "ingress" ? "dst" : "src", naming), comment];
}

function jumpComment(policy: string, subjects: SetExpression, direction: Direction, naming: Naming): string {
  const names = readableNames(subjects, naming).join("-AND-");
  const where = direction === "ingress" ? "TO" : "FROM";
  const namespace = policy.slice(0, policy.indexOf("/"));
  return `${direction.toUpperCase()}-POLICY-${policy}-${where}-${names}-IN-ns-${namespace}`;
}

/** One rule a port. */
function emitGroup(group: PairGroup, naming: Naming): Rule[] {
  const ingress = group.direction === "ingress";
  const peers = ingress ? group.sources : group.destinations;
  const matches = setMatches(peers, ingress ? "src" : "dst", naming);
  const who = peerComment(group, readableNames(peers, naming));
  const target = groupTarget(group, naming.generation);
  return group.ports.map((port) => ({
    matches: [
      ...protocolMatches(port),
      ...matches,
      ...namedPortMatch(port, naming),
      { kind: "comment", text: who + portComment(port, naming) },
    ],
    target,
    origin: group.origin,
  }));
}

function groupTarget({ verdict, direction }: PairGroup, { marks }: V2Generation): Target {
  if (verdict === "disallow") return setMark(direction === "ingress" ? marks.ingressDrop : marks.egressDrop);
  return jump(direction === "ingress" ? allowMarkChain : acceptChain);
}

function setMatches(expression: SetExpression, flags: string, naming: Naming): Match[] {
  return expression.map(({ set, negated }) => ({
    kind: "set",
    set: naming.sets.of(set).kernelName,
    negated,
    flags,
  }));
}

function readableNames(expression: SetExpression, { sets }: Naming): string[] {
  return expression.map(({ set, negated }) => (negated ? "!" : "") + sets.of(set).readableName);
}

/** `ALLOW-FROM-ns-x`, `DROP-ALL`. */
function peerComment({ verdict, direction }: PairGroup, names: readonly string[]): string {
  const word = verdict === "allow" ? "ALLOW" : "DROP";
  if (names.length === 0) return `${word}-ALL`;
  return `${word}-${direction === "ingress" ? "FROM" : "TO"}-${names.join("-AND-")}`;
}

function protocolMatches(port: PairPort): Match[] {
  if (port.kind === "any") return [];
  const protocol = port.protocol.toLowerCase();
  const named: Match = { kind: "protocol", protocol, negated: false };
  if (port.kind !== "range") return [named];
  return [named, { kind: "destination-port", protocol, first: port.first, last: port.last }];
}

function namedPortMatch(port: PairPort, naming: Naming): Match[] {
  if (port.kind !== "named") return [];
  return [{ kind: "set", set: naming.sets.namedPort(port.name).kernelName, negated: false, flags: "dst,dst" }];
}

/** `-ON-TCP`, `-ON-TCP-TO-PORT-80:90`, `-ON-TCP-TO-namedport:http`. */
function portComment(port: PairPort, naming: Naming): string {
  switch (port.kind) {
    case "any":
      return "";
    case "protocol":
      return `-ON-${port.protocol}`;
    case "range":
      return `-ON-${port.protocol}-TO-PORT-${port.first === port.last ? port.first : `${port.first}:${port.last}`}`;
    case "named":
      return `-ON-${port.protocol}-TO-${naming.sets.namedPort(port.name).readableName}`;
  }
}
