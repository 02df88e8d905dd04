#!/usr/bin/env bash
# record-xapi and a xapi that ends between any two changes of a round.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/record_xapi.sh
. "$TESTS/record_xapi.sh"

xapi_start

# --- xapi ends between any two changes ------------------------------------------------------
# The changes of a round from the CD that records paths, as the loader makes them: all at once.
changes=$(list "$(add /other_config/eliloader-bootable '"3"')" "$(add /VBDs/0/bootable true)" \
    "$(add /VBDs/3/bootable false)" "$(add /other_config/eliloader-installed-distro '"sleslike"')" \
    "$(add /other_config/eliloader-bootloader-args '""')" \
    "$(add /other_config/eliloader-kernel-max-size '"1"')" \
    "$(add /other_config/eliloader-postinstall-kernel-max-size '"2"')" \
    "$(add /other_config/eliloader-ramdisk-max-size '""')" \
    "$(add /other_config/eliloader-postinstall-ramdisk-max-size '"4"')" \
    "$(add /platform/pv-kernel-max-size '"2"')" "$(add /platform/pv-ramdisk-max-size '"4"')" \
    "$(add /PV_bootloader_args '"--kernel /k"')" "$(add /PV_bootloader '"pygrub"')" \
    "$(remove /platform/pv-postinstall-kernel-max-size)" \
    "$(remove /platform/pv-postinstall-ramdisk-max-size)" \
    "$(remove /other_config/install-round)" "$(remove /other_config/install-distro)")
tests=$(list "$(holds /other_config/install-round '"2"')" "$(holds /PV_bootloader '"eliloader"')")
all=$(jq -cn "$tests + $changes")
# start [FAULT…]: the VM before the round.
start() {
    xapi_forget_calls
    xapi_fault "$@"
    xapi_vm "$vm" '{"PV_bootloader": "eliloader", "PV_bootloader_args": "",
        "other_config": {"install-round": "2", "install-distro": "sleslike"},
        "platform": {"pv-kernel-max-size": "1", "pv-postinstall-kernel-max-size": "2",
            "pv-postinstall-ramdisk-max-size": "4"},
        "VBDs": [{"userdevice": "0", "bootable": false}, {"userdevice": "3", "bootable": true}]}'
}
# What is left starts: by the loader in its round, or by pygrub with all that it needs.
starts='if .PV_bootloader == "pygrub"
    then .PV_bootloader_args == "--kernel /k" and .platform."pv-ramdisk-max-size" == "4"
    else .PV_bootloader == "eliloader" and .other_config."install-round" == "2" and
        .other_config."install-distro" == "sleslike" end'

start
commit "$all"
want=$(xapi_record "$vm")
count=$(xapi_calls "$changing" | wc -l)
is "$status $(cat err) $count" '0  18' 'the round, undisturbed'
wrong=
for ((n = 1; n <= count; n++)); do
    # The last change is made, and the answer to it lost or not.
    how=crash
    ((n % 2)) || how=stop
    start "$n change $how"
    commit "$all"
    ((status == 1 || n == count)) || wrong+=" status $status at $n;"
    [ "$(xapi_record "$vm" "$starts")" = true ] || wrong+=" does not start at $n;"
    xapi_start
    commit "$changes"
    [ "$status" = 0 ] || wrong+=" again: status $status at $n: $(cat err);"
    [ "$(xapi_record "$vm")" = "$want" ] || wrong+=" again: $(xapi_record "$vm") at $n;"
done
is "$wrong" '' 'xapi may end after any change'
is "$(cat "$XAPI_HOME/errors")" '' 'the server has nothing to complain about'
done_testing
