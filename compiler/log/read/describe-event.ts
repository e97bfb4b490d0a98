import type { LogEvent } from "./event.js";

/**
 * What happened, for people; undefined where nothing did. `nameOf` gives the readable name of a set. Rules that NPM announces
 * before it runs iptables are told once.
 */
export function describeEvent({ said, text }: LogEvent, nameOf: (set: string) => string): string | undefined {
  switch (said.kind) {
    case "start": {
      const what = [said.release, said.kubernetes && `on Kubernetes ${said.kubernetes}`].filter((part) => part);
      return what.length > 0 ? `NPM runs${what.map((part) => ` ${part}`).join("")}` : undefined;
    }
    case "object":
      return `${said.objectKind}${said.object === undefined ? "" : ` ${said.object}`} ${said.action}`;
    case "rule":
      if (said.state !== "adding" && said.state !== "deleting") return undefined;
      return describeRule(said.state === "adding" ? "+" : "-", said.entry.chain, said.entry.words, nameOf);
    case "set":
      return `+ set ${said.entry.readableName || said.entry.name}`;
    case "command":
      return said.program === "ipset" ? describeIpset(said.words, nameOf) : describeIptables(said.words, nameOf);
    case "change":
      return `${said.what} ${said.name} ${said.action}`;
    case "error":
      return said.error.harmless ? undefined : `error ${said.error.code}: ${text}`;
    default:
      return undefined;
  }
}

function describeRule(sign: string, chain: string, words: readonly string[], nameOf: (set: string) => string): string {
  return `${sign} rule ${chain} ${words.map(nameOf).join(" ")}`;
}

function describeIpset(all: readonly string[], nameOf: (set: string) => string): string | undefined {
  const [operation, set = "", ...member] = all.filter((word) => word !== "-exist");
  switch (operation) {
    case "-A":
      return `+ member ${member.map(nameOf).join(" ")} of ${nameOf(set)}`;
    case "-D":
      return `- member ${member.map(nameOf).join(" ")} of ${nameOf(set)}`;
    case "-X":
      return `- set ${nameOf(set)}`;
    default:
      return undefined;
  }
}

function describeIptables(all: readonly string[], nameOf: (set: string) => string): string | undefined {
  const [operation, chain = "", ...words] = all[0] === "-w" ? all.slice(/^\d+$/.test(all[1] ?? "") ? 2 : 1) : all;
  switch (operation) {
    case "-N":
      return `+ chain ${chain}`;
    case "-X":
      return `- chain ${chain}`;
    case "-F":
      return `- rules of ${chain}`;
    case "-A":
    case "-I":
      return describeRule("+", chain, words, nameOf);
    case "-D":
      return describeRule("-", chain, words, nameOf);
    default:
      return undefined;
  }
}
