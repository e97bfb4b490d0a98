import { expect, test } from "vitest";
import { selects } from "../../compiler/model/selector.js";
import { admitText, policy } from "./said.js";

const labels = new Map([
  ["app", "web"],
  ["tier", ""],
]);

test.each([
  ["{}", true],
  ["{matchLabels: {app: web}}", true],
  ["{matchLabels: {app: web, tier: ''}}", true],
  ["{matchLabels: {app: db}}", false],
  ["{matchLabels: {zone: ''}}", false],
  ["{matchExpressions: [{key: app, operator: In, values: [db, web]}]}", true],
  ["{matchExpressions: [{key: zone, operator: In, values: ['']}]}", false],
  ["{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}", false],
  ["{matchExpressions: [{key: zone, operator: NotIn, values: [web]}]}", true],
  ["{matchExpressions: [{key: tier, operator: Exists}]}", true],
  ["{matchExpressions: [{key: zone, operator: Exists}]}", false],
  ["{matchExpressions: [{key: zone, operator: DoesNotExist}]}", true],
  ["{matchExpressions: [{key: app, operator: Exists}, {key: app, operator: DoesNotExist}]}", false],
  ["{matchLabels: {app: web}, matchExpressions: [{key: tier, operator: DoesNotExist}]}", false],
])("%s selects a pod with app=web and an empty tier: %s", (selector, expected) => {
  const [object] = admitText(policy(`{podSelector: ${selector}}`)).objects;
  if (object?.kind !== "NetworkPolicy") throw new Error("no policy");
  expect(selects(object.podSelector, labels)).toBe(expected);
});
