#!/usr/bin/env bash
# --location without a network: directories, images, and what is refused.
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../location.sh
. "$TESTS/location.sh"

# --- usage --------------------------------------------------------------------------------------
clear_boot
refused 2 - 'neither --location nor --kernel' 'no location' -q
refused 2 - 'neither --location nor --kernel' 'a ramdisk alone' --ramdisk="$TREES/pxe/sub/rd;1"
refused 2 - 'goes with eliloader' 'a VM' --vm=guest --location="$TREES/pxe"
refused 2 - 'no boot entries' '-l' -l --location="$TREES/pxe"
refused 2 - 'no boot entries' '-n' -n --location="$TREES/pxe"
refused 2 - 'not simple' 'a form' --output-format=xml --location="$TREES/pxe"

# --- a directory --------------------------------------------------------------------------------
gives 'a directory' "$PXE/vmlinuz" "$PXE/initrd.img" --location="$TREES/pxe"
gives 'a relative one' "$PXE/vmlinuz" "$PXE/initrd.img" --location=www/pxe/
gives 'a directory by file://' "$PXE/vmlinuz" "$PXE/initrd.img" --location="file://$TREES/pxe"
gives 'a directory, both paths' "$TREES/pxe/my kernel%41+é" "$TREES/pxe/sub/rd;1" \
    --location="$TREES/pxe" --kernel='/my kernel%41+é' --ramdisk='sub/rd;1'
gives 'a directory, a kernel alone' "$PXE/vmlinuz" - --location="$TREES/pxe" --kernel=images/pxeboot/vmlinuz
gives 'NetBSD in a directory' "$TREES/netbsd/$NETBSD" - --location="$TREES/netbsd" --kernel=$NETBSD
cp -r "$TREES/pxe" "$TREES/a b%é"
gives 'a directory by its encoded name' "$TREES/a b%é/images/pxeboot/vmlinuz" - \
    --location="file://$TREES/a%20b%25%c3%A9" --kernel=images/pxeboot/vmlinuz
ln -s pxe "$TREES/link"
ln -s images/pxeboot "$TREES/pxe/current"
gives 'a link to a directory, and one inside' "$PXE/vmlinuz" - --location="$TREES/link" --kernel=current/vmlinuz

HOSTILE=$TREES/hostile
mkdir -p "$HOSTILE/folder"
echo secret >"$TREES/outside"
ln -s ../outside "$HOSTILE/up"
ln -s "$PXE/vmlinuz" "$HOSTILE/absolute"
ln -s /proc/self/root/etc/passwd "$HOSTILE/magic"
ln -s .. "$HOSTILE/parent"
ln -s loop "$HOSTILE/loop"
mkfifo "$HOSTILE/fifo"
fake_kernel "$HOSTILE/k"
for path in up absolute magic parent/outside loop fifo folder; do
    not_from INVALID_SOURCE "hostile/${path}" "a directory: $path as kernel" --location="$HOSTILE" --kernel=$path
    not_from INVALID_SOURCE "hostile/${path}" "a directory: $path as ramdisk" --location="$HOSTILE" \
        --kernel=k --ramdisk="$path"
done
not_from INVALID_SOURCE 'leads out' 'a directory: ..' --location="$HOSTILE" --kernel=../outside
not_from INVALID_SOURCE 'there is no gone in' 'a directory: no such kernel' --location="$TREES/pxe" --kernel=gone
not_from INVALID_SOURCE 'its ramdisk is not' 'a directory: no such ramdisk' --location="$TREES/pxe" \
    --kernel=images/pxeboot/vmlinuz --ramdisk=gone
not_from INVALID_SOURCE 'no kernel in any of the [0-9]+ places' 'a directory: no kernel' --location="$HOSTILE"
not_from INVALID_SOURCE 'is not a kernel' 'a directory: something else' --location="$TREES/pxe" --kernel=text
not_from INVALID_SOURCE 'is empty' 'a directory: an empty file' --location="$TREES/pxe" --kernel=empty
gives 'a directory: a limit' "$PXE/vmlinuz" "$PXE/initrd.img" --location="$TREES/pxe" --kernel-max-size="$size"
not_from LIMITS 'kernel.*--kernel-max-size' 'a directory: a limit passed' --location="$TREES/pxe" \
    --kernel-max-size=$((size - 1))
truncate -s 3G "$TREES/pxe/sparse"
not_from LIMITS 'ramdisk.*3221225472 bytes.*--ramdisk-max-size' 'a directory: a sparse ramdisk' \
    --location="$TREES/pxe" --ramdisk=sparse

# --- an image -----------------------------------------------------------------------------------
mke2fs -q -t ext4 -d "$TREES/pxe/images" image 8M 2>mke2fs.log || cat mke2fs.log
gives 'an image' "$PXE/vmlinuz" - --location=image --kernel=pxeboot/vmlinuz
gives 'an image, both paths' "$PXE/vmlinuz" "$PXE/initrd.img" --location="file://$WORK/image" \
    --kernel=/pxeboot/vmlinuz --ramdisk=pxeboot/initrd.img
truncate -s 20M disk
printf '2048,2048,83\n4096,16384,83\n' | sfdisk -q disk
dd if=image of=disk bs=512 seek=4096 conv=notrunc status=none
gives 'an image with partitions' "$PXE/vmlinuz" "$PXE/initrd.img" --location=disk \
    --kernel=pxeboot/vmlinuz --ramdisk=pxeboot/initrd.img
xorriso -as mkisofs -quiet -o cd.iso "$PXE" 2>/dev/null
gives 'an ISO image' "$PXE/vmlinuz" "$PXE/initrd.img" --location=cd.iso --kernel=vmlinuz --ramdisk=initrd.img
not_from INVALID_SOURCE 'image: it has no kernel in any of the [0-9]+ places.*--kernel=PATH' \
    'an image, no path, and no installer' --location=image
not_from INVALID_SOURCE 'image.*/gone' 'an image, no such kernel' --location=image --kernel=gone
not_from INVALID_SOURCE 'image.*/gone' 'an image, no such ramdisk' --location=image \
    --kernel=pxeboot/vmlinuz --ramdisk=gone
not_from INVALID_SOURCE 'leads out' 'an image, ..' --location=image --kernel=pxeboot/../../x
not_from LIMITS 'kernel' 'an image, a limit passed' --location=image --kernel=pxeboot/vmlinuz \
    --kernel-max-size=$((size - 1))
head -c 1M /dev/zero >nothing
not_from INVALID_SOURCE 'nothing is empty .it begins with zeros' 'an image of nothing' --location=nothing --kernel=k

# --- check-kernel -------------------------------------------------------------------------------
ELILOADER=$BUILD/bin/eliloader vm_new guest
for who in 'the kernel' 'VM guest: the kernel'; do
    clear_boot
    words=("--location=$TREES/pxe" --check-kernel)
    [ "$who" = 'the kernel' ] || words+=(--vm=guest)
    run "$BUILD/bin/eliloader" "${words[@]}"
    is "$status" 0 "check-kernel, $who: boots"
    like "$(cat err)" "^eliloader: warning: $who: " "check-kernel, $who: looks into it"
done

# --- what is not supported, or is not there -----------------------------------------------------
while read -r location sentence; do
    not_from INVALID_SOURCE "$sentence" "$location" --location="$location" --kernel=k
done <<'LIST'
ftp://me:hidden@127.0.0.1:1/t ftp://127.0.0.1:1/t/k: 127.0.0.1:1 refuses the connection
https:me:hidden@h/t begins with https: and is no URL
nfs://127.0.0.1:1/t 127.0.0.1, port 1 refuses the connection
nfs:127.0.0.1 has no host or no path
nfs+iso:127.0.0.1 has no host or no path
nfs+iso:vers=4,port=1:127.0.0.1:/t.iso 127.0.0.1, port 1 refuses the connection
gopher://me:hidden@h begins with gopher://, which is no kind of location
file://h/t names no file of this host
/nowhere cannot look at the location /nowhere: No such file
/dev/null neither a directory, an image nor a block device
www/hostile/fifo neither a directory, an image nor a block device
LIST
for scheme in ftp file gopher; do boot --location=$scheme://me:hidden@h/t --kernel=k; cat err; done >all
unlike "$(cat all)" 'hidden' 'no password of what is not supported'
done_testing
