# The real xenstored, private to a test (bash), on a host without Xen; sourced after lib.sh. It
# ends with the test.
#
#   . "$TESTS/servers/xenstored.sh"
#   xenstored_start
#   xenstore-write /local/domain/7 ''
#   xenstored_faults again-2
#   XENSTORED_PATH=$XENSTORED_FAULTS/again-2 eliloader …
#
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

xenstored_program=$(find /usr/lib/xen-*/bin/xenstored /usr/sbin/xenstored -type f 2>/dev/null | head -n1)

[ -n "$xenstored_program" ] || cannot_run 'there is no xenstored (package xen-utils-4.17)'
needs xenstore-ls

# xenstored_start: sets $XENSTORED_PATH, its socket, for all clients.
xenstored_start() {
    local home=$WORK/xenstored
    mkdir -p "$home"
    gcc -shared -fPIC -D_GNU_SOURCE -o "$home/xen_less.so" "$TESTS/servers/xen_less.c" || exit 99
    XENSTORED_RUNDIR=$home LD_PRELOAD=$home/xen_less.so "$xenstored_program" -N \
        >"$home/log" 2>&1 &
    at_exit kill $!
    export XENSTORED_PATH=$home/socket
    xenstored_wait xenstore-exists / || cannot_run "xenstored does not start here: $(head -n1 "$home/log")"
}

# xenstored_faults FAULT…: the same xenstored with faults, through sockets of those names below
# $XENSTORED_FAULTS: see xenstored_fault.py.
xenstored_faults() {
    XENSTORED_FAULTS=$WORK/xenstored/faults
    mkdir "$XENSTORED_FAULTS"
    python3 "$TESTS/servers/xenstored_fault.py" "$XENSTORED_FAULTS" "$XENSTORED_PATH" "$@" &
    at_exit kill $!
    xenstored_wait test -e "$XENSTORED_FAULTS/ready" || exit 99
}

# xenstored_wait COMMAND…: until it succeeds; a machine may be busy.
xenstored_wait() {
    local try
    for ((try = 0; try < 400; try++)); do
        "$@" 2>/dev/null && return 0
        sleep 0.05
    done
    return 1
}
