import type { DiffVersion } from "../../../compiler/diff/diff.js";
import { ofVersion } from "../../../compiler/netfilter/versions.js";
import { byAddress } from "../../../compiler/simulate/classes.js";
import { clusterOf } from "../../../compiler/simulate/cluster.js";
import { matrixOf } from "../../../compiler/simulate/matrix.js";
import { formatPorts, matrixCsv } from "../../../compiler/simulate/matrix-csv.js";
import { reachByRules } from "../../../compiler/simulate/reach-by-rules.js";
import {
  portsOf,
  protocols,
  subtractTraffic,
  trafficOf,
  unionTraffic,
  noTraffic,
  type Traffic,
} from "../../../compiler/simulate/traffic.js";
import type { IpVersion } from "../../../compiler/text/ip-version.js";

/** What every pair of pods may send in packets of a version of IP, read from the CSV that anpm matrix prints. */
export function matrixRows({ result }: Pick<DiffVersion, "result">, ipVersion: IpVersion = 4): Map<string, Traffic> {
  const cluster = clusterOf(result.objects, undefined, ipVersion);
  const matrix = matrixOf(cluster, byAddress(reachByRules(ofVersion(result.tables, ipVersion))));
  const rows = new Map<string, Traffic>();
  for (const row of [...matrixCsv(matrix)].join("").trim().split("\n").slice(1)) {
    const [source, destination, protocol, ports] = row.split(",") as [
      string,
      string,
      (typeof protocols)[number],
      string,
    ];
    const key = `${source} ${destination}`;
    const parts =
      protocol === "other"
        ? [trafficOf("other")]
        : ports.split(";").map((part) => {
            const [first, last = first] = part.split("-").map(Number);
            return trafficOf(protocol, first, last);
          });
    rows.set(key, parts.reduce(unionTraffic, rows.get(key) ?? noTraffic));
  }
  return rows;
}

/** Lines of what one matrix has and the other has not. */
export function lacking(these: Map<string, Traffic>, those: Map<string, Traffic>): string[] {
  return [...these]
    .flatMap(([pair, traffic]) => {
      const left = subtractTraffic(traffic, those.get(pair) ?? noTraffic);
      return protocols
        .filter((protocol) => portsOf(left, protocol).length > 0)
        .map((protocol) => `${pair} ${protocol} ${formatPorts(left, protocol)}`);
    })
    .sort();
}
