import { COLLECTION_STYLE, EVENT_ID, SCALAR_STYLE, type Event } from "js-yaml";

/**
 * Offset of the first tab that indents a line or follows a dash outside of brackets, quotes and block texts; -1 when there is
 * none. kubectl refuses these, also on lines without anything else, where js-yaml lets some pass. Source: go.yaml.in/yaml
 * v2.4.2, scannerc.go, yaml_parser_scan_to_next_token.
 */
export function findTab(text: string, events: readonly Event[]): number {
  if (!text.includes("\t")) return -1;
  let end = 0;
  let afterPlain = false;
  const flows: boolean[] = [];
  for (const event of events) {
    const inBrackets = flows.at(-1) === true;
    if (event.type === EVENT_ID.POP) {
      flows.pop();
      if (inBrackets) end = afterBracket(text, end);
      if (inBrackets) afterPlain = false;
      continue;
    }
    const [start, next] = extent(event);
    if (start >= 0 && !inBrackets) {
      const tab = tabInGap(text, end, start, afterPlain);
      if (tab >= 0) return tab;
    }
    if (next >= 0) {
      end = Math.max(end, next);
      afterPlain = event.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN;
    }
    if (event.type === EVENT_ID.DOCUMENT) flows.push(false);
    else if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) {
      flows.push(inBrackets || event.style === COLLECTION_STYLE.FLOW);
    }
  }
  return tabInGap(text, end, text.length, afterPlain);
}

/** Where the token of an event begins and where what follows it can begin, -1 when it has none. */
function extent(event: Exclude<Event, { type: typeof EVENT_ID.POP }>): readonly [start: number, end: number] {
  switch (event.type) {
    case EVENT_ID.DOCUMENT:
      return [-1, -1];
    case EVENT_ID.ALIAS:
      return [event.anchorStart - 1, event.anchorEnd];
    case EVENT_ID.SCALAR: {
      const properties = Math.max(event.anchorEnd, event.tagEnd);
      if (event.valueStart < 0) return [firstProperty(event), properties];
      const quote = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
      const own = event.valueStart - quote;
      return [properties < 0 ? own : firstProperty(event), event.valueEnd + quote];
    }
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE: {
      const start = event.anchorStart >= 0 || event.tagStart >= 0 ? firstProperty(event) : event.start;
      return [start, event.style === COLLECTION_STYLE.FLOW ? event.start + 1 : start];
    }
  }
}

function firstProperty({ anchorStart, tagStart }: { anchorStart: number; tagStart: number }): number {
  if (anchorStart < 0) return tagStart;
  return tagStart < 0 ? anchorStart - 1 : Math.min(anchorStart - 1, tagStart);
}

/** A forbidden tab between two tokens. After a plain text, blanks may begin a line that holds nothing else. */
function tabInGap(text: string, start: number, end: number, afterPlain: boolean): number {
  const gap = text.slice(start, end);
  if (!gap.includes("\t")) return -1;
  const found = (afterPlain ? AFTER_PLAIN : start === 0 ? AT_START : IN_GAP).exec(gap.replace(COMMENT, blank));
  return found ? start + found.index + found[0].length - 1 : -1;
}

const COMMENT = /(?<=^|\s)#.*/g;
const AFTER_PLAIN = /\n\t|(?:^|[\n ])[-?] *\t/;
const IN_GAP = /\n *\t|(?:^|[\n ])[-?] *\t/;
const AT_START = /(?:^|\n) *(?:[-?] *)?\t/;

function blank(comment: string): string {
  return " ".repeat(comment.length);
}

/** Offset after the bracket that closes the innermost flow collection; nothing but blanks and comments stand before it. */
function afterBracket(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const c = text.charAt(at);
    if (c === "]" || c === "}") return at + 1;
    if (c === "#") at = Math.max(at, text.indexOf("\n", at) - 1);
  }
  return from;
}
