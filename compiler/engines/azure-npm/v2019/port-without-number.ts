import type { NetworkPolicy } from "../../../model/objects.js";
import { keyOf } from "../../../model/objects.js";
import type { Where } from "../../../text/diagnostic.js";

/** The first port that says a protocol alone, in a direction that NPM reads: it follows a pointer that is not there. */
export function portWithoutNumber(policy: NetworkPolicy): Where | undefined {
  for (const type of policy.policyTypes) {
    const rules = type === "Ingress" ? policy.ingress : policy.egress;
    for (const [index, { ports }] of rules.entries()) {
      const position = ports.findIndex(({ port }) => port === undefined);
      if (position < 0) continue;
      return {
        object: keyOf(policy),
        field: `spec.${type.toLowerCase()}[${index}].ports[${position}]`,
        location: { source: policy.source, offset: ports[position]!.offset },
      };
    }
  }
  return undefined;
}
