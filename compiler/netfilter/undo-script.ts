import { versionsOwned, type Ownership } from "./ownership.js";
import { scriptHead, scriptOfVersions, type ScriptOptions } from "./script-library.js";

/**
 * A POSIX shell script that takes everything of the owner off a node: its chains and hooks, in one commit for each table and
 * flavour of iptables, then its sets. Other people's rules and sets stay. It may be run again at any time.
 */
export function undoScript(ownership: Ownership, options: ScriptOptions): string {
  const parts = versionsOwned(ownership).map(
    ({ version, own }) => `${scriptHead("undo.sh", own, { ...options, version })}\n${main}`,
  );
  return scriptOfVersions(
    [`# Removes every chain and set of ${ownership.title} from this node. Run it as root; it can be repeated.`],
    parts,
  );
}

const main = String.raw`main() {
  prepare
  remove_chains "$flavour" "$save" "$restore"
  read_other filter "$dir/now"
  remove_chains "$other_flavour" "$other_save" "$other_restore"
  ipset list -n >"$dir/names" || fail 1 'ipset list failed'
  awk "$awk_library"'starts($0, ENVIRON["set_prefix"]) || is_temporary($0)' "$dir/names" >"$dir/doomed" || fail 1 'awk failed'
  state='The rules are gone.'
  destroy_sets "$dir/doomed" || fail 1 "other programs' rules still use these sets: $(cat "$dir/held")"
}

main
exit 0
`;
