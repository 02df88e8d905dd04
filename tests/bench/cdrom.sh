#!/usr/bin/env bash
# Taking an installer's real kernel and ramdisk (49 MB) out of an ISO image of 4 GiB with 3,000 files:
# the whole of eliloader, which also has to find them, against bsdtar and xorriso, which are told both
# paths. The image is mostly holes.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
RUNS=${RUNS:-31}
bsdtar=$(command -v bsdtar) xorriso=$(command -v xorriso)

work=$(mktemp -d "${TMPDIR:-/tmp}/eliloader-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir -p out theirs no-maps tree/install.amd tree/.disk
chmod 711 "$work"
cp "$real/linux" tree/install.amd/vmlinuz
cp "$real/initrd.gz" tree/install.amd/initrd.gz
echo 'Debian GNU/Linux 12.5.0 "Bookworm" - Official amd64 DVD Binary-1' >tree/.disk/info
for i in {1..60}; do
    mkdir -p "tree/pool/main/$i"
    (cd "tree/pool/main/$i" && truncate -s 1350K package-{1..50}_1.0_amd64.deb)
done
xorriso -as mkisofs -quiet -R -J -V BENCH -o - tree 2>/dev/null | dd of=dvd.iso bs=1M iflag=fullblock conv=sparse status=none
cat "$real/linux" "$real/initrd.gz" >/dev/null
du -h --apparent-size dvd.iso

# No table and no checksum asks for a digest: all three copy, and nothing else.
export ELILOADER_MAP_DIR=$work/no-maps BENCH_EMPTY=$work/out
ours=("$ELILOADER" fetch -q --distro=debianlike --arch=amd64 --output-directory="$work/out" "$work/dvd.iso")
"${ours[@]}" >/dev/null || exit 1
cmp out/fetched-kernel.* "$real/linux" && cmp out/fetched-ramdisk.* "$real/initrd.gz" || exit 1
rm -f out/*

slowest=0
for reader in bsdtar xorriso; do
    case $reader in
    bsdtar)
        [ -n "$bsdtar" ] || { echo 'there is no bsdtar (package libarchive-tools): not measured'; continue; }
        theirs=("$bsdtar" -x -f "$work/dvd.iso" -C "$work/out" --strip-components 1 install.amd/vmlinuz install.amd/initrd.gz)
        ;;
    xorriso)
        theirs=("$xorriso" -osirrox on:auto_chmod_off -indev "$work/dvd.iso"
            -extract /install.amd/vmlinuz "$work/out/vmlinuz" -extract /install.amd/initrd.gz "$work/out/initrd.gz")
        ;;
    esac
    echo "--- against $reader"
    compare "$RUNS" ::: eliloader "${ours[@]}" ::: $reader "${theirs[@]}"
    slowest=$(awk "BEGIN { print ($ratio > $slowest) ? $ratio : $slowest }")
done
goal 'ratio to the faster of them' "$slowest" 0.5
finish_bench
