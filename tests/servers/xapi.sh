# A private xapi for tests (bash): tests/servers/xapi.py, a socket and a database of the test's
# own; sourced after lib.sh. It ends with the test.
#
#   . "$TESTS/servers/xapi.sh"
#   xapi_start
#   uuid=$(xapi_uuid 1)
#   xapi_vm "$uuid" '{"PV_bootloader": "eliloader", "other_config": {"install-round": "2"}}'
#   xapi_fault '1 VM.get_record error INTERNAL_ERROR Not_found'
#   "$ELILOADER" vm show --record=xapi "$uuid"      # ELILOADER_XAPI_SOCKET is set
#   is "$(xapi_record "$uuid" '.other_config')" '{"install-round":"2"}' 'unchanged'
#   is "$(xapi_sessions)" 0 'logged out'
#
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

XAPI_HOME=$WORK/xapi
XAPI_DB=$XAPI_HOME/db.json
XAPI_LOG=$XAPI_HOME/log
xapi_pid=
export ELILOADER_XAPI_SOCKET=$XAPI_HOME/socket
mkdir -p "$XAPI_HOME"
[ -e "$XAPI_DB" ] || echo '{}' >"$XAPI_DB"

# xapi_start: also after xapi_stop and after a fault that ends it. The database stays, and so do
# the faults; sessions do not.
xapi_start() {
    local ready
    xapi_stop
    exec {xapi_out}< <(exec python3 -I -S "$TESTS/servers/xapi.py" "$ELILOADER_XAPI_SOCKET" "$XAPI_DB" \
        "$XAPI_HOME/faults" "$XAPI_LOG" 2>>"$XAPI_HOME/errors")
    xapi_pid=$!
    read -r -u "$xapi_out" ready
    exec {xapi_out}<&-
    [ "$ready" = ready ] || {
        echo "# xapi.py does not start: $(tail -n1 "$XAPI_HOME/errors")"
        exit 99
    }
}
xapi_stop() {
    [ -n "$xapi_pid" ] || return 0
    kill "$xapi_pid" 2>/dev/null
    wait "$xapi_pid" 2>/dev/null
    xapi_pid=
}
at_exit xapi_stop

# xapi_uuid N: a UUID of its own for each number.
xapi_uuid() {
    printf '3f8e2c1a-0b4d-4d6e-9a57-%012d\n' "$1"
}

# xapi_vm UUID [JSON]: a new VM, in the place of an older one; JSON as eliloader's records are.
xapi_vm() {
    jq --arg uuid "$1" --argjson vm "${2-{\}}" '.[$uuid] = $vm' "$XAPI_DB" >"$XAPI_DB.test" &&
        mv "$XAPI_DB.test" "$XAPI_DB" || exit 99
}

# xapi_fault [FAULT…]: these from now on, and no others; see xapi.py.
xapi_fault() {
    [ $# = 0 ] || printf '%s\n' "$@" >"$XAPI_HOME/faults.test"
    [ $# != 0 ] || : >"$XAPI_HOME/faults.test"
    mv "$XAPI_HOME/faults.test" "$XAPI_HOME/faults"
}

# xapi_record UUID [JQ]: a VM as the database has it now, or a part of it.
xapi_record() {
    jq -rcS --arg uuid "$1" ".[\$uuid] | ${2-.}" "$XAPI_DB"
}

# xapi_forget_calls: the log begins anew.
xapi_forget_calls() {
    : >"$XAPI_LOG"
}
# xapi_calls [JQ]: the log's calls as "method param…", a line each, without the session and without
# opaque references; JQ selects (default: all).
xapi_calls() {
    jq -r "select(.method) | select(${1-true}) |
        [.method, (.params[] | tostring | select(startswith(\"OpaqueRef:\") | not))] | join(\" \")" \
        "$XAPI_LOG"
}
# xapi_sessions: how many sessions are open since the server's last start.
xapi_sessions() {
    jq -n 'reduce inputs as $line (0;
        if $line.start or $line.crash or $line.forget then 0
        elif $line.error then .
        elif $line.method == "session.login_with_password" then . + 1
        elif $line.method == "session.logout" then . - 1
        else . end)' "$XAPI_LOG"
}
