/** JSON Schema (2020-12) of `matrix -o json`. The package ships it as `matrix.schema.json`. */
export const matrixJsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "anpm matrix -o json",
  description:
    "What passes from endpoint a to endpoint b is passages[reach[a.row][b.column]]. Pairs of an endpoint with itself and of two outside have no meaning, also where their classes have one.",
  type: "object",
  additionalProperties: false,
  required: ["by", "endpoints", "reach", "passages"],
  properties: {
    by: { enum: ["rules", "spec"], description: "Whether rules were walked or the specification was asked." },
    only: { enum: ["allowed", "denied"], description: "Pairs of which nothing is allowed, or all, are null." },
    focus: { type: "string", description: "Pairs without this endpoint are null." },
    endpoints: {
      type: "array",
      description:
        "Pods by namespace and name, then addresses outside as they were given. Without manifests: addresses, ascending.",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["name", "address", "kind", "row", "column"],
        properties: {
          name: { type: "string", description: "namespace/pod, or the address." },
          address: { type: "string" },
          kind: {
            enum: ["pod", "host-network", "outside", "address"],
            description: "address: no manifests say whether it is a pod's.",
          },
          row: {
            type: "integer",
            minimum: 0,
            description: "Its class as a source: endpoints with equal rows are alike.",
          },
          column: { type: "integer", minimum: 0, description: "Its class as a destination." },
        },
      },
    },
    reach: {
      type: "array",
      description: "A row for each class of sources.",
      items: {
        type: "array",
        description: "An index into passages for each class of destinations; null where there is no pair.",
        items: { type: ["integer", "null"], minimum: 0 },
      },
    },
    passages: {
      type: "array",
      description: "What may pass. What is neither allowed nor depends is denied.",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["allowed"],
        properties: {
          allowed: { $ref: "#/$defs/traffic" },
          depends: {
            $ref: "#/$defs/traffic",
            description: "What may pass or not, depending on rules that nothing here can answer for.",
          },
        },
      },
    },
  },
  $defs: {
    traffic: {
      type: "object",
      description: "Destination ports by protocol, as sorted intervals: 80;443;5000-5010, all of them: 0-65535.",
      additionalProperties: false,
      properties: {
        tcp: { $ref: "#/$defs/ports" },
        udp: { $ref: "#/$defs/ports" },
        sctp: { $ref: "#/$defs/ports" },
        other: { const: true, description: "Every other protocol, such as ICMP." },
      },
    },
    ports: { type: "string", pattern: "^\\d+(-\\d+)?(;\\d+(-\\d+)?)*$" },
  },
} as const;
