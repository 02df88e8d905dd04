#!/usr/bin/env bash
# Several mirrors of one repository, and proxies: nginx, faulty servers, squid.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../fetch.sh
. "$TESTS/fetch.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"
# shellcheck source=../servers/squid.sh
. "$TESTS/servers/squid.sh"
mkdir -p empty broken/images/pxeboot boot

# treeinfo KERNEL: one whose checksum is that file's.
treeinfo() {
    cat <<CONF
[general]
family = Fedora
version = 39
arch = x86_64
[images-x86_64]
kernel = images/pxeboot/vmlinuz
initrd = images/pxeboot/initrd.img
[checksums]
images/pxeboot/vmlinuz = sha256:$(sha256sum "$1" | cut -d ' ' -f 1)
CONF
}
treeinfo files/vmlinuz >tree/.treeinfo
treeinfo files/vmlinuz >broken/.treeinfo
nginx_start "$WORK/tree"
good=$NGINX
nginx_start "$WORK/empty"
empty=$NGINX
nginx_start "$WORK/broken" 'location /images/ { return 500; }'
broken=$NGINX
# mirrors URL…: all of them, by eliloader fetch.
mirrors() {
    local IFS=,
    rm -f boot/*
    run "$ELILOADER" fetch --output-directory="$WORK/boot" "$*"
}
# from URL NAME
from() {
    is "$status $(grep '^args' out)" "0 args inst.repo=$1/" "$2: the installer is told of the mirror that gave the files" || cat err
    cmp -s boot/fetched-kernel* files/vmlinuz && cmp -s boot/fetched-ramdisk* files/initrd.img
    ok $? "$2: both files are here, and nothing else" "$(ls boot)"
}

mirrors "$good" http://127.0.0.1:1
from "$good" 'the first'
unlike "$(cat err)" mirror 'the first: nothing is told'
mirrors http://127.0.0.1:1 "$empty" "ftp://me:s3cret@127.0.0.1:1/x,y" "$broken" "http://me:s3cret@${good#http://}"
from "http://me:s3cret@${good#http://}" 'the last of five'
is "$(grep -c 'warning: .*asking the next mirror, ' err)" 4 'the last of five: each that failed is told of'
like "$(cat err)" "127.0.0.1:1 refuses the connection.*; asking the next mirror, $empty" 'a server that is not there'
like "$(cat err)" "$empty/? has no kernel .*; asking the next mirror, ftp://127.0.0.1:1/x,y" 'a server without the tree'
like "$(cat err)" "500 Internal Server Error.*; asking the next mirror, http://127.0.0.1" 'a server that fails'
unlike "$(cat err)" 's3cret|me:' 'no password is told'
mirrors http://127.0.0.1:1 "$empty"
is "$status $(ls boot)" '1 ' 'none of them: an error'
like "$(cat err)" "^INVALID_SOURCE|has no kernel" 'none of them: the last one says why'
mirrors "$empty" "gopher://h/"
like "$(cat err)" "repository .$empty,gopher://h/. is not a well-formed URL" 'what is no URL belongs to the one before it'

mirrors http://127.0.0.1:1 https:me:s3cret@h
is "$status" 1 'one that is nearly a URL: an error'
unlike "$(cat err out)" 's3cret' 'one that is nearly a URL: is not shown'
run "$ELILOADER" media add --overlay=- --name=x --map-dir=boot https:me:s3cret@h/initrd
unlike "$status $(cat err out)" '^0|s3cret' 'nor is a ramdisk that is nearly a URL'

# --- a checksum holds for all ---
mirrors "$broken" "$good"
from "$good" 'the same file by the checksum of the mirror before'
cp -r tree other
printf x >>other/images/pxeboot/vmlinuz
nginx_start "$WORK/other"
mirrors "$broken" "$NGINX" "$good"
from "$good" 'another file is not taken'
like "$(cat err)" "vmlinuz has the SHA-256 [0-9a-f]{64}, but .* says" 'another file: says so'
treeinfo other/images/pxeboot/vmlinuz >other/.treeinfo
mirrors "$broken" "$NGINX"
is "$status" 1 'another tree: an error'
like "$(cat err)" 'says another sha256 of images/pxeboot/vmlinuz than the mirror before it' 'another tree: says so'

# --- what a mirror is ---
# identifies URL NAME URL…: what the first that has something has.
identifies() {
    local IFS=, wanted=$1 name=$2
    shift 2
    run "$ELILOADER" identify --json "$*"
    is "$status $(jq -r '.source + " " + .kind + " " + .tree.name' out)" "0 $wanted repository Fedora" "identify: $name" || cat err
}
identifies "$good" 'the last of four' http://127.0.0.1:1 "$empty" "http://me:s3cret@${NGINX#http://}/none" "$good"
is "$(grep -c 'warning: .*; asking the next mirror, ' err)" 3 'identify: each that failed is told of'
like "$(cat err)" "nothing that is known is at $empty; asking" 'identify: also where there is nothing'
unlike "$(cat err out)" 's3cret|me:' 'identify: no password is told'
identifies "$good" 'the first' "$good" http://127.0.0.1:1
is "$(cat err)" '' 'identify: the first: nothing is told'
run "$ELILOADER" identify --json "http://127.0.0.1:1,$empty,$empty/none"
is "$(jq -r .source out)" "$empty/none" 'identify: where none has anything, what the last is'
run "$ELILOADER" identify "$empty,http://127.0.0.1:1"
is "$status" 1 'identify: none of them: an error'
like "$(cat err)" '^eliloader: http://127.0.0.1:1/.* refuses the connection' 'identify: none of them: the last one says why'

# --- a VM, and its editor ---
vm() {
    run "$ELILOADER" vm "$@" --record=file --record-dir="$WORK/records"
}
mkdir records
vm create web install-repository="http://127.0.0.1:1,$good" install-arch=x86_64
rm -f boot/*
run "$ELILOADER" --vm=web --record=file --record-dir="$WORK/records" --output-directory="$WORK/boot" /dev/null
like "$(cat out)" "args inst.repo=$good/" 'a VM installs from the second mirror' || cat err
vm create two install-repository="$empty,tftp://h/x"
run "$ELILOADER" --vm=two --record=file --record-dir="$WORK/records" --output-directory="$WORK/boot" /dev/null
like "$(cat err)" "cannot install from .* of the kind 'tftp'|cannot install from an install-repository" 'no mirror by TFTP'

# --- proxies ---
squid_start me s3cret
make_certificates certificates
nginx_start_tls "$WORK/tree" "$WORK/certificates/server.pem" "$WORK/certificates/server.key"
secure=$NGINX
for url in "$good" "$secure"; do
    rm -f boot/*
    run "$ELILOADER" fetch --debug --cacert=certificates/ca.pem --output-directory="$WORK/boot" \
        --proxy="http://me:s3cret@$SQUID" "$url"
    from "$url" "by the proxy, ${url%%:*}"
    unlike "$(cat out err)" 's3cret|me:' "by the proxy, ${url%%:*}: no password is told"
    for wrong in me:wr0ng@ ''; do
        run "$ELILOADER" fetch --debug --cacert=certificates/ca.pem --output-directory="$WORK/boot" --proxy="$wrong$SQUID" "$url"
        is "$status" 1 "by the proxy as '$wrong', ${url%%:*}: an error"
        like "$(cat err)" '407.*; the proxy wants a user name and a password' "as '$wrong', ${url%%:*}: says so"
        unlike "$(cat err)" 'wr0ng|me:' "as '$wrong', ${url%%:*}: no password is told"
    done
done
like "$(cat "$SQUID_LOG")" "TCP_TUNNEL/200 .* CONNECT ${secure#https://} me " 'https passes by CONNECT'
like "$(cat "$SQUID_LOG")" "TCP_MISS/200 .* GET $good/images/pxeboot/vmlinuz me " 'http by GET'
unlike "$(grep -v ' CONNECT ' "$SQUID_LOG")" "${secure#https://}/" 'of https the proxy sees no request'
# A port that the proxy does not reach, and a proxy that ends in the middle.
run "$ELILOADER" fetch --output-directory="$WORK/boot" --proxy="me:s3cret@$SQUID" http://127.0.0.1:1/
like "$status $(cat err)" '^1 .*http://127.0.0.1:1/.*503 Service Unavailable' 'a server that the proxy does not reach'
unlike "$(cat err)" 's3cret|me:' 'a server that the proxy does not reach: no password is told'

# While it runs, nobody sees the password: not on the command lines of what is started, nor in their
# environments.
nginx_start "$WORK/tree" 'limit_rate 1m;'
vm create slow install-repository="$NGINX" install-arch=x86_64 install-proxy="http://me:s3cret@$SQUID"
"$ELILOADER" --debug --vm=slow --record=file --record-dir="$WORK/records" --output-directory="$WORK/boot" >out 2>err &
running=$!
seen=0
while kill -0 $running 2>/dev/null; do
    for process in $running $(cat /proc/$running/task/$running/children 2>/dev/null); do
        cat "/proc/$process/cmdline" "/proc/$process/environ"
    done 2>/dev/null | tr '\0' '\n' >>shown
    seen=$((seen + 1))
    sleep 0.1
done
wait $running
like "$? $(cat out)" "^0 .*" 'a slow download by the proxy succeeds'
like "$(cat shown)" 'libexec/eliloader/fetch|^fetch$' 'the helper was seen'
unlike "$(cat shown out err)" 's3cret' 'its password was not'
done_testing
