import type { Flavour } from "../../engine.js";
import type { Command } from "../../../netfilter/command.js";
import type { Rule } from "../../../netfilter/tables.js";
import type { Direction, PolicyPairs } from "../../../pairs/pair-group.js";
import { activeRules, baseChains, bootRules, directionChain, forwardJump, npmChain } from "./chains.js";
import { emitJump, emitPolicyRules, type Naming } from "./emit-policy.js";
import type { V2Generation } from "./generation.js";
import { directionsOf } from "./policy-chains.js";
import { programWords } from "./program-words.js";
import { SavedSets } from "./saved-sets.js";
import type { SetChanges } from "./set-store.js";
import { networkOf } from "../../../netfilter/set-members.js";

/**
 * The commands NPM runs, word by word.
 * Sources: Azure NPM cbd7560cf, npm/pkg/dataplane/policies/{chain-management,policymanager}_linux.go,
 * npm/pkg/dataplane/ipsets/ipsetmanager_linux.go; the releases before by the vectors of anpm's referees.
 */
export class Commands {
  readonly #generation: V2Generation;
  readonly #flavour: Flavour;
  readonly #saved = new SavedSets();

  constructor(generation: V2Generation, flavour: Flavour) {
    this.#generation = generation;
    this.#flavour = flavour;
  }

  /** `iptables-nft`, `iptables-legacy`, or `iptables` in releases that do not look which it is. */
  #iptables(flavour: Flavour = this.#flavour): string {
    if (!this.#generation.detectsFlavour) return "iptables";
    return flavour === "nft" ? "iptables-nft" : this.#generation.legacyCommand;
  }

  #run(words: readonly string[], flavour?: Flavour): Command {
    return { words: [this.#iptables(flavour), "-w", "60", ...words] };
  }

  #restore(lines: () => readonly string[]): Command {
    return {
      words: [`${this.#iptables()}-restore`, "-w", "60", "-T", "filter", "--noflush"],
      input: () => ["*filter", ...lines(), "COMMIT"],
    };
  }

  /** Looks which flavour the node uses and removes what NPM left in the other. */
  detectFlavour(): Command[] {
    if (!this.#generation.detectsFlavour) return [];
    const look = (flavour: Flavour, hint: string) => this.#run(["-L", hint, "-t", "mangle", "-n"], flavour);
    const other = this.#flavour === "nft" ? "legacy" : "nft";
    return [
      look("nft", "KUBE-IPTABLES-HINT"),
      ...(this.#flavour === "nft" ? [] : [look("nft", "KUBE-KUBELET-CANARY"), look("legacy", "KUBE-IPTABLES-HINT")]),
      this.#run(["-D", "FORWARD", "-j", npmChain], other),
      this.#run(["-D", "FORWARD", ...programWords(forwardJump)], other),
      { ...this.#run(["-t", "filter", "-n", "-L"], other), pipedTo: ["grep", "Chain AZURE-NPM"] },
    ];
  }

  /** Makes the base chains; `present` are the chains of an NPM before. */
  boot(present: readonly string[]): Command[] {
    const base: readonly string[] = baseChains;
    return [
      this.#run(["-D", "FORWARD", "-j", npmChain]),
      { ...this.#run(["-t", "filter", "-n", "-L"]), pipedTo: ["grep", "Chain AZURE-NPM"] },
      this.#restore(() => [
        ...base.filter((chain) => !present.includes(chain)).map(declare),
        ...present.map((chain) => `-F ${chain}`),
        ...bootRules(this.#generation).map(({ chain, rule }) => append(chain, rule)),
      ]),
    ];
  }

  /** Looks where the jump stands; moves it when `move` says so. */
  positionJump(move: { readonly remove: boolean; readonly insertAt: number } | undefined, first: boolean): Command[] {
    const look = (text: string): Command => ({
      ...this.#run(["-t", "filter", "-n", "-L", "FORWARD", "--line-numbers"]),
      pipedTo: ["grep", text],
    });
    const words = programWords(forwardJump);
    return [
      look("AZURE-NPM"),
      ...(first ? [] : [look("KUBE-SERVICES")]),
      ...(move?.remove ? [this.#run(["-D", "FORWARD", ...words])] : []),
      ...(move ? [this.#run(["-I", "FORWARD", ...(move.insertAt > 1 ? [`${move.insertAt}`] : []), ...words])] : []),
    ];
  }

  resetSets(): Command[] {
    const list = { words: ["ipset", "list", "--name"] };
    if (this.#generation.setReset === "one-restore-file") return [{ ...list, pipedTo: ["grep", "azure-npm-"] }];
    return [
      { ...list, pipedTo: ["grep", "-q", "-v", "azure-npm-"] },
      { words: ["bash", "-c", "ipset flush && ipset destroy"] },
    ];
  }

  addPolicy(pairs: PolicyPairs, isFirst: boolean, naming: Naming): Command {
    return this.#restore(() => [
      ...directionsOf(pairs).map((direction) => declare(naming.chainName(pairs.policy, direction))),
      ...(isFirst ? [`-F ${npmChain}`, ...activeRules.map(({ chain, rule }) => append(chain, rule))] : []),
      ...writtenDirections(pairs).flatMap((direction) => {
        const chain = naming.chainName(pairs.policy, direction);
        return emitPolicyRules(pairs, direction, naming).map((rule) => append(chain, rule));
      }),
      ...directionsOf(pairs).map((direction) => {
        return `-I ${directionChain(direction)} 1 ${programWords(jumpOf(pairs, direction, naming)).join(" ")}`;
      }),
    ]);
  }

  removePolicy(pairs: PolicyPairs, isLast: boolean, naming: Naming): Command[] {
    const directions = directionsOf(pairs);
    return [
      ...directions.map((direction) => {
        return this.#run(["-D", directionChain(direction), ...programWords(jumpOf(pairs, direction, naming))]);
      }),
      this.#restore(() => [
        ...(isLast ? [`-F ${npmChain}`] : []),
        ...directions.map((direction) => `-F ${naming.chainName(pairs.policy, direction)}`),
      ]),
    ];
  }

  deleteChain(chain: string): Command {
    return this.#run(["-X", chain]);
  }

  /** Nothing when the kernel knows everything. After a line that ipset refuses, the rest is tried again. */
  applySets({ changed: wanted, destroyed }: SetChanges): Command[] {
    if (wanted.length === 0 && destroyed.length === 0) return [];
    const changed = this.#generation.readsSavedSets ? this.#saved.apply({ changed: wanted, destroyed }) : wanted;
    const commands: Command[] = [];
    if (this.#generation.readsSavedSets && changed.length > 0) {
      commands.push({ words: ["ipset", "save"], pipedTo: ["grep", "azure-npm-"] });
    }
    const attempt = (input: () => readonly string[]): Command => ({ words: ["ipset", "restore"], input });
    const blocks = changed.filter(({ set }) => set.metadata.maxElements !== undefined);
    const refused = blocks.some(({ added }) => added.some((member) => networkOf(member) === undefined));
    if (!refused) return [...commands, attempt(() => this.#setLines({ changed, destroyed }))];
    for (let lines = this.#setLines({ changed, destroyed }); lines.length > 0;) {
      const rest = lines;
      commands.push(attempt(() => rest));
      const bad = lines.findIndex(isRefused);
      lines = bad < 0 ? [] : lines.slice(bad + 1);
    }
    return commands;
  }

  /** CIDR sets come first, since a refused line takes what was added just before along. */
  #setLines({ changed, destroyed }: SetChanges): string[] {
    const ordered = [...changed].sort(
      (a, b) => Number(!a.set.metadata.maxElements) - Number(!b.set.metadata.maxElements),
    );
    const member = (text: string) => (this.#generation.deletesWithNomatch ? text : text.replace(/ nomatch$/, ""));
    return [
      ...ordered.map(({ set: { kernelName, metadata } }) => {
        const size = metadata.maxElements === undefined ? "" : ` maxelem ${metadata.maxElements}`;
        return `-N ${kernelName} --exist ${programType[metadata.type]}${size}`;
      }),
      ...ordered.flatMap(({ set, added, deleted }) => [
        ...deleted.flatMap((text) => `-D ${set.kernelName} ${member(text)}`.split("\n")),
        ...added.map((text) => `-A ${set.kernelName} ${text}`),
      ]),
      ...destroyed.map(({ kernelName }) => `-F ${kernelName}`),
      ...destroyed.map(({ kernelName }) => `-X ${kernelName}`),
    ];
  }
}

const programType = { "hash:net": "nethash", "list:set": "setlist", "hash:ip,port": "hash:ip,port" } as const;

/** An IPv6 block, or one of prefix length 0. */
function isRefused(line: string): boolean {
  const [operation, , member = "", option] = line.split(" ");
  return operation === "-A" && member.includes("/") && networkOf(option ? `${member} ${option}` : member) === undefined;
}

function declare(chain: string): string {
  return `:${chain} - -`;
}

function append(chain: string, rule: Rule): string {
  return `-A ${chain} ${programWords(rule).join(" ")}`;
}

function jumpOf(pairs: PolicyPairs, direction: Direction, naming: Naming): Rule {
  return emitJump(
    pairs,
    pairs.directions.find((found) => found.direction === direction)!,
    naming,
  );
}

/** In the order of policyTypes, each once: a direction that is named twice has its rules twice in one chain already. */
function writtenDirections(pairs: PolicyPairs): Direction[] {
  return [...new Set(pairs.directions.map(({ direction }) => direction))];
}
