#!/usr/bin/env bash
# packaging/eliloader.nft in a network of its own: nftables takes it, and what the helpers' user may
# not reach it does not reach, and others do.
# Boundaries: filter
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
[ -n "${OWN_NETWORK:-}" ] || [ "$(id -u)" != 0 ] || OWN_NETWORK=1 exec unshare --net "$0" "$@"
. "$(dirname "$0")/../lib.sh"
needs nft ip
[ "$(id -u)" = 0 ] || skip_all 'a network of its own needs root'

RULES=$TOP/packaging/eliloader.nft
ip link set lo up
# Listens on three ports of all addresses.
cat >listen.py <<'PY'
import socket, sys
held = []
for port in (53, 80, 8080):
    s = socket.socket(socket.AF_INET6)
    s.bind(('::', port))
    s.listen(50)
    held.append(s)
print('ready', flush=True)
while True:
    held[0].accept()
PY
python3 listen.py >ready &
at_exit kill $!
for _ in $(seq 100); do
    [ ! -s ready ] || break
    sleep 0.05
done

# reaches UID ADDRESS PORT: connected, refused, or another error's name.
reaches() {
    python3 -c '
import errno, os, socket, sys
os.setresuid(*[int(sys.argv[3])] * 3)
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET)
s.settimeout(5)
try:
    s.connect((sys.argv[1], int(sys.argv[2])))
    print("connected")
except OSError as e:
    print(errno.errorcode.get(e.errno, e))' "$2" "$3" "$1"
}

run nft -c -f "$RULES"
is "$status$(cat err)" 0 'nftables takes it'
is "$(reaches 65534 127.0.0.1 80)" connected 'without it, a helper reaches this host'
for round in first second; do
    run nft -f "$RULES"
    is "$status$(cat err)" 0 "it is loaded, the $round time"
    is "$(nft list chain inet eliloader output | grep -c 'jump helpers')" 1 "and stands there once"
done
for port in 80 8080; do
    is "$(reaches 65534 127.0.0.1 $port)" EHOSTUNREACH "a helper does not reach this host's port $port"
    is "$(reaches 0 127.0.0.1 $port)" connected 'root does'
    is "$(reaches 1234 127.0.0.1 $port)" connected 'another user does'
done
is "$(reaches 65534 ::1 80)" EACCES 'nor by IPv6'
is "$(reaches 65534 127.0.0.1 53)" connected 'a helper reaches a resolver of this host'
run nft delete table inet eliloader
is "$status$(reaches 65534 127.0.0.1 80)" 0connected 'it is taken away again'

# Several users, as where each run has its own.
sed 's/^define helpers = .*/define helpers = 59000-59999/' "$RULES" >range.nft
run nft -f range.nft
is "$status$(cat err)" 0 'a range of users'
is "$(reaches 58999 127.0.0.1 80)" connected 'below the range'
is "$(reaches 59000 127.0.0.1 80)" EHOSTUNREACH 'the first of the range'
is "$(reaches 59999 127.0.0.1 80)" EHOSTUNREACH 'the last of the range'
is "$(reaches 60000 127.0.0.1 80)" connected 'above the range'
done_testing
