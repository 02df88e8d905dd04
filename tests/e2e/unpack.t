#!/usr/bin/env bash
# Kernels that are handed over unpacked: what comes out of the helper medium against what the real
# tools packed; and which setting, which Xen and which way to boot unpacks what.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"
# shellcheck source=../images/trees.sh
. "$TESTS/images/trees.sh"
MEDIUM=$BUILD/libexec/eliloader/medium
INSTALLER=/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/linux
export MKE2FS_CONFIG=$TESTS/images/mke2fs.conf

make_kernel() {
    python3 "$TESTS/images/kernel.py" "$@"
}
# unpack FILE [FORMS [MAX]]: into the file unpacked; the answer's form and bytes, or the error.
unpack() {
    : >unpacked
    timeout 60 "$MEDIUM" 3>&1 4<"$1" 5>unpacked >/dev/null 2>err \
        <<<"{\"mode\": \"unpack\", \"unpack\": ${2:-null}, \"unpack_max\": ${3:-268435456}, \"name\": \"k\", \"verify\": false, \"uid\": 65534}" |
        jq -r 'if .answer then "\(.answer.form) \(.answer.unpacked)" elif .error then "\(.error.name): \(.error.text)" else empty end'
}
# size FILE: its size in four bytes, as the kernel's build puts it behind what it packed
size_le() {
    python3 -c 'import os, struct, sys; sys.stdout.buffer.write(struct.pack("<I", os.path.getsize(sys.argv[1])))' "$1"
}
# pack TOOL… <FILE: packed as the kernel's build does it, for what was in the file elf
pack() {
    "$@" 2>/dev/null
    [ "$1" = gzip ] || size_le elf
}

# --- what comes out -------------------------------------------------------------------------
# shellcheck disable=SC2094 # the word is none of a file
make_kernel elf 64 pv pvh >elf
head -c 300000 "$ELILOADER" >>elf
size=$(stat -c %s elf)
while read -r form tool; do
    # shellcheck disable=SC2086 # a command with its options
    pack $tool <elf | make_kernel bzimage >k.bz
    is "$(unpack k.bz "[\"$form\"]") $(cmp elf unpacked 2>&1)" "$form $size " "$tool: unpacks to what was packed"
    is "$(unpack k.bz '["other"]') $(wc -c <unpacked)" 'null null 0' "$tool: not when others are asked for"
    # shellcheck disable=SC2086
    pack $tool <elf | head -c -5 | make_kernel bzimage >short
    like "$(unpack short)" '^INVALID_SOURCE: k cannot be unpacked: it' "$tool, its end missing: refused"
done <<'END'
gzip gzip -n -9
bzip2 bzip2 -9
xz xz --check=crc32 --x86 --lzma2=,dict=32MiB
lzma lzma -9
zstd zstd -19
lz4 lz4 -l -9 - -
lzo lzop -9
END
make_kernel bzimage <elf >k.bz
head -c -3000 k.bz >short
is "$(unpack short '["zboot"]')" 'null null' 'cut off, and not asked for: as it is'
is "$(unpack k.bz) $(cmp elf unpacked 2>&1)" "none $size " 'one that is not compressed'

# --- of arm64 -------------------------------------------------------------------------------
head -c 200000 "$ELILOADER" | make_kernel image >Image
gzip -n <Image >Image.gz
for tool in 'gzip -n' 'zstd -q'; do
    # shellcheck disable=SC2086
    $tool <Image | make_kernel zboot >k.efi
    is "$(unpack k.efi '["zboot"]') $(cmp Image unpacked 2>&1)" "zboot $(stat -c %s Image) " "zboot, $tool: an Image"
done
gzip -n <Image | head -c 5000 | make_kernel zboot >k.efi
like "$(unpack k.efi)" '^INVALID_SOURCE: k cannot be unpacked: ' 'zboot, cut off: refused'

# --- as it is -------------------------------------------------------------------------------
gzip -n <elf >elf.gz
make_kernel bzimage 0x207 <elf.gz >old
for file in elf elf.gz Image Image.gz old /dev/null "$0"; do
    is "$(unpack "$file") $(wc -c <unpacked)" 'null null 0' "${file##*/}: as it is"
done

# --- bounds ---------------------------------------------------------------------------------
pack zstd -q <elf | make_kernel bzimage >k.bz
is "$(unpack k.bz null "$size")" "zstd $size" 'a limit of just its size'
is "$(unpack k.bz null $((size - 1)))" "LIMITS: k cannot be unpacked: it unpacks to more than $((size - 1)) bytes, which is the limit" \
    'a limit of a byte less'
[ "$(wc -c <unpacked)" -lt "$size" ]
ok $? 'and less is written'
for tool in 'zstd -q -3' 'gzip -1' 'lzop'; do
    # shellcheck disable=SC2086
    { cat elf; head -c 4M /dev/zero; } | $tool | make_kernel bzimage >bomb
    like "$(unpack bomb null 1048576) $(($(wc -c <unpacked) > 1048576))" '^LIMITS: .* 0$' "a bomb, $tool: ends at the limit"
done
for request in '"unpack": "zstd"' '"unpack": [1]' "\"unpack\": [$(printf '"x",%.0s' {1..17}) \"x\"]" '"unpack_max": 0' '"unpack_max": 268435457' '"unpack_max": -1'; do
    : >unpacked
    got=$("$MEDIUM" 3>&1 4<k.bz 5>unpacked >/dev/null 2>&1 <<<"{\"mode\": \"unpack\", \"unpack_max\": 9000, \"name\": \"k\", \"verify\": false, \"uid\": 65534, $request}" | jq -r .error.name)
    is "$got $(wc -c <unpacked)" 'INTERNAL_ERROR 0' "a bad request: ${request:0:20}"
done

# --- a real kernel --------------------------------------------------------------------------
if [ -r "$INSTALLER" ] && [ -n "$LONG" ]; then
    make_kernel payload <"$INSTALLER" | xz -dc >vmlinux
    is "$(unpack "$INSTALLER") $(cmp vmlinux unpacked 2>&1)" "xz $(stat -c %s vmlinux) " "Debian's kernel, by xz"
    for tool in 'zstd -q -3' 'lz4 -q -l' 'lzop -1' 'bzip2 -1' 'gzip -n -1' 'lzma -1'; do
        # shellcheck disable=SC2086
        { $tool <vmlinux; [[ $tool = gzip* ]] || size_le vmlinux; } | make_kernel bzimage >k.bz
        like "$(unpack k.bz) $(cmp vmlinux unpacked 2>&1)" "^[a-z0-9]+ $(stat -c %s vmlinux) $" "Debian's kernel, by $tool"
    done
fi

# --- the setting ----------------------------------------------------------------------------
tree_grub2 guest
pack zstd -q <elf | make_kernel bzimage >guest/boot/vmlinuz-6.1
cp guest/boot/vmlinuz-6.1 zstd.bz
mke2fs -q -F -t ext4 -d guest disk.img 4M >/dev/null 2>&1
# handed NAME WANTED WORD…: boots, and the kernel is the file WANTED
handed() {
    local name=$1 want=$2
    shift 2
    clear_boot
    boot --output-format=simple "$@"
    is "$status $(cat err)" '0 ' "$name: boots"
    cmp "$want" "$(answered kernel)" >/dev/null 2>&1
    ok $? "$name: with $want"
    is "$(boot_files | tr ' ' '\n' | grep -c kernel)" 1 "$name: one kernel is left"
}
handed 'no' zstd.bz -q --handoff=native --unpack-kernel=no disk.img
handed 'yes' elf -q --handoff=native --unpack-kernel=yes disk.img
handed 'yes, and check-kernel' elf -q --handoff=native --unpack-kernel=yes --check-kernel disk.img
boot --unpack-kernel=maybe disk.img
is "$status $(head -n1 err)" "2 eliloader: option --unpack-kernel: not auto, yes or no: 'maybe'" 'neither'
mkdir boots && cp zstd.bz boots/vmlinuz && ramdisk boots/initrd.img x
handed 'a location' elf -q --unpack-kernel=yes --location="$WORK/boots" --kernel=vmlinuz --ramdisk=initrd.img
run "$ELILOADER" domuloader -q --unpack-kernel=yes --entry=/boot/vmlinuz-6.1 --output-format=simple --output-directory="$BOOT" disk.img
is "$status $(cmp elf "$(answered kernel)" 2>&1)" '0 ' 'domUloader'
make_kernel elf 64 >neither.elf
{ gzip -n <neither.elf; } | make_kernel bzimage >boots/vmlinuz
clear_boot
boot --unpack-kernel=yes --location="$WORK/boots" --kernel=vmlinuz
like "$status $(cat err)" '^0 .*the kernel: this kernel was built without Xen guest support' 'one that is no guest: is said'

# --- limits and damage ----------------------------------------------------------------------
# image NAME KERNEL: a guest's disk with it
image() {
    cp "$2" guest/boot/vmlinuz-6.1
    mke2fs -q -F -t ext4 -d guest "$1" 4M >/dev/null 2>&1
}
export ELILOADER_PYGRUB=$WORK/no-pygrub
packed=$(stat -c %s zstd.bz)
{ cat elf; head -c 8M /dev/zero; } >large.elf
{ zstd -q <large.elf; size_le large.elf; } | make_kernel bzimage >large.bz
image large.img large.bz
clear_boot
refused 1 LIMITS '^large.img: the kernel /boot/vmlinuz-6.1 cannot be unpacked: it unpacks to more than [0-9]+ bytes, which is the limit; unpacked it may have 4 times its kernel-max-size' \
    'too large' -q --unpack-kernel=yes --kernel-max-size=$((packed * 2)) large.img
{ head -c 5000 zstd.bz; tail -c +5001 zstd.bz | tr '\0-\377' '\1-\377\0'; } >damaged.bz
image damaged.img damaged.bz
clear_boot
refused 3 INTERNAL_ERROR '/boot/vmlinuz-6.1 cannot be unpacked: its zstd data is damaged' 'damaged' -q --unpack-kernel=yes damaged.img
handed 'damaged, and nobody unpacks it' damaged.bz -q --unpack-kernel=no damaged.img

# --- a helper that was taken over -----------------------------------------------------------
mkdir -p here/bin here/libexec/eliloader
cp "$ELILOADER" here/bin/
cp "$BUILD/libexec/eliloader/fsprobe" here/libexec/eliloader/
honest=$ELILOADER ELILOADER=$WORK/here/bin/eliloader
support='"support": {"known": true, "pv": true, "pvh": true, "arch": "x86_64", "why": null}'
# says BYTES ANSWER: so many bytes are written, and this is said
says() {
    printf '#!/bin/bash\ncat >/dev/null\nhead -c %s /dev/zero >&5\necho %q >&3\n' "$1" "{\"answer\": {$2}}" >here/libexec/eliloader/medium
    chmod 755 here/libexec/eliloader/medium
    clear_boot
}
says 6 "$support, \"unpacked\": 6, \"form\": \"zstd\""
boot -q --output-format=simple --unpack-kernel=yes disk.img
is "$status $(wc -c <"$(answered kernel)")" '0 6' 'an honest helper'
says 6 "$support, \"unpacked\": null, \"form\": null"
handed 'written, and not said' zstd.bz -q --unpack-kernel=yes disk.img
while IFS='|' read -r bytes answer name; do
    says "$bytes" "$answer"
    refused 1 INTERNAL_ERROR 'the helper medium gave an answer that is damaged' "a helper says $name" -q --unpack-kernel=yes disk.img
    # one is as good as all of them where it takes ten times as long
    [ "${SANITIZED:-}" != 1 ] || break
done <<END
6|$support, "unpacked": 7, "form": "zstd"|more than it wrote
6|$support, "unpacked": 5, "form": "zstd"|less
0|$support, "unpacked": 0, "form": "zstd"|nothing
700000|$support, "unpacked": 700000|no form
6|$support, "unpacked": 6, "form": "zstd\\nx"|a form of two lines
6|$support, "unpacked": 6, "form": "abcdefghijklmnop"|a long form
6|$support, "unpacked": "6", "form": "zstd"|a text
6|"unpacked": 6, "form": "zstd"|no support
6|"unpacked": null, "form": null|nothing at all
END
says 700000 "$support, \"unpacked\": 700000, \"form\": \"zstd\""
refused 1 INTERNAL_ERROR 'the helper medium gave an answer that is damaged' 'a helper writes too much' \
    -q --unpack-kernel=yes --kernel-max-size=$((packed + 1)) disk.img
ELILOADER=$honest

# --- an installation ------------------------------------------------------------------------
nginx_start "$WWW"
tree rh images/pxeboot/vmlinuz images/pxeboot/initrd.img
cp zstd.bz "$WWW/rh/images/pxeboot/vmlinuz"
vm_new guest install-repository="$NGINX/rh"
handed 'an installation' elf --unpack-kernel=yes -q --vm=guest
refused_kernel="VM broken: the installer's kernel cannot be unpacked: it"
cp damaged.bz "$WWW/rh/images/pxeboot/vmlinuz"
vm_new broken install-repository="$NGINX/rh"
clear_boot
refused 1 INVALID_SOURCE "$refused_kernel" 'an installation, damaged' --unpack-kernel=yes -q --vm=broken
cp zstd.bz "$WWW/rh/images/pxeboot/vmlinuz"

# --- an old Xen -----------------------------------------------------------------------------
# on_xen MINOR COMMAND…: with a /sys that says Xen 4.MINOR
on_xen() {
    local minor=$1
    shift
    # shellcheck disable=SC2016 # the inner shell's
    run unshare -m sh -c 'mount -t tmpfs none /sys && mkdir -p /sys/hypervisor/version && cd /sys/hypervisor &&
        echo xen >type && echo 4 >version/major && echo "$1" >version/minor && cd "$2" && shift 2 && exec "$@"' sh "$minor" "$WORK" "$@"
}
# gives NAME MINOR WANTED WORD…
gives() {
    clear_boot
    on_xen "$2" "$ELILOADER" --output-format=simple -q "${@:4}"
    is "$status $(cat err) $(cmp "$3" "$(answered kernel)" 2>&1)" '0  ' "$1"
}
if unshare -m true 2>/dev/null; then
    gives 'Xen 4.13 knows no zstd' 13 elf disk.img
    gives 'Xen 4.16 does' 16 zstd.bz disk.img
    gives 'no is no' 13 zstd.bz --unpack-kernel=no disk.img
    { gzip -n <elf; } | make_kernel bzimage >gzip.bz
    image gzip.img gzip.bz
    gives 'Xen 4.13 knows gzip' 13 gzip.bz gzip.img
    vm_new guest install-repository="$NGINX/rh"
    gives 'an installation on Xen 4.13' 13 elf --vm=guest
    # Once installed: pygrub would do, but for the kernel.
    unset ELILOADER_PYGRUB
    if command -v pygrub >/dev/null; then
        vm_new second install-repository="$NGINX/rh" install-distro=sleslike install-round=2
        gives 'the second round on Xen 4.13' 13 elf --vm=second disk.img
        is "$(record second .PV_bootloader)" eliloader 'and eliloader boots it from then on, where pygrub would do'
        vm_new third install-repository="$NGINX/rh" install-distro=sleslike install-round=2
        clear_boot
        on_xen 13 "$ELILOADER" --vm=third --handoff=pygrub --output-format=simple disk.img
        is "$status $(cmp elf "$(answered kernel)" 2>&1)" '0 ' 'pygrub, asked for, on Xen 4.13: unpacked'
        like "$(cat err)" 'pygrub boots it from now on, which unpacks no kernel' 'and the next start is warned of'
    fi
else
    ok 0 '# SKIP on an old Xen: no mounts here'
fi
done_testing
