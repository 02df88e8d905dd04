#!/bin/bash
# The helper fsprobe as eliloader starts it: the request on stdin, disks from descriptor 4 on,
# JSON lines on descriptor 3.
# SPDX-License-Identifier: GPL-3.0-or-later
# The tools that make images sync each: in memory that costs nothing.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../lib.sh"
FSPROBE=$BUILD/libexec/eliloader/fsprobe
MAKE=$TESTS/images/make.sh

# probe [--family F] [--arch A] [--select JSON] IMAGE…: its lines in the file answer, exit status in $status
probe() {
    local family=null arch=null names='' fd=4 image select=null
    while [[ $1 == --* ]]; do
        case $1 in
        --family) family="\"$2\"" ;;
        --arch) arch="\"$2\"" ;;
        --select) select=$2 ;;
        esac
        shift 2
    done
    for image; do
        names+="${names:+,}\"${image##*/}\""
        eval "exec $fd<\"\$image\""
        fd=$((fd + 1))
    done
    # by a pipe: it may not write to files
    "$FSPROBE" 3>&1 >/dev/null \
        <<<"{\"disks\":[$names],\"family\":$family,\"arch\":$arch,\"select\":$select,\"uid\":65534}" | cat >answer
    status=${PIPESTATUS[0]}
    while ((--fd >= 4)); do eval "exec $fd<&-"; done
}
boot() {
    jq -r '.answer.boot // {kernel: "none"} | "\(.disk) \(.partition) \(.offset) \(.kernel) \(.ramdisk) \(.args)"' answer
}
problems() {
    jq -r '.answer.problems[]' answer
}

# --- all recipes ---------------------------------------------------------------------------
# NAME: partition, kernel, ramdisk, arguments
grub='/boot/vmlinuz-6.1 /boot/initrd.img-6.1 root=/dev/xvda1 ro quiet'
grub_boot='/vmlinuz-6.1 /initrd.img-6.1 root=/dev/xvda1 ro quiet'
legacy='/boot/vmlinuz-2.6.26 /boot/initrd.img-2.6.26 root=/dev/xvda1 ro'
legacy_boot='/vmlinuz-2.6.18 /initrd.img-2.6.18 ro root=LABEL=/ console=hvc0'
suse='/boot/vmlinuz-xen /boot/initrd-xen '
bls='/boot/vmlinuz-6.1 /boot/initrd.img-6.1 root=/dev/xvda1 ro'
expected() {
    case $1 in
    *-no-boot) echo none ;;
    *-menu) echo '/boot/vmlinuz-5.10 /boot/initrd.img-5.10 root=/dev/xvda1 ro single' ;;
    *-long-links) echo '/boot/k1003 /boot/initrd.img-6.1 root=/dev/xvda1 ro quiet' ;;
    *-links-2 | none-ext4-links | *-inline-links) echo '/boot/two /boot/ramdisk root=/dev/xvda1 ro quiet' ;;
    *wellknown-links) echo '/vmlinuz /initrd.img ' ;;
    *wellknown-newest) echo '/boot/vmlinuz-5.10 /boot/initrd.img-5.10 ' ;;
    *pvboot) echo '/boot/xen/pvboot-x86_64.elf null ' ;;
    *suse-[0-9] | *wellknown-suse) echo "$suse" ;;
    dos-ext3-legacy-1 | *legacy-boot-1) echo "$legacy_boot" ;;
    *legacy*) echo "$legacy" ;;
    *extlinux-boot-1) echo '/vmlinuz-6.1 /initrd.img-6.1 initrd=/initrd.img-6.1 root=/dev/xvda1 ro' ;;
    *linux*) echo '/boot/vmlinuz-6.1 /boot/initrd.img-6.1 initrd=/boot/initrd.img-6.1 root=/dev/xvda1 ro' ;;
    dos-ext4-bls-1) echo '/vmlinuz-6.1 /initrd.img-6.1 root=/dev/xvda1 ro' ;;
    *bls*) echo "$bls" ;;
    *grub2-boot-* | gpt-ext4-grub2-3) echo "$grub_boot" ;;
    *) echo "$grub" ;;
    esac
}
"$MAKE" all . >/dev/null
sha256sum -- *-1.img none-ext4-[bghl]*.img >before
for name in $("$MAKE" list); do
    number=$(grep -oE '[0-9]$' <<<"${name%-data}")
    [[ $name == none-* ]] && number=0
    probe --family sleslike --arch x86_64 "$name.img"
    want=$(expected "$name")
    if [ "$want" = none ]; then
        is "$(jq -c .answer.boot answer)" null "$name"
    else
        is "$(jq -r '.answer.boot | "\(.partition) \(.kernel) \(.ramdisk) \(.args)"' answer)" "$number $want" "$name"
    fi
done
sha256sum --quiet -c before >changed 2>&1
ok $? 'no image was changed' "$(cat changed)"

# --- the answer ----------------------------------------------------------------------------
probe gpt-ext4-grub2-2.img
is "$status" 0 'exit status 0'
is "$(wc -l <answer)" 1 'one line of JSON'
is "$(jq -c '.answer | keys' answer)" '["boot","cause","config","copied","disks","entries","instead","problems","timeout","volumes"]' 'members of the answer'
is "$(jq -c '.answer.disks[0] | [.path, .size, .table]' answer)" '["gpt-ext4-grub2-2.img",33554432,"gpt"]' 'the disk'
is "$(jq -c '.answer.disks[0].partitions[1]' answer)" \
    '{"number":2,"offset":10485760,"size":8388608,"type":"ext4","label":"guest-root","uuid":"11111111-2222-3333-4444-555555555555"}' 'a partition'
is "$(jq -r '.answer.disks[0].partitions[0].type' answer)" swap 'swap is named'
is "$(jq -c '.answer.entries | map(.default)' answer)" '[true,false]' 'all entries are listed, the default is marked'
is "$(jq -c '.answer | .boot == .entries[0]' answer)" true 'boot is one of the entries'
is "$(jq -c '.answer.boot | [.disk, .offset, .ramdisks, .source]' answer)" \
    '[0,10485760,["/boot/initrd.img-6.1"],"/boot/grub/grub.cfg"]' 'the entry'
is "$(jq -c '.answer.problems' answer)" '[]' 'no problems'

probe none-ext4-no-boot.img gpt-ext4-grub2-2.img dos-ext4-grub2-1.img
is "$(boot)" "1 2 10485760 $grub" 'the second of three disks'
is "$(jq -c '.answer.disks | map(.path)' answer)" \
    '["none-ext4-no-boot.img","gpt-ext4-grub2-2.img","dos-ext4-grub2-1.img"]' 'all disks are told'

probe --family sleslike --arch i386 none-ext4-wellknown-suse.img
is "$(boot)" '0 0 0 /boot/vmlinuz-xenpae /boot/initrd-xenpae ' 'SUSE names go by the arch'

probe none-ext4-no-boot.img
like "$(problems)" 'nothing to boot was found on none-ext4-no-boot.img; looked for /boot/grub/grub.cfg, .*/loader/entries' 'where it looked'

truncate -s 1M empty.img
probe empty.img
is "$(jq -c '.answer | [.boot, .disks[0].table]' answer)" '[null,"none"]' 'an empty disk'
like "$(problems)" '^empty.img is empty \(it begins with zeros\)' 'says that there is nothing'
is "$(jq -c '.answer | [.disks[0].blank, .cause]' answer)" \
    '[true,"empty.img is empty (it begins with zeros): nothing was installed on it yet"]' 'and that it is the cause'
: >nothing.img
probe nothing.img
is "$(jq -c '.answer.boot' answer)" null 'a disk of no bytes'

# --- guest text ----------------------------------------------------------------------------
mkdir -p tree/boot/grub
cp_kernel() {
    bash -c '. "$1"; kernel "$2" x' - "$TESTS/images/trees.sh" "$1"
}
cp_kernel tree/boot/vmlinuz
printf 'title \x1b[31mRed\xff\nkernel /boot/vmlinuz a\nb\x07\n' >tree/boot/grub/menu.lst
mke2fs -q -F -d tree text.img 4M 2>/dev/null >&2
probe text.img
unlike "$(cat answer)" $'\x1b|\xff' 'titles are escaped'
like "$(jq -r '.answer.entries[0].title' answer)" '\\x1b\[31mRed\\xff' 'as text'

# --- the journal ---------------------------------------------------------------------------
# What a crash leaves: the change is in the journal only. debugfs writes such a journal.
# crash NAME MKE2FS-OPTIONS…: before.img, which has crash.img's content without its journal
crash() {
    local changed
    rm -rf tree blocks.bin
    mkdir -p tree/boot/grub
    cp_kernel tree/boot/new
    cp_kernel tree/boot/old
    printf 'title old\nkernel /boot/old\n' >tree/boot/grub/menu.lst
    printf 'title new\nkernel /boot/new\n' >new.lst
    mke2fs -q -F -t ext4 -E hash_seed=01234567-89ab-cdef-0123-456789abcdef "$@" -d tree crash.img 8M >/dev/null 2>&1
    cp crash.img after.img
    printf 'rm /boot/grub/menu.lst\nwrite new.lst /boot/grub/menu.lst\n' | debugfs -w after.img >/dev/null 2>&1
    local block=$(($(dumpe2fs -h crash.img 2>/dev/null | sed -n 's/^Block size: *//p')))
    changed=$(cmp -l crash.img after.img | awk -v b="$block" '{n=int(($1-1)/b); if (n*b>1024 && !seen[n]++) print n}')
    for n in $changed; do dd if=after.img bs="$block" skip="$n" count=1 status=none; done >blocks.bin
    block_list=$(tr '\n' , <<<"$changed")
    block_list=${block_list%,}
}
journal() { # COMMANDS…
    printf '%s\n' "$@" | debugfs -w crash.img >/dev/null 2>&1
}
replayed() {
    cp crash.img replayed.img
    e2fsck -fy replayed.img >/dev/null 2>&1
    probe replayed.img
    boot
}
check_journal() { # NAME EXPECTED
    is "$(dumpe2fs -h crash.img 2>/dev/null | grep -c needs_recovery)" 1 "$1: the journal is dirty"
    probe crash.img
    is "$(boot)" "$2" "$1: what is found"
    is "$(problems)" '' "$1: without problems"
    is "$(replayed)" "$2" "$1: e2fsck's replay agrees"
}
new='0 0 0 /boot/new null ' old='0 0 0 /boot/old null '
crash -b 4096 -O 64bit,metadata_csum
probe crash.img
is "$(boot)" "$old" 'before the crash'
journal "jo -c" "jw -b $block_list blocks.bin" "jc"
check_journal 'checksums, 64 bits' "$new"
crash -b 1024 -O ^64bit,^metadata_csum
journal "jo" "jw -b $block_list blocks.bin" "jc"
check_journal 'no checksums, 32 bits' "$new"
crash -b 1024 -O 64bit,^metadata_csum
journal "jo" "jw -b $block_list blocks.bin" "jc"
check_journal 'no checksums, 64 bits' "$new"
crash -b 4096 -O 64bit,metadata_csum
journal "jo -c -v 2" "jw -b $block_list blocks.bin" "jc"
check_journal 'checksums of version 2' "$new"
crash -b 4096 -O 64bit,metadata_csum
journal "jo -c" "jw -b $block_list blocks.bin" "jw -r $block_list" "jc"
check_journal 'called off by a later transaction' "$old"
crash -b 1024 -O 64bit,metadata_csum
journal "jo -c" "jw -r $block_list" "jw -b $block_list blocks.bin" "jc"
check_journal 'called off by an earlier transaction' "$new"
crash -b 4096 -O 64bit,metadata_csum
journal "jo -c" "jw -r 2000" "jw -b $block_list -c blocks.bin" "jc"
check_journal 'never committed' "$old"

# A journal that is damaged is said to be.
crash -b 4096 -O 64bit,metadata_csum
journal "jo -c" "jw -b $block_list blocks.bin" "jc"
journal_block=$(debugfs -R 'bmap <8> 0' crash.img 2>/dev/null)
printf '\x00\x00\x00\x00' | dd of=crash.img bs=1 seek=$((journal_block * 4096)) conv=notrunc status=none
probe crash.img
like "$(problems)" 'crash.img was not unmounted, and its journal cannot be followed: it has no superblock' 'a damaged journal is told'
is "$(boot)" "$old" 'and the filesystem is read without it'

# --- requests ------------------------------------------------------------------------------
refuse() { # REQUEST REGEX NAME
    "$FSPROBE" 3>&1 >/dev/null 4<none-ext4-grub2.img <<<"$1" | cat >answer
    like "$(jq -r '.error | "\(.name) \(.text)"' answer)" "$2" "$3"
}
refuse '' 'INTERNAL_ERROR the request to fsprobe is not JSON' 'no request'
refuse '[]' 'not a JSON object' 'not an object'
refuse '{"disks":[],"uid":1}' 'there are 0 disks' 'no disks'
refuse '{"disks":[1],"uid":1}' 'the name of disk 0 is not a text' 'a disk that is a number'
refuse "{\"disks\":[$(printf '"a",%.0s' {1..16})\"a\"],\"uid\":1}" 'there are 17 disks' 'too many disks'
refuse '{"disks":["a"],"uid":"x"}' "uid is not a user's number" 'a user that is a text'
refuse '{"disks":["a"],"uid":4294967295}' "uid is not a user's number" 'the user that is none'
refuse '{"disks":["a"],"uid":1,"arch":3}' 'arch is not a text' 'an arch that is a number'
refuse '{"disks":["a","missing"],"uid":1}' 'cannot look at missing' 'a disk that was not given'
refuse "{\"disks\":[\"$(printf '%70000s' x)\"]}" 'longer than 65536 bytes' 'a long request'
if [ "$(id -u)" = 0 ]; then
    refuse '{"disks":["a"],"uid":0}' 'cannot give up root' 'root is no user to become'
fi

refuse '{"disks":["a"],"uid":1,"select":[]}' 'select is not an object' 'a selection that is a list'
refuse '{"disks":["a"],"uid":1,"select":{"entry":1}}' 'entry is not a text' 'an entry that is a number'
refuse '{"disks":["a"],"uid":1,"select":{"offset":-1}}' 'offset is not a number from 0' 'an offset below 0'
refuse '{"disks":["a"],"uid":1,"select":{"partition":65536}}' 'partition is not a number from 0 to 65535' 'a partition above all'
refuse "{\"disks\":[\"a\"],\"uid\":1,\"select\":{\"kernel\":\"/$(printf '%4096s' x)\"}}" \
    'kernel is not a text of at most 4096 bytes' 'a path that is too long'
refuse '{"disks":["a"],"uid":1,"copy":1}' 'copy is not an object' 'a copy that is a number'
refuse '{"disks":["a"],"uid":1,"copy":{"kernel_max":1}}' 'ramdisk_max is not a number' 'a copy without a limit'
refuse '{"disks":["a"],"uid":1,"copy":{"kernel_max":1,"ramdisk_max":1}}' 'a file to copy to was not given' 'a copy to nowhere'

# --- selection -----------------------------------------------------------------------------
probe --select '{"partition":1}' gpt-ext4-grub2-2-data.img
is "$(jq -c .answer.boot answer)" null 'another partition has nothing to boot'
like "$(problems)" 'nothing to boot was found on partition 1 of gpt-ext4-grub2-2-data.img;' 'and that is told'
probe --select '{"offset":10485760}' gpt-ext4-grub2-2-data.img
is "$(boot)" "0 2 10485760 $grub" 'a filesystem by its offset'
head -c 512 /dev/zero >table.img
cat none-ext4-grub2.img >>table.img
probe --select '{"offset":512}' table.img
is "$(boot)" "0 0 512 $grub" 'a filesystem where no table says that there is one'
probe --select '{"offset":99999999}' table.img
like "$(problems)" 'the first disk has no filesystem that can be read here .* at the place' 'an offset past the end'
probe --select '{"partition":0}' none-ext4-grub2.img
is "$(boot)" "0 0 0 $grub" 'the disk itself'
probe --select '{"partition":0}' gpt-ext4-grub2-2.img
is "$(jq -c .answer.boot answer)" null 'a disk with a table is no filesystem itself'
probe --select '{"entry":"1"}' gpt-ext4-grub2-2.img
is "$(jq -c '.answer | [.boot.number, .boot.default, .boot == .entries[1]]' answer)" '[1,false,true]' 'an entry by its number'
probe --select '{"kernel":"/boot/vmlinuz-5.10"}' none-ext4-no-boot.img dos-ext4-grub2-1.img
is "$(boot)" '1 1 1048576 /boot/vmlinuz-5.10 null ' 'a kernel of the second disk'

# --- copying -------------------------------------------------------------------------------
# copy KERNEL_MAX RAMDISK_MAX IMAGE: into the files K and R
copy() {
    : >K
    : >R
    "$FSPROBE" 3>&1 >/dev/null 4<"$3" 5>K 6>R \
        <<<"{\"disks\":[\"disk\"],\"uid\":65534,\"copy\":{\"kernel_max\":$1,\"ramdisk_max\":$2}}" | cat >answer
    status=${PIPESTATUS[0]}
}
rm -rf tree && mkdir -p tree/boot/grub
cp_kernel tree/boot/vmlinuz
head -c 300001 /dev/urandom >tree/boot/ramdisk
printf 'timeout 4\ntitle a\nkernel /boot/vmlinuz\ninitrd /boot/ramdisk\n' >tree/boot/grub/menu.lst
mke2fs -q -F -t ext4 -b 4096 -d tree copy.img 8M >/dev/null 2>&1
kernel_size=$(stat -c %s tree/boot/vmlinuz)
copy "$kernel_size" 300001 copy.img
is "$status $(jq -c '.answer | [.copied, .timeout]' answer)" \
    "0 [{\"kernel\":$kernel_size,\"ramdisk\":300001},4]" 'both files are copied, at their limits'
cmp K tree/boot/vmlinuz && cmp R tree/boot/ramdisk
ok $? 'byte by byte'
copy "$kernel_size" 300000 copy.img
is "$(jq -c '.error | [.name, .file]' answer)" '["LIMITS","ramdisk"]' 'a ramdisk above its limit'
like "$(jq -r .error.text answer)" 'the ramdisk /boot/ramdisk in disk is too large: 300001 bytes, and the limit is 300000' 'is told'
is "$(stat -c %s K R | xargs)" '0 0' 'and nothing is written'
copy $((kernel_size - 1)) 300001 copy.img
is "$(jq -c '.error | [.name, .file]' answer)" '["LIMITS","kernel"]' 'a kernel above its limit'

# data=journal: a file's own block stands in the journal, with the journal's magic number, which is
# written there as zeros.
block=$(debugfs -R 'bmap /boot/ramdisk 3' copy.img 2>/dev/null)
{ printf '\xc0\x3b\x39\x98' && head -c 4092 /dev/urandom; } >new.bin
cp copy.img crash.img
journal 'jo -c' "jw -b $block new.bin" jc
copy "$kernel_size" 300001 crash.img
dd if=new.bin of=tree/boot/ramdisk bs=4096 seek=3 conv=notrunc status=none
cmp R tree/boot/ramdisk
ok $? 'a block that is newer in the journal'

# --- what it costs -------------------------------------------------------------------------
if [ -z "${SANITIZED:-}" ]; then
    # read BYTES of the disk, after the group descriptors (one block here)
    exec 4<none-ext4-grub2.img
    strace -o trace -e trace=read,pread64,openat,open,write "$FSPROBE" 3>&1 >/dev/null \
        <<<'{"disks":["a"],"family":null,"arch":null,"uid":65534}' | cat >answer
    exec 4<&-
    bytes=$(awk -F'= ' '/^(read|pread64)\(4,/ {sum += $NF} END {print sum + 0}' trace)
    [ "$bytes" -gt 2000 ] && [ "$bytes" -le $((64 * 1024 + 4096)) ]
    ok $? "at most 64 KiB are read ($bytes bytes)"
    first=$(grep -n -m1 '^\(read\|pread64\)(4,' trace | cut -d: -f1)
    unlike "$(tail -n +"$first" trace)" '^open' 'nothing is opened from the first read on'
fi
done_testing
