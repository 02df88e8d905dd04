#!/usr/bin/env bash
# Root in an ordinary directory that chroot(8) makes the root (debootstrap's, a build's): no other root can be
# put into its place, so helpers have no namespaces there, and all else.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

[ "$(id -u)" = 0 ] || skip_all 'only root has a chroot'
unshare --mount true 2>/dev/null || skip_all 'no namespaces can be made here'
"$TESTS/images/make.sh" none-ext4-legacy "$WORK" >/dev/null
mkdir root
cat >inside <<'END'
for folder in /bin /dev /etc /lib* /proc /sbin /usr; do
    mkdir -p "root$folder" && mount --rbind "$folder" "root$folder"
done
for folder in "$2" "$3"; do
    mkdir -p "root$folder" && mount --bind "$folder" "root$folder"
done
exec chroot root "$1" "--config=$4" probe --debug "$3/none-ext4-legacy.img"
END
run unshare --mount bash inside "$ELILOADER" "$BUILD" "$WORK" /dev/null
is "$status" 0 'a probe' "$(cat err)"
like "$(cat out)" '^\* 1 ' 'finds what boots'
like "$(cat err)" 'lacks namespaces: fsprobe runs with less' 'and what is missing is told'
echo 'require-confinement = yes' >strict.conf
run unshare --mount bash inside "$ELILOADER" "$BUILD" "$WORK" "$WORK/strict.conf"
is "$status $(cat out)" '1 ' 'not where all confinement is required'
like "$(cat err)" 'cannot probe .*namespaces' 'which is told too'
done_testing
