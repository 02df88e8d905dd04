#!/bin/bash
# Guests whose /boot is on FAT, ReiserFS or ISO 9660: their kernel and ramdisk come out as they were.
# SPDX-License-Identifier: GPL-3.0-or-later
# The tools that make images sync each: in memory that costs nothing.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../lib.sh"
needs mkfs.vfat mcopy mkreiserfs xorriso genisoimage sfdisk

mkdir -p tree/boot/grub
{ printf '\177ELF' && head -c 1500001 /dev/urandom; } >tree/boot/vmlinuz
head -c 700000 /dev/urandom >tree/boot/initrd
# By its label, and in letters of another case, as FAT allows.
cat >tree/boot/grub/grub.cfg <<'CFG'
search --set=root --label ROOT
menuentry Linux {
    linux /BOOT/Vmlinuz root=/dev/xvda1
    initrd /boot/initrd
}
CFG

# boots NAME IMAGE
boots() {
    rm -rf out.d && mkdir out.d
    run "$ELILOADER" --output-format=simple --output-directory=out.d "$2"
    cmp -s tree/boot/vmlinuz out.d/*kernel* && cmp -s tree/boot/initrd out.d/*ramdisk*
    ok $? "$1: boots" "status $status" "$(cat err)"
    local place
    place=$("$ELILOADER" probe --json "$2" | jq -r '.boot.partition // 0')
    is "$("$ELILOADER" cat "$2:${place/#0/disk}" /boot/vmlinuz | md5sum)" "$(md5sum <tree/boot/vmlinuz)" "$1: cat"
    is "$(sed -n 's/^args //p' out)" root=/dev/xvda1 "$1: its arguments"
}
# volume IMAGE: what is said of the first volume
volume() {
    run "$ELILOADER" probe --json "$1"
    jq -r '.disks[0].partitions[0] | "\(.type) \(.label) \(.uuid)"' out
}

# --- FAT -------------------------------------------------------------------------------------
for bits in 12:7000 16:30000 32:300000; do
    kib=${bits#*:} bits=${bits%:*}
    rm -f image
    mkfs.vfat -F "$bits" -n ROOT -i c0ffee01 -C image "$kib" >/dev/null
    mcopy -i image -s tree/boot ::/
    boots "FAT$bits" image
    is "$(volume image)" 'vfat ROOT C0FF-EE01' "FAT$bits: what it is"
done
truncate -s 301M disk
printf 'start=2048,type=c,bootable\n' | sfdisk -q disk
dd if=image of=disk bs=1M seek=1 conv=notrunc,sparse status=none
boots 'FAT32 in a partition' disk

# --- ReiserFS --------------------------------------------------------------------------------
sed -i 's/BOOT.Vmlinuz/boot\/vmlinuz/' tree/boot/grub/grub.cfg
# reiserfs OPTION…: an empty one
reiserfs() {
    rm -f image
    truncate -s 40M image
    mkreiserfs -q -f -f "$@" image >/dev/null 2>&1
}
FILL=$TESTS/images/reiserfs.py
uuid=01234567-89ab-cdef-0123-456789abcdef
reiserfs -l ROOT -u $uuid
cp image before
python3 "$FILL" fill image tree
boots ReiserFS image
is "$(volume image)" "reiserfs ROOT $uuid" 'ReiserFS: what it is'
python3 "$FILL" log before image image parts=2
boots 'ReiserFS, all of it in its log' image
# 3.5 has no label
sed -i '/^search/d' tree/boot/grub/grub.cfg
reiserfs --format 3.5
python3 "$FILL" fill image tree
boots 'ReiserFS 3.5' image
is "$(volume image)" 'reiserfs null null' 'ReiserFS 3.5: what it is'

# --- ISO 9660 --------------------------------------------------------------------------------
for kind in '-R' '-J' '-R -J' ''; do
    # shellcheck disable=SC2086 # options
    genisoimage -quiet $kind -V ROOT -o image tree 2>/dev/null
    boots "ISO 9660 ${kind:-plain}" image
done
like "$(volume image)" '^iso9660 ROOT 20[-0-9]+$' 'ISO 9660: what it is'
xorriso -as mkisofs -quiet -R -partition_offset 16 -V ROOT -o image tree 2>/dev/null
boots 'ISO 9660 that is a partition, too' image
done_testing
