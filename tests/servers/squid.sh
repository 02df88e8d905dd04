# A private squid on a free port of 127.0.0.1, for tests (bash); sourced after lib.sh. It ends with the
# test, with all that it started.
#
#   . "$TESTS/servers/squid.sh"
#   squid_start me s3cret
#   curl --proxy "http://me:s3cret@$SQUID" http://127.0.0.1:8080/file
#
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

needs squid openssl python3

squid_count=0

# squid_start [USER PASSWORD]: sets $SQUID (HOST:PORT) and $SQUID_LOG (one line a request, as squid writes
# it). Without USER everybody may use it. It keeps nothing.
squid_start() {
    local settings='http_access allow all'
    if [ $# = 2 ]; then
        settings='auth_param basic program /usr/lib/squid/basic_ncsa_auth SQUID_HOME/users
auth_param basic children 1 startup=0
acl known proxy_auth REQUIRED
http_access allow known'
        squid_users=$1:$(openssl passwd -apr1 "$2")
    fi
    squid_start_with "cache deny all
cache_mem 4 MB
$settings"
}

# squid_start_with SETTINGS: the same, with these, where SQUID_HOME is a folder of its own.
squid_users=
squid_start_with() {
    local home port try
    squid_count=$((squid_count + 1))
    home=$WORK/squid-$squid_count
    mkdir -p "$home"
    echo "$squid_users" >"$home/users"
    # root's squid becomes another user.
    [ "$(id -u)" != 0 ] || chown -R proxy: "$home"
    SQUID_LOG=$home/access.log
    for try in 1 2 3 4 5; do
        port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
        cat >"$home/conf" <<CONF
http_port 127.0.0.1:$port
pid_filename $home/pid
cache_log $home/cache.log
access_log stdio:$SQUID_LOG
coredump_dir $home
memory_pools off
pinger_enable off
netdb_filename none
max_filedescriptors 256
visible_hostname squid.test
shutdown_lifetime 0 seconds
${1//SQUID_HOME/$home}
CONF
        # Where it keeps something, the folders for that are made first.
        ! grep -q '^cache_dir' "$home/conf" || squid -N -z -n "test$$x$squid_count" -f "$home/conf" >"$home/out" 2>&1
        # By its name its memory in /dev/shm is told apart from another squid's.
        squid -N -n "test$$x$squid_count" -f "$home/conf" >"$home/out" 2>&1 &
        SQUID_PID=$!
        at_exit squid_stop $SQUID_PID "test$$x$squid_count"
        # shellcheck disable=SC2034 # for who sources this
        SQUID=127.0.0.1:$port
        for _ in $(seq 200); do
            (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return 0
            kill -0 $SQUID_PID 2>"$home/gone" || break
            sleep 0.02
        done
        echo "# squid did not start (try $try): $(tail -n1 "$home/out" "$home/cache.log")"
    done
    cannot_run 'squid does not start here'
}

# It takes two seconds to end by itself. What it has started ends with it.
squid_stop() {
    kill -KILL "$1" 2>/dev/null
    wait "$1" 2>/dev/null
    rm -f "/dev/shm/$2-"*
}
