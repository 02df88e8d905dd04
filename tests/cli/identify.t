#!/usr/bin/env bash
# eliloader identify: repositories on a real web server, images by xorriso with sums by
# implantisomd5, ramdisks, kernels, disks; and what hostile ones come to. And what round one
# makes of what it recognises.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"
needs xorriso implantisomd5 checkisomd5 mke2fs

identify() {
    run "$ELILOADER" identify "$@"
}
# field FILTER: of the JSON that was printed last.
field() {
    jq -r "$1" out
}
sum() {
    "$1"sum <"$2" | cut -d' ' -f1
}
# image FILE DIR LABEL [OPTION…]
image() {
    local file=$1 dir=$2 label=$3
    shift 3
    xorriso -as mkisofs -quiet "$@" -V "$label" -o "$file" "$dir" 2>/dev/null
}

# --- trees ------------------------------------------------------------------------------------
mkdir -p "$WWW" maps
kernel_at() {
    mkdir -p "$(dirname "$1")"
    { printf '\177ELF'; head -c 20000 /dev/urandom; } >"$1"
}
ramdisk_at() {
    mkdir -p "$(dirname "$1")"
    (cd "$TESTS" && find unit | head -n 20 | cpio -o -H newc 2>/dev/null) | gzip -9 >"$1"
}
kernel_at "$WWW/fedora/images/pxeboot/vmlinuz"
ramdisk_at "$WWW/fedora/images/pxeboot/initrd.img"
initrd=$WWW/fedora/images/pxeboot/initrd.img
cat >"$WWW/fedora/.treeinfo" <<EOF
[general]
family = Fedora
version = 39
arch = x86_64
[images-x86_64]
kernel = images/pxeboot/vmlinuz
initrd = images/pxeboot/initrd.img
[checksums]
images/pxeboot/initrd.img = sha256:$(sum sha256 "$initrd")
EOF
netboot=main/installer-amd64/current/images/netboot/debian-installer/amd64
kernel_at "$WWW/debian/dists/bookworm/$netboot/linux"
cp "$initrd" "$WWW/debian/dists/bookworm/$netboot/initrd.gz"
printf 'Origin: Debian\nSuite: stable\nVersion: 12.5\nCodename: bookworm\nArchitectures: amd64 i386\n' \
    >"$WWW/debian/dists/bookworm/Release"
ln -s bookworm "$WWW/debian/dists/stable"
kernel_at "$WWW/leap/boot/x86_64/loader/linux"
cp "$initrd" "$WWW/leap/boot/x86_64/loader/initrd"
mkdir -p "$WWW/leap/media.1" "$WWW/nothing"
echo '/ openSUSE-Leap 15.5-1' >"$WWW/leap/media.1/products"
(cd "$WWW/leap" && sha256sum boot/x86_64/loader/* >CHECKSUMS)
nginx_start "$WWW"

# --- repositories -------------------------------------------------------------------------------
identify --json "$NGINX/fedora"
is "$status $(cat err)" '0 ' 'a repository: known'
is "$(field '.kind, .tree.family, .tree.name, .tree.version, .tree.arch, .tree.metadata' | paste -sd' ')" \
    'repository rhlike Fedora 39 x86_64 .treeinfo' 'a repository: what it is'
is "$(field '.ramdisk.md5, .ramdisk.sha256, .ramdisk.verified')" \
    "$(sum md5 "$initrd")"$'\n'"$(sum sha256 "$initrd")"$'\nsha256' "a repository: its ramdisk's sums"
is "$(field .arguments)" "inst.repo=$NGINX/fedora/" 'a repository: what the installer would be told'
is "$(field .entry)" null 'a repository: its ramdisk is in no table'
identify --json "${NGINX/:\/\//:\/\/user:secret@}/fedora"
is "$status" 0 'a repository with a password: known'
unlike "$(cat out err)" 'secret' 'a repository with a password: which is not shown'
identify --json "$NGINX/debian"
is "$status $(field '.tree.family, .tree.version, .tree.codename, .tree.release, .tree.release_assumed' | paste -sd' ')" \
    '0 debianlike 12.5 bookworm stable true' 'a mirror: stable is assumed'
identify --release=bookworm "$NGINX/debian"
like "$(cat out)" 'install-distro=debianlike install-arch=amd64 debian-release=bookworm' \
    'a mirror: what the record would have to say'
like "$(cat out)" "kernel +$NGINX/debian/dists/bookworm/$netboot/linux" 'a mirror: the kernel'
identify --json "$NGINX/leap"
is "$status $(field '.tree.family, .tree.name, .ramdisk.verified' | paste -sd' ')" \
    '0 sleslike openSUSE-Leap sha256' 'SUSE: media.1/products'
identify --json "$NGINX/nothing"
is "$status $(field .tree)" '1 null' 'a repository that says nothing: status 1'
identify "$NGINX/fedora/.treeinfo" "$NGINX/fedora"
is "$status" 2 'two operands are one too many'
identify --arch=sparc "$NGINX/fedora"
is "$status" 2 'an architecture that is not known'
identify gopher://127.0.0.1/x
is "$status" 1 'a scheme that is not spoken'
like "$(cat err)" 'http' 'a scheme that is not spoken: says which are'

# --- the kernel: PV, PVH ------------------------------------------------------------------------
tiny_kernel() { # WORD…: as kernel.py has them
    python3 "$TESTS/images/kernel.py" elf "$@" | gzip | python3 "$TESTS/images/kernel.py" bzimage
}
identify "$NGINX/fedora"
like "$(cat out)" '^  Xen +not known: its? ' "a repository's kernel that is none"
tiny_kernel 64 pv >"$WWW/fedora/images/pxeboot/vmlinuz"
identify --json "$NGINX/fedora"
is "$status $(field '.xen | tojson')" '0 {"pv":true,"pvh":false,"arch":"x86_64","why":null}' \
    "a repository's kernel: what it can"
identify "$NGINX/fedora"
like "$(cat out)" '^  Xen +PV: yes, PVH: no, x86_64$' "a repository's kernel: for people"
identify --json "$NGINX/nothing"
is "$(field .xen)" null 'a repository without a kernel'
identify --json "$NGINX/fedora/images/pxeboot/vmlinuz"
is "$status $(field '.kind, .xen.pv, .kernel.sha256' | paste -sd' ')" \
    "0 kernel true $(sum sha256 "$WWW/fedora/images/pxeboot/vmlinuz")" 'a kernel behind a URL'
identify --json --kernel-max-size=1K "$NGINX/fedora/images/pxeboot/vmlinuz"
is "$status $(field '.kind, .xen' | paste -sd' ')" '1 repository null' 'a kernel behind a URL that is too large'
tiny_kernel 64 >hvm-only
identify --json hvm-only
is "$status $(field '.xen | tojson')" '0 {"pv":false,"pvh":false,"arch":"x86_64","why":null}' \
    'a kernel that starts no guest: is one all the same'

# --- the tables ---------------------------------------------------------------------------------
echo "$(sum md5 "$initrd") cpio el.img the ramdisk of this test" >maps/a.map
echo 'tree:Fedora:3?:x86_64 cpio - a tree' >maps/b.map
identify --json --map-dir="$WORK/maps" "$initrd"
is "$status $(field '.kind, .ramdisk.compression, .ramdisk.content, .entry.overlay, .entry.name' | paste -sd,)" \
    '0 ramdisk,gzip,cpio,el.img,the ramdisk of this test' 'a ramdisk: what it is, and its entry'
rm maps/a.map
identify --json --map-dir="$WORK/maps" "$NGINX/fedora"
is "$(field '.entry.name, .entry.by_tree' | paste -sd,)" 'a tree,true' 'a repository: known by its tree'

# --- files --------------------------------------------------------------------------------------
identify --json "$WWW/fedora/images/pxeboot/vmlinuz"
is "$status $(field .kind,.kernel.sha256 | paste -sd' ')" \
    "0 kernel $(sum sha256 "$WWW/fedora/images/pxeboot/vmlinuz")" 'a kernel'
for packer in 'xz --check=crc32' bzip2 zstd 'lzma' cat; do
    # shellcheck disable=SC2086 # a command with its options
    gzip -dc "$initrd" | $packer >ramdisk
    name=${packer%% *}
    identify --json ramdisk
    is "$(field '.kind, .ramdisk.compression, .ramdisk.content' | paste -sd' ')" \
        "ramdisk ${name/cat/none} cpio" "a ramdisk packed by $name"
done
truncate -s 4M fs.img && mke2fs -q -F fs.img
gzip -c fs.img >fs.gz
identify --json fs.gz
is "$(field '.kind, .ramdisk.content' | paste -sd' ')" 'ramdisk ext2' 'a ramdisk of old: ext2'
identify --json fs.img
is "$status $(field '.kind, .disk.disks[0].partitions[0].type' | paste -sd' ')" '1 disk ext2' \
    "a guest's disk, from which nothing boots"
{ printf '\177ELF'; cat fs.img; } | gzip >vmlinux.gz
identify --json vmlinux.gz
is "$(field .kind)" kernel 'a kernel in gzip'
# A guest's disk, with a ramdisk that nobody copies.
mkdir -p guest/boot/grub
tiny_kernel 64 pvh >guest/boot/vmlinuz
head -c 100000 /dev/urandom >guest/boot/initrd
echo 'menuentry a { linux /boot/vmlinuz root=/dev/xvda1; initrd /boot/initrd; }' >guest/boot/grub/grub.cfg
mke2fs -q -F -t ext4 -d guest guest.img 8M >/dev/null 2>&1
identify --json --ramdisk-max-size=1K guest.img
is "$status $(field '.kind, (.xen | tojson)' | paste -sd' ')" \
    '0 disk {"pv":false,"pvh":true,"arch":"x86_64","why":null}' "a guest's disk: what its kernel can"
identify guest.img
like "$(cat out)" '^  Xen +PV: no, PVH: yes, x86_64$' "a guest's disk: for people"
identify --json --kernel-max-size=1K guest.img
is "$status" 0 "a guest's disk whose kernel is too large: is one all the same"
like "$(field .xen.why)" 'limit|larger' "a guest's disk whose kernel is too large: why it is not known"
echo 'nothing at all' >text
identify text
is "$status" 1 'a text is nothing'
like "$(cat err)" 'text is nothing that is known' 'a text is nothing: says so'
is "$(grep -c . err)" 1 'a text is nothing: and says no more'
: >empty
identify empty
is "$status" 1 'an empty file is nothing'
identify no-such-file
is "$status" 1 'a file that is not there'
mkfifo fifo
identify fifo
like "$status $(cat err)" '1 .*neither a file nor a block device' 'a fifo is not waited for'

# --- images -------------------------------------------------------------------------------------
mkdir -p "$WWW/fedora/isolinux"
ln "$initrd" "$WWW/fedora/isolinux/initrd.img" # another name of the same bytes, as on real media
head -c 3000000 /dev/urandom >"$WWW/fedora/filler"
image fedora.iso "$WWW/fedora" 'Fedora 39' -R -J
implantisomd5 fedora.iso >/dev/null
identify --json fedora.iso
is "$status $(field '.kind, .iso.label, .tree.name, .kernel.path, .ramdisk.path, .ramdisk.md5' | paste -sd,)" \
    "0 iso,Fedora 39,Fedora,images/pxeboot/vmlinuz,images/pxeboot/initrd.img,$(sum md5 "$initrd")" \
    'an image: as its tree'
is "$(field .iso.md5) $(field .iso.verified)" \
    "$(checkisomd5 --md5sumonly fedora.iso | sed -n 's/^fedora.iso: *//p') null" \
    'an image: the sum that checkisomd5 sees, not verified'

# verdicts IMAGE: of --verify and of the real checkisomd5.
verdicts() {
    identify --json --verify "$1"
    local ours
    ours=$(field .iso.verified)
    checkisomd5 "$1" >/dev/null 2>&1 </dev/null
    echo "$ours $? $status"
}
is "$(verdicts fedora.iso)" 'true 0 0' 'verify: good, as checkisomd5 says'
for size in 700000 1200000 2500000 5000000; do
    mkdir -p "plain-$size" && head -c "$size" /dev/urandom >"plain-$size/data"
    image plain.iso "plain-$size" PLAIN -R
    implantisomd5 plain.iso >/dev/null
    is "$(verdicts plain.iso | cut -d' ' -f1,2)" 'true 0' "verify: an image of $size bytes and more"
done
length=$(stat -c %s fedora.iso)
for at in 32000 32900 33900 100000 1500000 $((length - 31 * 1024)) $((length - 32)); do
    cp fedora.iso bad.iso
    printf '\001\002\003' | dd of=bad.iso bs=1 seek="$at" conv=notrunc status=none
    case $(verdicts bad.iso) in
    'true 0'*) ok 0 "verify: byte $at changes nothing, as checkisomd5 says" ;;
    'false 1 1') ok 0 "verify: byte $at is damaged, as checkisomd5 says" ;;
    *) is "$(verdicts bad.iso)" 'the same' "verify: byte $at" ;;
    esac
done
cp fedora.iso bad.iso
dd if=/dev/zero of=bad.iso bs=1M seek=1 count=1 conv=notrunc status=none
identify --verify bad.iso
like "$status $(cat out)" '^1 ' 'verify: a damaged image has status 1'
like "$(cat out)" 'problem +the image is damaged, between byte [0-9]+ and byte [0-9]+' \
    'verify: says where'
image plain.iso "$WWW/fedora" NOSUM -R
identify --verify plain.iso
like "$status $(cat out)" 'carries no MD5' 'verify: an image without a sum'

identify --json fedora.iso
is "$(field '.xen.pv, .xen.pvh, .xen.arch' | paste -sd' ')" 'true false x86_64' "an image's kernel: what it can"
mkdir -p debian-cd/.disk
kernel_at debian-cd/install.amd/vmlinuz
cp "$initrd" debian-cd/install.amd/initrd.gz
echo 'Debian GNU/Linux 12.5.0 "Bookworm" - Official amd64 NETINST with firmware 20240210-11:27' \
    >debian-cd/.disk/info
(cd debian-cd && md5sum ./install.amd/* >md5sum.txt)
image debian.iso debian-cd 'Debian 12.5.0 amd64 n' -R
identify --json debian.iso
is "$status $(field '.tree.family, .tree.version, .kernel.path, .ramdisk.verified' | paste -sd' ')" \
    '0 debianlike 12.5.0 install.amd/vmlinuz md5' "a Debian CD: by its .disk/info"

# --- hostile images -----------------------------------------------------------------------------
for at in 36000 40000 60000 1000000; do
    head -c "$at" fedora.iso >cut.iso
    identify cut.iso
    like "$status $(cat out)" '^1 .*' "an image cut off at byte $at: status 1"
    like "$(cat out)" 'cut off' "an image cut off at byte $at: says so"
done
mkdir -p evil && printf '[general]\nfamily = \033[31mEvil\nversion = 1\n' >evil/.treeinfo
: >evil/$'name\nkernel \033[2J'
image evil.iso evil $'LABEL\033[1m' -R
identify evil.iso
unlike "$(cat out err)" $'\033' 'control characters of an image reach no terminal'
# The root directory's only child is the root directory: the record of .treeinfo gets its extent.
python3 - fedora.iso loop.iso <<'EOF'
import sys
data = bytearray(open(sys.argv[1], 'rb').read())
root = data[32768 + 156:32768 + 190]
at = int.from_bytes(root[2:6], 'little') * 2048
here = at
while data[here]:
    length = data[here]
    if here > at + 100:
        data[here + 2:here + 18] = root[2:18]
        data[here + 25] |= 2
    here += length
open(sys.argv[2], 'wb').write(data)
EOF
identify loop.iso
like "$status" '^[01]$' 'directories in a loop end'
unlike "$(cat err)" 'signal|deadline|silent' 'directories in a loop: no crash'
# A directory of a size that no image has.
python3 - fedora.iso huge.iso <<'EOF'
import sys
data = bytearray(open(sys.argv[1], 'rb').read())
data[32768 + 156 + 10:32768 + 156 + 14] = (0xfffff800).to_bytes(4, 'little')
data[32768 + 156 + 14:32768 + 156 + 18] = (0xfffff800).to_bytes(4, 'big')
open(sys.argv[2], 'wb').write(data)
EOF
identify huge.iso
like "$status $(cat out)" '^1 ' 'a root directory of 4 GiB: status 1'
unlike "$(cat err)" 'signal|deadline|silent' 'a root directory of 4 GiB: no crash'

# --- round one ----------------------------------------------------------------------------------
vm_new guest install-distro=auto install-arch=x86_64 install-repository="$NGINX/fedora"
boot --vm=guest
is "$status $(cat err)" '0 ' 'install-distro=auto: installs'
like "$(cat out)" "args inst.repo=$NGINX/fedora/" "install-distro=auto: with the family's arguments"
is "$(record guest .PV_bootloader) $(record guest '.other_config["install-round"]')" 'eliloader done' \
    'install-distro=auto: the record moves on'
vm_new guest install-distro=auto install-arch=x86_64 install-repository="$NGINX/leap"
boot --vm=guest
is "$status $(record guest '.other_config["install-round"]') $(record guest '.other_config["install-distro"]')" \
    '0 2 sleslike' 'install-distro=auto: the rounds are those of the family'
vm_new guest install-distro=auto install-arch=x86_64 install-repository="$NGINX/nothing"
boot --vm=guest
like "$status $(cat err)" '^1 ' 'install-distro=auto: a tree that says nothing is an error'
like "$(cat err)" 'does not say what it is' 'install-distro=auto: which says so'
is "$(record guest .PV_bootloader)" 'eliloader' 'install-distro=auto: the record stays'
vm_new guest install-distro=debianlike debian-release=bookworm install-arch=amd64 \
    install-repository="$NGINX/fedora"
boot --vm=guest
like "$(cat err)" "install-distro is debianlike, but the tree at $NGINX/fedora says it is Fedora 39 \(rhlike\)" \
    'a family that contradicts the tree: a warning'
run "$ELILOADER" fetch --distro=auto --output-directory="$WORK/auto" "$NGINX/fedora"
is "$status $(sed -n 's/^args //p' out)" "0 inst.repo=$NGINX/fedora/" 'fetch --distro=auto'
run "$ELILOADER" fetch --distro=sleslike --output-directory="$WORK/auto" "$NGINX/fedora"
like "$(cat err)" '--distro is sleslike, but the tree at .* says it is Fedora 39' \
    'fetch: a family that contradicts the tree'
done_testing
