import { originJson } from "../../text/origin-json.js";
import type { DriftReport } from "./compare-node.js";
import { driftCodes, type DriftFinding } from "./finding.js";

/** `drift -o json`; `driftJsonSchema` describes it. */
export function driftJson({ drifted, findings, machine, version, flavour, guessed, wanted }: DriftReport): object {
  const names = new Map(wanted.sets.map(({ name, readableName }) => [name, readableName]));
  const json = (finding: DriftFinding): object => findingJson(finding, names);
  return {
    drifted,
    engine: machine.engine,
    generation: machine.generation,
    release: machine.release,
    guessed,
    flavour,
    ipVersion: version,
    findings: findings.filter(({ severity }) => severity === "drift").map(json),
    notes: findings.filter(({ severity }) => severity === "note").map(json),
  };
}

function findingJson(finding: DriftFinding, names: ReadonlyMap<string, string | undefined>): object {
  const { code, message, policy, usedBy, origin, chain, table = "filter", set } = finding;
  const { missingRules, unexpectedRules, missingMembers, unexpectedMembers } = finding;
  return {
    code,
    message,
    policy: policy ?? null,
    usedBy: usedBy ?? [],
    origin: origin ? originJson(origin) : null,
    table: chain === undefined && missingRules === undefined ? null : table,
    chain: chain ?? null,
    set: set === undefined ? null : { name: set, readableName: names.get(set) ?? null },
    rules: { missing: missingRules ?? [], unexpected: unexpectedRules ?? [] },
    members: { missing: missingMembers ?? [], unexpected: unexpectedMembers ?? [] },
  };
}

const lines = {
  type: "object",
  additionalProperties: false,
  required: ["missing", "unexpected"],
  properties: {
    missing: { type: "array", items: { type: "string" } },
    unexpected: { type: "array", items: { type: "string" } },
  },
} as const;

/** JSON Schema (2020-12) of `drift -o json`. The package ships it as `drift.schema.json`. */
export const driftJsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "anpm drift -o json",
  type: "object",
  additionalProperties: false,
  required: ["drifted", "engine", "generation", "release", "guessed", "flavour", "ipVersion", "findings", "notes"],
  properties: {
    drifted: { type: "boolean", description: "There are findings." },
    engine: { type: "string" },
    generation: { type: "string" },
    release: { type: "string", description: "The release that is emulated." },
    guessed: { type: "boolean", description: "The generation is the one that fits the node best." },
    flavour: { enum: ["nft", "legacy"], description: "The iptables that holds the rules." },
    ipVersion: { enum: [4, 6], description: "The version of IP whose rules and sets are compared." },
    findings: { type: "array", items: { $ref: "#/$defs/finding" } },
    notes: {
      type: "array",
      description: "What chance, history or lazy cleaning explain, and what changes the fate of no packet.",
      items: { $ref: "#/$defs/finding" },
    },
  },
  $defs: {
    finding: {
      type: "object",
      additionalProperties: false,
      required: ["code", "message", "policy", "usedBy", "origin", "table", "chain", "set", "rules", "members"],
      properties: {
        code: { enum: Object.keys(driftCodes) },
        message: { type: "string" },
        policy: { type: ["string", "null"], description: "namespace/name; null: no policy's, or several ones'." },
        usedBy: { type: "array", description: "Policies whose rules match the set.", items: { type: "string" } },
        origin: {
          description: "What asks for it.",
          anyOf: [
            { type: "null" },
            {
              type: "object",
              additionalProperties: false,
              required: ["object", "field", "at"],
              properties: {
                object: { type: "string" },
                field: { type: "string" },
                at: { type: "string", description: "file:line:column" },
              },
            },
            {
              type: "object",
              additionalProperties: false,
              required: ["engine"],
              properties: { engine: { type: "string", description: "Why it is always there." } },
            },
          ],
        },
        table: {
          enum: ["filter", "raw", "mangle", "nat", null],
          description: "The table of the chain and of the rules.",
        },
        chain: { type: ["string", "null"] },
        set: {
          type: ["object", "null"],
          additionalProperties: false,
          required: ["name", "readableName"],
          properties: { name: { type: "string" }, readableName: { type: ["string", "null"] } },
        },
        rules: { description: "As iptables-save prints them.", ...lines },
        members: lines,
      },
    },
  },
} as const;
