import { expect, test } from "vitest";
import { selectorOf } from "../../compiler/model/calico/parse-selector.js";
import type { Selectable } from "../../compiler/pairs/any-pairs.js";
import { describeSelector } from "../../compiler/pairs/describe-selector.js";

test.each<[string, Selectable, string]>([
  ["all()", "pods", "all pods"],
  ["all()", "endpoints", "all pods and host endpoints"],
  ["all()", "hosts", "all host endpoints"],
  ["app == 'web'", "anything", "pods, host endpoints and network sets labelled app=web"],
  [
    "(projectcalico.org/namespace == 'shop') && (app == 'web' && has(tier))",
    "anything",
    "pods and network sets labelled app=web and tier in namespace shop",
  ],
  [
    "projectcalico.org/orchestrator == 'k8s' && app != 'web' && projectcalico.org/namespace in {'a', 'b'}",
    "endpoints",
    "pods not labelled app=web in namespace a or b",
  ],
  [
    "app == '' && pcns.team == 'x' && pcns.env not in {'dev'}",
    "pods",
    'pods labelled app="" in namespaces labelled team=x and not labelled env=dev',
  ],
  [
    "projectcalico.org/serviceaccount in {'a'} && pcsa.role == 'clerk'",
    "endpoints",
    "pods and host endpoints as service account a and as service accounts labelled role=clerk",
  ],
  ["!has(projectcalico.org/namespace)", "anything", "host endpoints and network sets in no namespace"],
  ["has(projectcalico.org/namespace)", "anything", "pods and network sets in any namespace"],
  ["a == '1' || b starts with 'x'", "pods", 'pods (labelled a=1 or labelled b with a value that starts with "x")'],
  ["!(a == '1' && b contains 'y')", "pods", 'pods not (labelled a=1 and labelled b with a value that contains "y")'],
  ["a in {}", "pods", "pods labelled a with no value"],
  ["!all()", "pods", "pods of no kind at all"],
])("%s, of %s: %s", (text, of, words) => {
  expect(describeSelector(selectorOf(text), of)).toBe(words);
});
