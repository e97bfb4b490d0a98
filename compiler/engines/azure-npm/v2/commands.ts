import type { Flavour } from "../../engine.js";
import type { Command } from "../../../netfilter/command.js";
import type { Rule } from "../../../netfilter/tables.js";
import type { Direction, PolicyPairs } from "../../../pairs/pair-group.js";
import { activeRules, baseChains, bootRules, directionChain, forwardJump, npmChain } from "./chains.js";
import { emitJump, emitPolicyRules, type Naming } from "./emit-policy.js";
import type { V2Generation } from "./generation.js";
import { directionsOf } from "./policy-chains.js";
import { programWords } from "./program-words.js";
import { restoreFile, type RestoreAttempt } from "./restore-file.js";
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
  applySets({ changed: wanted, destroyed }: SetChanges): Applied {
    const said = this.#voice.applyingSets({ changed: wanted.map(readableName), destroyed: destroyed.map(nameOf) });
    if (wanted.length === 0 && destroyed.length === 0) return { deeds: said, ...complete };
    const changed = this.#generation.readsSavedSets ? this.#saved.apply({ changed: wanted, destroyed }) : () => wanted;
    const commands: Deed[] = said;
    if (this.#generation.readsSavedSets && wanted.length > 0) {
      commands.push({ words: ["ipset", "save"], pipedTo: ["grep", "azure-npm-"] });
    }
    if (!wanted.some(hasRefused)) {
      return { deeds: [...commands, restore(() => this.#setLines({ changed: changed(), destroyed }))], ...complete };
    }
    const sets = new Map(wanted.map(({ set }) => [set.kernelName, set]));
    const lines = this.#setLines({ changed: changed(), destroyed });
    const restored = restoreFile(lines, this.#generation);
    if (restored.gaveUp) return this.#giveUp(commands, { changed: changed(), destroyed }, sets);
    const { attempts, lost } = restored;
    commands.push(...this.#attempts(attempts, sets));
    const failed = attempts.filter(({ refusal }) => refusal).length;
    commands.push(...this.#voice.appliedAtLast(failed, failed === attempts.length));
    return { deeds: commands, lost: membersOf(lost, sets), gaveUp: false };
  }

  /**
   * No try is left. Releases that read what is saved have by then forgotten which sets they know in the kernel, and so all of them when they begin anew
   * for the second time: what the first two files brought must do. Others bring the same file again and again, in ever new orders, which
   * brings everything in the end that ipset takes, and never succeeds. Source: an ipsetmanager_linux.go between v1.4.16 and v1.4.24,
   * updateDirtyKernelSets; v1.4.45, npm/pkg/dataplane/ipsets/ipsetmanager.go, ApplyIPSets.
   */
  #giveUp(before: readonly Deed[], changes: SetChanges, sets: ReadonlyMap<string, SetState>): Applied {
    const lines = this.#setLines(changes, "last");
    const first = restoreFile(lines, this.#generation);
    const deeds = [...before, ...this.#attempts(first.attempts, sets)];
    if (!this.#generation.readsSavedSets) return { deeds, lost: [], gaveUp: true };
    const creations = lines.filter((line) => line.startsWith("-N "));
    const removals = lines.filter((line) => /^-[FX] /.test(line));
    const second = restoreFile([...creations, ...first.undone, ...removals], this.#generation);
    const retries = [
      { words: ["ipset", "save"], pipedTo: ["grep", "azure-npm-"] },
      ...second.attempts.map(({ lines: input }) => restore(() => input)),
      ...(second.gaveUp && removals.length > 0 ? [restore(() => removals)] : []),
    ];
    return { deeds: [...deeds, ...retries], lost: membersOf(second.lost, sets), gaveUp: false };
  }

  /** With what NPM says of them; of one that is the last it may make, nothing is known. */
  #attempts(attempts: readonly RestoreAttempt[], sets: ReadonlyMap<string, SetState>): Deed[] {
    return attempts.flatMap(({ lines, refusal }, index): Deed[] => {
      const ran = restore(() => lines);
      if (!refusal || index + 1 === this.#generation.maxTries) return [ran];
      const { line: refused, whole } = refusal;
      const set = sets.get(refusal.set)!.metadata.readableName;
      return [ran, ...this.#voice.refusedLine({ attempt: index + 1, lines, refused, set, whole })];
    });
  }

  #setLines({ changed, destroyed }: SetChanges, refused: "first" | "last" = "first"): string[] {
    const { creations, members } = this.#ordered(changed, refused);
    const member = (text: string) => (this.#generation.deletesWithNomatch ? text : text.replace(/ nomatch$/, ""));
    return [
      ...creations.map(({ set: { kernelName, metadata } }) => {
        const size = metadata.maxElements === undefined ? "" : ` maxelem ${metadata.maxElements}`;
        return `-N ${kernelName} --exist ${programType[metadata.type]}${size}`;
      }),
      ...members.flatMap(({ set, added, deleted }) => [
        ...deleted.flatMap((text) => `-D ${set.kernelName} ${member(text)}`.split("\n")),
        ...added.map((text) => `-A ${set.kernelName} ${text}`),
      ]),
      ...destroyed.map(({ kernelName }) => `-F ${kernelName}`),
      ...destroyed.map(({ kernelName }) => `-X ${kernelName}`),
    ];
  }

  /**
   * The orders of the lines that create sets and of those that fill them, of which NPM leaves both to chance: the ones in which three tries suffice, where there
   * are such. What ipset refuses comes first; then other blocks. Last where no order helps, so that the others get through.
   */
  #ordered(
    changed: readonly SetChange[],
    where: "first" | "last",
  ): Record<"creations" | "members", readonly SetChange[]> {
    const others = changed.filter((change) => !hasRefused(change)).sort((a, b) => rankOf(a) - rankOf(b));
    const refused = changed.filter(hasRefused).sort((a, b) => takenOf(a) - takenOf(b));
    if (where === "last") {
      // Of what stands before a line that ipset can't read, the last set suffers: better one of blocks, or none.
      const lists = others.toReversed();
      const spared = refused.toSorted((a, b) => Number(isUnread(a)) - Number(isUnread(b)));
      const members = [...lists, ...spared.map((change) => withRefused("last", change))];
      return { creations: [...lists, ...spared], members };
    }
    if (this.#generation.countsInFirstFile && refused.length === 2) {
      // The second try fails at its first line, and the first line of all creates the set that it is about.
      const first = refused.find(({ added }) => added.filter(isRefusedMember).length === 1) ?? refused[0]!;
      const second = refused.find((change) => change !== first)!;
      return {
        creations: [second, first, ...others],
        members: [withRefused("last", first), withRefused("first", second), ...others],
      };
    }
    return {
      creations: [...refused, ...others],
      members: [...refused.map((change) => withRefused("first", change)), ...others],
    };
  }
}

/** What became of an apply. */
export interface Applied {
  readonly deeds: Deed[];
  /** Members that the kernel never got, though it would take them. */
  readonly lost: readonly { readonly set: SetState; readonly member: string }[];
  /** NPM can't get it done, however often it begins anew. */
  readonly gaveUp: boolean;
}

const complete = { lost: [], gaveUp: false };

function restore(input: () => readonly string[]): Command {
  return { words: ["ipset", "restore"], input };
}

function membersOf(lines: readonly string[], sets: ReadonlyMap<string, SetState>): Applied["lost"] {
  return lines.map((line) => {
    const [, name, ...member] = line.split(" ");
    return { set: sets.get(name!)!, member: member.join(" ") };
  });
}

/** Sets of blocks before others. */
function rankOf({ set }: SetChange): number {
  return set.metadata.maxElements === undefined ? 1 : 0;
}

function hasRefused({ set, added }: SetChange): boolean {
  return set.metadata.maxElements !== undefined && added.some(isRefusedMember);
}

/** It has a member that ipset can't read; others the kernel refuses. */
function isUnread({ added }: SetChange): boolean {
  return added.some((member) => member.includes(":"));
}

/** Of how many members there is something to lose. */
function takenOf({ added }: SetChange): number {
  return added.filter((member) => !isRefusedMember(member)).length;
}

function isRefusedMember(member: string): boolean {
  return networkOf(member) === undefined;
}

function withRefused(where: "first" | "last", change: SetChange): SetChange {
  const sign = where === "first" ? -1 : 1;
  return { ...change, added: [...change.added].sort((a, b) => sign * (+isRefusedMember(a) - +isRefusedMember(b))) };
}

function readableName({ set }: SetChange): string {
  return nameOf(set);
}

function nameOf({ metadata }: SetState): string {
  return metadata.readableName;
}

const programType = { "hash:net": "nethash", "list:set": "setlist", "hash:ip,port": "hash:ip,port" } as const;

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
