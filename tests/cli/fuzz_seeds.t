#!/usr/bin/env bash
# Every fuzz target has seeds, so that `make fuzz` gets past the first checks of each.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
[ "${SANITIZED:-}" != 1 ] || skip_all 'they are the same for the other build'
needs mke2fs cpio xorriso

for target in "$TESTS"/fuzz/fuzz_*.c; do
    name=$(basename "$target" .c)
    name=${name#fuzz_}
    run "$TESTS/fuzz/seeds.sh" "$name" "seeds-$name"
    is "$status $(find "seeds-$name" -type f -size +0 | head -n 1 | wc -l)" '0 1' "fuzz_$name has seeds" ||
        sed 's/^/# /' err
done
done_testing
