#!/bin/bash
# Volumes that are made of others: LVM2, md, both over one another, partitions inside. What is copied
# out of them is compared with what was written; GRUB's own readers look at the same bytes.
# SPDX-License-Identifier: GPL-3.0-or-later
# The tools that make images sync each: in memory that costs nothing.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../lib.sh"
LVM=$TESTS/images/lvm.py
MD=$TESTS/images/md.py

# A filesystem of 4 MiB whose files are of no pattern, so that no chunk is like another.
mkdir -p tree/boot/grub
{ printf '\177ELF' && head -c 1500000 /dev/urandom; } >tree/boot/vmlinuz
head -c 700000 /dev/urandom >tree/boot/initrd
cat >tree/boot/grub/grub.cfg <<'CFG'
menuentry Linux {
    linux /boot/vmlinuz root=/dev/vg0/root
    initrd /boot/initrd
}
CFG
mke2fs -q -F -t ext4 -d tree -U 12345678-1234-1234-1234-123456789abc fs.img 4M >/dev/null 2>&1 || exit 99

# disks SIZE NAME…: new, empty ones
disks() {
    local size=$1 name
    shift
    for name; do
        rm -f "$name"
        truncate -s "$size" "$name"
    done
}
# boots NAME DISK…: kernel and ramdisk come out as they were
boots() {
    local name=$1
    shift
    rm -rf out.d && mkdir out.d
    run "$ELILOADER" --output-format=simple --output-directory=out.d "$@"
    cmp -s tree/boot/vmlinuz out.d/*kernel* && cmp -s tree/boot/initrd out.d/*ramdisk*
    ok $? "$name" "status $status" "$(cat err)"
    # The same by its name.
    local first=$1 volume
    shift
    volume=$("$ELILOADER" probe --json "$first" "$@" | jq -r '.boot.volume // ""')
    local further=()
    [ $# = 0 ] || further=("--disk=$(IFS=, && echo "$*")")
    is "$("$ELILOADER" cat "${further[@]}" "$first${volume:+:$volume}" /boot/vmlinuz | md5sum)" \
        "$(md5sum <tree/boot/vmlinuz)" "$name: cat"
}
# refuses NAME REGEX DISK…
refuses() {
    local name=$1 regex=$2
    shift 2
    run "$ELILOADER" probe "$@"
    [ "$status" = 3 ] && grep -qE -- "$regex" out
    ok $? "$name" "status $status" "$(cat out err)"
}
# grub_reads NAME DEVICE DISK…
grub_reads() {
    local name=$1 device=$2
    shift 2
    run grub-fstest -c $# "$@" cmp "($device)/boot/vmlinuz" tree/boot/vmlinuz
    is "$status" 0 "GRUB reads the same: $name"
}
volume() {
    run "$ELILOADER" probe --json "$@"
    jq -r '.boot.volume' out
}

# --- LVM -----------------------------------------------------------------------------------
lvm() { # NAME DISKS LV…
    local name=$1 names=$2
    shift 2
    # shellcheck disable=SC2086 # names are a list
    disks 12M $names
    # shellcheck disable=SC2086
    "$LVM" $names : "$@" = boot fs.img && boots "LVM: $name" $names
}
lvm 'one segment' 'a' boot,linear,64
grub_reads 'one segment' lvm/vg0-boot a
is "$(volume a)" lvm/vg0-boot 'its name is as GRUB has it'
for place in 'domuloader --entry=xvda:/boot/vmlinuz' '--offset=0'; do
    # shellcheck disable=SC2086 # words
    run "$ELILOADER" $place --output-directory=. a
    like "$(head -n1 err)" 'a is a part of what other volumes are made of \(LVM2_member\).*without naming a partition or an offset' \
        "$place: a volume has no place on the disk"
done
lvm 'segments on three disks' 'a b c' boot,linear,20,1,43
grub_reads 'segments on three disks' lvm/vg0-boot a b c
grub_reads 'by UUID' lvmid/G000G0-00G0-00G0-00G0-00G0-00G0-00G000/L000L0-00L0-00L0-00L0-00L0-00L0-00L000 a b c
lvm 'stripes' 'a b c' boot,striped,66,3,16
grub_reads 'stripes' lvm/vg0-boot a b c
lvm 'a mirror' 'a b' boot,mirror,64,2
grub_reads 'a mirror' lvm/vg0-boot a b
lvm 'raid1' 'a b' boot,raid1,64,2
grub_reads 'raid1' lvm/vg0-boot a b
boots 'raid1 from one leg' a
boots 'raid1 from the other leg' b
lvm 'raid0' 'a b' boot,raid0,64,2,16
lvm 'raid10' 'a b c d' boot,raid10,64,4,16
boots 'raid10 without one of each pair' a d
lvm 'raid0 over two disks with four legs' 'a b' boot,raid0,64,4,4
lvm "a snapshot's origin" 'a' boot,linear,64 snap,snapshot,64,boot
lvm 'a cache that writes through' 'a b' boot,cache,64,writethrough
grub_reads 'a cache that writes through' lvm/vg0-boot a b
lvm 'beside what is not read' 'a' boot,linear,64 root,thin,4

disks 12M a b
"$LVM" -n 2 a b : boot,linear,64 = boot fs.img
boots 'metadata that go round their area' a b
grub_reads 'metadata that go round' lvm/vg0-boot a b
"$LVM" -n 1 a : boot,striped,64,1,16
boots 'the newest metadata of all disks count' a b
disks 12M a
"$LVM" -g my-vg a : my-boot,linear,64 = my-boot fs.img
is "$(volume a)" lvm/my--vg-my--boot 'dashes inside names are doubled'

disks 12M a b
"$LVM" a b : boot,linear,20,44 = boot fs.img
refuses 'a disk is missing' "volume group 'vg0' needs another disk \(PV UUID P001P0-01P0-01P0-01P0-01P0-01P0-01P001\)" a
"$LVM" -m 1 a b : boot,linear,20,44
refuses 'a disk that was missing once holds an older state' 'needs another disk' a b
"$LVM" a b : boot,cache,64,writeback
refuses 'a cache that writes back' 'boot on a cannot be read: it has a cache that writes back' a b
"$LVM" a b : boot,linear,64 snap,merge,64,boot
refuses 'a snapshot that is just merged' 'boot on a is just being made again' a b
# Of each volume, all legs are the next one: the helper would have been ended after its 20 seconds.
for kind in 900,mirror 48,raid1; do
    "$LVM" a : "boot,nest,4,$kind"
    refuses "legs without an end: $kind" 'boot on a cannot be read.*in more pieces than are read' a
done
while read -r kind what; do
    "$LVM" a b : "boot,$kind,64"
    refuses "a volume of the kind $kind" "vg0/boot on a is $what" a b
done <<'KINDS'
thin a thin volume, which is not read here: put the guest's /boot on a linear logical volume
raid5 RAID 5, which is not read here: with `handoff = grub` GRUB reads it inside the guest
raid6_nr RAID 6, which is not read here: with `handoff = grub`
vdo a VDO volume
writecache behind a writecache, where its newest blocks may be
error of the kind error, which is not read here
KINDS
# Groups whose texts are as long as one may be: they are not all kept. (Their checksums take a while.)
if [ -n "$LONG" ]; then
    for number in 0 1 2 3 4 5; do
        disks 12M large$number
        "$LVM" -g vg$number -u $number -p 900000 large$number : boot,error,4
    done
    refuses 'metadata that would fill the memory' "there are more than 16 volume groups, or their metadata are larger than are read; 'vg[45]' is not" large*
    rm large*
fi
cp a copy
refuses 'a copy of a physical volume' 'copy: it has the UUID of another physical volume' a copy

# --- md ------------------------------------------------------------------------------------
md() { # NAME DISKS WORD…
    local name=$1 names=$2
    shift 2
    # shellcheck disable=SC2086 # names are a list
    disks 8M $names
    # shellcheck disable=SC2086
    "$MD" "$@" $names && boots "md: $name" $names
}
for version in 0.90 1.0 1.1 1.2; do
    md "RAID 1, $version" 'a b' $version raid1 0 fs.img
    boots "md: RAID 1, $version, the second member alone" b
    grub_reads "RAID 1, $version" mduuid/00112233445566778899aabbccddeeff a b
    md "RAID 0, $version" 'a b c' $version raid0 16 fs.img
    grub_reads "RAID 0, $version" mduuid/00112233445566778899aabbccddeeff a b c
    disks 3M a b
    "$MD" $version linear 0 fs.img a b
    boots "md: linear, $version" a b
done
md 'RAID 10' 'a b c d' 1.2 raid10 32 fs.img
grub_reads 'RAID 10' mduuid/00112233445566778899aabbccddeeff a b c d
boots 'md: RAID 10 from half of its members' a c
refuses 'md: RAID 10 without a pair' "md array 'host:boot', which needs more of its 4 members" a b
# Copies far away, in sets of members, and one row behind; GRUB knows all but the sets.
for layout in f2:0x201:4 o2:0x10201:4 f2:0x201:3 o2:0x10201:3 f3:0x301:4 sets-f2:0x40201:5 sets-o2:0x50201:4 old-sets-f2:0x20201:4; do
    IFS=: read -r name value count <<<"$layout"
    names=(a b c d e)
    md "RAID 10, $name, $count members" "${names[*]:0:count}" -k layout="$value" 1.2 raid10 32 fs.img
    [[ $name == *sets* ]] || grub_reads "RAID 10, $name, $count members" mduuid/00112233445566778899aabbccddeeff "${names[@]:0:count}"
    boots "md: RAID 10, $name, $count members, without one" "${names[@]:1:count-1}"
done
refuses 'md: RAID 10, far copies, without two that stand for each other' 'needs more of its 4 members' c d
disks 8M a b c d
"$MD" -k layout=0x202 1.2 raid10 32 fs.img a b c d
refuses 'md: RAID 10, near and far copies' 'a RAID 10 with near and far copies' a b c d
"$MD" -k layout=0x60201 1.2 raid10 32 fs.img a b c d
refuses 'md: RAID 10, a layout that there is not' 'a RAID 10 of a shape that there is not' a b c d
disks 8M a
"$MD" -k big=1 0.90 raid1 0 fs.img a -
refuses 'md: the superblock of a big-endian machine' 'a: it is a part of an md array of a machine .*big-endian' a
md 'RAID 10 of three members' 'a b c' 1.2 raid10 32 fs.img
md 'RAID 0, members of several sizes, as Linux was before 3.14' 'a b c' -k layout=1 -k features=4096 -k size_kib@1=1024 \
    1.2 raid0 16 fs.img
md 'RAID 0, members of several sizes, as since' 'a b c' -k layout=2 -k features=4096 -k size_kib@1=1024 \
    1.2 raid0 16 fs.img
disks 8M a b c
"$MD" -k size_kib@1=1024 1.2 raid0 16 fs.img a b c
refuses 'md: RAID 0, members of several sizes, and nothing said' 'does not say how the rest is laid out' a b c
refuses 'md: RAID 0 without a member' 'needs more of its 3 members' a b
disks 8M a b c
"$MD" 1.2 raid5 64 fs.img a b c
refuses 'md: RAID 5' "the md array 'host:boot', a RAID 5, which is not read here: with .handoff = grub. GRUB reads it inside the guest" a b c

# What one member has, the other has not: the older one is never read.
stale() { # VERSION KEY…: member a holds an older state
    local version=$1
    shift
    disks 8M a b
    "$MD" "$@" "$version" raid1 0 fs.img a b
    # all data of the older one are gone
    tr '\0' x </dev/zero | dd of=a bs=1k seek="$([ "$version" = 1.2 ] && echo 1024 || echo 1)" count=4096 conv=notrunc status=none iflag=fullblock
}
for version in 0.90 1.2; do
    stale $version -k events@0=15
    boots "md $version: a member that was left behind is not taken" a b
    refuses "md $version: alone it is all that there is" 'nothing that is known' a
    stale $version -k table_role@0=65534 -k role@0=0
    boots "md $version: a member that the other one calls faulty is not taken" a b
    stale $version -k role@0=65535
    boots "md $version: a spare is not taken" a b
done
# An older state that is a whole filesystem is not offered beside the newer one.
mkdir -p older/boot/grub
head -c 1000000 /dev/urandom >older/boot/vmlinuz
cp tree/boot/initrd older/boot
sed '/initrd/d' tree/boot/grub/grub.cfg >older/boot/grub/grub.cfg
mke2fs -q -F -t ext4 -d older older.img 4M >/dev/null 2>&1
for version in 0.90 1.2; do
    disks 8M a b
    "$MD" -k events@0=15 $version raid1 0 older.img a b
    dd if=fs.img of=b bs=1k seek="$([ $version = 1.2 ] && echo 1024 || echo 0)" conv=notrunc status=none
    boots "md $version: the older of two whole filesystems is not taken" a b
    boots "md $version: whichever is the first disk" b a
done
stale 1.2 -k recovery@0=8
boots 'md: a member that is being filled is not taken' a b
stale 1.2 -k features@0=8
boots 'md: a member with bad blocks is the last that is taken' a b
disks 8M a b
"$MD" -k features=4 1.2 raid1 0 fs.img a b
refuses 'md: an array that is being reshaped' 'just being made into one of another shape' a b
"$MD" -k sum=1 1.2 raid1 0 fs.img a b
refuses 'md: checksums that are wrong' 'its md superblock is damaged: its checksum is wrong' a b
disks 8M a b
"$MD" 1.2 raid1 0 fs.img a -
"$MD" -k uuid=ffeeddccbbaa99887766554433221100 1.2 raid1 0 fs.img b -
boots 'md: two arrays' a b
is "$(volume a b)" mduuid/00112233445566778899aabbccddeeff 'md: each by itself'

# A member of 0.90 or 1.0 is, from its start, the very filesystem; nobody may see that.
disks 8M a b
"$MD" 1.0 raid1 0 fs.img a b
run "$ELILOADER" probe --json a b
is "$(jq -c '[.volumes[] | [.kind, .type, .readable]]' out)" \
    '[["disk","linux_raid_member",false],["disk","linux_raid_member",false],["md","ext4",true]]' 'members are not offered'
is "$(jq -c '.volumes[2] | [.name, .members, .offset, .where]' out)" \
    '["mduuid/00112233445566778899aabbccddeeff",[0,1],null,"md array '"'host:boot'"' on a"]' 'what an array is made of'

# --- one over another ------------------------------------------------------------------------
truncate -s 12M pv
"$LVM" pv : boot,linear,64 = boot fs.img
disks 16M a b
"$MD" 1.2 raid1 0 pv a b
boots 'LVM on md' a b
boots 'LVM on one leg of md' b
grub_reads 'LVM on md' lvm/vg0-boot a b
is "$(volume b)" lvm/vg0-boot 'LVM on md: its name'

for label in dos gpt; do
    rm -f disk && truncate -s 8M disk
    printf 'label: %s\nstart=2048, size=8192\n' $label | sfdisk -q --no-reread --no-tell-kernel disk >/dev/null 2>&1
    dd if=fs.img of=disk bs=1M seek=1 conv=notrunc status=none
    disks 12M a b
    "$MD" 1.0 raid1 0 disk a b
    boots "a partition table ($label) inside an array" a b
    kind=$([ $label = dos ] && echo msdos || echo gpt)
    is "$(volume a b)" "mduuid/00112233445566778899aabbccddeeff,${kind}1" "a partition inside an array: its name ($label)"
    grub_reads "a partition inside an array ($label)" "mduuid/00112233445566778899aabbccddeeff,${kind}1" a b
done
rm -f disk && truncate -s 8M disk
printf 'label: dos\nstart=2048, size=12288, type=5\nstart=4096, size=8192\n' | sfdisk -q --no-reread --no-tell-kernel disk >/dev/null 2>&1
dd if=fs.img of=disk bs=1M seek=2 conv=notrunc status=none
disks 12M a
"$MD" 1.0 raid1 0 disk a -
boots 'a logical partition inside an array' a

# partition 1 of a disk ends where the disk does: its 0.90 superblock is at the disk's own place
rm -f disk && truncate -s 8M disk
printf 'label: dos\nstart=2048\n' | sfdisk -q --no-reread --no-tell-kernel disk >/dev/null 2>&1
disks 7M a
"$MD" 0.90 raid1 0 fs.img a -
dd if=a of=disk bs=1M seek=1 conv=notrunc status=none
boots "the last partition's superblock is not the disk's" disk
is "$(volume disk)" mduuid/00112233445566778899aabbccddeeff "and the array is the partition's"

# --- what cannot be read is named ------------------------------------------------------------
# says NAME REGEX DISK…
says() {
    refuses "named: $1" "^  $2" "${@:3}"
}
disks 4M b
says zeros 'b is empty \(it begins with zeros\)' b
: >empty && says 'no bytes' 'empty has 0 bytes' empty
head -c 1000000 /dev/urandom >noise && says noise 'noise has no partition table, and nothing that is known' noise
cp tree/boot/vmlinuz kernel && says 'a kernel' 'kernel is a kernel' kernel
{ head -c 510 /dev/zero && printf '\125\252\0\0HdrS' && head -c 9000 /dev/zero; } >kernel &&
    says 'a kernel with a boot sector of its own' 'kernel is a kernel' kernel
begins() { # NAME TYPE BYTES [PLACE [BYTES PLACE]]
    rm -f "image" && truncate -s 4M image
    # shellcheck disable=SC2059 # bytes
    printf "$3" | dd of=image bs=1 seek="${4:-0}" conv=notrunc status=none
    # shellcheck disable=SC2059
    [ $# -lt 5 ] || printf "$5" | dd of=image bs=1 seek="$6" conv=notrunc status=none
    says "$1" "image is $2" image
}
begins qcow2 'a qcow2 image and no raw disk: .qemu-img convert -O raw. makes a raw disk of it' 'QFI\xfb'
begins VHDX 'a VHDX image' vhdxfile
begins VHD 'a VHD image' conectix
begins VMDK 'a VMDK image' KDMV
begins VDI 'a VDI image' '\x7f\x10\xda\xbe' 64
begins LUKS 'encrypted \(LUKS\): with .handoff = grub. GRUB opens it inside the guest .*cryptomount -a' 'LUKS\xba\xbe'
begins ZFS 'a part of a ZFS pool' '\x0c\xb1\xba\0\0\0\0\0' 132096
begins bcachefs 'bcachefs' '\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81' 4120
begins JFS 'JFS' JFS1 32768
begins 'UDF alone' 'UDF without ISO 9660' '\0BEA01\1' 32768
begins 'LVM 1' 'a physical volume of LVM 1.*vgconvert' 'HM\1\0'
begins Stratis 'a part of a Stratis pool' '!Stra0tis\x86\xff\x02^\x41rh' 512
begins tar 'an archive \(tar, as OVA and XVA are\): unpack it first' 'ustar' 257
begins QED 'a QED image' 'QED\0'
begins BitLocker 'encrypted \(BitLocker\)$' '\xeb\x58\x90-FVE-FS-' 0 '\x55\xaa' 510
begins 'HFS+' 'HFS\+, from which no kernel is booted$' 'H+\0\4' 1024
begins IMSM 'a part of a RAID that firmware keeps' 'Intel Raid ISM Cfg Sig. 1' 4193280 x 9000
begins DDF 'a part of a RAID that firmware keeps' '\xde\x11\xde\x11' 4193792 x 9000
begins F2FS 'F2FS' '\x10\x20\xf5\xf2' 1024
for packer in gzip xz zstd bzip2 lz4; do
    [ -n "$(command -v $packer)" ] || continue
    $packer -c noise >packed && says "$packer" "packed is compressed \($packer\): unpack it first" packed
done
rm -f cut && truncate -s 20M cut
printf 'label: gpt\nstart=2048\n' | sfdisk -q --no-reread --no-tell-kernel cut >/dev/null 2>&1
truncate -s 10M cut
says 'a GPT that is cut off' 'cut has a partition table \(GPT\) that is for a disk of 20971520 bytes, and it has 10485760' cut
printf 'label: gpt\nstart=2048\n' | sfdisk -q --no-reread --no-tell-kernel cut >/dev/null 2>&1
for sector in 1 20479; do printf x | dd of=cut bs=1 seek=$((sector * 512 + 60)) conv=notrunc status=none; done
says 'a GPT that is damaged' 'cut has a partition table \(GPT\) that is damaged, and no sound copy of it: .sgdisk' cut
for sector in 1 20479; do dd if=/dev/zero of=cut bs=512 seek=$sector count=1 conv=notrunc status=none; done
says 'a GPT that is gone' 'cut has an MBR that belongs to a partition table of the kind GPT, which is gone' cut
xorriso -as mkisofs -quiet -R -o medium tree/boot/grub 2>/dev/null
says 'an ISO image' 'medium is an ISO image, as installation media are, and not an installed disk: .eliloader identify' medium
rm -f disk && truncate -s 8M disk
printf 'label: dos\nstart=2048, size=4096\nstart=6144, size=8192\n' | sfdisk -q --no-reread --no-tell-kernel disk >/dev/null 2>&1
printf 'LUKS\xba\xbe' | dd of=disk bs=512 seek=2048 conv=notrunc status=none
mke2fs -q -F -t ext4 bare.img 4M >/dev/null 2>&1 && dd if=bare.img of=disk bs=512 seek=6144 conv=notrunc status=none
refuses 'named before what can be read' '^  partition 1 of disk is encrypted \(LUKS\): .*; nothing to boot was found on partition 2 of disk; looked' disk
# A configuration that wants its kernel from there.
mkdir -p named/boot/grub
echo 'menuentry L { linux (hd0,msdos1)/vmlinuz; }' >named/boot/grub/grub.cfg
rm -f bare.img && mke2fs -q -F -t ext4 -d named bare.img 4M >/dev/null 2>&1 && dd if=bare.img of=disk bs=512 seek=6144 conv=notrunc status=none
refuses 'a kernel on a partition that cannot be read' '"L" of .* cannot be booted: /vmlinuz is on partition 1 of disk, which is encrypted \(LUKS\): with' disk
run "$ELILOADER" -q --output-directory=out.d disk
like "$(cat err)" 'nothing on disk can be booted: partition 2 of disk: the default entry "L" .*partition 1 of disk, which is encrypted' 'a toolstack is told the same'
echo 'search --set=root --fs-uuid 1111' >named/boot/grub/grub.cfg
rm -f bare.img && mke2fs -q -F -t ext4 -d named bare.img 4M >/dev/null 2>&1 && dd if=bare.img of=disk bs=512 seek=6144 conv=notrunc status=none
run "$ELILOADER" -q --output-directory=out.d disk
like "$(cat err)" 'no filesystem of the guest.s disks has the UUID 1111; partition 1 of disk is encrypted \(LUKS\): with' \
    'a filesystem that is nowhere, and where it may be'

# --- a BSD disklabel -------------------------------------------------------------------------
rm -f disk && truncate -s 10M disk
printf 'label: dos\nstart=2048, size=16384, type=a5\n' | sfdisk -q --no-reread --no-tell-kernel disk >/dev/null 2>&1
dd if=fs.img of=disk bs=512 seek=4096 conv=notrunc status=none
bsd() { # the sectors that offsets count from
    python3 -c 'import struct, sys
base = int(sys.argv[1])
label = bytearray(512)
struct.pack_into("<I", label, 0, 0x82564557)
struct.pack_into("<I", label, 132, 0x82564557)
struct.pack_into("<H", label, 138, 4)
for i, (size, at, kind) in enumerate(((1024, 1024, 7), (512, 512, 1), (16384, 0, 0), (8192, 2048, 7))):
    struct.pack_into("<IIIB", label, 148 + 16 * i, size, at + base, 0, kind)
sys.stdout.buffer.write(label)' "$1" | dd of=disk bs=512 seek=2049 conv=notrunc status=none
}
for base in 2048 0; do
    bsd $base
    boots "a partition of a BSD disklabel whose offsets count from $base" disk
    is "$(volume disk)" hd0,msdos1,bsd4 'its name'
done
is "$(jq -r '.boot.offset' out)" 2097152 'it is a place on the disk'

# grub.cfg names volumes: each form finds the other volume's kernel
mkdir -p names/boot/grub
for root in lvm/vg0-boot lvmid/G000G0-00G0-00G0-00G0-00G0-00G0-00G000/L000L0-00L0-00L0-00L0-00L0-00L0-00L000; do
    printf 'set root=%s\nmenuentry L {\nlinux /boot/vmlinuz\ninitrd (%s)/boot/initrd\n}\n' "'$root'" "$root" >names/boot/grub/grub.cfg
    rm -f b
    mke2fs -q -F -t ext4 -d names b 2M >/dev/null 2>&1
    disks 12M a
    "$LVM" a : boot,linear,64 = boot fs.img
    boots "grub.cfg elsewhere names ${root%%/*}" b a
done
for root in md/boot mduuid/00112233445566778899aabbccddeeff; do
    printf 'set root=%s\nmenuentry L {\nlinux /boot/vmlinuz\ninitrd (%s)/boot/initrd\n}\n' "$root" "$root" >names/boot/grub/grub.cfg
    rm -f b
    mke2fs -q -F -t ext4 -d names b 2M >/dev/null 2>&1
    disks 8M a
    "$MD" 1.2 raid1 0 fs.img a -
    boots "grub.cfg elsewhere names ${root%%/*}" b a
done

# --- the tree --------------------------------------------------------------------------------
# tree DISK…: what probe shows of the disks, up to the entries
tree() {
    run "$ELILOADER" probe "$@"
    sed '/^$/,$d; s/ *$//' out
}
made() { # what each volume is made of
    run "$ELILOADER" probe --json "$@"
    jq -c '.volumes[] | select(.title) | [.title, .layout, .members, .missing]' out
}
truncate -s 12M pv
"$LVM" pv : boot,linear,64 thin,thin,4 = boot fs.img
rm -f disk && truncate -s 20M disk
printf 'label: dos\nstart=2048, size=30720, type=fd\nstart=32768, type=ef\n' | sfdisk -q --no-reread --no-tell-kernel disk >/dev/null 2>&1
disks 15M a b
"$MD" 1.0 raid1 0 pv a b
dd if=a of=disk bs=1M seek=1 conv=notrunc status=none
is "$(tree disk b)" "disk: 20 MiB, table: dos
  VOLUME                       START        SIZE  TYPE               LABEL
  1                            1 MiB      15 MiB  linux_raid_member  host:boot
  \`-md host:boot (raid1)           -    15.0 MiB  LVM2_member
    |-vg0/boot (linear)            -       4 MiB  ext4
    \`-vg0/thin (thin)              -     256 KiB  -                  (is a thin volume, which is not read here: put the guest's /boot on a linear logical volume, or outside of LVM)
  2                           16 MiB       4 MiB  -                  (EFI system partition)
b: 15 MiB, table: none
  VOLUME                       START        SIZE  TYPE               LABEL
  disk                       0 bytes      15 MiB  linux_raid_member  host:boot
  \`-md host:boot (raid1)           -           -  -                  (as above)" 'the tree: LVM on md, over two disks'
is "$(made disk b)" '["host:boot","raid1",[0,2],0]
["vg0/boot","linear",[3],0]
["vg0/thin","thin",[3],0]' 'what each is made of'
is "$(made b)" '["host:boot","raid1",[0],1]
["vg0/boot","linear",[1],0]
["vg0/thin","thin",[1],0]' 'what is missing of it'
is "$(tree b | sed -n 4p | cut -c-35)" '  `-md host:boot (raid1, 1 missing)' 'and the tree says so'
# Whatever is in a name, its columns stay: East Asia's characters take two, what is escaped takes as
# many as it shows, and what is longer than a column has a line for itself.
disks 15M a
"$MD" -k $'name=\xe5\xae\xa2:\xe7\xb3\xbb\xe7\xb5\xb1\xe2\x80\xae' 1.0 raid1 0 pv a
is "$(tree a | sed -n '3,5p')" "  disk                                 0 bytes      15 MiB  linux_raid_member  客:系統\\xe2\\x80\\xae
  \`-md 客:系統\\xe2\\x80\\xae (raid1)           -    15.0 MiB  LVM2_member
    |-vg0/boot (linear)                      -       4 MiB  ext4" 'the tree: characters of two columns'
long=$(printf 'boot%050d' 0)
"$LVM" pv : "$long,linear,64" = "$long" fs.img
is "$(tree pv | sed -n '3,5p')" "$(printf '  %-48s  %10s      12 MiB  LVM2_member\n  `-vg0/%s (linear)\n  %48s  %10s       4 MiB  ext4' \
    disk '0 bytes' "$long" '' -)" 'the tree: a long name'
disks 12M a b c
"$LVM" a b c : boot,linear,20,44 other,linear,2 mirror,raid1,8,2 = boot fs.img
is "$(made a b c | cut -d, -f1,3-)" "$(printf '%s\n' '["vg0/boot",[0,1],0]' '["vg0/other",[2],0]' '["vg0/mirror",[0,1],0]')" \
    'the physical volumes of each'
done_testing
