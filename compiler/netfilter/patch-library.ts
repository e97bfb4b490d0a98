/** Functions of a patch script beside those that all scripts have. */
export const patchFunctions = String.raw`# Makes $there, the tables that this flavour has. Asking legacy iptables for another would create it.
find_tables() {
  command -v sha256sum >/dev/null 2>&1 || fail 3 'the command sha256sum is missing'
  there=' raw mangle nat filter '
  [ "$flavour" = legacy ] || return 0
  there=' '
  [ -r /proc/net/ip_tables_names ] || return 0
  while read -r name; do there="$there$name "; done </proc/net/ip_tables_names
}

is_there() { # table
  case $there in
    *" $1 "*) ;;
    *) return 1 ;;
  esac
}

show_chain() { # table, name
  ! is_there "$1" || "$list" -w 60 -t "$1" -S "$2"
}

# The owner's hooks in a chain of other people, and where each stands.
show_hooks() { # table, chain
  is_there "$1" || return 0
  { known_hooks; echo; "$list" -w 60 -t "$1" -S "$2"; } | table=$1 chain=$2 awk "$awk_library"'
    !started {
      if ($0 == "") started = 1
      if ($1 != ENVIRON["table"] || $2 != ENVIRON["chain"]) next
      meant["-A " $2 " " substr($0, length($1 $2 $3) + 4)] = $3
      if (starts($3, "after=")) after = substr($3, 7)
      next
    }
    $1 != "-A" { next }
    is_hook($0) { hook[++hooks] = $0; above[hooks] = others + 0; next }
    { others++ }
    !place && after != "" && index(substr($0, length($2) + 5), after) { place = others }
    END {
      for (i = 1; i <= hooks; i++) {
        found = meant[hook[i]]
        if (found == "") found = "astray"
        else if (found == "last") { if (above[i] != others + 0) found = "astray" }
        else if (found != "anywhere") found = above[i] == place + 0 ? "first" : "astray"
        print found " " hook[i]
      }
    }
  '
}

# Whether a chain of other people leads to the owner's as it shall before and after.
check_hook() { # table, chain, rule
  is_there "$1" && rules=$("$list" -w 60 -t "$1" -S "$2" 2>&1) || rules=
  case "
$rules
" in
    *"
-A $2 $3
"*) ;;
    *) refuse "this node is neither as before this patch nor as after it: compare the jump in $2 of the table $1" ;;
  esac
}

# The place behind the first rule that mentions a text, or the first, when the owner's rules have gone.
hook_place() { # table, chain, text, how many of the owner's stand there already
  { ! is_there "$1" || "$list" -w 60 -t "$1" -S "$2"; } | after=$3 more=$4 awk "$awk_library"'
    $1 != "-A" || is_hook($0) { next }
    { others++ }
    index(substr($0, length($2) + 5), ENVIRON["after"]) { place = others; exit }
    END { print place + 1 + ENVIRON["more"] }
  '
}

# Gives up, with a better reason where the node has the owner's rules under the other flavour alone.
refuse() { # reason
  [ -n "$dir" ] || make_workplace
  read_rules
  if ! grep -qF ":$chain_prefix" "$dir/rules" && grep -qF ":$chain_prefix" "$dir/other-rules"; then
    fail 3 "the rules of this node are those of $other_flavour iptables, and this script is for $flavour"
  fi
  fail 1 "$1"
}

# Whether the sets that change are as afterwards, or as before, or part-way. Makes $sets.
check_sets() {
  show_sets 2>"$dir/errors" | awk '
    $1 == "create" { gsub(/ (hashsize|bucketsize) [0-9]+| initval 0x[0-9a-f]+/, "") }
    { print }
  ' | sort >"$dir/touched" || fail 1 'sort failed'
  sets=partly
  digest=$(sha256sum <"$dir/touched")
  [ "$digest" != "$touched_digest  -" ] || { sets=after; return 0; }
  : >"$dir/changes"
  for part in $parts; do "$part" >>"$dir/changes"; done
  digest=$(awk '
    FILENAME == ARGV[1] {
      sub(/^was /, "")
      sub(/^del /, "add ")
      if ($1 == "create") sub(/ hashsize [0-9]+/, "")
      ours[$0] = 1
      next
    }
    !($0 in ours)
  ' "$dir/changes" "$dir/touched" | sha256sum)
  [ "$digest" = "$kept_digest  -" ] ||
    fail 1 "this node is neither as before this patch nor as after it: compare the sets $touched_names"
}

# Carries out changes of sets that no rule in force uses, or that may be made one by one.
run_changes() { # function that prints them
  [ "$sets" != after ] || return 0
  "$1" >"$dir/changes"
  awk '$1 == "del" { print $1, $2, $3 }' "$dir/changes" >"$dir/steps" || fail 1 'awk failed'
  ipset_steps "$dir/steps"
  awk '$1 == "renew" { print $2 }' "$dir/changes" >"$dir/doomed" || fail 1 'awk failed'
  destroy_sets "$dir/doomed" || fail 1 "other programs' rules use these sets, which must be created anew: $(cat "$dir/held")"
  awk '$1 == "create" || $1 == "add"' "$dir/changes" >"$dir/steps" || fail 1 'awk failed'
  ipset_steps "$dir/steps"
}

# What is there already is fine: an earlier run may have been killed here.
ipset_steps() { # file
  [ -s "$1" ] || return 0
  ipset -exist restore <"$1" 2>"$dir/errors" || fail 1 "ipset restore failed: $(cat "$dir/errors")"
}

# Copies sets under temporary names, lists of sets with the copies in them, and makes the changes there.
load_copies() {
  copied_sets >"$dir/copied"
  live >"$dir/changes"
  ipset save >"$dir/saved" 2>"$dir/errors" || fail 1 "ipset save failed: $(cat "$dir/errors")"
  awk "$awk_library"'
    function copy(name) { return name in only ? moved(name, ENVIRON["set_prefix"], ENVIRON["temporary_prefix"]) : name }
    FILENAME == ARGV[1] { only[$1] = 1; next }
    FILENAME == ARGV[2] && $1 == "renew" { fresh[$2] = 1 }
    !($2 in only) { next }
    FILENAME == ARGV[3] && $2 in fresh { next }
    { $2 = copy($2) }
    $1 == "create" { gsub(/ bucketsize [0-9]+| initval 0x[0-9a-f]+/, ""); print; next }
    $1 != "add" && $1 != "del" { next }
    { $3 = copy($3) }
    FILENAME == ARGV[3] { first[++firsts] = $0; next }
    $1 == "del" { gone[++goners] = $1 " " $2 " " $3; next }
    { last[++lasts] = $0 }
    END {
      for (i = 1; i <= firsts; i++) print first[i]
      for (i = 1; i <= goners; i++) print gone[i]
      for (i = 1; i <= lasts; i++) print last[i]
    }
  ' "$dir/copied" "$dir/changes" "$dir/saved" >"$dir/steps" || fail 1 'awk failed'
  ipset_steps "$dir/steps"
}

swap_copies() {
  [ "$sets" != after ] || return 0
  awk "$awk_library"'
    { print "swap " $1 " " moved($1, ENVIRON["set_prefix"], ENVIRON["temporary_prefix"]) }
  ' "$dir/copied" >"$dir/steps" || fail 1 'awk failed'
  ipset_steps "$dir/steps"
}

clear_copies() {
  ipset list -n >"$dir/names" 2>"$dir/errors" || fail 1 "ipset list failed: $(cat "$dir/errors")"
  awk 'index($0, ENVIRON["temporary_prefix"]) == 1' "$dir/names" >"$dir/doomed" || fail 1 'awk failed'
  destroy_sets "$dir/doomed" || fail 1 "rules of another script's killed run use these sets; run that one again: $(cat "$dir/held")"
}

destroy_removed() {
  removed_sets >"$dir/doomed"
  destroy_sets "$dir/doomed" || fail 1 "other programs' rules still use these old sets: $(cat "$dir/held")"
}

# Changes all rules of a table at once. Tries again when somebody else changed the table in between.
attempt() { # function that feeds iptables-restore
  tries=0
  until errors=$("$1" 2>&1); do
    tries=$((tries + 1))
    [ "$tries" -lt 3 ] || fail 1 "$restore refused the rules: $errors"
    pause
  done
  state='Some or all of the new rules are in force. Run this script again.'
}
`;

/** The chains of `touched_chains` as `iptables -S` prints each, from one dump of each table. */
export const readManyChains = String.raw`show_chains() {
  for table in $tables; do
    { touched_chains; echo; ! is_there "$table" || "$save" -t "$table"; } | table=$table awk '
      !started { if ($0 == "") started = 1; else if ($1 == ENVIRON["table"]) { name[++names] = $2; wanted[$2] = 1 } next }
      /^:/ { there[substr($1, 2)] = 1; next }
      $1 == "-A" && $2 in wanted { rule[$2, ++rules[$2]] = $0 }
      END {
        for (i = 1; i <= names; i++) {
          if (!(name[i] in there)) continue
          print "-N " name[i]
          for (j = 1; j <= rules[name[i]]; j++) print rule[name[i], j]
        }
      }
    '
  done
}
`;

/** The sets of `touched_sets` from one dump. */
export const readManySets = String.raw`show_sets() {
  touched_sets >"$dir/names"
  ipset save | awk '
    FILENAME == ARGV[1] { wanted[$0] = 1; next }
    $2 in wanted
  ' "$dir/names" -
}
`;
