import { visible } from "./format-diagnostic.js";

/** One line that every report can hold: control characters and what is no character are spelled out. */
export function printable(text: string): string {
  return visible(text)
    .replace(/[\ud800-\udfff]/gu, escapeUnit)
    .replace(/[\ufffe\uffff]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16)}`;
}
