import { compile, type CompileOptions, type CompileResult } from "./compile.js";
import { connectionLines, type ConnectionLine } from "./diff/connections/connection-lines.js";
import { arePair, diffConnections, type ConnectionChange } from "./diff/connections/connections.js";
import { candidatesFor, type Standing } from "./explain/edits/candidates.js";
import { kubectlCommands } from "./explain/edits/kubectl-commands.js";
import { unifiedDiff } from "./explain/edits/unified-diff.js";
import { applyEdit } from "./explain/edits/yaml-lines.js";
import type { StoredObject } from "./model/resources.js";
import { diffTables } from "./netfilter/tables-difference.js";
import { ofVersion } from "./netfilter/versions.js";
import { answerTrace, type TraceQuestion, type Walk } from "./simulate/answer-trace.js";
import { clusterOf } from "./simulate/cluster.js";
import { versionOfText } from "./simulate/ip.js";
import { judge } from "./simulate/judge.js";
import type { Judgement, Packet } from "./simulate/judgement.js";
import { legendOf } from "./simulate/legend.js";
import { readBack } from "./simulate/read-back.js";
import { subtractTraffic, trafficOf } from "./simulate/traffic.js";
import type { Verdict } from "./simulate/trace.js";
import type { IpVersion } from "./text/ip-version.js";
import type { Source } from "./text/source.js";

/** Why a connection passes or not, and what would turn that. */
export interface WhyAnswer {
  readonly question: TraceQuestion;
  /** By the specification. */
  readonly judgement: Judgement;
  /** By the rules. */
  readonly walk: Walk;
  /** What the edits turn the verdict to: the opposite of what the rules say. */
  readonly wanted: "allow" | "deny";
  /** The smallest first; a second one where another changes fewer other connections. */
  readonly edits: readonly VerdictEdit[];
  /** How many edits were compiled and judged. */
  readonly tried: number;
  /** More edits were thought of than a search may try, so that a better one may be among those. */
  readonly stopped: boolean;
}

/** An edit of the manifests after which specification and rules both say what is wanted. */
export interface VerdictEdit {
  /** Each change, in the order in which they were made. */
  readonly steps: readonly { readonly policy: string; readonly what: string }[];
  /** Lines that the patch adds and removes. */
  readonly size: number;
  /** Unified diff of the manifests. */
  readonly patch: string;
  /** The same for a cluster: `kubectl patch` with a merge patch for each policy that changes. */
  readonly kubectl: string;
  /** Names of the sources that it changes. */
  readonly sources: readonly string[];
  /** Other connections that open and close; the one in question is not among them. */
  readonly others: readonly ConnectionLine[];
}

/** Edits that a search may compile. */
const mostTries = 150;
/** Changes of one edit. */
const mostSteps = 4;

/**
 * Looks for the smallest edit that turns the verdict about a packet to one port. Size is the number of lines that the patch adds and
 * removes; of equal ones that which changes fewer other connections comes first, then the order of policies and fields. Edits are tried,
 * the small ones first: the edited manifests are compiled, and both the specification and the rules must say what is wanted. Packets are of
 * the version of IP that the question's addresses have.
 */
export function why(
  sources: readonly Source[],
  options: CompileOptions,
  result: CompileResult,
  question: TraceQuestion,
): WhyAnswer {
  const verdictOf = (of: CompileResult): Verdict => walkOf(of, question).verdict;
  const walk = walkOf(result, question);
  const { judgement } = standingOf(result, question);
  const wanted = walk.verdict === "allow" ? "deny" : "allow";

  const found: Found[] = [];
  const seen = new Set<string>([textOf(sources)]);
  let open: readonly State[] = [{ sources, result, steps: [] }];
  let [tried, stopped] = [0, false];
  for (let depth = 0; depth < mostSteps && open.length > 0 && found.length === 0; depth += 1) {
    const next: State[] = [];
    for (const { before, steps, sources: edited, size, patch } of editsOf(open, sources, question, wanted)) {
      const text = textOf(edited);
      if (seen.has(text)) continue;
      seen.add(text);
      if (tried === mostTries) {
        stopped = true;
        break;
      }
      tried += 1;
      const compiled = compile(edited, options).result;
      if (!compiled || !sameEnds(result, compiled, question)) continue;
      const { judgement: after } = standingOf(compiled, question);
      if (after.verdict === wanted && verdictOf(compiled) === wanted) {
        const changed = sources.filter((each, index) => each.text !== edited[index]!.text).map(({ name }) => name);
        found.push({ steps, size, patch, sources: changed, compiled, others: othersOf(result, compiled, question) });
      } else if (isProgress(before, after, wanted)) next.push({ sources: edited, result: compiled, steps });
    }
    open = next;
  }
  const edits = best(found).map(({ compiled, ...edit }): VerdictEdit => {
    return { ...edit, kubectl: kubectlCommands(stored(result), stored(compiled)) };
  });
  return { question, judgement, walk, wanted, edits, tried, stopped };
}

function stored({ objects, resources }: CompileResult): readonly StoredObject[] {
  return [...objects, ...resources];
}

type Found = Omit<VerdictEdit, "kubectl"> & { readonly compiled: CompileResult };

/** Every edit of one more field, the smallest first. */
function editsOf(
  states: readonly State[],
  original: readonly Source[],
  question: TraceQuestion,
  wanted: "allow" | "deny",
) {
  return states
    .flatMap((state) => {
      const standing = standingOf(state.result, question);
      const causes = walkOf(state.result, question).causes.map(({ origin }) => origin);
      return candidatesFor(wanted, { ...standing, causes }).map(({ policy, what, source, edit }) => {
        const sources = state.sources.map((each) =>
          each === source || each.name === source.name ? applyEdit(each, edit) : each,
        );
        const steps = [...state.steps, { policy, what }];
        return { before: standing.judgement, sources, steps, ...unifiedDiff(original, sources) };
      });
    })
    .toSorted((a, b) => a.size - b.size);
}

interface State {
  readonly sources: readonly Source[];
  readonly result: CompileResult;
  readonly steps: VerdictEdit["steps"];
}

/** The smallest edit, and the one that changes the fewest other connections when that is another. */
function best(found: readonly Found[]): readonly Found[] {
  const bySize = found.toSorted((a, b) => a.size - b.size || a.others.length - b.others.length);
  const [smallest] = bySize;
  if (!smallest) return [];
  const narrowest = bySize.toSorted((a, b) => a.others.length - b.others.length || a.size - b.size)[0]!;
  return narrowest.others.length < smallest.others.length ? [smallest, narrowest] : [smallest];
}

/** Fewer policies deny, or fewer rules allow, in a direction that was in the way. */
function isProgress(before: Judgement, after: Judgement, wanted: "allow" | "deny"): boolean {
  return (["ingress", "egress"] as const).some((direction) => {
    if (wanted === "allow") return before[direction].verdict === "deny" && after[direction].verdict === "allow";
    return after[direction].reasons.length < before[direction].reasons.length;
  });
}

/** Only the policies were edited: both ends are what they were. */
function sameEnds(before: CompileResult, after: CompileResult, question: TraceQuestion): boolean {
  const { source, destination } = question;
  const version = ipVersionOf(question);
  const [old, young] = [before, after].map(({ objects }) => clusterOf(objects, undefined, version));
  return [source, destination].every(({ name }) => old!.endpoint(name)?.address === young!.endpoint(name)?.address);
}

function ipVersionOf({ destination }: TraceQuestion): IpVersion {
  return versionOfText(destination.endpoint.address);
}

/** What the specification says. */
function standingOf({ objects, specification }: CompileResult, question: TraceQuestion): Omit<Standing, "causes"> {
  const { source, destination, port } = question;
  if (port.kind !== "one") throw new Error("one port is asked for");
  const cluster = clusterOf(objects, specification, ipVersionOf(question));
  const packet: Packet = {
    source: cluster.endpoint(source.name)!,
    destination: cluster.endpoint(destination.name)!,
    protocol: port.protocol,
    port: port.port,
  };
  return { packet, judgement: judge(cluster, packet), cluster };
}

function walkOf(result: CompileResult, question: TraceQuestion): Walk {
  const tables = ofVersion(result.tables, ipVersionOf(question));
  return answerTrace(question, readBack(tables), legendOf(tables)).walks[0]!;
}

function textOf(sources: readonly Source[]): string {
  return JSON.stringify(sources.map(({ text }) => text));
}

/** What else opens or closes, by the rules, for all packets. */
function othersOf(before: CompileResult, after: CompileResult, question: TraceQuestion): readonly ConnectionLine[] {
  const { port, source, destination } = question;
  const ipVersion = ipVersionOf(question);
  const versionOf = ({ tables, ...result }: CompileResult) => ({ ...result, tables: ofVersion(tables, ipVersion) });
  const [old, young] = [versionOf(before), versionOf(after)];
  const changes = diffConnections(old, young, diffTables(old.tables, young.tables), ipVersion);
  if (port.kind !== "one") return connectionLines(changes);
  const asked = trafficOf(port.protocol, port.port, port.port);
  return connectionLines(changes.flatMap((change) => without(change, source.name, destination.name, asked)));
}

/** A change less the connection in question. */
function without(
  { sources, destinations, opened, closed }: ConnectionChange,
  source: string,
  destination: string,
  asked: ConnectionChange["opened"],
): readonly ConnectionChange[] {
  const from = sources.find(({ name }) => name === source);
  const to = destinations.find(({ name }) => name === destination);
  if (!from || !to) return [{ sources, destinations, opened, closed }];
  const rest = [
    { sources: sources.filter((each) => each !== from), destinations, opened, closed },
    { sources: [from], destinations: destinations.filter((each) => each !== to), opened, closed },
    {
      sources: [from],
      destinations: [to],
      opened: subtractTraffic(opened, asked),
      closed: subtractTraffic(closed, asked),
    },
  ];
  return rest.filter(
    (each) =>
      each.opened.length + each.closed.length > 0 &&
      each.sources.some((one) => each.destinations.some((another) => arePair(one, another))),
  );
}
