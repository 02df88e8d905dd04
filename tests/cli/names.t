#!/usr/bin/env bash
# Names of servers: a confined fetch finds them in /etc/hosts and by DNS, whatever the host's
# nsswitch.conf names besides, whose modules it cannot load. In a network and with an /etc of the
# test's own.
# Boundaries: fetch
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
if [ "${1:-}" != inside ]; then
    if [ "$(id -u)" != 0 ]; then
        echo '1..0 # SKIP only root can give it another /etc'
        exit 0
    fi
    if ! unshare --net --mount true 2>/dev/null; then
        echo '1..0 # SKIP no namespaces can be made here'
        exit 0
    fi
    exec unshare --net --mount "$0" inside
fi
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"
needs ip python3

ip link set lo up
echo 'nameserver 127.0.0.1' >resolv.conf
echo '127.0.0.1 in-hosts.test' >hosts
# Modules that no C library has; only files; what systemd's and Avahi's hosts have.
printf '%s\n' 'hosts: eliloader-none' >nsswitch.conf
for file in resolv.conf hosts nsswitch.conf; do
    chmod 644 $file
    # A link leads elsewhere, and a file that is not there cannot be covered.
    mount --bind "$WORK/$file" "$(readlink -f /etc/$file)" 2>/dev/null ||
        cannot_run "there is no /etc/$file here"
done

python3 "$TESTS/servers/dns.py" in-dns.test 127.0.0.1 >dns.log 2>&1 &
at_exit kill $!
for _ in $(seq 100); do
    grep -q ready dns.log && break
    sleep 0.05
done
tree rh images/pxeboot/vmlinuz images/pxeboot/initrd.img
nginx_start "$WWW"

# fetches HOST NAME
fetches() {
    clear_boot
    run timeout 60 "$ELILOADER" fetch --distro=rhlike --output-directory="$BOOT" \
        "http://$1:$NGINX_PORT/rh"
    is "$status $(boot_files)" "$3" "$2" "$(cat err)" "$(cat dns.log)"
}
both='0 fetched-kernel fetched-ramdisk'
for line in 'hosts: eliloader-none' 'hosts: files mdns4_minimal [NOTFOUND=return] dns' \
    'hosts: resolve [!UNAVAIL=return] files' 'hosts: dns'; do
    echo "$line" >nsswitch.conf
    fetches in-hosts.test "$line: a name in /etc/hosts" "$both"
    fetches in-dns.test "$line: a name of the name server" "$both"
done
like "$(cat dns.log)" '^in-dns.test 1$' 'the name server was asked'
fetches in-nothing.test 'a name that nobody knows' '1 '
like "$(cat err)" 'in-nothing.test' 'is named in the error'
done_testing
