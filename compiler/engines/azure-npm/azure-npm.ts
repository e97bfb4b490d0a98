import { diagnostic, isError, type Diagnostic } from "../../text/diagnostic.js";
import type { Ownership } from "../../netfilter/ownership.js";
import type { Configured, Effect, Engine, EngineOptions, Event, Machine, Node } from "../engine.js";
import type { Blueprint, Deed, NpmEvent, NpmNode, Settings } from "./blueprint.js";
import { caveatsOf } from "./caveat.js";
import { deviationCodes, npmDeviations } from "./deviations.js";
import { generationNotes } from "./generation-notes.js";
import { builtGenerations, builtReleases, defaultGeneration, selectGeneration } from "./generations.js";
import { formatRelease } from "./release.js";
import { refuseTooManyRules } from "./rule-count.js";

/** Azure NPM, the network policy engine of AKS. */
export const azureNpm: Engine = {
  id: "azure-npm",
  title: "Azure NPM",
  versionOption: { name: "npm", description: "generation or NPM image tag, like v2-fnv or v1.5.50 (default: v2)" },
  options: ["flavour", "placement", "lite"],
  generations: builtGenerations,
  deviations: npmDeviations(
    builtReleases.map(({ id, release }) => ({ id, circumstances: { release, lite: false, kubernetesMinor: 29 } })),
  ),
  configure,
  describe,
};

function configure(options: EngineOptions): Configured {
  const diagnostics: Diagnostic[] = [];
  const kubernetesMinor = options.kubernetes === undefined ? undefined : parseKubernetesMinor(options.kubernetes);
  if (options.kubernetes !== undefined && kubernetesMinor === undefined) {
    diagnostics.push(diagnostic("bad-kubernetes-version", { text: options.kubernetes }));
  }
  const selected = selectGeneration(options.generation ?? defaultGeneration, options.lite ?? false);
  if ("problem" in selected) return { diagnostics: [...diagnostics, selected.problem] };
  const { blueprint, byId } = selected;
  const flavour = options.flavour ?? blueprint.flavours[0]!;
  if (!blueprint.flavours.includes(flavour))
    diagnostics.push(diagnostic("flavour-not-supported", { generation: blueprint.id }));
  if (diagnostics.some(isError)) return { diagnostics };
  for (const what of caveatsOf(blueprint.release, blueprint.caveats, "rules"))
    diagnostics.push(diagnostic("release-caveat", { release: formatRelease(blueprint.release), what }));
  const settings: Settings = {
    flavour,
    placement: options.placement ?? blueprint.placement,
    kubernetesMinor: kubernetesMinor ?? blueprint.kubernetesMinor,
    apiServerVersion: apiServerVersionOf(options.kubernetes, blueprint),
    tag: byId && !blueprint.borrowsVoice ? blueprint.voice : formatRelease(blueprint.release),
    ...(options.existing && { existing: options.existing }),
  };
  return { machine: machineOf(blueprint, settings, options.lite ?? false), diagnostics };
}

function describe(generation: string): ReturnType<Engine["describe"]> {
  const selected = selectGeneration(generation, false);
  if ("problem" in selected) return { diagnostics: [selected.problem] };
  const { release, flavours, kubernetesMinor, quirks } = selected.blueprint;
  const [notes, kubernetes] = [generationNotes[selected.id]!, `1.${kubernetesMinor}`];
  const info = { ...notes, id: selected.id, release: formatRelease(release), kubernetes, flavours, quirks };
  return { info, diagnostics: [] };
}

function machineOf(blueprint: Blueprint, settings: Settings, lite: boolean): Machine {
  const { release } = blueprint;
  const codes: readonly string[] = deviationCodes({ release, lite, kubernetesMinor: settings.kubernetesMinor });
  const nodes = new WeakSet<Node>();
  return {
    engine: azureNpm.id,
    generation: blueprint.id,
    release: formatRelease(blueprint.release),
    flavour: settings.flavour,
    kubernetesMinor: settings.kubernetesMinor,
    logFile: "azure-npm.log",
    voice: {
      release: blueprint.voice,
      tag: settings.tag,
      ...(blueprint.rotation && { rotation: blueprint.rotation }),
    },
    commandFormat: blueprint.commandFormat,
    commandCaveats: caveatsOf(release, blueprint.caveats, "commands"),
    watched: new Set(),
    refuses: () => false,
    lacks: new Map([["ip6tables-save", ""]]),
    ownership: ownershipOf(blueprint, settings),
    remembers: true,
    ...(blueprint.leftovers && { leftovers: blueprint.leftovers }),
    ...(blueprint.policyNamed && { policyNamed: blueprint.policyNamed }),
    refuseObject: refuseTooManyRules,
    meaningOf: blueprint.meaningOf,
    purposeOf: (chain) => blueprint.purposes[chain],
    marksOf: () => blueprint.marks,
    deviations: azureNpm.deviations.filter(({ code }) => codes.includes(code)),
    start() {
      const node = blueprint.create(settings);
      nodes.add(node);
      return { effects: node.start().map(effectOf), node };
    },
    step(node, event) {
      if (!nodes.has(node)) throw new Error("a node of another machine");
      const effects = isWatched(event) ? (node as NpmNode).step(event).map(effectOf) : [];
      return { effects, node };
    },
  };
}

function isWatched(event: Event): event is NpmEvent {
  const kind = event.kind === "apply" ? event.object.kind : event.kind === "delete" ? event.objectKind : undefined;
  return kind === undefined || kind === "Namespace" || kind === "Pod" || kind === "NetworkPolicy";
}

function effectOf(deed: Deed): Effect {
  return "words" in deed ? { kind: "command", command: deed } : { kind: "log", entry: deed };
}

function ownershipOf({ id, release, jump }: Blueprint, { placement }: Settings): Ownership {
  return {
    title: `Azure NPM ${id} (${formatRelease(release)})`,
    tables: ["filter"],
    chainPrefix: "AZURE-NPM",
    hooks: [
      {
        table: "filter",
        chain: "FORWARD",
        rule: jump,
        place: placement === "after-kube-services" ? { after: "KUBE-SERVICES" } : "first",
      },
    ],
    setPrefix: "azure-npm-",
    temporarySetPrefixes: ["anpm-tmp-", "anpm-tm2-", "anpm-tm3-"],
    flavourHints: ["KUBE-IPTABLES-HINT", "KUBE-KUBELET-CANARY"],
  };
}

/** `v1.29.0` of `1.29`. */
function apiServerVersionOf(asked: string | undefined, { apiServerVersion, kubernetesMinor }: Blueprint): string {
  if (asked === undefined) return apiServerVersion ?? `v1.${kubernetesMinor}.0`;
  const [major, minor, patch = "0"] = asked.replace(/^v/, "").split(".");
  return `v${major}.${minor}.${patch}`;
}

/** 29 of `1.29`, `v1.29.0`. */
function parseKubernetesMinor(text: string): number | undefined {
  const found = /^v?1\.(\d{1,3})(\.\d+)?$/.exec(text);
  return found ? Number(found[1]) : undefined;
}
