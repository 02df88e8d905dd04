# A private NFS server of Linux' kind (nfs-ganesha, in user space), for tests (bash), as root; sourced
# after lib.sh. It ends with the test.
#
#   . "$TESTS/servers/ganesha.sh"
#   ganesha_start "$WORK/www"         # version 4, on a free port of 127.0.0.1
#   ganesha_start_all "$WORK/www"     # versions 3 and 4 on their usual ports, with a portmapper, in a
#   "${IN_GANESHA[@]}" COMMAND…       # network of its own, where COMMAND runs
#
# The folder is the export /open, and as /secure only for clients on ports below 1024.
#
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

needs ganesha.nfsd python3

# ganesha_conf HOME ROOT VERSIONS PORT
ganesha_conf() {
    local secure id=0
    cat <<CONF
NFS_CORE_PARAM { Protocols = $3; NFS_Port = $4; Bind_addr = 127.0.0.1; Enable_NLM = false;
    Enable_RQUOTA = false; Enable_UDP = false; mount_path_pseudo = true; }
NFSv4 { Graceless = true; RecoveryBackend = fs; RecoveryRoot = $1/recovery; Only_Numeric_Owners = true; }
CONF
    for secure in false true; do
        id=$((id + 1))
        cat <<CONF
EXPORT { Export_Id = $id; Path = $2; Pseudo = /$([ $secure = true ] && echo secure || echo open); Access_Type = RO;
    Squash = No_Root_Squash; SecType = sys; Protocols = $3; Transports = TCP; PrivilegedPort = $secure;
    FSAL { Name = VFS; } }
CONF
    done
}

ganesha_end() {
    kill -9 "$1" 2>/dev/null
}

# ganesha_run HOME [COMMAND…]: ganesha by COMMAND; 0 when it is ready.
ganesha_run() {
    local home=$1
    shift
    rm -f "$home/log"
    "$@" ganesha.nfsd -F -f "$home/conf" -L "$home/log" -p "$home/pid" -N NIV_EVENT >"$home/out" 2>&1 &
    at_exit ganesha_end $!
    disown # or the shell tells of its end
    for _ in $(seq 200); do
        ! grep -q 'NFS SERVER INITIALIZED' "$home/log" 2>"$home/none" || return 0
        kill -0 $! 2>"$home/gone" || return 1
        sleep 0.05
    done
    return 1
}

# ganesha_start ROOT: sets $GANESHA_PORT.
ganesha_start() {
    local home=$WORK/ganesha try
    mkdir -p "$home/recovery"
    for try in 1 2 3 4 5; do
        GANESHA_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
        ganesha_conf "$home" "$1" 4 "$GANESHA_PORT" >"$home/conf"
        ! ganesha_run "$home" || return 0
        echo "# ganesha did not start (try $try): $(tail -n1 "$home/log" "$home/out")"
    done
    cannot_run 'ganesha does not start here'
}

# ganesha_start_all ROOT
ganesha_start_all() {
    local home=$WORK/ganesha-all
    needs rpcbind unshare nsenter ip
    mkdir -p "$home/recovery"
    # With a /run of its own, where a portmapper leaves its socket, and an address beside 127.0.0.1:
    # ganesha asks getaddrinfo() with AI_ADDRCONFIG, for which a host with no other has none.
    # shellcheck disable=SC2016 # for the inner shell
    unshare -n -m sh -c 'mount -t tmpfs none /run && ip link set lo up && ip address add 192.0.2.1/32 dev lo && touch "$1" && exec sleep 1000' - \
        "$home/ready" 2>"$home/none" &
    GANESHA_NET=$!
    at_exit kill $!
    # A command, for what runs in a function cannot be ended by its number.
    IN_GANESHA=(nsenter -t "$GANESHA_NET" -n -m)
    until [ -e "$home/ready" ]; do
        kill -0 $! 2>"$home/gone" || cannot_run 'no network of its own here'
        sleep 0.02
    done
    "${IN_GANESHA[@]}" rpcbind -f -i >"$home/rpcbind.out" 2>&1 &
    at_exit kill $!
    until "${IN_GANESHA[@]}" python3 -c 'import socket; socket.create_connection(("127.0.0.1", 111))' 2>"$home/none"; do
        kill -0 $! 2>"$home/gone" || cannot_run "rpcbind does not start: $(cat "$home/rpcbind.out")"
        sleep 0.05
    done
    ganesha_conf "$home" "$1" '3, 4' 2049 >"$home/conf"
    ganesha_run "$home" "${IN_GANESHA[@]}" || cannot_run "ganesha does not start: $(tail -n5 "$home/log")"
}
