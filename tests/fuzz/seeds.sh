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
seeds_xl_config() {
    printf '# web\nname = "web1"; type="pvh"\nbootloader_args = [ "--vm=web1", ]\ncmdline = \047a\\n\047\ncmdline += "b"\ndisk = [\n \047format=raw, vdev=xvda, access=rw, target=/a,b\047,\n "phy:vg/lv,xvdb,w", [1], ",hdc:cdrom" ]\n' >"$out/guest"
    printf 'disk=["/d,qcow2,xvda,ro","tap:aio:/d,xvdb,w","vdev=xvdc,script=block-x,target=t","iscsi:t,xvdd,r,discard","/c.iso,,hdc,cdrom","devtype=cdrom,vdev=hdd,backendtype=phy"]\n' >"$out/disks"
}
# Pieces between \1: the value of all variables, then names and texts in turn.
seeds_bls() {
    printf 'ro quiet\1a-6.1\1title A\nversion 6.1\nlinux /k\ninitrd /k /k\noptions $kernelopts $$x\n\1b-5.10\1title B\nversion 5.10~rc1\nlinux k\noptions a\noptions b\nmachine-id x\nsort-key b\n' >"$out/two"
    printf '\1x+3-1\1linux /k\ngrub_users $x\narchitecture x64\n' >"$out/counted"
    printf 'literal\1x\1efi \\k\noptions initrd=\\k "a"\ntitle "T"\n\1y\1uki /k\nprofile 2\n\1z+2\1title "T"\nlinux /k\n' >"$out/systemd"
}
seeds_uki() {
    local uki=$here/../images/uki.py
    "$uki" "$out/profiles" '.osrel:ID=x
PRETTY_NAME="X 1"
VERSION_ID=1
' .cmdline:ro .uname:6.1 .initrd:i .ucode:u .linux:k '.profile:TITLE=a' '.profile:ID=b' .cmdline:b
    "$uki" "$out/addon" .cmdline:more .uname:6.1 .initrd:i
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
    printf '\7Suite: stable\nCodename: bookworm\n' >"$out/release"
    printf '\11-\n  flavor: alpine-netboot\n  version: 3.18.4\n  arch: x86_64\n' >"$out/alpine"
    printf '\12alpine-virt 3.18.4 230928\n' >"$out/alpine-cd"
    printf '\13SHA512 (netbsd-INSTALL_XEN3_DOMU.gz) = %s%s\n' "$zeros" "$zeros" >"$out/netbsd"
    printf '\14/dev/iso9660/14_0_RELEASE_AMD64_CD / cd9660 ro 0 0\n' >"$out/freebsd"
    printf '\15http://m/debian/dists/sid/main/installer-amd64/current/' >"$out/url"
}

# The first byte chooses lines, a range or a URL, see fuzz_http_response.c.
seeds_http_response() {
    printf '\0HTTP/1.1 302 Found\r\nLocation: http://h/x\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 300\r\nETag: "one"\r\nLast-Modified: Mon, 02 Jan 2023 03:04:05 GMT\r\n\r\n' >"$out/lines"
    printf '\0HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/10\r\nTransfer-Encoding: chunked\r\nETag: W/"x"\r\n\r\nX: y\r\n' >"$out/part"
    printf '\1bytes 500-999/1000' >"$out/range"
    printf '\2http://me:s3cret@h.example:8080/a%%20b/?x=y#z\nimages/p \303\244/vmlinuz' >"$out/url"
    printf '\2https://[fe80::1]:443/' >"$out/ipv6"
    printf '\2::ffff:10.1.2.3' >"$out/address"
}
# The first byte is the helper, see fuzz_request.c.
seeds_places() {
    printf 'nfs:nolock,vers=3,port=5:h:/p,http://a/x,y,nfs://[::1]:20/p%%20?version=4&nfsport=5&mountport=6' >"$out/list"
    printf 'nfs://h:/p/' >"$out/url"
}
seeds_request() {
    printf '\0{"repository":"http://h/","family":"auto","arch":"x86_64","release":null,"kernel":"k","ramdisk":"r","proxy":"http://p:3128","cacert":"-----BEGIN ","kernel_max":1,"ramdisk_max":2,"connect_timeout":3,"stall_timeout":4,"total_timeout":5,"redirects":"any","downgrade":false,"uid":65534,"agent":"a/1"}' >"$out/fetch"
    printf '\0{"mode":"sums","kernel_max":1,"ramdisk_max":2,"connect_timeout":3,"stall_timeout":4,"total_timeout":5,"downgrade":true,"uid":65534,"agent":"a/1"}' >"$out/sums"
    printf '\1{"disks":["/dev/a","/dev/b"],"family":"rhlike","arch":"x86_64","select":{"entry":"1>0","kernel":null,"ramdisk":null,"offset":512,"partition":1},"copy":{"kernel_max":1,"ramdisk_max":2},"uid":65534}' >"$out/fsprobe"
    printf '\2{"name":"a.iso","mode":null,"verify":true,"uid":65534}' >"$out/medium"
    printf '\2{"name":"a.iso","mode":"sums","verify":false,"tables":true,"digest":"sha1","at":2048,"length":7,"uid":65534}' >"$out/medium-sums"
    printf '\1{"disks":["/dev/a"],"tree":{"identify":false,"family":"any","arch":"amd64","release":"x","folder":"/f","kernel":"k","ramdisk":null},"uid":65534}' >"$out/tree"
    printf '\3{"type":"cpio","append":true,"limit":1000,"uid":65534,"vendor":"v","overlay":"o"}' >"$out/ramdisk"
}
seeds_maps() {
    local md5=00112233445566778899aabbccddeeff
    printf '# media\n\n%s cpio el5.cpio el5.4\n%s%s ext2 - sles9\n\1%s cpio+append x.cpio again\ntree:rhlike:5.[0-4]*:* cpio a.cpio el5\n' \
        $md5 $md5 $md5 ffeeddccbbaa99887766554433221100 >"$out/tables"
    cp "$here"/../../distros/maps/*.map "$out"
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
    filesystem checksums bls 220 -O $plain,extent,64bit,flex_bg,metadata_csum
    filesystem journal grub2 2100 -J size=1 -O $plain,extent,has_journal
    head -c 2048 /dev/zero >"$work/blocks"
    printf 'jo\njw -b 2000,2001 %s\njw -r 2000\njc\n' "$work/blocks" | debugfs -w "$out/journal" >/dev/null 2>&1
    filesystem htree data 220 -N 256 -O $plain,extent
    local i
    mkdir -p "$work/tree/boot"
    for i in {1000..1150}; do : >"$work/tree/boot/System.map-with-a-long-name-$i"; done
    mke2fs -q -F -b 1024 -N 256 -O $plain,extent -d "$work/tree" "$out/htree" 220k >/dev/null 2>&1
    e2fsck -fyD "$out/htree" >/dev/null 2>&1 || [ $? = 1 ]
    mkdir -p "$work/cd/images/pxeboot"
    cp "$work/tree/boot/System.map-with-a-long-name-1000" "$work/cd/images/pxeboot/initrd.img"
    printf '\177ELF' >"$work/cd/images/pxeboot/vmlinuz"
    printf '[general]\nversion=9\n[images-x86_64]\nkernel=images/pxeboot/vmlinuz\ninitrd=images/pxeboot/initrd.img\n' >"$work/cd/.treeinfo"
    xorriso -as mkisofs -quiet -R -no-pad -o "$out/cd" "$work/cd" >/dev/null 2>&1
    # A tree of any family is asked for, see fuzz_disk.c.
    printf '\210' | dd of="$out/cd" bs=1 seek=8 conv=notrunc status=none
    truncate -s 512k "$out/dos" "$out/gpt"
    printf 'label: dos\nstart=64,size=128,type=82\nstart=200,size=300,type=83,bootable\nstart=510,size=400,type=5\nstart=520,size=100,type=83\n' |
        sfdisk -q "$out/dos" >/dev/null
    dd if="$out/ext2" of="$out/dos" bs=512 seek=200 conv=notrunc status=none
    sgdisk -a 1 -n 1:40:100 -n 2:104:400 "$out/gpt" >/dev/null
    dd if="$out/legacy" of="$out/gpt" bs=512 seek=104 conv=notrunc status=none
    # over other volumes, whose checksums the target puts right
    truncate -s 2M "$out/lvm" "$out/lvm-striped" "$out/md" "$work/other"
    "$here/../images/lvm.py" "$out/lvm" : boot,linear,3,1 = boot "$out/ext2"
    "$here/../images/lvm.py" "$out/lvm-striped" : boot,raid1,4,1 snap,snapshot,4,boot = boot "$out/legacy"
    "$here/../images/md.py" 1.2 raid1 0 "$out/dos" "$out/md" "$work/other"
}

# xfs_filesystem NAME MKFS-OPTIONS…: of $work/tree, as fuzz_xfs.c takes it
xfs_filesystem() {
    python3 "$here/../images/xfs.py" proto "$work/tree" >"$work/proto"
    mkfs.xfs --unsupported -q -f -p "$work/proto" -d "file,name=$work/image,size=24m" "${@:2}" >/dev/null 2>&1
    python3 "$here/../images/xfs.py" pieces "$work/image" >"$out/$1"
    rm "$work/image"
}
# Each form of directory; the largest has its extents in a tree.
seeds_xfs() {
    local tree=$work/tree long i
    long=$(printf 'n%.0s' {1..230})
    mkdir -p "$tree"/{some,alone,leaf,boot}
    : >"$work/empty"
    printf '%5000s' kernel >"$tree/boot/vmlinuz"
    ln -s boot/vmlinuz "$tree/vmlinuz" && ln -s ../some/../vmlinuz "$tree/boot/link"
    touch "$tree"/some/{a,b,c} "$tree"/alone/name-{1..40}
    xfs_filesystem small
    xfs_filesystem small-v4 -m crc=0,finobt=0 -n ftype=0
    xfs_filesystem small-caseless -n version=ci
    xfs_filesystem small-wide -i nrext64=1,size=2048
    touch "$tree"/leaf/vmlinuz-{1..150}-name
    ln -s "$(printf './%.0s' {1..300})boot/vmlinuz" "$tree/long"
    xfs_filesystem leaf -m crc=0,finobt=0
    xfs_filesystem leaf-v5
    rm "$tree/long"
    mkdir "$tree/node"
    for i in {1..550}; do echo "$i" >"$tree/node/$long-$i"; done
    xfs_filesystem tree
    xfs_filesystem tree-v4 -m crc=0,finobt=0
}

# Of each kind, as far as something is in it.
seeds_fat() {
    local bits kib
    mkdir -p "$work"/tree/{boot,some}
    printf '%5000s' kernel >"$work/tree/boot/vmlinuz"
    touch "$work"/tree/some/{a-name-of-more-than-one-part,NAME.TXT,'Ελληνικά'}
    for bits in 12:1800 16:3000 32:34000; do
        kib=${bits#*:} bits=${bits%:*}
        mkfs.vfat -F "$bits" -s 1 -f 1 -R 32 -r 64 -a -C "$work/image" "$kib" >/dev/null
        LC_ALL=C.UTF-8 mcopy -i "$work/image" -s -Q "$work"/tree/* ::/
        [ "$bits" = 32 ] || truncate -s 40k "$work/image"
        truncate -s '<300k' "$work/image"
        mv "$work/image" "$out/fat$bits"
    done
}

# reiserfs_filesystem NAME FILL-OPTIONS MKREISERFS-OPTIONS…: of $work/tree, as fuzz_reiserfs.c takes it
reiserfs_filesystem() {
    rm -f "$work/image"
    truncate -s 4M "$work/image"
    mkreiserfs -q -f -f -s 513 "${@:3}" "$work/image" >/dev/null 2>&1
    cp "$work/image" "$work/before"
    # shellcheck disable=SC2086 # options
    python3 "$here/../images/reiserfs.py" fill "$work/image" "$work/tree" $2
    python3 "$here/../images/reiserfs.py" blocks "$work/image" >"$out/$1"
}
# Small, with each hash and of both formats; the last has everything in its log.
seeds_reiserfs() {
    local tree=$work/tree
    mkdir -p "$tree"/{boot,some}
    printf '%9000s' kernel >"$tree/boot/vmlinuz"
    printf '%500s' tail >"$tree/boot/menu.lst"
    ln -s boot/vmlinuz "$tree/vmlinuz" && ln -s ../some/../vmlinuz "$tree/boot/link"
    touch "$tree"/some/name-{1..60}
    reiserfs_filesystem new '' -b 1024
    reiserfs_filesystem loose loose -b 1024 -h tea
    reiserfs_filesystem large notail -b 4096 -s 600 -h rupasov
    reiserfs_filesystem old '' -b 1024 --format 3.5
    reiserfs_filesystem log '' -b 1024
    python3 "$here/../images/reiserfs.py" log "$work/before" "$work/image" "$work/image" parts=2 at=500
    python3 "$here/../images/reiserfs.py" blocks "$work/image" >"$out/log"
}

# iso9660_filesystem NAME PROGRAM OPTIONS…: of $work/tree, as fuzz_iso9660.c takes it
iso9660_filesystem() {
    local as=()
    [ "$2" = genisoimage ] || as=(-as mkisofs)
    "$2" "${as[@]}" -quiet "${@:3}" -o "$work/image" "$work/tree" >/dev/null 2>&1
    tail -c +32769 "$work/image" | head -c 280k >"$out/$1"
}
seeds_iso9660() {
    local tree=$work/tree
    mkdir -p "$tree"/{boot,some,1/2/3/4/5/6/7/8/9/10}
    printf '%5000s' kernel >"$tree/boot/vmlinuz"
    ln -s boot/vmlinuz "$tree/vmlinuz" && ln -s ../some/.././vmlinuz "$tree/boot/link"
    ln -s "$(printf './%.0s' {1..100})boot/vmlinuz" "$tree/long"
    ln -s 1/2/3/4/5/6/7/8/9/10 "$tree/into" # what is moved elsewhere
    touch "$tree"/some/name-{1..40} "$tree/1/2/3/4/5/6/7/8/9/10/deep" "$tree/$(printf 'n%.0s' {1..240})"
    iso9660_filesystem rock xorriso -R -no-pad
    iso9660_filesystem moved genisoimage -R -no-pad
    rm -r "$tree"/1/2/3/4/5 "$tree"/n*
    iso9660_filesystem joliet genisoimage -J -no-pad
    iso9660_filesystem plain genisoimage -no-pad
}

# Small, in both versions and byte orders.
seeds_ufs() {
    local tree=$work/tree order version
    mkdir -p "$tree"/{boot,some}
    printf '%60000s' kernel >"$tree/boot/vmlinuz"
    ln -s boot/vmlinuz "$tree/vmlinuz" && ln -s ../some/../vmlinuz "$tree/boot/link"
    ln -s "$(printf './%.0s' {1..100})boot/vmlinuz" "$tree/long"
    touch "$tree"/some/name-{1..40}
    for order in le be; do
        for version in 1 2; do
            makefs -M 150k -B "$order" -t ffs -o "version=$version,bsize=4096,fsize=512" "$out/$order-$version" "$tree" >/dev/null
        done
    done
}

# The first bytes of a physical volume, with each kind of logical volume.
seeds_lvm() {
    local word name
    printf 'data' >"$work/data"
    for word in linear,5 linear,5,4,3 striped,8,2,16 mirror,8,2 raid1,8,2 raid0,8,2,16 raid10,8,4,16 cache,8,writethrough thin,4; do
        name=${word//,/-}
        rm -f "$work/pv" && truncate -s 4M "$work/pv"
        "$here/../images/lvm.py" "$work/pv" : "boot,$word"
        head -c 8192 "$work/pv" >"$out/$name"
    done
    "$here/../images/lvm.py" "$work/pv" : boot,linear,8 snap,snapshot,8,boot other,merge,8,snap
    head -c 8192 "$work/pv" >"$out/snapshots"
}
# Two superblocks, see fuzz_md.c.
seeds_md() {
    local word name
    printf 'data' >"$work/data"
    for word in 'raid1 0' 'raid0 16' 'raid10 16' 'linear 0' 'raid5 16'; do
        name=${word// /-}
        rm -f "$work"/[ab] && truncate -s 4M "$work/a" "$work/b"
        # shellcheck disable=SC2086 # two words
        "$here/../images/md.py" 1.2 $word "$work/data" "$work/a" "$work/b"
        { dd if="$work/a" bs=1 skip=4096 count=272 && dd if="$work/b" bs=1 skip=4096 count=272; } >"$out/new-$name" 2>/dev/null
        rm -f "$work"/[ab] && truncate -s 4M "$work/a" "$work/b"
        # shellcheck disable=SC2086
        "$here/../images/md.py" 0.90 $word "$work/data" "$work/a" "$work/b"
        { dd if="$work/a" bs=4096 skip=1008 count=1 && dd if="$work/b" bs=4096 skip=1008 count=1; } >"$out/old-$name" 2>/dev/null
    done
}

# Kernels of a few hundred bytes, in each wrapping.
seeds_kernel() {
    local kernel=$here/../images/kernel.py name packer
    for name in '64 pv pvh' '32 pv' '64 guest' '32 guest'; do
        # shellcheck disable=SC2086 # words
        python3 "$kernel" elf $name >"$out/elf-${name// /-}"
        python3 "$kernel" bzimage <"$out/elf-${name// /-}" >"$out/bzimage-${name// /-}"
    done
    for packer in gzip bzip2 'xz --check=crc32 --x86 --lzma2' lzma zstd 'lz4 -l - -' 'lz4 -' lzop; do
        name=${packer//[^a-z0-9]/}
        # shellcheck disable=SC2086 # a command with its options
        $packer <"$out/elf-64-pv-pvh" >"$out/$name" 2>/dev/null
        { cat "$out/$name" && printf '\0\1\0\0'; } | python3 "$kernel" bzimage >"$out/bzimage-$name"
    done
    python3 "$kernel" uki <"$out/bzimage-gzip" >"$out/uki"
    head -c 1000 "$out/bzimage-gzip" | python3 "$kernel" image >"$out/image"
    gzip -n <"$out/image" | python3 "$kernel" zboot >"$out/zboot"
}

# pair NAME CHOICE VENDOR OVERLAY: an input of fuzz_cpio of these files
pair() {
    local length
    cp "$3" "$work/vendor"
    truncate -s %4 "$work/vendor"
    length=$(($(stat -c %s "$work/vendor") / 4))
    # shellcheck disable=SC2059 # bytes
    {
        printf "$(printf '\\%o\\%o\\%o' "$2" $((length % 256)) $((length / 256)))"
        cat "$work/vendor" "$4"
    } >"$out/$1"
}
# Archives as cpio(1) writes them, plain, packed and one behind the other; and small images.
seeds_cpio() {
    local packer name
    mkdir -p "$work"/{vendor-tree,overlay-tree}/{dev,etc/sub}
    echo vendor >"$work/vendor-tree/etc/both"
    ln "$work/vendor-tree/etc/both" "$work/vendor-tree/etc/link"
    ln -s both "$work/vendor-tree/etc/symlink"
    mkfifo "$work/vendor-tree/dev/fifo"
    echo overlay >"$work/overlay-tree/etc/both"
    echo new >"$work/overlay-tree/etc/sub/new"
    for name in vendor overlay; do
        (cd "$work/$name-tree" && find . | cpio -o -H newc --quiet) >"$work/$name.cpio"
    done
    (cd "$work/vendor-tree" && find . | cpio -o -H crc --quiet) >"$work/crc.cpio"
    pair plain 0 "$work/vendor.cpio" "$work/overlay.cpio"
    pair crc 0 "$work/crc.cpio" "$work/overlay.cpio"
    for packer in gzip bzip2 'xz --check=crc32' lzma zstd; do
        name=${packer%% *}
        $packer <"$work/vendor.cpio" >"$work/packed" 2>/dev/null
        pair "$name" 0 "$work/packed" "$work/overlay.cpio"
    done
    gzip <"$work/overlay.cpio" >"$work/packed-overlay"
    pair overlay 0 "$work/vendor.cpio" "$work/packed-overlay"
    truncate -s %512 "$work/vendor.cpio"
    cat "$work/vendor.cpio" "$work/packed-overlay" >"$work/two"
    pair two 0 "$work/two" "$work/overlay.cpio"
    rm "$work/vendor-tree/dev/fifo"
    for name in ext2 ext4; do
        mke2fs -q -F -t $name -b 1024 -N 32 -O ^has_journal,^metadata_csum -d "$work/vendor-tree" "$work/$name" 100k >/dev/null 2>&1
        pair $name 1 "$work/$name" "$work/overlay.cpio"
    done
    gzip <"$work/ext2" >"$work/packed"
    pair ext2-gzip 1 "$work/packed" "$work/overlay.cpio"
}

# iso NAME TREE: an image, from the last byte in front of its descriptors on
iso() {
    xorriso -as mkisofs -quiet -R -J -no-pad -V "$1" -o "$work/iso" "$2" >/dev/null 2>&1
    implantisomd5 -f "$work/iso" >/dev/null 2>&1 || :
    tail -c +32768 "$work/iso" >"$out/$1"
}
# installer TREE KERNEL RAMDISK: these two, small, in the new TREE
installer() {
    local tree=$1 file
    for file in "$2" "$3"; do mkdir -p "$tree/${file%/*}"; done
    python3 "$here/../images/kernel.py" elf 64 pv pvh | gzip -n >"$tree/$2"
    (cd "$tree" && echo "$2" | cpio -o -H newc --quiet) | gzip -n >"$tree/$3"
}
# The media of each family, as xorriso writes them; and what is no image.
seeds_iso() {
    local tree=$work/fedora
    installer "$tree" images/pxeboot/vmlinuz images/pxeboot/initrd.img
    printf '[general]\nfamily = Fedora\nversion = 39\narch = x86_64\n[images-x86_64]\nkernel = images/pxeboot/vmlinuz\ninitrd = images/pxeboot/initrd.img\n[checksums]\nimages/pxeboot/initrd.img = sha256:%s\n' \
        "$(sha256sum <"$tree/images/pxeboot/initrd.img" | cut -d' ' -f1)" >"$tree/.treeinfo"
    iso fedora "$tree"
    tree=$work/suse
    installer "$tree" boot/x86_64/loader/linux boot/x86_64/loader/initrd
    printf 'DISTRO cpe:/o:suse:sles:11:sp3,SUSE\nVERSION 11.3\nLABEL SLES\nBASEARCHS x86_64\n' >"$tree/content"
    iso suse "$tree"
    tree=$work/debian
    installer "$tree" install.amd/vmlinuz install.amd/initrd.gz
    mkdir "$tree/.disk"
    echo 'Debian GNU/Linux 12.5.0 "Bookworm" - Official amd64 NETINST with firmware 20240210-11:27' >"$tree/.disk/info"
    (cd "$tree" && md5sum ./install.amd/* >md5sum.txt)
    iso debian "$tree"
    cp "$work/debian/install.amd/vmlinuz" "$out/kernel"
    cp "$work/debian/install.amd/initrd.gz" "$out/ramdisk"
}

# What an honest helper says; the first byte chooses whose it is, see fuzz_helper_answers.c.
seeds_helper_answers() {
    local zeros sums entry
    zeros=$(printf '%032d' 0)
    sums='"md5":"'$zeros'","sha256":"'$zeros$zeros'"'
    entry='{"title":"t","id":"i","index":"0","disk":0,"partition":1,"offset":512,"kernel":"/k","ramdisk":"/a","ramdisks":["/a","/b"],"args":"ro","source":"s","default":true,"number":3}'
    printf '\0{"note":"n"}\n{"answer":{"disks":[{"path":"xvda","size":1048576,"table":"gpt","partitions":[{"number":1,"offset":512,"size":1024,"type":"ext4","label":"root","uuid":null}]}],"entries":[%s],"boot":%s,"config":{"path":"/c","pv":true,"pvh":false},"timeout":5,"copied":{"kernel":6,"ramdisk":null},"problems":["p"]}}\n' "$entry" "$entry" >"$out/fsprobe"
    printf '\1{"progress":{"received":6,"total":null}}\n{"answer":{"layout":"l","family":"rhlike","recognised":{"family":"rhlike","name":"n","version":"v"},"tree":{"metadata":"m","name":"n","version":"v","arch":"a"},"kernel":{"url":"u","size":6,%s,"verified":"md5"},"ramdisk":{"url":"u","size":6,%s,"verified":null}}}\n' "$sums" "$sums" >"$out/fetch"
    printf '\1{"error":{"name":"LIMITS","text":"t","file":"kernel","no_kernel":true,"recognised":{"family":"rhlike","name":"n"}}}\n' >"$out/error"
    printf '\2{"answer":{"kind":"iso","size":7,"md5":null,"compression":"none","content":"cpio","iso":{"label":"L","md5":"%s","verified":true},"recognised":{"family":"debianlike","name":"n","version":"v","arch":"a","metadata":"m","release":"r","release_assumed":true,"codename":"c"},"layout":"l","kernel":{"path":"k","size":5},"ramdisk":{"path":"r","size":6,%s,"verified":"sha256"},"support":{"known":true,"pv":true,"pvh":false,"arch":"x86_64","why":null},"problem":"p","problems":["p"]}}\n' "$zeros" "$sums" >"$out/medium"
    printf '\2{"answer":{"kind":"kernel","size":7,"support":{"known":false,"pv":false,"pvh":false,"arch":null,"why":"it is cut off"}}}\n' >"$out/support"
    printf '\3{"answer":{"size":1,%s,"type":"ext2"}}\n' "$sums" >"$out/digest"
    printf '\4{"answer":{"size":6}}\n' >"$out/ramdisk"
    printf '\5{"answer":{"number":3,"args":"a"}}\n' >"$out/menu"
    printf '\5{"answer":{"kernel":"/k","ramdisk":"/r","args":"a"}}\n' >"$out/files"
    printf '\5{"answer":{"left":"interrupt"}}\n' >"$out/left"
    printf '\6kernel /k\0ramdisk /r\0args ro quiet\0' >"$out/pygrub"
}

# An entry's title, its arguments, and keys; see fuzz_menu.c.
seeds_menu() {
    printf '\1Linux\0root=/dev/xvda1 ro\0\033[A\033[Be\001quiet \027\r' >"$out/edit"
    printf '\1a\033[2J\342\200\256\0x\342\200\256\0' >"$out/hostile"
    printf '\1字字\0字\0000e\033[H\033[C\033[3~\177\033\033[6~\033[5~3\1770\r' >"$out/keys"
    printf '\1A\0a\0ckernel /k a b\rinitrd /r\rboot\r' >"$out/commands"
    printf '\1A\0a\0cboot\rx\rquit\r7\rq' >"$out/wrong"
    printf '\0A\0a\0001\1770\025e0\rb \177\r' >"$out/numbers"
    printf '\0A\0a\0005\r5\r5\r5\r5\r5\r5\r5\r5\r5\r' >"$out/tries"
    printf '\0A\0a\0e30\re\033q' >"$out/escape"
}

# A VM at each stand of its installation, and what xapi says; the first byte chooses.
seeds_record_answer() {
    local rest='"PV_args":"ro","platform":{"pv-kernel-max-size":"64MiB"},"xenstore_data":{"vm-data":""},"VBDs":[{"userdevice":"0","bootable":true},{"userdevice":"3","bootable":false}]'
    printf '\0{"uuid":"vm","PV_bootloader":"eliloader","PV_bootloader_args":"","other_config":{"install-repository":"http://x/","install-distro":"rhlike"},%s}' "$rest" >"$out/new"
    printf '\0{"uuid":"vm","PV_bootloader":"eliloader","PV_bootloader_args":"--entry 1","other_config":{"install-repository":"cdrom","install-distro":"sleslike","install-round":"2"},%s}' "$rest" >"$out/second"
    printf '\0{"uuid":"vm","PV_bootloader":"pygrub","PV_bootloader_args":"--kernel /k --ramdisk /r","other_config":{"install-round":"done","eliloader-distro":"debianlike"},%s}' "$rest" >"$out/done"
    printf '\0[]' >"$out/array"
    printf '\1{"jsonrpc":"2.0","id":1,"result":{"uuid":"vm"}}' >"$out/result"
    printf '\1{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"HANDLE_INVALID","data":["VM","x"]}}' >"$out/error"
}

# btrfs_seed NAME DEVICES: the blocks of dev1, dev2, … as fuzz_btrfs.c takes them: the first
# superblock, the nodes of the trees that are read, and what else is not empty, up to a bound.
btrfs_seed() {
    python3 - "$out/$1" "$2" <<'END'
import os, struct, sys
BLOCK, SUPER, MOST = 4096, 16, 90
with open(sys.argv[1], "wb") as out:
    for device in range(int(sys.argv[2])):
        fsid, data = None, 0
        with open(f"dev{device + 1}", "rb") as disk:
            end = os.lseek(disk.fileno(), 0, os.SEEK_END) // BLOCK
            number = SUPER - 1
            while number + 1 < end:
                try:
                    number = os.lseek(disk.fileno(), (number + 1) * BLOCK, os.SEEK_DATA) // BLOCK
                except OSError:
                    break
                block = os.pread(disk.fileno(), BLOCK, number * BLOCK)
                if not block.strip(b"\0"):
                    continue
                if number == SUPER:
                    fsid = block[32:48]
                elif block[32:48] == fsid:
                    owner = struct.unpack_from("<Q", block, 88)[0]
                    if block[64:72] == b"_BHRfS_M" or (owner not in (1, 3, 5) and owner < 256):
                        continue
                else:
                    data += 1
                    if data > MOST:
                        continue
                out.write(struct.pack("<I", device << 28 | number) + block)
END
}
# btrfs_mounted NAME DEVICES MKFS-OPTIONS MOUNT-OPTIONS: as the kernel fills it
btrfs_mounted() {
    local devices=() i
    mkdir -p mnt
    for ((i = 1; i <= $2; i++)); do
        rm -f "dev$i" && truncate -s 128M "dev$i"
        devices+=("$(losetup -f --show "dev$i")")
    done
    # shellcheck disable=SC2086 # options
    mkfs.btrfs -q -f -n 4096 $3 "${devices[@]}" >/dev/null 2>&1 &&
        btrfs device scan "${devices[@]}" >/dev/null && mount -t btrfs ${4:+-o $4} "${devices[0]}" mnt &&
        (cd mnt && btrfs_fill) && umount mnt && btrfs_seed "$1" "$2"
    for i in "${devices[@]}"; do
        btrfs device scan -u "$i" >/dev/null || true
        losetup -d "$i"
    done
}
btrfs_fill() {
    btrfs -q subvolume create @ && mkdir -p @/boot
    seq 1 4000 >@/boot/words && echo text >@/boot/text && ln -s /boot/text @/link
    seq 1 300 >@/boot/short && truncate -s 100k @/boot/hole && echo x >>@/boot/hole
    btrfs -q subvolume snapshot @ snapshot && sync -f .
    printf change | dd of=@/boot/words bs=1 seek=9000 conv=notrunc status=none
    btrfs -q subvolume set-default @
}
seeds_btrfs() {
    local kind
    cd "$work"
    mkdir -p tree/boot
    seq 1 2000 >tree/boot/vmlinuz && echo text >tree/boot/grub.cfg && ln -s boot/vmlinuz tree/link
    for kind in single dup; do
        rm -f dev1 && truncate -s 128M dev1
        mkfs.btrfs -q -f -n 4096 -m $kind --rootdir tree dev1 >/dev/null 2>&1 && btrfs_seed $kind 1
    done
    for kind in xxhash sha256 blake2; do
        mkfs.btrfs -q -f -n 4096 -m single --csum $kind --rootdir tree dev1 >/dev/null 2>&1 && btrfs_seed $kind 1
    done
    for ((kind = 0; kind < 60; kind++)); do echo $kind >"tree/a-name-for-one-more-level-$kind"; done
    mkfs.btrfs -q -f -n 4096 -m single --rootdir tree dev1 >/dev/null 2>&1 && btrfs_seed levels 1
    [ "$(id -u)" = 0 ] && grep -qw btrfs /proc/filesystems || return 0
    for kind in zlib lzo zstd; do btrfs_mounted $kind 1 '-m single' compress-force=$kind; done
    for kind in raid0 raid1; do btrfs_mounted $kind 2 "-m $kind -d $kind" ''; done
    btrfs_mounted raid10 4 '-m raid10 -d raid10' ''
    btrfs_mounted raid5 3 '-m raid5 -d raid5' compress-force=lzo
}

# The first byte is the kind, see fuzz_btrfs_unpack.c.
seeds_btrfs_unpack() {
    seq 1 500 >"$work/words"
    { printf '\0' && python3 -c 'import sys, zlib; sys.stdout.buffer.write(zlib.compress(open(sys.argv[1], "rb").read()))' "$work/words"; } >"$out/zlib"
    { printf '\1' && zstd -q -c "$work/words"; } >"$out/zstd"
    # one piece: literals, a copy of each kind, the end
    printf '\2\33\0\0\0\23\0\0\0\25abcd\115\0x\47\0\0\22\1\0\21\0\0' >"$out/lzo"
    # without pieces, as lzop packs
    { printf '\3' && lzop -c "$work/words" | tail -c +60; } >"$out/lzo1x"
}

[ $# = 2 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2 && exit 2; }
out=$2
mkdir -p "$out"
[ -z "$(ls -A "$out")" ] || exit 0
out=$(cd "$out" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/eliloader-seeds.XXXXXX")
trap 'rm -rf "$work"' EXIT
"seeds_$1"
