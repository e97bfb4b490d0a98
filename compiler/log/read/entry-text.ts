/** A rule as NPM v1 prints its struct: where, and the words behind the chain's name. */
export interface RuleEntry {
  readonly chain: string;
  readonly words: readonly string[];
  /** It has a field for the command: since v1.0.18. */
  readonly namesCommand: boolean;
  /** Only printed since v1.0.33. */
  readonly isJump?: boolean;
}

/** A set as NPM v1 prints its struct. */
export interface SetEntry {
  readonly readableName: string;
  readonly name: string;
  /** `nethash`, `setlist`, `hash:ip,port`, and what follows: `maxelem 4294967295`. */
  readonly spec: readonly string[];
}

/** Reads `&{Command: Name: Chain:C Flag: LockWaitTimeInSeconds: IsJumpEntry:false Specs:[a b]}`, of any release. */
export function parseRuleEntry(text: string): RuleEntry | undefined {
  const found = ruleEntry.exec(text);
  if (!found) return undefined;
  const [, command, chain, isJump, words] = found;
  return {
    chain: chain!,
    words: wordsOf(words!),
    namesCommand: command !== undefined,
    ...(isJump !== undefined && { isJump: isJump === "true" }),
  };
}

/** Reads `&{operationFlag:-N name:app set:azure-npm-527074092 spec:[nethash]}`, of any release. */
export function parseSetEntry(text: string): SetEntry | undefined {
  const found = setEntry.exec(text);
  if (!found) return undefined;
  return { readableName: found[1]!, name: found[2]!, spec: wordsOf(found[3]!.replace(/^\[|\]$/g, "")) };
}

/** Words with spaces between them. */
export function wordsOf(text: string): readonly string[] {
  return text.split(" ").filter((word) => word !== "");
}

const ruleEntry =
  /^&\{(?:(Command):\S* )?Name:.*? ?(?:HashedName:\S* )?Chain:(\S*) Flag:\S* (?:LockWaitTimeInSeconds:\S* )?(?:IsJumpEntry:(\w+) )?Specs:\[(.*)\]\}\.?$/;
const setEntry = /^&\{operationFlag:\S* name:(.*) set:(\S+) spec:(.*)\}\.?$/;
