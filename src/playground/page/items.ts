import type { Cause, CompiledResult, Linked, PolicyView } from "../views.js";

/** What compiling tells of places, made more exact. */
export function withOrigins(
  result: CompiledResult,
  origins: Readonly<Record<string, readonly Cause[]>>,
): CompiledResult {
  const exact = <T extends Linked>(item: T): T => {
    const causes = origins[item.id] ?? [];
    return causes.length === 0 ? item : { ...item, cause: causes[0]!, causes };
  };
  return {
    ...result,
    chains: result.chains.map((chain) => ({ ...exact(chain), rules: chain.rules.map(exact) })),
    sets: result.sets.map(exact),
  };
}

/** Everything that can light up. */
export function itemsOf({ chains, sets }: CompiledResult, policies: readonly PolicyView[]): readonly Linked[] {
  const groups = policies.flatMap(({ directions }) => directions.flatMap(({ groups: its }) => its));
  return [...chains, ...chains.flatMap(({ rules }) => rules), ...sets, ...policies, ...groups];
}
