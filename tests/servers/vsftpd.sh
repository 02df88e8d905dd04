# A private vsftpd on a free port of 127.0.0.1, for tests (bash); sourced after lib.sh. It runs as
# whoever runs the test, and ends with it.
#
#   . "$TESTS/servers/vsftpd.sh"
#   vsftpd_start "$WORK/www"
#   curl "$VSFTPD/file"
#
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

needs vsftpd curl python3

# vsftpd_start ROOT: sets $VSFTPD (its URL, without a slash at the end) and $VSFTPD_LOG (commands and
# replies).
vsftpd_start() {
    local home=$WORK/vsftpd port try
    mkdir -p "$home/empty"
    VSFTPD_LOG=$home/log
    for try in 1 2 3 4 5; do
        port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
        # Its own sandbox does not know all calls of newer kernels.
        cat >"$home/conf" <<CONF
background=NO
listen=YES
listen_address=127.0.0.1
listen_port=$port
run_as_launching_user=YES
anonymous_enable=YES
no_anon_password=YES
anon_root=$1
local_enable=NO
seccomp_sandbox=NO
secure_chroot_dir=$home/empty
xferlog_enable=YES
log_ftp_protocol=YES
vsftpd_log_file=$VSFTPD_LOG
CONF
        vsftpd "$home/conf" >"$home/out" 2>&1 &
        at_exit kill $!
        VSFTPD=ftp://127.0.0.1:$port
        for _ in $(seq 100); do
            curl -s "$VSFTPD/" >"$home/list" && return 0
            kill -0 $! 2>"$home/gone" || break
            sleep 0.02
        done
        echo "# vsftpd did not start (try $try): $(tail -n1 "$home/out")"
    done
    cannot_run 'vsftpd does not start here'
}
