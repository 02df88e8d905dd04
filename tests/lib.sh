# What the shell tests share: TAP, a private folder that goes away, the programs of the build
# under test. Sourced by tests/cli/*.t and tests/e2e/*.t (bash):
#
#   . "$(dirname "$0")/../lib.sh"
#   like "$(cat out)" 'kernel /' 'names the kernel'
#   done_testing
#
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

set -u
TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(dirname "$TESTS")
: "${BUILD:=$TOP/build}"
ELILOADER=$BUILD/bin/eliloader
export LC_ALL=C.UTF-8
# The distribution's programs first: pyenv's python3, say, is a script that starts scripts. What makes
# filesystems and runs servers is in /usr/sbin, which an ordinary user's PATH lacks.
export PATH=/usr/bin:/bin:$PATH:/usr/sbin:/sbin
# Set by `make check-long`: loops that take minutes run whole.
: "${LONG:=}"
unset "${!ELILOADER_@}" http_proxy https_proxy all_proxy
export ELILOADER_CONFIG=/dev/null
# Helpers cannot be looked into by the leak checker once they are confined.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1}

WORK=$(mktemp -d "${TMPDIR:-/tmp}/eliloader-test.XXXXXX")
chmod 755 "$WORK"
cd "$WORK" || exit 99
test_count=0
test_failed=0
at_exit_commands=()

# at_exit COMMAND…: run when the test ends, last added first.
at_exit() {
    at_exit_commands=("$(printf '%q ' "$@")" "${at_exit_commands[@]}")
}
finish() {
    local command
    for command in "${at_exit_commands[@]}"; do eval "$command"; done
    cd / && rm -rf "$WORK"
}
trap finish EXIT
trap 'exit 130' INT TERM

# ok STATUS NAME [DIAGNOSTIC…]
ok() {
    local status=$1 name=$2
    shift 2
    test_count=$((test_count + 1))
    if [ "$status" = 0 ]; then
        printf 'ok %d - %s\n' "$test_count" "$name"
        return 0
    fi
    test_failed=$((test_failed + 1))
    printf 'not ok %d - %s\n' "$test_count" "$name"
    # On stderr, which a test runner shows: a log says why, not only which.
    {
        printf '#   not ok %s\n' "$name"
        printf '%s\n' "$@" | head -c 4000 | sed 's/^/#   /'
        printf '#   at %s line %s\n' "${BASH_SOURCE[2]:-$0}" "${BASH_LINENO[1]}"
    } >&2
    return 1
}
# is GOT EXPECTED NAME
is() {
    [ "$1" = "$2" ]
    ok $? "$3" "got:      $1" "expected: $2"
}
# like TEXT REGEX NAME / unlike
like() {
    grep -qE -- "$2" <<<"$1"
    ok $? "$3" "text:     $1" "expected: /$2/"
}
unlike() {
    ! grep -qE -- "$2" <<<"$1"
    ok $? "$3" "text:       $1" "unexpected: /$2/"
}
# run COMMAND…: stdout in the file out, stderr in err, exit status in $status.
run() {
    "$@" >out 2>err
    status=$?
}
# skip_all WHY: for a test that has nothing to say of this build or this user.
skip_all() {
    echo "1..0 # SKIP $*"
    exit 0
}
# cannot_run WHY: something is missing here. Elsewhere that skips the test; in CI, which installs
# everything, it fails.
cannot_run() {
    if [ -n "${CI:-}" ]; then
        ok 1 "$*"
    elif [ "$test_count" = 0 ]; then
        skip_all "$@"
    else
        echo "ok $((++test_count)) - the rest # SKIP $*"
    fi
    done_testing
}
# needs PROGRAM…
needs() {
    local program
    for program; do
        command -v "$program" >/dev/null || cannot_run "there is no $program (see TEST_PACKAGES in the Makefile)"
    done
}
done_testing() {
    echo "1..$test_count"
    [ "$test_failed" = 0 ]
    exit $?
}
