#!/usr/bin/env bash
# eliloader probe: what it prints for people and for programs, odd disks, disks that want to keep
# it busy, and a helper that lies.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../images/trees.sh
. "$TESTS/images/trees.sh"
export MKE2FS_CONFIG=$TESTS/images/mke2fs.conf

probe() { # WORD…
    run timeout 60 "$ELILOADER" probe "$@"
}
json() { jq -c "$1" out; }
# grub IMAGE: a filesystem whose grub.cfg is on stdin
grub() {
    rm -rf tree && mkdir -p tree/boot/grub
    kernel_pair tree/boot 6.1
    cat >tree/boot/grub/grub.cfg
    rm -f "$1"
    mke2fs -q -F -t ext4 -d tree "$1" 8M >/dev/null 2>&1
}
disk=$("$TESTS/images/make.sh" gpt-ext4-grub2-2 .)
mv "$disk" disk.img
nothing=$("$TESTS/images/make.sh" none-ext4-no-boot .)
sha256sum disk.img >sum

# --- for programs --------------------------------------------------------------------------
probe --json disk.img
is "$status $(cat err)" '0 ' 'a disk that boots: status 0'
is "$(json keys_unsorted)" '["disks","volumes","entries","boot","xen","problems"]' 'JSON: members'
is "$(json '.disks[0] | keys_unsorted')" '["path","size","table","partitions"]' 'JSON: a disk'
is "$(json '.disks[0].partitions[1] | keys_unsorted')" \
    '["number","offset","size","type","label","uuid"]' 'JSON: a partition'
is "$(json '.entries[0] | keys_unsorted')" \
    '["title","id","index","disk","partition","offset","volume","kernel","ramdisk","ramdisks","args","source","default","number"]' \
    'JSON: an entry'
is "$(json '.volumes[1] | keys_unsorted')" \
    '["kind","name","where","disk","partition","offset","size","type","label","uuid","readable","members","missing","title","layout","part_type","why","devices","subvolumes"]' \
    'JSON: a volume'
is "$(json '[.volumes[] | [.kind, .partition, .type, .part_type]]')" \
    '[["partition",1,"swap","0fc63daf-8483-4772-8e79-3d69d8477de4"],["partition",2,"ext4","0fc63daf-8483-4772-8e79-3d69d8477de4"],["partition",3,null,"0fc63daf-8483-4772-8e79-3d69d8477de4"]]' \
    'JSON: what the table says they are for'
is "$(json '[.entries[] | [.index, .number]]')" '[["0",0],["1",1]]' 'JSON: what --entry takes'
is "$(json '.boot == .entries[0]')" true 'JSON: the chosen entry'
is "$(json '.disks[0].partitions[1].offset == .boot.offset')" true 'JSON: its offset'
probe --json "$nothing"
is "$status $(json .boot)" '3 null' 'a disk that does not boot: status 3, and null'
probe --json --arch=i386 disk.img "$nothing" disk.img
is "$(json '[.disks[].path]')" "[\"disk.img\",\"$nothing\",\"disk.img\"]" 'several disks, in their order'

# --- for people ----------------------------------------------------------------------------
probe disk.img
like "$(sed -n 1p out)" '^disk.img: 32 MiB, table: gpt$' 'table: the disk'
like "$(cat out)" '^  2 +10 MiB +8 MiB +ext4 +guest-root$' 'table: a partition'
like "$(cat out)" '^  3 +19 MiB +8 MiB +- +\(Linux\)$' 'table: one that holds nothing that is known'
is "$(grep -c '^\* ' out) $(grep '^\* ' out)" '1 * 0  Linux' 'table: one entry is marked'
probe "$nothing"
is "$status" 3 'nothing boots: status 3'
like "$(cat out)" 'nothing to boot was found on .*; looked for /boot/grub/grub.cfg, .*/loader/entries' \
    'nothing boots: what was looked for'
sha256sum --quiet -c sum
ok $? 'the disk is as it was'

# --- the kernel: PV, PVH --------------------------------------------------------------------
# guest KERNEL-WORDS CONFIG: a filesystem with such a kernel and what its config says
guest() {
    rm -rf tree guest.img && mkdir -p tree/boot/grub
    # shellcheck disable=SC2086 # words
    python3 "$TESTS/images/kernel.py" elf $1 | gzip | python3 "$TESTS/images/kernel.py" bzimage >tree/boot/vmlinuz-6.1
    [ -z "$2" ] || printf '%b' "$2" >tree/boot/config-6.1
    echo 'menuentry a { linux /boot/vmlinuz-6.1; }' >tree/boot/grub/grub.cfg
    mke2fs -q -F -t ext4 -d tree guest.img 8M >/dev/null 2>&1
}
none='the kernel /boot/vmlinuz-6.1: this kernel was built without Xen guest support'
guest '64 pv pvh' ''
probe --json guest.img
is "$status $(json .xen)" '0 null' 'a kernel that nobody has looked into'
probe --json --check-kernel guest.img
is "$status $(json .xen)" '0 {"pv":true,"pvh":true,"arch":"x86_64","why":null}' '--check-kernel: JSON'
is "$(json .problems)" '[]' '--check-kernel: no problem'
probe --check-kernel guest.img
like "$(cat out)" '^Xen: PV: yes, PVH: yes, x86_64$' '--check-kernel: for people'
guest '64' ''
probe --check-kernel guest.img
is "$status" 0 'a kernel that starts no guest: the status says what boots'
like "$(cat out)" "^  $none, so that neither .* \(CONFIG_XEN_PV or CONFIG_XEN_PVH\)$" \
    'a kernel that starts no guest: is a problem'
guest '64' 'CONFIG_XEN=y\nCONFIG_XEN_PV=y\n# CONFIG_XEN_PVH is not set\n'
probe guest.img
like "$(cat out)" '^Xen: PV: yes, PVH: no \(/boot/config-6.1\)$' "the kernel's configuration: is believed"
probe --json --check-kernel guest.img
is "$(json .xen.pv)" false '--check-kernel: looks into the kernel itself'
guest '64 pv' '# CONFIG_XEN is not set\n'
probe --json guest.img
is "$status $(json '[.xen.pv, .xen.pvh, .xen.arch]')" '0 [false,false,null]' \
    "the kernel's configuration: neither"
like "$(json .problems)" "$none \(says /boot/config-6.1\)" "the kernel's configuration: neither is a problem"
probe --json --check-kernel "$nothing"
is "$status $(json .xen)" '3 null' '--check-kernel: nothing boots, nothing is looked into'
guest '64 pv' ''
truncate -s 1700 tree/boot/vmlinuz-6.1
rm -f guest.img && mke2fs -q -F -t ext4 -d tree guest.img 8M >/dev/null 2>&1
probe --check-kernel guest.img
like "$status $(cat out)" '^Xen: not known: it is cut off or damaged' '--check-kernel: a kernel cut off'

# --- a guest's text ------------------------------------------------------------------------
# An escape, an 8-bit one (U+009B), a change of direction, backslashes, invalid UTF-8.
printf 'menuentry "a\e[31m\xc2\x9b31m\xe2\x80\xae \\\\ RuntimeError: b" { linux /boot/vmlinuz-6.1 a\\\\b; }\nmenuentry "\xff\x07" { linux /boot/none "c\nd"; }\n' |
    grub text.img
for option in '' --json; do
    # shellcheck disable=SC2086 # none or one
    probe $option text.img
    is "$status $(tr -d '\n\t -~' <out | wc -c) $(tr -d '\n -~' <err | wc -c)" '0 0 0' \
        "only printable characters are printed ($option)"
done
is "$(json .boot.args)" '"a\\\\b"' 'a backslash is one backslash'
printf 'menuentry a { linux /boot/vmlinuz-6.1 %s; }' "$(printf 'w%.0s' {1..8000})" | grub long.img
probe --json long.img
is "$status $(json '.boot.args | length')" '0 8000' 'arguments of almost 8 KiB'

# --- odd disks -----------------------------------------------------------------------------
odd() { # STATUS REGEX NAME DISK…
    probe "${@:4}"
    is "$status" "$1" "$3: status $1"
    like "$(cat out err)" "$2" "$3: is said"
}
mkfifo fifo
mkdir folder
name=$(printf 'a\e[31m\xff')
for size in 0 1 511 512 4096 8T; do
    truncate -s $size "empty-$size"
    odd 3 "empty-$size (has 0 bytes|is empty)" "a disk of $size bytes" "empty-$size"
done
cp empty-512 "$name"
odd 3 '^a\\x1b\[31m\\xff: 512 bytes' 'a name with an escape' "$name"
odd 1 'cannot read the disk fifo: it is neither a file nor a block device' 'a fifo' fifo
odd 1 'cannot read the disk folder: it is neither' 'a folder' folder
odd 1 'cannot read the disk /dev/zero: it is neither' 'another device' /dev/zero
odd 1 'cannot open the disk missing: No such file' 'no such disk' disk.img missing
odd 2 'probe takes one DISK or more' 'no disk at all'
mapfile -t many < <(yes empty-512 | head -17)
odd 3 'empty-512 is empty' '16 disks' "${many[@]:1}"
odd 2 '17 disks are more than the 16' '17 disks' "${many[@]}"
cp disk.img unreadable
chmod 0 unreadable
if [ "$(id -u)" = 0 ]; then
    chmod 644 disk.img
    # A copy: the build may be in root's own home.
    mkdir programs && cp -r "$BUILD/bin" "$BUILD/libexec" programs/ && chmod -R a+rX programs
    run setpriv --reuid=65534 --clear-groups programs/bin/eliloader probe --json disk.img
    is "$status $(json .boot.kernel)" '0 "/boot/vmlinuz-6.1"' 'as nobody'
    run setpriv --reuid=65534 --clear-groups programs/bin/eliloader probe unreadable
    like "$status $(cat err)" '^1 .*cannot open the disk unreadable: Permission denied' 'a disk that one may not read'
else
    odd 1 'cannot open the disk unreadable: Permission denied' 'a disk that one may not read' unreadable
fi

# --- disks that want to keep it busy -------------------------------------------------------
# ended NAME IMAGE: with a reason, and not by the limit on the helper's CPU time
ended() {
    probe --json "$2"
    like "$status $(json .boot) $(json '.problems[-1]')" \
        '^3 null ".*/boot/grub/grub.cfg has no entry with a kernel: .*( stopped here|more than 16 deep)' "$1"
}
entry='menuentry a { linux /boot/vmlinuz-6.1; }'
repeat() { # TEXT COUNT
    yes "$1" | head -n "$2" | tr '\n' ' '
}
# shellcheck disable=SC2016 # GRUB's variables
{ echo "set w=\"$(repeat a 4000)\"" && echo 'while true; do true $w; done' && echo "$entry"; } | grub words.img
ended 'a loop over many words' words.img
# shellcheck disable=SC2016
{ echo "while true; do true $(repeat '$v' 100000 | tr -d ' '); done" && echo "$entry"; } | grub variables.img
ended 'a loop over many variables' variables.img
{ echo 'while true; do source /boot/grub/grub.cfg; done' && echo "$entry"; } | grub source.img
ended 'a file that sources itself' source.img
# The same filesystem 128 times: each partition's script would be endless.
{ echo 'while true; do true; done' && echo "$entry"; } | grub endless.img
truncate -s 16M copies.img
sgdisk -n 1:2048:18431 copies.img >/dev/null
dd if=endless.img of=copies.img bs=1M seek=1 conv=notrunc status=none
python3 - copies.img <<'END'
import binascii, os, struct, sys
disk = os.open(sys.argv[1], os.O_RDWR)
table = os.pread(disk, 128, 1024) * 128
os.pwrite(disk, table, 1024)
header = bytearray(os.pread(disk, 92, 512))
struct.pack_into("<I", header, 88, binascii.crc32(table))
header[16:20] = bytes(4)
struct.pack_into("<I", header, 16, binascii.crc32(header))
os.pwrite(disk, header, 512)
END
probe --json copies.img
is "$(json '.disks[0].partitions | length')" 128 '128 partitions at one place'
# An entry that none of them has is looked for in all.
run "$ELILOADER" -n --entry=none copies.img
like "$status $(cat err)" '^1 .*has the entry "none"' '128 scripts without an end'

# --- a helper that lies --------------------------------------------------------------------
mkdir -p here/bin here/libexec/eliloader
cp "$ELILOADER" here/bin/
ELILOADER=$WORK/here/bin/eliloader
helper() { # SCRIPT
    printf '#!/bin/bash\n%s\n' "$1" >here/libexec/eliloader/fsprobe
    chmod 755 here/libexec/eliloader/fsprobe
}
entry() { # MEMBERS: of an entry that are other than these
    jq -cn '{title: "t", disk: 0, partition: 0, offset: 0, kernel: "/k", ramdisk: null, ramdisks: [], args: "",
        source: "s", default: true} + '"{$1}"
}
answer() { # BOOT [DISKS]
    printf "echo '%s' >&3" "{\"answer\":{\"disks\":${2:-[]},\"entries\":[],\"boot\":$1,\"problems\":[]}}"
}
lies() { # NAME REGEX SCRIPT
    helper "$3"
    probe disk.img
    is "$status $(cat out)" '1 ' "a helper that lies: $1: status 1"
    like "$(cat err)" "cannot probe disk.img: .*$2" "a helper that lies: $1: is said"
}
lies 'nothing' 'the helper fsprobe ended without an answer' 'exit 0'
lies 'a crash' 'the program fsprobe was ended by signal 11' 'kill -SEGV $$'
lies 'no JSON' 'something that is not JSON' 'echo nonsense >&3'
lies 'an answer without members' 'an answer that is damaged' 'echo "{\"answer\":{}}" >&3'
lies 'a disk that is not there' 'damaged' "$(answer "$(entry '"disk":1')")"
lies 'a negative offset' 'damaged' "$(answer "$(entry '"offset":-1')")"
lies 'a partition of 33 bits' 'damaged' "$(answer "$(entry '"partition":4294967296')")"
lies 'a number of 33 bits' 'damaged' "$(answer "$(entry '"number":4294967296')")"
lies 'a kernel that is no path' 'damaged' "$(answer "$(entry '"kernel":"k"')")"
lies 'a line more in the arguments' 'damaged' "$(answer "$(entry '"args":"a\nkernel /etc/shadow"')")"
lies 'a line more in a ramdisk' 'damaged' "$(answer "$(entry '"ramdisks":["/a","/b\n"]')")"
lies 'a ramdisk that is a number' 'damaged' "$(answer "$(entry '"ramdisks":["/a",1]')")"
disk() { # MEMBERS: of a disk that are other than these
    jq -cn '[{path: "d", size: 1, table: "none", partitions: []} + '"{$1}]"
}
lies 'a disk that is a number' 'damaged' "$(answer null '[8]')"
lies 'one disk more' 'damaged' "$(answer null '[{"partitions":[]},{"partitions":[]}]')"
lies 'a negative size' 'damaged' "$(answer null "$(disk '"size":-1')")"
lies 'a path for the terminal' 'damaged' "$(answer null "$(disk '"path":"\u001b[2J"')")"
lies 'a partition that is a number' 'damaged' "$(answer null "$(disk '"partitions":[7]')")"
helper "$(answer null "$(disk '"path":"\u009b2J","table":"\u009b2J","partitions":[{"type":"\u202e","label":"\u202e"}]')")"
for option in '' --json; do
    # shellcheck disable=SC2086 # none or one
    probe $option disk.img
    is "$status $(tr -d '\n\t -~' <out | wc -c)" '1 0' "a helper that lies: nothing for the terminal ($option)"
done
done_testing
