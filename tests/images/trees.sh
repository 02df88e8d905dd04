# What stands on a guest's disk: one function a boot configuration, which fills a directory.
# Kernels are 8 KiB with the marks of a bzImage, and a line that tells them apart. Sourced by
# make.sh.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

# kernel FILE TEXT
kernel() {
    {
        head -c 510 /dev/zero
        printf '\x55\xaa'
        printf '\xeb\x66HdrS\x0c\x02'
        head -c 3000 /dev/zero
        printf 'kernel %s\n' "$2"
        head -c 4000 /dev/zero
    } >"$1"
}
ramdisk() {
    printf 'ramdisk %s\n' "$2" >"$1"
}
# kernel_pair DIRECTORY VERSION: as Debian names them
kernel_pair() {
    kernel "$1/vmlinuz-$2" "$2"
    ramdisk "$1/initrd.img-$2" "$2"
}

grub2_cfg() { # PATH-OF-BOOT
    cat <<END
set default="0"
set timeout=5
menuentry 'Linux' --class gnu-linux {
	insmod ext2
	linux	$1/vmlinuz-6.1 root=/dev/xvda1 ro quiet
	initrd	$1/initrd.img-6.1
}
menuentry 'Linux (rescue)' {
	linux	$1/vmlinuz-5.10 root=/dev/xvda1 ro single
	initrd	$1/initrd.img-5.10
}
END
}
tree_grub2() {
    mkdir -p "$1/boot/grub"
    kernel_pair "$1/boot" 6.1
    kernel_pair "$1/boot" 5.10
    grub2_cfg /boot >"$1/boot/grub/grub.cfg"
}
tree_grub2-suse() {
    tree_grub2 "$1"
    mv "$1/boot/grub" "$1/boot/grub2"
}
tree_grub2-rh() {
    mkdir -p "$1/grub2"
    kernel_pair "$1" 6.1
    kernel_pair "$1" 5.10
    grub2_cfg '' >"$1/grub2/grub.cfg"
}
tree_grub2-boot() {
    tree_grub2-rh "$1"
    mv "$1/grub2" "$1/grub"
}
tree_grub2-menu() {
    tree_grub2 "$1"
    sed -i 's/^set default=.*/set default="1"/' "$1/boot/grub/grub.cfg"
}
tree_legacy() {
    mkdir -p "$1/boot/grub"
    kernel_pair "$1/boot" 2.6.32
    kernel_pair "$1/boot" 2.6.26
    cat >"$1/boot/grub/menu.lst" <<'END'
default 1
timeout 5
title Linux 2.6.32
	root (hd0,0)
	kernel /boot/vmlinuz-2.6.32 root=/dev/xvda1 ro
	initrd /boot/initrd.img-2.6.32
title Linux 2.6.26
	root (hd0,0)
	kernel /boot/vmlinuz-2.6.26 root=/dev/xvda1 ro
	initrd /boot/initrd.img-2.6.26
END
}
tree_legacy-conf() {
    tree_legacy "$1"
    mv "$1/boot/grub/menu.lst" "$1/boot/grub/grub.conf"
}
tree_legacy-boot() {
    mkdir -p "$1/grub"
    kernel_pair "$1" 2.6.18
    cat >"$1/grub/grub.conf" <<'END'
default=0
timeout=5
hiddenmenu
title CentOS (2.6.18)
	root (hd0,0)
	kernel /vmlinuz-2.6.18 ro root=LABEL=/ console=hvc0
	initrd /initrd.img-2.6.18
END
    ln -s grub.conf "$1/grub/menu.lst"
}
extlinux_conf() { # PATH-OF-BOOT
    cat <<END
default linux
label old
  kernel $1/vmlinuz-5.10
  append initrd=$1/initrd.img-5.10 root=/dev/xvda1 single
label linux
  kernel $1/vmlinuz-6.1
  append initrd=$1/initrd.img-6.1 root=/dev/xvda1 ro
END
}
tree_extlinux() {
    mkdir -p "$1/boot/extlinux"
    kernel_pair "$1/boot" 6.1
    kernel_pair "$1/boot" 5.10
    extlinux_conf /boot >"$1/boot/extlinux/extlinux.conf"
}
tree_extlinux-boot() {
    kernel_pair "$1" 6.1
    kernel_pair "$1" 5.10
    extlinux_conf '' >"$1/extlinux.conf"
}
tree_isolinux() {
    tree_extlinux "$1"
    mv "$1/boot/extlinux" "$1/boot/isolinux"
    mv "$1/boot/isolinux/extlinux.conf" "$1/boot/isolinux/isolinux.cfg"
}
# Links of every kind on the way to the kernel.
tree_links() {
    tree_grub2 "$1"
    ln -s boot "$1/absent-or-not"
    ln -s /absent-or-not/./../boot/vmlinuz-6.1 "$1/boot/one"
    ln -s ../boot/one "$1/boot/two"
    ln -s initrd.img-6.1 "$1/boot/ramdisk"
    sed -i 's/vmlinuz-6.1/two/;s/initrd.img-6.1/ramdisk/' "$1/boot/grub/grub.cfg"
}
# Targets of 59, 60 and more bytes: in the inode, and in a block of their own.
tree_long-links() {
    local dots
    tree_grub2 "$1"
    dots=$(printf './%.0s' {1..600})
    ln -s "${dots:0:48}vmlinuz-6.1" "$1/boot/k59"
    ln -s "${dots:0:46}../boot/k59x" "$1/boot/unused"
    ln -s "${dots:0:50}./k59.rel" "$1/boot/k-dangling"
    ln -s "${dots:0:1000}k59" "$1/boot/k1003"
    sed -i 's/vmlinuz-6.1/k1003/' "$1/boot/grub/grub.cfg"
}
tree_many() {
    local i
    tree_grub2 "$1"
    for i in {1000..1999}; do : >"$1/boot/System.map-with-a-long-name-$i"; done
}
tree_many-legacy() {
    local i
    tree_legacy "$1"
    for i in {1000..1999}; do : >"$1/boot/System.map-with-a-long-name-$i"; done
}
tree_wellknown-suse() {
    mkdir -p "$1/boot"
    kernel "$1/boot/vmlinuz-xen" suse-64
    ramdisk "$1/boot/initrd-xen" suse-64
    kernel "$1/boot/vmlinuz-xenpae" suse-32
    ramdisk "$1/boot/initrd-xenpae" suse-32
}
tree_wellknown-links() {
    mkdir -p "$1/boot"
    kernel_pair "$1/boot" 6.1
    ln -s boot/vmlinuz-6.1 "$1/vmlinuz"
    ln -s boot/initrd.img-6.1 "$1/initrd.img"
}
tree_wellknown-newest() {
    mkdir -p "$1/boot"
    kernel_pair "$1/boot" 5.9
    kernel_pair "$1/boot" 5.10
    kernel "$1/boot/vmlinuz-0-rescue-abc" rescue
}
tree_pvboot() {
    mkdir -p "$1/boot/xen"
    printf '\x7fELF pvboot' >"$1/boot/xen/pvboot-x86_64.elf"
}
bls_entry() { # PATH-OF-BOOT VERSION
    printf 'title Fedora (%s)\nversion %s\nlinux %s/vmlinuz-%s\ninitrd %s/initrd.img-%s\noptions root=/dev/xvda1 ro\n' \
        "$2" "$2" "$1" "$2" "$1" "$2"
}
tree_bls() {
    mkdir -p "$1/boot/loader/entries"
    kernel_pair "$1/boot" 6.1
    kernel_pair "$1/boot" 5.10
    bls_entry /boot 6.1 >"$1/boot/loader/entries/abc-6.1.conf"
    bls_entry /boot 5.10 >"$1/boot/loader/entries/abc-5.10.conf"
}
tree_bls-boot() {
    mkdir -p "$1/loader/entries"
    kernel_pair "$1" 6.1
    kernel_pair "$1" 5.10
    bls_entry '' 6.1 >"$1/loader/entries/abc-6.1.conf"
    bls_entry '' 5.10 >"$1/loader/entries/abc-5.10.conf"
}
tree_data() {
    mkdir -p "$1/home/user"
    echo hello >"$1/home/user/letter"
}

# make_tree CONFIGURATION DIRECTORY
make_tree() {
    "tree_$1" "$2"
}
