#!/usr/bin/env bash
# eliloader ls and cat: what is in a guest's directories and files, against the tree that the image was made of.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../lib.sh"
needs mke2fs mkfs.vfat mcopy mkfs.btrfs xorriso script

# --- a tree with holes, links, and names that want to command a terminal ---------------------
mkdir -p tree/boot/many tree/empty
head -c 1500001 /dev/urandom >tree/boot/vmlinuz
truncate -s 3000000 tree/boot/holes
printf x | dd of=tree/boot/holes bs=1 seek=1200000 conv=notrunc status=none
printf 'one\ntwo\033[2J\n' >tree/boot/text
: >tree/boot/nothing
ln -s /boot/vmlinuz tree/kernel
ln -s ../../../../../../boot/text tree/boot/up
ln -s nowhere tree/boot/dangling
: >"tree/boot/many/$(printf 'a\033[31mb')"
: >"tree/boot/many/$(printf 'c\377d')"
: >tree/boot/many/plain
mke2fs -q -F -t ext4 -d tree ext4.img 12M >/dev/null 2>&1
mkfs.btrfs -q --rootdir tree -f btrfs.img >/dev/null 2>&1
xorriso -as mkisofs -quiet -R -o iso.img tree 2>/dev/null
truncate -s 12M fat.img && mkfs.vfat fat.img >/dev/null && mcopy -i fat.img -s tree/boot/vmlinuz tree/boot/holes ::

# the same NAME DISK PATH FILE
same() {
    run "$ELILOADER" cat "$2" "$3"
    cmp -s "$4" out
    ok $? "$1: the bytes of $3" "status $status" "$(cat err)"
}
for kind in ext4 btrfs iso; do
    for file in vmlinuz holes text nothing; do
        same "$kind" $kind.img /boot/$file tree/boot/$file
    done
    same "$kind: a link" $kind.img kernel tree/boot/vmlinuz
    same "$kind: a link that leads above the root" $kind.img /boot/up tree/boot/text
    run "$ELILOADER" ls $kind.img /boot
    is "$(cat out)" "$(cd tree/boot && printf '%s\n' * | LC_ALL=C sort)" "$kind: the names"
done
same FAT fat.img /vmlinuz tree/boot/vmlinuz
same FAT fat.img /holes tree/boot/holes

# --- what is printed --------------------------------------------------------------------------
run "$ELILOADER" ls -l ext4.img /boot
like "$(cat out)" '^file +1500001  vmlinuz$' '-l: a file and its size'
like "$(cat out)" '^directory +-  many$' '-l: a directory'
like "$(cat out)" '^other +-  dangling$' '-l: a link that leads nowhere'
run "$ELILOADER" ls ext4.img /boot/many
is "$(cat out)" "$(printf '%s\n' 'a\x1b[31mb' 'c\xffd' plain)" 'names that command a terminal'
run "$ELILOADER" ls --json ext4.img /boot/many
is "$(jq -c '[.[].name]' out)" '["a\\x1b[31mb","c\\xffd","plain"]' 'and as JSON'
run "$ELILOADER" ls ext4.img /empty
is "$status $(cat out err)" '0 ' 'an empty directory'
run "$ELILOADER" ls ext4.img kernel
is "$(cat out)" /kernel 'a file is listed itself'
script -qec "'$ELILOADER' cat ext4.img /boot/text" /dev/null >terminal </dev/null
is "$(tr -d '\r' <terminal)" "$(printf '%s\n' one 'two\x1b[2J')" 'to a terminal: escaped'
"$ELILOADER" cat ext4.img /boot/holes 2>err | head -c 10 >out
is "$(wc -c <out) $(cat err)" '10 ' 'nobody reads on: no error'

# --- what is not there ------------------------------------------------------------------------
says() { # STATUS TEXT WHAT WORD…
    local wanted=$1 text=$2 what=$3
    shift 3
    run "$ELILOADER" "$@"
    is "$status" "$wanted" "$what: status"
    like "$(cat err)" "$text" "$what: says so"
}
says 1 'there is no /nix in ' 'no such file' cat ext4.img /nix
says 1 'is a directory' 'a directory' cat ext4.img /boot
says 1 'circle|there is no' 'a link that leads nowhere' cat ext4.img /boot/dangling
says 1 "no volume '7'" 'no such volume' ls ext4.img:7 /
says 1 'cannot (open|look)' 'no such disk' ls nix.img /
says 2 'ls takes' 'no disk' ls
says 2 'cat takes' 'no path' cat ext4.img
printf 'QFI\373\0\0\0\3' >q.img && truncate -s 1M q.img
says 1 'qemu-img convert' 'a qcow2' ls q.img /
[ ! -c /dev/full ] || {
    "$ELILOADER" cat ext4.img /boot/vmlinuz >/dev/full 2>err
    is "$?" 1 'a full disk: status'
    like "$(cat err)" 'cannot write to stdout' 'a full disk: says so'
}

# --- volumes ----------------------------------------------------------------------------------
mkdir part && cp -R tree/boot/text part
mke2fs -q -F -t ext4 -d part fs.img 4M >/dev/null 2>&1
truncate -s 12M two.img
printf 'label: dos\nstart=2048,size=8192,type=83\nstart=10240,size=8192,type=83\n' | sfdisk -q two.img
dd if=fs.img of=two.img bs=512 seek=2048 conv=notrunc status=none
dd if=fs.img of=two.img bs=512 seek=10240 conv=notrunc status=none
same 'a partition' two.img:2 /text tree/boot/text
says 1 'several filesystems.*1 \(ext4\), 2 \(ext4\)' 'which partition' ls two.img
cp two.img a:b && same 'a disk with a colon' a:b:1 /text tree/boot/text
truncate -s 8M a b
"$TESTS/images/lvm.py" a b : boot,linear,20,44 = boot fs.img
run "$ELILOADER" cat --disk=b a:vg0/boot /text
cmp -s tree/boot/text out
ok $? 'LVM over two disks' "$(cat err)"
done_testing
