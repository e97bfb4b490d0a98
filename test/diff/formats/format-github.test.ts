import { expect, test } from "vitest";
import { formatGithub } from "../../../compiler/diff/formats/format-github.js";
import { difference, portChanged, shop } from "./shop.js";

test("a warning at the line of the edit that opens and closes, and the headline for the log", () => {
  expect(formatGithub(portChanged()).split("\n")).toEqual([
    "::warning file=new.yaml,line=20,col=11,title=opens and closes connections::NetworkPolicy shop/api-from-web: spec.ingress[0].ports[0].port 80 → 443%0Acloses shop/web → shop/api on tcp 80%0Aopens shop/web → shop/api on tcp 443",
    expect.stringMatching(/^old\.yaml → new\.yaml: opens /),
    "",
  ]);
});

test("a notice for an edit that opens and closes nothing", () => {
  const after = shop.replace("name: api-from-web }", "name: api-from-web, labels: { team: a } }");
  const [first] = formatGithub(difference(shop, after.replace("name: api-from-web", "name: renamed"))).split("\n");
  expect(first).toMatch(/^::notice file=new\.yaml,line=13,col=\d+,title=no connection opens or closes::NetworkPolicy /);
});

test("names make neither commands nor properties", () => {
  const text = formatGithub(portChanged(["old.yaml", "a,line=1::error::x%0A\n::error title=y::z"]));
  expect(text.split("\n").filter((line) => line.startsWith("::"))).toHaveLength(1);
  expect(text).toContain("file=a%2Cline=1%3A%3Aerror%3A%3Ax%250A\\n%3A%3Aerror title=y%3A%3Az,line=20,");
});

test("warnings come before notices; many are counted", () => {
  const policy = shop.split("---\n")[2]!;
  const others = Array.from({ length: 60 }, (_, index) => policy.replace("api-from-web", `z-${index}`));
  const after = [shop.replace("port: 80", "port: 443"), ...others].join("---\n");
  const levels = formatGithub(difference(shop, after))
    .split("\n")
    .map((line) => /^::(\w+)/.exec(line)?.[1] ?? "");
  expect(levels).toEqual([...levels].sort((a, b) => Number(b === "warning") - Number(a === "warning")));
  expect(levels.filter((level) => level === "notice")).toHaveLength(51);
});
