#!/usr/bin/env bash
# The caches of docs/pool.md, as they stand there: many VMs at once cost the mirror one request a file.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../fetch.sh
. "$TESTS/fetch.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"
# shellcheck source=../servers/squid.sh
. "$TESTS/servers/squid.sh"
[ -z "$SANITIZED" ] || skip_all 'the other build runs it: these are configurations of other programs'
VMS=8

# configuration LANGUAGE: the block of that language in the document.
configuration() {
    awk -v start="\`\`\`$1" '$0 == "```" { on = 0 } on; $0 == start { on = 1 }' "$TOP/docs/pool.md"
}
# storm REPOSITORY WORD…: so many VMs at once; prints how many got both files.
storm() {
    local number running=() good=0
    for ((number = 0; number < VMS; number++)); do
        mkdir -p "taken/$number"
        "$ELILOADER" fetch -q --output-directory="$WORK/taken/$number" "$@" >"taken/$number.out" 2>"taken/$number.err" &
        running+=($!)
    done
    wait "${running[@]}"
    for ((number = 0; number < VMS; number++)); do
        cmp -s taken/$number/fetched-kernel* files/vmlinuz && cmp -s taken/$number/fetched-ramdisk* files/initrd.img &&
            good=$((good + 1))
    done
    cat taken/*.err >&2
    rm -rf taken
    echo $good
}
# What the mirror was asked for both files.
asked() {
    grep -cE 'GET .*/(vmlinuz|initrd.img) ' "$MIRROR_LOG"
}
# asks NAME WORD…: once for each file, then for none.
asks() {
    local name=$1
    shift
    : >"$MIRROR_LOG"
    is "$(storm "$@") $(asked)" "$VMS 2" "$name: all have both files, for which the mirror was asked once each"
    : >"$MIRROR_LOG"
    is "$(storm "$@") $(asked)" "$VMS 0" "$name: later it is asked for none"
}

mkdir none
export ELILOADER_MAP_DIR=$WORK/none
# As slow as a line, so that all of them are there before the first is done.
cat >tree/.treeinfo <<CONF
[general]
family = Fedora
version = 39
arch = x86_64
[images-x86_64]
kernel = images/pxeboot/vmlinuz
initrd = images/pxeboot/initrd.img
CONF
find tree -type f -exec touch -d 2023-01-02 {} +
nginx_start "$WORK/tree" 'limit_rate 2m;'
MIRROR=$NGINX MIRROR_LOG=$NGINX_LOG
: >"$MIRROR_LOG"
is "$(storm "$MIRROR") $(asked)" "$VMS $((2 * VMS))" 'without a cache the mirror is asked for each'

# --- nginx ---
configuration nginx >nginx.conf
port=$(free_port)
mkdir -m 755 nginx-home
sed -e "s,http://mirror.example.com,$MIRROR," -e "s,listen 80 ,listen 127.0.0.1:$port ," \
    -e "s,/var/cache/nginx/mirror,$WORK/nginx-home/cache," -e 's/worker_processes auto/worker_processes 1/' \
    -e "s,^http {,&access_log off; client_body_temp_path $WORK/nginx-home/body; proxy_temp_path $WORK/nginx-home/proxy; fastcgi_temp_path $WORK/nginx-home/f; uwsgi_temp_path $WORK/nginx-home/u; scgi_temp_path $WORK/nginx-home/s;," \
    nginx.conf >cache.conf
[ "$(id -u)" != 0 ] || sed -i '1i user root;' cache.conf
sed -i "1i pid $WORK/nginx-home/pid;" cache.conf
run nginx -p nginx-home -e "$WORK/nginx-home/error.log" -c "$WORK/cache.conf"
at_exit nginx_stop "$WORK/nginx-home"
is "$status $(cat err)" '0 ' 'the configuration of nginx is one'
asks nginx "http://127.0.0.1:$port/"

# --- squid ---
configuration squid >squid.conf
squid_start_with "$(sed -e '/^http_port/d' -e 's,10.0.0.0/8,127.0.0.0/8,' -e "s,/var/spool/squid 200000,SQUID_HOME/cache 100," squid.conf)"
asks squid --proxy="http://$SQUID" "$MIRROR"
done_testing
