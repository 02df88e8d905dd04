#!/usr/bin/env bash
# The helper fetch over NFS: a server of faults, and nfs-ganesha, which only root can start.
# Boundaries: time
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../fetch.sh
. "$TESTS/fetch.sh"

# --- a server of faults, of version 3 ---
start_server faulty python3 "$TESTS/servers/faulty_nfs.py" "$WORK/files"
# nfs FAULT [JQ CHANGE]
nfs() {
    fetch "nfs://127.0.0.1:$port/$1?version=3&mountport=$port" ".stall_timeout = 1 | .connect_timeout = 2${2:+| $2}"
}
nfs fine
succeeds 'a server of version 3'
is "$(jq -r .answer.kernel.url <<<"$last")" "nfs://127.0.0.1:$port/fine/images/pxeboot/vmlinuz?version=3&mountport=$port" \
    'the URL of a file'
fetch "nfs:vers=3,port=$port,mountport=$port,nolock:127.0.0.1:/fine/"
succeeds 'with options of mount'
is "$(jq -r .answer.kernel.url <<<"$last")" \
    "nfs:vers=3,port=$port,mountport=$port,nolock:127.0.0.1:/fine/images/pxeboot/vmlinuz" 'with options: the URL'
nfs reorders
succeeds 'answers in another order'
nfs short
succeeds 'answers with less than was asked for'
nfs fine ".ramdisk_max = $RAMDISK_SIZE"
succeeds 'at the limit'
nfs fine ".ramdisk_max = $((RAMDISK_SIZE - 1))"
fails 'over the limit' LIMITS "initrd.img.*: the ramdisk is larger than the limit .*announces $RAMDISK_SIZE" ramdisk
nfs huge
fails 'far too large' LIMITS 'the server announces 1125899906842624 bytes'
nfs lies=100
fails 'less than is announced' INVALID_SOURCE 'announced [0-9]+ bytes and the file ends after'
nfs lies=-100
fails 'more than is announced' INVALID_SOURCE 'announced [0-9]+ bytes and sends more'
nfs lies=-1
fails 'one byte more than is announced' INVALID_SOURCE 'announced [0-9]+ bytes and sends more'
nfs cut
fails 'cut off' INVALID_SOURCE 'announced [0-9]+ bytes and the file ends after'
nfs more
fails 'more than was asked for' INVALID_SOURCE 'reading from the NFS server fails: '
nfs changes
fails 'changed meanwhile' INVALID_SOURCE 'was changed on the server while it was being fetched'
nfs denies
fails 'not for us' INVALID_SOURCE 'vmlinuz.*: the NFS server does not let us read it' kernel
nfs directory
fails 'a directory' INVALID_SOURCE 'the NFS server has no regular file there' kernel
nfs loop
fails 'links that never end' INVALID_SOURCE 'a symbolic link on the way to it leaves the export, or the links never end'
nfs linkout
fails 'a link out of the export' INVALID_SOURCE 'no such file|leaves the export'
unlike "$(cat kernel)" root: 'a link out of the export is none to a file of dom0'
nfs error=5
fails 'a fault of its disk' INVALID_SOURCE 'reading from the NFS server fails: .*NFS3ERR_IO'
nfs error=70
fails 'a stale handle' INVALID_SOURCE 'reading from the NFS server fails: .*STALE'
nfs closes
fails 'a connection that ends again and again' INVALID_SOURCE 'closed the connection.* after [0-9]+ of [0-9]+ bytes'
is "$(grep -c 'closed the connection: resuming' answer)" 3 'a connection that ends again and again: three resumes'
nfs closes=1
succeeds 'a connection that ends'
like "$(cat answer)" 'the NFS server 127.0.0.1 closed the connection: resuming' 'a connection that ends: says so'
nfs swaps=1
fails 'a connection that ends, and the file is another by then' INVALID_SOURCE 'was changed on the server while it was being fetched'
nfs leaves=1 '.connect_timeout = 1'
fails 'a server that does not come back' INVALID_SOURCE 'closed the connection and gave no other within 1 seconds after [0-9]+ of [0-9]+ bytes'
nfs stalls
fails 'a stall' INVALID_SOURCE 'nothing came for 1 seconds, after [0-9]+ of [0-9]+ bytes'
nfs drips
fails 'a drip' INVALID_SOURCE 'nothing came for 1 seconds|bytes came in 1 seconds'
nfs garbage
fails 'garbage' INVALID_SOURCE 'speaks no NFS of version 3'
nfs endless
fails 'an answer without an end' INVALID_SOURCE 'speaks no NFS of version 3'
nfs refuses=13
fails 'a refused mount' INVALID_SOURCE 'has no such export or directory, or does not give it to this host; .*below 1024, with the option insecure'
nfs refuses=2
fails 'no such export' INVALID_SOURCE 'has no such export or directory'
nfs hangs '.connect_timeout = 1'
fails 'a mount that hangs' INVALID_SOURCE 'no answer from the NFS server 127.0.0.1 within 1 seconds'
fetch nfs://127.0.0.1:1/x
fails 'a refused port' INVALID_SOURCE '127.0.0.1, port 1 refuses the connection'
fetch nfs:no-such-host.invalid:/x
fails 'an unknown host' INVALID_SOURCE 'host name "no-such-host.invalid" cannot be resolved'
fetch 'nfs://h/x?uid=0'
fails 'somebody else' INVALID_SOURCE 'NFS option "uid=0" is not known here'
fetch nfs:h
fails 'no path' INVALID_SOURCE 'has no host or no path; write nfs://HOST/PATH'
fetch "nfs://127.0.0.1:$port/fine?version=3&mountport=$port" \
    '.family = "pygrub" | .kernel = "a\u001bb"'
fails 'a control character in a name' INTERNAL_ERROR 'the request to fetch: kernel'

# --- real servers ---
[ "$(id -u)" = 0 ] || {
    echo "ok $((++test_count)) - nfs-ganesha # SKIP needs root"
    done_testing
}
# shellcheck source=../servers/ganesha.sh
. "$TESTS/servers/ganesha.sh"
mkdir -p export/sub/links
cp -r tree/images export/sub/
ln -s ../images/pxeboot/vmlinuz export/sub/links/fine
ln -s ../../../../../../etc/passwd export/sub/links/out
ln -s /etc/passwd export/sub/links/absolute
ln -s loop export/sub/links/loop
ln -s sub export/way
install -m 600 files/vmlinuz export/sub/links/secret
ganesha_start "$WORK/export"
V4="?version=4&nfsport=$GANESHA_PORT"
for place in "nfs://127.0.0.1/open/sub$V4" "nfs://127.0.0.1:$GANESHA_PORT/secure/sub" \
    "nfs:vers=4,port=$GANESHA_PORT:127.0.0.1:/secure/sub/"; do
    fetch "$place"
    succeeds "ganesha: $place"
done
fetch "nfs://127.0.0.1/open/nothing$V4"
fails 'ganesha: no such directory' INVALID_SOURCE 'has no such export or directory, or does not give it to this host'
# One that is ended and started anew, in the middle of a file: as its client sees it.
python3 "$TESTS/servers/cutting.py" "$GANESHA_PORT" 600000 >cutting.log &
at_exit kill $!
until [ -s cutting.log ]; do sleep 0.02; done
fetch "nfs://127.0.0.1/open/sub?version=4&nfsport=$(cat cutting.log)"
succeeds 'ganesha: a connection that is cut, by version 4'
like "$(cat answer)" 'closed the connection: resuming' 'ganesha: a connection that is cut: it was'
# Without root there are no ports below 1024.
install -m 644 /dev/null answer-nobody
jq '.repository = "nfs://127.0.0.1/secure/sub'"$V4"'"' request |
    setpriv --reuid 65534 --regid 65534 --clear-groups "$FETCH" 3>answer-nobody 4>kernel 5>ramdisk
like "$(tail -n 1 answer-nobody)" 'below 1024, with the option insecure' 'ganesha: an export for ports below 1024'
fetch "nfs://127.0.0.1/open$V4"
fails 'ganesha: no layout fits' INVALID_SOURCE 'has no kernel .*images/xen/vmlinuz' kernel
# link NAME: the kernel at links/NAME alone.
link() { fetch "nfs://127.0.0.1/open/sub$V4" ".family = \"pygrub\" | .stall_timeout = 1 | .kernel = \"links/$1\""; }
for name in fine out absolute loop; do
    link $name
    fails "ganesha: a link by version 4 ($name)" INVALID_SOURCE "/links/$name is a symbolic link, and over NFS version 4"
done
fetch "nfs://127.0.0.1/open$V4" '.family = "pygrub" | .kernel = "way/images/pxeboot/vmlinuz"'
fails 'ganesha: a link on the way, by version 4' INVALID_SOURCE ': /way is a symbolic link'
link secret
fails 'ganesha: a file that only its root may read' INVALID_SOURCE 'does not let us read it'

ganesha_start_all "$WORK/export"
bare_fetch=$FETCH
printf '#!/bin/sh\nexec nsenter -t %s -n %s "$@"\n' "$GANESHA_NET" "$bare_fetch" >fetch-there
chmod +x fetch-there
FETCH=$WORK/fetch-there
for place in nfs:127.0.0.1:/open/sub "nfs://127.0.0.1/secure/sub?version=3"; do
    fetch "$place"
    succeeds "ganesha, its usual ports: $place"
done
fetch nfs:127.0.0.1:/open '.family = "pygrub" | .kernel = "way/links/fine"'
is "$status$(jq -r .answer.kernel.size <<<"$last")" "0$KERNEL_SIZE" 'ganesha: links in the export, by version 3'
fetch nfs:127.0.0.1:/open/sub '.family = "pygrub" | .kernel = "links/loop"'
fails 'ganesha: links that never end, by version 3' INVALID_SOURCE 'the links never end'
fetch nfs:127.0.0.1:/open/sub '.family = "pygrub" | .kernel = "links/out"'
fails 'ganesha: a link out of the export, by version 3' INVALID_SOURCE 'no such file|leaves the export'
fetch nfs:vers=3:127.0.0.1:/none
fails 'ganesha: no such export, by version 3' INVALID_SOURCE 'has no such export or directory'
done_testing
