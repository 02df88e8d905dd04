#!/usr/bin/env bash
# Every fuzz target has seeds, for without them most never get past their first check; and there are
# no seeds of a target that is gone.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
needs mke2fs debugfs e2fsck sfdisk sgdisk python3 cpio gzip bzip2 xz zstd lz4 xorriso implantisomd5

for target in "$TESTS"/fuzz/fuzz_*.c; do
    name=${target##*/fuzz_} name=${name%.c}
    run "$TESTS/fuzz/seeds.sh" "$name" "seeds/$name"
    is "$status $(cat err)" '0 ' "$name: its seeds can be made"
    is "$(find "seeds/$name" -type f -size 0 | wc -l) $(find "seeds/$name" -type f | head -n 1 | wc -l)" '0 1' \
        "$name: there are some, and none is empty"
done
is "$(sed -n 's/^seeds_\([a-z0-9_]*\)() {.*/\1/p' "$TESTS/fuzz/seeds.sh" | sort)" \
    "$(find "$TESTS/fuzz" -name 'fuzz_*.c' | sed 's/.*fuzz_\(.*\)\.c/\1/' | sort)" 'a target for all seeds'
done_testing
