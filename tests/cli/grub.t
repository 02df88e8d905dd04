#!/usr/bin/env bash
# GRUB, inside the guest: the real one of grub-xen-host is handed over, nobody here reads the guest's
# disk, and `auto` comes to it where the disk holds what only it reads.
# Boundaries: policy
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"

GRUB=/usr/lib/grub-xen
[ -r $GRUB/grub-i386-xen_pvh.bin ] || cannot_run 'there is no GRUB for Xen guests (package grub-xen-host)'
REPO=install-repository=http://127.0.0.1:9/

# A program that no run below may start: pygrub where GRUB boots, fsprobe where nothing is to be read.
# Its usage may be asked for.
# shellcheck disable=SC2016 # for the other shell
printf '#!/bin/sh\n[ "$1" != --help ] || exec echo --runas\ntouch %s/asked\nexit 1\n' "$WORK" >forbidden
chmod +x forbidden
export ELILOADER_PYGRUB=$WORK/forbidden
mkdir -p blind/bin blind/libexec/eliloader
cp "$ELILOADER" blind/bin/
cp "$BUILD"/libexec/eliloader/* blind/libexec/eliloader/
cp forbidden blind/libexec/eliloader/fsprobe
not_asked() {
    is "$(find asked 2>/dev/null)" '' "$1"
    rm -f asked
}

ext4=$("$TESTS/images/make.sh" none-ext4-grub2 "$WORK")
empty=$("$TESTS/images/make.sh" none-ext4-no-boot "$WORK")
truncate -s 16M blank luks zfs
printf 'LUKS\xba\xbe\0\1' | dd of=luks conv=notrunc status=none
# a pool's labels hold uberblocks; libblkid wants some of them
for ((i = 0; i < 8; i++)); do
    printf '\x0c\xb1\xba\0\0\0\0\0' | dd of=zfs bs=1k seek=$((128 + i)) conv=notrunc status=none
done
mke2fs -q fs.img 4M
for disk in a b c; do truncate -s 8M $disk; done
python3 "$TESTS/images/md.py" 1.2 raid5 64 fs.img a b c
truncate -s 12M pv0 pv1 pv2 pv3
python3 "$TESTS/images/lvm.py" pv0 pv1 : boot,linear,20,44
python3 "$TESTS/images/lvm.py" pv2 pv3 : boot,thin,64

# by_grub NAME FILE RECORD WORD…: the VM 'guest' is booted by that GRUB and nothing else; its record
# is RECORD then: "PV_bootloader install-round".
by_grub() {
    local name=$1 file=$2 want=$3
    shift 3
    clear_boot
    boot --vm=guest "$@"
    is "$status $(record guest '.PV_bootloader + " " + (.other_config["install-round"] // "-")')" \
        "0 $want" "$name: boots; the record" || sed 's/^/# /' err
    is "$(parse_simple out "$BOOT" | sed -E '/^args/d;s/\.[a-z2-7]{8}$//')" "kernel=$BOOT/eliloader-kernel" \
        "$name: a kernel alone"
    is "$(boot_files)" 'eliloader-kernel' "$name: and no other file"
    cmp -s "$(sed -n 's/^kernel //p' out)" "$GRUB/$file"
    ok $? "$name: which is $file"
    not_asked "$name: nobody else is asked"
}
done_='eliloader done'

# fails: as refused, in an empty directory.
fails() {
    clear_boot
    refused "$@"
}

# --- always ---------------------------------------------------------------------------------------
whole=$ELILOADER
ELILOADER=$WORK/blind/bin/eliloader
vm_new guest
by_grub 'pvh' grub-i386-xen_pvh.bin "$done_" --handoff=grub --guest-type=pvh "$ext4"
is "$(answered args)$(cat err)" '' 'pvh: no arguments, and not a word'
rm "$(sed -n 's/^kernel //p' out)"
[ -e $GRUB/grub-i386-xen_pvh.bin ]
ok $? 'what the toolstack removes is a copy'
by_grub 'its next start' grub-x86_64-xen.bin "$done_" --handoff=grub --guest-type=pv "$ext4"
by_grub '32 bits' grub-i386-xen.bin "$done_" --handoff=grub --guest-type=pv32 "$ext4"
vm_new guest PV-args=console=hvc0
by_grub 'with arguments' grub-x86_64-xen.bin "$done_" --handoff=grub --guest-type=pv --args='xen_grub_env_x=1' "$ext4"
is "$(answered args)" 'console=hvc0 xen_grub_env_x=1' 'they are GRUB'"'s"
like "$(cat err)" "^eliloader: warning: VM guest: the arguments 'console=hvc0 xen.* are GRUB's, which does not" \
    'and that is said'
vm_new guest $REPO install-distro=sleslike install-round=2
by_grub 'the second round' grub-x86_64-xen.bin "$done_" --handoff=grub --guest-type=pv "$ext4"
vm_new guest $REPO PV-bootloader=pygrub PV-bootloader-args='--kernel /boot/k --ramdisk /boot/r'
jq '.other_config += {"eliloader-bootloader-args": "", "eliloader-PV-args": ""}' "$RECORDS/guest.json" >new &&
    mv new "$RECORDS/guest.json"
by_grub 'in the place of pygrub, paths recorded' grub-x86_64-xen.bin "$done_" --handoff=grub --guest-type=pv "$ext4"
is "$(record guest .PV_bootloader_args)" '' 'which are recorded no more'

vm_new guest PV-bootloader-args='--handoff=grub --guest-type=pvh'
by_grub "the record's words" grub-i386-xen_pvh.bin "$done_" "$ext4"
vm_new guest PV-bootloader-args='--guest-type=pv' other-config:boot-handoff=grub
by_grub "the record's key" grub-x86_64-xen.bin "$done_" "$ext4"
printf 'handoff = grub\nguest-type = pvh\n' >grub.conf
export ELILOADER_CONFIG=$WORK/grub.conf
vm_new guest
by_grub 'the configuration' grub-i386-xen_pvh.bin "$done_" "$ext4"
vm_new guest
fails 2 - "editor chose handoff native, and this host's is grub" "the host's is the only one for an editor" \
    -q --vm guest --handoff=native "$ext4"
vm_new guest install-repository=cdrom install-distro=debianlike debian-release=bookworm
fails 2 - "2 disks were named, and this host reads no disk" 'no disk is looked at for a CD' --vm=guest "$ext4" "$ext4"
if [ "$(id -u)" = 0 ]; then
    chmod 777 "$RECORDS"
    vm_new guest other-config:boot-handoff=auto
    fails 2 - "editor chose handoff auto, and this host's is grub" 'also by the key' --vm=guest "$ext4"
    vm_new guest install-repository=cdrom install-distro=debianlike debian-release=bookworm
    fails 2 - 'this host reads no disk of a guest' 'nor is its disk read for a CD' --vm=guest "$ext4"
    chmod 755 "$RECORDS"
fi
not_asked 'and nothing is read'
export ELILOADER_CONFIG=/dev/null

vm_new guest
for option in kernel ramdisk entry offset; do
    fails 2 - "VM guest: --$option does not go with handoff grub" "--$option" \
        --vm=guest --handoff=grub --guest-type=pv --$option=1 "$ext4"
done
fails 1 INTERNAL_ERROR 'VM guest: cannot hand the guest over to GRUB: each kind of guest has another, and nobody says of which kind' \
    'of no type' --vm=guest --handoff=grub "$ext4"
fails 2 - 'option --guest-type: not pv, pv32 or pvh' 'a type that there is not' --vm=guest --guest-type=hvm "$ext4"

# --- which file -----------------------------------------------------------------------------------
# with_file SETTING FILE: the configuration.
with_file() {
    printf '%s = %s\n' "$1" "$2" >file.conf
    export ELILOADER_CONFIG=$WORK/file.conf
}
with_file grub-pvh "$WORK/nowhere"
fails 1 INTERNAL_ERROR "cannot open the file $WORK/nowhere: .*; install it \(Debian: the package grub-xen-host\), or say where it is with grub-pvh in $WORK/file.conf" \
    'a GRUB that is not there' --vm=guest --handoff=grub --guest-type=pvh "$ext4"
with_file grub-pvh $GRUB/grub-x86_64-xen.bin
fails 1 INTERNAL_ERROR 'which is grub-pvh in .*, is no kernel that a PVH guest starts with$' 'one for PV guests' \
    --vm=guest --handoff=grub --guest-type=pvh "$ext4"
with_file grub-pv $GRUB/grub-i386-xen_pvh.bin
fails 1 INTERNAL_ERROR 'is no kernel that a PV guest starts with$' 'one for PVH guests' \
    --vm=guest --handoff=grub --guest-type=pv "$ext4"
with_file grub-pv "$WORK/forbidden"
fails 1 INVALID_SOURCE "$WORK/forbidden is not a kernel" 'what is no kernel' \
    --vm=guest --handoff=grub --guest-type=pv "$ext4"
head -c 4096 $GRUB/grub-x86_64-xen.bin >cut.bin
with_file grub-pv "$WORK/cut.bin"
fails 1 INTERNAL_ERROR 'is no kernel that a PV guest starts with: it ' 'one that is cut off' \
    --vm=guest --handoff=grub --guest-type=pv "$ext4"
fails 1 LIMITS 'is too large' 'above the limit' --vm=guest --handoff=grub --guest-type=pv \
    --kernel-max-size=4095 "$ext4"
cp $GRUB/grub-x86_64-xen.bin here.bin
with_file grub-pv "$WORK/here.bin"
by_grub 'one of their own' grub-x86_64-xen.bin "$done_" --handoff=grub --guest-type=pv "$ext4"
export ELILOADER_CONFIG=/dev/null
fails 2 - "unknown option '--grub-pv'" 'on no command line' --vm=guest --grub-pv=/bin/sh "$ext4"

# --- without a record -----------------------------------------------------------------------------
run "$ELILOADER" --handoff=grub --guest-type=pvh --output-format=simple --args=a=b "$ext4"
is "$status $(answered args)" '0 a=b' 'without a record'
cmp -s "$(sed -n 's/^kernel //p' out)" $GRUB/grub-i386-xen_pvh.bin
ok $? 'without a record: which GRUB'
not_asked 'without a record: nobody else is asked'
clear_boot
run "$ELILOADER" --handoff=grub --guest-type=pvh -n "$ext4"
is "$status $(cat out) $(boot_files)" '0 kernel (GRUB chooses it, inside the guest) ' '-n says so'
for option in --list-entries --entry=1; do
    run "$ELILOADER" --handoff=grub --guest-type=pvh $option "$ext4"
    like "$status $(cat err)" "^2 .*${option%=1} does not go with handoff grub" "without a record: $option"
done
not_asked 'without a record: and still nobody'
ELILOADER=$whole

# --- auto -----------------------------------------------------------------------------------------
vm_new guest
by_grub 'auto, LUKS' grub-i386-xen_pvh.bin "$done_" --guest-type=pvh luks
like "$(cat err)" '^eliloader: note: VM guest: nothing on luks can be booted: .*encrypted \(LUKS\).*; so GRUB boots it, inside the guest$' \
    'auto, LUKS: a warning'
by_grub 'auto, LUKS, its next start' grub-x86_64-xen.bin "$done_" --guest-type=pv luks
vm_new guest
by_grub 'auto, ZFS, which pygrub might read' grub-i386-xen_pvh.bin "$done_" --guest-type=pvh zfs
vm_new guest $REPO install-distro=sleslike install-round=2
by_grub 'auto, RAID 5 of which one disk is named, second round' grub-i386-xen_pvh.bin "$done_" --guest-type=pvh a
vm_new guest
by_grub 'auto, a volume group of which one disk is named' grub-i386-xen_pvh.bin "$done_" --guest-type=pvh pv0
vm_new guest
by_grub 'auto, an empty disk in front of it' grub-x86_64-xen.bin "$done_" --guest-type=pv luks blank
run "$ELILOADER" --guest-type=pvh --output-format=simple luks
is "$status $(cmp "$(sed -n 's/^kernel //p' out)" $GRUB/grub-i386-xen_pvh.bin 2>&1)" '0 ' 'auto, without a record'
vm_new guest PV-bootloader=pygrub
clear_boot
boot --vm=guest --guest-type=pvh luks
is "$status $(record guest '.other_config["install-round"]')" '0 done' 'auto, where pygrub was recorded and fails'
rm -f asked

# not_by_grub STATUS REGEX NAME WORD…
not_by_grub() {
    local want=$1 regex=$2 name=$3
    shift 3
    vm_new guest
    fails "$want" INTERNAL_ERROR "$regex" "$name" --vm=guest "$@"
}
not_by_grub 3 'blank is empty' 'auto, a blank disk' --guest-type=pvh blank
not_by_grub 3 'luks is encrypted' 'auto, LUKS on another disk' --guest-type=pvh blank luks
not_by_grub 3 'is a thin volume' 'auto, a thin volume, which GRUB does not read' --guest-type=pvh pv2
not_by_grub 3 'nothing on .* can be booted' 'auto, nothing to boot' --guest-type=pvh "$empty"
not_by_grub 3 'encrypted' 'native' --guest-type=pvh --handoff=native luks
not_by_grub 3 'encrypted' 'auto, a file that somebody asks for' --guest-type=pvh --kernel=/boot/vmlinuz luks
not_by_grub 3 'encrypted.*; cannot hand the guest over to GRUB: each kind of guest has another, and nobody says of which kind' 'auto, of no type' luks
with_file grub-pvh "$WORK/nowhere"
not_by_grub 3 'encrypted.*; cannot hand the guest over to GRUB: .*install it \(Debian: the package grub-xen-host\)' \
    'auto, GRUB is not installed' --guest-type=pvh luks
run "$ELILOADER" --guest-type=pvh luks
like "$status $(cat err)" '^3 .*encrypted.*the package grub-xen-host' 'the same without a record'
done_testing
