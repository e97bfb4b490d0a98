import type { NetworkPolicy } from "../../model/objects.js";

/** A policy's meaning, or a part of one, as text, without the places it was written at. */
export function textOf(part: unknown): string {
  return JSON.stringify(part, (key, value: unknown) => {
    if (key === "offset") return undefined;
    return value instanceof Map ? [...(value as ReadonlyMap<unknown, unknown>)] : value;
  });
}

export function specOf({ podSelector, policyTypes, ingress, egress }: NetworkPolicy): string {
  return textOf({ podSelector, policyTypes, ingress, egress });
}
