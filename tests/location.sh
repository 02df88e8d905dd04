# What the tests of --location share (bash), sourced after toolstack.sh: trees below $WWW, and
# whether a run gives their files.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

# shellcheck disable=SC2034 # for boot()
ELILOADER=$BUILD/bin/xenpvnetboot
TREES=$WWW

# gives NAME KERNEL|- RAMDISK|- WORD…: the run succeeds and its simple answer's files are those.
gives() {
    local name=$1 kernel=$2 ramdisk=$3
    shift 3
    clear_boot
    boot --output-format=simple "$@"
    is "$status $(cat err)" '0 ' "$name: succeeds" || return
    cmp -s "$(answered kernel)" "$kernel"
    ok $? "$name: the kernel, byte by byte" "$(cat out)"
    if [ "$ramdisk" = - ]; then
        is "$(answered ramdisk)" '' "$name: no ramdisk"
    else
        cmp -s "$(answered ramdisk)" "$ramdisk"
        ok $? "$name: the ramdisk, byte by byte" "$(cat out)"
    fi
    is "$(boot_files)" "eliloader-kernel$([ "$ramdisk" = - ] || echo ' eliloader-ramdisk')" \
        "$name: and no other file"
}
# not_from ERROR REGEX NAME WORD…
not_from() {
    local error=$1 regex=$2 name=$3
    shift 3
    clear_boot
    refused 1 "$error" "$regex" "$name" "$@"
}

tree pxe images/pxeboot/vmlinuz images/pxeboot/initrd.img
PXE=$TREES/pxe/images/pxeboot
fake_kernel "$TREES/pxe/my kernel%41+é" odd
fake_ramdisk "$TREES/pxe/sub/rd;1" odd
printf 'not a kernel' >"$TREES/pxe/text"
: >"$TREES/pxe/empty"
# A PV kernel of NetBSD: an ELF file, gzipped, with no ramdisk.
NETBSD=binary/kernel/netbsd-INSTALL_XEN3_DOMU.gz
mkdir -p "$TREES/netbsd/binary/kernel"
{
    printf '\177ELF'
    head -c 5000 /dev/urandom
} | gzip >"$TREES/netbsd/$NETBSD"
# shellcheck disable=SC2034 # for who sources this
size=$(stat -c %s "$PXE/vmlinuz")
