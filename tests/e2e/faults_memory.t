#!/usr/bin/env bash
# Memory runs out: each allocation of a run fails in turn, in the loader and in each helper. Either
# all is well, or there is a sentence, a status, no file, and the old record; never a crash or a hang.
# Boundaries: record
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
[ "${SANITIZED:-}" != 1 ] || skip_all 'the sanitizers have an allocator of their own'
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../faults.sh
. "$TESTS/faults.sh"

faulty_line() {
    printf 'env LD_PRELOAD=%q FAIL_MARK=%q FAIL_AT=%s' "$BUILD/programs/fail_allocation.so" "$WORK/mark" "$1"
}
# The program alone is to have the library.
faulty() {
    local number=$1
    shift
    timeout 60 env LD_PRELOAD="$BUILD/programs/fail_allocation.so" FAIL_MARK="$WORK/mark" \
        FAIL_AT="$number" "$@"
}

every_run
every_helper
done_testing
