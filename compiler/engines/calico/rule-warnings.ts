import type { CalicoPolicy } from "../../model/calico/objects.js";
import { resourceKey } from "../../model/resources.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import { splitPorts } from "./rules/policy-rules.js";

/** Where rules of a policy do not do what they say. */
export function ruleWarnings(policy: CalicoPolicy): readonly Diagnostic[] {
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
      return [
        ...(stray ? [diagnostic("calico-service-without-namespace", { name: stray.name }, where)] : []),
        ...(blocks.filter((block) => block).length > 2 ? [diagnostic("calico-blocks-weakness", {}, where)] : []),
      ];
    }),
  );
}
