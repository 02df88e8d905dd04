#!/usr/bin/env bash
# A helper that a disk has taken over does what it must not: each attempt is stopped, and eliloader
# reports a probe that failed, lives, and has nothing changed. The helper is fsprobe's own main()
# with attacks behind it (tests/programs/hostile_fsprobe.c), in a copy of the tree of programs.
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"

HOSTILE=$BUILD/programs/hostile_fsprobe
mkdir -p here/bin here/libexec/eliloader
cp "$ELILOADER" here/bin/
cp "$HOSTILE" here/libexec/eliloader/fsprobe
ELILOADER=$WORK/here/bin/eliloader

# attack NAME: what the disk makes the helper do. The descriptor 9 is one that the caller left open.
attack() {
    printf '%s\n' "$1" >disk
    head -c 4096 /dev/zero >>disk
    chmod 666 disk # what stops the helper shall not be the file's mode
    sha256sum disk >sum
    run timeout 60 "$ELILOADER" probe disk 9<sum
}
# stopped NAME [REGEX]: how eliloader tells that it ended.
stopped() {
    attack "$1"
    is "$status $(cat out)" '1 ' "$1: the probe has failed" "$(cat err)"
    like "$(cat err)" "^eliloader: cannot probe disk: the program fsprobe ${2:-(was ended by signal|ended with status 77)}" \
        "$1: it was stopped"
    sha256sum --quiet -c sum
    ok $? "$1: the disk is as it was"
}

attack nothing
is "$status $(cat err)" '1 eliloader: cannot probe disk: ESCAPED' 'an attack that goes through is seen'

# The longest, while the others run.
printf 'loop for ever\n' >endless
"$ELILOADER" probe endless >endless.out 2>endless.err &
endless=$!

killed='was ended by signal (31|9)'
printf '%s\n' 'open a path' 'open the disk again for writing' 'create a file' 'make a socket' \
    'make a Unix socket' fork 'execute a program' 'map executable memory' 'make memory executable' \
    'signal the parent' 'signal everybody' 'trace the parent' 'become root' >attacks
while read -r name; do stopped "$name" "$killed"; done <attacks
[ ! -e /tmp/eliloader-hostile ]
ok $? 'no file was made'
stopped 'write to the disk'
stopped 'write into the disk'
stopped 'use other descriptors' 'ended with status 77'
# The sanitizers need terabytes of address space: there the limit is not set.
[ -n "${SANITIZED:-}" ] || stopped 'exceed the memory'

wait "$endless"
is "$? $(cat endless.out)" '1 ' 'loop for ever: the probe has failed'
like "$(cat endless.err)" 'the program fsprobe (was ended by signal (9|24)|took longer than 20 seconds)' \
    'loop for ever: it was ended'
done_testing
