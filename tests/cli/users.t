#!/usr/bin/env bash
# A user for each run: what the helpers and pygrub become, and what the kernel holds them to.
# Boundaries: users
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"

tree rh images/pxeboot/vmlinuz images/pxeboot/initrd.img
truncate -s 8M "$WWW/rh/images/pxeboot/vmlinuz"
nginx_start "$WWW" "location /slow/ { alias $WWW/rh/; limit_rate 1m; }"
vm_new guest install-repository="$NGINX/slow"

# fetching WORD…: what the kernel says of fetch while it works: "UID THREADS" into $seen, where THREADS
# is how many its user may have.
fetching() {
    local helper
    seen=
    clear_boot
    "$ELILOADER" --vm=guest "$@" >out 2>err &
    run=$!
    for _ in $(seq 200); do
        helper=$(pgrep -P "$run")
        # Seccomp comes last: from then on all holds.
        if [ -n "$helper" ] && grep -q '^Seccomp:[[:space:]]*2' "/proc/$helper/status" 2>/dev/null; then
            seen="$(awk '/^Uid:/{ print $2 }' "/proc/$helper/status") $(awk '/^Max processes/{ print $3 }' "/proc/$helper/limits")"
            break
        fi
        sleep 0.02
    done
    kill -TERM "$run"
    wait "$run"
}
needs pgrep
me=$(id -u)
most=$(ulimit -u)
if [ "$me" = 0 ]; then
    fetching --debug
    is "$seen $(grep -c 'helpers run as user 65534, whom all runs share' err)" "65534 $most 1" \
        'root, without: the user that all share, which is logged once'
    fetching --runas-base=1879048192
    is "${seen#* } $((${seen% *} >= 1879048192 + 32768 && ${seen% *} < 1879048192 + 65536))" '16 1' \
        "root: a user of the upper half, and at most 16 threads"
    mkdir -m 700 bootloader.9.d
    fetching --runas-base=1879048192 --output-directory="$WORK/bootloader.9.d"
    is "$seen" "$((1879048192 + 9)) 16" "root: the guest's own user"
    fetching --runas-base=1879048192 --runas=65533
    is "$seen" "65533 $most" 'root: the user that somebody named'
else
    fetching --runas-base=1879048192
    is "$seen" "$me $most" 'an ordinary user stays that one'
fi
# With its threads counted, it does all that it does.
vm_new guest install-repository="$NGINX/rh"
for word in --runas-base=1879048192 --quiet; do
    clear_boot
    boot --vm=guest "$word"
    is "$status $(boot_files)" '0 eliloader-kernel eliloader-ramdisk' "a whole run, $word" || sed 's/^/# /' err
    vm_new guest install-repository="$NGINX/rh"
done

# --- all or nothing -----------------------------------------------------------------------------------
# Each helper is told, and this host's kernel either has all that is wanted or the run ends.
mkdir -p here/bin here/libexec/eliloader
cp "$ELILOADER" here/bin/
# shellcheck disable=SC2016 # the helper's own variable
printf '#!/bin/sh\nread -r request; echo "$request" >%s/request; exit 1\n' "$WORK" |
    tee here/libexec/eliloader/fetch here/libexec/eliloader/fsprobe >here/libexec/eliloader/medium
chmod +x here/libexec/eliloader/*
truncate -s 1M disk
for command in "fetch $NGINX/rh" 'probe disk' 'identify disk'; do
    rm -f request
    # shellcheck disable=SC2086 # words
    here/bin/eliloader $command --require-confinement --output-directory="$BOOT" >/dev/null 2>&1 ||
        here/bin/eliloader $command --require-confinement >/dev/null 2>&1
    is "$(jq -c '[.complete, .own_user]' request)" '[true,false]' "${command%% *}: the helper is told"
    # shellcheck disable=SC2086 # words
    here/bin/eliloader $command >/dev/null 2>&1
    is "$(jq -c .complete request)" 'false' "${command%% *}: else it is not"
done
done_testing
