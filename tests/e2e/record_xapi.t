#!/usr/bin/env bash
# record-xapi against a server that speaks xapi's protocol: loading and changing.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/record_xapi.sh
. "$TESTS/record_xapi.sh"

# --- usage ----------------------------------------------------------------------------------
usage='usage: record-xapi load UUID, or record-xapi commit UUID with changes on stdin'
run "$XAPI"
is "$status $(cat err out)" "2 too few words; $usage" 'no words'
run "$XAPI" load
is "$status $(cat err out)" "2 too few words; $usage" 'no UUID'
run "$XAPI" load a b
is "$status $(cat err out)" "2 too many words; $usage" 'too many words'
run "$XAPI" show "$vm"
is "$status $(cat err out)" "2 the first word is neither load nor commit; $usage" 'another word'
for id in '' ../a "$(printf '%129s' '' | tr ' ' x)"; do
    run "$XAPI" load "$id"
    like "$status $(cat err)" '^2 the second word cannot be a VM: an ID is 1 to 128 letters' \
        "no ID: '${id:0:9}'"
done
run "$XAPI" --version
like "$status $(cat out)" '^0 record-xapi \(eliloader\) [0-9]' '--version'
for seconds in 0 3601 x; do
    ELILOADER_XAPI_TIMEOUT=$seconds load
    is "$status $(cat err)" "1 $cannot_read ELILOADER_XAPI_TIMEOUT=$seconds is not a number of seconds from 1 to 3600" \
        "ELILOADER_XAPI_TIMEOUT=$seconds"
done

# --- no xapi --------------------------------------------------------------------------------
load
is "$status $(cat err out)" "1 $cannot_read xapi is not running, for nothing listens at \
$ELILOADER_XAPI_SOCKET (No such file or directory); start it with \`xe-toolstack-restart\`" 'no socket'
python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' gone
ELILOADER_XAPI_SOCKET=gone load
like "$(cat err)" 'not running, for nothing listens at gone \(Connection refused\); start it' \
    'a socket that nobody listens at'
run env -u ELILOADER_XAPI_SOCKET "$XAPI" load "$vm"
like "$(cat err)" ' at /var/lib/xcp/xapi |cannot connect to /var/lib/xcp/xapi:' 'the default socket'
long=$(printf '%107s' '' | tr ' ' x)
ELILOADER_XAPI_SOCKET=$long load
like "$(cat err)" "nothing listens at $long \(" 'a path of 107 bytes is a socket'
ELILOADER_XAPI_SOCKET=x$long load
like "$(cat err)" 'x is too long to be the path of a socket: at most 107 bytes' 'a longer one is not'

# --- load -----------------------------------------------------------------------------------
xapi_start
fresh
load
is "$status $(cat err)" '0 ' 'load'
is "$(jq -cS 'del(.name_description, .power_state, .PV_kernel, .PV_ramdisk, .HVM_boot_policy,
    .is_a_template, .memory_static_max, .VIFs, .snapshot_time)' out)" "$(jq -cS . <<JSON
{"uuid": "$vm", "name_label": "one", "PV_bootloader": "eliloader", "PV_bootloader_args": "",
 "PV_args": "quiet", "other_config": {"install-round": "1", "a": "1"},
 "platform": {"pae": "true"}, "xenstore_data": {"vm-data/x": "y"},
 "VBDs": [{"userdevice": "0", "bootable": false}, {"userdevice": "3", "bootable": true}]}
JSON
)" 'load: the record, with its VBDs'
is "$(wc -l <out) $(jq -r .power_state out)" '1 Halted' 'load: one line; fields nobody knows stay'
is "$(xapi_calls)" "session.login_with_password    eliloader
VM.get_by_uuid $vm
VM.get_record
VBD.get_userdevice
VBD.get_bootable
VBD.get_userdevice
VBD.get_bootable
session.logout" 'load: these calls and no more'
is "$(jq .connection "$XAPI_LOG" | sort -u | wc -l)" 1 'load: one connection'

run "$XAPI" load "$none"
ends 4 "there is no VM $none in this pool's xapi" 'no such VM'
http_proxy=http://127.0.0.1:1 all_proxy=http://127.0.0.1:1 load
is "$status" 0 'a proxy of the environment is not used'
"$XAPI" load "$vm" >/dev/full 2>err
is "$? $(cat err)" "1 $cannot_read cannot write the record to stdout: No space left on device" \
    'stdout is full'

# --- commit: the calls ----------------------------------------------------------------------
# makes CALLS JQ WANT NAME CHANGE…: the changes make these calls and leave that; again, none.
makes() {
    local calls=$1 jq=$2 want=$3 name=$4
    shift 4
    fresh
    commit "$(list "$@")"
    is "$status $(cat err out)" '0 ' "$name: is made" || return
    is "$(xapi_calls "$changing")" "$calls" "$name: these calls"
    is "$(xapi_record "$vm" "$jq")" "$want" "$name: what the VM is then"
    xapi_forget_calls
    commit "$(list "$@")"
    is "$status $(xapi_calls "$changing") $(xapi_sessions)" '0  0' "$name: again, without a call"
}
makes 'VM.set_PV_bootloader pygrub' .PV_bootloader pygrub 'PV_bootloader' \
    "$(add /PV_bootloader '"pygrub"')"
makes 'VM.set_PV_bootloader_args --kernel /k' .PV_bootloader_args '--kernel /k' \
    'PV_bootloader_args' "$(add /PV_bootloader_args '"--kernel /k"')"
# shellcheck disable=SC1003
makes 'VM.set_PV_args ro é "\' .PV_args 'ro é "\' PV_args "$(add /PV_args '"ro é \"\\"')"
makes 'VM.set_PV_args ' .PV_args '' 'a field removed is empty' "$(remove /PV_args)"
makes 'VM.remove_from_other_config a
VM.add_to_other_config a 2' .other_config '{"a":"2","install-round":"1"}' 'a key that is there' \
    "$(add /other_config/a '"2"')"
makes 'VM.add_to_other_config b/~c 2' '.other_config."b/~c"' 2 'a new key, escaped' \
    "$(add /other_config/b~1~0c '"2"')"
makes 'VM.remove_from_other_config a' .other_config '{"install-round":"1"}' 'a key removed' \
    "$(remove /other_config/a)"
makes '' .other_config '{"a":"1","install-round":"1"}' 'what is so already' \
    "$(remove /other_config/b)" "$(add /other_config/a '"1"')" "$(add /VBDs/0/bootable false)" \
    "$(add /PV_args '"quiet"')" "$(remove /PV_bootloader_args)"
makes 'VM.add_to_platform x 1
VM.remove_from_platform pae' .platform '{"x":"1"}' platform "$(add /platform/x '"1"')" \
    "$(remove /platform/pae)"
makes 'VBD.set_bootable true
VBD.set_bootable false' '.VBDs | map(.bootable)' '[true,false]' bootable \
    "$(add /VBDs/0/bootable true)" "$(add /VBDs/3/bootable false)"
fresh
commit "$(list "$(add /other_config/x '"1"')" "$(add /other_config/x '"2"')" "$(remove /other_config/x)" \
    "$(add /other_config/x '"3"')")"
is "$(xapi_calls "$changing" | xargs)" 'VM.add_to_other_config x 1 VM.remove_from_other_config x VM.add_to_other_config x 2 VM.remove_from_other_config x VM.add_to_other_config x 3' \
    'one key often: in order'
fresh
commit '[]'
is "$status $(cat err out) $(xapi_sessions)" '0  0' 'no changes'

# --- commit: tests --------------------------------------------------------------------------
fresh
commit "$(list "$(holds /other_config/install-round '"1"')" "$(holds /other_config/b null)" \
    "$(holds /VBDs/3/bootable true)" "$(holds /xenstore_data/vm-data~1x '"y"')" \
    "$(holds /name_label '"one"')" "$(add /other_config/a '"2"')" "$(holds /other_config/a '"1"')")"
is "$status $(cat err)" '0 ' 'tests hold, of the record before the first change'

# changed SENTENCE NAME CHANGE…: a test that does not hold; nothing is changed.
changed() {
    local sentence=$1 name=$2
    shift 2
    fresh
    commit "$(list "$(add /other_config/new '"1"')" "$@")"
    ends 5 "$cannot_change $sentence was changed by somebody else meanwhile" "$name"
    is "$(xapi_calls "$changing")" '' "$name: nothing is changed"
}
changed other-config:install-round 'another value' "$(holds /other_config/install-round '"2"')"
changed other-config:install-round 'not absent' "$(holds /other_config/install-round null)"
changed other-config:b 'absent' "$(holds /other_config/b '"1"')"
changed "'bootable' of disk 3" 'a disk' "$(holds /VBDs/3/bootable false)"
changed "'bootable' of disk 7" 'no such disk' "$(holds /VBDs/7/bootable true)"

# --- commit: what is refused before any change ----------------------------------------------
# refused SENTENCE NAME CHANGE…
refused() {
    local sentence=$1 name=$2
    shift 2
    fresh
    commit "$(list "$(add /other_config/new '"1"')" "$@")"
    ends 1 "$cannot_change $sentence" "$name"
    is "$(xapi_calls "$changing")" '' "$name: nothing is changed"
}
not_ours="of a VM in xapi is not eliloader's to change; use \`xe vm-param-set\`"
refused "name_label $not_ours" 'the name' "$(add /name_label '"x"')"
refused "xenstore_data $not_ours" 'xenstore_data' "$(remove /xenstore_data/vm-data~1x)"
refused 'change 2 is malformed: its path /uuid names nothing that can be changed' 'uuid' \
    "$(add /uuid '"x"')"
refused 'change 2 is malformed: its path /other_config/ names nothing that can be changed' \
    'an empty key' "$(add /other_config/ '"x"')"
refused 'change 2 is malformed: its path /VBDs/0/mode names nothing that can be changed' 'mode' \
    "$(add /VBDs/0/mode '"RO"')"
refused 'change 2 is malformed: it has no value' 'a test without a value' \
    '{"op": "test", "path": "/PV_args"}'
refused 'change 2 is malformed: it has no path' 'a test without a path' '{"op": "test", "value": 1}'
refused 'change 2 is malformed: its op is not one of test, add and remove' 'another op' \
    '{"op": "replace", "path": "/PV_args", "value": "x"}'
refused 'change 2 is malformed: its value holds a control character' 'a control character' \
    "$(add /PV_args '"a\nb"')"
refused "the key 'a\\x1b' holds a control character" 'a control character in a key' \
    "$(add '/other_config/a\u001b' '"x"')"
refused 'change 2 is malformed: its value is not a boolean' 'bootable is a boolean' \
    "$(add /VBDs/0/bootable '"true"')"
refused 'a VBD in xapi is bootable or not; that cannot be removed' 'bootable cannot go' \
    "$(remove /VBDs/0/bootable)"
refused "'bootable' of disk 7 cannot be set: the VM has no such disk" 'no such disk' \
    "$(add /VBDs/7/bootable true)"
commit '{'
like "$status $(cat err)" "^1 $cannot_change the changes on stdin are not JSON: line 1: " 'not JSON'
commit '{}'
is "$status $(cat err)" "1 $cannot_change the changes are not a JSON array" 'not an array'
# sized BYTES: a list of no changes, with so many bytes.
sized() {
    printf '[%*s]' $(($1 - 2)) ''
}
commit "$(sized 1048576)"
is "$status" 0 'changes of 1 MiB'
commit "$(sized 1048577)"
is "$status $(cat err)" "1 $cannot_change the changes on stdin are larger than 1048576 bytes" \
    'larger changes'
commit "$(list "$(add /PV_args '"x"')")" "$none"
ends 4 "there is no VM $none in this pool's xapi" 'commit: no such VM'

is "$(cat "$XAPI_HOME/errors")" '' 'the server has nothing to complain about'
done_testing
