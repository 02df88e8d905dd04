#!/usr/bin/env bash
# In pygrub's place: the same options, on the same images, get the same kernel, ramdisk and
# arguments as from the real pygrub; and what only pygrub can read boots through it.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../images/trees.sh
. "$TESTS/images/trees.sh"

needs pygrub

# contents FILE: of an answer in the form simple: both files' sums and the arguments. pygrub takes
# syslinux' "initrd=" out of the arguments; syslinux itself, and we, leave it.
contents() {
    local key
    for key in kernel ramdisk; do
        echo "$key $(sed -n "s/^$key //p" "$1" | xargs -r sha256sum | cut -d' ' -f1)"
    done
    sed -nE '/^args/{ s/ initrd=[^ ]*//; s/ +$//; p; }' "$1"
}
# same NAME WORD…: the image is the last word
same() {
    local name=$1
    shift
    rm -rf theirs && mkdir theirs && clear_boot
    pygrub -q --output-format=simple --output-directory=theirs "$@" >theirs.answer 2>theirs.err ||
        { ok 1 "$name: pygrub boots" "$(cat theirs.err)"; return; }
    boot -q --output-format=simple --handoff=native "$@"
    is "$status $(grep -v '^eliloader: note: .*, as was asked for' err)" '0 ' "$name: boots"
    is "$(contents out)" "$(contents theirs.answer)" "$name: what pygrub boots"
}
# lists IMAGE: pygrub knows no numbers, and says "root" otherwise
lists() {
    pygrub -l --output-directory="$WORK" "$1" 2>/dev/null | grep -vE '^  root:' |
        sed -E 's/^(  args:) initrd=[^ ]*/\1/' >theirs.list
    boot -l "$1"
    is "$status $(grep -vE '^  (root|number|id):' out | sed -E 's/^(  args:) initrd=[^ ]*/\1/')" \
        "0 $(cat theirs.list)" "$(basename "$1"): the same list"
}
title() { sed -n 's/^title: //p' theirs.list | sed -n "$1p"; }

images=(dos-ext4-grub2-2 none-ext4-legacy none-ext4-extlinux none-ext4-menu gpt-ext4-legacy-boot-1)
[ "${SANITIZED:-}" != 1 ] || images=(dos-ext4-grub2-2 none-ext4-extlinux)
for name in "${images[@]}"; do
    image=$("$TESTS/images/make.sh" "$name" .)
    lists "$image"
    same "$name" "$image"
    same "$name, --args" --args='a=b c' "$image"
    same "$name, --entry=0" --entry=0 "$image"
    [ "$(grep -c ^title: theirs.list)" = 1 ] || {
        same "$name, --entry=1 and --args" --entry=1 --args=x "$image"
        same "$name, the title of entry 1" --entry="$(title 2)" "$image"
    }
    kernel=$(sed -n 's/^  kernel: //p' theirs.list | tail -n1)
    ramdisk=$(sed -n 's/^  initrd: //p' theirs.list | tail -n1)
    same "$name, --kernel and --ramdisk" --kernel="$kernel" --ramdisk="$ramdisk" --args='k l' "$image"
    same "$name, --kernel" --kernel "$kernel" "$image"
done
data=$("$TESTS/images/make.sh" dos-ext4-grub2-2-data .)
same '--offset' --offset=10485760 "$data"
same '--offset and --kernel' --offset=10485760 --kernel=/boot/vmlinuz-5.10 "$data"

# What pygrub cannot boot.
bls=$("$TESTS/images/make.sh" none-ext4-bls .)
clear_boot
boot -q --output-format=simple "$bls"
is "$status $(sed -n 's/^args //p' out)" '0 root=/dev/xvda1 ro' 'Boot Loader Specification entries boot'

# An image of a CD, by either.
needs xorriso
make_tree legacy tree
xorriso -as mkisofs -quiet -R -o cd.iso tree 2>/dev/null
clear_boot
boot -q --output-format=simple --handoff=native cd.iso
is "$status" 0 'ISO 9660: boots by ourselves'
clear_boot
: >answer
boot --output=answer --output-format=simple0 --args=x cd.iso
is "$status $(parse_simple0 answer | sed -n 's/^args=//p')" '0 root=/dev/xvda1 ro x' \
    'ISO 9660: pygrub boots it'
is "$(sha256 "$(parse_simple0 answer | sed -n 's/^kernel=//p')")" \
    "$(sha256 tree/boot/vmlinuz-2.6.26)" 'ISO 9660: its kernel'
is "$(boot_files)" 'eliloader-kernel eliloader-ramdisk' 'ISO 9660: nothing else is left'
make_tree data empty && xorriso -as mkisofs -quiet -R -o empty.iso empty 2>/dev/null
clear_boot
boot empty.iso
is "$status $(wc -c <out) $(boot_files)" '3 0 ' 'an empty CD: neither'
unlike "$(cat err)" 'pygrub|partition containing kernel' "an empty CD: the loader's own reason is given"
clear_boot
boot -q --handoff=pygrub --entry=1 --output-format=simple --args=x none-ext4-extlinux.img
is "$status $(sed -n 's/^args //p' out)" '0 root=/dev/xvda1 ro x' '--handoff=pygrub: pygrub boots'
done_testing
