#!/bin/bash
# A boot of our own, on every image of tests/images: what is copied out of the disk is what pygrub
# extracts, byte by byte, where pygrub can, and what debugfs finds there where it cannot.
# SPDX-License-Identifier: GPL-3.0-or-later
# The tools that make images sync each: in memory that costs nothing.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
needs pygrub debugfs jq mke2fs
mkdir out.d

# native [OPTION…] DISK…: the answer in the file out, as run
native() {
    rm -f out.d/*
    run "$ELILOADER" -q --output-format=simple --output-directory="$WORK/out.d" "$@"
}
# answer KEY [FILE]
answer() { sed -n "s/^$1 //p" "${2:-out}"; }

# dump IMAGE OFFSET PATH FILE: the file's bytes by debugfs, links followed, which debugfs itself does
# not at the end of a path.
dump() {
    local path=$3 target
    while target=$(debugfs -R "stat \"$path\"" "$1?offset=$2" 2>/dev/null) &&
        [[ $target == *"Type: symlink"* ]]; do
        if grep -q 'Fast link dest:' <<<"$target"; then
            target=$(sed -n 's/^Fast link dest: "\(.*\)"$/\1/p' <<<"$target")
        else
            target=$(debugfs -R "cat \"$path\"" "$1?offset=$2" 2>/dev/null | tr -d '\0')
        fi
        case "$target" in
        /*) path=$target ;;
        *) path=${path%/*}/$target ;;
        esac
    done
    debugfs -R "dump \"$path\" $4" "$1?offset=$2" >/dev/null 2>&1 && [ -s "$4" ] || return
    # Of a file that lies in its inode, libext2fs gives all the 60 bytes that it has there.
    truncate -s "$(sed -n 's/^User:.* Size: *//p' <<<"$target")" "$4"
}

# Whether the files in out are those that debugfs finds where the probe says.
check_sources() { # IMAGE NAME
    local kernel offset count i path
    "$ELILOADER" probe --json "$1" >probe.json 2>/dev/null
    kernel=$(jq -r '.boot.kernel // ""' probe.json)
    offset=$(jq -r '.boot.offset // 0' probe.json)
    if [ -z "$kernel" ]; then
        is "$status $(ls -A out.d)" "3 " "$2: nothing boots, and no file is left"
        return
    fi
    dump "$1" "$offset" "$kernel" want-kernel && cmp -s want-kernel "$(answer kernel)"
    ok $? "$2: the kernel is the file on the disk" "$(cat out err)"
    : >want-ramdisk
    count=$(jq '.boot.ramdisks | length' probe.json)
    for ((i = 0; i < count; i++)); do
        path=$(jq -r ".boot.ramdisks[$i]" probe.json)
        truncate -s %4 want-ramdisk
        dump "$1" "$offset" "$path" part && cat part >>want-ramdisk
    done
    if [ "$count" = 0 ]; then
        is "$(answer ramdisk)" "" "$2: there is no ramdisk"
    else
        cmp -s want-ramdisk "$(answer ramdisk)"
        ok $? "$2: and so is the ramdisk" "$(cat out err)"
    fi
    is "$(answer args)" "$(jq -r .boot.args probe.json)" "$2: and the arguments are the entry's"
}

# How pygrub answers is not ours to say: where it gives up, that is said, and nothing is compared.
compared=0
check_pygrub() { # IMAGE NAME
    # libext2fs, see dump()
    [[ $2 != *-inline* ]] || return 0
    rm -rf pygrub-out && mkdir pygrub-out
    if ! pygrub -q --output-format=simple --output-directory=pygrub-out "$1" >pygrub.answer 2>pygrub.err; then
        echo "# $2: pygrub cannot: $(tail -n 1 pygrub.err)"
        return 0
    fi
    compared=$((compared + 1))
    cmp -s "$(answer kernel)" "$(answer kernel pygrub.answer)"
    ok $? "$2: pygrub's kernel is the same"
    if [ -n "$(answer ramdisk pygrub.answer)" ]; then
        cmp -s "$(answer ramdisk)" "$(answer ramdisk pygrub.answer)"
        ok $? "$2: and so is its ramdisk"
    fi
    # syslinux leaves initrd= on the command line, as we do; pygrub takes it off.
    is "$(answer args | sed -E 's/(^| )initrd=[^ ]+//' | xargs)" "$(answer args pygrub.answer | xargs)" \
        "$2: and so are the arguments"
}

mkdir images
"$TESTS/images/make.sh" all images >list || { ok 1 "the images are made"; done_testing; }
# Under the sanitizers, which say nothing of pygrub, every fifth will do.
every=1
[ "${SANITIZED:-}" != 1 ] || every=5
sort list | awk -v every=$every 'NR % every == 0' >chosen
xargs sha256sum <chosen >before
while read -r image <&3; do
    name=$(basename "$image" .img)
    native "$image"
    check_sources "$image" "$name"
    if [ $every = 1 ]; then check_pygrub "$image" "$name"; fi
done 3<chosen
[ $every != 1 ] || [ "$compared" -gt 0 ]
ok $? "pygrub boots some of them ($compared)"
sha256sum --quiet -c before >changed 2>&1
ok $? "no image was changed" "$(cat changed)"

# --- what one image does not show --------------------------------------------------------------
kernel() {
    bash -c '. "$1"; kernel "$2" "$3"' - "$TESTS/images/trees.sh" "$1" "${2:-x}"
}
mkdir -p tree/boot/grub
kernel tree/boot/vmlinuz-6.1
for i in 1 2 3; do head -c $((70000 * i + i)) /dev/urandom >tree/boot/initrd$i; done
cat >tree/boot/grub/grub.cfg <<'END'
menuentry several {
    linux /boot/vmlinuz-6.1 root=/dev/xvda1
    initrd /boot/initrd1 /boot/initrd2 /boot/initrd3
}
menuentry none { linux /boot/vmlinuz-6.1 }
menuentry gone {
    linux /boot/vmlinuz-6.1
    initrd /boot/gone
}
END
printf '# CONFIG_XEN is not set\n' >tree/boot/config-6.1
mke2fs -q -F -t ext4 -d tree several.img 8M >/dev/null 2>&1

native several.img
for i in 1 2 3; do
    truncate -s %4 joined 2>/dev/null || : >joined
    cat tree/boot/initrd$i >>joined
done
cmp -s joined "$(answer ramdisk)"
ok $? "several ramdisks are joined, each at a multiple of four bytes"
is "$(stat -c %a "$(answer kernel)" "$(answer ramdisk)" | xargs)" "600 600" "the files are the toolstack's alone"
rm -f out.d/*
run "$ELILOADER" --output-format=simple --output-directory="$WORK/out.d" several.img
like "$(cat err)" 'several.img: the kernel /boot/vmlinuz-6.1.*(without|Xen)' "a kernel without Xen is warned of"
like "$(cat err)" '/boot/config-6.1' "by its configuration"

native --args='more of it' several.img
is "$(answer args)" "root=/dev/xvda1 more of it" "arguments from dom0 come last"
native --entry=none several.img
is "$status $(answer ramdisk) $(find out.d -type f | wc -l)" "0  1" "an entry without a ramdisk makes one file"
native --entry=gone several.img
like "$(cat err)" '"gone" of /boot/grub/grub.cfg, which was asked for, cannot be booted: its ramdisk cannot be used: /boot/gone is not there' "a ramdisk that is not there"
is "$(ls -A out.d)" "" "leaves no file"
native --entry=7 several.img
is "$status $(ls -A out.d)" "3 " "an entry that is not there leaves no file"
like "$(cat err)" 'nothing on several.img can be booted: no boot configuration on several.img has the entry "7"' \
    "and is told"
like "$(cat err)" 'the entry "7"; there are 0 ".*", 1 ".*; .eliloader -l several.img. lists what there is$' "with those that there are"
native --entry=gnoe several.img
like "$(cat err)" "lists what there is; did you mean 'gone'\?$" "and the likely one"
native --kernel=/boot/vmlinuz-6.1 --ramdisk=/boot/initrd2 several.img
cmp -s tree/boot/initrd2 "$(answer ramdisk)"
ok $? "files by their paths" "$(cat out err)"

size=$(stat -c %s joined)
native --ramdisk-max-size="$size" several.img
is "$status" 0 "at the limit"
native --ramdisk-max-size=$((size - 1)) several.img
is "$status $(ls -A out.d)" "1 " "above the limit nothing is left"
like "$(cat err)" "the ramdisk /boot/initrd3 in several.img is too large: with those before it $size bytes.* raise it with --ramdisk-max-size=SIZE" \
    "the limit is named, and how it is raised"

# Damage in the middle of a file: the extent's blocks are past the end.
cp several.img damaged.img
debugfs -w -R 'sif /boot/initrd1 block[5] 999999' damaged.img >/dev/null 2>&1
native damaged.img
is "$status $(ls -A out.d)" "1 " "damage in a file leaves nothing"
like "$(cat err)" 'cannot copy (the ramdisk )?/boot/initrd1' "and is told with the file's name"

# Kernel and ramdisk on different filesystems.
mkdir -p one/boot/grub two
cp tree/boot/vmlinuz-6.1 one/boot
cp tree/boot/initrd2 two
printf 'menuentry a {\n linux /boot/vmlinuz-6.1\n initrd (hd0,msdos2)/initrd2\n}\n' >one/boot/grub/grub.cfg
truncate -s 18M both.img
printf 'label: dos\nstart=2048,size=16384,type=83\nstart=18432,size=16384,type=83\n' | sfdisk -q both.img
for part in one two; do
    mke2fs -q -F -t ext4 -d $part $part.fs 8M >/dev/null 2>&1
    dd if=$part.fs of=both.img bs=1M seek="$([ $part = one ] && echo 1 || echo 9)" conv=notrunc status=none
done
native both.img
cmp -s two/initrd2 "$(answer ramdisk)"
ok $? "a ramdisk of another partition" "$(cat out err)"

# Oracle Linux 5: the default kernel cannot run as a guest, and another one can.
mkdir -p oracle/boot/grub
kernel oracle/boot/vmlinuz-2.6.39-400.215.10.el5uek uek
kernel oracle/boot/vmlinuz-2.6.18-371.el5xen other
printf 'default=0\ntitle uek\nkernel /boot/vmlinuz-2.6.39-400.215.10.el5uek ro\ntitle xen\nkernel /boot/vmlinuz-2.6.18-371.el5xen ro\n' \
    >oracle/boot/grub/grub.conf
mke2fs -q -F -t ext3 -d oracle oracle.img 8M >/dev/null 2>&1
native oracle.img
cmp -s oracle/boot/vmlinuz-2.6.18-371.el5xen "$(answer kernel)"
ok $? "Oracle Linux 5 gets its other kernel" "$(cat out err)"
# Before it, a menu of the same numbers whose kernels are gone: it decides. Asked for the place of the
# other one, the same number is looked for there.
mkdir -p stale/boot/grub
sed 's/vmlinuz/gone/' oracle/boot/grub/grub.conf >stale/boot/grub/grub.conf
mke2fs -q -F -t ext3 -d stale stale.fs 8M >/dev/null 2>&1
cp both.img behind.img
dd if=stale.fs of=behind.img bs=1M seek=1 conv=notrunc status=none
dd if=oracle.img of=behind.img bs=1M seek=9 conv=notrunc status=none
native behind.img
like "$status $(cat err)" '^3 .*"uek" of /boot/grub/grub.conf cannot be booted: /boot/gone-2.6.39.* is not there' \
    "a menu before it decides"
native --offset=$((9 << 20)) behind.img
cmp -s oracle/boot/vmlinuz-2.6.18-371.el5xen "$(answer kernel)"
ok $? "also where another menu has that number" "$(cat out err)"
like "$(cat err)" 'note: the kernel /boot/vmlinuz-2.6.39-400.215.10.el5uek cannot run as a PV guest; entry 1 is taken instead' \
    "and that is told"
native --entry=uek oracle.img
cmp -s oracle/boot/vmlinuz-2.6.39-400.215.10.el5uek "$(answer kernel)"
ok $? "unless it is asked for the first one" "$(cat out err)"

# A device in the place of a file, where there are any.
if device=$(losetup --find --show --read-only several.img 2>/dev/null) && [ -b "$device" ]; then
    at_exit losetup -d "$device"
    native "$device"
    cmp -s joined "$(answer ramdisk)"
    ok $? "from a block device" "$(cat out err)"
else
    echo "# no loop device can be had here: block devices are not tried"
fi
done_testing
