#!/bin/bash
# Disks that Linux itself formatted and filled (`make images-vm`): what is found on them and copied out
# of them is what was written, GRUB and pygrub read the same, and what cannot be read is named.
# SPDX-License-Identifier: GPL-3.0-or-later
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../lib.sh"
: "${IMAGES_VM:=$TOP/build/images-vm}"
[ -e "$IMAGES_VM/version" ] || cannot_run 'the images are not there: make images-vm'
needs grub-fstest pygrub jq

# joined TREE: its ramdisks, as the loader makes one of several
joined() {
    python3 - "$1" <<'PYTHON'
import re, sys
tree, out = sys.argv[1], b""
for name in re.search("initrd (.*)", open(tree + "/boot/grub/grub.cfg").read())[1].split():
    out += bytes(-len(out) % 4) + open(tree + name, "rb").read()
sys.stdout.buffer.write(out)
PYTHON
}
for tree in tree old new; do joined "$IMAGES_VM/$tree" >"$tree.ramdisk"; done

# boots NAME TREE DISK…
boots() {
    local name=$1 tree=$2
    shift 2
    rm -rf out.d && mkdir out.d
    run "$ELILOADER" --output-format=simple --output-directory=out.d "$@"
    cmp -s "$IMAGES_VM/$tree/boot/vmlinuz-xen" out.d/*kernel* && cmp -s "$tree.ramdisk" out.d/*ramdisk*
    ok $? "$name: boots" "status $status" "$(cat err)"
}
# grub_reads NAME TREE DISK…: by the name that we give the volume
grub_reads() {
    local name=$1 tree=$2 volume file
    shift 2
    volume=$("$ELILOADER" probe --json "$@" | jq -r '.boot.volume // "loop0"')
    for file in vmlinuz-xen initrd-xen; do
        run grub-fstest -c $# "$@" cmp "($volume)/boot/$file" "$IMAGES_VM/$tree/boot/$file"
        is "$status" 0 "$name: GRUB reads the same $file on $volume" "$(cat out err)"
    done
}
# pygrub_reads NAME TREE DISK
pygrub_reads() {
    rm -rf out.d && mkdir out.d
    run pygrub -q --output-format=simple --output-directory="$WORK/out.d" --kernel=/boot/vmlinuz-xen \
        --ramdisk=/boot/initrd-xen "$3"
    cmp -s "$IMAGES_VM/$2/boot/vmlinuz-xen" out.d/boot_kernel* && cmp -s "$IMAGES_VM/$2/boot/initrd-xen" out.d/boot_ramdisk*
    ok $? "$1: pygrub reads the same" "status $status" "$(tail -n 1 err)"
}
# refuses NAME REGEX
refuses() {
    run "$ELILOADER" probe "$IMAGES_VM/$1".[0-9]
    [ "$status" = 3 ] && grep -qE -- "$2" out
    ok $? "$1: is named" "status $status" "$(cat out err)"
}

# --- ReiserFS --------------------------------------------------------------------------------
for name in reiserfs reiserfs-notail reiserfs-1k; do
    boots $name tree "$IMAGES_VM/$name.0"
    grub_reads $name tree "$IMAGES_VM/$name.0"
    # It knows blocks of 4 KiB only.
    [ $name = reiserfs-1k ] || pygrub_reads $name tree "$IMAGES_VM/$name.0"
done
# GRUB does not look at the log; pygrub does.
boots reiserfs-dirty new "$IMAGES_VM/reiserfs-dirty.0"
pygrub_reads reiserfs-dirty new "$IMAGES_VM/reiserfs-dirty.0"
run grub-fstest "$IMAGES_VM/reiserfs-dirty.0" cmp "(loop0)/boot/initrd-xen" "$IMAGES_VM/new/boot/initrd-xen"
is "$((status != 0))" 1 'reiserfs-dirty: what is new stands in the log only'

# --- XFS v4 ----------------------------------------------------------------------------------
for name in xfs4 xfs4-ftype; do
    boots $name tree "$IMAGES_VM/$name.0"
    grub_reads $name tree "$IMAGES_VM/$name.0"
done
pygrub_reads xfs4 tree "$IMAGES_VM/xfs4.0"

# --- md --------------------------------------------------------------------------------------
for name in md-raid1 md-raid1-090 md-raid1-10 md-raid0 md-raid10 md-linear md-partitions md-lvm; do
    boots $name tree "$IMAGES_VM/$name".[0-9]
    # It knows no such level.
    [ $name = md-linear ] || grub_reads $name tree "$IMAGES_VM/$name".[0-9]
done
for name in md-raid1 md-raid1-090 md-raid1-10 md-partitions md-lvm; do
    for leg in 0 1; do boots "$name, leg $leg alone" tree "$IMAGES_VM/$name.$leg"; done
done
boots 'md-raid10, half of it' tree "$IMAGES_VM"/md-raid10.[02]
boots md-stale tree "$IMAGES_VM"/md-stale.[01]
boots 'md-stale, the other way round' tree "$IMAGES_VM"/md-stale.1 "$IMAGES_VM"/md-stale.0
boots 'md-stale, the stale leg alone' old "$IMAGES_VM"/md-stale.0
refuses md-raid5 'a RAID 5, which is not read here'

# --- LVM -------------------------------------------------------------------------------------
for name in lvm-linear lvm-striped lvm-mirror lvm-raid1 lvm-raid0 lvm-raid10 lvm-snapshot lvm-cache; do
    boots $name tree "$IMAGES_VM/$name".[0-9]
    # GRUB 2.06 knows no volumes of these kinds.
    [[ $name = lvm-raid0 || $name = lvm-raid10 ]] || grub_reads $name tree "$IMAGES_VM/$name".[0-9]
    is "$("$ELILOADER" probe --json "$IMAGES_VM/$name".[0-9] | jq -r .boot.volume)" "lvm/vg--${name#lvm-}-boot" "$name: its name"
done
boots 'lvm-mirror, one leg' tree "$IMAGES_VM/lvm-mirror.0"
boots 'lvm-mirror, the other leg' tree "$IMAGES_VM/lvm-mirror.1"
boots 'lvm-raid1, one leg' tree "$IMAGES_VM/lvm-raid1.0"
boots 'lvm-raid1, the other leg' tree "$IMAGES_VM/lvm-raid1.1"
boots lvm-degraded tree "$IMAGES_VM"/lvm-degraded.[01]
boots 'lvm-degraded, the other way round' tree "$IMAGES_VM"/lvm-degraded.1 "$IMAGES_VM"/lvm-degraded.0
boots 'lvm-degraded, what was away, alone' old "$IMAGES_VM"/lvm-degraded.0
boots 'lvm-raid10, one of each pair' tree "$IMAGES_VM"/lvm-raid10.[02]
refuses lvm-raid5 'boot on .* is RAID 5'
refuses lvm-thin 'boot on .* is a thin volume'
refuses lvm-writeback 'it has a cache that writes back'

# --- what is not read ------------------------------------------------------------------------
refuses jfs 'is JFS'
refuses f2fs 'is F2FS'
refuses luks 'is encrypted \(LUKS\)'
done_testing
