#!/usr/bin/env bash
# eliloader extract: what disks boot, as files, and what is there already stays.
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"

disk=$("$TESTS/images/make.sh" dos-ext4-grub2-2 "$WORK")
mkdir d here
run "$ELILOADER" extract --output-directory="$WORK/d" "$disk"
is "$status $(cat err)" '0 ' 'it succeeds'
is "$(cat out)" "$WORK/d/kernel
$WORK/d/ramdisk
$WORK/d/args" 'and names what it made'
is "$(ls -A d)" $'args\nkernel\nramdisk' 'which is all there is'
is "$(cat d/args)" 'root=/dev/xvda1 ro quiet' 'the arguments'
is "$(stat -c %a d/kernel d/ramdisk d/args | sort -u)" 600 'readable to their owner'
# The same bytes as a start gets.
run "$ELILOADER" --output-directory="$WORK/boot" "$disk"
is "$(cat boot/*kernel* | md5sum)" "$(md5sum <d/kernel)" 'the kernel is what a start gets'
is "$(cat boot/*ramdisk* | md5sum)" "$(md5sum <d/ramdisk)" 'and so is the ramdisk'

(cd here && "$ELILOADER" extract --entry=1 "$disk" >../out 2>../err) && status=0 || status=$?
is "$status $(cat err) $(cat here/args)" '0  root=/dev/xvda1 ro single' \
    'another entry, into the present directory'
is "$(head -n1 out)" "$WORK/here/kernel" 'which is named whole'

for name in kernel ramdisk args; do
    rm -rf d && mkdir d
    ln -s "$WORK/elsewhere" "d/$name"
    run "$ELILOADER" extract --output-directory="$WORK/d" "$disk"
    like "$status $(cat err)" "^1 .*/d/$name is there already, and is not overwritten" \
        "$name is there already"
    is "$(ls -A d)" "$name" "$name is there already: nothing else is made"
done
[ ! -e elsewhere ]
ok $? 'no link is followed'

rm -rf d && truncate -s 1M empty.img
run "$ELILOADER" extract --output-directory="$WORK/d" empty.img
like "$status $(cat err)" '^3 .*nothing on empty.img can be booted: .*is empty' 'nothing boots'
is "$(ls -A d)" '' 'nothing boots: nothing is made'
run "$ELILOADER" extract --output-directory="$WORK/d" --entry=Nonsense "$disk"
like "$status $(cat err)" '^3 .*Nonsense' 'an entry that is not there'
run "$ELILOADER" extract --output-directory="$WORK/d" --kernel-max-size=1K "$disk"
like "$status $(cat err)" '^1 .*is too large: 7531 bytes, and the limit is 1024' 'a kernel that is too large'
is "$(ls -A d)" '' 'too large: nothing is made'
run "$ELILOADER" extract
is "$status" 2 'without a disk'

done_testing
