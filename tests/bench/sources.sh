#!/usr/bin/env bash
# Both boot files of a real installer over loopback by FTP, from vsftpd, and as root by NFS, from
# nfs-ganesha: the whole of `eliloader fetch`, without any digest, against curl and nfs-cp.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
. "$BENCH/server.sh"
. "$BENCH/../servers/vsftpd.sh"

mkdir -p "$WORK/tree/images/pxeboot" "$WORK/out" "$WORK/none"
chmod 755 "$WORK"
cp $IMAGES/linux "$WORK/tree/images/pxeboot/vmlinuz"
cp $IMAGES/initrd.gz "$WORK/tree/images/pxeboot/initrd.img"
BENCH_EMPTY=$WORK/out
# Nothing of the tree is looked for: what it is costs a login and some questions more.
ours=("$ELILOADER" fetch -q --output-directory="$BENCH_EMPTY" --map-dir="$WORK/none" --distro=pygrub
    --kernel=images/pxeboot/vmlinuz --ramdisk=images/pxeboot/initrd.img)

vsftpd_start "$WORK/tree"
compare "${RUNS:-21}" ::: 'eliloader fetch, FTP' "${ours[@]}" "$VSFTPD/" ::: 'curl --parallel' \
    /usr/bin/curl -s --stderr /dev/null --parallel -o "$BENCH_EMPTY/a" "$VSFTPD/images/pxeboot/vmlinuz" \
    -o "$BENCH_EMPTY/b" "$VSFTPD/images/pxeboot/initrd.img"
goal "the ratio to curl's median" "$ratio" 1.10

if [ "$(id -u)" = 0 ]; then
    . "$BENCH/../servers/ganesha.sh"
    needs nfs-cp
    ganesha_start "$WORK/tree"
    nfs="nfs://127.0.0.1/open/images/pxeboot"
    options="?version=4&nfsport=$GANESHA_PORT"
    compare "${RUNS:-21}" ::: 'eliloader fetch, NFS 4' "${ours[@]}" "nfs://127.0.0.1/open$options" ::: \
        'nfs-cp, twice' /bin/sh -c "nfs-cp '$nfs/vmlinuz$options' $BENCH_EMPTY/a && nfs-cp '$nfs/initrd.img$options' $BENCH_EMPTY/b"
    goal "the ratio to nfs-cp's median" "$ratio" 1.10
fi
finish_bench
