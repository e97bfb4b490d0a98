import { describe, expect, test } from "vitest";
import { field, protoBytes } from "../../../compiler/engines/calico/log/proto-message.js";
import { protoText } from "../../../compiler/engines/calico/log/proto-text.js";

const message = [
  ...field.text(2, "name", 'a "b"\\\n\u00e4'),
  ...field.texts(1, "members", ["x", ""]),
  ...field.text(3, "empty", ""),
  ...field.message(5, "inner", [...field.number(1, "first", 300), ...field.number(2, "zero", 0)]),
  ...field.chosen(4, "chosen", 0),
  ...field.truth(201, "sure", true),
  ...field.map(6, "labels", [
    ["b", ""],
    ["a", "1"],
  ]),
];

describe("a message of Felix's protocol", () => {
  test("as text: as gogo prints it", () => {
    expect(protoText(message, "angles")).toBe(
      String.raw`name:"a \"b\"\\\n\303\244" members:"x" members:"" inner:<first:300 > chosen:0 sure:true labels:<key:"a" value:"1" > labels:<key:"b" value:"" > `,
    );
  });

  test("as text: as Go's library prints it", () => {
    expect(protoText(message, "braces")).toBe(
      String.raw`name:"a \"b\"\\\nä" members:"x" members:"" inner:{first:300} chosen:0 sure:true labels:{key:"a" value:"1"} labels:{key:"b" value:""}`,
    );
  });

  test("as bytes: fields by number, numbers in groups of seven bits", () => {
    const hex = protoBytes([...field.truth(201, "sure", true), ...message.filter(({ number }) => number < 6)])
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join(" ");
    expect(hex).toBe("0a 01 78 0a 00 12 09 61 20 22 62 22 5c 0a c3 a4 20 00 2a 03 08 ac 02 c8 0c 01");
  });
});
