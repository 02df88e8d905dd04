#!/usr/bin/env bash
# The record is never lost, in xapi's database either, which takes one change at a time: SIGKILL at
# every system call of a round one and of a round two. Whatever is left is a VM that starts, and
# that start ends in the new record. The same for record-xapi itself: killed_record_xapi.t.
# Boundaries: record
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../killed_xapi.sh
. "$TESTS/killed_xapi.sh"

# shellcheck disable=SC2317 # called by each_round
killed_everywhere() {
    seen=() records=() wrongs=
    started "$1"
    every_kill "${start[@]}"
    is "$run_failed" '' "$1: succeeds, when it is not killed"
    is "$wrongs" '' "$1: killed at each of $kills calls: the next start is well"
    [ -n "${records[$(<old.db)]-}" ] && [ -n "${records[$(<new.db)]-}" ]
    ok $? "$1: there were moments before the commit, and after it" "${!records[@]}"
}
each_round killed_everywhere

done_testing
