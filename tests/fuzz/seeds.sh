#!/usr/bin/env bash
# What a fuzz target starts from, so that it gets past its first checks:
#
#   seeds.sh TARGET DIRECTORY     fills DIRECTORY with inputs for fuzz_TARGET, where it is empty
#
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2016 # variables of GRUB
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../images/trees.sh"
export PATH=$PATH:/usr/sbin:/sbin MKE2FS_CONFIG=$here/../images/mke2fs.conf

# trees CONFIGURATION…: the boot configurations of these, each a file in $out
trees() {
    local tree=$work/tree name file
    for name; do
        rm -rf "$tree" && mkdir "$tree" && make_tree "$name" "$tree"
        find "$tree" -name '*.conf' -o -name '*.cfg' -o -name menu.lst | while read -r file; do
            cp "$file" "$out/$name-${file##*/}"
        done
    done
}

seeds_grub2() {
    cp "$here"/../e2e/grub-emu-cases/*.cfg "$out"
    trees grub2 grub2-menu
    # an entry and the command that looks for it: every file holds the input
    printf 'blscfg\nlinux /k\ntitle x\noptions $kernelopts\n' >"$out/blscfg"
}
seeds_extlinux() {
    trees extlinux isolinux
    printf 'ui menu.c32\ntimeout 5\nontimeout k\nmenu begin a\nlabel b\nmenu default\nlinux /k\ninitrd /k,/k\nmenu end\n' >"$out/menu"
    printf 'include k\nlabel x\ncom32 mboot.c32\nappend xen.gz a --- /k b --- /k\ntext help\nendtext\n' >"$out/modules"
}
seeds_grub_legacy() {
    trees legacy legacy-boot
    printf 'default saved\nfallback 0 1\ntitle Xen\nroot (hd0,1)\nkernel /xen.gz\nmodule /k a\nmodule /k\ntitle b\nkernel (hd0,0)/k savedefault\nconfigfile /k\n' >"$out/xen"
}
# Pieces between \1: the value of all variables, then names and texts in turn.
seeds_bls() {
    printf 'ro quiet\1a-6.1\1title A\nversion 6.1\nlinux /k\ninitrd /k /k\noptions $kernelopts $$x\n\1b-5.10\1title B\nversion 5.10~rc1\nlinux k\noptions a\noptions b\nmachine-id x\nsort-key b\n' >"$out/two"
    printf '\1x+3-1\1linux /k\ngrub_users $x\narchitecture x64\n' >"$out/counted"
}
# The first byte chooses the file, see fuzz_treeinfo.c.
seeds_treeinfo() {
    local zeros
    zeros=$(printf '%064d' 0)
    printf '\0[general]\nfamily = Fedora\nversion = 38\narch = x86_64\n[images-x86_64]\nkernel = images/pxeboot/vmlinuz\ninitrd = images/pxeboot/initrd.img\n[checksums]\nimages/pxeboot/vmlinuz = sha256:%s\n' "$zeros" >"$out/treeinfo"
    printf '\1123.45\nRed Hat Enterprise Linux 5\nx86_64\n1\n' >"$out/discinfo"
    printf '\2DISTRO cpe:/o:opensuse:opensuse:13.2,openSUSE\nVERSION 11.3\nLABEL SLES\nBASEARCHS x86_64\nHASH SHA256 %s boot/x86_64/loader/linux\nMETA SHA1 %s x\n' "$zeros" "${zeros:0:40}" >"$out/content"
    printf '\3%s  boot/x86_64/loader/linux\n' "$zeros" >"$out/checksums"
    printf '\4/ openSUSE 15-1\n' >"$out/products"
    printf '\5%s  ./netboot/xen/vmlinuz\n%s  ./netboot/debian-installer/amd64/linux\n' "$zeros" "$zeros" >"$out/debian"
    printf '\6%s  ./install.amd/vmlinuz\n' "${zeros:0:32}" >"$out/md5sum"
}

# filesystem NAME TREE SIZE-IN-KIB MKE2FS-OPTIONS…
filesystem() {
    local tree=$work/tree
    rm -rf "$tree" && mkdir "$tree" && make_tree "$2" "$tree"
    mke2fs -q -F -b 1024 -N 48 "${@:4}" -d "$tree" "$out/$1" "$3k" >/dev/null 2>&1
}
# Small, and without metadata_csum: a fuzzer does not mend checksums.
seeds_disk() {
    local plain=filetype,ext_attr,dir_index
    filesystem ext2 grub2 100 -I 128 -O $plain
    filesystem legacy legacy 100 -I 128 -O $plain
    filesystem extents links 120 -O $plain,extent
    filesystem inline bls 120 -O $plain,extent,inline_data
    filesystem extlinux extlinux 100 -I 128 -O $plain
    filesystem names wellknown-suse 120 -I 128 -O $plain
    filesystem journal grub2 2100 -J size=1 -O $plain,extent,has_journal
    head -c 2048 /dev/zero >"$work/blocks"
    printf 'jo\njw -b 2000,2001 %s\njw -r 2000\njc\n' "$work/blocks" | debugfs -w "$out/journal" >/dev/null 2>&1
    filesystem htree data 220 -N 256 -O $plain,extent
    local i
    mkdir -p "$work/tree/boot"
    for i in {1000..1150}; do : >"$work/tree/boot/System.map-with-a-long-name-$i"; done
    mke2fs -q -F -b 1024 -N 256 -O $plain,extent -d "$work/tree" "$out/htree" 220k >/dev/null 2>&1
    e2fsck -fyD "$out/htree" >/dev/null 2>&1 || [ $? = 1 ]
    truncate -s 512k "$out/dos" "$out/gpt"
    printf 'label: dos\nstart=64,size=128,type=82\nstart=200,size=300,type=83,bootable\nstart=510,size=400,type=5\nstart=520,size=100,type=83\n' |
        sfdisk -q "$out/dos" >/dev/null
    dd if="$out/ext2" of="$out/dos" bs=512 seek=200 conv=notrunc status=none
    sgdisk -a 1 -n 1:40:100 -n 2:104:400 "$out/gpt" >/dev/null
    dd if="$out/legacy" of="$out/gpt" bs=512 seek=104 conv=notrunc status=none
}

# Kernels of a few hundred bytes, in each wrapping.
seeds_kernel() {
    local kernel=$here/../images/kernel.py name packer
    for name in '64 pv pvh' '32 pv' '64 guest' '32 guest'; do
        # shellcheck disable=SC2086 # words
        python3 "$kernel" elf $name >"$out/elf-${name// /-}"
        python3 "$kernel" bzimage <"$out/elf-${name// /-}" >"$out/bzimage-${name// /-}"
    done
    for packer in gzip bzip2 'xz --check=crc32 --x86 --lzma2' lzma zstd 'lz4 -l - -' 'lz4 -'; do
        name=${packer//[^a-z0-9]/}
        # shellcheck disable=SC2086 # a command with its options
        $packer <"$out/elf-64-pv-pvh" >"$out/$name" 2>/dev/null
        { cat "$out/$name" && printf '\0\1\0\0'; } | python3 "$kernel" bzimage >"$out/bzimage-$name"
    done
    python3 "$kernel" uki <"$out/bzimage-gzip" >"$out/uki"
    { printf 'MZ\0\0zimg\100\0\0\0\200\0\0\0' && head -c 48 /dev/zero && cat "$out/gzip"; } >"$out/zboot"
}

[ $# = 2 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2 && exit 2; }
out=$2
mkdir -p "$out"
[ -z "$(ls -A "$out")" ] || exit 0
out=$(cd "$out" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/eliloader-seeds.XXXXXX")
trap 'rm -rf "$work"' EXIT
"seeds_$1"
