import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { publint } from "publint";
import { expect, test } from "vitest";
import { emptyFolder } from "../cli/anpm.js";

test("publint finds nothing", async () => {
  expect((await publint({ strict: true, pack: false })).messages).toEqual([]);
}, 60_000);

test("canary: it finds an entry that does not exist", async () => {
  const folder = await emptyFolder();
  const text = await readFile("package.json", "utf8");
  await writeFile(join(folder, "package.json"), text.replace("dist/compiler/index.js", "dist/compiler/gone.js"));
  await cp("dist", join(folder, "dist"), { recursive: true });
  const { messages } = await publint({ pkgDir: folder, strict: true, pack: false });
  expect(messages.map(({ code }) => code)).toContain("FILE_DOES_NOT_EXIST");
}, 60_000);
