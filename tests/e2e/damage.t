#!/bin/bash
# Disks that are damaged on purpose: whatever a field says, fsprobe ends within a second with
# an answer (or, taken over, killed, but that would be a failure here), and writes nothing.
# Every case is one run of the helper, on the image as it is damaged in place and mended.
# SPDX-License-Identifier: GPL-3.0-or-later
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../lib.sh"
FSPROBE=$BUILD/libexec/eliloader/fsprobe
MAKE=$TESTS/images/make.sh
# seconds that one run may take; the sanitizers are slower
limit=1
[ -z "${SANITIZED:-}" ] || limit=5

probe() {
    timeout "$limit" "$FSPROBE" 3>&1 >/dev/null 2>&9 4<"$1" \
        <<<'{"disks":["disk"],"family":null,"arch":null,"uid":65534}'
}
exec 9>/dev/null

# poke IMAGE AT WIDTH VALUE: little-endian
poke() {
    local value=$4 bytes='' i
    for ((i = 0; i < $3; i++)); do
        bytes+=$(printf '\\x%02x' $((value & 255)))
        value=$((value >> 8))
    done
    # shellcheck disable=SC2059 # bytes
    printf "$bytes" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
# bad: what went wrong with the cases so far
bad=()
cases=0
try() { # IMAGE WHAT
    local status answer
    answer=$(probe "$1")
    status=$?
    cases=$((cases + 1))
    if [ "$status" != 0 ] || [[ $answer != *'"answer":'*'}' ]]; then
        bad+=("$2: status $status, ${answer:0:200}")
    fi
}
# fields IMAGE WHAT [--gpt HEADER] FIELD…: see damage.py
fields() {
    local image=$1 what=$2 line
    shift 2
    while read -r line; do
        if [[ $line =~ ^[0-9]+$ ]]; then cases=$((cases + line)); else bad+=("$what: $line"); fi
    done < <("$TESTS/images/damage.py" "$FSPROBE" "$image" "$limit" "$@" 2>&1)
}
report() { # NAME
    [ ${#bad[@]} = 0 ] && [ "$cases" -gt 0 ]
    ok $? "$1 ($cases cases)" "${bad[@]}"
    bad=()
    cases=0
}
shifted() { # BASE OFFSET:WIDTH…
    local base=$1 field
    shift
    for field; do echo "$((base + ${field%:*})):${field#*:}"; done
}
make_image() {
    "$MAKE" "$1" . >/dev/null
    cp "$1.img" "$2"
    sum=$(sha256sum <"$2")
}
unchanged() { # IMAGE NAME
    is "$(sha256sum <"$1")" "$sum" "$2: nothing else was written"
}

# --- partition tables ----------------------------------------------------------------------
make_image dos-logical-ext4-grub2-5 d
entry='0:1 1:1 4:1 8:4 12:4'
# shellcheck disable=SC2046,SC2086 # lists of fields
{
    fields d 'MBR' 510:2 $(shifted 446 $entry) $(shifted 462 $entry)
    fields d 'EBR' $(shifted $((20480 * 512 + 446)) $entry) $(shifted $((20480 * 512 + 462)) $entry) $((20480 * 512 + 510)):2
}
report 'each field of MBR and of the chain of logical partitions'
unchanged d MBR

make_image gpt-ext4-grub2-2 d
header='12:4 24:8 32:8 40:8 48:8 72:8 80:4 84:4 88:4'
# shellcheck disable=SC2086
{
    fields d 'GPT header, not mended' 512:8 520:4 524:4 528:4
    fields d 'first GPT header' --gpt 512 $header
    fields d 'GPT entry' 1024:8 1056:8 1064:8 1072:8 1152:8 1184:8 1192:8
    # the second header, with the first one gone
    dd if=d of=first bs=512 skip=1 count=1 status=none
    dd if=/dev/zero of=d bs=512 seek=1 count=1 conv=notrunc status=none
    fields d 'second GPT header' --gpt $((32 * 1024 * 1024 - 512)) $header
    dd if=first of=d bs=512 seek=1 conv=notrunc status=none
}
report 'each field of both GPT headers and of entries'
unchanged d GPT

# --- the filesystem ------------------------------------------------------------------------
# Without metadata_csum, so that damage is not simply refused by a checksum; and with it.
super_fields=$(for at in 0 4 20 24 28 32 36 40 48 76 84 92 96 100 224 228 256 336 352 396; do echo "$((1024 + at)):4"; done
    for at in 56 58 60 62 88 90 206 254 348 350; do echo "$((1024 + at)):2"; done)
for recipe in none-ext4-plain none-ext2-grub2 none-ext4-grub2; do
    make_image "$recipe" d
    # shellcheck disable=SC2086
    fields d superblock $super_fields
    report "each field of the superblock ($recipe)"
    unchanged d superblock
done

# inode NUMBER: where it stands on the image d
inode() {
    debugfs -R "imap <$1>" d 2>/dev/null | sed -n 's/.*block \([0-9]*\), offset \(0x[0-9a-f]*\).*/\1 \2/p' |
        { read -r block offset && echo $((block * block_size + offset)); }
}
inode_of() {
    debugfs -R "stat $1" d 2>/dev/null | sed -n 's/^Inode: \([0-9]*\).*/\1/p'
}
inode_fields='0:2 4:4 28:4 32:4 40:2 42:2 44:2 46:2 48:2 50:2 52:2 54:2 56:4 60:4 64:4 88:4 92:4 96:4 108:4'
for recipe in none-ext4-plain none-ext2-grub2 none-ext4-long-links; do
    make_image "$recipe" d
    block_size=$(dumpe2fs -h d 2>/dev/null | sed -n 's/^Block size: *//p')
    [ "$recipe" != none-ext4-long-links ] || tune2fs -O ^metadata_csum d >/dev/null 2>&1
    descriptors=$((block_size == 1024 ? 2048 : block_size))
    sum=$(sha256sum <d)
    # shellcheck disable=SC2046,SC2086
    {
        fields d descriptor $(shifted "$descriptors" 0:4 4:4 8:4 18:2 28:2 30:2)
        for path in / /boot /boot/grub /boot/grub/grub.cfg /boot/vmlinuz-6.1 /boot/k59 /boot/k1003; do
            number_of=$(inode_of "$path")
            [ -n "$number_of" ] || continue
            fields d "inode of $path" $(shifted "$(inode "$number_of")" $inode_fields)
        done
        for path in / /boot; do
            at=$(($(debugfs -R "bmap $path 0" d 2>/dev/null) * block_size))
            fields d "entries of $path" $(shifted $at 0:4 4:2 6:1 7:1 8:4 12:4 16:2 18:1 20:4 24:4 28:2 30:1 32:4)
        done
    }
    report "descriptors, inodes, extents and directory entries ($recipe)"
    unchanged d inodes
done

# The hash index of a directory.
make_image none-ext4-htree d
tune2fs -O ^metadata_csum d >/dev/null 2>&1
block_size=1024
sum=$(sha256sum <d)
at=$(($(debugfs -R 'bmap /boot 0' d 2>/dev/null) * block_size))
# shellcheck disable=SC2046
fields d 'hash index' $(shifted $at 24:4 28:1 29:1 30:1 31:1 32:2 34:2 36:4 40:4 44:4 48:4)
report 'the hash index'
unchanged d 'hash index'

# --- loops ---------------------------------------------------------------------------------
make_image none-ext4-plain d
boot=$(inode_of /boot)
debugfs -w -R "ln /boot /boot/again" d >/dev/null 2>&1
debugfs -w -R "symlink /boot/grub/loop loop" d >/dev/null 2>&1
try d 'a directory in itself'
# an extent tree whose first node is itself: header (entries 1, max 4, depth 1), one index
block_size=4096
at=$(inode "$boot")
here=$(debugfs -R 'bmap /boot 0' d 2>/dev/null)
poke d $((at + 40)) 4 $((0xF30A | 1 << 16))
poke d $((at + 44)) 4 $((4 | 5 << 16))
poke d $((at + 52)) 4 0
poke d $((at + 56)) 4 "$here"
poke d $((at + 60)) 4 0
poke d $((here * 4096)) 4 $((0xF30A | 1 << 16))
poke d $((here * 4096 + 4)) 4 $((340 | 5 << 16))
poke d $((here * 4096 + 12)) 4 0
poke d $((here * 4096 + 16)) 4 "$here"
poke d $((here * 4096 + 20)) 4 0
try d 'an extent tree that leads into itself'
like "$(probe d | jq -r '.answer.problems[0]')" '^cannot look up /boot/grub/grub.cfg in disk: .* cannot be read: Found cyclic loop in extent tree' 'it is told'
for kind in ring self; do
    rm -rf tree && mkdir -p tree/boot/grub
    case $kind in
    ring) ln -s two tree/boot/one && ln -s one tree/boot/two && ln -s ../boot/one tree/boot/grub/grub.cfg ;;
    self) ln -s grub.cfg/x tree/boot/grub/grub.cfg && ln -s . tree/vmlinuz ;;
    esac
    mke2fs -q -F -d tree d 4M >/dev/null 2>&1
    try d "symbolic links: $kind"
done
report 'loops'

# --- sizes past the end --------------------------------------------------------------------
make_image none-ext4-grub2 d
for size in 8388607 8000000 1000000 140000 100000 5000 4096 2048 2047 1025 1024 511 1; do
    truncate -s "$size" d
    try d "cut to $size bytes"
done
make_image gpt-ext4-grub2-2 d
for size in 33554431 20000000 10485760 1048577 20000 1024 513 512; do
    truncate -s "$size" d
    try d "GPT cut to $size bytes"
done
report 'disks that end too early'
like "$(probe d | jq -r '.answer.problems[0]')" '^disk has an MBR that belongs to a partition table of the kind GPT, which is gone, and so is its copy' \
    'says that nothing is left'

# --- the journal ---------------------------------------------------------------------------
make_image none-ext4-plain d
block_size=4096
head -c 8192 /dev/zero >blocks.bin
printf 'jo\njw -b 1900,1901 blocks.bin\njw -r 1900\njc\n' | debugfs -w d >/dev/null 2>&1
sum=$(sha256sum <d)
journal=$(($(debugfs -R 'bmap <8> 0' d 2>/dev/null) * 4096))
# numbers here are big-endian: the damage is the same
# shellcheck disable=SC2046
fields d journal $(shifted $journal 0:4 4:4 8:4 12:4 16:4 20:4 24:4 28:4 36:4 40:4 44:4) \
    $(shifted $((journal + 4096)) 0:4 4:4 8:4 12:4 16:4 20:4 24:4) \
    $(shifted $((journal + 5 * 4096)) 0:4 4:4 8:4 12:4 16:4)
report 'the journal'
unchanged d journal
done_testing
