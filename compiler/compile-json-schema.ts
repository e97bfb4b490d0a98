/** JSON Schema (2020-12) of `compile -o json`. The package ships it as `compile.schema.json`. */
export const compileJsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "anpm compile -o json",
  type: "object",
  additionalProperties: false,
  required: ["engine", "generation", "release", "flavour", "kubernetes", "chains", "sets", "pairs", "warnings"],
  properties: {
    engine: { type: "string", description: "The engine that was emulated.", examples: ["azure-npm"] },
    generation: { type: "string", description: "How the engine behaved in a span of releases.", examples: ["v2"] },
    release: { type: "string", description: "The release that was emulated.", examples: ["v1.8.12"] },
    flavour: { enum: ["nft", "legacy"] },
    kubernetes: { type: "string", pattern: "^1\\.\\d+$" },
    chains: { type: "array", items: { $ref: "#/$defs/chain" } },
    sets: { type: "array", items: { $ref: "#/$defs/set" } },
    pairs: { type: "array", items: { $ref: "#/$defs/policyPairs" } },
    warnings: { type: "array", items: { $ref: "#/$defs/warning" } },
  },
  $defs: {
    origin: {
      description: "Where something came from: a field of an object, or the engine itself.",
      oneOf: [
        {
          type: "object",
          additionalProperties: false,
          required: ["object", "field", "at"],
          properties: {
            object: { type: "string", description: "namespace/name, or the name of a namespace." },
            field: { type: "string", description: "Field path as the API server spells it." },
            at: { type: "string", description: "file:line:column" },
          },
        },
        {
          type: "object",
          additionalProperties: false,
          required: ["engine"],
          properties: { engine: { type: "string", description: "Why it is there whatever the manifests say." } },
        },
      ],
    },
    chain: {
      type: "object",
      additionalProperties: false,
      required: ["name", "origin", "rules"],
      properties: {
        name: { type: "string" },
        policy: { type: "string", description: "namespace/name of the policy whose chain it is." },
        origin: { $ref: "#/$defs/origin" },
        rules: {
          type: "array",
          items: {
            type: "object",
            additionalProperties: false,
            required: ["text", "origin"],
            properties: {
              text: { type: "string", description: "As iptables-save prints it." },
              origin: { $ref: "#/$defs/origin" },
            },
          },
        },
      },
    },
    set: {
      type: "object",
      additionalProperties: false,
      required: ["name", "readableName", "type", "members", "origin"],
      properties: {
        name: { type: "string", description: "Kernel name.", maxLength: 31 },
        readableName: { type: "string", description: "What the name is a hash of." },
        type: { enum: ["hash:ip", "hash:ip,port", "hash:net", "list:set"] },
        members: { type: "array", items: { type: "string" } },
        origin: { $ref: "#/$defs/origin" },
      },
    },
    policyPairs: {
      type: "object",
      additionalProperties: false,
      required: ["policy", "origin", "directions"],
      properties: {
        policy: {
          type: "string",
          description: "namespace/name; of other kinds than Kubernetes' own, the kind before it.",
        },
        rank: { $ref: "#/$defs/rank" },
        origin: { $ref: "#/$defs/origin" },
        directions: {
          type: "array",
          items: {
            type: "object",
            additionalProperties: false,
            required: ["direction", "subjects", "groups"],
            properties: {
              direction: { enum: ["ingress", "egress"] },
              subjects: { $ref: "#/$defs/expression" },
              groups: { type: "array", items: { $ref: "#/$defs/group" } },
            },
          },
        },
      },
    },
    rank: {
      description: "Where the policy stands among others; missing where policies add up.",
      type: "object",
      additionalProperties: false,
      required: ["tier", "remarks"],
      properties: {
        tier: {
          type: "object",
          additionalProperties: false,
          required: ["kind", "name", "otherwise"],
          properties: {
            kind: { enum: ["tier", "profiles"] },
            name: { type: "string" },
            order: { type: "number" },
            otherwise: {
              enum: ["deny", "pass"],
              description: "What becomes of a packet that policies of the tier look at and none decides about.",
            },
          },
        },
        order: { type: "number", description: "Missing: behind all that have one." },
        remarks: { type: "array", items: { type: "string" } },
      },
    },
    group: {
      type: "object",
      additionalProperties: false,
      required: ["verdict", "sources", "destinations", "ports", "origin"],
      properties: {
        verdict: { enum: ["allow", "disallow", "deny", "pass", "log"] },
        sources: { $ref: "#/$defs/expression" },
        destinations: { $ref: "#/$defs/expression" },
        ports: { type: "array", minItems: 1, items: { $ref: "#/$defs/port" } },
        notPorts: { type: "array", minItems: 1, items: { $ref: "#/$defs/port" } },
        sourcePorts: { type: "array", minItems: 1, items: { $ref: "#/$defs/port" } },
        notSourcePorts: { type: "array", minItems: 1, items: { $ref: "#/$defs/port" } },
        ipVersion: { enum: [4, 6] },
        origin: { $ref: "#/$defs/origin" },
      },
    },
    expression: {
      description: "Addresses for which every match holds; none: every address.",
      type: "object",
      additionalProperties: false,
      required: ["text", "all"],
      properties: {
        text: { type: "string", description: "The same in words." },
        all: {
          type: "array",
          items: {
            type: "object",
            additionalProperties: false,
            required: ["set", "negated"],
            properties: {
              set: {
                type: "object",
                required: ["kind"],
                properties: {
                  kind: {
                    enum: [
                      "namespace",
                      "all-namespaces",
                      "namespace-label",
                      "pod-label",
                      "pod-label-values",
                      "cidr",
                      "selected",
                      "described",
                      "nets",
                    ],
                  },
                },
              },
              negated: { type: "boolean" },
            },
          },
        },
      },
    },
    port: {
      type: "object",
      required: ["kind", "text"],
      properties: {
        kind: { enum: ["any", "protocol", "range", "named", "ip-protocol", "icmp", "described"] },
        protocol: {
          description: "TCP, UDP or SCTP; of ip-protocol and icmp another, by name or number.",
          anyOf: [{ type: "string" }, { type: "integer" }],
        },
        type: { type: "integer", minimum: 0, maximum: 255 },
        code: { type: "integer", minimum: 0, maximum: 255 },
        words: { type: "string" },
        first: { type: "integer", minimum: 0, maximum: 65535 },
        last: { type: "integer", minimum: 1, maximum: 65535 },
        name: { type: "string" },
        text: { type: "string" },
      },
    },
    warning: {
      type: "object",
      additionalProperties: false,
      required: ["severity", "code", "message", "fix", "file", "line", "column", "object", "field"],
      properties: {
        severity: { const: "warning" },
        code: { type: "string" },
        message: { type: "string" },
        fix: { type: "string" },
        file: { type: "string" },
        line: { type: "integer", minimum: 0 },
        column: { type: "integer", minimum: 0 },
        object: { type: "string" },
        field: { type: "string" },
      },
    },
  },
} as const;
