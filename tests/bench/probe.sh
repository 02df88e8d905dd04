#!/usr/bin/env bash
# Finding what a guest would boot: the whole of `eliloader probe`, confinement included, against
# `pygrub -q -n` on the same ext4 image; what is read of the disk, what memory that takes, and how
# both grow with the disk and with /boot.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
export PATH=$PATH:/usr/sbin:/sbin
RUNS=${RUNS:-61}
images="$BENCH/../images"
# shellcheck source=../images/trees.sh
. "$images/trees.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/eliloader-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir out

# image NAME SIZE FILES: a Debian-like guest, with so many more files in /boot
image() {
    rm -rf tree && mkdir tree && tree_grub2 tree
    python3 -c 'import sys
for i in range(int(sys.argv[1])):
    open(f"tree/boot/config-file-{i:06}", "w").close()' "$3"
    mke2fs -q -t ext4 -N 32768 -d tree "$1.img" "$2" >/dev/null 2>&1 || exit 1
    # The directory's index, as a kernel would have made it.
    e2fsck -fyD "$1.img" >/dev/null 2>&1
}
image small 256M 10
image many 256M 10000
image large 1T 10

echo "--- against pygrub"
BENCH_EMPTY=$work/out compare "$RUNS" ::: 'eliloader probe' "$ELILOADER" probe --json "$work/small.img" \
    ::: 'pygrub -q -n' "$(command -v pygrub)" -q -n --output-directory="$work/out" "$work/small.img"
goal 'ratio to pygrub (at least 20 times faster)' "$ratio" 0.05

echo "--- 1 TiB against 256 MiB"
compare "$RUNS" ::: '1 TiB' "$ELILOADER" probe --json "$work/large.img" \
    ::: '256 MiB' "$ELILOADER" probe --json "$work/small.img"
goal 'ratio' "$ratio" 1.2

echo "--- 10,000 files in /boot against 10"
compare "$RUNS" ::: '10,000 files' "$ELILOADER" probe --json "$work/many.img" \
    ::: '10 files' "$ELILOADER" probe --json "$work/small.img"
goal 'ratio' "$ratio" 2

# What fsprobe reads of the disk, which is its descriptor 4.
echo "--- read from the disk"
for name in small many large; do
    strace -f -e trace=read,pread64,readv,preadv -o trace "$ELILOADER" probe --json "$work/$name.img" \
        >/dev/null
    read_bytes=$(awk '/p?read[a-z0-9]*\(4,/ && $NF > 0 { sum += $NF } END { print sum / 1024 }' trace)
    goal "KiB read of the image '$name', group descriptors included" "$read_bytes" 64
done

echo "--- memory"
for name in small many large; do
    peak=$(/usr/bin/time -f %M "$ELILOADER" probe --json "$work/$name.img" 2>&1 >/dev/null | tail -n 1)
    goal "MiB at the peak, image '$name'" "$(python3 -c "print(round($peak / 1024, 1))")" 8
done
finish_bench
