#!/usr/bin/env bash
# The system fails: each system call of a run fails in turn, in the loader and in each helper. Either
# all is well, or there is a sentence, a status, no file, and the old record; never a crash or a hang.
# Boundaries: record
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
[ "${SANITIZED:-}" != 1 ] || skip_all 'the sanitizers cannot bear that their own calls fail'
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
echo 0 >mark
"$BUILD/programs/fail_call" 1000000 mark /bin/true || cannot_run 'nothing can be traced here'
# shellcheck source=../faults.sh
. "$TESTS/faults.sh"

faulty_line() {
    printf '%q %s %q' "$BUILD/programs/fail_call" "$1" "$WORK/mark"
}
faulty() {
    local number=$1
    shift
    timeout 60 "$BUILD/programs/fail_call" "$number" mark "$@"
}

every_run
every_helper
done_testing
