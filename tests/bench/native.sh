#!/usr/bin/env bash
# Taking a guest's kernel and ramdisk (49 MB, an installer's real ones) out of its ext4 image: the
# whole of eliloader, confinement included, against `cp` of the same two files on the same filesystem
# and against pygrub, without and with its --runas.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
RUNS=${RUNS:-41}
pygrub=$(command -v pygrub)

work=$(mktemp -d "${TMPDIR:-/tmp}/eliloader-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir out
chmod 711 "$work"
real_guest

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
