#!/usr/bin/env bash
# Command lines as xenopsd makes them of whatever a VM's editor wrote: what they open and run, says strace.
# Boundaries: words
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# The leak checker cannot look into what strace traces.
export ASAN_OPTIONS=detect_leaks=0

needs strace mke2fs python3
if ! strace -f -o /dev/null true 2>/dev/null; then
    cannot_run 'nothing can be traced here'
fi
export ELILOADER_OUTPUT_DIRECTORY=$WORK/boot ELILOADER_RECORD_DIR=$WORK/vms ELILOADER_PYGRUB=$WORK/pygrub \
    ELILOADER_CONFIG=$WORK/conf
: >conf
mkdir -p boot o/boot/grub v/boot v/etc dom0
# Big enough for whoever takes any file for a kernel.
python3 "$TESTS/images/kernel.py" elf 64 pv pvh >dom0/vmlinuz
cp dom0/vmlinuz o/boot/vmlinuz
cp dom0/vmlinuz v/boot/vmlinuz
echo 'SECRET of a guest' >v/etc/shadow
echo 'SECRET of dom0' >dom0/secret
printf 'default 0\ntitle own\nroot (hd0)\nkernel /boot/vmlinuz ro\n' >o/boot/grub/menu.lst
mke2fs -q -F -t ext4 -d o own.img 4M 2>/dev/null
mke2fs -q -F -t ext4 -d v victim.img 4M 2>/dev/null
printf '#!/bin/sh\nexit 1\n' >pygrub
cp pygrub evil
chmod +x pygrub evil
"$ELILOADER" vm create guest install-round=done || exit 99

# What the judge must see: a run that opens what it may not, and one that runs what it may not.
judged=$TESTS/programs/words.py
table=$TOP/loader/settings/options_table.c
run python3 "$judged" "$ELILOADER" "$table" "$WORK" "${COUNT:-$([ -n "$LONG" ] && echo 10000 || echo 300)}" "${SEED:-1}"
is "$status $(cat out)" '0 ' "$(cat err): nothing is opened or run that is not the VM's"
# Where all words are root's, the same lines open and run what they name: else this would prove nothing.
echo 'trust-bootloader-args = yes' >conf
run python3 "$judged" "$ELILOADER" "$table" "$WORK" 60 "${SEED:-1}"
is "$status" 1 'trusted, the same words are seen to do more'
like "$(cat out)" 'opens .*/(victim.img|secret|dom0)' 'trusted: files of dom0 are opened'
done_testing
