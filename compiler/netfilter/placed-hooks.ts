import { isHook, isOwnChain } from "./owned.js";
import type { Ownership } from "./ownership.js";
import { printRule } from "./print-rule.js";
import type { Chain, Hook, TableName, Tables } from "./tables.js";

/** A rule of the owner in a chain of other people. */
export interface PlacedHook {
  readonly chain: string;
  /** As printed, without `-A CHAIN`. */
  readonly text: string;
  /** Where it stands. `first`: ahead of the others, or behind the one that it should follow; `anywhere`: nobody looks. */
  readonly found: "first" | "last" | "astray" | "anywhere";
  /** Where it should; absent: nowhere. */
  readonly meant?: Hook["place"];
}

/** Table, chain and text of a hook → where it stands in both of two states; `anywhere` when they differ about it. */
export type KnownPlaces = ReadonlyMap<string, Hook["place"] | "anywhere">;

export function knownPlaces(before: Tables, after: Tables, ownership: Ownership): KnownPlaces {
  const places = new Map<string, Hook["place"] | "anywhere">();
  for (const { hooks = ownership.hooks } of [before, after]) {
    for (const { table, chain, rule, place } of hooks) {
      const key = keyOf(table, chain, printRule(rule));
      const known = places.get(key);
      places.set(key, known === undefined || JSON.stringify(known) === JSON.stringify(place) ? place : "anywhere");
    }
  }
  return places;
}

/** The hooks in a table, by chain, in their order. */
export function placedHooks(
  table: TableName,
  chains: readonly Chain[],
  meant: readonly Hook[],
  places: KnownPlaces,
  ownership: Ownership,
): PlacedHook[] {
  return chains
    .filter((chain) => !isOwnChain(chain, ownership))
    .flatMap(({ name, rules }) => {
      const others = rules.filter((rule) => !isHook(rule, ownership)).map(printRule);
      let above = 0;
      return rules.flatMap((rule): PlacedHook[] => {
        if (!isHook(rule, ownership)) {
          above += 1;
          return [];
        }
        const text = printRule(rule);
        const found = standingOf(above, others, places.get(keyOf(table, name, text)));
        const hook = meant.find((each) => each.table === table && each.chain === name && printRule(each.rule) === text);
        return [{ chain: name, text, found, ...(hook && { meant: hook.place }) }];
      });
    });
}

/** How a script prints a hook that it finds. */
export function hookText({ chain, text, found }: PlacedHook): string {
  return `${found} -A ${chain} ${text}`;
}

/** `TABLE CHAIN PLACE RULE`, as scripts read it. */
export function hookLine(table: TableName, chain: string, place: Hook["place"] | "anywhere", text: string): string {
  const where = typeof place === "string" ? place : `after=${place.after}`;
  if (/\s/.test(where)) throw new Error(`a place of several words: ${where}`);
  return `${table} ${chain} ${where} ${text}\n`;
}

/** Lines with all that is known of hooks in these chains. */
export function knownHookLines(places: KnownPlaces): string {
  return [...places]
    .map(([key, place]) => {
      const [table, chain, text] = JSON.parse(key) as [TableName, string, string];
      return hookLine(table, chain, place, text);
    })
    .join("");
}

function keyOf(table: TableName, chain: string, text: string): string {
  return JSON.stringify([table, chain, text]);
}

function standingOf(
  above: number,
  others: readonly string[],
  place: Hook["place"] | "anywhere" | undefined,
): PlacedHook["found"] {
  if (place === undefined) return "astray";
  if (place === "anywhere") return place;
  if (place === "last") return above === others.length ? "last" : "astray";
  const after = place === "first" ? 0 : others.findIndex((text) => text.includes(place.after)) + 1;
  return above === after ? "first" : "astray";
}
