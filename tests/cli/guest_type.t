#!/usr/bin/env bash
# A kernel that the guest cannot start with ends the start: by what its configuration says, or what
# it says itself, for all who boot. (Where xenstore says what kind of guest it is: cli/xenstore.t.)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
needs pygrub
kernel() { python3 "$TESTS/images/kernel.py" "$@"; }

# guest NAME WORD…: an image of that name, whose kernel is of those kinds, and the same without its
# configuration.
guest() {
    local name=$1
    shift
    mkdir -p tree/boot/grub
    kernel elf 64 "$@" >tree/boot/vmlinuz-1
    echo ramdisk >tree/boot/initrd.img-1
    printf 'menuentry "A" {\nlinux /boot/vmlinuz-1 ro\ninitrd /boot/initrd.img-1\n}\n' >tree/boot/grub/grub.cfg
    mke2fs -q -d tree "$name-plain" 4M >mkfs.out
    {
        echo CONFIG_XEN=y
        case " $* " in *' pv '*) echo CONFIG_XEN_PV=y ;; *) echo '# CONFIG_XEN_PV is not set' ;; esac
        case " $* " in *' pvh '*) echo CONFIG_XEN_PVH=y ;; *) echo '# CONFIG_XEN_PVH is not set' ;; esac
    } >tree/boot/config-1
    mke2fs -q -d tree "$name" 4M >mkfs.out
    rm -r tree
}
guest pv pv
guest pvh pvh
guest both pv pvh
guest none

# start NAME WANT WORD…: WANT is "0" or "STATUS REGEX" of a start without a record.
start() {
    local name=$1 want=$2
    shift 2
    clear_boot
    run "$ELILOADER" -q --output-format=simple "$@"
    like "$status $(sed -n 's/^eliloader: //p' err | head -n1)" "^$want" "$name"
    case $want in
    0*) is "$(boot_files)" 'eliloader-kernel eliloader-ramdisk' "$name: files" ;;
    *) is "$(wc -c <out) $(boot_files)" '0 ' "$name: no files" ;;
    esac
}
no_pvh="3 .*: the kernel /boot/vmlinuz-1: this kernel has no PVH entry .says /boot/config-1., and the guest is of the type pvh, .*; type=.pv. would work"
no_pv="3 .*: this kernel has no PV entry .says /boot/config-1., and the guest is of the type pv, .*; type=.pvh. would work"
start 'PV kernel, PVH guest' "$no_pvh" --guest-type=pvh pv
start 'PVH kernel, PV guest' "$no_pv" --guest-type=pv pvh
start 'PVH kernel, PV guest of 32 bits' "$no_pv" --guest-type=pv32 pvh
start 'PV kernel, PV guest' 0 --guest-type=pv pv
start 'PVH kernel, PVH guest' 0 --guest-type=pvh pvh
start 'both, either' 0 --guest-type=pvh both
start 'PV kernel, nobody says what the guest is' 0 pv
start 'no Xen kernel, PV guest' '3 .*built without Xen guest support .says /boot/config-1.' --guest-type=pv none
start 'no Xen kernel, nobody says what the guest is' '0 warning.*built without Xen guest support|0' none
ELILOADER_GUEST_TYPE=pvh start 'the environment' "$no_pvh" pv
ELILOADER_GUEST_TYPE=pvh start 'the command line before it' 0 --guest-type=pv pv
start 'what is only shown' "$no_pvh" --guest-type=pvh -n pv
start 'nothing says what the kernel is' 0 --guest-type=pvh pv-plain
start 'the kernel itself says it' '3 .*the kernel /boot/vmlinuz-1: this kernel has no PVH entry, and' \
    --guest-type=pvh --check-kernel pv-plain
start 'the kernel itself will do' 0 --guest-type=pv --check-kernel pv-plain
if [ "$(uname -m)" = x86_64 ]; then
    mkdir -p tree/boot && echo arm | kernel image >tree/boot/vmlinuz-1 && echo ramdisk >tree/boot/initrd.img-1
    mke2fs -q -d tree arm 4M >mkfs.out && rm -r tree
    start 'a kernel for arm64' '3 .*: this kernel is for aarch64, and no guest of this host, which is x86_64, can start with it' \
        --guest-type=pvh --check-kernel arm
    start 'a kernel for arm64, nobody says what the guest is' '0' --check-kernel arm
fi
start 'by pygrub' '3 .*the kernel that pygrub found: this kernel has no PVH entry, and' \
    --guest-type=pvh --check-kernel --handoff=pygrub pv-plain

# --- a VM ------------------------------------------------------------------------------------------
# shellcheck disable=SC2016 # for the other shell
printf '#!/bin/sh\n[ "$1" != --help ] || exec echo --runas\ntouch %s/asked\nexit 1\n' "$WORK" >forbidden
chmod +x forbidden
# vm_fails NAME WORD…: the start of the VM 'guest', undecided, ends so, and no pygrub is asked.
vm_fails() {
    local name=$1
    shift
    clear_boot
    ELILOADER_PYGRUB=$WORK/forbidden refused 3 INTERNAL_ERROR \
        '^VM guest: the kernel /boot/vmlinuz-1: this kernel has no PVH entry' "$name" --vm=guest -q "$@"
    is "$(find asked 2>/dev/null)" '' "$name: pygrub is not asked"
}
vm_new guest
vm_fails 'a VM' --guest-type=pvh pv
vm_new guest PV-bootloader-args=--guest-type=pvh
vm_fails "the record's words" pv
vm_new guest install-round=2 install-distro=sleslike install-repository=http://127.0.0.1:9/
vm_fails 'in its second round' --guest-type=pvh pv
vm_new guest
jq '.domain_type = "pvh"' "$RECORDS/guest.json" >new && mv new "$RECORDS/guest.json"
vm_fails "xapi's own word" pv
clear_boot
refused 3 INTERNAL_ERROR 'VM guest: the kernel that pygrub found: this kernel has no PVH entry' 'by pygrub' \
    --vm=guest -q --handoff=pygrub --check-kernel pv-plain

# --- from elsewhere ----------------------------------------------------------------------------------
mkdir -p www
kernel elf 64 pv >www/k
start 'a location' '3 .*the kernel: this kernel has no PVH entry, and' --location="$WORK/www" --kernel=k --check-kernel \
    --guest-type=pvh
vm_new guest
clear_boot
refused 3 INTERNAL_ERROR 'VM guest: the kernel: this kernel has no PVH entry' "a VM's location" \
    --vm=guest --location="$WORK/www" --kernel=k --check-kernel --guest-type=pvh
run "$ELILOADER" domuloader --entry=/boot/vmlinuz-1 --guest-type=pvh --output-directory="$BOOT" pv
like "$status $(cat err)" '^3 .*this kernel has no PVH entry' 'domuloader'
done_testing
