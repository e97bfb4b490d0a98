import { resourceKinds } from "../../model/kinds.js";
import type { Resource } from "../../model/resources.js";
import type { Ownership } from "../../netfilter/ownership.js";
import { diagnostic, isError, type Diagnostic } from "../../text/diagnostic.js";
import type { Configured, Engine, EngineOptions, Machine, Node } from "../engine.js";
import { calicoDeviations, deviationCodes } from "./deviations.js";
import { felixSettings, withConfigurations } from "./felix-settings.js";
import type { Generation } from "./generation.js";
import { generationNotes } from "./generation-notes.js";
import { generations, selectGeneration } from "./generations.js";
import { voiceOf } from "./log/voice.js";
import { nodeView } from "./node-view.js";
import { CalicoNode } from "./node.js";
import { ownForm } from "./own-form.js";
import type { NodeView } from "./settings.js";
import { markMeanings } from "./mark-meanings.js";
import type { Marks } from "./marks.js";
import { purposeOf, remarkOn } from "./rule-remarks.js";
import { meaningOfSet } from "./set-meaning.js";

const deviations = calicoDeviations(generations);

/** Calico's Felix in iptables mode, the other network policy engine of AKS. */
export const calico: Engine = {
  id: "calico",
  title: "Calico",
  versionOption: {
    name: "calico",
    description: "generation or Calico release, like calico-2019 or v3.24.6 (default: calico)",
  },
  options: ["node", "interfacePrefix", "interfaces", "hostInterfaces", "felix", "ipv6", "flavour"],
  generations: generations.map(({ id }) => id),
  deviations,
  configure,
  describe,
  mistakes,
  ownForm,
};

/** Values that no setting of the newest release takes. */
function mistakes(resources: readonly Resource[]): readonly Diagnostic[] {
  const configurations = resources.filter((each) => each.kind === "FelixConfiguration");
  const { diagnostics } = withConfigurations(configurations, [], generations[0]!);
  return diagnostics.filter(({ code }) => code === "felix-setting-invalid");
}

function configure(options: EngineOptions): Configured {
  const selected = selectGeneration(options.generation ?? generations[0]!.id);
  const { node, diagnostics: viewed } = nodeView(options);
  const diagnostics: Diagnostic[] = [...viewed];
  if ("problem" in selected) return { diagnostics: [selected.problem, ...diagnostics] };
  const { generation } = selected;
  const felix = [...(options.ipv6 ? ["Ipv6Support=true"] : []), ...(options.felix ?? [])];
  const settings = felixSettings(felix, generation);
  diagnostics.push(...settings.diagnostics);
  if (options.ipv6 && !settings.felix.ipv6) diagnostics.push(diagnostic("ipv6-switched-off", {}));
  if (node.ipvs && !generation.ipvs) diagnostics.push(diagnostic("calico-ipvs", { release: generation.release }));
  const kubernetesMinor =
    options.kubernetes === undefined ? notesOf(generation).kubernetesMinor : parseKubernetesMinor(options.kubernetes);
  if (kubernetesMinor === undefined)
    diagnostics.push(diagnostic("bad-kubernetes-version", { text: options.kubernetes! }));
  if (diagnostics.some(isError)) return { diagnostics };
  return {
    machine: machineOf(node, generation, kubernetesMinor!, { ...options, felix }, settings.felix.ipv6),
    diagnostics,
  };
}

function describe(text: string): ReturnType<Engine["describe"]> {
  const selected = selectGeneration(text);
  if ("problem" in selected) return { diagnostics: [selected.problem] };
  const { generation } = selected;
  const { id, release, quirks } = generation;
  const { kubernetesMinor, ...notes } = notesOf(generation);
  return {
    info: { ...notes, id, release, kubernetes: `1.${kubernetesMinor}`, flavours: ["nft", "legacy"], quirks },
    diagnostics: [],
  };
}

function notesOf({ id }: Generation) {
  return generationNotes[id]!;
}

/** Objects that show in rules and that nothing here compiles. */
const notBuilt = /^policy\.networking\.k8s\.io\/\w+\/\w*NetworkPolicy$/;

/** Everything that shows in rules. */
const watched: Machine["watched"] = new Set(resourceKinds.values());

function machineOf(
  view: NodeView,
  generation: Generation,
  kubernetesMinor: number,
  { flavour, existing, felix = [] }: EngineOptions,
  ipv6: boolean,
): Machine {
  const nodes = new WeakSet<Node>();
  const own = (node: Node): CalicoNode => {
    if (!nodes.has(node)) throw new Error("a node of another machine");
    return node as CalicoNode;
  };
  const marksOf = (node: Node): Marks => own(node).marks;
  const codes = new Set<string>(deviationCodes(generation));
  return {
    engine: calico.id,
    generation: generation.id,
    release: generation.release,
    flavour: flavour ?? "nft",
    kubernetesMinor,
    logFile: "calico-node.log",
    voice: {
      release: voiceOf(generation).release,
      tag: generation.release,
      differs: "source lines, start-up and which steps are told",
    },
    commandFormat: "lines",
    commandCaveats: [],
    watched,
    refuses: (type) => notBuilt.test(type),
    meaningOf: meaningOfSet,
    purposeOf,
    remarkOn: (rule, node) => remarkOn(rule, marksOf(node)),
    marksOf: (node) => markMeanings(marksOf(node), generation),
    lacks: new Map([["restore", ""], ipv6 ? ["log", "leave --ipv6 out"] : ["ip6tables-save", "add --ipv6"]]),
    ownership: {
      title: `Calico ${generation.release}`,
      tables: ["raw", "mangle", "nat", "filter"],
      chainPrefix: "cali-",
      commentPrefix: "cali:",
      hooks: [],
      ...setNames("cali4"),
      ...(ipv6 && { ipv6: setNames("cali6") }),
      flavourHints: ["KUBE-IPTABLES-HINT", "KUBE-KUBELET-CANARY"],
    },
    remembers: false,
    policyNamed,
    deviations: deviations.filter(({ code }) => codes.has(code)),
    start() {
      const node = new CalicoNode(view, felix, generation, existing);
      nodes.add(node);
      return { node, effects: [] };
    },
    step(node, event) {
      own(node).step(event);
      return { node, effects: [] };
    },
    settle(node) {
      return own(node)
        .settle()
        .map((entry) => ({ kind: "log", entry }));
    },
  };
}

/**
 * Felix takes all names in cali4 and cali6 for its own, and cleans up what a killed script leaves.
 * Source: Calico 87c15906f, felix/ipsets/ipset_defs.go.
 */
function setNames(family: "cali4" | "cali6"): Pick<Ownership, "setPrefix" | "temporarySetPrefixes"> {
  const temporary = (letter: string): string => `${family}${letter}`;
  const letters = ["u", "v", "w", "x", "y", "z"];
  return { setPrefix: `${family}0`, temporarySetPrefixes: [temporary("t"), ...letters.map(temporary)] };
}

/** Of the comment that a policy's chain begins with: `demo/web` of `Policy demo/knp.default.web ingress` or `NetworkPolicy demo/web egress`. */
function policyNamed(comment: string): string | undefined {
  const found = /^(?:Policy|\w*NetworkPolicy) (\S+) (?:ingress|egress)$/.exec(comment);
  return found?.[1]!.replace(/(^|\/)(?:knp\.)?default\./, "$1");
}

/** 29 of `1.29`, `v1.29.0`. */
function parseKubernetesMinor(text: string): number | undefined {
  const found = /^v?1\.(\d{1,3})(\.\d+)?$/.exec(text);
  return found ? Number(found[1]) : undefined;
}
