import type { CalicoPolicy, CalicoRule } from "../../model/calico/objects.js";
import { resourceKey } from "../../model/resources.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import { splitPorts } from "./rules/policy-rules.js";
import type { IpVersion } from "../../text/ip-version.js";

/** Where rules of a policy do not do what they say; `versions`: those of IP that there are rules for. */
export function ruleWarnings(policy: CalicoPolicy, versions: readonly IpVersion[]): readonly Diagnostic[] {
  return (["ingress", "egress"] as const).flatMap((direction) =>
    policy[direction].flatMap((rule, index) => {
      const where = {
        location: { source: policy.source, offset: rule.offset },
        object: resourceKey(policy),
        field: `spec.${direction}[${index}]`,
      };
      const ends = [rule.source, rule.destination];
      const stray = ends.find(({ services }) => services && services.namespace === "")?.services;
      const blocks = ends.flatMap(({ ports, nets }) => [
        splitPorts(ports.filter((port) => "first" in port)).length + ports.filter((port) => "name" in port).length > 1,
        nets.filter((net) => !net.includes(":")).length > 1,
      ]);
      const refused = wrongVersion(rule, versions);
      return [
        ...(stray ? [diagnostic("calico-service-without-namespace", { name: stray.name }, where)] : []),
        ...(blocks.filter((block) => block).length > 2 ? [diagnostic("calico-blocks-weakness", {}, where)] : []),
        ...(refused ? [diagnostic("calico-icmp-of-other-version", refused, where)] : []),
      ];
    }),
  );
}

/** The table that gets a match of messages for the protocol of the other version of IP, by number: by name Calico knows the version. */
function wrongVersion(
  { protocol, icmp, notIcmp, ipVersion }: CalicoRule,
  versions: readonly IpVersion[],
): { readonly protocol: number; readonly version: IpVersion } | undefined {
  if ((protocol !== 1 && protocol !== 58) || !(icmp ?? notIcmp)) return undefined;
  const version = protocol === 1 ? 6 : 4;
  return versions.includes(version) && (ipVersion ?? version) === version ? { protocol, version } : undefined;
}
