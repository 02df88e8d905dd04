#!/usr/bin/env bash
# Where redirects lead, in a network of its own with public, private and local addresses.
# Boundaries: redirects
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
[ -n "${OWN_NETWORK:-}" ] || [ "$(id -u)" != 0 ] || OWN_NETWORK=1 exec unshare --net "$0" "$@"
. "$(dirname "$0")/../lib.sh"
needs ip
[ "$(id -u)" = 0 ] || skip_all 'a network of its own needs root'

PUBLIC=203.0.113.1 OTHER=198.51.100.1 PRIVATE=10.1.2.3 NEAR=192.168.7.8 META=169.254.169.254
ip link set lo up
for address in $PUBLIC $OTHER $PRIVATE $NEAR $META 100.64.0.1; do
    ip addr add "$address/32" dev lo
done
for address in 2600::1 fd00::1; do
    ip -6 addr add "$address/128" dev lo nodad
done

mkdir -p files
{
    printf '\177ELF\2\1\1'
    head -c 9000 /dev/zero
} >files/vmlinuz
printf '070701%02000d' 0 >files/initrd.img
# Port 80, as real mirrors have it, and another one.
for port in 80 8080; do
    FAULTY_EVERYWHERE=$port python3 "$TESTS/servers/faulty.py" files >"log.$port" &
    at_exit kill $!
    for _ in $(seq 100); do
        [ ! -s "log.$port" ] || break
        sleep 0.05
    done
done

# through FROM TO…: the ramdisk of the repository at FROM is redirected to TO, and on; a word that
# begins with -- is an option.
through() {
    local options=() path='' host from=$1
    shift
    for host; do
        case $host in
        --*) options+=("$host") ;;
        *) path=$path/redirect_host=$host@initrd.img ;;
        esac
    done
    rm -rf got && mkdir got
    run "$ELILOADER" fetch --quiet --output-directory=got --distro=pygrub --kernel=boot/vmlinuz \
        --ramdisk=boot/initrd.img "${options[@]}" "http://$from$path/none"
}
# follows NAME FROM TO… / refuses NAME REGEX FROM TO…
follows() {
    local name=$1
    shift
    through "$@"
    is "$status$(cat err)" 0 "$name: is followed"
    cmp -s files/initrd.img got/fetched-ramdisk.*
    ok $? "$name: the file is whole"
}
refuses() {
    local name=$1 why=$2
    shift 2
    through "$@"
    is "$status" 1 "$name: ends the run"
    like "$(cat err)" "initrd.img redirects to .*$why" "$name: says why"
    is "$(ls got)" '' "$name: leaves nothing"
}
private='is a private one behind a public one: it is not followed; allow it with allow-redirects-to = private'
host='is one of this host itself or of its links: it is not followed; allow it with allow-redirects-to = any'

follows 'public to public' $PUBLIC $OTHER
follows 'private to private' $PRIVATE $NEAR
follows 'private to public' $PRIVATE $PUBLIC
follows 'public to its own host, by another name of it' $PUBLIC $OTHER $PUBLIC
follows 'IPv6, public to public' '[2600::1]' $PUBLIC
refuses 'public to private' "address $PRIVATE $private" $PUBLIC $PRIVATE
refuses 'public to a private address of IPv6' "address fd00::1 $private" $PUBLIC '[fd00::1]'
refuses 'public to a carrier'"'"'s' "address 100.64.0.1 $private" $PUBLIC 100.64.0.1
refuses 'private to public and back' "address $NEAR $private" $PRIVATE $PUBLIC $NEAR
follows 'private to public and back to the repository' $PRIVATE $PUBLIC $PRIVATE
for from in $PUBLIC $PRIVATE '[2600::1]'; do
    refuses "$from to loopback" "address 127.0.0.1 $host" "$from" 127.0.0.1
    refuses "$from to metadata" "address $META $host" "$from" $META
    refuses "$from to unspecified" "address 0.0.0.0 $host" "$from" 0.0.0.0
    refuses "$from to loopback by IPv6" "address ::1 $host" "$from" '[::1]'
    refuses "$from to loopback, mapped" "address 127.0.0.1 $host" "$from" '[::ffff:127.0.0.1]'
    refuses "$from to loopback, in other words" "address 127.0.0.1 $host" "$from" 0x7f.1
    refuses "$from to loopback, by name" "$host" "$from" localhost
done
follows 'loopback to itself' 127.0.0.1 127.0.0.1
follows 'loopback to private' 127.0.0.1 $PRIVATE
refuses 'loopback to another of this host' "address 127.0.0.2 $host" 127.0.0.1 127.0.0.2
refuses 'a public one that a redirect went through, to loopback' "address 127.0.0.1 $host" $PRIVATE $PUBLIC 127.0.0.1

refuses 'to another port' 'to port 8080 a redirect is not followed' $PUBLIC $OTHER:8080
follows 'from another port to the usual one' $PUBLIC:8080 $OTHER
follows 'from another port to the same' $PUBLIC:8080 $OTHER:8080

follows 'public to private, allowed' $PUBLIC $PRIVATE --allow-redirects-to=private
refuses 'public to loopback, private ones allowed' "$host" $PUBLIC 127.0.0.1 --allow-redirects-to=private
follows 'public to loopback, all allowed' $PUBLIC 127.0.0.1 --allow-redirects-to=any
follows 'public to another port, all allowed' $PUBLIC $OTHER:8080 --allow-redirects-to=any
echo 'allow-redirects-to = any' >any.conf
follows 'public to loopback, all allowed in the file' $PUBLIC 127.0.0.1 --config=any.conf
done_testing
