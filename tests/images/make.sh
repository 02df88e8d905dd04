#!/bin/bash
# Disk images for tests, made from recipes without root, mounting or loop devices.
#
#   make.sh list              the names of all recipes
#   make.sh NAME DIRECTORY    makes DIRECTORY/NAME.img and prints its path
#   make.sh all DIRECTORY     makes all of them, side by side
#
# A recipe is a line of the table below: a name, the partition table, the filesystem with its
# features, the boot configuration, and the partition that holds it.
#
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/trees.sh"
export PATH=$PATH:/usr/sbin:/sbin MKE2FS_CONFIG=$here/mke2fs.conf

# table:  none  dos  dos-active (partition 2 is)  dos-logical  dos-4k  gpt  gpt-backup  gpt-4k
# place:  the number of the partition, 0 for a bare filesystem; what stands on the others:
#         "+swap", "+data" (a filesystem without anything to boot), nothing
recipes() {
    cat <<'END'
none-ext2-grub2            none        ext2         grub2           0
none-ext3-grub2            none        ext3         grub2           0
none-ext4-grub2            none        ext4         grub2           0
none-ext4-grub2-suse       none        ext4         grub2-suse      0
none-ext4-legacy           none        ext4         legacy          0
none-ext4-legacy-conf      none        ext4         legacy-conf     0
none-ext4-extlinux         none        ext4         extlinux        0
none-ext4-isolinux         none        ext4         isolinux        0
none-ext4-links            none        ext4         links           0
none-ext4-long-links       none        ext4         long-links      0
none-ext4-menu             none        ext4         grub2-menu      0
none-ext4-1k               none        ext4-1k      grub2           0
none-ext4-2k               none        ext4-2k      grub2           0
none-ext4-plain            none        ext4-plain   grub2           0
none-ext4-meta-bg          none        ext4-meta-bg grub2           0
none-ext4-inline           none        ext4-inline  grub2           0
none-ext4-inline-links     none        ext4-inline  links           0
none-ext4-htree            none        ext4-htree   many            0
none-ext4-htree-legacy     none        ext4-htree   many-legacy     0
none-ext4-bigalloc         none        ext4-bigalloc grub2          0
none-ext4-small-inodes     none        ext4-128     grub2           0
none-ext4-wellknown-suse   none        ext4         wellknown-suse  0
none-ext4-wellknown-links  none        ext4         wellknown-links 0
none-ext4-wellknown-newest none        ext4         wellknown-newest 0
none-ext4-pvboot           none        ext4         pvboot          0
none-ext4-bls              none        ext4         bls             0
none-ext4-no-boot          none        ext4         data            0
dos-ext2-legacy-1          dos         ext2         legacy          1
dos-ext3-legacy-1          dos         ext3         legacy-boot     1
dos-ext3-legacy-2          dos         ext3         legacy          2+swap
dos-ext4-grub2-1           dos         ext4         grub2           1
dos-ext4-grub2-2           dos         ext4         grub2           2+swap
dos-ext4-grub2-2-data      dos         ext4         grub2           2+data
dos-ext4-grub2-3           dos         ext4         grub2           3+data
dos-ext4-grub2-boot-1      dos         ext4         grub2-boot      1+data
dos-ext4-extlinux-2        dos         ext4         extlinux        2+swap
dos-ext4-extlinux-boot-1   dos         ext4         extlinux-boot   1
dos-ext4-links-2           dos         ext4         links           2+swap
dos-ext4-bls-1             dos         ext4         bls-boot        1+data
dos-ext4-suse-2            dos         ext3         wellknown-suse  2+swap
dos-ext4-suse-1            dos         ext3         wellknown-suse  1
dos-active-ext4-grub2-2    dos-active  ext4         grub2           2+swap
dos-logical-ext3-legacy-5  dos-logical ext3         legacy          5
dos-logical-ext4-grub2-5   dos-logical ext4         grub2           5+swap
dos-logical-ext4-grub2-6   dos-logical ext4         grub2           6+data
dos-logical-ext4-suse-6    dos-logical ext4         wellknown-suse  6+swap
dos-4k-ext4-grub2-1        dos-4k      ext4         grub2           1
gpt-ext2-legacy-1          gpt         ext2         legacy          1
gpt-ext4-grub2-1           gpt         ext4         grub2           1
gpt-ext4-grub2-2           gpt         ext4         grub2           2+swap
gpt-ext4-grub2-2-data      gpt         ext4         grub2           2+data
gpt-ext4-grub2-3           gpt         ext4         grub2-rh        3+data
gpt-ext4-grub2-boot-2      gpt         ext4         grub2-boot      2+data
gpt-ext4-extlinux-1        gpt         ext4         extlinux        1
gpt-ext4-legacy-boot-1     gpt         ext4         legacy-boot     1+swap
gpt-ext4-bls-2             gpt         ext4         bls             2+data
gpt-backup-ext4-grub2-2    gpt-backup  ext4         grub2           2+swap
gpt-4k-ext4-grub2-2        gpt-4k      ext4         grub2           2
END
}

# --- filesystems -----------------------------------------------------------------------------
FS_SIZE_KB=8192
UUID_BOOT=11111111-2222-3333-4444-555555555555
UUID_DATA=99999999-8888-7777-6666-555555555555

# make_fs KIND TREE FILE UUID LABEL
make_fs() {
    local kind=$1 tree=$2 file=$3 options
    case $kind in
    ext2) options="-b 1024 -O none,filetype,sparse_super" ;;
    ext3) options="-b 1024 -O none,filetype,sparse_super,has_journal,dir_index" ;;
    ext4) options="-b 4096 -O $ext4,64bit,metadata_csum" ;;
    ext4-1k) options="-b 1024 -O $ext4,64bit,metadata_csum" ;;
    ext4-2k) options="-b 2048 -O $ext4,64bit,metadata_csum" ;;
    ext4-plain) options="-b 4096 -O $ext4,uninit_bg" ;;
    ext4-meta-bg) options="-b 1024 -g 256 -O $ext4,meta_bg,^resize_inode,64bit,metadata_csum" ;;
    ext4-inline) options="-b 4096 -O $ext4,inline_data,64bit,metadata_csum" ;;
    ext4-bigalloc) options="-b 4096 -O $ext4,bigalloc,64bit -C 16384" ;;
    ext4-128) options="-b 4096 -I 128 -O $ext4" ;;
    ext4-htree) options="-b 1024 -O $ext4,64bit,metadata_csum -N 4096" ;;
    *) echo "no filesystem $kind" >&2 && return 1 ;;
    esac
    # shellcheck disable=SC2086 # a list of options
    mke2fs -q -F ${options/-I 128/} -I "$(case $kind in ext[23] | *-128) echo 128 ;; *) echo 256 ;; esac)" \
        -U "$4" -L "$5" -E root_owner=0:0,hash_seed=01234567-89ab-cdef-0123-456789abcdef \
        -d "$tree" "$file" "${FS_SIZE_KB}k" >/dev/null 2>&1
    # mke2fs writes directories in a row; e2fsck gives them their index
    if [ "$kind" = ext4-htree ]; then e2fsck -fyD "$file" >/dev/null 2>&1 || [ $? = 1 ]; fi
}
ext4=none,filetype,sparse_super,large_file,has_journal,dir_index,ext_attr,resize_inode,extent,flex_bg,huge_file,dir_nlink,extra_isize

# --- partition tables ------------------------------------------------------------------------
# Partition N (5 is the first logical one) starts at MiB 1 + 9 * place and has 8 MiB.
MIB=1048576
place_of() {
    case $1 in
    0) echo 0 ;;
    [1-4]) echo $((1 + 9 * ($1 - 1))) ;;
    5) echo 11 ;;
    6) echo 21 ;;
    esac
}

make_table() {
    local table=$1 file=$2
    truncate -s 32M "$file"
    case $table in
    none) truncate -s "${FS_SIZE_KB}K" "$file" ;;
    dos | dos-active)
        printf 'label: dos\nstart=2048,size=16384,type=83\nstart=20480,size=16384,type=83%s\nstart=38912,size=16384,type=83\n' \
            "$([ "$table" = dos ] || echo ,bootable)" | sfdisk -q "$file"
        ;;
    dos-logical)
        printf 'label: dos\nstart=2048,size=16384,type=82\nstart=20480,size=43008,type=5\nstart=22528,size=16384,type=83\nstart=43008,size=16384,type=83\n' |
            sfdisk -q "$file"
        ;;
    gpt | gpt-backup)
        sgdisk -n 1:2048:18431 -c 1:first -n 2:20480:36863 -c 2:second -n 3:38912:55295 "$file" >/dev/null
        if [ "$table" = gpt-backup ]; then
            dd if=/dev/zero of="$file" bs=512 seek=1 count=1 conv=notrunc status=none
        fi
        ;;
    dos-4k) printf 'o\nn\np\n1\n256\n2303\nw\n' | fdisk -b 4096 "$file" >/dev/null ;;
    gpt-4k) printf 'g\nn\n1\n256\n2303\nn\n2\n2560\n4607\nw\n' | fdisk -b 4096 "$file" >/dev/null ;;
    *) echo "no table $table" >&2 && return 1 ;;
    esac
}

# put FILE IMAGE PARTITION
put() {
    dd if="$1" of="$2" bs=$MIB seek="$(place_of "$3")" conv=notrunc,sparse status=none
}

# --- one image -------------------------------------------------------------------------------
# make NAME DIRECTORY, then the other columns
make() {
    local name=$1 directory=$2 table=$3 fs=$4 config=$5 number=${6%%+*} other work
    work=$(mktemp -d "$directory/.making.XXXXXX")
    mkdir "$work/boot" "$work/data"
    make_tree "$config" "$work/boot"
    make_fs "$fs" "$work/boot" "$work/fs" "$UUID_BOOT" guest-root
    make_table "$table" "$work/image"
    put "$work/fs" "$work/image" "$number"
    other=$([ "$number" = 1 ] && echo 2 || echo 1)
    case $6 in
    *+swap)
        truncate -s 1M "$work/other"
        mkswap -q "$work/other" 2>/dev/null
        ;;
    *+data)
        make_tree data "$work/data"
        make_fs ext4 "$work/data" "$work/other" "$UUID_DATA" guest-data
        ;;
    *) : >"$work/other" ;;
    esac
    [ "$table" = none ] || put "$work/other" "$work/image" "$other"
    mv "$work/image" "$directory/$name.img"
    rm -rf "$work"
    echo "$directory/$name.img"
}

main() {
    local line
    case ${1:-} in
    list) recipes | cut -d' ' -f1 ;;
    all) recipes | cut -d' ' -f1 | xargs -P"$(nproc)" -I{} "$0" {} "$2" ;;
    '') sed -n '2,8s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
    *)
        line=$(recipes | grep "^$1 ") || { echo "make.sh: there is no recipe $1" >&2 && exit 2; }
        # shellcheck disable=SC2086 # columns
        set -- "$2" $line
        make "$2" "$1" "${@:3}"
        ;;
    esac
}
if [ "${BASH_SOURCE[0]}" = "$0" ]; then main "$@"; fi
