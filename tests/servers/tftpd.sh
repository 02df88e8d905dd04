# A private tftpd-hpa on a free port of 127.0.0.1, for tests (bash), as root; sourced after lib.sh. It
# ends with the test.
#
#   . "$TESTS/servers/tftpd.sh"
#   tftpd_start "$WORK/www"
#   curl "$TFTPD/file"
#
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

needs in.tftpd curl python3

# tftpd_start ROOT [OPTION…]: sets $TFTPD (its URL, without a slash at the end).
tftpd_start() {
    local root=$1 port try
    shift
    for try in 1 2 3 4 5; do
        port=$(python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
        in.tftpd -L --address "127.0.0.1:$port" --secure --user nobody "$@" "$root" >tftpd.out 2>&1 &
        at_exit kill $!
        TFTPD=tftp://127.0.0.1:$port
        for _ in $(seq 100); do
            # 68: it answers, and has no such file.
            curl -s --connect-timeout 1 "$TFTPD/no-such-file" >tftpd.list
            [ $? != 68 ] || return 0
            kill -0 $! 2>tftpd.gone || break
            sleep 0.02
        done
        echo "# in.tftpd did not start (try $try): $(tail -n1 tftpd.out)"
    done
    cannot_run 'in.tftpd does not start here'
}
