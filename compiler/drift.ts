import { compile, noTables, type CompileOptions, type CompileResult } from "./compile.js";
import { compareNode, isDrift, type DriftReport } from "./diff/drift/compare-node.js";
import { generationsThatFit } from "./diff/drift/detect-generation.js";
import type { DriftFinding } from "./diff/drift/finding.js";
import { foreignTables, type NodeState } from "./diff/drift/node-state.js";
import type { Event, Machine } from "./engines/engine.js";
import { engineOf } from "./engines/engines.js";
import { fold } from "./engines/fold.js";
import { resultOfVersion } from "./engines/result-of-version.js";
import { keyOf, type KubernetesObject } from "./model/objects.js";
import { Uids } from "./model/uids.js";
import type { Flavour } from "./netfilter/flavour.js";
import type { IpSet, Tables } from "./netfilter/tables.js";
import type { Diagnostic } from "./text/diagnostic.js";
import type { Source } from "./text/source.js";

export interface DriftCompilation {
  /** Of the manifests. */
  readonly diagnostics: readonly Diagnostic[];
  readonly summary: readonly string[];
  /** There when no diagnostic is an error. */
  readonly report?: DriftReport;
}

/**
 * Compares what a node holds with what the engine would have made of manifests on it. Other people's chains, rules and sets count for
 * nothing, but for the place of the jump among them. Without a generation in the options, the one is taken that fits the node best.
 * With `ipv6` among the options it is the tables and sets of IPv6 that are compared.
 */
export function drift(sources: readonly Source[], node: NodeState, options: CompileOptions = {}): DriftCompilation {
  const { engine } = engineOf(options.engine);
  const { flavour: asked, ...rest } = options;
  const guessed = options.generation === undefined;
  const generations = engine && guessed ? generationsThatFit(engine, rest, node) : [options.generation];
  let best: DriftCompilation | undefined;
  for (const generation of generations) {
    const compiled = withGeneration(sources, node, generation === undefined ? rest : { ...rest, generation }, asked);
    if (!compiled.report) return compiled;
    const found = { ...compiled, report: { ...compiled.report, guessed } };
    if (!best || weightOf(found.report.findings) < weightOf(best.report!.findings)) best = found;
    if (!found.report.drifted) break;
  }
  return best!;
}

function withGeneration(
  sources: readonly Source[],
  node: NodeState,
  options: CompileOptions,
  asked: Flavour | undefined,
): DriftCompilation {
  const { machine } = engineOf(options.engine).engine?.configure(options) ?? {};
  const version = options.ipv6 ? 6 : 4;
  const foreign = machine && foreignTables(node, machine.ownership);
  const existing = foreign && (version === 4 ? foreign : { ...noTables, ipv6: foreign });
  const { result: all, diagnostics, summary } = compile(sources, existing ? { ...options, existing } : options);
  if (!all) return { diagnostics, summary };
  const result = resultOfVersion(all, version);
  const flavour = asked ?? node.flavour ?? result.machine.flavour;
  const report = { machine: result.machine, version, flavour, node, guessed: false } as const;
  const circumstances = { implied: impliedSets(result), policies: policiesOf(result) };
  const findings = compareNode(node, result.tables, result.machine, circumstances, version);
  if (!isDrift(findings) || !result.machine.remembers) {
    return { diagnostics, summary, report: { ...report, drifted: isDrift(findings), findings, wanted: result.tables } };
  }
  const written = inWrittenOrder(sources, result);
  const others = compareNode(node, written, result.machine, circumstances, version);
  if (!isDrift(others)) {
    const message = "the rules are those that come of applying the objects in the order in which they are written";
    const note: DriftFinding = { code: "written-order", severity: "note", message };
    return {
      diagnostics,
      summary,
      report: { ...report, drifted: false, findings: [note, ...others], wanted: written },
    };
  }
  return { diagnostics, summary, report: { ...report, drifted: true, findings, wanted: result.tables } };
}

/** The node after the objects of the manifests one by one, in the order written, without namespaces that they do not define. */
function inWrittenOrder(sources: readonly Source[], { machine, objects }: CompileResult): Tables {
  const places = new Map(sources.map((source, index) => [source.name, index]));
  const placeOf = ({ source }: KubernetesObject): number => places.get(source.name) ?? sources.length;
  const written = objects
    .filter((object) => !isImplied(object))
    .sort((a, b) => placeOf(a) - placeOf(b) || a.offset - b.offset);
  return foldObjects(machine, written);
}

/** What namespaces that the manifests do not define bring by themselves. */
function impliedSets({ machine, objects }: CompileResult): readonly IpSet[] {
  const implied = machine.remembers ? objects.filter(isImplied) : [];
  return implied.length === 0 ? [] : foldObjects(machine, implied).sets;
}

/** `namespace/name` of the policies in the manifests, or the name of one without a namespace. */
function policiesOf({ objects, pairs }: CompileResult): ReadonlySet<string> {
  const applied = objects.filter(({ kind }) => kind === "NetworkPolicy").map(keyOf);
  return new Set([...applied, ...pairs.map(({ policy }) => policy)]);
}

function foldObjects(machine: Machine, objects: readonly KubernetesObject[]): Tables {
  const uids = new Uids();
  const events = objects.map((object): Event => ({ kind: "apply", object: uids.store(object) }));
  return fold(machine, events).tables();
}

function isImplied(object: KubernetesObject): boolean {
  return object.kind === "Namespace" && object.implied;
}

/** How badly a generation fits: by findings, then by the rules and members in them. */
function weightOf(findings: readonly DriftFinding[]): number {
  let weight = 0;
  for (const { severity, missingRules, unexpectedRules, missingMembers, unexpectedMembers } of findings) {
    if (severity === "note") continue;
    for (const list of [missingRules, unexpectedRules, missingMembers, unexpectedMembers]) weight += list?.length ?? 0;
    weight += 1;
  }
  return weight;
}
