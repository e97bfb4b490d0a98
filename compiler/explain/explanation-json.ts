import { originJson } from "../text/origin-json.js";
import type { Explained } from "./explanation.js";
import type { View } from "./views.js";

/** A view for programs; `explanationJsonSchema` describes it. */
export function explanationJson({ rulesOf, things }: View): object {
  return { rulesOf, things: things.map(thingJson) };
}

function thingJson({ id, kind, title, text, origins, links, parts }: Explained): object {
  return { id, kind, title, text, origins: origins.map(originJson), links, parts: parts.map(thingJson) };
}

/** JSON Schema (2020-12) of `explain -o json`. The package ships it as `explain.schema.json`. */
export const explanationJsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "anpm explain -o json",
  type: "object",
  additionalProperties: false,
  required: ["rulesOf", "things"],
  properties: {
    rulesOf: { type: "string", description: "Engine, generation and release: azure-npm v2 (v1.8.12)" },
    things: { type: "array", items: { $ref: "#/$defs/thing" } },
  },
  $defs: {
    thing: {
      type: "object",
      additionalProperties: false,
      required: ["id", "kind", "title", "text", "origins", "links", "parts"],
      properties: {
        id: {
          type: "string",
          description:
            "Stable: policy NAMESPACE/NAME, the same and a field path for its parts, chain NAME, rule CHAIN NUMBER, set NAME, member SET MEMBER, trap CODE POLICY FIELD, quirk CODE OBJECT FIELD.",
        },
        kind: {
          enum: [
            "policy",
            "selector",
            "direction",
            "policy-rule",
            "peer",
            "port",
            "set",
            "member",
            "chain",
            "rule",
            "trap",
            "quirk",
          ],
        },
        title: { type: "string" },
        text: { type: "array", items: { type: "string" }, description: "Sentences, the most important first." },
        origins: { type: "array", minItems: 1, items: { $ref: "#/$defs/origin" } },
        links: { type: "array", items: { type: "string" }, description: "Ids of things it makes, or is used by." },
        parts: { type: "array", items: { $ref: "#/$defs/thing" } },
      },
    },
    origin: {
      oneOf: [
        {
          type: "object",
          additionalProperties: false,
          required: ["object", "field", "at"],
          properties: { object: { type: "string" }, field: { type: "string" }, at: { type: "string" } },
        },
        {
          type: "object",
          additionalProperties: false,
          required: ["engine"],
          properties: { engine: { type: "string" } },
        },
      ],
    },
  },
} as const;
