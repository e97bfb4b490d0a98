import { chainsOf, hooksIn, ownChains } from "./owned.js";
import { versionsOwned, type Ownership } from "./ownership.js";
import { hookLine } from "./placed-hooks.js";
import { printRule } from "./print-rule.js";
import { printChains } from "./print-iptables-save.js";
import { printIpsetSave } from "./print-ipset-save.js";
import { scriptHead, scriptOfVersions, type ScriptOptions, type VersionOptions } from "./script-library.js";
import { checkLines, checkNames, hereDocument, refusal } from "./script-text.js";
import type { Chain, TableName, Tables } from "./tables.js";

/**
 * A POSIX shell script that brings a node to the owner's chains and sets of `tables`, and puts its hooks in their places.
 *
 * How it keeps its promise that at every moment, a kill included, each packet that passes would pass in the old or in the
 * new state:
 *
 * - Rules change only in iptables-restore commits, and a commit replaces all chains and hooks of the owner in a table together.
 *   There is no moment with new chains and an old hook, or with half of the chains.
 * - The kernel commits one table at a time. Between the commits of two tables, a packet meets new rules in one and old ones in the
 *   other: each table lets pass what its old or its new rules let pass, and the promise for the whole holds where the
 *   rules of just one table decide otherwise than before. Tables change in the order in which a packet meets them, so that
 *   what an earlier one accepts for the later ones is marked before these look for the mark.
 * - A set that a rule in force refers to, itself or through a list of sets, is never changed. Sets of rules that are still
 *   to come are built in peace, so that a kill leaves at worst a set that nothing uses, and the next run mends it.
 * - When a set in use must change, a copy of it as it shall be, and of each list that holds it, is loaded under a temporary
 *   name, and first commits put the new rules in force with those names. Then nothing uses the final names, these sets are
 *   brought up to date in place, and second commits move the rules there. Other sets stay as they are, since
 *   the kernel takes long to destroy a list of sets (some 15 ms each).
 *   `ipset swap` would exchange the sets one by one, and between two swaps packets would see neither state.
 * - Rules in force may be on temporary names that a killed run left, one kind in each table and flavour. The script takes a kind
 *   that no rule uses.
 * - Chains of the owner under the other flavour of iptables go, all of a table at once, only after the new rules are in force. While
 *   both stand, a packet must pass both.
 * - Sets that nothing uses any more go last.
 *
 * What the script decides, it decides by what it finds in the kernel, never by a note of an earlier run. Where nothing
 * differs it changes nothing. Where rules of several tables change, each kernel table is tried first, so that none is changed
 * when another would be refused. The whole text is functions, called in the last line, so that a script which was cut off on its way
 * to the node does nothing at all.
 *
 * Tables and sets of IPv6 are brought up to date in the same way, after those of IPv4. No packet meets rules of both.
 */
export function applyScript(tables: Tables, ownership: Ownership, options: ScriptOptions): string {
  const versions = versionsOwned(ownership).map(({ version, own }) => {
    const its = version === 4 ? tables : (tables.ipv6 ?? noTables);
    const chains = own.tables.map((table) => ({ table, chains: ownChains(chainsOf(its, table), own) }));
    return { version, own, chains, tables: its };
  });
  const refusals = refusal(
    versions.flatMap((version) => version.chains.flatMap(({ chains }) => chains)),
    options.flavour,
  );
  const parts = versions.map(({ version, ...its }) => versionPart(its, refusals, { ...options, version }));
  return scriptOfVersions(
    [`# Brings this node to the rules and sets of ${ownership.title}. Run it as root; it can be repeated.`],
    parts,
  );
}

const noTables: Tables = { chains: [], sets: [] };

interface VersionState {
  readonly own: Ownership;
  readonly chains: readonly { readonly table: TableName; readonly chains: readonly Chain[] }[];
  readonly tables: Tables;
}

function versionPart(
  { own: ownership, chains: wanted, tables }: VersionState,
  refusals: readonly string[],
  options: VersionOptions,
): string {
  const texts = wanted.map(({ table, chains }) => {
    checkNames(tables.sets, chains, ownership);
    const text = printChains(chains);
    checkLines(text, chains);
    return `*${table}\n${text}`;
  });
  const hookLines = hooksIn(tables, ownership).map(({ table, chain, place, rule }) =>
    hookLine(table, chain, place, printRule(rule)),
  );
  return [
    scriptHead("apply.sh", ownership, options),
    mainFunction(refusals),
    functions,
    hereDocument("target_sets", printIpsetSave(tables.sets)),
    hereDocument("target_chains", texts.join("")),
    hereDocument("target_hooks", hookLines.join("")),
    "main\nexit 0\n",
  ].join("\n");
}

function mainFunction(refusals: readonly string[]): string {
  return ["main() {", "  prepare", "  check_flavour", ...refusals, mainSteps].join("\n");
}

const mainSteps = String.raw`  target_sets >"$dir/want" && target_chains >"$dir/final-chains" && target_hooks >"$dir/hooks" ||
    fail 3 'no room for temporary files'
  read_rules
  temporary_sets "$dir/doomed"
  destroy_unused "$dir/doomed"

  compare_sets "$dir/want"
  plan_copies
  rebuild_sets "$dir/changes-now" "$dir/want"
  if [ -s "$dir/copies" ]; then
    choose_temporary
    load_copies
    commit_tables "$dir/copied-chains"
    ipset list -n >"$dir/names" 2>"$dir/errors" || fail 1 "ipset list failed: $(cat "$dir/errors")"
    temporary_sets "$dir/all"
    awk "$awk_library"'!starts($0, ENVIRON["temporary_prefix"])' "$dir/all" >"$dir/doomed" || fail 1 'awk failed'
    destroy_sets "$dir/doomed" || fail 1 "something uses temporary sets of this script: $(cat "$dir/held")"
    rebuild_sets "$dir/changes-later" "$dir/want"
  fi

  commit_tables "$dir/final-chains"
  doomed_sets
  destroy_sets "$dir/doomed" || fail 1 "other programs' rules still use these old sets: $(cat "$dir/held")"
}
`;

const functions = String.raw`# Puts the chains of a file in force, table by table, and takes those of the other flavour away.
commit_tables() { # file with the chains
  case $tables in
    *' '*) try_tables "$1" ;;
  esac
  for table in $tables; do commit "$flavour" "$save" "$restore" "$table" "$1" "$dir/hooks"; done
  state='The new rules are in force. Run this script again to finish.'
  remove_chains "$other_flavour" "$other_save" "$other_restore"
}

# Fails when one of several tables would be refused.
try_tables() { # file with the chains
  for table in $tables; do
    read_table "$flavour" "$save" "$table" "$dir/now" || fail 1 "$save failed: $(cat "$dir/errors")"
    make_commit "$table" "$1" "$dir/hooks" "$dir/now"
    [ ! -s "$dir/commit" ] || "$restore" -w 60 --noflush --test <"$dir/commit" 2>"$dir/errors" ||
      fail 1 "$restore refuses the rules of $table: $(cat "$dir/errors")"
  done
}

# Of the sets in $dir/names, the temporary ones.
temporary_sets() { # file to write
  awk "$awk_library"'is_temporary($0)' "$dir/names" >"$1" || fail 1 'awk failed'
}

# Chooses temporary names that no rule in force uses.
choose_temporary() {
  for temporary_prefix in $temporary_prefixes; do
    [ -n "$(awk "$awk_library"'
      index(outside($0), " --match-set " ENVIRON["temporary_prefix"]) { print "yes"; exit }
    ' "$dir/rules" "$dir/other-rules")" ] || return 0
  done
  fail 1 "rules use temporary sets of every kind: $temporary_prefixes"
}

# Makes $dir/changes, one line for each set of a file that is not in the kernel as it should be: missing, other (its members
# differ) or type (it must be created anew).
compare_sets() { # file with the sets
  ipset save >"$dir/have" 2>"$dir/errors" || fail 1 "ipset save failed: $(cat "$dir/errors")"
  awk '
    FILENAME == ARGV[1] && $1 == "create" { target[$2] = 1 }
    FILENAME == ARGV[2] && !($2 in target) { next }
    $1 == "create" { gsub(/ (hashsize|bucketsize) [0-9]+| initval 0x[0-9a-f]+/, "") }
    { print }
  ' "$1" "$dir/have" >"$dir/plain" || fail 1 'awk failed'
  sort "$dir/plain" | uniq -u >"$dir/lines" || fail 1 'sort failed'
  awk '
    FILENAME == ARGV[1] { if ($1 == "create") there[$2] = 1; next }
    !($2 in there) { kind[$2] = "missing"; next }
    $1 == "create" { kind[$2] = "type"; next }
    !($2 in kind) { kind[$2] = "other" }
    END { for (name in kind) print kind[name], name }
  ' "$dir/have" "$dir/lines" >"$dir/changes" || fail 1 'awk failed'
}

# Makes $dir/copies, the names of sets that need a copy under a temporary name: those that must change while rules of the owner
# in force, in either flavour, use them, themselves or through a list of sets, and the lists that shall hold such a set.
# Divides the changes into those that can be made at once and those that must wait until the copies are in use.
# Rules of other people that use a set see it change, whatever is done.
plan_copies() {
  awk "$awk_library"'
    FILENAME == ARGV[1] { if ($1 != "missing") changed[$2] = 1; next }
    FILENAME == ARGV[2] || FILENAME == ARGV[3] {
      if ($1 != "-A" || !starts($2, ENVIRON["chain_prefix"])) next
      count = split(outside($0), part, " --match-set ")
      for (i = 2; i <= count; i++) { split(part[i], word, " "); used[word[1]] = 1 }
      next
    }
    FILENAME == ARGV[4] {
      if ($1 == "create") list = $3 == "list:set"
      else if (list && $2 in used) used[$3] = 1
      next
    }
    !started++ { for (name in changed) if (name in used) copied[name] = 1 }
    $1 == "create" { list = $3 == "list:set"; next }
    list && $3 in copied { copied[$2] = 1 }
    END { for (name in copied) print name }
  ' "$dir/changes" "$dir/rules" "$dir/other-rules" "$dir/have" "$dir/want" >"$dir/copies" || fail 1 'awk failed'
  for when in now later; do
    when=$when awk '
      FILENAME == ARGV[1] { copied[$1] = 1; next }
      ($2 in copied) == (ENVIRON["when"] == "later")
    ' "$dir/copies" "$dir/changes" >"$dir/changes-$when" || fail 1 'awk failed'
  done
}

# Brings sets with final names up to date, those that changes name, by a file with the sets. No rule in force uses these.
rebuild_sets() { # file with changes, file with the sets
  [ -s "$1" ] || return 0
  doomed=$dir/doomed awk "$awk_library"'
    FILENAME == ARGV[1] { kind[$2] = $1; if ($1 == "type") print $2 >ENVIRON["doomed"]; next }
    !starts($2, ENVIRON["set_prefix"]) { next }
    $1 == "create" { list[$2] = $3 == "list:set"; if (kind[$2] == "other") flush[$2] = 1; next }
    list[$2] && kind[$3] == "type" { flush[$2] = 1 }
    END { for (name in flush) print "flush " name }
  ' "$1" "$dir/have" >"$dir/flush" || fail 1 'awk failed'
  restore_sets "$dir/flush"
  if grep -q '^type ' "$1"; then
    destroy_sets "$dir/doomed" || fail 1 "other programs' rules use these sets, which must be created anew: $(cat "$dir/held")"
  fi
  awk '
    FILENAME == ARGV[1] { flushed[$2] = 1; next }
    FILENAME == ARGV[2] { kind[$2] = $1; next }
    $1 == "create" { if (kind[$2] == "missing" || kind[$2] == "type") print; next }
    kind[$2] != "" || $2 in flushed { added[++count] = $0 }
    END { for (i = 1; i <= count; i++) print added[i] }
  ' "$dir/flush" "$1" "$2" >"$dir/fill" || fail 1 'awk failed'
  restore_sets "$dir/fill"
}

# Loads the copies, and makes $dir/copied-chains, the target's chains with their names.
load_copies() {
  awk "$awk_library"'
    FILENAME == ARGV[1] { only[$1] = 1; next }
    !($2 in only) { next }
    { $2 = moved($2, ENVIRON["set_prefix"], ENVIRON["temporary_prefix"]) }
    $1 == "add" && $3 in only { $3 = moved($3, ENVIRON["set_prefix"], ENVIRON["temporary_prefix"]) }
    { print }
  ' "$dir/copies" "$dir/want" >"$dir/copied-sets" || fail 1 'awk failed'
  restore_sets "$dir/copied-sets"
  awk "$awk_library"'
    FILENAME == ARGV[1] { only[$1] = 1; some = 1; next }
    { print with_sets($0, ENVIRON["set_prefix"], ENVIRON["temporary_prefix"]) }
  ' "$dir/copies" "$dir/final-chains" >"$dir/copied-chains" || fail 1 'awk failed'
}

# Makes $dir/doomed: names of temporary sets, and of the owner's sets that the target does not have.
doomed_sets() {
  ipset list -n >"$dir/names" 2>"$dir/errors" || fail 1 "ipset list failed: $(cat "$dir/errors")"
  awk "$awk_library"'
    FILENAME == ARGV[1] { if ($1 == "create") target[$2] = 1; next }
    is_temporary($0) || starts($0, ENVIRON["set_prefix"]) && !($0 in target)
  ' "$dir/want" "$dir/names" >"$dir/doomed" || fail 1 'awk failed'
}
`;
