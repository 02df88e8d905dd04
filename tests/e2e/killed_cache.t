#!/usr/bin/env bash
# SIGKILL at the system calls of a run that fills the host's cache, and of one that takes from it:
# whatever is left, each content is what it is called, and the next run has the right files.
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"
# shellcheck source=../killed.sh
. "$TESTS/killed.sh"
# A run has some hundred calls: every one with LONG, some of each kind without.
if [ -z "${LONG:-}" ]; then
    kill_stride=$((kill_stride * 19))
fi

mkdir no-maps
export ELILOADER_MAP_DIR=$WORK/no-maps ELILOADER_CACHE=$WORK/cache
tree rh isolinux/vmlinuz isolinux/initrd.img
find "$WWW" -type f -exec touch -d '2 hours ago' {} +
nginx_start "$WWW"
fetch=("$ELILOADER" fetch --distro=rhlike "--output-directory=$WORK/got" "$NGINX/rh")

before() {
    rm -rf got
    "prepare_$run_of"
}
# shellcheck disable=SC2317 # called by their names
prepare_filling() { rm -rf cache; }
# shellcheck disable=SC2317
prepare_taking() { [ -e cache/index.json ] || "${fetch[@]}" >/dev/null; rm -rf got; }

# looked_at: prints what is wrong with what is left.
looked_at() {
    local name
    for name in cache/contents/*; do
        [ -e "$name" ] || continue
        [ "$(sha256sum <"$name" | cut -d' ' -f1)" = "${name##*/}" ] || echo "$name is something else"
    done
    [ ! -e cache/index.json ] || jq -e .version cache/index.json >/dev/null || echo 'the index is damaged'
    rm -rf got
    "${fetch[@]}" >next.out 2>next.err || echo "the next run fails: $(head -n1 next.err)"
    cat next.err
    cmp "$WWW/rh/isolinux/vmlinuz" got/*-kernel.* 2>&1
    cmp "$WWW/rh/isolinux/initrd.img" got/*-ramdisk.* 2>&1
    [ "$(find cache/contents -type f | wc -l)" = "$(jq '.contents | length' cache/index.json)" ] ||
        echo "contents that no index has: $(ls cache/contents)"
}
after() {
    local wrong
    wrong=$(looked_at)
    [ -z "$wrong" ] || wrongs="$wrongs; $1 $2: $wrong"
}
for run_of in filling taking; do
    wrongs=''
    every_kill "${fetch[@]}"
    is "$run_failed" '' "$run_of: succeeds, when it is not killed"
    is "$wrongs" '' "$run_of: killed at each of $kills calls: the next run is well"
    [ "$kills" -ge 10 ]
    ok $? "$run_of: there were such calls ($kills)"
done

done_testing
