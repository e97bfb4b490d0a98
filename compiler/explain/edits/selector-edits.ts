import type { Value } from "../../manifest/value.js";
import type { Labels, LabelSelector, Requirement } from "../../model/objects.js";
import { selects } from "../../model/selector.js";
import type { Source } from "../../text/source.js";
import type { Candidate, Make } from "./candidate.js";
import { addEntry, addItem, childAt, removeEntry, removeItem, setEntry, type TextEdit } from "./yaml-lines.js";

/** A selector as it stands in a manifest. */
export interface WrittenSelector {
  readonly source: Source;
  /** What holds the selector, and the key it stands under. */
  readonly owner: Value | undefined;
  readonly key: "podSelector" | "namespaceSelector";
  readonly selector: LabelSelector;
  /** `spec.ingress[0].from[1].podSelector` */
  readonly path: string;
}

/** Changes of one label or one expression, after which the selector asks less, or something else, of these labels. */
export function widenSelector(written: WrittenSelector, labels: Labels, make: Make): readonly Candidate[] {
  const { source, owner, key: name, selector, path } = written;
  const matchLabels = childAt(owner, name, "matchLabels");
  const ofLabels = [...selector.matchLabels].flatMap(([key, value]) => {
    const has = labels.get(key);
    if (has === value) return [];
    return [
      ...(has === undefined
        ? []
        : make(`change ${key} of ${path}.matchLabels to ${has}`, setEntry(source, matchLabels, key, has))),
      ...make(`remove ${key} from ${path}.matchLabels`, withoutLabel(written, key)),
    ];
  });
  const ofExpressions = selector.matchExpressions.flatMap((requirement, index) => {
    if (selects({ ...selector, matchLabels: new Map(), matchExpressions: [requirement] }, labels)) return [];
    const at = `${path}.matchExpressions[${index}]`;
    const here = childAt(owner, name, "matchExpressions", index);
    const has = labels.get(requirement.key);
    return [
      ...(requirement.operator === "In" && has !== undefined
        ? make(`add ${quoted(has)} to ${at}.values`, addItem(source, here, "values", has))
        : []),
      ...(requirement.operator === "NotIn" ? withoutValue(written, requirement, index, has!, make) : []),
      ...make(`remove ${at}`, withoutExpression(written, index)),
    ];
  });
  return [...ofLabels, ...ofExpressions];
}

/**
 * Changes of one label or one expression, after which the selector asks more of these labels, which it selects now. `others`: what else it
 * selects.
 */
export function narrowSelector(
  written: WrittenSelector,
  labels: Labels,
  others: readonly Labels[],
  make: Make,
): readonly Candidate[] {
  const { source, owner, key: name, selector, path } = written;
  const ofExpressions = selector.matchExpressions.flatMap((requirement, index) => {
    const has = labels.get(requirement.key);
    const at = `${path}.matchExpressions[${index}]`;
    if (has === undefined) return [];
    if (requirement.operator === "In") return withoutValue(written, requirement, index, has, make);
    if (requirement.operator !== "NotIn") return [];
    const here = childAt(owner, name, "matchExpressions", index);
    return make(`add ${quoted(has)} to ${at}.values`, addItem(source, here, "values", has));
  });
  const shared = mostShared(others.flatMap((each) => [...each].filter(([key, value]) => labels.get(key) !== value)));
  const ofLabels = shared.flatMap(([key, value]) =>
    make(`add ${key}=${quoted(value)} to ${path}.matchLabels`, withLabel(written, key, value)),
  );
  const own = [...labels].filter(
    ([key, value]) => !selector.matchLabels.has(key) && !others.some((each) => each.get(key) === value),
  );
  const ofItself = own
    .filter(([key]) => !key.endsWith("pod-template-hash"))
    .slice(0, 2)
    .flatMap(([key, value]) =>
      make(`add ${key} NotIn ${quoted(value)} to ${path}.matchExpressions`, withExpression(written, key, value)),
    );
  return [...ofExpressions, ...ofLabels, ...ofItself];
}

function withoutLabel(written: WrittenSelector, key: string): TextEdit | undefined {
  const { source, owner, key: name, selector } = written;
  const matchLabels = childAt(owner, name, "matchLabels");
  if (matchLabels?.kind !== "mapping") return undefined;
  if (matchLabels.entries.length > 1) return removeEntry(source, matchLabels, key);
  return without(written, "matchLabels", selector.matchExpressions.length > 0);
}

function withoutExpression(written: WrittenSelector, index: number): TextEdit | undefined {
  const { source, owner, key: name, selector } = written;
  const list = childAt(owner, name, "matchExpressions");
  if (selector.matchExpressions.length > 1) return removeItem(source, list, index);
  return without(written, "matchExpressions", selector.matchLabels.size > 0);
}

/** One half of a selector taken away; what asks nothing any more is written `{}`. */
function without(written: WrittenSelector, half: string, hasOther: boolean): TextEdit | undefined {
  const { source, owner, key: name } = written;
  const mapping = childAt(owner, name);
  if (!hasOther) return setEntry(source, owner, name, {});
  return mapping?.kind === "mapping" ? removeEntry(source, mapping, half) : undefined;
}

function withoutValue(
  { source, owner, key: name, path }: WrittenSelector,
  { values }: Requirement,
  index: number,
  value: string,
  make: Make,
): readonly Candidate[] {
  if (values.length < 2) return [];
  const list = childAt(owner, name, "matchExpressions", index, "values");
  return make(
    `remove ${quoted(value)} from ${path}.matchExpressions[${index}].values`,
    removeItem(source, list, values.indexOf(value)),
  );
}

function withLabel({ source, owner, key: name }: WrittenSelector, key: string, value: string): TextEdit | undefined {
  const mapping = childAt(owner, name);
  const matchLabels = childAt(mapping, "matchLabels");
  if (matchLabels?.kind === "mapping" && matchLabels.entries.length > 0)
    return addEntry(source, matchLabels, key, value);
  return childAt(mapping, "matchLabels") ? undefined : addEntry(source, mapping, "matchLabels", { [key]: value });
}

function withExpression(
  { source, owner, key: name }: WrittenSelector,
  key: string,
  value: string,
): TextEdit | undefined {
  return addItem(source, childAt(owner, name), "matchExpressions", { key, operator: "NotIn", values: [value] });
}

/** The two labels that most carry, then by key. */
function mostShared(labels: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  const counts = new Map<string, { readonly label: readonly [string, string]; count: number }>();
  for (const label of labels) {
    const key = label.join("=");
    const found = counts.get(key);
    if (found) found.count += 1;
    else counts.set(key, { label, count: 1 });
  }
  return [...counts.values()]
    .toSorted((a, b) => b.count - a.count || (a.label[0] < b.label[0] ? -1 : 1))
    .slice(0, 2)
    .map(({ label }) => label);
}

function quoted(value: string): string {
  return value === "" ? '""' : value;
}
