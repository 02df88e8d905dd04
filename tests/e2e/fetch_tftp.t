#!/usr/bin/env bash
# The helper fetch over TFTP: tftpd-hpa, which only root can start, and a server of faults.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../fetch.sh
. "$TESTS/fetch.sh"

# --- a server of faults ---
start_server faulty python3 "$TESTS/servers/faulty_tftp.py" "$WORK/files"
F=tftp://127.0.0.1:$port
fetch "$F/fine/"
succeeds 'a server with options'
fetch "$F/plain/"
succeeds 'a server without options'
fetch "$F/plain/" ".ramdisk_max = $((RAMDISK_SIZE - 1))"
fails 'without a size, over the limit' LIMITS 'it was stopped after' ramdisk
fetch "$F/huge/"
fails 'far too large' LIMITS 'the server announces 1125899906842624 bytes'
fetch "$F/lies=-1000/"
fails 'more than is announced' INVALID_SOURCE 'the server announced [0-9]+ bytes and sends more'
fetch "$F/lies=1000/"
fails 'less than is announced' INVALID_SOURCE \
    'the connection was closed after [0-9]+ of [0-9]+ bytes; it cannot be resumed, for TFTP has no means to do so'
fetch "$F/stalls/" '.stall_timeout = 1'
fails 'a stall' INVALID_SOURCE '(nothing came for|bytes came in) 1 seconds'
fetch "$F/drips/" '.stall_timeout = 2'
fails 'a drip' INVALID_SOURCE '(nothing came for|bytes came in) 2 seconds'
fetch "$F/none/"
fails 'the server has none' INVALID_SOURCE 'vmlinuz: the TFTP server has no such file|has no kernel .*images/xen/vmlinuz'
fetch "$F/error=2/"
fails 'access violation' INVALID_SOURCE 'vmlinuz: the TFTP server does not give this file to anybody' kernel
fetch "$F/error=4/"
fails 'an illegal request' INVALID_SOURCE 'refuses the request as one that it does not understand'
fetch "$F/error=0/"
fails 'an undefined error' INVALID_SOURCE 'tftp://'
unlike "$last" $'\x1b' 'a server sends no control characters to a terminal'
fetch tftp://127.0.0.1:1/ '.connect_timeout = 1 | .stall_timeout = 1'
fails 'nobody there' INVALID_SOURCE 'does not answer; check host and port|nothing came for 1 seconds'

# --- a real server ---
[ "$(id -u)" = 0 ] || {
    echo "ok $((++test_count)) - tftpd-hpa # SKIP needs root"
    done_testing
}
# shellcheck source=../servers/tftpd.sh
. "$TESTS/servers/tftpd.sh"
tftpd_start "$WORK/tree"
fetch "$TFTPD"
succeeds tftpd-hpa
is "$(jq -r .answer.kernel.url <<<"$last")" "$TFTPD/images/pxeboot/vmlinuz" 'tftpd-hpa: the URL'
fetch "$TFTPD/nowhere"
fails 'tftpd-hpa: no layout fits' INVALID_SOURCE "repository $TFTPD/nowhere has no kernel .*images/xen/vmlinuz" kernel
fetch "$TFTPD" ".ramdisk_max = $((RAMDISK_SIZE - 1))"
fails 'tftpd-hpa: over the limit' LIMITS "the server announces $RAMDISK_SIZE bytes" ramdisk
chmod 0 tree/images/pxeboot/initrd.img
fetch "$TFTPD"
fails 'tftpd-hpa: a file that nobody may read' INVALID_SOURCE 'initrd.img: the TFTP server' ramdisk
done_testing
