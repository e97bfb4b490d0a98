import { verify, type Compiled } from "../simulate/verify/verify.js";
import { adviceOf, causeOf, titleOf } from "../simulate/verify/words.js";
import type { Explained } from "./explanation.js";

/** Every way in which the rules do otherwise than the specification says, with a packet that shows it. */
export function explainQuirks(compiled: Compiled): readonly Explained[] {
  return verify(compiled).findings.map((finding): Explained => {
    const { code, packet, expected, actual, place, rule } = finding;
    const { source, destination, protocol, port } = packet;
    const wanted = { allow: "wants it allowed", deny: "wants it denied", depends: "leaves it open" } as const;
    const done = { allow: "allow it", deny: "deny it", depends: "leave it open" } as const;
    const on = port === undefined ? "" : ` on port ${port}/${protocol}`;
    return {
      id: `quirk ${code}${place ? ` ${place.object} ${place.field}` : ""}`,
      kind: "quirk",
      title: titleOf(finding),
      text: [
        sentence(causeOf(finding)),
        `For example, ${packet.state === "reply" ? "a reply" : "a connection"} from ${source.name} to ${destination.name}${on}: the specification ${wanted[expected]}, the rules ${done[actual]}.`,
        `What helps: ${adviceOf(finding)}.`,
      ],
      origins: [place ? { kind: "field", ...place } : { kind: "engine", reason: "what this release does" }],
      links: rule && rule.rule > 0 ? [`rule ${rule.chain} ${rule.rule}`] : [],
      parts: [],
    };
  });
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
