import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compile, type CompileOptions, type CompileResult } from "../../compiler/compile.js";
import { formatDiagnostic } from "../../compiler/text/format-diagnostic.js";
import type { Cluster, Endpoint } from "../../compiler/simulate/cluster.js";
import type { TrafficProtocol } from "../../compiler/simulate/traffic.js";

/** The folder of cases with a truth.json, beside the project. */
const folder = "../shared/vectors/cases/random";

/** Names of the cases with a table of verdicts; none, and a line that says so, where the vectors are not there. */
export function truthCases(): readonly string[] {
  if (existsSync(folder)) return readdirSync(folder).filter((name) => existsSync(join(folder, name, "truth.json")));
  console.warn(`skipped: ${folder} is not there`);
  return [];
}

export function readCaseFile(name: string, file: string): string {
  return readFileSync(join(folder, name, file), "utf8");
}

export function compileCase(name: string, options: CompileOptions = {}): CompileResult {
  return compileText(readCaseFile(name, "manifests.yaml"), options);
}

export function compileText(text: string, options: CompileOptions = {}): CompileResult {
  const { result, diagnostics } = compile([{ name: "manifests.yaml", text }], options);
  if (!result) throw new Error(formatDiagnostic(diagnostics[0]!));
  return result;
}

export interface CaseDump {
  readonly generation: string;
  /** `iptables-save` or, of the legacy flavour, `iptables-save.legacy`. */
  readonly file: string;
  readonly rules: string;
  readonly sets: string;
}

/** What the nodes of a case held in the end. */
export function* dumpsOf(name: string): Generator<CaseDump> {
  for (const generation of readdirSync(join(folder, name, "expected"))) {
    const place = join("expected", generation);
    for (const file of readdirSync(join(folder, name, place))) {
      if (!file.startsWith("iptables-save")) continue;
      yield {
        generation,
        file,
        rules: readCaseFile(name, join(place, file)),
        sets: readCaseFile(name, join(place, "ipset-save")),
      };
    }
  }
}

/** One cell of a table of verdicts. */
export interface Cell {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly protocol: TrafficProtocol;
  readonly port: number;
  /** `.` allowed, `I` denied by ingress only, `E` by egress only, `X` by both. */
  readonly verdict: string;
}

/** All cells of a case; a pod with itself and pods on the host's network are left out. */
export function* cellsOf(name: string, cluster: Cluster): Generator<Cell> {
  const truth = JSON.parse(readCaseFile(name, "truth.json")) as Truth;
  const endpoint = (key: string): Endpoint => {
    const found = cluster.endpoint(key);
    if (!found) throw new Error(`${name}: no endpoint ${key}`);
    return found;
  };
  for (const step of truth.steps) {
    const destinations = step.to.map(endpoint);
    for (const { protocol, port, rows, spec_rows } of step.truth) {
      for (const [from, engineRow] of Object.entries(rows)) {
        const row = spec_rows?.[from] ?? engineRow;
        const source = endpoint(from);
        for (let i = 0; i < row.length; i += 1) {
          const destination = destinations[i]!;
          if (row[i] === "-" || source === destination) continue;
          if (source.kind === "host-network" || destination.kind === "host-network") continue;
          yield { source, destination, protocol: protocol.toLowerCase() as TrafficProtocol, port, verdict: row[i]! };
        }
      }
    }
  }
}

/** Format of truth.json: the README of the vectors. */
interface Truth {
  readonly steps: readonly {
    readonly to: readonly string[];
    readonly truth: readonly {
      readonly protocol: string;
      readonly port: number;
      readonly rows: Readonly<Record<string, string>>;
      readonly spec_rows?: Readonly<Record<string, string>>;
    }[];
  }[];
}
