/**
 * Collects a long text from small pieces. Joining some thousands at a time takes half the time, and less memory, of making a
 * string of each line.
 */
export class TextWriter {
  readonly #chunks: string[] = [];
  #pieces: string[] = [];

  /** Where to push the next pieces; ask again for every line. */
  get pieces(): string[] {
    if (this.#pieces.length > piecesPerChunk) {
      this.#chunks.push(this.#pieces.join(""));
      this.#pieces = [];
    }
    return this.#pieces;
  }

  toString(): string {
    return this.#chunks.join("") + this.#pieces.join("");
  }
}

const piecesPerChunk = 4096;
