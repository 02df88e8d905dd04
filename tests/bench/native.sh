#!/usr/bin/env bash
# Taking a guest's kernel and ramdisk (49 MB, an installer's real ones) out of its ext4 image: the
# whole of eliloader, confinement included, against `cp` of the same two files on the same filesystem
# and against pygrub, without and with its --runas.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
export PATH=$PATH:/usr/sbin:/sbin
RUNS=${RUNS:-41}
real=/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64
pygrub=$(command -v pygrub)

work=$(mktemp -d "${TMPDIR:-/tmp}/eliloader-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir -p out tree/boot/grub
chmod 711 "$work"
cp "$real/linux" tree/boot/vmlinuz-6.1
cp "$real/initrd.gz" tree/boot/initrd.img-6.1
cat >tree/boot/grub/grub.cfg <<'END'
set default=0
menuentry 'Linux' {
	linux /boot/vmlinuz-6.1 root=/dev/xvda1 ro
	initrd /boot/initrd.img-6.1
}
END
# Blocks of 4 KiB, as every guest has them whose disk is larger than 512 MB.
mke2fs -q -t ext4 -b 4096 -d tree guest.img 256M >/dev/null 2>&1 || exit 1

# Out of the page cache and in again, as files and disks come that nobody has just written.
sync
for file in guest.img tree/boot/*-6.1; do
    dd if="$file" of=/dev/null iflag=nocache count=0 status=none
    cat "$file" >/dev/null
done

ours=("$ELILOADER" -q --output-directory="$work/out" "$work/guest.img")
theirs=("$pygrub" -q --output-directory="$work/out" "$work/guest.img")
"${ours[@]}" >/dev/null || exit 1
cmp out/eliloader-kernel.* "$real/linux" && cmp out/eliloader-ramdisk.* "$real/initrd.gz" || exit 1
rm -f out/*
export BENCH_EMPTY=$work/out

echo "--- against cp"
compare "$RUNS" ::: eliloader "${ours[@]}" \
    ::: cp /bin/cp "$work/tree/boot/vmlinuz-6.1" "$work/tree/boot/initrd.img-6.1" "$work/out"
goal 'ratio to cp' "$ratio" 1.15
echo "--- against pygrub"
compare "$RUNS" ::: eliloader "${ours[@]}" ::: 'pygrub -q' "${theirs[@]}"
goal 'ratio to pygrub (at least 3 times faster)' "$ratio" 0.333
if [ "$(id -u)" = 0 ]; then
    echo "--- against pygrub --runas"
    compare "$RUNS" ::: eliloader "${ours[@]}" --runas=65534 ::: 'pygrub -q --runas' "${theirs[@]:0:2}" \
        --runas=65534 "${theirs[@]:2}"
    goal 'ratio to pygrub --runas (at least 4 times faster)' "$ratio" 0.25
else
    echo 'pygrub --runas needs root: not measured'
fi
finish_bench
