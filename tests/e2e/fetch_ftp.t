#!/usr/bin/env bash
# The helper fetch over FTP: vsftpd, and a server that is full of faults.
# Boundaries: redirects time
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../fetch.sh
. "$TESTS/fetch.sh"
# shellcheck source=../servers/vsftpd.sh
. "$TESTS/servers/vsftpd.sh"

# --- a real server ---
vsftpd_start "$WORK/tree"
fetch "$VSFTPD"
succeeds vsftpd
is "$(jq -r .answer.kernel.url <<<"$last")" "$VSFTPD/images/pxeboot/vmlinuz" 'vsftpd: the URL'
cat >tree/.treeinfo <<CONF
[general]
family = Fedora
version = 39
arch = x86_64
[images-x86_64]
kernel = images/pxeboot/vmlinuz
initrd = images/pxeboot/initrd.img
[checksums]
images/pxeboot/vmlinuz = sha256:$(sha256sum files/vmlinuz | cut -d ' ' -f 1)
images/pxeboot/initrd.img = sha256:$(sha256sum files/initrd.img | cut -d ' ' -f 1)
CONF
fetch "$VSFTPD/" '.family = "auto"'
succeeds 'vsftpd, with .treeinfo'
is "$(jq -r '.answer | .kernel.verified, .ramdisk.verified' <<<"$last" | uniq)" sha256 'vsftpd: verified'
is "$(grep -c '"USER anonymous"' <(tail -n 60 "$VSFTPD_LOG"))" 2 'two files side by side, by two logins'
rm tree/.treeinfo
fetch "$VSFTPD/" '.proxy = "http://127.0.0.1:1"'
succeeds 'vsftpd: a proxy is for HTTP'
mkdir -p 'tree/a b;type=d%/images/pxeboot'
cp files/* 'tree/a b;type=d%/images/pxeboot'
fetch "$VSFTPD/a%20b%3Btype=d%25"
succeeds 'vsftpd: characters that have a meaning elsewhere'
fetch "$VSFTPD/nowhere"
fails 'vsftpd: no layout fits' INVALID_SOURCE "repository $VSFTPD/nowhere has no kernel .*images/xen/vmlinuz" kernel
fetch "$VSFTPD" '.family = "pygrub" | .kernel = "images"'
fails 'vsftpd: a directory' INVALID_SOURCE 'no kernel at images' kernel
chmod 0 tree/images/pxeboot/initrd.img
if [ "$(id -u)" != 0 ]; then
    fetch "$VSFTPD"
    fails 'vsftpd: a file that nobody may read' INVALID_SOURCE 'initrd.img: the FTP server has no such file, or does not give it to us .550.: the kernel is there' ramdisk
fi
chmod 644 tree/images/pxeboot/initrd.img
fetch "ftp://me:s3cret@${VSFTPD#ftp://}"
fails 'vsftpd: a user that it does not know' INVALID_SOURCE 'refuses the login of the user in the URL; give'
unlike "$(cat answer err)" 's3cret|me:' 'vsftpd: a password is not told'
fetch "$VSFTPD" ".ramdisk_max = $((RAMDISK_SIZE - 1))"
fails 'vsftpd: the ramdisk over its limit' LIMITS \
    "initrd.img: the ramdisk is larger than the limit of $((RAMDISK_SIZE - 1)) bytes .*announces $RAMDISK_SIZE" ramdisk
fetch "$VSFTPD" ".ramdisk_max = $RAMDISK_SIZE | .kernel_max = $KERNEL_SIZE"
succeeds 'vsftpd: at the limits'
fetch "$VSFTPD" '.mode = "sums" | .ramdisk = "images/pxeboot/initrd.img"'
is "$(jq -r .answer.md5 <<<"$last")" "$(md5sum files/initrd.img | cut -d ' ' -f 1)" 'vsftpd: sums'
run "$ELILOADER" identify --json "$VSFTPD/images/pxeboot/vmlinuz"
is "$status $(jq -r '.kind, .kernel.size' out | tr '\n' ' ')" "0 kernel $KERNEL_SIZE " 'vsftpd: identify'
run "$ELILOADER" identify --json "file://$WORK/files/vmlinuz"
is "$status $(jq -r '.kind, .size' out | tr '\n' ' ')" "0 kernel $KERNEL_SIZE " 'a file: URL: identify'
fetch "$VSFTPD" '.family = "pygrub" | .kernel = "vmlinuz\r\nDELE x"'
fails 'a line end in a name' INTERNAL_ERROR 'the request to fetch: kernel'
fetch "$VSFTPD/a%0d%0aDELE%20x"
fails 'a line end in the URL' INVALID_SOURCE 'its path holds control characters'
unlike "$(cat "$VSFTPD_LOG")" 'DELE' 'no line end makes a command'
fetch ftp://127.0.0.1:1/
fails 'a refused port' INVALID_SOURCE '127.0.0.1:1 refuses the connection'

# --- a server of faults ---
start_server faulty python3 "$TESTS/servers/faulty_ftp.py" "$WORK/files"
F=ftp://127.0.0.1:$port
user() { echo "ftp://$1@127.0.0.1:$port/x"; }

fetch "$F/drops=1/"
succeeds 'a connection that drops is resumed'
like "$(grep note answer)" 'the connection dropped after [0-9]+ bytes: resuming' 'a resume is told of'
fetch "$F/drops=9/"
fails 'a connection that always drops' INVALID_SOURCE 'the connection was closed after [0-9]+ of [0-9]+ bytes; it was resumed 3 times'
fetch "$F/changes/"
fails 'another file by its time' INVALID_SOURCE 'was changed on the server while it was being fetched'
fetch "$F/vanishes/"
fails 'a file that goes away' INVALID_SOURCE 'was changed on the server while it was being fetched'
fetch "$F/badrest/"
fails 'no resume' INVALID_SOURCE 'the FTP server 127.0.0.1:[0-9]+ does not send the file now'
fetch "$F/notime/"
succeeds 'without a time'
fetch "$F/nosize/"
succeeds 'without a size'
fetch "$F/nosize/" ".ramdisk_max = $((RAMDISK_SIZE - 1))"
fails 'without a size, over the limit' LIMITS 'it was stopped after' ramdisk
fetch "$F/lies=-1000/"
fails 'more than is announced' INVALID_SOURCE 'the server announced [0-9]+ bytes and sends more'
fetch "$F/lies=1000/"
fails 'less than is announced' INVALID_SOURCE 'the connection was closed after [0-9]+ of [0-9]+ bytes'
fetch "$F/cut/"
fails 'cut off' INVALID_SOURCE 'the connection was closed after [0-9]+ of [0-9]+ bytes'
fetch "$F/huge/"
fails 'far too large' LIMITS 'the server announces 1125899906842624 bytes'
fetch "$F/unsent/"
fails 'not now' INVALID_SOURCE 'does not send the file now: try again later'
fetch "$F/stalls/" '.stall_timeout = 1'
fails 'a stall' INVALID_SOURCE 'nothing came for 1 seconds, after 1000 of [0-9]+ bytes|only 1000 bytes came in 1 seconds'
fetch "$F/drips/" '.stall_timeout = 1'
fails 'a drip' INVALID_SOURCE 'bytes came in 1 seconds, and 1024 bytes a second is the least'
fetch "$(user refused)"
fails 'no login' INVALID_SOURCE 'refuses the login of the user in the URL'
fetch "$(user nopassive)"
fails 'no passive mode' INVALID_SOURCE 'offers no data connection in passive mode'
fetch "$(user chatty)"
fails 'endless lines' INVALID_SOURCE 'sends more than 64 KiB of response headers'
fetch "$(user busy)"
fails 'a server that is full' INVALID_SOURCE 'takes no connections now: try again later'
fetch "$(user elsewhere)"
succeeds 'data from elsewhere are got from the server itself'
fetch "$(user service)"
fails 'data from a service of its host' INVALID_SOURCE 'sends us for the data to port 22 of 127.0.0.1: only a port from 1024 on'
fetch "ftp://me:wrong@127.0.0.1:$port/x"
unlike "$(cat answer err)" 'wrong' 'a password is not told'
done_testing
