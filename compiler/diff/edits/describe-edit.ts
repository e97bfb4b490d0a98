import type { Edit } from "./edit.js";

/** `NetworkPolicy shop/api: spec.ingress[0].ports[0].port 80 → 443`, without places. */
export function describeEdit({ kind, object, field = "", before, after }: Edit): string {
  const [old, young] = [short(before?.text ?? ""), short(after?.text ?? "")];
  switch (kind) {
    case "reordered":
      return `${object}: applied in another order`;
    case "renamed":
      return `${object}: renamed, it was ${old}`;
    case "moved":
      return `${object}: ${field} moved, still ${young}`;
    case "added":
      return field === "" ? `${object} added` : `${object}: ${field} added, ${young}`;
    case "removed":
      return field === "" ? `${object} removed` : `${object}: ${field} removed, it was ${old}`;
    case "changed":
      return `${object}: ${field} ${old} → ${young}`;
  }
}

function short(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
