/**
 * What becomes of rules whose words NPM keeps in one array. v1.0.30 starts each egress rule with the words of the policy's
 * selector and appends the rest. Go appends in place while the array has room, so that rules with five requirements or more
 * in the selector overwrite each other: the last one stands in all of them.
 * Source: Azure NPM v1.0.30, npm/translatePolicy.go, translateEgress; Go's append.
 */
export function overwrittenWords(
  selector: readonly number[],
  rules: readonly (readonly (readonly string[])[])[],
): readonly (readonly string[] | undefined)[] {
  const { length, capacity } = grown(selector);
  const room = capacity - length;
  const shared: string[] = [];
  const own = rules.map((appends) => {
    let written: string[] = [];
    let inPlace = true;
    for (const words of appends) {
      const before = written.length;
      written = [...written, ...words];
      inPlace &&= written.length <= room;
      if (inPlace) words.forEach((word, index) => (shared[before + index] = word));
    }
    return inPlace ? written : undefined;
  });
  return own.map((written) => {
    if (!written) return undefined;
    const now = shared.slice(0, written.length);
    return now.every((word, index) => word === written[index]) ? undefined : now;
  });
}

/** An array of strings that was appended to, from nothing, that many words at a time. */
function grown(appends: readonly number[]): { readonly length: number; readonly capacity: number } {
  let length = 0;
  let capacity = 0;
  for (const count of appends) {
    length += count;
    if (length <= capacity) continue;
    capacity = Math.floor(allocated(Math.max(length, 2 * capacity) * bytesOfString) / bytesOfString);
  }
  return { length, capacity };
}

/** The bytes that Go's allocator hands out for so many; above 512, eight of them are its own. */
function allocated(bytes: number): number {
  const header = bytes > 512 ? 8 : 0;
  const wanted = bytes + header;
  return (sizeClasses.find((size) => size >= wanted) ?? wanted) - header;
}

const bytesOfString = 16;

/** Source: Go 1.22, runtime/{sizeclasses,msize}.go. Before 1.22 there was no header, so that 640 bytes had room for three words less. */
const sizeClasses = [
  16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480, 512, 576,
  640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200, 3456, 4096, 4864, 5120, 5376,
  6144, 6528, 6784, 6912, 8192,
];
