#!/usr/bin/env bash
# Faults of the system: every call that a run makes fails once, or is its last.
# Boundaries: record
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"

# What strace does to a process under the leak checker is more than either can bear.
[ "${SANITIZED:-}" != 1 ] || skip_all 'not with sanitizers'
strace -qq -o /dev/null true 2>/dev/null || cannot_run 'strace cannot trace here'

tree rh images/pxeboot/vmlinuz images/pxeboot/initrd.img
nginx_start "$WWW"

# Killed between the names of two files.
vm_new guest install-repository="$NGINX/rh"
clear_boot
before=$(cat "$RECORDS/guest.json")
run strace -qq -o trace -e inject=linkat:signal=KILL:when=2 "$ELILOADER" --vm=guest
is "$(boot_files) $(cat "$RECORDS/guest.json")" "eliloader-kernel $before" \
    'killed between two names: one file is left, the record is the old one'
boot --vm=guest
is "$status $(boot_files)" '0 eliloader-kernel eliloader-ramdisk' 'the next run sweeps it'

# Each call of these fails in turn: either all is well, or nothing has happened.
for call in openat linkat fchmod flock fcntl pipe2 memfd_create clone ppoll poll read write \
    fsync rename unlinkat getrandom fstat newfstatat prlimit64; do
    wrong=
    for when in $(seq 60); do
        vm_new guest install-repository="$NGINX/rh"
        clear_boot
        before=$(cat "$RECORDS/guest.json")
        timeout 20 strace -qq -o trace -e inject=$call:error=EIO:when="$when" \
            "$ELILOADER" -q --vm=guest >out 2>err
        status=$?
        grep -q INJECTED trace || break
        after=$(cat "$RECORDS/guest.json")
        if [ $status = 0 ]; then
            [ "$(boot_files)" = 'eliloader-kernel eliloader-ramdisk' ] && [ "$after" != "$before" ] ||
                wrong="$wrong; $when: status 0, $(boot_files)"
        else
            [ -z "$(boot_files)" ] && [ "$after" = "$before" ] && [ -s err ] ||
                wrong="$wrong; $when: status $status, $(boot_files), $(head -n1 err)"
        fi
    done
    is "$wrong" '' "$call fails, at each of its calls: all or nothing"
done

done_testing
