#!/usr/bin/env bash
# record-xapi and a xapi that answers errors, nonsense, late or not at all.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/record_xapi.sh
. "$TESTS/record_xapi.sh"

xapi_start

# --- faults ---------------------------------------------------------------------------------
# fails FAULT SENTENCE NAME [STATUS]: a load ends so.
fails() {
    faulty "$1"
    load
    ends "${4-1}" "$2" "$3"
}
xapi_log='see /var/log/xensource.log'
record=VM.get_record
fails "1 $record raw <html>" \
    "$cannot_read the answer to $record is not JSON: line 1: invalid token near '<'" 'not JSON'
fails "1 $record raw " "$cannot_read the answer to $record is empty" 'an empty answer'
fails "1 $record raw []" "$cannot_read the answer to $record is not a JSON object" 'an array'
fails "1 $record raw {\"id\":1,\"id\":1}" \
    "$cannot_read the answer to $record is not JSON: line 1: duplicate object key near '\"id\"'" \
    'a key twice'
fails "1 $record wrong-id" "$cannot_read the answer to $record belongs to another call" 'wrong id'
fails "1 $record both" "$cannot_read the answer to $record has both a result and an error" 'both'
fails "1 $record neither" "$cannot_read the answer to $record has neither a result nor an error" 'neither'
fails "1 $record status 500" "$cannot_read xapi answered $record with the HTTP status 500, not 200; \
is $ELILOADER_XAPI_SOCKET xapi's socket?" 'HTTP 500'
fails "1 $record redirect http://127.0.0.1:1/" "$cannot_read xapi answered $record with the HTTP \
status 302, not 200; is $ELILOADER_XAPI_SOCKET xapi's socket?" 'a redirect is not followed'
fails "1 $record result \"x\"" "$cannot_read the answer to $record is text, not a map" 'another type'
fails "1 VBD.get_bootable result \"false\"" \
    "$cannot_read the answer to VBD.get_bootable is text, not a boolean" 'bootable as text'
fails "1 VBD.get_userdevice result 7" \
    "$cannot_read the answer to VBD.get_userdevice is a number, not text" 'a number'
fails "1 VM.get_by_uuid result \"a b\"" \
    "$cannot_read xapi answered something that is no reference to a VM" 'no reference'
fails "1 $record result {\"VBDs\":[7]}" \
    "$cannot_read xapi answered something that is no reference to a VBD" 'no reference in VBDs'
fails "1 $record result {}" "$cannot_read the answer to $record has no list of the VM's VBDs" 'no VBDs'
fails "always VBD.get_userdevice result \"0\"" \
    "$cannot_read two of the VM's VBDs have the userdevice 0" 'a disk twice'
fails "1 $record endless" "$cannot_read the answer to $record is larger than 2097152 bytes" 'endless'
# sized_record BYTES
sized_record() {
    printf '{"VBDs":[],"x":"%*s"}' $(($1 - 18)) ''
}
faulty "1 $record result $(sized_record 1048576)"
load
is "$status $(cat err) $(wc -c <out)" '0  1048577' 'a record of 1 MiB, and a newline'
fails "1 $record result $(sized_record 1048577)" \
    "$cannot_read the record is 1048577 bytes long, at most 1048576 are allowed" 'a larger record'
fails "always $record close" "$cannot_read xapi closed the connection before it had answered $record \
(Empty reply from server); $xapi_log" 'it closes, twice'
faulty "1 $record close"
load
is "$status $(cat err)" '0 ' 'it closes, once: asked again'
fails "1 $record error INTERNAL_ERROR Not_found x" "$cannot_read xapi refused $record with \
INTERNAL_ERROR (Not_found, x): xapi failed within; $xapi_log" 'an error that is known'
fails "1 $record error NEW" "$cannot_read xapi refused $record with NEW" 'one that is not'
fails "1 $record error E\\u202e RuntimeError: a\\x1b[2J" \
    "$cannot_read xapi refused $record with E\\\\u202e (RuntimeError:, a\\\\x1b[2J)" \
    'backslashes of an error are escaped'
fails "1 $record raw {\"id\":null,\"error\":{\"message\":\"RuntimeError: \\\\u001b[2J\\\\n\"}}" \
    "$cannot_read xapi refused $record with RuntimeError, \\x1b[2J\\x0a" \
    'an error of hostile text is escaped and disarmed'
fails '1 session.login_with_password error SESSION_AUTHENTICATION_FAILED root' \
    "$cannot_read xapi refused session.login_with_password with SESSION_AUTHENTICATION_FAILED (root): \
the login was refused; eliloader must run as root in dom0" 'no login'
fails '1 session.login_with_password error HOST_IS_SLAVE 10.1.2.3' "$cannot_read this host is a pool \
member whose xapi redirects to the pool's master at 10.1.2.3, where eliloader has no login; start the \
VM on the master, or keep a record for it on this host (\`eliloader vm create --record=file\`)" slave
fails "1 VM.get_by_uuid destroy" "the VM was destroyed meanwhile ($record)" 'destroyed' 4
# half: how libcurl says that differs with its version.
faulty "1 $record half"
load
like "$status $(cat err)" \
    "^1 $cannot_read xapi closed the connection before it had answered $record \(.*; $xapi_log$" 'half'
is "$(xapi_sessions)" 0 'half: logged out'
faulty "1 $record unplug"
load
is "$status $(jq -c .VBDs out)" '0 []' 'disks that are unplugged meanwhile are left out'
faulty '1 session.logout error INTERNAL_ERROR'
load
is "$status $(cat err)" '0 ' 'a logout that fails is nobody'"'"'s business'

# nested DEPTH: a record with arrays so deep; the record and the answer itself are two more.
nested() {
    printf '{"VBDs":[],"x":%s%s}' "$(printf '%*s' "$1" '' | tr ' ' '[')" \
        "$(printf '%*s' "$1" '' | tr ' ' ']')"
}
faulty "1 $record result $(nested 30)"
load
is "$status" 0 'an answer 32 levels deep'
fails "1 $record result $(nested 31)" \
    "$cannot_read the answer to $record is nested more than 32 levels deep" '33 levels'
disks() {
    jq -n --argjson n "$1" '{VBDs: [range($n) | {userdevice: "\(.)", bootable: false}]}'
}
fresh
xapi_vm "$vm" "$(disks 255)"
ELILOADER_XAPI_TIMEOUT=60 load
is "$status $(jq -r '.VBDs | length' out)" '0 255' '255 disks'
xapi_vm "$vm" "$(disks 256)"
load
ends 1 "$cannot_read the VM has 256 VBDs, at most 255 are allowed" '256 disks'

# --- sessions -------------------------------------------------------------------------------
faulty '2 change forget'
commit "$(list "$(add /other_config/a '"2"')" "$(add /PV_args '"x"')")"
is "$status $(cat err) $(xapi_record "$vm" '[.other_config.a, .PV_args]')" '0  ["2","x"]' \
    'a session lost in the middle: logged in again, and the call is repeated'
is "$(xapi_calls "$changing" | xargs)" 'VM.remove_from_other_config a VM.add_to_other_config a 2 VM.add_to_other_config a 2 VM.set_PV_args x' \
    'a session lost: only that call'
is "$(xapi_calls '.method == "session.logout"' | wc -l)" 1 'a session lost: the second is logged out'
faulty "always $record forget"
load
like "$status $(cat err)" "^1 $cannot_read xapi refused $record with SESSION_INVALID \(OpaqueRef:[-0-9a-f]+\): \
xapi ended the session again and again; was it restarted\? Try again\$" 'a session lost twice'
is "$(xapi_calls | grep -c login) $(xapi_sessions)" '2 0' 'a session lost twice: no third login'
faulty '1 VM.get_by_uuid forget' "1 $record forget"
load
is "$status $(xapi_calls | grep -c login) $(xapi_sessions)" '1 2 0' 'lost twice, in two calls: the same'

# --- a key that appears between remove and add ----------------------------------------------
faulty '4 VM.remove_from_other_config appears a x' '3 VM.remove_from_other_config appears a x' \
    '2 VM.remove_from_other_config appears a x' '1 VM.remove_from_other_config appears a x'
commit "$(list "$(add /other_config/a '"2"')")"
is "$status $(cat err) $(xapi_record "$vm" .other_config.a)" '0  2' 'it appears four times'
is "$(xapi_calls "$changing" | grep -c add_to)" 5 'it appears four times: the fifth try holds'
faulty 'always VM.remove_from_other_config appears a x'
commit "$(list "$(add /other_config/a '"2"')" "$(add /PV_args '"x"')")"
ends 1 "$cannot_change somebody else is changing 'a' of other_config as well: it was removed 5 times, \
and each time it was back before it could be added" 'it always appears'
is "$(xapi_record "$vm" .PV_args)" quiet 'it always appears: what comes after is not done'
faulty "1 $record set $vm b theirs"
commit "$(list "$(add /other_config/b '"2"')")"
is "$status $(cat err) $(xapi_record "$vm" .other_config.b)" '0  2' 'it appears where none was'
is "$(xapi_calls "$changing" | cut -d' ' -f1 | xargs)" \
    'VM.add_to_other_config VM.remove_from_other_config VM.add_to_other_config' \
    'it appears where none was: removed then'

# --- an error between two changes -----------------------------------------------------------
faulty '1 VM.set_PV_args error OTHER_OPERATION_IN_PROGRESS VM x'
commit "$(list "$(add /other_config/a '"2"')" "$(add /PV_args '"x"')" "$(add /other_config/b '"2"')")"
ends 1 "$cannot_change xapi refused VM.set_PV_args with OTHER_OPERATION_IN_PROGRESS (VM, x): xapi is \
doing something else with it; try again" 'a change is refused'
is "$(xapi_record "$vm" .other_config)" '{"a":"2","install-round":"1"}' 'nothing after it is done'
faulty '1 change destroy'
commit "$(list "$(add /other_config/a '"2"')" "$(add /PV_args '"x"')")"
ends 4 "the VM was destroyed meanwhile (VM.add_to_other_config)" 'destroyed between two changes'
faulty '1 change unplug'
commit "$(list "$(add /PV_args '"x"')" "$(add /VBDs/0/bootable true)")"
ends 1 "$cannot_change one of the VM's disks was removed meanwhile (VBD.set_bootable)" 'a disk goes'

# --- time -----------------------------------------------------------------------------------
export ELILOADER_XAPI_TIMEOUT=1
fails "1 $record hang" "$cannot_read xapi did not answer $record within 1 s; if this goes on, \
restart it with \`xe-toolstack-restart\`" 'it hangs'
unset ELILOADER_XAPI_TIMEOUT

# --- signals --------------------------------------------------------------------------------
# until_called METHOD: waits for the call.
until_called() {
    local try
    for try in {1..300}; do
        [ -z "$(xapi_calls ".method == \"$1\"")" ] || return 0
        sleep 0.05
    done
    echo "# $1 was not called ($try tries)"
}
faulty '1 VM.set_PV_args hang'
list "$(add /other_config/a '"2"')" "$(add /PV_args '"x"')" "$(add /other_config/b '"2"')" >changes
"$XAPI" commit "$vm" <changes >out 2>err &
until_called VM.add_to_other_config
kill -TERM $!
wait $!
status=$?
ends 1 "$cannot_change VM.set_PV_args was broken off: Terminated" SIGTERM
is "$(xapi_record "$vm" .other_config.b)" null 'SIGTERM: what comes after is not done'

is "$(cat "$XAPI_HOME/errors")" '' 'the server has nothing to complain about'
done_testing
