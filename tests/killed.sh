# SIGKILL at every system call of a run, for tests (bash), sourced after lib.sh and toolstack.sh.
# Who sources this defines two functions: `before`, which puts the VM `guest` and the output
# directory as they are before a run, and `after`, which looks at them after one that was killed.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

strace -qq -o /dev/null true 2>/dev/null || cannot_run 'strace cannot trace here'
: >input
# The leak checker cannot be traced.
export ASAN_OPTIONS=detect_leaks=0
# Sanitizers make each run ten times as long: there, every 16th of the calls of one name. Who sources
# this may take fewer in `make check` than in `make check-long`.
kill_stride=1
[ "${SANITIZED:-}" != 1 ] || kill_stride=16

# calls_of TRACE: "NAME NUMBER" for each system call's name, with the number of the first such call
# that is the program's own: the dynamic loader's end where it gives up its cache.
calls_of() {
    awk -F'(' '!/^[a-z0-9_]+\(/ { next }
        own == 0 && $1 != "munmap" { loader[$1]++ }
        $1 == "munmap" { own = 1 }
        own { seen[$1] = 1 }
        END { for (name in seen) print name, loader[name] + 1 }' "$1" | sort
}

# every_kill COMMAND…: COMMAND is killed at each of its system calls in turn (not its children at
# theirs), and what it has started has ended before somebody looks: calls `before`, COMMAND, and `after CALL NUMBER`. Its stdin is the file `input`. Sets
# $kills, and $run_failed when COMMAND, run to its end, fails.
every_kill() {
    local call number
    kills=0
    run_failed=
    before
    strace -qq -o trace "$@" <input >out 2>err || run_failed="whole: $(head -n1 err)"
    calls_of trace >calls
    while read -r -u 9 call number; do
        for (( ; ; number += kill_stride)); do
            before
            "$BUILD/programs/reap" strace -qq -o /dev/null \
                -e inject="$call:signal=KILL:when=$number" "$@" <input >out 2>err 9<&-
            status=$?
            [ "$status" = 137 ] || break
            kills=$((kills + 1))
            after "$call" "$number"
        done
        [ "$status" = 0 ] || run_failed="$run_failed; $call $number: status $status $(head -n1 err)"
    done 9<calls
}

# left_in FILE…: those that are there with their modes, without directories and random ends.
left_in() {
    local name left=''
    [ -e "$1" ] || return
    while read -r name; do
        name=${name##*/}
        [[ $name != *.json=* && $name =~ ^(.*)\.[A-Za-z0-9]+(=.*) ]] &&
            name=${BASH_REMATCH[1]}${BASH_REMATCH[2]}
        left="$left${left:+ }$name"
    done < <(stat -c '%n=%a' "$@" 2>/dev/null)
    echo "$left"
}

# answer_is KERNEL RAMDISK: the file `out` is an answer with two whole files, which hold what is in
# these, and nothing else is in the output directory. Prints what is wrong.
answer_is() {
    local kernel ramdisk
    parse_simple out "$BOOT" >/dev/null || echo "the answer: $(parse_simple out "$BOOT")"
    kernel=$(answered kernel) ramdisk=$(answered ramdisk)
    cmp "$kernel" "$1" 2>&1
    cmp "$ramdisk" "$2" 2>&1
    find "$BOOT" -mindepth 1 ! -path "$kernel" ! -path "$ramdisk"
    find "$kernel" "$ramdisk" ! -perm 600
}

# age: what the last run has delivered and nobody took becomes two hours old.
age() {
    find "$BOOT" -mindepth 1 -perm 600 -exec touch -d '2 hours ago' {} + 2>/dev/null
}
