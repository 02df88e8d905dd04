#!/usr/bin/env bash
# Kernels, real and made here, as the helper medium and Xen's own readnotes see them; packed by the
# real tools as the kernel's build packs them, cut off, altered, and out of bounds.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
MEDIUM=$BUILD/libexec/eliloader/medium
KERNEL=$TESTS/images/kernel.py
READNOTES=$(find /usr/lib/xen-*/bin -name readnotes 2>/dev/null | tail -n1)
INSTALLER=/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/linux

# look FILE: "PV: …, PVH: …, ARCH" or why not, as medium says.
look() {
    # a pipe, for the helper may not write to files
    timeout 60 "$MEDIUM" 3>&1 4<"$1" >/dev/null 2>err \
        <<<'{"mode": "support", "name": "kernel", "verify": false, "uid": 65534}' |
        jq -r '.answer.support | if .known then "PV: \(.pv), PVH: \(.pvh), \(.arch)" else .why end'
}
# notes FILE: the same of an ELF file, as Xen's readnotes says, without the architecture.
notes() {
    local pv=false pvh=false
    "$READNOTES" "$1" >notes
    ! grep -qaE '^(ENTRY:|__xen_guest: .*XEN_VER=xen-3.0)' notes || pv=true
    ! grep -qa '^PHYS32_ENTRY:' notes || pvh=true
    echo "PV: $pv, PVH: $pvh"
}
kernel() {
    python3 "$KERNEL" "$@"
}

# --- real kernels ---------------------------------------------------------------------------
if [ -r "$INSTALLER" ]; then
    is "$(look "$INSTALLER")" 'PV: true, PVH: true, x86_64' "Debian's installer"
    kernel payload <"$INSTALLER" | xz -dc >vmlinux
    is "$(look vmlinux)" 'PV: true, PVH: true, x86_64' "Debian's installer, unpacked"
    [ -z "$READNOTES" ] || is "$(look vmlinux)" "$(notes vmlinux), x86_64" "Debian's installer: as readnotes says"
    kernel uki <"$INSTALLER" >k.efi
    is "$(look k.efi)" 'PV: true, PVH: true, x86_64' "Debian's installer in an EFI program"
    head -c 8000000 "$INSTALLER" >short
    like "$(look short)" '^it is cut off' "Debian's installer, cut off at 8000000"
fi
for file in /usr/lib/grub-xen/grub-*.bin; do
    [ ! -r "$file" ] || [ -z "$READNOTES" ] || like "$(look "$file")" \
        "^$(notes "$file"), (x86_64|i386|i386 PAE)$" "${file##*/}: as readnotes says"
done
for file in /boot/xen-*-amd64.gz; do
    [ ! -r "$file" ] || is "$(look "$file")" 'PV: false, PVH: false, i386' 'Xen itself is no guest'
done

# --- kernels of each kind -------------------------------------------------------------------
while read -r words; do
    # shellcheck disable=SC2086 # words
    kernel elf $words >k.elf
    wide=x86_64
    [[ $words != 32* ]] || wide='i386 PAE'
    pv=false pvh=false
    [[ " $words " != *' pv '* && $words != *guest* ]] || pv=true
    [[ " $words " != *' pvh '* ]] || pvh=true
    is "$(look k.elf)" "PV: $pv, PVH: $pvh, $wide" "ELF: $words"
    [ -z "$READNOTES" ] || is "PV: $pv, PVH: $pvh" "$(notes k.elf)" "ELF: $words: as readnotes says"
done <<'END'
64 pv pvh
64 pv
64 pvh
64
64 guest
32 pv pvh
32 pv
32
32 guest
END

# --- packed by the real tools ---------------------------------------------------------------
{ kernel elf 64 pv; head -c 100000 "$MEDIUM"; } >big.elf
while read -r tool; do
    name=${tool%% *}
    command -v "$name" >/dev/null || continue
    # shellcheck disable=SC2086 # a command with its options
    $tool <big.elf >packed 2>err
    is "$(look packed)" 'PV: true, PVH: false, x86_64' "packed by $tool"
    head -c 40 packed | kernel bzimage >k.bz
    like "$(look k.bz)" '^(its .* data is damaged|it is cut off|it is no kernel)' "packed by $tool, 40 bytes of it"
    # the length unpacked, which the kernel's build puts behind
    [ "$name" = gzip ] || printf '\0\0\5\0' >>packed
    kernel bzimage <packed >k.bz
    is "$(look k.bz)" 'PV: true, PVH: false, x86_64' "a bzImage packed by $tool"
done <<'END'
gzip -n -9
bzip2 -9
xz --check=crc32 --x86 --lzma2=,dict=32MiB
xz --check=crc32 --lzma2=dict=1MiB
lzma -9
zstd -19
lz4 -l -9 - -
lz4 -l - -
lz4 - -
lzop -9
lzop --crc32 -1
END

# --- cut off ----------------------------------------------------------------------------------
kernel elf 64 pv | gzip | kernel bzimage >k.bz
while read -r size regex; do
    head -c "$size" k.bz >short
    like "$(look short)" "$regex" "a bzImage cut off at $size"
done <<'END'
0 ^it is empty$
517 ^it is no kernel
519 ^its boot protocol 0.00 is too old
520 ^it is cut off: it ends in its boot header
591 ^it is cut off: it ends in its boot header
592 its compressed kernel should be [0-9]+ bytes from byte 1600 on, but it ends at byte 592
1700 but it ends at byte 1700
END

# --- what is out of bounds ------------------------------------------------------------------
# altered AT BYTES: a bzImage with them there
altered() {
    kernel elf 64 pv | kernel bzimage >k.bz
    printf '%b' "$2" | dd of=k.bz bs=1 seek="$1" conv=notrunc status=none
}
altered 518 '\x07\x02'
is "$(look k.bz)" 'its boot protocol 2.07 is too old to say where its kernel is' 'boot protocol 2.07'
altered 584 '\xff\xff\xff\xff'
like "$(look k.bz)" 'its compressed kernel should be [0-9]+ bytes from byte 4294968831 on' 'a payload behind the end'
altered 588 '\xff\xff\xff\xff'
like "$(look k.bz)" 'its compressed kernel should be 4294967295 bytes' 'a payload that is too long'
kernel elf 64 pv >k.elf
printf '\2' | dd of=k.elf bs=1 seek=5 conv=notrunc status=none
is "$(look k.elf)" 'it is a big-endian ELF file, and no kernel for x86' 'a big-endian ELF file'

# Its notes are behind what is unpacked of it, or just before that.
kernel elf 64 pv >k.elf
printf '\0\0\0\0\1' | dd of=k.elf bs=1 seek=72 conv=notrunc status=none # the notes' offset: 4 GiB
gzip <k.elf | kernel bzimage >bomb
is "$(look bomb)" 'it is not looked at behind the first 256 MiB of what it unpacks to' 'notes at 4 GiB'
printf '\0\0\0\x0f\0' | dd of=k.elf bs=1 seek=72 conv=notrunc status=none # 240 MiB
{ head -c 120 k.elf; head -c 300M /dev/zero; } | zstd -q -1 | kernel bzimage >bomb
like "$(look bomb)" '^it (ends|is cut off|is not looked at)|^PV: false' 'a bomb ends'

# --- the command ----------------------------------------------------------------------------
kernel elf 64 pvh | gzip | kernel bzimage >k.bz
run "$ELILOADER" identify k.bz
is "$status" 0 'identify: a kernel'
like "$(cat out)" '^  Xen +PV: no, PVH: yes, x86_64$' 'identify: what it can'
run "$ELILOADER" identify --json k.bz
is "$(jq -c .xen out)" '{"pv":false,"pvh":true,"arch":"x86_64","why":null}' 'identify --json: what it can'
head -c 1700 k.bz >short
run "$ELILOADER" identify short
like "$(cat out)" '^  Xen +not known: it is cut off or damaged' 'identify: why it is not known'
kernel uki <k.bz >k.efi
run "$ELILOADER" identify --json k.efi
is "$(jq -rc '.kind, .xen.pvh' out | paste -sd' ')" 'kernel true' 'identify: a unified kernel image'
head -c 56 /dev/zero >arm && printf 'ARM\x64' >>arm
run "$ELILOADER" identify --json arm
is "$(jq -c '[.kind, .xen.pv, .xen.arch]' out)" '["kernel",null,"aarch64"]' 'identify: a kernel for arm'
done_testing
