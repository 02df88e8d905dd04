#!/usr/bin/env bash
# Taking a guest's kernel and ramdisk (49 MB) out of each kind of disk: against `cp` of the same two
# files, for an image that was just written and one that was read again; against two runs of
# `grub-fstest cp`; and against pygrub where it reads the disk. And finding what it boots, against ext4.
# Root is needed for Btrfs that is packed, which only the kernel writes.
#   KINDS='ext4 xfs' RUNS=11 tests/bench/filesystems.sh
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
export PATH=$PATH:/usr/sbin:/sbin
RUNS=${RUNS:-21}
KINDS=${KINDS:-ext4 ext4-1k xfs fat iso lvm md reiserfs btrfs btrfs-zstd btrfs-zlib}
images=$BENCH/../images
pygrub=$(command -v pygrub)

work=$(mktemp -d "${TMPDIR:-/tmp}/eliloader-bench.XXXXXX")
trap 'mountpoint -q "$work/at" && umount "$work/at"; rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir out at
chmod 711 "$work"
real_tree
cp -r tree packed
zcat "$real/initrd.gz" | head -c "$(stat -c %s "$real/initrd.gz")" >packed/boot/initrd.img-6.1

# make KIND: guest.img, of the folder $tree
make() {
    truncate -s 320M guest.img
    case $1 in
    ext4) mke2fs -q -F -t ext4 -b 4096 -d $tree guest.img ;;
    ext4-1k) mke2fs -q -F -t ext4 -b 1024 -d $tree guest.img ;;
    xfs) python3 "$images/xfs.py" proto $tree >description && mkfs.xfs -q -p description guest.img ;;
    fat) mkfs.vfat -F 32 guest.img && mcopy -i guest.img -s $tree/boot ::/ ;;
    iso) rm guest.img && xorriso -as mkisofs -quiet -R -o guest.img $tree ;;
    lvm | md)
        truncate -s 256M inner && mke2fs -q -F -t ext4 -b 4096 -d $tree inner || return
        if [ "$1" = lvm ]; then
            "$images/lvm.py" guest.img : boot,linear,4096 = boot inner
        else
            "$images/md.py" 1.2 raid1 0 inner guest.img -
        fi
        rm inner
        ;;
    reiserfs) mkreiserfs -q -f -f guest.img && python3 "$images/reiserfs.py" fill guest.img $tree ;;
    btrfs) mkfs.btrfs -q -r $tree guest.img ;;
    btrfs-*)
        mkfs.btrfs -q guest.img && mount -o "loop,compress-force=${1#*-}" guest.img at &&
            cp -r $tree/boot at && umount at
        ;;
    esac >/dev/null 2>&1
}
# read_again FILE…: out of the page cache and in again, as files come that nobody has just written
read_again() {
    local file
    sync
    for file; do
        dd if="$file" of=/dev/null iflag=nocache count=0 status=none
        cat "$file" >/dev/null
    done
}
# limit KIND: what its ratio to cp may be
limit() {
    case $1 in
    btrfs) echo 1.2 ;;
    btrfs-zstd) echo 2 ;;
    btrfs-zlib) echo 5 ;;
    *) echo 1.15 ;;
    esac
}

cat >grub <<'END'
#!/bin/sh
# DEVICE OUT: both files, by GRUB's own readers
grub-fstest guest.img cp "($1)/boot/vmlinuz-6.1" "$2/k" && grub-fstest guest.img cp "($1)/boot/initrd.img-6.1" "$2/r"
END
chmod +x grub
tree=tree
make ext4 && mv guest.img ext4.img
for kind in $KINDS; do
    case $kind in
    btrfs-*)
        [ "$(id -u)" = 0 ] || { echo "--- $kind needs root: not measured" && continue; }
        tree=packed
        ;;
    *) tree=tree ;;
    esac
    rm -f guest.img
    make "$kind" || { echo "$kind cannot be made here" && exit 1; }
    ours=("$ELILOADER" -q --output-directory="$work/out" "$work/guest.img")
    "${ours[@]}" >/dev/null || exit 1
    cmp out/eliloader-kernel.* $tree/boot/vmlinuz-6.1 && cmp out/eliloader-ramdisk.* $tree/boot/initrd.img-6.1 || exit 1
    rm -f out/*
    export BENCH_EMPTY=$work/out
    for state in 'just written' 'read again'; do
        [ "$state" = 'just written' ] || read_again guest.img $tree/boot/*-6.1
        echo "--- $kind, $state, against cp"
        compare "$RUNS" ::: eliloader "${ours[@]}" \
            ::: cp /bin/cp "$work/$tree/boot/vmlinuz-6.1" "$work/$tree/boot/initrd.img-6.1" "$work/out"
        goal "$kind, $state: ratio to cp" "$ratio" "$(limit "$kind")"
    done
    echo "--- $kind against grub-fstest, twice"
    device=$("$ELILOADER" probe --json guest.img | jq -r '.boot.volume // "loop0"')
    compare "$RUNS" ::: eliloader "${ours[@]}" ::: 'grub-fstest cp' "$work/grub" "$device" "$work/out"
    goal "$kind: ratio to grub-fstest" "$ratio" 0.5
    theirs=("$pygrub" -q --kernel=/boot/vmlinuz-6.1 --ramdisk=/boot/initrd.img-6.1 --output-directory="$work/out" "$work/guest.img")
    if "${theirs[@]}" >/dev/null 2>&1; then
        echo "--- $kind against pygrub"
        compare "$RUNS" ::: eliloader "${ours[@]}" ::: 'pygrub -q' "${theirs[@]}"
        goal "$kind: ratio to pygrub (at least 3 times faster)" "$ratio" 0.333
    fi
    [ "$kind" != ext4 ] || continue
    echo "--- probe of $kind against ext4"
    compare $((RUNS * 3)) ::: "$kind" "$ELILOADER" probe --json "$work/guest.img" \
        ::: ext4 "$ELILOADER" probe --json "$work/ext4.img"
    goal "$kind: ratio of a probe to one of ext4" "$ratio" 1.2
done
finish_bench
