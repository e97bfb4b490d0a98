import type { Value } from "../manifest/value.js";
import { noAnnotations, readAnnotations } from "./admit-annotations.js";
import { readLabels } from "./admit-labels.js";
import { readManagedFields } from "./admit-managed-fields.js";
import { readOwners, type Owner } from "./admit-owners.js";
import type { Checker } from "./checker.js";
import {
  decodeFields,
  decodeInteger,
  decodeList,
  decodeString,
  decodeTime,
  isNull,
  reportUnknownField,
} from "./decode.js";
import { labelNameMistakes, labelValueMistakes, qualifiedNameMistakes, subdomainNameMistakes } from "./name-rules.js";
import type { Annotations, Labels } from "./objects.js";

/** What admission takes from `metadata`. */
export interface Metadata {
  /** "" when there is none; with `generateName` the prefix and "xxxxx", for the characters that a server would draw. */
  readonly name: string;
  readonly generated: boolean;
  /** As the object is stored; "" for an object that lies in none. */
  readonly namespace: string;
  readonly labels: Labels;
  readonly uid: string;
  /** Only when `deletionTimestamp` is set too. */
  readonly deletionGracePeriodSeconds: number | undefined;
  /** The owner that says `controller: true`. */
  readonly controller: Owner | undefined;
  /** It has a uid or managedFields: somebody saved it from a server. */
  readonly fromServer: boolean;
  /** Those that show in rules. */
  readonly annotations: Annotations;
}

/** What is wanted of an object's names. */
export interface NameRules {
  readonly name: "label" | "subdomain";
  readonly namespaced: boolean;
  /** The server makes a label of the name, as it does of a namespace's: `kubernetes.io/metadata.name`. */
  readonly labelled?: boolean;
  /** The namespace the user asked for. */
  readonly namespace: string | undefined;
  /** What an object is that lies in another. */
  readonly otherNamespaces: "refused" | "kept";
}

/** Reads and checks the whole `metadata` of an object at `offset`. Rules: k8s.io/apimachinery 0.34, pkg/api/validation/objectmeta.go. */
export function readMetadata(value: Value | undefined, offset: number, rules: NameRules, checker: Checker): Metadata {
  const found = readMetadataFields(value, checker);
  const at = found.nameOffset ?? value?.offset ?? offset;
  checker.enter("metadata");
  if (found.name === "" && found.generateName !== "") {
    found.generated = true;
    found.name = `${found.generateName}xxxxx`;
  }
  checkName(found, at, rules, checker);
  found.namespace = settleNamespace(found, at, rules, checker);
  if (!found.deleting) found.deletionGracePeriodSeconds = undefined;
  checker.leave();
  return found;
}

/** Reads and checks the `metadata` of a template, whose names do not count. */
export function readTemplateMetadata(
  value: Value | undefined,
  checker: Checker,
): Pick<Metadata, "labels" | "annotations"> {
  return readMetadataFields(value, checker);
}

const known = [
  "name",
  "namespace",
  "labels",
  "annotations",
  "generateName",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "ownerReferences",
  "finalizers",
  "managedFields",
  "selfLink",
];

const noLabels: Labels = new Map();

interface Found extends Metadata {
  name: string;
  generated: boolean;
  /** The name could not be read, which has been reported. */
  nameBroken: boolean;
  nameOffset: number | undefined;
  generateName: string;
  generateNameOffset: number;
  namespace: string;
  namespaceBroken: boolean;
  namespaceOffset: number | undefined;
  labels: Labels;
  uid: string;
  deleting: boolean;
  deletionGracePeriodSeconds: number | undefined;
  controller: Owner | undefined;
  fromServer: boolean;
  annotations: Annotations;
}

function readMetadataFields(value: Value | undefined, checker: Checker): Found {
  const found: Found = {
    name: "",
    generated: false,
    nameBroken: false,
    nameOffset: undefined,
    generateName: "",
    generateNameOffset: 0,
    namespace: "",
    namespaceBroken: false,
    namespaceOffset: undefined,
    labels: noLabels,
    uid: "",
    deleting: false,
    deletionGracePeriodSeconds: undefined,
    controller: undefined,
    fromServer: false,
    annotations: noAnnotations,
  };
  const entries = value && decodeFields(value, checker, "metadata");
  if (value && !entries) found.nameBroken = found.namespaceBroken = true;
  if (!entries) return found;
  checker.enter("metadata");
  for (const entry of entries) {
    const field = entry.value;
    switch (entry.key) {
      case "name": {
        const name = decodeString(field, checker, "name");
        found.name = name ?? (field.kind === "scalar" ? field.text : "");
        found.nameBroken = name === undefined;
        found.nameOffset = field.offset;
        break;
      }
      case "namespace": {
        const namespace = decodeString(field, checker, "namespace");
        found.namespace = namespace ?? "";
        found.namespaceBroken = namespace === undefined;
        found.namespaceOffset = field.offset;
        break;
      }
      case "labels":
        found.labels = readLabels(field, checker, "labels");
        break;
      case "annotations":
        found.annotations = readAnnotations(field, checker);
        break;
      case "generateName":
        found.generateName = decodeString(field, checker, "generateName") ?? "";
        found.generateNameOffset = field.offset;
        break;
      case "uid":
        found.uid = decodeString(field, checker, "uid") ?? "";
        if (found.uid !== "") found.fromServer = true;
        break;
      case "resourceVersion":
      case "selfLink":
        decodeString(field, checker, entry.key);
        break;
      case "generation":
        if ((decodeInteger(field, 64, checker, "generation") ?? 0) < 0)
          checker.report("generation-negative", {}, field.offset, "generation");
        break;
      case "creationTimestamp":
        decodeTime(field, checker, "creationTimestamp");
        break;
      case "deletionTimestamp":
        found.deleting = decodeTime(field, checker, "deletionTimestamp");
        break;
      case "deletionGracePeriodSeconds":
        if (!isNull(field)) found.deletionGracePeriodSeconds = decodeInteger(field, 64, checker, entry.key);
        break;
      case "ownerReferences":
        found.controller = readOwners(field, checker);
        break;
      case "finalizers":
        readFinalizers(field, checker);
        break;
      case "managedFields":
        readManagedFields(field, checker);
        if (!isNull(field)) found.fromServer = true;
        break;
      default:
        reportUnknownField(entry, known, checker);
    }
  }
  checker.leave();
  return found;
}

function checkName(found: Found, offset: number, rules: NameRules, checker: Checker): void {
  const mistakesOf = rules.name === "label" ? labelNameMistakes : subdomainNameMistakes;
  if (found.generateName !== "") {
    // A prefix may end in a hyphen, since characters follow it; what stands before that hyphen is not looked at.
    const prefix = found.generateName;
    const mistakes = mistakesOf(prefix.length > 1 && prefix.endsWith("-") ? `${prefix.slice(0, -2)}a` : prefix);
    if (mistakes.length > 0) {
      const parameters = { value: prefix, mistakes, rule: rules.name };
      checker.report("name-invalid", parameters, found.generateNameOffset, "generateName");
    }
  }
  if (found.nameBroken) return;
  const { name, generated } = found;
  if (name === "") return checker.report("name-missing", {}, offset, "name");
  const at = generated ? found.generateNameOffset : offset;
  const mistakes = mistakesOf(name);
  if (mistakes.length > 0) checker.report("name-invalid", { value: name, mistakes, rule: rules.name }, at, "name");
  const flaws = rules.labelled ? labelValueMistakes(name) : [];
  if (flaws.length > 0) checker.report("label-value-invalid", { value: name, mistakes: flaws }, at, "labels");
}

/** The namespace that the object is stored in, checked; "" when it lies in none. */
function settleNamespace(found: Found, offset: number, rules: NameRules, checker: Checker): string {
  const at = found.namespaceOffset ?? offset;
  if (!rules.namespaced) {
    if (found.namespace !== "") checker.report("namespace-forbidden", {}, at, "namespace");
    return "";
  }
  const namespace = found.namespace || rules.namespace || "default";
  if (found.namespaceBroken) return namespace;
  if (rules.otherNamespaces === "refused" && rules.namespace && namespace !== rules.namespace) {
    checker.report("namespace-conflict", { written: found.namespace, wanted: rules.namespace }, at, "namespace");
  }
  const mistakes = labelNameMistakes(namespace);
  if (mistakes.length > 0) checker.report("namespace-invalid", { value: namespace, mistakes }, at, "namespace");
  return namespace;
}

const standardFinalizers = ["kubernetes", "orphan", "foregroundDeletion"];

function readFinalizers(value: Value, checker: Checker): void {
  const items = decodeList(value, checker, "finalizers");
  if (!items) return;
  const names = new Set<string>();
  for (const [index, item] of items.entries()) {
    checker.enter("finalizers");
    const name = decodeString(item, checker, index);
    checker.leave();
    if (name === undefined) continue;
    names.add(name);
    // The server says one of these of the list and the other of the item.
    const mistakes = qualifiedNameMistakes(name);
    if (mistakes.length > 0) checker.report("finalizer-invalid", { value: name, mistakes }, item.offset, "finalizers");
    if (!name.includes("/") && !standardFinalizers.includes(name)) {
      const parameters = {
        value: name,
        mistakes: ["has no domain before it, and is none that Kubernetes itself knows"],
      };
      checker.report("finalizer-invalid", parameters, item.offset, "finalizers", index);
    }
  }
  if (names.has("orphan") && names.has("foregroundDeletion"))
    checker.report("finalizers-conflict", {}, value.offset, "finalizers");
}
