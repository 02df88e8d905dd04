#!/bin/bash
# Our interpreter of grub.cfg against GRUB itself: grub-emu runs GRUB 2.06's own interpreter on
# the same disk image, and both must come to the same kernel, arguments and ramdisks.
#
# How: the disk has two ext2 partitions. grub-emu starts with a configuration of ours that
# defines `linux`, `initrd` and others, which its build lacks, as functions that print what they
# were called with, and then sources the grub.cfg of the disk; its menu boots the default entry
# at once. Ours is the answer of fsprobe for that image.
#
# A case is a file of grub-emu-cases: lines up to the first "@file PATH" are grub.cfg, those
# behind it that file on the first partition. "@ours TEXT" is what ours shall say where GRUB
# says something else, with the reason in the comment above it; "@ignore WHAT" the same for a
# GRUB that cannot be asked. What is expected is never written down otherwise.
#
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

FSPROBE=$BUILD/libexec/eliloader/fsprobe
needs grub-emu script mke2fs sfdisk jq
export LSAN_OPTIONS=detect_leaks=0

UUID1=11111111-2222-3333-4444-555555555501
UUID2=11111111-2222-3333-4444-555555555502

# A kernel as far as anyone looks: the two magics of a bzImage.
kernel() {
    mkdir -p "$(dirname "$1")"
    head -c 4096 /dev/zero >"$1"
    printf '\x55\xaa' | dd of="$1" bs=1 seek=510 conv=notrunc status=none
    printf 'HdrS\x0f\x02' | dd of="$1" bs=1 seek=514 conv=notrunc status=none
}

# What every disk holds besides the files of its case.
common_files() {
    local n
    kernel one/vmlinuz
    mkdir -p one/boot/grub
    for n in 1 2 3 4 5 6 7 8 9; do
        cp one/vmlinuz one/boot/vmlinuz-$n
        echo ramdisk $n >one/boot/initrd-$n
    done
    echo microcode >one/boot/ucode.img
    cp one/vmlinuz one/boot/xen.gz
    mkdir two
    cp one/vmlinuz two/vmlinuz-2nd
    echo second >two/initrd-2nd
    touch one/both two/both
    echo 'set timeout=0
menuentry "from second" { linux /vmlinuz-2nd by=second; }' >two/second.cfg
}

# unpack CASE DIR: the files of a case.
unpack() {
    awk -v dir="$2" '
        function begin(path) { out = dir path; sub(/\/[^\/]*$/, "", path); system("mkdir -p " dir path) }
        BEGIN { begin("/boot/grub/grub.cfg") }
        /^@file / { close(out); begin($2); next }
        /^@(ours|ignore) / { next }
        { print > out }' "$1"
}

# make_disk CASE: disk.img
make_disk() {
    rm -rf tree disk.img
    cp -r one tree
    unpack "$1" "$PWD/tree"
    truncate -s 12M disk.img
    printf 'label: dos\nstart=2048, size=10240, type=83\nstart=12288, size=8192, type=83\n' |
        sfdisk -q disk.img
    mke2fs -q -F -t ext2 -U $UUID1 -L system -E offset=1048576 -d tree disk.img 5M
    mke2fs -q -F -t ext2 -U $UUID2 -L second -E offset=6291456 -d two disk.img 4M
}

prelude() {
    cat <<'END'
function linux {
    echo "@kernel $root $1"
    if [ "$#" != 1 ]; then shift; for arg in "$@"; do echo "@arg $arg"; done; fi
}
function linux16 { linux "$@"; }
function linuxefi { linux "$@"; }
function initrd { for f in "$@"; do echo "@ramdisk $root $f"; done; }
function initrd16 { initrd "$@"; }
function initrdefi { initrd "$@"; }
function multiboot2 { set hypervisor=$1; set modules=; }
function module2 {
    if [ "$1" = --nounzip ]; then shift; fi
    if [ -z "$modules" ]; then set modules=1; linux "$@"; else initrd "$@"; fi
}
set root=hd0,msdos1
set prefix=(hd0,msdos1)/boot/grub
set grub_platform=xen
set grub_cpu=x86_64
source (hd0,msdos1)/boot/grub/grub.cfg
set timeout=0
END
}

# What GRUB boots: its screen is read until nothing comes any more, for it waits for a key then.
ask_grub() {
    local line
    mkdir -p grub
    prelude >grub/grub.cfg
    echo "(hd0) $PWD/disk.img" >device.map
    exec 7< <(exec timeout 10 script -qec \
        "stty cols 1000 rows 200; COLUMNS=1000 LINES=200 TERM=dumb grub-emu -d $PWD/grub -m $PWD/device.map -r host" \
        /dev/null </dev/null 2>&1)
    local reader=$!
    while IFS= read -r -t 1 -u 7 line; do
        printf '%s\n' "$line"
        [[ $line != *'Failed to boot'* ]] || break
    done >screen
    kill $reader 2>/dev/null
    exec 7<&-
    sed 's/\x1b\[[0-9;?]*[A-Za-z]//g; s/\r//g' screen | canonical
}

# The last kernel that GRUB's screen shows, and what follows it, in the words of ours.
canonical() {
    awk '
        function file(root, path) {
            if (path ~ /^\(/) { root = path; sub(/^\(/, "", root); sub(/\).*/, "", root); sub(/^\([^)]*\)/, "", path) }
            sub(/.*[^0-9]/, "", root)
            return root ":" path
        }
        # As GRUB builds a command line: \ before \, quotes; a word with a space in quotes.
        function quote(word) {
            gsub(/[\\\047"]/, "\\\\&", word)
            return word ~ / / ? "\"" word "\"" : word
        }
        /^@kernel / { kernel = file($2, $3); args = ramdisks = "" }
        /^@arg / { args = args (args ? " " : "") quote(substr($0, 6)) }
        /^@ramdisk / { ramdisks = ramdisks " " file($2, $3) }
        END { if (kernel) print kernel " <" args ">" ramdisks; else print "nothing" }'
}

ask_us() {
    # Through a pipe, for fsprobe may write to no file.
    "$FSPROBE" 3>&1 >/dev/null 4<disk.img 2>errors \
        <<<'{"disks":["disk.img"],"family":null,"arch":null,"uid":65534}' | cat >answer
    jq -r 'select(.answer).answer.boot // empty |
        "\(.partition):\(.kernel) <\(.args)>" + ([.ramdisks[] | " " + .] | join(""))' answer
}

# fsprobe says of a ramdisk only its path; GRUB's answer is cut to that.
without_volumes() {
    sed -E 's/ [0-9]+:\// \//g'
}

common_files
for case in "$TESTS"/e2e/grub-emu-cases/*.cfg; do
    name=$(basename "$case" .cfg)
    make_disk "$case"
    ours=$(ask_us)
    if grep -q '^@ours ' "$case"; then
        is "${ours:-nothing}" "$(sed -n 's/^@ours //p' "$case")" "$name: ours, where GRUB differs"
        isnt=$(ask_grub | without_volumes)
        [ "$isnt" != "$ours" ]
        ok $? "$name: GRUB does differ" "both say: $ours"
    elif grep -q '^@ignore ' "$case"; then
        is "${ours:-nothing}" "$(sed -n 's/^@ignore //p' "$case")" "$name: ours, GRUB cannot be asked"
    else
        is "${ours:-nothing}" "$(ask_grub | without_volumes)" "$name"
    fi
done
done_testing
