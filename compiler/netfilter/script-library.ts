import type { Flavour } from "./flavour.js";
import type { Ownership } from "./ownership.js";
import { iptablesOf } from "./versions.js";
import type { IpVersion } from "../text/ip-version.js";

export interface ScriptOptions {
  readonly flavour: Flavour;
}

/** Options of the part of a script that is about one version of IP. */
export interface VersionOptions extends ScriptOptions {
  readonly version: IpVersion;
}

/**
 * One script of the parts for each version of IP, each a text of functions whose last lines run it. Several run one after the other, each with
 * variables and functions of its own, the later ones where the earlier ones did what they should. None begins before all of the text is read.
 */
export function scriptOfVersions(comments: readonly string[], parts: readonly string[]): string {
  const [first, ...others] = parts;
  const head = ["#!/bin/sh", ...comments].join("\n");
  if (others.length === 0) return `${head}\n${first!}`;
  const functions = parts.map((part, index) => `version_${index + 1}() (\n${part})\n`);
  const calls = parts.map((_, index) => `version_${index + 1}`).join(" && ");
  return `${head}\n${functions.join("\n")}\n${calls}\nexit\n`;
}

/** A text as one word of the shell, whatever is in it. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * What every script begins with: the names it works with, as shell variables in the environment (awk reads them there), and
 * the functions below. `name` is what messages call the script.
 */
export function scriptHead(name: string, ownership: Ownership, options: VersionOptions): string {
  const other = options.flavour === "nft" ? "legacy" : "nft";
  const variables = {
    program: options.version === 4 ? name : `${name} (IPv6)`,
    iptables: iptablesOf(options.version),
    untouched: `No ${options.version === 4 ? "" : "IPv6 "}rule on this node was changed.`,
    tables_there: `/proc/net/ip${options.version === 4 ? "" : "6"}_tables_names`,
    flavour: options.flavour,
    other_flavour: other,
    tables: ownership.tables.join(" "),
    chain_prefix: ownership.chainPrefix,
    comment_prefix: ownership.commentPrefix ?? "",
    set_prefix: ownership.setPrefix,
    temporary_prefixes: ownership.temporarySetPrefixes.join(" "),
    temporary_prefix: ownership.temporarySetPrefixes[0],
    hints: ownership.flavourHints.join(" "),
  };
  const assignments = Object.entries(variables).map(([key, value]) => `${key}=${shellQuote(value)}`);
  return ["set -u", ...assignments, `export ${Object.keys(variables).join(" ")}`, library].join("\n");
}

const library = String.raw`LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL PATH
umask 077
dir=
state=$untouched

fail() { # exit code, message
  printf '%s: %s\n' "$program" "$2" >&2
  printf '%s: %s\n' "$program" "$state" >&2
  exit "$1"
}

pause() {
  sleep 0.1 2>/dev/null || sleep 1
}

prepare() {
  find_tools
  check_root
  make_workplace
  lock
  ipset list -n >"$dir/names" 2>"$dir/errors" || fail 3 "ipset does not work here: $(cat "$dir/errors")"
}

find_tools() {
  for tool in id awk cat cmp grep mktemp rm sort uniq ipset; do
    command -v "$tool" >/dev/null 2>&1 || fail 3 "the command $tool is missing"
  done
  choose "$flavour" || fail 3 "$iptables-$flavour-save and $iptables-$flavour-restore are missing"
  list=$found_list
  save=$found_save
  restore=$found_restore
  other_list=
  other_save=
  other_restore=
  if choose "$other_flavour"; then
    other_list=$found_list
    other_save=$found_save
    other_restore=$found_restore
  fi
}

check_root() {
  [ "$(id -u)" = 0 ] || fail 3 'only root may change the packet filter'
}

make_workplace() {
  dir=$(mktemp -d) || fail 3 'no place for temporary files'
  trap 'rm -rf "$dir"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

# One script at a time in a network namespace. A killed script's last command keeps the lock until it ends.
lock() {
  if command -v flock >/dev/null 2>&1 && [ -r /proc/self/ns/net ]; then
    exec 9</proc/self/ns/net
    flock 9
  fi
}

# The commands of a flavour: by their own names, or under the plain ones where iptables is of that flavour.
choose() { # flavour
  found_list=$iptables-$1
  found_save=$iptables-$1-save
  found_restore=$iptables-$1-restore
  if ! command -v "$found_save" >/dev/null 2>&1 || ! command -v "$found_restore" >/dev/null 2>&1; then
    case $("$iptables" --version 2>/dev/null) in
      *nf_tables*) [ "$1" = nft ] || return 1 ;;
      *) [ "$1" = legacy ] || return 1 ;;
    esac
    found_list=$iptables
    found_save=$iptables-save
    found_restore=$iptables-restore
  fi
  command -v "$found_save" >/dev/null 2>&1 && command -v "$found_restore" >/dev/null 2>&1
}

# Rules in the flavour that the node's other programs do not use would never be seen together with theirs.
check_flavour() {
  [ -n "$hints" ] || return 0
  read_table "$flavour" "$save" mangle "$dir/mangle" || fail 3 "$save failed: $(cat "$dir/errors")"
  read_other mangle "$dir/other-mangle"
  hint_there=$(hint_in "$dir/other-mangle")
  if [ -n "$hint_there" ] && [ -z "$(hint_in "$dir/mangle")" ]; then
    fail 3 "this node uses $other_flavour iptables (it has the chain $hint_there), and this script is for $flavour"
  fi
}

hint_in() { # file
  awk '
    BEGIN { count = split(ENVIRON["hints"], hint, " ") }
    { for (i = 1; i <= count; i++) if ($1 == ":" hint[i]) { print hint[i]; exit } }
  ' "$1"
}

read_table() { # flavour, save command or nothing, table, file
  : >"$4"
  [ -n "$2" ] || return 0
  # Asking legacy iptables for a table that is not there creates it.
  if [ "$1" = legacy ] && ! grep -qx "$3" "$tables_there" 2>/dev/null; then
    return 0
  fi
  "$2" -t "$3" >"$4" 2>"$dir/errors"
}

# Makes $dir/rules and $dir/other-rules: what the owner's tables hold in each flavour.
read_rules() {
  : >"$dir/rules"
  : >"$dir/other-rules"
  for table in $tables; do
    read_table "$flavour" "$save" "$table" "$dir/now" || fail 1 "$save failed: $(cat "$dir/errors")"
    cat "$dir/now" >>"$dir/rules"
    read_other "$table" "$dir/now"
    cat "$dir/now" >>"$dir/other-rules"
  done
}

# The same of the other flavour. One that this kernel does not have holds no rules.
read_other() { # table, file
  read_table "$other_flavour" "$other_save" "$1" "$2" && return 0
  case $(cat "$dir/errors") in
    *'not supported'*) ;;
    *) fail 1 "$other_save failed: $(cat "$dir/errors")" ;;
  esac
  other_save=
  : >"$2"
}

awk_library='
  # A line without what stands in its quotes.
  function outside(line,   parts, count, i, text) {
    if (!index(line, "\"")) return line
    gsub(/\\./, "", line)
    count = split(line, parts, "\"")
    for (i = 1; i <= count; i += 2) text = text parts[i]
    return text
  }
  function starts(text, prefix) { return substr(text, 1, length(prefix)) == prefix }
  # Whether a rule jumps or goes to a chain of the owner.
  function enters(line) {
    line = outside(line)
    return match(line, / -[jg] [^ ]+$/) && starts(substr(line, RSTART + 4), ENVIRON["chain_prefix"])
  }
  # Whether a rule outside the chains of the owner is its own.
  function is_hook(line) {
    return enters(line) || ENVIRON["comment_prefix"] != "" && index(line, " --comment \"" ENVIRON["comment_prefix"])
  }
  function is_temporary(name,   prefix, count, i) {
    count = split(ENVIRON["temporary_prefixes"], prefix, " ")
    for (i = 1; i <= count; i++) if (starts(name, prefix[i])) return 1
    return 0
  }
  # A name with one prefix instead of the other; other names as they are.
  function moved(name, from, to) { return starts(name, from) ? to substr(name, length(from) + 1) : name }
  # A rule with the names of its sets moved, where "some" is set only those that are keys of "only".
  # Quoted text stays as it is; a quote after an odd number of backslashes does not end it.
  function with_sets(rule, from, to,   parts, count, i, quoted, line) {
    if (!index(rule, "\"")) return with_plain_sets(rule, from, to)
    count = split(rule, parts, "\"")
    line = with_plain_sets(parts[1], from, to)
    quoted = 1
    for (i = 2; i <= count; i++) {
      line = line "\"" (quoted ? parts[i] : with_plain_sets(parts[i], from, to))
      if (!(quoted && match(parts[i], /\\+$/) && RLENGTH % 2)) quoted = !quoted
    }
    return line
  }
  function with_plain_sets(text, from, to,   parts, count, i, name, line) {
    count = split(text, parts, " --match-set ")
    line = parts[1]
    for (i = 2; i <= count; i++) {
      name = parts[i]
      sub(/ .*/, "", name)
      if (!some || name in only) parts[i] = moved(parts[i], from, to)
      line = line " --match-set " parts[i]
    }
    return line
  }
'

# Makes $dir/commit: what iptables-restore must read so that the owner's chains in a table are those of a file (headers, then rules)
# and its hooks stand where they should, or nothing at all when that is so already. Hooks that stand anywhere else in other
# people's chains are taken out by their text, since numbers may have shifted meanwhile.
make_commit() { # table, file with the chains of all tables, file with the hooks of all tables, file with the table as it is
  table=$1 awk "$awk_library"'
    function note(chain) { if (!(chain in known)) { known[chain] = 1; held[++helds] = chain } }
    function is_right(chain,   i) {
      if (owns[chain] != firsts[chain] + lasts[chain]) return 0
      for (i = 1; i <= firsts[chain]; i++) {
        if (own[chain, i] != "-A " chain " " first[chain, i] || above[chain, i] != place[chain] + 0) return 0
      }
      for (i = 1; i <= lasts[chain]; i++) {
        if (own[chain, firsts[chain] + i] != "-A " chain " " last[chain, i] || above[chain, firsts[chain] + i] != others[chain] + 0) return 0
      }
      return 1
    }
    BEGIN { same = 1 }
    FILENAME == ARGV[1] {
      if (starts($0, "*")) { here = $0 == "*" ENVIRON["table"]; next }
      if (!here) next
      target[++targets] = $0
      if (starts($0, ":")) ours[substr($1, 2)] = 1
      next
    }
    FILENAME == ARGV[2] {
      if ($1 != ENVIRON["table"]) next
      note($2)
      rule = substr($0, length($1 $2 $3) + 4)
      if ($3 == "last") { last[$2, ++lasts[$2]] = rule; next }
      if (starts($3, "after=")) after[$2] = substr($3, 7)
      first[$2, ++firsts[$2]] = rule
      next
    }
    /^:/ {
      chain = substr($1, 2)
      if (!starts(chain, ENVIRON["chain_prefix"])) next
      if (!(chain in ours)) stale[++stales] = chain
      if (target[++lives] != ":" chain " - [0:0]") same = 0
      next
    }
    !/^-A / { next }
    starts($2, ENVIRON["chain_prefix"]) { if (target[++lives] != $0) same = 0; next }
    is_hook($0) { note($2); own[$2, ++owns[$2]] = $0; above[$2, owns[$2]] = others[$2] + 0; next }
    {
      others[$2]++
      if ($2 in after && !place[$2] && index(substr($0, length($2) + 5), after[$2])) place[$2] = others[$2]
    }
    END {
      for (i = 1; i <= helds; i++) if (!is_right(held[i])) wrong[++wrongs] = held[i]
      if (same && lives == targets && !wrongs) exit
      print "*" ENVIRON["table"]
      for (i = 1; i <= targets && starts(target[i], ":"); i++) print target[i]
      for (j = 1; j <= stales; j++) print "-F " stale[j]
      for (j = 1; j <= wrongs; j++) for (k = 1; k <= owns[wrong[j]]; k++) print "-D" substr(own[wrong[j], k], 3)
      for (; i <= targets; i++) print target[i]
      for (j = 1; j <= wrongs; j++) {
        chain = wrong[j]
        for (k = 1; k <= firsts[chain]; k++) print "-I " chain " " (place[chain] + k) " " first[chain, k]
        for (k = 1; k <= lasts[chain]; k++) print "-A " chain " " last[chain, k]
      }
      for (j = 1; j <= stales; j++) print "-X " stale[j]
      print "COMMIT"
    }
  ' "$2" "$3" "$4" >"$dir/commit" || fail 1 'awk failed'
}

# Puts what a file says of a table in force, all of it at once. Tries again when somebody else changed the table in between.
commit() { # flavour, save command, restore command, table, file with the chains, file with the hooks
  tries=0
  while :; do
    read_table "$1" "$2" "$4" "$dir/now" || fail 1 "$2 failed: $(cat "$dir/errors")"
    make_commit "$4" "$5" "$6" "$dir/now"
    [ -s "$dir/commit" ] || return 0
    "$3" -w 60 --noflush <"$dir/commit" 2>"$dir/errors" && break
    tries=$((tries + 1))
    [ "$tries" -lt 3 ] || fail 1 "$3 refused the rules: $(cat "$dir/errors")"
    pause
  done
  state='Some rules were changed already. Run this script again.'
}

# Takes the owner's chains out of a flavour's tables, hooks and all, at once in each. What comes first on a packet's way goes last: what it
# let pass is not yet denied further on.
remove_chains() { # flavour, save command or nothing, restore command
  [ -n "$2" ] || return 0
  reversed=
  for table in $tables; do reversed="$table $reversed"; done
  for table in $reversed; do commit "$1" "$2" "$3" "$table" /dev/null /dev/null; done
}

restore_sets() { # file
  [ -s "$1" ] || return 0
  ipset restore <"$1" 2>"$dir/errors" || fail 1 "ipset restore failed: $(cat "$dir/errors")"
}

# Destroys the sets that a file names, those that no rule and no list of sets uses. The kernel lets go of a replaced rule's
# sets a moment after the commit, so that one may have to wait. Answers no, with names in $dir/held, when some are still used.
destroy_sets() { # file
  tries=0
  while :; do
    destroy_unused "$1"
    [ -s "$dir/held" ] || return 0
    tries=$((tries + 1))
    [ "$tries" -lt 50 ] || return 1
    pause
  done
}

# The same without waiting.
destroy_unused() { # file
  : >"$dir/held"
  while [ -s "$1" ]; do
    ipset list -t >"$dir/headers" 2>"$dir/errors" || fail 1 "ipset list failed: $(cat "$dir/errors")"
    : >"$dir/held"
    held=$dir/held awk '
      FILENAME == ARGV[1] { doomed[$1] = 1; next }
      $1 == "Name:" { name = $2 }
      $1 == "Type:" { type = $2 }
      $1 == "References:" && name in doomed {
        if ($2 > 0) { print name >ENVIRON["held"]; next }
        if (type == "list:set") print "flush " name
        print "destroy " name
      }
    ' "$1" "$dir/headers" >"$dir/free" || fail 1 'awk failed'
    restore_sets "$dir/free"
    [ -s "$dir/held" ] && [ -s "$dir/free" ] || return 0
  done
}
`;
