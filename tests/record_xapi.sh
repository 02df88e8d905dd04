# What the tests of record-xapi share (bash): one VM in a private xapi, and words for its changes.
# Sourced after lib.sh.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034 # for who sources this

# shellcheck source=tests/servers/xapi.sh
. "$TESTS/servers/xapi.sh"

XAPI=$BUILD/libexec/eliloader/record-xapi
vm=$(xapi_uuid 1)
none=$(xapi_uuid 404)

load() {
    run "$XAPI" load "$vm"
}
# commit CHANGES [ID]: an array, as JSON.
commit() {
    printf '%s' "$1" >changes
    run "$XAPI" commit "${2-$vm}" <changes
}
# add PATH VALUE, remove PATH, holds PATH VALUE: one change; VALUE is JSON.
add() {
    printf '{"op":"add","path":"%s","value":%s}' "$1" "$2"
}
remove() {
    printf '{"op":"remove","path":"%s"}' "$1"
}
holds() {
    printf '{"op":"test","path":"%s","value":%s}' "$1" "$2"
}
# list CHANGE…
list() {
    local IFS=,
    printf '[%s]' "$*"
}
# ends STATUS SENTENCE NAME: how the last run ended: the sentence, whole, on one line of stderr,
# nothing on stdout, no session left, and the faults have struck.
ends() {
    is "$status $(cat err)" "$1 $2" "$3: status $1, and why"
    is "$(wc -c <out) $(xapi_sessions) $(grep -v always "$XAPI_HOME/faults" 2>/dev/null)" '0 0 ' \
        "$3: nothing on stdout, no session open"
}
# fresh: the VM as it was, no faults, an empty log. faulty FAULT…: and then these.
fresh() {
    xapi_forget_calls
    # shellcheck disable=SC2119
    xapi_fault
    xapi_vm "$vm" '{"name_label": "one", "PV_bootloader": "eliloader", "PV_args": "quiet",
        "other_config": {"install-round": "1", "a": "1"},
        "platform": {"pae": "true"}, "xenstore_data": {"vm-data/x": "y"},
        "VBDs": [{"userdevice": "0", "bootable": false}, {"userdevice": "3", "bootable": true}]}'
}
faulty() {
    fresh
    xapi_fault "$@"
}
# What calls a change makes, after those of a load.
changing='(.method | test("set_|add_|remove_"))'
cannot_read="cannot read the VM's record in xapi:"
cannot_change="cannot change the VM's record in xapi:"
