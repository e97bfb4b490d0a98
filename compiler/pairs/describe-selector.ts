import type { Selector } from "../model/calico/selector.js";
import type { Selectable } from "./any-pairs.js";
import { joinLabels } from "./join-labels.js";

/** A selector in words: `pods labelled app=web and not labelled old in namespace shop`. */
export function describeSelector(selector: Selector, of: Selectable): string {
  const parts = conjuncts(selector);
  const phrases = parts.map(phraseOf).filter((phrase) => phrase.words !== "");
  const place = phrases.find(({ about }) => about === "namespace")?.words;
  const kinds = parts.some(isPodClause) ? "pods" : nouns(of, place);
  const about = (what: Phrase["about"]) => phrases.filter((phrase) => phrase.about === what).map(({ words }) => words);
  const words = [
    joinLabels(about("label")),
    joinLabels(about("account"), inAccounts),
    joinLabels(about("namespace"), inNamespaces),
  ].filter((text) => text !== "");
  return words.length === 0 ? `all ${kinds}` : `${kinds} ${words.join(" ")}`;
}

/** What a selector can mean where it stands; what is in a namespace is no interface of a host. */
function nouns(of: Selectable, place: string | undefined): string {
  const [inNamespace, inNone] = [place !== undefined && place !== inNoNamespace, place === inNoNamespace];
  switch (of) {
    case "pods":
      return "pods";
    case "hosts":
      return "host endpoints";
    case "endpoints":
      return inNamespace ? "pods" : inNone ? "host endpoints" : "pods and host endpoints";
    case "anything":
      if (inNone) return "host endpoints and network sets";
      return inNamespace ? "pods and network sets" : "pods, host endpoints and network sets";
  }
}

interface Phrase {
  readonly about: "label" | "account" | "namespace";
  readonly words: string;
}

function conjuncts(selector: Selector): readonly Selector[] {
  return selector.kind === "and" ? selector.operands.flatMap(conjuncts) : [selector];
}

/** Only pods have an orchestrator. */
function isPodClause(selector: Selector): boolean {
  return selector.kind === "equals" && selector.label === orchestrator;
}

const inNoNamespace = "in no namespace";
const inNamespaces = "in namespaces ";
const inAccounts = "as service accounts ";
const orchestrator = "projectcalico.org/orchestrator";
const namespaceName = "projectcalico.org/namespace";
const accountName = "projectcalico.org/serviceaccount";
const namespaceLabel = "pcns.";
const accountLabel = "pcsa.";

function phraseOf(selector: Selector): Phrase {
  switch (selector.kind) {
    case "all":
      return { about: "label", words: "" };
    case "global":
      return { about: "namespace", words: inNoNamespace };
    case "and":
    case "or": {
      const phrases = selector.operands.map(phraseOf);
      const word = selector.kind === "and" ? " and " : " or ";
      return { about: aboutOf(phrases), words: `(${phrases.map(({ words }) => words || "of any kind").join(word)})` };
    }
    case "not": {
      const { operand } = selector;
      if (operand.kind === "has" && operand.label === namespaceName)
        return { about: "namespace", words: inNoNamespace };
      const { about, words } = phraseOf(operand);
      return { about, words: words === "" ? "of no kind at all" : `not ${words}` };
    }
    default:
      return ofLabel(selector);
  }
}

function aboutOf(phrases: readonly Phrase[]): Phrase["about"] {
  const [first] = phrases;
  return first && phrases.every(({ about }) => about === first.about) ? first.about : "label";
}

type LabelTest = Extract<Selector, { readonly label: string }>;

function ofLabel(test: LabelTest): Phrase {
  const { label } = test;
  if (isPodClause(test)) return { about: "label", words: "" };
  const alternatives = test.kind === "equals" ? [test.value] : test.kind === "in" ? test.values : undefined;
  if (label === namespaceName || label === `${namespaceLabel}projectcalico.org/name`) {
    if (alternatives) return { about: "namespace", words: `in namespace ${either(alternatives)}` };
    if (test.kind === "has") return { about: "namespace", words: "in any namespace" };
  }
  if (label === accountName && alternatives)
    return { about: "account", words: `as service account ${either(alternatives)}` };
  if (label.startsWith(namespaceLabel))
    return { about: "namespace", words: `${inNamespaces}${labelled(test, label.slice(namespaceLabel.length))}` };
  if (label.startsWith(accountLabel))
    return { about: "account", words: `${inAccounts}${labelled(test, label.slice(accountLabel.length))}` };
  return { about: "label", words: labelled(test, label) };
}

function labelled(test: LabelTest, label: string): string {
  switch (test.kind) {
    case "has":
      return `labelled ${label}`;
    case "equals":
      return `labelled ${label}=${shown(test.value)}`;
    case "differs":
      return `not labelled ${label}=${shown(test.value)}`;
    case "in":
      return test.values.length === 0 ? `labelled ${label} with no value` : `labelled ${label}=${either(test.values)}`;
    case "not-in":
      return test.values.length === 0 ? "labelled in any way" : `not labelled ${label}=${either(test.values)}`;
    case "contains":
      return `labelled ${label} with a value that contains "${test.value}"`;
    case "starts-with":
      return `labelled ${label} with a value that starts with "${test.value}"`;
    case "ends-with":
      return `labelled ${label} with a value that ends with "${test.value}"`;
  }
}

function either(values: readonly string[]): string {
  return values.map(shown).join(" or ");
}

function shown(value: string): string {
  return value === "" ? '""' : value;
}
