#!/usr/bin/env bash
# The record is never lost: SIGKILL at every system call of a round one and of a round two. The
# record is the old or the new one afterwards, and the next run puts all in order. Records in files;
# those of xapi: killed_xapi.t.
# Boundaries: record
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"
# shellcheck source=../killed.sh
. "$TESTS/killed.sh"

tree rh images/pxeboot/vmlinuz images/pxeboot/initrd.img
nginx_start "$WWW"
disk=$("$TESTS/images/make.sh" dos-ext4-suse-2 "$WORK")
truncate -s 1M empty.img
record=$RECORDS/guest.json

before() {
    rm -rf "$BOOT" "$RECORDS"/.guest*
    printf '%s\n' "$(<old.json)" >"$record"
}
# whose: the record is the old or the new one, or neither.
whose() {
    local which now
    now=$(<"$record")
    for which in old new; do
        [ "$now" = "$(<"$which.json")" ] && echo $which && return
    done
    echo "damaged: $now"
}
# A state is looked at once: what the record is, and which files are left where.
after() {
    local state
    state="$(whose), $(left_in "$BOOT"/*), $(left_in "$RECORDS"/guest.json "$RECORDS"/.*.json.*)"
    [ -z "${seen[$state]-}" ] || return
    seen[$state]=$1
    case $state in
    old,* | new,*) wrong=$("next_${state%%,*}" 2>&1) ;;
    *) wrong=$state ;;
    esac
    [ -z "$wrong" ] || wrongs="$wrongs; $1 $2 ($state): $wrong"
}
# ends_in FILE: a whole run has succeeded, the record is FILE, and it is alone.
ends_in() {
    [ "$status" = 0 ] || echo "status $status: $(head -n1 err)"
    cmp "$record" "$1" 2>&1
    [ "$(left_in "$RECORDS"/guest.json "$RECORDS"/.*.json.*)" = guest.json=600 ] || echo "in the records: $(left_in "$RECORDS"/guest.json "$RECORDS"/.*.json.*)"
    answer_is kernel ramdisk
}
# What is left, from one moment to the next: nothing; the files are named, one after the other; a
# new record is written beside the old one, and takes its place; the files are the toolstack's.
cat >states <<'END'
old, , guest.json=600
old, eliloader-kernel=200, guest.json=600
old, eliloader-kernel=200 eliloader-ramdisk=200, guest.json=600
old, eliloader-kernel=200 eliloader-ramdisk=200, guest.json=600 .guest.json=600
new, eliloader-kernel=200 eliloader-ramdisk=200, guest.json=600
new, eliloader-kernel=600 eliloader-ramdisk=200, guest.json=600
new, eliloader-kernel=600 eliloader-ramdisk=600, guest.json=600
END
# killed_everywhere NAME COMMAND…
killed_everywhere() {
    local name=$1 wrong wrongs=''
    local -A seen=()
    shift
    before
    run "$@"
    is "$status$(grep -v ': note: .*by its well-known name' err)" 0 "$name: runs"
    cp "$record" new.json
    cp "$(answered kernel)" kernel
    cp "$(answered ramdisk)" ramdisk
    # What is done where the new record is there already has a result of its own.
    next_new >/dev/null 2>&1
    cp "$record" again.json
    every_kill "$@"
    is "$run_failed" '' "$name: succeeds, when it is not killed"
    is "$wrongs" '' "$name: killed at each of $kills calls: old or new, and the next run is well"
    # That the interesting moments were among them.
    is "$([ $kill_stride != 1 ] || printf '%s\n' "${!seen[@]}" | sort)" \
        "$([ $kill_stride != 1 ] || sort states)" "$name: left what these moments leave"
}

# --- round one ---------------------------------------------------------------------------------
vm_new guest install-repository="$NGINX/rh"
cp "$record" old.json
round_one=("$ELILOADER" -q --vm=guest)
# shellcheck disable=SC2317 # called by their names
next_old() {
    age
    run "${round_one[@]}"
    ends_in new.json
}
# It is installed now, as far as the toolstack knows; whether it is, the disk says.
next_new() {
    run "${round_one[@]}" empty.img
    grep -q 'eliloader vm reinstall guest' err || echo "an empty disk: $status $(cat err)"
    [ "$(whose)" = new ] || echo "an empty disk: the record is $(whose)"
    age
    "$ELILOADER" vm reinstall guest
    run "${round_one[@]}"
    ends_in again.json
}
killed_everywhere 'round one' "${round_one[@]}"

# --- round two ---------------------------------------------------------------------------------
vm_new guest install-repository="$NGINX/sles" install-distro=sleslike install-round=2 \
    install-arch=x86_64
cp "$record" old.json
round_two=("$ELILOADER" -q --handoff=native --vm=guest "$disk")
# shellcheck disable=SC2317
next_old() {
    age
    run "${round_two[@]}"
    ends_in new.json
}
# Every start from now on.
next_new() {
    age
    run "${round_two[@]}"
    ends_in new.json
}
killed_everywhere 'round two' "${round_two[@]}"

done_testing
