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
import type { SetChange, SetChanges, SetState } from "./set-store.js";
import type { JumpDeletion, V2Voice } from "./voices/voice.js";
import type { Deed } from "../blueprint.js";
import { networkOf } from "../../../netfilter/set-members.js";

/**
 * The commands NPM runs, word by word, and what it logs on the way.
 * Sources: Azure NPM cbd7560cf, npm/pkg/dataplane/policies/{chain-management,policymanager}_linux.go,
 * npm/pkg/dataplane/ipsets/ipsetmanager_linux.go; the releases before by the vectors of anpm's referees.
 */
export class Commands {
  readonly #generation: V2Generation;
  readonly #flavour: Flavour;
  readonly #voice: V2Voice;
  readonly #saved = new SavedSets();

  constructor(generation: V2Generation, flavour: Flavour, voice: V2Voice) {
    this.#generation = generation;
    this.#flavour = flavour;
    this.#voice = voice;
  }

  /** `iptables-nft`, `iptables-legacy`, or `iptables` in releases that do not look which it is. */
  #iptables(flavour: Flavour = this.#flavour): string {
    if (!this.#generation.detectsFlavour) return "iptables";
    return flavour === "nft" ? "iptables-nft" : this.#generation.legacyCommand;
  }

  #command(words: readonly string[], flavour?: Flavour): Command {
    return { words: [this.#iptables(flavour), "-w", "60", ...words] };
  }

  #run(words: readonly string[], flavour?: Flavour): Deed[] {
    const command = this.#command(words, flavour);
    return [...this.#voice.executing(command.words), command];
  }

  /** Deletes a jump to AZURE-NPM that an earlier NPM may have left. */
  #deleteJump(words: readonly string[], outcome: JumpDeletion["outcome"], flavour = this.#flavour): Deed[] {
    const command = this.#command(["-D", "FORWARD", ...words], flavour);
    const spoken = command.words[0] === "iptables" ? this.#flavour : flavour;
    const deletion: JumpDeletion = { words: command.words, flavour: spoken, outcome };
    return [...this.#voice.executing(command.words), command, ...this.#voice.deletedJump(deletion)];
  }

  #restore(lines: () => readonly string[]): Command {
    return {
      words: [`${this.#iptables()}-restore`, "-w", "60", "-T", "filter", "--noflush"],
      input: () => ["*filter", ...lines(), "COMMIT"],
    };
  }

  /** Looks which flavour the node uses and removes what NPM left in the other. */
  detectFlavour(): Deed[] {
    if (!this.#generation.detectsFlavour) return [];
    const voice = this.#voice;
    const look = (flavour: Flavour, hint: string) => this.#run(["-L", hint, "-t", "mangle", "-n"], flavour);
    const lookInVain = (hint: string) => {
      const looked = look("nft", hint);
      return [...looked, ...looked.flatMap((deed) => ("words" in deed ? voice.noSuchChain(deed.words, "nft") : []))];
    };
    const other = this.#flavour === "nft" ? "legacy" : "nft";
    return [
      ...voice.detectingFlavour("nft"),
      ...(this.#flavour === "nft"
        ? look("nft", "KUBE-IPTABLES-HINT")
        : [
            ...lookInVain("KUBE-IPTABLES-HINT"),
            ...lookInVain("KUBE-KUBELET-CANARY"),
            ...voice.detectingFlavour("legacy"),
            ...look("legacy", "KUBE-IPTABLES-HINT"),
          ]),
      ...voice.choosing(this.#flavour),
      ...voice.cleaningUp(other),
      ...voice.choosing(other),
      ...this.#deleteJump(["-j", npmChain], "no-such-chain", other),
      ...this.#deleteJump(programWords(forwardJump), "no-such-chain", other),
      { ...this.#command(["-t", "filter", "-n", "-L"], other), pipedTo: ["grep", "Chain AZURE-NPM"] },
      ...voice.cleanedUp(other),
      ...voice.choosing(this.#flavour),
    ];
  }

  /** Makes the base chains; `present` are the chains of an NPM before, `jumped` tells whether its old jump was there. */
  boot(present: readonly string[], jumped: boolean): Deed[] {
    const base: readonly string[] = baseChains;
    const outcome = jumped ? "deleted" : present.includes(npmChain) ? "no-such-rule" : "no-such-chain";
    return [
      ...this.#deleteJump(["-j", npmChain], outcome),
      { ...this.#command(["-t", "filter", "-n", "-L"]), pipedTo: ["grep", "Chain AZURE-NPM"] },
      ...this.#voice.foundChains(present.length),
      this.#restore(() => [
        ...base.filter((chain) => !present.includes(chain)).map(declare),
        ...present.map((chain) => `-F ${chain}`),
        ...bootRules(this.#generation).map(({ chain, rule }) => append(chain, rule)),
      ]),
    ];
  }

  /** Looks where the jump stands; moves it when `move` says so. */
  positionJump(move: { readonly remove: boolean; readonly insertAt: number } | undefined, first: boolean): Deed[] {
    const look = (text: string): Command => ({
      ...this.#command(["-t", "filter", "-n", "-L", "FORWARD", "--line-numbers"]),
      pipedTo: ["grep", text],
    });
    const words = programWords(forwardJump);
    return [
      look("AZURE-NPM"),
      ...(first ? [] : [look("KUBE-SERVICES")]),
      ...(move?.remove ? [...this.#voice.movingJump(), ...this.#run(["-D", "FORWARD", ...words])] : []),
      ...(move
        ? [
            ...this.#voice.insertingJump(),
            ...this.#run(["-I", "FORWARD", ...(move.insertAt > 1 ? [`${move.insertAt}`] : []), ...words]),
          ]
        : []),
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
        return `-I ${directionChain(direction)} 1 ${programWords(emitJump(pairs, direction, naming)).join(" ")}`;
      }),
    ]);
  }

  removePolicy(pairs: PolicyPairs, isLast: boolean, naming: Naming): Deed[] {
    const directions = directionsOf(pairs);
    return [
      ...directions.flatMap((direction) => {
        return this.#run(["-D", directionChain(direction), ...programWords(emitJump(pairs, direction, naming))]);
      }),
      this.#restore(() => [
        ...(isLast ? [`-F ${npmChain}`] : []),
        ...directions.map((direction) => `-F ${naming.chainName(pairs.policy, direction)}`),
      ]),
    ];
  }

  deleteChain(chain: string): Deed[] {
    return this.#run(["-X", chain]);
  }

  /** Nothing when the kernel knows everything. After a line that ipset refuses, the rest is tried again. */
  applySets({ changed: wanted, destroyed }: SetChanges): Deed[] {
    const said = this.#voice.applyingSets({ changed: wanted.map(readableName), destroyed: destroyed.map(nameOf) });
    if (wanted.length === 0 && destroyed.length === 0) return said;
    const changed = this.#generation.readsSavedSets ? this.#saved.apply({ changed: wanted, destroyed }) : () => wanted;
    const commands: Deed[] = said;
    if (this.#generation.readsSavedSets && wanted.length > 0) {
      commands.push({ words: ["ipset", "save"], pipedTo: ["grep", "azure-npm-"] });
    }
    const attempt = (input: () => readonly string[]): Command => ({ words: ["ipset", "restore"], input });
    const blocks = wanted.filter(({ set }) => set.metadata.maxElements !== undefined);
    const refused = blocks.some(({ added }) => added.some((member) => networkOf(member) === undefined));
    if (!refused) return [...commands, attempt(() => this.#setLines({ changed: changed(), destroyed }))];
    const names = new Map(wanted.map(({ set }) => [set.kernelName, set.metadata.readableName]));
    let attempts = 0;
    let lines = this.#setLines({ changed: changed(), destroyed });
    for (let refused = lines.findIndex(isRefused); refused >= 0; refused = lines.findIndex(isRefused)) {
      const tried = lines;
      lines = lines.slice(refused + 1);
      attempts += 1;
      const set = names.get(tried[refused]!.split(" ")[1]!)!;
      commands.push(
        attempt(() => tried),
        ...this.#voice.refusedLine({ attempt: attempts, lines: tried, refused, set }),
      );
    }
    if (lines.length > 0) commands.push(attempt(() => lines));
    return [...commands, ...this.#voice.appliedAtLast(attempts, lines.length === 0)];
  }

  /** Sets with lines that ipset refuses come first, since such a line takes what was added just before along; then other blocks. */
  #setLines({ changed, destroyed }: SetChanges): string[] {
    const ordered = [...changed].sort((a, b) => rankOf(a) - rankOf(b));
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

/** Sets of which all is refused, those of which something is, other sets of blocks, the rest. */
function rankOf({ set, added }: SetChange): number {
  if (set.metadata.maxElements === undefined) return 3;
  const refused = added.filter((member) => networkOf(member) === undefined).length;
  return refused === 0 ? 2 : refused === added.length ? 0 : 1;
}

function readableName({ set }: SetChange): string {
  return nameOf(set);
}

function nameOf({ metadata }: SetState): string {
  return metadata.readableName;
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

/** In the order of policyTypes, each once: a direction that is named twice has its rules twice in one chain already. */
function writtenDirections(pairs: PolicyPairs): Direction[] {
  return [...new Set(pairs.directions.map(({ direction }) => direction))];
}
