import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { clusterOf, type Endpoint } from "../../compiler/simulate/cluster.js";
import { judge } from "../../compiler/simulate/judge.js";
import type { Judgement } from "../../compiler/simulate/judgement.js";
import { compile } from "../../compiler/compile.js";
import { parseIpsetSave } from "../../compiler/netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../../compiler/netfilter/parse-iptables-save.js";
import { reachByRules } from "../../compiler/simulate/reach-by-rules.js";
import { reachBySpec } from "../../compiler/simulate/reach-by-spec.js";
import type { Passage, Reach } from "../../compiler/simulate/reach.js";
import { byAddress } from "../../compiler/simulate/classes.js";
import { matrixOf } from "../../compiler/simulate/matrix.js";
import { matrixCsv } from "../../compiler/simulate/matrix-csv.js";
import type { TracedTables } from "../../compiler/simulate/trace.js";
import { tracerOf } from "../../compiler/simulate/tracer.js";
import { holdsTraffic } from "../../compiler/simulate/traffic.js";
import { cellsOf, compileCase, dumpsOf, readCaseFile, truthCases, type Cell } from "./vectors.js";

const cases = truthCases();

test.skipIf(cases.length === 0)(
  "the judge gives every verdict of every table, and says which end refuses",
  () => {
    let cells = 0;
    const wrong: string[] = [];
    for (const name of cases) {
      const cluster = clusterOf(compileCase(name).objects);
      for (const cell of cellsOf(name, cluster)) {
        cells += 1;
        const verdict = letterOf(judge(cluster, cell));
        if (verdict !== cell.verdict && wrong.length < 10) wrong.push(`${show(name, cell)}: judged ${verdict}`);
      }
    }
    console.log(`${cells} cells of ${cases.length} tables compared with the judge`);
    expect(wrong).toEqual([]);
    expect(cells).toBeGreaterThan(1_000_000);
  },
  120_000,
);

test.skipIf(cases.length === 0)(
  "so does reach by the specification",
  () => {
    const wrong: string[] = [];
    for (const name of cases) {
      const cluster = clusterOf(compileCase(name).objects);
      const reach = reachBySpec(cluster);
      for (const cell of cellsOf(name, cluster)) {
        const { allowed } = reach.between(reach.sourceClass(cell.source), reach.destinationClass(cell.destination));
        if (holdsTraffic(allowed, cell.protocol, cell.port) !== (cell.verdict === ".")) wrong.push(show(name, cell));
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  },
  120_000,
);

test.skipIf(cases.length === 0)(
  "the matrix as CSV, read back, gives every verdict between pods",
  () => {
    let cells = 0;
    const wrong: string[] = [];
    for (const name of cases.slice(0, 12)) {
      const cluster = clusterOf(compileCase(name).objects);
      const outside = new Set<string>();
      for (const { source, destination } of cellsOf(name, cluster)) {
        for (const { kind, address } of [source, destination]) if (kind === "outside") outside.add(address);
      }
      const matrix = matrixOf(cluster, reachBySpec(cluster), { external: [...outside] });
      const allows = readCsv([...matrixCsv(matrix)].join(""));
      const nameOf = new Map(matrix.endpoints.map((endpoint) => [endpoint.endpoint, endpoint.name]));
      const known = (endpoint: Cell["source"]): string =>
        endpoint.kind === "outside" ? endpoint.address : nameOf.get(endpoint)!;
      for (const cell of cellsOf(name, cluster)) {
        cells += 1;
        const allowed = allows(known(cell.source), known(cell.destination), cell.protocol, cell.port);
        if (allowed !== (cell.verdict === ".")) wrong.push(show(name, cell));
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(cells).toBeGreaterThan(100_000);
  },
  120_000,
);

/** All packets are compared, by class; one in so many is traced besides. */
const tracedOf = 101;

test.skipIf(cases.length === 0)(
  "a node's own dump gives the verdicts that the tables of its generation give, none of them unknown",
  () => {
    const counts = new Map<string, Count>();
    const wrong: string[] = [];
    for (const name of cases) {
      const cluster = clusterOf(compileCase(name).objects);
      const cells = [...cellsOf(name, cluster)];
      const pairs = pairsOf(cells);
      const spec = reachBySpec(cluster);
      for (const { generation, file, rules, sets } of dumpsOf(name)) {
        const count = counts.get(generation) ?? { dumps: 0, pairs: 0, unlikeSpecification: 0, traced: 0 };
        counts.set(generation, count);
        count.dumps += 1;
        const problem = (text: string): unknown => wrong.push(`${name} ${generation} ${file}: ${text}`);
        const dump = parse(rules, sets);
        const source = { name: "manifests.yaml", text: readCaseFile(name, "manifests.yaml") };
        const own = compile([source], { generation }).result;
        const reach = byAddress(reachByRules(dump));
        const ownReach = own && byAddress(reachByRules(own.tables));
        for (const { source: from, destination: to } of pairs) {
          count.pairs += 1;
          const passage = between(reach, from, to);
          if (passage.depends.length > 0) problem(`${from.address} to ${to.address} is not known`);
          if (ownReach && !isDeepStrictEqual(between(ownReach, from, to), passage)) {
            problem(`${from.address} to ${to.address} is not what anpm's tables say`);
          }
          if (!isDeepStrictEqual(between(spec, from, to), passage)) count.unlikeSpecification += 1;
        }
        const tracer = tracerOf(dump);
        for (let i = count.dumps % tracedOf; i < cells.length; i += tracedOf) {
          const { source: from, destination: to, protocol, port } = cells[i]!;
          const verdict = holdsTraffic(between(reach, from, to).allowed, protocol, port) ? "allow" : "deny";
          const traced = tracer.verdict({ source: from.address, destination: to.address, protocol, port });
          if (traced !== verdict) problem(`${from.address} to ${to.address} ${port}/${protocol}: traced ${traced}`);
          count.traced += 1;
        }
      }
    }
    console.table(Object.fromEntries(counts));
    expect(wrong.slice(0, 10)).toEqual([]);
    expect([...counts.keys()]).toEqual(expect.arrayContaining(["v2", "v2-fnv", "v2-2022"]));
  },
  300_000,
);

/** Of one generation; pairs are ordered ones of endpoints, each compared for all packets. */
interface Count {
  dumps: number;
  pairs: number;
  unlikeSpecification: number;
  traced: number;
}

function between(reach: Reach<Endpoint>, source: Endpoint, destination: Endpoint): Passage {
  return reach.between(reach.sourceClass(source), reach.destinationClass(destination));
}

/** A cell for each ordered pair of endpoints. */
function pairsOf(cells: readonly Cell[]): readonly Cell[] {
  return [...new Map(cells.map((cell) => [`${cell.source.address} ${cell.destination.address}`, cell])).values()];
}

function parse(rules: string, sets: string): TracedTables {
  const parsed = parseIptablesSave(rules);
  const dump = parseIpsetSave(sets);
  expect([parsed.problems, dump.problems, dump.others]).toEqual([[], [], []]);
  return { chains: parsed.chains, sets: dump.sets };
}

/** Whether a CSV allows a packet. */
function readCsv(text: string): (source: string, destination: string, protocol: string, port: number) => boolean {
  const [header, ...lines] = text.trimEnd().split("\n");
  expect(header).toBe("source,destination,protocol,ports");
  const rows = new Map<string, string>();
  for (const line of lines) {
    const [source, destination, protocol, ports] = line.split(",") as [string, string, string, string];
    rows.set(`${source},${destination},${protocol}`, ports);
  }
  return (source, destination, protocol, port) => {
    const ports = rows.get(`${source},${destination},${protocol}`);
    if (ports === undefined) return false;
    return ports.split(";").some((interval) => {
      const [first, last = first] = interval.split("-").map(Number) as [number, number?];
      return first <= port && port <= last;
    });
  };
}

function letterOf({ ingress, egress }: Judgement): string {
  if (ingress.verdict === "deny") return egress.verdict === "deny" ? "X" : "I";
  return egress.verdict === "deny" ? "E" : ".";
}

function show(name: string, { source, destination, protocol, port, verdict }: Cell): string {
  return `${name}: ${source.address} to ${destination.address} ${port}/${protocol} is ${verdict}`;
}
