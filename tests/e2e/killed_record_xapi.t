#!/usr/bin/env bash
# As killed_xapi.t, but record-xapi is what is killed: at every system call of the commits of a round
# one and of a round two.
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../killed_xapi.sh
. "$TESTS/killed_xapi.sh"

record_xapi=$BUILD/libexec/eliloader/record-xapi
# backend NAME COMMAND: record-xapi as a backend that does this in the place of its commit.
backend() {
    # shellcheck disable=SC2016 # the backend's own
    printf '#!/bin/sh\n[ "$1" != commit ] || { %s; }\nexec %s "$@"\n' "$2" "$record_xapi" >"$1"
    chmod +x "$1"
}
backend listener "cat >$WORK/input; exec $record_xapi commit \"\$2\" <$WORK/input"
backend victim "exec strace -qq -o /dev/null -e inject=sendto:signal=KILL:when=8 $record_xapi \"\$@\""

# It was killed itself; but xapi makes the call that it had sent.
# shellcheck disable=SC2317 # called by after
commit_ended() {
    while [ -e "$ELILOADER_XAPI_SOCKET.busy" ]; do sleep 0.01; done
}
# shellcheck disable=SC2317 # called by each_round
killed_everywhere() {
    seen=() records=() wrongs=
    started "$1"
    # The very changes that the loader sends.
    before
    "${start[@]/#--record=xapi/--record=$WORK/listener}" >/dev/null
    every_kill "$record_xapi" commit "$uuid"
    : >input
    is "$run_failed" '' "$1: its commit succeeds, when it is not killed"
    is "$wrongs" '' "$1: its commit killed at each of $kills calls: the next start is well"
    [ "${#records[@]}" -gt 2 ]
    ok $? "$1: there were moments between two changes" "${!records[@]}"

    # As the loader sees it.
    before
    run "${start[@]/#--record=xapi/--record=$WORK/victim}"
    commit_ended
    is "$status $(ls -A "$BOOT")" '1 ' "$1: the loader fails with it, and leaves no file"
    like "$(cat err)" "vm show $uuid" "$1: and says how to see what became of the record"
}
each_round killed_everywhere

done_testing
