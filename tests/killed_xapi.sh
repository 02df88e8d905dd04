# What the two tests of kills with xapi's records share (bash): the VM of old.db, its next start, and
# what is right after one that was killed. Sourced after lib.sh and toolstack.sh.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

# shellcheck source=servers/nginx.sh
. "$TESTS/servers/nginx.sh"
# shellcheck source=servers/xapi.sh
. "$TESTS/servers/xapi.sh"
# shellcheck source=killed.sh
. "$TESTS/killed.sh"
[ -n "$LONG$SANITIZED" ] || kill_stride=3

tree rh images/pxeboot/vmlinuz images/pxeboot/initrd.img
nginx_start "$WWW"
disk=$("$TESTS/images/make.sh" dos-ext4-suse-2 "$WORK")
# Nobody else on this machine has this one.
uuid=$(cat /proc/sys/kernel/random/uuid)
xapi_start
# shellcheck disable=SC2034 # for who sources this
declare -A seen records # states, and what the record was in them
wrongs=

before() {
    [ ! -e "$BOOT" ] || rm -rf "$BOOT"
    printf '%s\n' "$(<old.db)" >"$XAPI_DB"
}
# A state is looked at once: the record, and which files are left.
# shellcheck disable=SC2317 # called by every_kill
after() {
    local state wrong
    ! declare -F commit_ended >/dev/null || commit_ended
    state="$(<"$XAPI_DB") $(left_in "$BOOT"/*)"
    [ -z "${seen[$state]-}" ] || return
    seen[$state]=$1
    # shellcheck disable=SC2034
    records["$(<"$XAPI_DB")"]=1
    wrong=$(next_start 2>&1)
    [ -z "$wrong" ] || wrongs="$wrongs; $1 $2 ($state): $wrong"
}
# The next start of the VM as it is now: by the loader, or by pygrub, and then all that the loader
# still has to do is to install once more when it is told to.
next_start() {
    local expected=new.db
    age
    if [ "$(xapi_record "$uuid" .PV_bootloader)" = pygrub ]; then
        "$ELILOADER" vm reinstall --record=xapi "$uuid"
        expected=again.db
    fi
    run "${start[@]}"
    [ "$status" = 0 ] || echo "status $status: $(head -n1 err)"
    diff <(jq -S . "$expected") <(jq -S . "$XAPI_DB")
    answer_is kernel ramdisk
}

# started NAME: the VM of old.db starts by $start: its files and its new record, and what that is
# after one more installation, are kept to compare with.
started() {
    before
    run "${start[@]}"
    is "$status$(grep -v ': note: .*by its well-known name' err)" 0 "$1: runs"
    cp "$XAPI_DB" new.db
    cp "$XAPI_DB" again.db
    cp "$(answered kernel)" kernel
    cp "$(answered ramdisk)" ramdisk
    next_start >/dev/null 2>&1
    cp "$XAPI_DB" again.db
}

# each_round FUNCTION: calls it with a name, for a VM in round one and for one in round two, which
# `start` starts.
each_round() {
    local installer
    installer="\"install-repository\": \"$NGINX/rh\", \"install-arch\": \"x86_64\""
    xapi_vm "$uuid" "{\"PV_bootloader\": \"eliloader\", \"other_config\":
        {$installer, \"install-distro\": \"rhlike\", \"install-round\": \"1\"}}"
    cp "$XAPI_DB" old.db
    start=("$ELILOADER" -q --record=xapi --vm="$uuid")
    "$1" 'round one'

    xapi_vm "$uuid" "{\"PV_bootloader\": \"eliloader\", \"other_config\":
        {$installer, \"install-distro\": \"sleslike\", \"install-round\": \"2\"}}"
    cp "$XAPI_DB" old.db
    start=("$ELILOADER" -q --record=xapi --handoff=native --vm="$uuid" "$disk")
    "$1" 'round two'
}
