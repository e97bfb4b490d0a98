const edits = {
  type: "array",
  description: "Numbers of the edits that cause it, ascending; empty where no edit does.",
  items: { type: "integer", minimum: 1 },
} as const;

const place = { type: "string", description: "file:line:column" } as const;

/** JSON Schema (2020-12) of `diff -o json`. The package ships it as `diff.schema.json`. */
export const differenceJsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "anpm diff -o json",
  ...object(
    {
      same: { type: "boolean", description: "No edit, and no difference in rules, sets and connections." },
      ipVersion: { enum: [4, 6], description: "The version of IP whose rules, sets and connections are compared." },
      before: { $ref: "#/$defs/version" },
      after: { $ref: "#/$defs/version" },
      edits: list("By object; each can be taken back alone.", "edit"),
      notes: list("What was done to files and changes no object.", "note"),
      pairs: object({
        vanished: list("What policies mean no more.", "pairs"),
        appeared: list("What policies newly mean.", "pairs"),
      }),
      chains: object({ added: strings("Names."), removed: strings("Names.") }),
      rules: object({
        added: list("In the order of the new tables.", "rule"),
        removed: list("In the order of the old tables.", "rule"),
        moved: list("In the same chain, elsewhere.", "rule"),
      }),
      sets: object({
        added: list("With all members.", "set"),
        removed: list("With all members.", "set"),
        changed: list("With the members that come and go.", "set"),
      }),
      sizes: {
        description: "Of two engines, whose rules and sets are not compared one by one: how much each makes.",
        ...object({ before: { $ref: "#/$defs/size" }, after: { $ref: "#/$defs/size" } }),
      },
      connections: object({
        opened: list("A row for each pair and protocol, as in anpm matrix -o csv.", "connection"),
        closed: list("Likewise.", "connection"),
        omitted: object({ opened: count("Rows that are not listed."), closed: count("Rows that are not listed.") }),
        outside: {
          type: "array",
          description: "Of each address that stands for others outside of the cluster, those that it stands for.",
          items: object({ address: { type: "string" }, ranges: strings("FIRST-LAST, or one address.") }),
        },
        summary: list("The same, several pairs at once, with what causes it.", "connections"),
      }),
      log: strings("What the node's log would gain, a message each; none between two generations."),
    },
    ["sizes"],
  ),
  $defs: {
    version: object({
      label: { type: "string" },
      engine: { type: "string" },
      generation: { type: "string" },
      release: { type: "string" },
    }),
    edit: object(
      {
        id: { type: "integer", minimum: 1, description: "Its number, as texts say it: #1." },
        kind: { enum: ["added", "removed", "changed", "moved", "renamed", "reordered"] },
        object: { type: "string", description: "Kind and namespace/name." },
        field: { type: "string", description: "As the API server spells it; absent where the object is meant." },
        before: { $ref: "#/$defs/side" },
        after: { $ref: "#/$defs/side" },
      },
      ["field", "before", "after"],
    ),
    side: object({ value: { type: "string", description: "As JSON; a name or a count as it is." }, at: place }, [
      "value",
      "at",
    ]),
    note: object({
      kind: { enum: ["moved-file", "rewritten"] },
      object: { type: "string" },
      before: place,
      after: place,
    }),
    pairs: object({ policy: { type: "string" }, text: { type: "string" } }),
    rule: object(
      {
        table: { enum: ["raw", "mangle", "nat"], description: "Absent: filter." },
        chain: { type: "string" },
        policy: { type: "string", description: "namespace/name" },
        text: { type: "string", description: "As iptables-save prints it." },
        place: { type: "integer", minimum: 1, description: "Place in its chain: before of one that goes, else after." },
        edits,
      },
      ["table", "policy"],
    ),
    size: object(
      {
        chains: count("Of all tables."),
        rules: count("Of all tables."),
        sets: count("How many."),
        members: count("Of all sets."),
        rulesMet: {
          description: "How many rules of the filter table packets between pods are held against.",
          ...object({ packets: count("How many were tried."), most: count("The most."), mean: { type: "number" } }),
        },
      },
      ["rulesMet"],
    ),
    set: object(
      {
        name: { type: "string" },
        readableName: { type: "string" },
        type: { type: "string" },
        added: strings("Members."),
        removed: strings("Members."),
        edits,
      },
      ["readableName"],
    ),
    connection: object({
      source: { type: "string" },
      destination: { type: "string" },
      protocol: { enum: ["tcp", "udp", "sctp", "other"] },
      ports: { type: "string", description: "80;443;5000-5010; empty for other." },
    }),
    connections: object({
      what: { enum: ["opened", "closed"] },
      sources: count("How many."),
      destinations: count("How many."),
      example: object({
        source: { type: "string" },
        destination: { type: "string" },
        packet: object(
          {
            source: { type: "string" },
            destination: { type: "string" },
            protocol: { enum: ["tcp", "udp", "sctp", "other"] },
            port: { type: "integer", minimum: 0, maximum: 65535 },
          },
          ["port"],
        ),
      }),
      edits,
    }),
  },
};

function object(properties: Readonly<Record<string, object>>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", additionalProperties: false, required, properties };
}

function list(description: string, item: string) {
  return { type: "array", description, items: { $ref: `#/$defs/${item}` } };
}

function strings(description: string) {
  return { type: "array", description, items: { type: "string" } };
}

function count(description: string) {
  return { type: "integer", minimum: 0, description };
}
