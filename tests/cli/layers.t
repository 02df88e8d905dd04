#!/usr/bin/env bash
# The house's directions: a folder includes only those that tests/layers names for it, and no
# circle of files calls itself (as the linker sees it).
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
[ "${SANITIZED:-}" != 1 ] || skip_all 'the other build has looked at the same sources'
needs git gcc nm
cd "$TOP" || exit 99
sources() { git ls-files --cached --others --exclude-standard -- "$@" | sort -u; }

# FOLDER: FOLDER…, one a line; '#' begins a comment. A folder may always include itself and common.
wrong=$(git grep -n '^#include "' -- '*.c' '*.h' ':!tests' | awk -F: '
    NR == FNR { sub(/#.*/, ""); n = split($0, w, /[: ]+/); if (n) { known[w[1]]; for (i = 2; i <= n; i++) ok[w[1], w[i]] } next }
    { from = $1; sub(/\/[^\/]*$/, "", from); split($3, q, "\""); to = q[2]; sub(/\/[^\/]*$/, "", to) }
    !(from in known) { print from " is in no line of tests/layers"; next }
    from != to && to != "common" && !((from, to) in ok) { print $1 ":" $2 ": " from " may not include " to }' tests/layers -)
is "$wrong" '' 'each folder includes only what is below it'

# A line "USER DEFINER" for each symbol; tsort tells of loops. Tables of function pointers are data.
# Of a source that is gone the object may still be there.
loops=$(sources '*.c' ':!tests' | sed "s|^|$BUILD/obj/|; s|c$|o|" | tr '\n' '\0' | xargs -0 nm -A | awk -F: '
    { f = $1; n = split($2, w, " "); s = w[n]; k = w[n - 1] }
    s == "main" { next }
    k ~ /^[TDRBV]$/ { def[s] = f }
    k == "U" { use[f, s] }
    END { for (fs in use) { split(fs, p, SUBSEP); d = def[p[2]]; if (d && d != p[1]) print p[1], d } }' |
    sort -u | tsort 2>&1 >/dev/null | sed "s|tsort: $BUILD/obj/||")
is "$loops" '' 'no files call each other in a circle'

# --- sizes --------------------------------------------------------------------------------------
is "$(sources '*.c' ':!tests' | sed 's|/[^/]*$||' | uniq -c | awk '$1 > 20')" '' \
    'no folder has more than 20 files'
is "$(sources '*.c' ':!tests' | xargs wc -l | awk '$1 > 450 && $2 != "total"')" '' \
    'no file has more than 450 lines'
# A function begins with "{" and ends with "}", each alone at the start of a line.
is "$(sources '*.c' ':!tests' | xargs awk '
    FNR == 1 { begin = 0 }
    /^{/ { begin = FNR }
    /^}/ { if (begin && FNR - begin > 61) print FILENAME ":" begin ": " FNR - begin - 1 " lines"; begin = 0 }')" \
    '' 'no function has more than 60 lines'

# --- what each folder may include, by the compiler ------------------------------------------------
# flags FOLDER: in the variable of that name, asked for once.
declare -A flags
flags() {
    [ -n "${flags[$1]:-}" ] || flags[$1]=$(make -s print-flags O="$BUILD" FOLDER="$1")
}
# compiles FOLDER HEADER: whether a file there may include it.
compiles() {
    flags "$1"
    # shellcheck disable=SC2086 # words
    echo "#include <$2>" | gcc ${flags[$1]} -fsyntax-only -x c - 2>/dev/null
}
for folder in common distros loader loader/boot loader/commands loader/helpers loader/record; do
    for header in curl/curl.h openssl/evp.h archive.h ext2fs/ext2fs.h blkid/blkid.h zlib.h lzma.h zstd.h bzlib.h; do
        ! compiles "$folder" "$header"
        ok $? "$folder cannot include $header"
    done
done
for pair in loader/fetch:curl/curl.h loader/fetch/curl:openssl/evp.h loader/medium:archive.h \
    loader/ramdisk:zstd.h fsprobe/fs/ext:ext2fs/ext2fs.h fsprobe/disk:blkid/blkid.h loader:jansson.h; do
    compiles "${pair%%:*}" "${pair#*:}"
    ok $? "${pair%%:*} can include ${pair#*:}"
done
done_testing
