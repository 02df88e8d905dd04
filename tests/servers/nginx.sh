# A private nginx on a free port of 127.0.0.1, for tests (bash); sourced after lib.sh. It ends
# with the test.
#
#   . "$TESTS/servers/nginx.sh"
#   nginx_start "$WORK/www" 'location /private/ { return 403; }'
#   curl "$NGINX/file"
#
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

nginx_count=0

needs nginx

# free_port: prints a port of 127.0.0.1 that nobody listens on at this moment.
free_port() {
    python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# nginx_run SCHEME ROOT DIRECTIVES LISTEN: one more nginx; sets $NGINX (its URL, without a slash
# at the end), $NGINX_PORT and $NGINX_LOG (one line a request: method, URI, status, user agent).
nginx_run() {
    local scheme=$1 root=$2 directives=$3 listen=$4 try user=
    nginx_count=$((nginx_count + 1))
    local home=$WORK/nginx-$nginx_count
    mkdir -p "$home"
    NGINX_LOG=$home/access.log
    [ "$(id -u)" != 0 ] || user='user root;'
    # Between the choice of a port and its use somebody else may take it.
    for try in 1 2 3 4 5; do
        NGINX_PORT=$(free_port)
        cat >"$home/nginx.conf" <<CONF
$user
worker_processes 1;
pid $home/pid;
error_log $home/error.log;
events { worker_connections 64; }
http {
    log_format short '\$request_method \$request_uri \$status \$http_user_agent';
    access_log $NGINX_LOG short;
    client_body_temp_path $home/body;
    proxy_temp_path $home/proxy;
    fastcgi_temp_path $home/fastcgi;
    uwsgi_temp_path $home/uwsgi;
    scgi_temp_path $home/scgi;
    default_type application/octet-stream;
    server {
        listen 127.0.0.1:$NGINX_PORT $listen;
        root $root;
        $directives
    }
}
CONF
        # It returns once it listens.
        if nginx -p "$home" -e "$home/error.log" -c "$home/nginx.conf" 2>"$home/start.log"; then
            # shellcheck disable=SC2034 # for who sources this
            NGINX=$scheme://127.0.0.1:$NGINX_PORT
            at_exit nginx_stop "$home"
            return 0
        fi
        echo "# nginx did not start (try $try): $(tail -n1 "$home/start.log")"
    done
    cannot_run 'nginx does not start here'
}

# nginx_start ROOT [DIRECTIVES]: over http; DIRECTIVES go into the server's block.
nginx_start() {
    nginx_run http "$1" "${2-}" ''
}

# nginx_start_tls ROOT CERTIFICATE KEY [DIRECTIVES]: over https.
nginx_start_tls() {
    nginx_run https "$1" "ssl_certificate $2; ssl_certificate_key $3; ${4-}" ssl
}

nginx_stop() {
    local pid
    pid=$(cat "$1/pid" 2>/dev/null) || return 0
    kill "$pid" 2>/dev/null
}

# make_certificates DIR [NAME]: a CA in DIR/ca.pem, and DIR/server.pem with DIR/server.key for
# NAME, an address (127.0.0.1) or a DNS name.
make_certificates() {
    local dir=$1 name=${2-127.0.0.1} kind=DNS
    [[ $name =~ [a-z] ]] || kind=IP
    mkdir -p "$dir"
    {
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=Test CA' \
            -keyout "$dir/ca.key" -out "$dir/ca.pem" &&
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$name" \
                -keyout "$dir/server.key" -out "$dir/server.csr" &&
            openssl x509 -req -days 2 -in "$dir/server.csr" -CA "$dir/ca.pem" \
                -CAkey "$dir/ca.key" -CAcreateserial -out "$dir/server.pem" \
                -extfile <(echo "subjectAltName=$kind:$name")
    } >"$dir/openssl.log" 2>&1 || {
        cat "$dir/openssl.log"
        cannot_run 'openssl makes no certificate here'
    }
}
