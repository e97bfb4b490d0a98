import type { Tables } from "../../netfilter/tables.js";
import { printLog, type LogOptions } from "../print-log.js";
import { classicEntries } from "./classic-entries.js";

/**
 * The log of a run in the classic voice, from a node's tables at the beginning and after each step. Of the first `earlier` of
 * them nothing is written, but the clock runs on through what led from one to the next.
 */
export function classicLog(history: readonly Tables[], options: LogOptions = {}, earlier = 1): string {
  const steps = history.slice(1).map((tables, index) => classicEntries(history[index]!, tables));
  const passed = steps.slice(0, earlier - 1).reduce((sum, entries) => sum + entries.length, 0);
  return printLog(steps.slice(earlier - 1).flat(), options, passed);
}
