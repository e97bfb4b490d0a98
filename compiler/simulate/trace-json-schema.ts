const place = {
  type: ["object", "null"],
  additionalProperties: false,
  required: ["chain", "rule", "text"],
  properties: {
    chain: { type: "string" },
    rule: { type: "integer", minimum: 0, description: "1-based; 0 stands for the policy of a built-in chain." },
    text: { type: "string" },
  },
} as const;

/** JSON Schema (2020-12) of `trace -o json`. The package ships it as `trace.schema.json`. */
export const traceJsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "anpm trace -o json",
  type: "object",
  additionalProperties: false,
  required: ["verdict", "source", "destination", "port", "state", "steps", "decidedBy", "because"],
  properties: {
    verdict: {
      enum: ["allow", "deny", "depends"],
      description:
        "depends: on something that the tables do not say, or of several ports some are allowed and others are not.",
    },
    source: { $ref: "#/$defs/end" },
    destination: { $ref: "#/$defs/end" },
    port: {
      type: "string",
      description: "80/tcp, any or any/tcp",
      pattern: "^(any(/(tcp|udp|sctp))?|\\d+/(tcp|udp|sctp))$",
    },
    state: { enum: ["new", "established"] },
    steps: { $ref: "#/$defs/steps" },
    decidedBy: { description: "Null when the verdict depends, or several ports were asked for.", ...place },
    because: { $ref: "#/$defs/because" },
    ports: {
      type: "array",
      description:
        "When several ports were asked for: all of them, by protocol and verdict, each with the walk of one packet.",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["protocol", "ports", "verdict", "example", "steps", "decidedBy", "because"],
        properties: {
          protocol: { enum: ["tcp", "udp", "sctp", "other"] },
          ports: { type: "string", description: "80;443;5000-5010; empty for other, which has no ports." },
          verdict: { enum: ["allow", "deny", "depends"] },
          example: { type: ["integer", "null"], description: "The port of the packet that was walked." },
          steps: { $ref: "#/$defs/steps" },
          decidedBy: place,
          because: { $ref: "#/$defs/because" },
        },
      },
    },
  },
  $defs: {
    end: {
      type: "object",
      additionalProperties: false,
      required: ["name", "address", "kind"],
      properties: {
        name: { type: "string", description: "namespace/pod, or an address." },
        address: { type: "string" },
        kind: { enum: ["pod", "host-network", "outside"] },
      },
    },
    outcome: { enum: [true, false, "unknown"] },
    steps: {
      type: "array",
      description: "The rules that the packet met, in order.",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["chain", "rule", "text", "matched", "matches", "action"],
        properties: {
          chain: { type: "string" },
          rule: { type: "integer", minimum: 0, description: "1-based; 0 stands for the policy of a built-in chain." },
          text: { type: "string", description: "As iptables-save prints it, without -A CHAIN." },
          matched: { $ref: "#/$defs/outcome" },
          matches: {
            type: "array",
            items: {
              type: "object",
              additionalProperties: false,
              required: ["text", "outcome"],
              properties: {
                text: { type: "string" },
                outcome: { $ref: "#/$defs/outcome" },
                set: { type: "string", description: "What people call the set." },
              },
            },
          },
          action: {
            enum: ["accept", "drop", "reject", "return", "jump", "goto", "mark", "translate", "none", "unknown"],
          },
          side: { enum: ["source", "destination"], description: "Which address of the packet is translated." },
          becomes: {
            type: "string",
            description:
              "What it becomes, with a port where that changes, too; absent: the address of the interface that the packet leaves by.",
          },
          to: { type: "string", description: "The chain of a jump or goto." },
          mark: { type: "integer", minimum: 0, description: "The packet's mark afterwards." },
          origin: {
            type: "object",
            additionalProperties: false,
            required: ["object", "field", "at"],
            properties: {
              object: { type: "string", description: "namespace/name of the policy." },
              field: { type: "string" },
              at: { type: "string", description: "file:line:column" },
            },
          },
        },
      },
    },
    because: {
      type: "array",
      description: "The policies that had a part in the verdict, in the order of the walk.",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["policy", "field", "at", "chain", "rule"],
        properties: {
          policy: { type: "string", description: "namespace/name" },
          field: { type: "string", description: "As the API server spells it." },
          at: { type: "string", description: "file:line:column" },
          chain: { type: "string" },
          rule: { type: "integer", minimum: 1 },
        },
      },
    },
  },
} as const;
