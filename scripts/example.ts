import { execa } from "execa";
import { readFile } from "node:fs/promises";

/** `npm run example`: the three policies of the AKS article on network policies, each with the rules that a node gets. */

const steps = ["aks-1-deny", "aks-2-from-frontend", "aks-3-from-development"];

for (const [index, step] of steps.entries()) {
  const file = `golden/${step}/manifests.yaml`;
  const text = await readFile(file, "utf8");
  const title = text.split("\n", 1)[0]!.replace(/^# */, "");
  const policy = text.split(/^---\n/m).find((document) => document.includes("kind: NetworkPolicy"));
  const command = ["compile", "-f", file];
  const { stdout, stderr } = await execa("node", ["dist/src/main.js", ...command]);
  console.log(`==> Step ${index + 1}: ${title}\n\n${policy}\n$ anpm ${command.join(" ")}\n${stdout}\n${stderr}\n`);
}
