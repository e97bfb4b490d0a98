import { walkedTables } from "./courses.js";
import { chainsOf } from "../netfilter/owned.js";
import type { TracedTables } from "./trace.js";

/**
 * A node's dump with the interfaces that its manifests say it has, when they can be those of the node: patterns of its rules (`azv+`) mean
 * one of them, and what the rules name beside a pattern (`azv1234`) is known. Then it is known, too, which chains translate addresses. Otherwise nobody knows which address is behind which.
 */
export function withInterfaces(
  dump: TracedTables,
  { interfaces, natChains }: Pick<TracedTables, "interfaces" | "natChains">,
): TracedTables {
  const named = new Set(
    walkedTables
      .flatMap((table) => chainsOf(dump, table))
      .flatMap(({ rules }) => rules.flatMap(({ matches }) => matches))
      .flatMap((match) => (match.kind === "interface" ? [match.name] : [])),
  );
  const patterns = [...named].filter((name) => name.endsWith("+")).map((name) => name.slice(0, -1));
  const known = new Set(interfaces?.map(({ name }) => name));
  const isKnown = (name: string): boolean => name.endsWith("+") || known.has(name);
  const fit =
    patterns.every((prefix) => [...known].some((name) => name.startsWith(prefix))) &&
    [...named].every((name) => isKnown(name) || !patterns.some((prefix) => name.startsWith(prefix)));
  return interfaces && fit ? { ...dump, interfaces, ...(natChains && { natChains }) } : dump;
}
