#!/usr/bin/env bash
# Round one with an overlay over the ramdisk of a real installer, against the same without: the
# difference against what it takes to unpack that ramdisk into a file; the peak memory of the largest of our
# processes; and the same fetch with a table of 100,000 lines against one of one line.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
. "$BENCH/server.sh"

mkdir -p "$WORK/tree/images/pxeboot" "$WORK/none" "$WORK/maps" "$WORK/many" "$WORK/out" "$WORK/content"
cp $IMAGES/linux "$WORK/tree/images/pxeboot/vmlinuz"
cp $IMAGES/initrd.gz "$WORK/tree/images/pxeboot/initrd.img"
nginx_start "$WORK/tree" 'sendfile on; tcp_nopush on; access_log off;'
# An overlay of the size that the vendor's have.
head -c 2000000 /dev/urandom >"$WORK/content/module"
(cd "$WORK/content" && echo module | cpio -o -H newc --quiet) >"$WORK/maps/over"
echo "$(md5sum <$IMAGES/initrd.gz | cut -d' ' -f1) cpio over bench" >"$WORK/maps/t.map"
python3 -c 'import hashlib
for i in range(100000):
    print(hashlib.md5(str(i).encode()).hexdigest(), "cpio - bench", i)' >"$WORK/many/t.map"

export BENCH_EMPTY=$WORK/out
ours=("$ELILOADER" fetch -q --output-directory="$BENCH_EMPTY" "$NGINX/")
compare "${RUNS:-15}" ::: 'with an overlay' "${ours[@]}" --map-dir="$WORK/maps" \
    ::: 'without' "${ours[@]}" --map-dir="$WORK/none"
overlay=$difference
compare "${RUNS:-15}" ::: 'zcat to a file' /bin/sh -c "zcat $IMAGES/initrd.gz >$BENCH_EMPTY/file" \
    ::: 'nothing' /bin/true
goal "the overlay's time against zcat's" \
    "$(python3 -c 'import sys; print(round(float(sys.argv[1]) / float(sys.argv[2]), 3))' "$overlay" "$median_a")" 1.15
compare "${RUNS:-15}" ::: '100,000 lines' "${ours[@]}" --map-dir="$WORK/many" \
    ::: 'no table' "${ours[@]}" --map-dir="$WORK/none"
goal 'the ratio with 100,000 lines' "$ratio" 1.10
command time -f %M -o "$WORK/peak" "${ours[@]}" --map-dir="$WORK/maps" >/dev/null
goal 'peak memory in KiB' "$(cat "$WORK/peak")" 16384
finish_bench
