#!/usr/bin/env bash
# Both boot files of a real installer over loopback, from nginx: the whole of `eliloader fetch`,
# digests and confinement included, against `curl --parallel`, which only writes the same two
# files; and the peak memory of the largest of our processes.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
. "$BENCH/server.sh"

mkdir -p "$WORK/tree/images/pxeboot"
cp $IMAGES/linux "$WORK/tree/images/pxeboot/vmlinuz"
cp $IMAGES/initrd.gz "$WORK/tree/images/pxeboot/initrd.img"
nginx_start "$WORK/tree" 'sendfile on; tcp_nopush on; access_log off;'
BENCH_EMPTY=$WORK/out
mkdir "$BENCH_EMPTY"
mkdir "$WORK/none"
ours=("$ELILOADER" fetch -q --output-directory="$BENCH_EMPTY" "$NGINX/")
theirs=(/usr/bin/curl -s --stderr /dev/null --parallel -o "$BENCH_EMPTY/a" "$NGINX/images/pxeboot/vmlinuz"
    -o "$BENCH_EMPTY/b" "$NGINX/images/pxeboot/initrd.img")
compare "${RUNS:-51}" ::: 'eliloader fetch, no table' "${ours[@]}" --map-dir="$WORK/none" ::: \
    'curl --parallel' "${theirs[@]}"
goal "the ratio to curl's median" "$ratio" 1.00
# The project's own tables know ramdisks by it.
compare "${RUNS:-51}" ::: 'eliloader fetch, SHA-256' "${ours[@]}" ::: 'curl --parallel' "${theirs[@]}"
goal "the ratio to curl's median" "$ratio" 1.05
command time -f %M -o "$WORK/peak" "${ours[@]}" >/dev/null
goal 'peak memory in KiB' "$(cat "$WORK/peak")" 16384
finish_bench
