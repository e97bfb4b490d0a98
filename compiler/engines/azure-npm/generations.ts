import { closest } from "fastest-levenshtein";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import { compareReleases, has, parseRelease, type Release } from "./release.js";
import type { Blueprint } from "./blueprint.js";
import { v1, v1Blueprint, v1In2019b, v1In2020 } from "./v1/generations.js";
import { v1In2018, v1In2019, v2019Blueprint } from "./v2019/generations.js";
import { v2, v2Blueprint, v2Fnv, v2In2022 } from "./v2/generations.js";

/** How Azure NPM behaved in a span of releases. */
interface GenerationEntry {
  readonly id: string;
  /** The release that the id stands for. */
  readonly release: string;
  /** Oldest release of the span. */
  readonly since: string;
  /** Absent while nothing here emulates it. */
  readonly make?: (release: Release, lite: boolean) => Blueprint;
}

/** Oldest first. Source: the tags and commits of Azure/azure-container-networking up to cbd7560cf. */
const generations: readonly GenerationEntry[] = [
  { id: "v1-2018", release: "v1.0.13", since: "v1.0.9", make: (release) => v2019Blueprint(v1In2018(release)) },
  { id: "v1-2019", release: "v1.0.21", since: "v1.0.18", make: (release) => v2019Blueprint(v1In2019(release)) },
  { id: "v1-2019b", release: "v1.0.30", since: "v1.0.27", make: (release) => v1Blueprint(v1In2019b(release)) },
  { id: "v1-2020", release: "v1.2.2", since: "v1.0.31", make: (release) => v1Blueprint(v1In2020(release)) },
  { id: "v1", release: "v1.4.9", since: "v1.4.1", make: (release) => v1Blueprint(v1(release)) },
  { id: "v1-ctstate", release: "v1.4.16", since: "v1.4.16", make: (release) => v1Blueprint(v1(release)) },
  { id: "v2-2022", release: "v1.4.23", since: "v1.4.20", make: (release) => v2Blueprint(v2In2022(release)) },
  { id: "v2-fnv", release: "v1.5.50", since: "v1.4.24", make: (release, lite) => v2Blueprint(v2Fnv(release, lite)) },
  { id: "v2", release: "v1.8.12", since: "v1.8.12", make: (release, lite) => v2Blueprint(v2(release, lite)) },
];

const ids = generations.map(({ id }) => id);

/** Ids, newest first. */
export const builtGenerations = generations.flatMap(({ id, make }) => (make ? [id] : [])).toReversed();

/** What each built generation stands for, newest first. */
export const builtReleases = generations
  .flatMap(({ id, release, make }) => (make ? [{ id, release: parseRelease(release)! }] : []))
  .toReversed();

export const defaultGeneration = "v2";

export type Selected =
  | {
      readonly id: string;
      readonly blueprint: Blueprint;
      /** Not by an image tag. */
      readonly byId: boolean;
    }
  | { readonly problem: Diagnostic };

/** The generation that an id or an image tag means. */
export function selectGeneration(text: string, lite: boolean): Selected {
  const named = generations.find(({ id }) => id === text);
  const release = parseRelease(named?.release ?? text);
  if (!release)
    return {
      problem: diagnostic("unknown-generation", {
        text,
        known: known(),
        nearest: `did you mean ${closest(text, ids.toReversed())}?`,
      }),
    };
  const entry = named ?? entryOf(release);
  if (entry === "transition") return { problem: diagnostic("no-generation", { text, neighbours: "v1-2020 or v1" }) };
  if (!entry) return { problem: unknownRelease(text, release) };
  if (!entry.make)
    return { problem: diagnostic("generation-not-built", { text, id: entry.id, built: builtGenerations.join(", ") }) };
  if (lite && !has(release, "v1.6.12")) return { problem: diagnostic("lite-not-supported", { release: text }) };
  return { id: entry.id, blueprint: entry.make(release, lite), byId: named !== undefined };
}

/** v1.2.3 to v1.4.0 changed their rules from release to release; nothing emulates them. */
function entryOf(release: Release): GenerationEntry | "transition" | undefined {
  const [major = 0, minor = 0] = release;
  if (major !== 1 || minor > 8) return undefined;
  if (has(release, "v1.2.3") && !has(release, "v1.4.1")) return "transition";
  // The names of v2 came to the branches 1.6 and 1.8 only.
  if (minor >= 6 && minor !== 7 && has(release, "v1.6.46", "v1.8.12")) return generations.find(({ id }) => id === "v2");
  return generations.findLast(({ id, since }) => id !== "v2" && compareReleases(release, parseRelease(since)!) >= 0);
}

function unknownRelease(text: string, release: Release): Diagnostic {
  const first = parseRelease(generations[0]!.since)!;
  const nearest =
    compareReleases(release, first) < 0
      ? "the oldest known release is v1.0.9 (v1-2018)"
      : "the newest known releases are those of v1.8 (v2)";
  return diagnostic("unknown-generation", { text, known: known(), nearest });
}

function known(): string {
  return `${ids.join(", ")}, and the image tags v1.0.9 to v1.8`;
}
