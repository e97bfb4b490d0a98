import { compileJson } from "./compile-json.js";
import { noTables, type CompileResult } from "./compile.js";
import { applyScript } from "./netfilter/apply-script.js";
import type { Machine } from "./engines/engine.js";
import { commandsOf, logEntriesOf } from "./engines/effects.js";
import { classicLog } from "./log/classic/classic-log.js";
import { printLog, printMessages, type LogOptions } from "./log/print-log.js";
import { rotateLog } from "./log/rotate-log.js";
import { logMistakes, logWarnings } from "./log/log-warnings.js";
import { printCommands } from "./netfilter/print-commands.js";
import { printIpsetSave } from "./netfilter/print-ipset-save.js";
import { printIptablesSave, printOtherTable } from "./netfilter/print-iptables-save.js";
import type { Tables } from "./netfilter/tables.js";
import { undoScript } from "./netfilter/undo-script.js";
import { formatPairs } from "./pairs/format-pairs.js";
import { diagnostic, type Diagnostic } from "./text/diagnostic.js";

/** One thing that `compile` can print. */
export interface Output {
  readonly name: string;
  /** Under `--out-dir`. */
  fileName(machine: Machine): string;
  readonly description: string;
  /** It tells what was done, not what is there then: of many steps it is one text. */
  readonly isHistory?: true;
  print(result: CompileResult, options: OutputOptions): string;
  /** Under `--out-dir`, where that is not one file called `fileName`. */
  files?(result: CompileResult, options: OutputOptions): readonly { readonly name: string; readonly text: string }[];
  /** What is asked of it that a machine's cannot have. */
  mistakes?(machine: Machine, options: OutputOptions): readonly Diagnostic[];
  /** What a reader of this output should know. */
  warnings?(result: CompileResult, options: OutputOptions): readonly Diagnostic[];
}

export interface OutputOptions {
  /** Addresses beside the names of sets, where an output has both. */
  readonly resolve?: boolean;
  /** Clock and names of a log. */
  readonly log?: LogOptions;
  /** Of a log: what the release itself would write (default), or each change of rules and sets in the wording of v1.2.6. */
  readonly voice?: "exact" | "classic";
}

/** A file for each table, the filter table's without its name. */
function filesOf(name: string, tables: Pick<Tables, "chains" | "others">): readonly { name: string; text: string }[] {
  return [
    { name, text: printIptablesSave(tables) },
    ...(tables.others ?? []).map((table) => ({ name: `${name}.${table.name}`, text: printOtherTable(table) })),
  ];
}

/** The default first. */
export const outputs: readonly Output[] = [
  {
    name: "iptables-save",
    fileName: () => "iptables-save",
    description: "the filter table as iptables-save -t filter shows it afterwards",
    print: ({ tables }) => printIptablesSave(tables),
    files: ({ tables }) => filesOf("iptables-save", tables),
  },
  {
    name: "ipset-save",
    fileName: () => "ipset-save",
    description: "the sets as ipset save shows them afterwards",
    print: ({ tables }) => printIpsetSave([...tables.sets, ...(tables.ipv6?.sets ?? [])]),
  },
  {
    name: "ip6tables-save",
    fileName: () => "ip6tables-save",
    description: "the filter table of IPv6 as ip6tables-save -t filter shows it afterwards",
    print: ({ tables }) => printIptablesSave(tables.ipv6 ?? noTables),
    files: ({ tables }) => filesOf("ip6tables-save", tables.ipv6 ?? noTables),
  },
  {
    name: "restore",
    fileName: () => "restore",
    description: "what the engine itself executes, command by command",
    isHistory: true,
    print: (result) => printCommands(commandsOf(result.effects()), result.machine.commandFormat),
    warnings: ({ machine: { release, commandCaveats } }) =>
      commandCaveats.map((what) => diagnostic("release-caveat", { release, what })),
  },
  {
    name: "script",
    fileName: () => "apply.sh",
    description: "one POSIX shell script that brings a node to this state; repeatable",
    print: ({ machine, tables }) => applyScript(tables, machine.ownership, { flavour: machine.flavour }),
  },
  {
    name: "undo",
    fileName: () => "undo.sh",
    description: "one POSIX shell script that removes all of it",
    print: ({ machine }) => undoScript(machine.ownership, { flavour: machine.flavour }),
  },
  {
    name: "pairs",
    fileName: () => "pairs",
    description: "allowed and disallowed pairs of each policy; with --resolve also as addresses",
    print: ({ pairs, objects }, { resolve }) => formatPairs(pairs, resolve ? objects : undefined),
  },
  {
    name: "log",
    fileName: ({ logFile }) => logFile,
    description: "what the engine would log while doing it",
    isHistory: true,
    print: (result, { log, voice }) => {
      if (voice === "classic") return classicLog(result.history, log, result.earlierTables);
      const earlier = logEntriesOf(result.earlierEffects()).length;
      return printLog(logEntriesOf(result.effects()), log, earlier);
    },
    files(result, options) {
      const logFile = this.fileName(result.machine);
      const rotation = options.voice === "classic" ? undefined : result.machine.voice.rotation;
      if (!rotation) return [{ name: logFile, text: this.print(result, options) }];
      // Files are those of the whole run: what came before is in them too.
      const effects = [...result.earlierEffects(), ...result.effects()];
      const texts = rotateLog(printMessages(logEntriesOf(effects), options.log), rotation);
      return texts.map((text, index) => ({ name: index === 0 ? logFile : `${logFile}.${index}`, text }));
    },
    mistakes: (machine, { voice, log }) => logMistakes(machine, voice === "classic", log?.nodeName !== undefined),
    warnings: ({ machine, node }, { voice }) => (voice === "classic" ? [] : logWarnings(machine, node)),
  },
  {
    name: "json",
    fileName: () => "compile.json",
    description: "all of it with its origins, for programs",
    print: (result) => `${JSON.stringify(compileJson(result), null, 2)}\n`,
  },
];
