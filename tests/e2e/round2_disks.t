#!/bin/bash
# Round two by what the guest's kernel stands on: SLES 10's ReiserFS goes through both rounds and on to
# pygrub, with the paths recorded; what pygrub does not read is booted by the loader itself, and pygrub
# is not asked.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../lib.sh"
export ELILOADER_RECORD_DIR=$WORK/vms
. "$TESTS/images/trees.sh"
. "$TESTS/servers/nginx.sh"
needs pygrub mkreiserfs mkfs.btrfs mkfs.xfs mkfs.vfat mcopy sfdisk mkswap

field() { "$ELILOADER" vm show "$1" --json | jq -r "$2 // \"-\""; }
boot() { # ID WORD…
    local id=$1
    shift
    rm -rf files
    "$ELILOADER" --vm="$id" -q --debug --output-directory=files "$@" >answer 2>err
    status=$?
}
# gives KERNEL RAMDISK NAME: those two were answered
gives() {
    cmp -s "$1" "$(sed -n 's/^kernel //p' answer)" && cmp -s "$2" "$(sed -n 's/^ramdisk //p' answer)"
    ok $? "$3" "status $status" "$(cat err)"
}

# --- SLES 10 on ReiserFS ---------------------------------------------------------------------
mkdir -p www/sles/boot/x86_64 sles/boot
kernel www/sles/boot/x86_64/vmlinuz-xen installer
ramdisk www/sles/boot/x86_64/initrd-xen installer
nginx_start "$WORK/www"
# As its installer leaves it under Xen: swap, then a root of ReiserFS, kernels by link, no menu.
version=2.6.16.60-0.21
for flavour in xen xenpae default; do
    kernel sles/boot/vmlinuz-$version-$flavour $flavour
    ramdisk sles/boot/initrd-$version-$flavour $flavour
    ln -s vmlinuz-$version-$flavour sles/boot/vmlinuz-$flavour
    ln -s initrd-$version-$flavour sles/boot/initrd-$flavour
done
head -c 1500001 /dev/urandom >>sles/boot/vmlinuz-$version-xen
head -c 700003 /dev/urandom >>sles/boot/initrd-$version-xen
truncate -s 36M root && mkreiserfs -q -f -f root >/dev/null 2>&1
python3 "$TESTS/images/reiserfs.py" fill root sles
truncate -s 1M swap && mkswap -q swap 2>/dev/null
truncate -s 40M installed
printf 'start=2048,size=2048,type=82\nstart=4096,type=83\n' | sfdisk -q installed
dd if=swap of=installed bs=1M seek=1 conv=notrunc status=none
dd if=root of=installed bs=1M seek=2 conv=notrunc,sparse status=none

"$ELILOADER" vm create sles install-repository="$NGINX/sles" install-distro=sleslike install-arch=x86_64 PV-args=console=hvc0
truncate -s 40M blank
boot sles "$WORK/blank"
gives www/sles/boot/x86_64/vmlinuz-xen www/sles/boot/x86_64/initrd-xen 'SLES 10: round one boots the installer'
is "$(sed -n 's/^args //p' answer)" "install=$NGINX/sles/ console=hvc0" 'with where it installs from'
is "$(field sles .PV_bootloader) $(field sles '.other_config["install-round"]')" 'eliloader 2' 'and round two comes next'
boot sles "$WORK/installed"
gives sles/boot/vmlinuz-$version-xen sles/boot/initrd-$version-xen 'SLES 10: round two boots what is installed'
is "$(sed -n 's/^args //p' answer)" console=hvc0 'with the arguments from dom0'
is "$(field sles .PV_bootloader): $(field sles .PV_bootloader_args)" \
    'pygrub: --kernel /boot/vmlinuz-xen --ramdisk /boot/initrd-xen' 'the paths are recorded, for pygrub'
is "$(field sles '.other_config["install-round"]') $(field sles '.other_config["install-distro"]')" '- -' \
    'and nothing asks for media again'
like "$(cat err)" "PV-bootloader is pygrub now" 'it was pygrub that ran'
# From now on the toolstack runs it with those words, without us.
mkdir pygrub.d
# shellcheck disable=SC2046 # words
pygrub -q --output-format=simple --output-directory="$WORK/pygrub.d" $(field sles .PV_bootloader_args) installed >answer 2>err
gives sles/boot/vmlinuz-$version-xen sles/boot/initrd-$version-xen 'and pygrub alone boots the same'

# --- what pygrub does not read ---------------------------------------------------------------
# One that says whether it was asked.
cat >fake-pygrub <<END
#!/usr/bin/python3
import sys
if '--help' in sys.argv:
    sys.exit('Usage: pygrub [--runas=] <image>')
open('$WORK/fake.asked', 'w')
sys.exit('nothing')
END
chmod +x fake-pygrub
rm -rf tree && mkdir -p tree/boot/grub tree/loader/entries
kernel tree/boot/vmlinuz-6.4-default suse
ramdisk tree/boot/initrd-6.4-default suse
cat >tree/boot/grub/grub.cfg <<'CFG'
menuentry SLES {
    linux /boot/vmlinuz-6.4-default root=/dev/xvda2
    initrd /boot/initrd-6.4-default
}
CFG
# ours NAME DISK…
ours() {
    local name=$1 word
    shift
    rm -f fake.asked
    "$ELILOADER" vm create ours install-repository=http://127.0.0.1/ install-distro=sleslike install-round=2 install-arch=x86_64
    for word in 'round two' 'the next start'; do
        ELILOADER_PYGRUB=$WORK/fake-pygrub boot ours "$@"
        gives tree/boot/vmlinuz-6.4-default tree/boot/initrd-6.4-default "$name: $word"
        is "$(field ours .PV_bootloader) $(field ours '.other_config["install-round"]') $(field ours .PV_bootloader_args)" \
            'eliloader done ' "$name: the loader boots it from now on" "$(cat err)"
    done
    is "$(ls fake.asked 2>/dev/null)" '' "$name: pygrub is not asked"
    "$ELILOADER" vm remove ours
}
mke2fs -q -F -t ext4 -d tree fs.img 4M >/dev/null 2>&1
truncate -s 8M pv && "$TESTS/images/lvm.py" pv : boot,linear,64 = boot fs.img
ours LVM "$WORK/pv"
truncate -s 8M member && "$TESTS/images/md.py" 1.2 raid1 0 fs.img member -
ours md "$WORK/member"
# Seen from its start a member of this kind is a filesystem that pygrub would read.
truncate -s 8M member.0 && "$TESTS/images/md.py" 1.0 raid1 0 fs.img member.0 -
ours 'md 1.0' "$WORK/member.0"
truncate -s 120M btrfs && mkfs.btrfs -q -r tree btrfs >/dev/null 2>&1
ours Btrfs "$WORK/btrfs"
python3 "$TESTS/images/xfs.py" proto tree >description
truncate -s 300M xfs && mkfs.xfs -q -p description xfs >/dev/null
ours 'XFS v5' "$WORK/xfs"
rm -r tree/boot/grub
cat >tree/loader/entries/system.conf <<'CONF'
title SLES
linux /boot/vmlinuz-6.4-default
initrd /boot/initrd-6.4-default
options root=/dev/xvda2
CONF
mkfs.vfat -C esp 8000 >/dev/null && mcopy -i esp -s tree/boot tree/loader ::/
ours FAT "$WORK/esp"
done_testing
