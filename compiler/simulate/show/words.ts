import type { Passage } from "../reach.js";
import { describeTraffic } from "../traffic-words.js";
import { allTraffic, noTraffic, portsOf, protocols, subtractTraffic } from "../traffic.js";
import { nameOfLine, type Cell } from "./grid.js";
import { deniedTraffic, type MatrixView } from "./view.js";

/** How much passes. */
export type Amount = "all" | "some" | "none" | "depends";

export function amountOf({ allowed, depends }: Passage): Amount {
  if (depends !== noTraffic) return "depends";
  return allowed === allTraffic ? "all" : allowed === noTraffic ? "none" : "some";
}

/** A cell in a few characters: `all`, `-`, `80`, `80 53/udp`, with `?` behind what only perhaps passes too. */
export function shortPassage({ allowed, depends }: Passage, only: MatrixView["only"]): string {
  const traffic = only === "denied" ? deniedTraffic({ allowed, depends }) : allowed;
  const doubt = depends === noTraffic ? "" : "?";
  if (traffic === allTraffic) return "all";
  if (traffic === noTraffic) return doubt === "" ? "-" : doubt;
  // Of what is nearly everything, say what is missing.
  const missing = subtractTraffic(allTraffic, traffic);
  if (portsOf(traffic, "other").length > 0 && portsOf(missing, "other").length === 0) {
    return `all but ${shortPorts(missing)}${doubt}`;
  }
  return `${shortPorts(traffic)}${doubt}`;
}

function shortPorts(traffic: Passage["allowed"]): string {
  const parts = protocols.flatMap((protocol) => {
    const ports = portsOf(traffic, protocol);
    if (ports.length === 0) return [];
    if (protocol === "other") return ["other"];
    const whole = ports[0]!.first === 0 && ports[0]!.last === 65535;
    const list = ports.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
    return [whole ? protocol : protocol === "tcp" ? list : `${list}/${protocol}`];
  });
  return parts.join(" ");
}

/** What a cell says when asked, a line each: who to whom, what is allowed, what is not and by whom. */
export function explainCell(view: MatrixView, cell: Cell): readonly string[] {
  return [`${nameOfLine(cell.from)} → ${nameOfLine(cell.to)}`, ...explainPassage(view, cell)];
}

export function explainPassage(view: MatrixView, { passage, source, destination }: Cell): readonly string[] {
  const denied = deniedTraffic(passage);
  const { allowed, depends } = passage;
  if (denied === noTraffic && depends === noTraffic) return ["everything is allowed"];
  const blame = denied === noTraffic ? "" : view.blame(source, destination, denied);
  const by = blame === "" ? "" : ` by ${blame}`;
  if (denied === allTraffic) return [`nothing is allowed: denied${by}`];
  return [
    ...(allowed === noTraffic ? [] : [`allowed: ${describeTraffic(allowed)}`]),
    ...(depends === noTraffic ? [] : [`depends on what is not known: ${describeTraffic(depends)}`]),
    ...(denied === noTraffic ? [] : [`denied${by}: ${allowed === noTraffic ? describeTraffic(denied) : "the rest"}`]),
  ];
}
