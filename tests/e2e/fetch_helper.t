#!/usr/bin/env bash
# The helper fetch by itself: against a real web server, and against one full of faults.
# Boundaries: redirects time
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"

# shellcheck source=../fetch.sh
. "$TESTS/fetch.sh"
FAULTY=$TESTS/servers/faulty.py

# --- a real server ---
nginx_start "$WORK/tree" "
    location /moved/ { rewrite ^/moved/(.*)\$ /\$1 redirect; }
    location /login/ { auth_basic x; auth_basic_user_file $WORK/users; alias $WORK/tree/; }"
printf 'me:{PLAIN}s3cret\n' >users

fetch "$NGINX"
succeeds 'from nginx'
is "$(jq -r .answer.layout <<<"$last")" images/pxeboot 'from nginx: the layout'
is "$(jq -r .answer.kernel.url <<<"$last")" "$NGINX/images/pxeboot/vmlinuz" 'from nginx: the URL'
is "$(jq -r .answer.kernel.verified <<<"$last")" null 'from nginx: nothing to verify with'
like "$(head -n 1 answer)" '^\{"progress":\{"received":0,"total":null\}\}$' 'from nginx: progress'

fetch "$NGINX/moved/"
succeeds 'redirected'
is "$(jq -r .answer.kernel.url <<<"$last")" "$NGINX/moved/images/pxeboot/vmlinuz" 'redirected: the URL asked for'

fetch "http://me:s3cret@${NGINX#http://}/login"
succeeds 'with a password'
unlike "$(cat answer err)" 's3cret|me:' 'with a password: which is not told'
fetch "http://me:wr0ng@${NGINX#http://}/login"
fails 'wrong password' INVALID_SOURCE '/login/.* 401 Unauthorized; the repository wants a user name'
unlike "$(cat answer err)" 'wr0ng' 'wrong password: which is not told'

cat >tree/.treeinfo <<EOF
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
EOF
true >"$NGINX_LOG"
fetch "$NGINX"
succeeds 'with .treeinfo'
is "$(jq -c '.answer.tree' <<<"$last")" \
    '{"metadata":".treeinfo","name":"Fedora","version":"39","arch":"x86_64"}' 'with .treeinfo: the tree'
is "$(jq -r '.answer | .kernel.verified, .ramdisk.verified' <<<"$last" | uniq)" sha256 'with .treeinfo: verified'
is "$(grep -c GET "$NGINX_LOG")" 3 'with .treeinfo: three requests in all'

sed -i '/^images.*initrd.img = sha256/s/.\{8\}$/00000000/' tree/.treeinfo
fetch "$NGINX"
fails 'a wrong checksum' INVALID_SOURCE \
    'initrd.img has the SHA-256 [0-9a-f]{64}, but .treeinfo says [0-9a-f]{56}00000000: the file is damaged' ramdisk
sed -i '/^images.*sha256/s/sha256:.*/sha1:'"$(sha1sum <files/vmlinuz | cut -d ' ' -f 1)/" tree/.treeinfo
fetch "$NGINX"
fails 'a wrong SHA-1' INVALID_SOURCE 'initrd.img has the SHA-1 [0-9a-f]{40}, but' ramdisk
printf 'a\0b\n' >tree/.treeinfo
fetch "$NGINX"
fails 'a .treeinfo that is no text' INVALID_SOURCE "^$NGINX/?: .treeinfo, line 1, holds a NUL byte"
rm tree/.treeinfo

fetch "$NGINX" '.digests = []'
is "$status$(jq -c '.answer | [.kernel, .ramdisk | .md5, .sha256]' <<<"$last")" '0[null,null,null,null]' 'no digest that nobody asks for'
cmp -s kernel files/vmlinuz && cmp -s ramdisk files/initrd.img
ok $? 'without digests: both files are as on the server'
fetch "$NGINX" '.digests = ["sha256"]'
is "$(jq -c '.answer | [.kernel, .ramdisk | .md5, .sha256]' <<<"$last")" \
    "[null,null,null,\"$(sha256sum files/initrd.img | cut -d ' ' -f 1)\"]" 'the one digest that is asked for'
fetch "$NGINX" '.digests = ["sha1"]'
fails 'a digest of no table' INTERNAL_ERROR 'digests in the request has one that is not known'

fetch "$NGINX" '.family = "pygrub" | .kernel = "images/pxeboot/vmlinuz" | .ramdisk = null'
is "$status$(jq -r .answer.ramdisk <<<"$last")" 0null 'a kernel alone'
is "$(stat -c %s ramdisk)" 0 'a kernel alone: the other file stays empty'

# --- servers that do not say that something is not there: a web page, or 403, in its place ---
mkdir -p pages
echo '<!DOCTYPE html><html><body>There is no such page.</body></html>' >pages/none.html
nginx_main=$NGINX main_log=$NGINX_LOG
nginx_start "$WORK/tree" "
    error_page 404 =200 /none.html;
    location = /none.html { root $WORK/pages; internal; }
    location /denied/ { alias $WORK/tree/; error_page 404 =403 /none.html; }"
for below in '' /denied; do
    fetch "$NGINX$below"
    succeeds "a tree of a server that hides 404 ($below)"
    fetch "$NGINX$below" '.family = "any"'
    succeeds "any family's, of a server that hides 404 ($below)"
done
fetch "$NGINX/nowhere"
fails 'pages in every place' INVALID_SOURCE "$NGINX/nowhere/images/xen/vmlinuz is an HTML page, not a kernel: does" kernel
is "$(jq -r .error.no_kernel <<<"$last")" true 'pages in every place: no kernel was there'
fetch "$NGINX/denied/nowhere"
fails '403 in every place' INVALID_SOURCE "images/xen/vmlinuz: the server answers 403 Forbidden" kernel
fetch "$NGINX" '.family = "pygrub" | .kernel = "images/nothing"'
fails 'a page in a named place' INVALID_SOURCE 'images/nothing is an HTML page, not a kernel' kernel
mv tree/images/pxeboot/initrd.img .
fetch "$NGINX"
fails 'a page where the ramdisk should be' INVALID_SOURCE 'initrd.img is an HTML page, not a ramdisk' ramdisk
mv initrd.img tree/images/pxeboot/
NGINX=$nginx_main NGINX_LOG=$main_log

fetch "$NGINX/nowhere"
fails 'no layout fits' INVALID_SOURCE \
    "repository $NGINX/nowhere has no kernel .*images/xen/vmlinuz, .*isolinux/vmlinuz.*404 Not Found" kernel

fetch http://only-the-proxy-knows.invalid/ ".proxy = \"${NGINX#http://}\""
succeeds 'through a proxy'
fetch https://only-the-proxy-knows.invalid/ ".proxy = \"$NGINX\""
fails 'a proxy that does not connect' INVALID_SOURCE 'the proxy 127.0.0.1:[0-9]+ refuses to connect: 40[05]'
http_proxy=http://127.0.0.1:9 fetch "$NGINX"
succeeds 'the environment'"'"'s proxy is not used'

# --- limits, at the bound and beside it ---
fetch "$NGINX" ".kernel_max = $KERNEL_SIZE | .ramdisk_max = $RAMDISK_SIZE"
succeeds 'at the limits'
fetch "$NGINX" ".kernel_max = $((KERNEL_SIZE + 1)) | .ramdisk_max = $((RAMDISK_SIZE + 1))"
succeeds 'below the limits'
fetch "$NGINX" ".kernel_max = $((KERNEL_SIZE - 1))"
fails 'the kernel over its limit' LIMITS \
    "vmlinuz: the kernel is larger than the limit of $((KERNEL_SIZE - 1)) bytes .*announces $KERNEL_SIZE" kernel
fetch "$NGINX" ".ramdisk_max = $((RAMDISK_SIZE - 1))"
fails 'the ramdisk over its limit' LIMITS 'initrd.img: the ramdisk is larger than the limit' ramdisk

# --- what cannot be reached, what is no request ---
fetch http://127.0.0.1:1/
fails 'a refused port' INVALID_SOURCE '127.0.0.1:1 refuses the connection'
fetch http://no-such-host.invalid/x
fails 'an unknown host' INVALID_SOURCE 'host name "no-such-host.invalid" cannot be resolved'
fetch "$NGINX" '.proxy = "127.0.0.1:1"'
fails 'a refused proxy' INVALID_SOURCE 'the proxy 127.0.0.1:1 refuses the connection'
fetch fpt://h/x
fails 'a scheme with a typo' INVALID_SOURCE 'repository "fpt://h/x" does not begin as one does: with one of http://, https://, ftp://, nfs:'
fetch "$NGINX" '.uid = "root"'
fails 'a request of wrong types' INTERNAL_ERROR 'the request to fetch: uid is not a user.s number'
fetch "$NGINX" '.family = "windows"'
fails 'an unknown family' UNSUPPORTED_INSTALL_METHOD windows
run "$FETCH" --version
like "$status $(cat out)" '^0 fetch \(eliloader\) [0-9]' '--version'
run "$FETCH" nonsense
is "$status" 2 'arguments are refused'

if [ -w /dev/full ]; then
    "$FETCH" <<<"$(jq --arg r "$NGINX" '.repository = $r | .uid = 65534 | .family = "rhlike" | del(.proxy)' request)" \
        3>answer 4>kernel 5>/dev/full 2>err
    status=$? last=$(tail -n 1 answer)
    fails 'a full disk' INTERNAL_ERROR 'cannot write the ramdisk: No space left on device; free' ramdisk
fi
"$FETCH" <request 3<request 4>kernel 5>ramdisk 2>err
is $? 1 'an answer that cannot be written'

# --- a server of faults ---
start_server faulty "$FAULTY" files
F=http://127.0.0.1:$port
# requests FAULT@NAME: how often that file was asked for.
requests() { grep -c "GET /$1/.*/${1#*@} " faulty.log; }

fetch "$F/none"
succeeds 'from the other server'
for code in 403 500 502 503 401; do
    fetch "$F/status=$code@vmlinuz"
    fails "status $code" INVALID_SOURCE "vmlinuz: the server answers $code [A-Z][a-z]+" kernel
done
fetch "$F/status=404@initrd.img"
fails '404 for the ramdisk only' INVALID_SOURCE 'initrd.img: the server answers 404 Not Found: the kernel is there' ramdisk
fetch "$F/status=404@vmlinuz"
fails '404 for the kernel only' INVALID_SOURCE 'has no kernel where a tree of the family rhlike keeps it' kernel
fetch "$F/status=410@vmlinuz"
fails '410 for the kernel' INVALID_SOURCE 'has no kernel' kernel
fetch "$F/status=403@.treeinfo"
succeeds '.treeinfo forbidden'
like "$(jq -r '.note // empty' answer)" '.treeinfo is forbidden' '.treeinfo forbidden: is noted'
fetch "$F/status=500@.treeinfo"
fails '.treeinfo with 500' INVALID_SOURCE '.treeinfo: the server answers 500 Internal Server Error'

fetch "$F/html"
# Both come at once: either may be the first to be looked at.
fails 'a login page for all' INVALID_SOURCE '/(vmlinuz is an HTML page, not a kernel|initrd.img is an HTML page, not a ramdisk)'
fetch "$F/html@.treeinfo"
succeeds 'a login page as .treeinfo'
fetch "$F/html@initrd.img"
fails 'a login page as ramdisk' INVALID_SOURCE '/initrd.img is an HTML page, not a ramdisk' ramdisk
fetch "$F/text@vmlinuz"
fails 'a text as kernel' INVALID_SOURCE 'vmlinuz is not a kernel \(none of bzImage, ELF, gzip, arm64 Image and EFI zboot\)' kernel
fetch "$F/empty@vmlinuz"
fails 'an empty kernel' INVALID_SOURCE '/vmlinuz is empty' kernel
fetch "$F/empty@initrd.img"
fails 'an empty ramdisk' INVALID_SOURCE '/initrd.img is empty' ramdisk

fetch "$F/redirect_loop@vmlinuz"
fails 'a redirect loop' INVALID_SOURCE 'redirects more than 10 times' kernel
fetch "$F/redirects=9@initrd.img"
succeeds '9 redirects'
fetch "$F/redirects=10@initrd.img"
succeeds '10 redirects'
fetch "$F/redirects=11@initrd.img"
fails '11 redirects' INVALID_SOURCE 'redirects more than 10 times' ramdisk
fetch "$F/redirect_file@vmlinuz"
fails 'a redirect to file:' INVALID_SOURCE 'redirects to "file:///etc/passwd", which is not' kernel
for size in 5 65536 65537 1000000; do
    fetch "$F/redirect_nowhere=$size@vmlinuz"
    fails "a redirect to nowhere, $size bytes" INVALID_SOURCE 'vmlinuz: the server answers 302 Found' kernel
done
own=${F##*:}
fetch "http://me:s3cret@${F#http://}/redirect_to=$own@vmlinuz"
succeeds 'redirected to another host'
is "$(grep -c 'GET /none/vmlinuz - -' faulty.log)" 1 'redirected to another host: without the password'
fetch "$F/redirect_host=127.0.0.2:$own@initrd.img/none"
fails 'a redirect to this host' INVALID_SOURCE \
    "initrd.img redirects to 127.0.0.2:$own, and its address 127.0.0.2 is one of this host .*allow-redirects-to = any" ramdisk
fetch "$F/redirect_host=[::1]:$own@.treeinfo/none"
fails 'metadata redirected to this host' INVALID_SOURCE \
    ".treeinfo redirects to .::1.:$own, and its address ::1 is one of this host"
fetch "$F/redirect_host=127.1:$own@initrd.img/none"
succeeds 'a redirect to the same address, written differently'
start_server elsewhere "$FAULTY" files
fetch "$F/redirect_host=127.0.0.1:$port@initrd.img/none"
fails 'a redirect to another port' INVALID_SOURCE \
    "initrd.img redirects to 127.0.0.1:$port: to port $port a redirect is not followed, only to 80, 443" ramdisk
fetch "$F/redirect_host=127.0.0.1:$port@initrd.img/none" '.redirects = "private"'
fails 'a redirect to another port, private addresses allowed' INVALID_SOURCE 'a redirect is not followed' ramdisk
fetch "$F/redirect_host=127.0.0.1:$port@initrd.img/none" '.redirects = "any"'
succeeds 'a redirect to another port, all allowed'
fetch "http://me:s3cret@${F#http://}/status=401@initrd.img"
succeeds 'a password for one file'

fetch "$F/announces=200000" '.family = "pygrub" | .kernel = "images/vmlinuz"'
is "$(jq -r .answer.kernel.size <<<"$last")" 200000 'what comes after the announced length is not taken'
fetch "$F/announces=99999999999@initrd.img"
fails 'an announced giant' LIMITS 'the server announces 99999999999 bytes' ramdisk
fetch "$F/announces=99999999999999999999@initrd.img"
fails 'more announced than a number holds' LIMITS 'the server announces 9223372036854775807 bytes' ramdisk
fetch "$F/announces=2000000@initrd.img"
fails 'a truncated body' INVALID_SOURCE 'closed after 1500006 of 2000000 bytes; it cannot be resumed' ramdisk
fetch "$F/no_length@initrd.img"
succeeds 'no length announced'
fetch "$F/chunked@initrd.img"
succeeds 'in chunks'
fetch "$F/chunked=cut@initrd.img"
fails 'in chunks, cut off' INVALID_SOURCE 'closed after 1500006 bytes; it cannot be resumed' ramdisk
fetch "$F/no_length@initrd.img" ".ramdisk_max = $RAMDISK_SIZE"
succeeds 'no length announced, at the limit'
fetch "$F/no_length@initrd.img" ".ramdisk_max = $((RAMDISK_SIZE - 1))"
fails 'no length announced, over the limit' LIMITS 'larger than the limit of 1500005 .*stopped after' ramdisk
fetch "$F/endless@initrd.img" '.ramdisk_max = 3000000'
fails 'an endless body' LIMITS 'larger than the limit of 3000000 bytes' ramdisk
# The whole takes longer than the patience for silence, its pauses far less: also on a machine that
# has much else to do.
fetch "$F/slow=20@vmlinuz" '.stall_timeout = 3'
succeeds 'a trickle is no stall'
is "$(grep -c progress answer | awk '{ print ($1 >= 2 && $1 <= 4 * '"$seconds"' + 4) }')" 1 'a trickle: at most four lines of progress a second'
# Each byte is a sign of life, but not enough of them.
slow='only [0-9]+ bytes came in 2 seconds, and 1024 bytes a second is the least.*--stall-timeout'
fetch "$F/drips=200@vmlinuz" '.stall_timeout = 2'
fails 'a body that drips' INVALID_SOURCE "vmlinuz: $slow" kernel
fetch "$F/drips=200@.treeinfo" '.stall_timeout = 2'
fails 'metadata that drip' INVALID_SOURCE ".treeinfo: $slow"
fetch "$F/drips=200@.treeinfo" '.stall_timeout = 2 | .mode = "identify" | .family = "auto"'
like "$status$(jq -r '.answer.problem // .error.text' <<<"$last")" ".treeinfo: $slow" 'metadata that drip, to identify'
fetch "$F/drips=500@vmlinuz" '.stall_timeout = 2'
fails 'an error page that drips' INVALID_SOURCE 'vmlinuz: (only [0-9]+ bytes came|the server answers 500)' kernel
fetch "$F/drips=302@vmlinuz" '.stall_timeout = 2'
fails 'a page of a redirect that drips' INVALID_SOURCE 'vmlinuz.*: (nothing came for 2|only [0-9]+ bytes came)' kernel
fetch "$F/drips=200@initrd.img" '.stall_timeout = 2 | .mode = "sums" | .ramdisk = "images/initrd.img"'
fails 'sums of a body that drips' INVALID_SOURCE "initrd.img: $slow"
fetch "$F/drips=200@initrd.img" '.stall_timeout = 2 | .mode = "ramdisk" | .ramdisk = "images/initrd.img"'
fails 'a ramdisk alone that drips' INVALID_SOURCE "initrd.img: $slow"
fetch "$F/drips=200@initrd.img" '.stall_timeout = 60 | .total_timeout = 2'
fails 'all the time there is' INVALID_SOURCE \
    'initrd.img: [0-9]+ of 4000000 bytes came until all the time of 2 seconds was over.*--fetch-timeout' ramdisk
fetch "$F/silent@.treeinfo" '.stall_timeout = 60 | .total_timeout = 2'
fails 'all the time, for metadata' INVALID_SOURCE '.treeinfo: 0 bytes came until all the time of 2 seconds was over'
fetch "$F/stall@initrd.img" '.stall_timeout = 1'
fails 'a stalled body' INVALID_SOURCE 'initrd.img: nothing came for 1 seconds, after 750003 of 1500006 bytes' ramdisk
[ "$seconds" -le 20 ]
ok $? 'a stalled body: in time' "$seconds"
fetch "$F/silent@vmlinuz" '.stall_timeout = 1'
fails 'no answer at all' INVALID_SOURCE 'vmlinuz: nothing came for 1 seconds' kernel

fetch "$F/headers=65535@vmlinuz"
succeeds 'headers below the bound'
fetch "$F/headers=65536@vmlinuz"
succeeds 'headers at the bound'
fetch "$F/headers=65537@vmlinuz"
fails 'headers over the bound' INVALID_SOURCE 'more than 64 KiB of response headers' kernel
fetch "$F/headers_endless@vmlinuz"
fails 'endless headers' INVALID_SOURCE 'more than 64 KiB of response headers' kernel
fetch "$F/header_lines=2047@vmlinuz"
succeeds 'lines of headers below the bound'
fetch "$F/header_lines=2048@vmlinuz"
succeeds 'lines of headers at the bound'
fetch "$F/header_lines=2049@vmlinuz"
fails 'lines of headers over the bound' INVALID_SOURCE 'more than 2048 lines of response headers' kernel
fetch "$F/interim=15@vmlinuz"
succeeds 'responses in front of the real one, below the bound'
fetch "$F/interim=16@vmlinuz"
succeeds 'responses in front of the real one, at the bound'
fetch "$F/interim=17@vmlinuz"
fails 'responses in front of the real one, over the bound' INVALID_SOURCE \
    'vmlinuz: the server answers 100 more than 16 times, and never with a file' kernel
fetch "$F/interim@vmlinuz"
fails 'endless 100 Continue' INVALID_SOURCE 'answers 100 more than 16 times' kernel
fetch "$F/interim_slow@vmlinuz" '.stall_timeout = 2'
fails '102 Processing that trickles' INVALID_SOURCE 'nothing came for 2 seconds' kernel
fetch "$F/headers_slow@vmlinuz" '.stall_timeout = 1'
fails 'headers that trickle for ever' INVALID_SOURCE 'nothing came for 1 seconds' kernel
fetch "$F/not_http@vmlinuz"
fails 'not HTTP' INVALID_SOURCE 'answers something that is not HTTP' kernel
fetch "$F/closes@vmlinuz"
fails 'no answer' INVALID_SOURCE 'closes the connection without an answer' kernel

# --- drops ---
fetch "$F/drops=1@initrd.img"
succeeds 'one drop'
like "$(grep 'drops=1@.*initrd.img bytes=' faulty.log)" 'bytes=500002-' 'one drop: resumed where it ended'
like "$(jq -r '.note // empty' answer)" 'the connection dropped after 500002 bytes: resuming' 'one drop: is noted'
fetch "$F/drops=1"
succeeds 'a drop of each file'
fetch "$F/drops=3@initrd.img"
succeeds 'three drops'
is "$(requests drops=3@initrd.img)" 4 'three drops: four requests'
fetch "$F/drops=4@initrd.img"
fails 'four drops' INVALID_SOURCE 'closed after [0-9]+ of 1500006 bytes; it was resumed 3 times' ramdisk
is "$(requests drops=4@initrd.img)" 4 'four drops: four requests'
fetch "$F/drops_by_date=1@initrd.img"
succeeds 'a drop, with a date'
fetch "$F/drops_unnamed=1@initrd.img"
fails 'a drop without validator' INVALID_SOURCE 'closed after 500002 of 1500006 bytes; it cannot be resumed' ramdisk
is "$(requests drops_unnamed=1@initrd.img)" 1 'a drop without validator: no second request'
fetch "$F/drops_changed@initrd.img"
fails 'a drop, then another file' INVALID_SOURCE 'was changed on the server while it was being fetched' ramdisk
fetch "$F/drops_other@initrd.img"
fails 'a drop, then a part of another file' INVALID_SOURCE 'was changed on the server' ramdisk
fetch "$F/drops_gone@vmlinuz"
fails 'a drop, then 404' INVALID_SOURCE 'vmlinuz was changed on the server' kernel
fetch "$F/drops_shifted@initrd.img"
fails 'a drop, then another part' INVALID_SOURCE 'asked for the bytes from 500002 on and answered with others' ramdisk
fetch "$F/drops_total@initrd.img"
fails 'a drop, then another total' INVALID_SOURCE 'answered with others' ramdisk

fetch "$F/drops_long@initrd.img"
fails 'a drop, then more than there was' INVALID_SOURCE 'announced 1500006 bytes and sends more' ramdisk
printf '[general]\nfamily = Fedora\nversion = 39\n' >files/.treeinfo
fetch "$F/drops=3@.treeinfo"
succeeds 'drops of .treeinfo'
is "$(jq -r .answer.tree.version <<<"$last")" 39 'drops of .treeinfo: it is whole'
fetch "$F/drops=4@.treeinfo"
fails 'too many drops of .treeinfo' INVALID_SOURCE '.treeinfo: the connection was closed after .*resumed 3 times'
rm files/.treeinfo

# --- TLS ---
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 \
    -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>/dev/null
start_server secure "$FAULTY" files cert.pem key.pem
fetch "https://127.0.0.1:$port/none"
fails 'a self-signed certificate' INVALID_SOURCE "certificate of 127.0.0.1:$port cannot be verified: .*self.signed.*--cacert"
fetch "https://127.0.0.1:$port/none" ".cacert = $(jq -Rs . <cert.pem)"
succeeds 'with that certificate given'
fetch "https://127.0.0.1:$port/drops=2@initrd.img" ".cacert = $(jq -Rs . <cert.pem)"
succeeds 'drops under TLS'
fetch "https://127.0.0.1:$port/redirect_to=$own@vmlinuz" \
    ".cacert = $(jq -Rs . <cert.pem) | .redirects = \"any\""
fails 'redirected from https to http' INVALID_SOURCE \
    "vmlinuz is redirected from https to http \\(localhost:$own\\).* is not followed.*allow-downgrade" kernel
fetch "https://127.0.0.1:$port/redirect_to=$own@vmlinuz" \
    ".cacert = $(jq -Rs . <cert.pem) | .redirects = \"any\" | .downgrade = true"
succeeds 'redirected from https to http, which is allowed'
like "$(jq -r '.note // empty' answer)" 'vmlinuz is redirected from https to http' 'redirected from https to http: is noted'
fetch "https://localhost:$port/none" ".cacert = $(jq -Rs . <cert.pem)"
fails 'a certificate for another name' INVALID_SOURCE 'certificate of localhost:[0-9]+ is for another name'
fetch "https://127.0.0.1:$port/none" '.cacert = "no PEM"'
fails 'a CA file that is none' INVALID_SOURCE 'holds no certificate in PEM form'
fetch "${F/http:/https:}/none"
fails 'https to an http port' INVALID_SOURCE 'TLS with 127.0.0.1:[0-9]+ failed.*check scheme and port'
fetch "http://127.0.0.1:$port/none"
fails 'http to an https port' INVALID_SOURCE "127.0.0.1:$port"

# --- memory ---
if [ "${SANITIZED:-}" != 1 ]; then
    fetch "$NGINX"
    command time -f %M -o peak "$FETCH" <request 3>answer 4>kernel 5>ramdisk
    [ "$(cat peak)" -le 16384 ]
    ok $? 'peak memory is at most 16 MiB' "$(cat peak) KiB"
fi
done_testing
