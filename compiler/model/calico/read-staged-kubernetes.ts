import type { Entry } from "../../manifest/value.js";
import { readNetworkPolicy } from "../admit-network-policy.js";
import type { StagedKubernetesPolicy } from "./objects.js";
import { readChoice } from "./read-fields.js";
import type { Frame } from "./read-objects.js";

/** Reads and checks a policy of Kubernetes that is staged: as the API server checks one, and the action that is staged. */
export function readStagedKubernetesPolicy({ fields, offset, metadata, checker }: Frame): StagedKubernetesPolicy {
  const withoutAction = fields.map((field): Entry => {
    const { key, value } = field;
    if (key !== "spec" || value.kind !== "mapping") return field;
    return { ...field, value: { ...value, entries: value.entries.filter((entry) => entry.key !== stagedAction) } };
  });
  checker.enter("spec");
  for (const { key, value } of fields) {
    if (key !== "spec" || value.kind !== "mapping") continue;
    const action = value.entries.find((entry) => entry.key === stagedAction);
    if (action) readChoice(action.value, stagedAction, ["Set"], checker);
  }
  checker.leave();
  const policy = readNetworkPolicy(withoutAction, offset, metadata, checker);
  const { namespace, name, source } = policy;
  return { kind: "StagedKubernetesNetworkPolicy", namespace, name, policy, offset, source };
}

const stagedAction = "stagedAction";
