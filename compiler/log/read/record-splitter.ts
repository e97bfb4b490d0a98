import { maxRecordLength, type LogRecord } from "./record.js";

/**
 * Text in pieces of any size in, records out, as soon as they are complete. Holds one record at most. Knows Go's standard
 * logger (`2019/05/06 12:34:56 text`), the same with a process id (`… [1] text`), klog (`I0506 12:34:56.789012 1 npm.go:68] text`), each
 * and Calico's (`2019-05-06 12:34:56.789 [INFO][64] felix/table.go 417: text`), each
 * also behind what kubectl and container runtimes put before a line.
 */
export class RecordSplitter {
  #file = "";
  #line = 0;
  /** The beginning of a line whose end has not come. */
  #tail = "";
  #open: OpenRecord | undefined;

  /** Lines are counted from here. A record goes on in the next file only if the last line of this one is not cut off. */
  nextFile(name: string): LogRecord[] {
    const cut = this.#tail === "" ? [] : this.end();
    this.#file = name;
    this.#line = 0;
    return cut;
  }

  feed(text: string): LogRecord[] {
    const records: LogRecord[] = [];
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      const line = start === 0 && this.#tail !== "" ? this.#tail + text.slice(0, end) : text.slice(start, end);
      this.#tail = "";
      this.#take(line, records);
      start = end + 1;
    }
    // Of an endless line only the beginning is of use.
    if (this.#tail.length < maxRecordLength) this.#tail += text.slice(start, start + maxRecordLength);
    return records;
  }

  /** What is left: a line without an end, and the record it belongs to. */
  end(): LogRecord[] {
    const records: LogRecord[] = [];
    const cutOff = this.#tail !== "";
    if (cutOff) this.#take(this.#tail, records);
    this.#tail = "";
    if (this.#open) records.push(recordOf(this.#open, cutOff));
    this.#open = undefined;
    return records;
  }

  #take(raw: string, records: LogRecord[]): void {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    this.#line += 1;
    const header = headerOf(line);
    if (!header && this.#open) {
      const open = this.#open;
      open.length += line.length + 1;
      if (open.length <= maxRecordLength) open.rest.push(line);
      return;
    }
    if (this.#open) records.push(recordOf(this.#open));
    const fields = header ?? { writer: "none" as const, text: line };
    this.#open = { file: this.#file, line: this.#line, fields, rest: [], length: line.length };
  }
}

interface OpenRecord {
  readonly file: string;
  readonly line: number;
  readonly fields: Header;
  readonly rest: string[];
  length: number;
}

type Header = Pick<LogRecord, "time" | "writer" | "severity" | "place" | "text">;

function recordOf({ file, line, fields, rest }: OpenRecord, cutOff = false): LogRecord {
  return cutOff ? { file, line, ...fields, rest, cutOff } : { file, line, ...fields, rest };
}

const loggerHeader = /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d)(?: (?:\[\d+\] ?)?|$)/;
const klogHeader = /^([IWEF])(\d{4} \d\d:\d\d:\d\d\.\d{6}) +\d+ ([\w.-]+:\d+)\] ?/;
/** Before v3.14 without the name of the component. */
const calicoHeader = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) \[([A-Z]+)\]\[\d+\] (?:[\w-]+\/)?([\w.-]+\.go) (\d+): ?/;
const severities: Readonly<Record<string, "I" | "W" | "E" | "F">> = {
  WARNING: "W",
  ERROR: "E",
  FATAL: "F",
  PANIC: "F",
};
/** `kubectl logs --prefix`, `kubectl logs --timestamps`, and the files of a container runtime. */
const carrier =
  /^(?:\[pod\/\S+\] )?(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d) (?:std(?:out|err) [FP] )?)?/;

function headerOf(line: string): Header | undefined {
  const first = line.charCodeAt(0);
  const isDigit = first >= 48 && first <= 57;
  if (isDigit) {
    const found = loggerHeader.exec(line);
    if (found) return { writer: "logger", time: found[1]!, text: line.slice(found[0].length) };
    const calico = calicoHeader.exec(line);
    if (calico) {
      return {
        writer: "calico",
        severity: severities[calico[2]!] ?? "I",
        time: calico[1]!,
        place: `${calico[3]!}:${calico[4]!}`,
        text: line.slice(calico[0].length),
      };
    }
  } else {
    const found = klogHeader.exec(line);
    if (found) {
      return {
        writer: "klog",
        severity: found[1] as "I" | "W" | "E" | "F",
        time: found[2]!,
        place: found[3]!,
        text: line.slice(found[0].length),
      };
    }
  }
  if (!isDigit && first !== 91) return undefined;
  const carried = carrier.exec(line)![0].length;
  return carried > 0 ? headerOf(line.slice(carried)) : undefined;
}
