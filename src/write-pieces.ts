/** Writes pieces of a long text to standard output, no faster than its reader reads, until that has seen enough. */
export async function writePieces(pieces: Iterable<string>): Promise<void> {
  let waiting: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length < batchLength) continue;
    if (!(await write(waiting.join("")))) return;
    waiting = [];
    length = 0;
  }
  await write(waiting.join(""));
}

/** One write for many small pieces costs less than one for each. */
const batchLength = 1 << 18;

/** Whether somebody still reads. */
async function write(text: string): Promise<boolean> {
  const { stdout } = process;
  if (stdout.destroyed || stdout.errored) return false;
  if (stdout.write(text)) return true;
  return new Promise((resolve) => {
    const done = (more: boolean): void => {
      stdout.off("drain", onDrain).off("error", onEnd).off("close", onEnd);
      resolve(more);
    };
    const onDrain = (): void => done(true);
    const onEnd = (): void => done(false);
    stdout.on("drain", onDrain).on("error", onEnd).on("close", onEnd);
  });
}
