import { diagnostic, type Diagnostic } from "../text/diagnostic.js";
import type { IpVersion } from "../text/ip-version.js";
import { patchScript } from "../netfilter/patch-script.js";
import type { Difference, DiffVersion } from "./diff.js";
import { formatGithub } from "./formats/format-github.js";
import { formatHtml } from "./formats/format-html.js";
import { differenceJson } from "./formats/format-json.js";
import { formatMarkdown } from "./formats/format-markdown.js";
import { differenceSarif } from "./formats/format-sarif.js";
import { formatText, type PaintLine } from "./formats/format-text.js";
import { formatUnified } from "./formats/format-unified.js";

/** One way to print a difference. */
export interface DifferenceOutput {
  readonly name: string;
  readonly description: string;
  /** It is made to be carried out, not to find something: a difference is no finding then. */
  readonly isScript?: true;
  /** Why this difference cannot be printed so, if it cannot. */
  mistake?(difference: Difference): Diagnostic | undefined;
  /** `paint` colours lines of text; other outputs have no colour. */
  print(difference: Difference, paint?: PaintLine): string;
}

/** The default first. */
export const differenceOutputs: readonly DifferenceOutput[] = [
  { name: "text", description: "what changes and what causes it, for people", print: formatText },
  {
    name: "json",
    description: "all of it, for programs",
    print: (difference) => `${JSON.stringify(differenceJson(difference), null, 2)}\n`,
  },
  {
    name: "markdown",
    description: "for a comment at a pull request: connections, edits, the rest folded",
    print: (difference) => formatMarkdown(difference),
  },
  {
    name: "github",
    description: "GitHub workflow commands: annotations at the lines that were edited",
    print: (difference) => formatGithub(difference),
  },
  {
    name: "sarif",
    description: "SARIF 2.1.0, for code scanning",
    print: (difference) => `${JSON.stringify(differenceSarif(difference), null, 2)}\n`,
  },
  {
    name: "html",
    description: "the text as one page that needs nothing else",
    print: (difference) => formatHtml(difference),
  },
  {
    name: "unified",
    description: "a unified diff of iptables-save (or ip6tables-save) and ipset-save",
    print: (difference) => formatUnified(difference),
  },
  {
    name: "patch",
    description: "a script that brings a node from the old rules to the new ones without a gap",
    isScript: true,
    mistake: ({ before, after }) => whyNoScript(before, after, "patch"),
    print: ({ before, after, ipVersion }) => scriptBetween(before, after, ipVersion),
  },
  {
    name: "unpatch",
    description: "a script that brings it back",
    isScript: true,
    mistake: ({ before, after }) => whyNoScript(after, before, "unpatch"),
    print: ({ before, after, ipVersion }) => scriptBetween(after, before, ipVersion),
  },
];

function scriptBetween({ result: from }: DiffVersion, { result: to }: DiffVersion, version: IpVersion): string {
  return patchScript(from.tables, to.tables, to.machine.ownership, { flavour: to.machine.flavour, version });
}

function whyNoScript(from: DiffVersion, to: DiffVersion, output: string): Diagnostic | undefined {
  const [before, after] = [from.result.machine, to.result.machine];
  const outputs = differenceOutputs.flatMap(({ name, isScript }) => (isScript ? [] : name)).join(", ");
  if (before.engine !== after.engine)
    return diagnostic("output-not-made", {
      output,
      engine: `${before.engine} and ${after.engine}`,
      remedy: "",
      outputs,
    });
  return flavoursDiffer(from, to);
}

/** The kernel commits the rules of each flavour of iptables for itself. */
function flavoursDiffer({ result: from }: DiffVersion, { result: to }: DiffVersion): Diagnostic | undefined {
  const [before, after] = [from.machine.flavour, to.machine.flavour];
  return before === after ? undefined : diagnostic("patch-between-flavours", { before, after });
}
