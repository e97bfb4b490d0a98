import type { Pod } from "../../model/objects.js";
import { quote } from "../../text/quote.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import { isEndpoint } from "./cluster/cluster.js";
import { floatingAddresses, givenAddresses, isOfOtherVersion } from "./cluster/floating-addresses.js";
import type { Generation } from "./generation.js";
import type { FelixSettings } from "./settings.js";

/**
 * What becomes of the floating addresses that pods ask for, where that is not what they asked; what makes Felix treat a pod as missing is said
 * elsewhere. Of pods of other nodes it matters only where no pod is known any more.
 */
export function floatingWarnings(
  pods: readonly Pod[],
  node: string,
  { floatingIps, ipv6 }: FelixSettings,
  generation: Generation,
): readonly Diagnostic[] {
  const { release, conversion } = generation;
  const asked = pods.flatMap((pod) => {
    const found = isEndpoint(pod, generation) ? floatingAddresses(pod, generation) : undefined;
    return found ? [{ pod, found }] : [];
  });
  const local = ({ nodeName }: Pod): boolean => nodeName === node;
  const given = givenAddresses(
    asked.flatMap(({ pod, found }) => ("addresses" in found && local(pod) ? found.addresses : [])),
  );
  return asked.flatMap(({ pod, found }): readonly Diagnostic[] => {
    const { key, written } = found;
    const where = {
      location: { source: pod.source, offset: written.offset },
      object: `${pod.namespace}/${pod.name}`,
      field: "metadata.annotations",
    };
    if ("problem" in found) {
      const { problem, fix } = found;
      if (conversion.leavesOutUnreadable) return [];
      return [diagnostic("calico-annotation-stops", { key, problem, fix, release }, where)];
    }
    if (!local(pod)) return [];
    if (!floatingIps) return [diagnostic("calico-floating-off", { release }, where)];
    return [
      ...found.passedOver.map(({ text, why }) =>
        diagnostic("calico-floating-passed-over", { text: quote(text), why, release }, where),
      ),
      ...found.addresses.flatMap((each) => {
        const { address, to } = each;
        if (isOfOtherVersion(each))
          return ipv6 || !to.includes(":")
            ? [diagnostic("calico-floating-of-other-version", { address, to, release }, where)]
            : [];
        const first = given.get(address)!.to;
        return first === to ? [] : [diagnostic("calico-floating-taken", { address, to: first, release }, where)];
      }),
    ];
  });
}
