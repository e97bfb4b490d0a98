/** Things by key, with a text for each in which everything stands that matters. */
export class Remembered<T> {
  readonly #things = new Map<string, { readonly text: string; readonly thing: T }>();

  /** What there is from now on. Says what is new or another than before, or `forced`, and what is no longer there. */
  become(
    now: Iterable<readonly [key: string, text: string, thing: T]>,
    forced: ReadonlySet<string> = new Set(),
  ): { readonly changed: readonly T[]; readonly gone: readonly T[] } {
    const changed = new Map<string, T>();
    const present = new Set<string>();
    for (const [key, text, thing] of now) {
      present.add(key);
      if (forced.has(key) || this.#things.get(key)?.text !== text) changed.set(key, thing);
      this.#things.set(key, { text, thing });
    }
    const left = [...this.#things].filter(([key]) => !present.has(key));
    for (const [key] of left) this.#things.delete(key);
    return { changed: [...changed.values()], gone: left.map(([, { thing }]) => thing) };
  }

  values(): readonly T[] {
    return [...this.#things.values()].map(({ thing }) => thing);
  }
}
