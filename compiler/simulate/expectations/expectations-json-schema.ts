const portPattern =
  "^([Aa][Nn][Yy]|[0-9]{1,5}(-[0-9]{1,5})?|(?=[0-9-]*[a-z])[a-z0-9](-?[a-z0-9]){0,14})(/([Tt][Cc][Pp]|[Uu][Dd][Pp]|[Ss][Cc][Tt][Pp]))?$";

/** JSON Schema (2020-12) of a file of expectations, for editors. The package ships it as `expectations.schema.json`. */
export const expectationsJsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "anpm test: expectations",
  type: "object",
  additionalProperties: false,
  required: ["expect"],
  properties: {
    expect: {
      description: "Each is checked by the Kubernetes specification and by the rules.",
      type: "array",
      minItems: 1,
      items: { $ref: "#/$defs/expectation" },
    },
  },
  $defs: {
    expectation: {
      type: "object",
      additionalProperties: false,
      required: ["from", "to"],
      properties: {
        from: { $ref: "#/$defs/ends", description: "Who sends." },
        to: { $ref: "#/$defs/ends", description: "Who receives: each of them from each of from." },
        port: { $ref: "#/$defs/ports" },
        allow: { $ref: "#/$defs/verdict", description: "All of it passes." },
        deny: { $ref: "#/$defs/verdict", description: "None of it passes." },
        because: { type: "string", description: "Why; shown when it fails." },
      },
      oneOf: [
        { required: ["allow"], properties: { allow: true } },
        { required: ["deny"], properties: { deny: true } },
      ],
      dependentSchemas: {
        port: {
          type: "object",
          properties: { allow: { $ref: "#/$defs/flag" }, deny: { $ref: "#/$defs/flag" } },
        },
      },
    },
    flag: { enum: [true, null] },
    verdict: {
      anyOf: [{ $ref: "#/$defs/flag" }, { $ref: "#/$defs/ports" }],
      default: true,
    },
    ports: {
      description: "Destination ports; when neither port nor allow or deny says any, all packets.",
      default: "any",
      anyOf: [{ $ref: "#/$defs/port" }, { type: "array", minItems: 1, items: { $ref: "#/$defs/port" } }],
    },
    port: {
      description: "A number means TCP; a name means all ports that the destination calls so.",
      examples: [80, "80/tcp", "8000-8010/udp", "http", "dns/udp", "any", "any/tcp"],
      anyOf: [
        { type: "integer", minimum: 1, maximum: 65535 },
        {
          type: "string",
          pattern: portPattern,
          not: { enum: ["true", "yes", "on", "false", "no", "off", "never"] },
        },
      ],
    },
    ends: {
      anyOf: [{ $ref: "#/$defs/end" }, { type: "array", minItems: 1, items: { $ref: "#/$defs/end" } }],
    },
    end: {
      anyOf: [
        {
          description:
            "namespace/pod, a pod or workload of the namespace of -n, namespace/Kind/name, an address, or a block.",
          type: "string",
          minLength: 1,
          examples: ["shop/web", "shop/Deployment/web", "203.0.113.7", "203.0.113.0/24"],
        },
        { $ref: "#/$defs/podsOfNamespace" },
        { $ref: "#/$defs/podsOfNamespaces" },
        { $ref: "#/$defs/block" },
      ],
    },
    podsOfNamespace: {
      description: "Every pod of a namespace that matches.",
      type: "object",
      additionalProperties: false,
      required: ["namespace"],
      properties: {
        namespace: { type: "string", minLength: 1 },
        labels: { $ref: "#/$defs/labels" },
        podSelector: { $ref: "#/$defs/selector" },
      },
      not: { required: ["labels", "podSelector"], properties: { labels: true, podSelector: true } },
    },
    podsOfNamespaces: {
      description: "Every pod that matches in the namespaces that match; an empty selector matches all.",
      type: "object",
      additionalProperties: false,
      required: ["namespaceSelector"],
      properties: {
        namespaceSelector: { $ref: "#/$defs/selector" },
        labels: { $ref: "#/$defs/labels" },
        podSelector: { $ref: "#/$defs/selector" },
      },
      not: { required: ["labels", "podSelector"], properties: { labels: true, podSelector: true } },
    },
    block: {
      description: "Every address of a block, whoever has it.",
      type: "object",
      additionalProperties: false,
      required: ["ipBlock"],
      properties: {
        ipBlock: {
          type: "object",
          additionalProperties: false,
          required: ["cidr"],
          properties: {
            cidr: { type: "string", minLength: 1 },
            except: { type: "array", items: { type: "string" } },
          },
        },
      },
    },
    labels: { type: "object", additionalProperties: { type: "string" } },
    selector: {
      description: "As in Kubernetes.",
      type: "object",
      additionalProperties: false,
      properties: {
        matchLabels: { $ref: "#/$defs/labels" },
        matchExpressions: {
          type: "array",
          items: {
            type: "object",
            additionalProperties: false,
            required: ["key", "operator"],
            properties: {
              key: { type: "string", minLength: 1 },
              operator: { enum: ["In", "NotIn", "Exists", "DoesNotExist"] },
              values: { type: "array", items: { type: "string" } },
            },
          },
        },
      },
    },
  },
} as const;
