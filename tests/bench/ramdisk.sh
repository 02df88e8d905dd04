#!/usr/bin/env bash
# An overlay on the real ramdisk of an installer: the helper alone, confinement included, against
# `zcat`, which only unpacks it; and the helper's peak memory.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

INITRD=/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/initrd.gz
work=$(mktemp -d "${TMPDIR:-/tmp}/eliloader-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir -p out tree/sbin tree/tmp/updates
# As large as the historical overlays: 3 MB.
head -c 1500000 /dev/urandom >tree/sbin/loader
head -c 1500000 /dev/urandom >tree/tmp/updates/module
(cd tree && find . | cpio -o -H newc --quiet) >overlay
printf '{"type":"cpio","append":false,"limit":536870912,"uid":65534,"vendor":"%s","overlay":"%s"}' \
    "$INITRD" overlay >request
cat >helper <<EOF
exec $BUILD/libexec/eliloader/ramdisk <$work/request 3>$work/answer 4<$INITRD 5<$work/overlay 6<>$work/out/ramdisk
EOF
BENCH_EMPTY=$work/out
compare "${RUNS:-15}" ::: 'ramdisk' /bin/sh "$work/helper" \
    ::: 'zcat' /bin/sh -c "zcat $INITRD >$work/out/ramdisk"
goal "the ratio to zcat's median" "$ratio" 1.15
peak=$(command time -f %M /bin/sh "$work/helper" 2>&1 >/dev/null | tail -n 1)
goal 'peak memory in KiB' "$peak" 16384
finish_bench
