#!/bin/bash
# Where disk and copy are files of one filesystem that can share blocks, the copy takes no room.
# SPDX-License-Identifier: GPL-3.0-or-later
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../lib.sh"
needs mkfs.xfs filefrag mke2fs
[ "$(id -u)" = 0 ] || skip_all 'mounting needs root'
truncate -s 300M xfs && mkfs.xfs -q xfs && mkdir at
for try in {1..20}; do
    mount -o loop xfs at 2>/dev/null && break
    sleep 0.$((try % 4 + 1))
done
mountpoint -q at || skip_all 'no XFS can be mounted here'
at_exit umount "$WORK/at"

mkdir -p tree/boot/grub
{ printf '\177ELF' && head -c 3000000 /dev/urandom; } >tree/boot/vmlinuz
head -c 2000000 /dev/urandom >tree/boot/initrd
printf 'menuentry L {\nlinux /boot/vmlinuz\ninitrd /boot/initrd\n}\n' >tree/boot/grub/grub.cfg
for size in 4096 1024; do
    rm -rf at/*
    mke2fs -q -F -t ext4 -b $size -d tree at/disk 16M >/dev/null 2>&1
    sync at/disk
    run "$ELILOADER" -q --output-format=simple --output-directory="$WORK/at/out" at/disk
    cmp -s tree/boot/vmlinuz at/out/*kernel* && cmp -s tree/boot/initrd at/out/*ramdisk*
    ok $? "blocks of $size bytes: the bytes" "$(cat err)"
    [ $size = 4096 ] || continue
    like "$(filefrag -v at/out/*kernel*)" shared 'the kernel shares them with the disk'
    like "$(filefrag -v at/out/*ramdisk*)" shared 'so does the ramdisk'
done
done_testing
