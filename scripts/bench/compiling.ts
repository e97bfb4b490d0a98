import { execaNode } from "execa";
import {
  azureNpm,
  fold,
  printIpsetSave,
  printIptablesSave,
  type Event,
  type KubernetesObject,
} from "../../compiler/index.js";
import { loadObjects, npm200, referenceLoad } from "./load.js";
import { inSeconds, median, seconds, times, type Row } from "./measure.js";

/** NPM's own Go code made the text of a load of this size in 0.40 s (measured once, vectors' README, speed/npm-200). */
const npmSeconds = 0.4;

/** Values → printed iptables-save and ipset-save, at the size of speed/npm-200. */
export function benchNpm200(): Row {
  const objects = loadObjects(npm200);
  for (let round = 0; round < 3; round++) print(objects);
  const ours = median(Array.from({ length: 9 }, () => seconds(() => print(objects))));
  return {
    what: "values → printed iptables-save and ipset-save: 200 namespaces, 1,000 policies, 4,000 pods",
    reference: "NPM's own Go code: 0.40 s (measured once on a similar machine)",
    goal: "≤ 0.2 s",
    measured: `${inSeconds(ours)}, ${times(ours / npmSeconds)}`,
    met: ours <= 0.2,
    figures: { seconds: ours, referenceSeconds: npmSeconds, ratio: ours / npmSeconds },
  };
}

/** The same at Antrea's published load, in processes of their own, with the growth from a quarter and a half of it. */
export async function benchReferenceLoad(): Promise<Row[]> {
  const quarter = await measureInProcess(referenceLoad.namespaces / 4);
  const half = await measureInProcess(referenceLoad.namespaces / 2);
  const whole = await measureInProcess(referenceLoad.namespaces);
  const growth = [half.seconds / quarter.seconds / 2, whole.seconds / half.seconds / 2];
  return [
    {
      what: "the same: 25,000 namespaces, 75,000 policies, 100,000 pods",
      reference: "Antrea's published 5.8 s, 1.5 GB for that load",
      goal: "≤ 5 s, ≤ 1.5 GB resident",
      measured: `${inSeconds(whole.seconds)}, ${(whole.bytes / 1e9).toFixed(2)} GB`,
      met: whole.seconds <= 5 && whole.bytes <= 1.5e9,
      figures: { seconds: whole.seconds, bytes: whole.bytes, referenceSeconds: 5.8, referenceBytes: 1.5e9 },
    },
    {
      what: "growth from a quarter to a half to the whole of that load",
      reference: "linear",
      goal: "≤ 10 % over",
      measured: growth.map((ratio) => `${((ratio - 1) * 100).toFixed(0)} %`).join(", "),
      met: growth.every((ratio) => ratio <= 1.1),
      figures: { quarterSeconds: quarter.seconds, halfSeconds: half.seconds, wholeSeconds: whole.seconds },
    },
  ];
}

interface Measured {
  readonly seconds: number;
  /** Largest resident size of the process. */
  readonly bytes: number;
}

/** The median of three processes. */
async function measureInProcess(namespaces: number): Promise<Measured> {
  const found: Measured[] = [];
  for (let round = 0; round < 3; round++) {
    const { stdout } = await execaNode(import.meta.filename, ["measure", String(namespaces)]);
    found.push(JSON.parse(stdout) as Measured);
  }
  return { seconds: median(found.map(({ seconds }) => seconds)), bytes: Math.max(...found.map(({ bytes }) => bytes)) };
}

function print(objects: readonly KubernetesObject[]): number {
  const { machine } = azureNpm.configure({});
  const node = fold(
    machine!,
    objects.map((object): Event => ({ kind: "apply", object })),
  );
  const tables = node.tables();
  return printIptablesSave(tables).length + printIpsetSave(tables.sets).length;
}

if (process.argv[2] === "measure") {
  const objects = loadObjects({ ...referenceLoad, namespaces: Number(process.argv[3]) });
  const measured: Measured = { seconds: seconds(() => print(objects)), bytes: process.resourceUsage().maxRSS * 1024 };
  console.log(JSON.stringify(measured));
}
