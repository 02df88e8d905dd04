#!/usr/bin/env bash
# SECURITY.md's table of boundaries is what the tests hold: each row has a name, each test that it
# names is there and says that it is about it ("Boundaries: NAME …" in its head), no test says so
# without standing in the row, and each helper has its row.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
# shellcheck disable=SC2016 # of the Makefile
. "$(dirname "$0")/../lib.sh"
[ "${SANITIZED:-}" != 1 ] || skip_all 'the other build has looked at the same sources'
cd "$TOP" || exit 99

# pairs_of TABLE: "NAME TEST" for each test of each row of the table of boundaries.
pairs_of() {
    awk -F'|' '/^## /{ in_table = /Boundaries/ }
        !in_table || NF < 5 || $2 ~ /^(-+| boundary )$/ { next }
        { name = $2; if (!sub(/^ `/, "", name) || !sub(/`:.*/, "", name)) name = "no-name:" $2
          n = split($4, cell, "`"); if (n < 2) print name, "no-test"
          for (i = 2; i <= n; i += 2) print name, cell[i] }' "$1" | sort
}
said() {
    grep -rE '^[# ][ *]* ?Boundaries: [a-z-]+( [a-z-]+)*$' tests --include='*.t' --include='*.c' |
        awk -F: '{ n = split($3, name, " "); for (i = 1; i <= n; i++) print name[i], $1 }' | sort
}

pairs_of SECURITY.md >"$WORK/table"
said >"$WORK/said"
[ "$(grep -c . "$WORK/table")" -gt 20 ]
ok $? 'the table is there' "$(cat "$WORK/table")"
is "$(comm -23 "$WORK/table" "$WORK/said")" '' 'each test of a row is there and says so'
is "$(comm -13 "$WORK/table" "$WORK/said")" '' 'each test that says so stands in the row'
wrong=
while read -r helper; do
    grep -q "^$helper tests/cli/confinement.t\$" "$WORK/table" || wrong="$wrong $helper"
done < <(sed -n 's/^\$(call helper_rule,\([a-z]*\),.*/\1/p' Makefile)
is "$wrong" '' 'each helper that is confined has its row'
while read -r helper; do
    like "$(sed -n 's/^for helper in \(.*\); do$/\1/p' tests/cli/confinement.t)" "\b$helper\b" \
        "$helper is attacked"
done < <(sed -n 's/^\$(call hostile_rule,\([a-z]*\),.*/\1/p' Makefile)

# The check sees what is wrong.
printf '%s\n' '## Boundaries' '| boundary | mechanism | tests |' '|---|---|---|' \
    '| a: b | c | `tests/none.t` |' '| `d`: e | f | none |' >"$WORK/bad"
is "$(pairs_of "$WORK/bad")" $'d no-test\nno-name: a: b  tests/none.t' 'a row without a name or a test is seen'
done_testing
