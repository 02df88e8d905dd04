#!/usr/bin/env bash
# What bad input gets: an exit status, a sentence, an error for the toolstack, the old record, and
# no files.
# Boundaries: text
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"

K=images/pxeboot/vmlinuz
R=images/pxeboot/initrd.img
tree rh $K $R
tree noramdisk $K images/pxeboot/elsewhere
tree nokernel images/pxeboot/elsewhere $R
tree small $K $R
: >"$WWW/small/$K"
tree html $K $R
echo '<!DOCTYPE html><html><body>Please log in</body></html>' >"$WWW/html/$K"
tree htmlramdisk $K $R
printf '\n  <html>' >"$WWW/htmlramdisk/$R"
tree text $K $R
head -c 4096 /dev/zero >"$WWW/text/$K"
tree noinitrd $K $R
: >"$WWW/noinitrd/$R"
nginx_start "$WWW" "
    location /403/ { return 403; }
    location /500/ { return 500; }
    location /503/ { return 503; }
    location /401/ { return 401; }
    location /loop/ { return 302 /loop/; }
    location /file/ { return 302 file:///etc/passwd; }
    location /ftp/ { return 302 ftp://127.0.0.1/x; }
    location /moved/ { rewrite ^/moved/(.*) /rh/\$1 redirect; }
    location ~ ^/kernel403/.*vmlinuz { return 403; }
    location /everything/ { return 200 '<html>Please log in</html>'; }
    location /huge/ { alias $WWW/rh/; }
"
ROOT=$NGINX

# bad STATUS ERROR REGEX NAME KEY=VALUE…: a VM with these keys.
bad() {
    local words=("${@:1:4}")
    shift 4
    vm_edited guest "$@"
    clear_boot
    refused "${words[@]}" --vm=guest
}
# edited STATUS ERROR REGEX NAME JQ: a good VM's record, with what `vm set` would not write.
edited() {
    vm_new guest install-distro=rhlike install-repository="$ROOT/rh"
    jq "$5" "$RECORDS/guest.json" >edited.json && cp edited.json "$RECORDS/guest.json"
    clear_boot
    refused "${@:1:4}" --vm=guest
}
source='install-distro=rhlike'
INTERNAL=INTERNAL_ERROR

# --- the record ---------------------------------------------------------------------------------
bad 1 UNSUPPORTED_INSTALL_METHOD "guest: install-distro is 'gentoo', .*none of rhlike, sleslike, debianlike, pygrub" \
    'an unknown install-distro' install-distro=gentoo install-repository="$ROOT/rh"
bad 1 UNSUPPORTED_INSTALL_METHOD "install-distro is 'RHLIKE'" 'another case' \
    install-distro=RHLIKE install-repository="$ROOT/rh"
bad 1 UNSUPPORTED_INSTALL_METHOD "install-distro is 'rhlike '" 'a space' \
    install-distro='rhlike ' install-repository="$ROOT/rh"
edited 1 UNSUPPORTED_INSTALL_METHOD "install-distro is ''" 'an empty one' \
    '.other_config."install-distro" = ""'
tree sles boot/i386/vmlinuz-xenpae boot/i386/initrd-xenpae
bad 1 INVALID_SOURCE 'no kernel where a tree of the family rhlike .*install-distro.*install-distro is not set' \
    'a missing install-distro, and not rhlike' install-repository="$ROOT/sles"
bad 1 INVALID_SOURCE 'guest has no install-repository; set it: eliloader vm set guest ' \
    'no repository' install-distro=rhlike
edited 1 INVALID_SOURCE 'no install-repository' 'an empty repository' \
    '.other_config."install-repository" = ""'
for url in ftpp://h/x htp://h/ http:/h/x http//h/x /srv/x h/x gopher://h/ HTTP; do
    bad 1 INVALID_SOURCE 'repository|URL' "repository $url" $source install-repository="$url"
done
for url in http:// http:///x 'http://h:0x50/' http://h:99999/ 'http://[::1/' 'http://a b/' \
    'http://h/ x' 'http://h/?q' 'http://h/#f'; do
    bad 1 INVALID_SOURCE 'repository|URL' "repository '$url'" $source install-repository="$url"
done
for url in tftp://me:s3cret@h/x file:///srv; do
    kind=${url%%:*}
    bad 1 INVALID_SOURCE "guest: this version cannot install from .* '$kind'; use" \
        "repository $url" $source install-repository="$url"
    unlike "$(cat err)" s3cret "repository $url: no password is shown"
done
bad 1 INVALID_SOURCE 'debian-release' 'no debian-release' \
    install-distro=debianlike install-repository="$ROOT/deb"
bad 1 INVALID_SOURCE 'debian-release' 'a debian-release that goes up' \
    install-distro=debianlike install-repository="$ROOT/deb" debian-release=../../x
bad 1 INVALID_SOURCE 'install-arch.*sparc' 'an unknown install-arch' \
    $source install-repository="$ROOT/rh" install-arch=sparc
bad 1 INVALID_SOURCE 'install-kernel is not set' 'pygrub without a kernel' \
    install-distro=pygrub install-repository="$ROOT/rh"
bad 1 INVALID_SOURCE "install-kernel" 'pygrub with a kernel that goes up' \
    install-distro=pygrub install-repository="$ROOT/rh" install-kernel=../../etc/passwd
bad 1 INVALID_SOURCE "install-vnc is 'perhaps'" 'install-vnc' \
    $source install-repository="$ROOT/rh" install-vnc=perhaps
bad 1 $INTERNAL 'install-vncpasswd holds white space' 'a password of two words' \
    $source install-repository="$ROOT/rh" install-vncpasswd='a b'
unlike "$(cat err)" 'a b' 'a password of two words: it is not shown'
# early NAME REGEX: the VM 'guest' is refused before anything is asked of the server.
early() {
    : >"$NGINX_LOG"
    refused 1 $INTERNAL "$2" "$1, early" --vm=guest
    is "$(cat "$NGINX_LOG")" '' "$1: found before anything is fetched"
}
early 'a password of two words' 'install-vncpasswd'
vm_new guest $source install-repository="$ROOT/rh"
jq '.PV_args = "a\nb"' "$RECORDS/guest.json" >new && cp new "$RECORDS/guest.json"
early 'PV_args of two lines' 'PV.args.*control character'
vm_new guest $source install-repository="$ROOT/rh"
jq '.platform."pv-postinstall-kernel-max-size" = 7' "$RECORDS/guest.json" >new &&
    cp new "$RECORDS/guest.json"
early 'a record that cannot move on' 'pv-postinstall-kernel-max-size is a number'
for round in banana 0 -1 1.0 100 ' 1' 1x 18446744073709551617; do
    bad 1 $INTERNAL "guest: install-round is '$round'.*eliloader vm reinstall guest" "install-round=$round" \
        $source install-repository="$ROOT/rh" install-round="$round"
done
for size in banana 0 -1 1.5M 2T; do
    bad 1 $INTERNAL "platform:pv-kernel-max-size is not a size in bytes: '$size'" "a limit of $size" \
        $source install-repository="$ROOT/rh" platform:pv-kernel-max-size=$size
done

edited 1 $INTERNAL "guest.*install-repository is a number" 'a number' \
    '.other_config."install-repository" = 7'
edited 1 $INTERNAL 'install-repository' 'a map in a map' \
    '.other_config."install-repository" = {"a": 1}'
edited 1 $INTERNAL 'install-distro' 'null' '.other_config."install-distro" = null'
edited 1 $INTERNAL 'install-vnc' 'a boolean' '.other_config."install-vnc" = true'
edited 1 $INTERNAL 'install-round' 'a round that is a number' '.other_config."install-round" = 1'
edited 1 $INTERNAL 'other_config' 'other_config is no map' '.other_config = "x"'
edited 1 $INTERNAL 'platform' 'platform is no map' '.platform = []'
edited 1 $INTERNAL 'PV.args' 'PV_args is a list' '.PV_args = ["x"]'
edited 1 $INTERNAL 'PV.bootloader' 'PV_bootloader is a number' '.PV_bootloader = 1'
edited 1 $INTERNAL 'install-args.*8193 bytes.*8192' 'a huge value' \
    '.other_config."install-args" = "x" * 8193'
edited 1 $INTERNAL 'install-args.*control character' 'a newline' \
    '.other_config."install-args" = "a\nkernel /etc/passwd"'
edited 1 $INTERNAL 'PV.args.*control character' 'an escape' '.PV_args = "\u001b[2J"'
edited 1 $INTERNAL 'install-repository.*control character' 'a tab in the URL' \
    '.other_config."install-repository" += "\t"'
for text in '[]' '{"other_config": ' '' '"x"' 'null' '{"a":1}{"b":2}'; do
    vm_new guest
    printf '%s' "$text" >"$RECORDS/guest.json"
    refused 1 $INTERNAL "guest.json is damaged" "a record of '$text'" --vm=guest
done
truncate -s 1048577 "$RECORDS/guest.json"
refused 1 $INTERNAL 'guest.json is larger than 1048576 bytes' 'a record of more than 1 MiB' --vm=guest
rm "$RECORDS/guest.json"
refused 1 $INTERNAL "there is no VM 'guest' in $RECORDS" 'a VM that does not exist' --vm=guest
for id in ../guest .x a/b 'a b' "$(printf '%129s' '' | tr ' ' x)"; do
    refused 1 $INTERNAL 'cannot be a VM: an ID is' "the VM ${id:0:9}" --vm="$id"
done
vm_new 'done' PV-bootloader=pygrub install-repository="$ROOT/rh"
refused 2 - 'done is installed, and no disk' 'an installed VM without a disk' --vm='done'
vm_new second install-round=2 install-distro=rhlike install-repository="$ROOT/rh"
refused 2 - 'second is installed, and no disk' 'a round past the last one' --vm=second

# --- the network --------------------------------------------------------------------------------
# from NAME REGEX REPOSITORY [WORD…]: a rhlike VM with it is refused.
from() {
    local name=$1 regex=$2
    vm_edited guest $source install-repository="$3"
    clear_boot
    refused 1 "${ERROR:-INVALID_SOURCE}" "$regex" "$name" --vm=guest --connect-timeout=5 "${@:4}"
}
from 'a host that is not there' 'host name "no-such-host.invalid" cannot be resolved' \
    http://no-such-host.invalid/rh
port=$(free_port)
from 'a port that is not there' "http://127.0.0.1:$port/.*refuses the connection" \
    "http://127.0.0.1:$port/rh"
from 'no tree' "the repository $ROOT/none has no kernel .*$K .*404" "$ROOT/none"
from 'no kernel' "has no kernel .*$K .*404" "$ROOT/nokernel"
from 'no ramdisk' "$ROOT/noramdisk/$R: the server answers 404.*the kernel is there, its ramdisk is not" \
    "$ROOT/noramdisk"
from '403 for everything' "$ROOT/403/.*: the server answers 403" "$ROOT/403"
tree kernel403 $K $R
from '403 for the kernel' "$ROOT/kernel403/.*vmlinuz.*: the server answers 403" "$ROOT/kernel403"
from 500 "$ROOT/500/.*: the server answers 500.*try again later" "$ROOT/500"
from 503 "$ROOT/503/.*: the server answers 503.*try again later" "$ROOT/503"
from 401 "$ROOT/401/.*: the server answers 401.*user name and a password" "$ROOT/401"
from 'a redirect loop' "$ROOT/loop/.*redirects more than 10 times: a redirect loop" "$ROOT/loop"
from 'a redirect to file:' "redirects to \"file:///etc/passwd\", which is not an http or https" "$ROOT/file"
from 'a redirect to ftp:' 'redirects to "ftp://127.0.0.1/x"' "$ROOT/ftp"
vm_new guest $source install-repository="$ROOT/moved"
boot --vm=guest
is "$status" 0 'a redirect to http is followed'
from 'HTML in place of a kernel' "$ROOT/html/$K is an HTML page, not a kernel" "$ROOT/html"
from 'HTML in place of everything' "is an HTML page, not a" "$ROOT/everything"
from 'HTML in place of a ramdisk' "$ROOT/htmlramdisk/$R is an HTML page, not a ramdisk" \
    "$ROOT/htmlramdisk"
from 'zeros in place of a kernel' "$ROOT/text/$K is not a kernel" "$ROOT/text"
from 'an empty kernel' "$ROOT/small/$K.*empty" "$ROOT/small"
from 'an empty ramdisk' "$ROOT/noinitrd/$R.*empty" "$ROOT/noinitrd"
size=$(stat -c %s "$WWW/rh/$K")
ERROR=LIMITS from 'a kernel over the limit' \
    "$ROOT/rh/$K: the kernel is larger than the limit of $((size - 1)) bytes.*--kernel-max-size|platform:pv-kernel-max-size" \
    "$ROOT/rh" --kernel-max-size=$((size - 1))
like "$(cat err)" "vm set guest platform:pv-kernel-max-size=BYTES.*/dev/null" \
    'a kernel over the limit: how to raise it'
ERROR=LIMITS from 'a ramdisk over the limit' 'the ramdisk is larger than the limit of 1 bytes' \
    "$ROOT/rh" --ramdisk-max-size=1
vm_new guest $source install-repository="$ROOT/rh" platform:pv-ramdisk-max-size=2
clear_boot
refused 1 LIMITS 'the ramdisk is larger than the limit of 2 bytes' "the VM's own limit" --vm=guest

# treeinfo TEXT: the tree "sums" has it.
tree sums $K $R
treeinfo() {
    printf '[general]\nversion = 7\n[images-i386]\nkernel = %s\ninitrd = %s\n%b' $K $R "$1" \
        >"$WWW/sums/.treeinfo"
}
wrong=$(printf '%064d' 7)
treeinfo "[checksums]\n$K = sha256:$wrong\n"
from 'a wrong checksum of the kernel' "$ROOT/sums/$K.*(checksum|SHA-?256).*$wrong" "$ROOT/sums"
treeinfo "[checksums]\n$R = sha256:$wrong\n"
from 'a wrong checksum of the ramdisk' "$ROOT/sums/$R.*(checksum|SHA-?256).*$wrong" "$ROOT/sums"
treeinfo "[checksums]\n$K = sha256:7\n"
from 'a checksum that is none' '\.treeinfo' "$ROOT/sums"
printf '[general]\nversion = 7\n[images-i386]\nkernel = ../../x\ninitrd = y\n' >"$WWW/sums/.treeinfo"
from 'a path out of the tree' '\.treeinfo.*\.\./' "$ROOT/sums"
head -c $((4 * 1024 * 1024 + 1)) /dev/zero | tr '\0' '#' >"$WWW/sums/.treeinfo"
from 'metadata without end' '\.treeinfo.*larger than' "$ROOT/sums"
current=dists/bookworm/main/installer-amd64/current/images
linux=netboot/debian-installer/amd64/linux
tree deb $current/$linux $current/netboot/debian-installer/amd64/initrd.gz
for sums in SHA256SUMS MD5SUMS; do
    digits=64
    [ $sums = SHA256SUMS ] || digits=32
    printf '%0*d  ./%s\n' $digits 7 $linux >"$WWW/deb/$current/$sums"
    bad 1 INVALID_SOURCE "$linux.*0007" "a wrong sum in $sums" install-distro=debianlike \
        install-arch=amd64 debian-release=bookworm install-repository="$ROOT/deb"
    rm "$WWW/deb/$current/$sums"
done

# What a real server cannot be made to do. The server closes, stalls, says too much.
fault() {
    local name=$1 regex=$2 path=$3
    shift 3
    from "$name" "$regex" "http://127.0.0.1:$faulty_port/$path" "$@"
}
if [ -e "$TESTS/servers/faulty.py" ]; then
    mkdir -p faults
    fake_kernel faults/vmlinuz "$(head -c 65536 /dev/zero | tr '\0' k)"
    fake_ramdisk faults/initrd.img
    exec {from_faulty}< <(exec python3 "$TESTS/servers/faulty.py" "$WORK/faults")
    faulty=$!
    at_exit kill "$faulty"
    read -r faulty_port <&"$from_faulty"
    fault 'a body that ends early' 'vmlinuz.*(closed|ended) after' drops-unnamed@vmlinuz/x
    fault 'a body that stalls' 'vmlinuz.*nothing came for 1 seconds.*--stall-timeout' stall@vmlinuz/x \
        --stall-timeout=1
    ERROR=LIMITS fault 'a body without end' 'vmlinuz.*larger than the limit' endless@vmlinuz/x \
        --kernel-max-size=1M
    fault 'a server that is none' 'does not speak HTTP|not HTTP' not-http/x
    fault 'a server that says nothing' '(closes the connection|without an answer|closed)' closes/x
fi

# --- two at once --------------------------------------------------------------------------------
nginx_start "$WWW" "location /slow/ { alias $WWW/big/; limit_rate 64k; }"
fake_kernel "$WWW/big/$K" "$(head -c 524288 /dev/zero | tr '\0' k)"
fake_ramdisk "$WWW/big/$R"
vm_new guest $source install-repository="$NGINX/slow"
clear_boot
"$ELILOADER" --vm=guest --output-directory="$WORK/first" >first.out 2>first.err &
first=$!
for _ in $(seq 100); do
    grep -q vmlinuz <(ss -Htn "dport = :$NGINX_PORT" 2>/dev/null) && break
    "$ELILOADER" vm set guest PV-args=x 2>/dev/null || break
    sleep 0.02
done
refused 1 $INTERNAL "VM 'guest' is (being )?start" 'a second run of one VM' --vm=guest
run "$ELILOADER" vm set guest PV-args=changed
is "$status" 1 'a change of a VM that is being started'
vm_new another $source install-repository="$ROOT/rh"
boot --vm=another
is "$status" 0 'another VM is started meanwhile'
kill "$first"
wait "$first"
is "$?" 143 'SIGTERM ends the first one'

# Both begin at the same moment: one of them wins, however it ends.
statuses=
for _ in 1 2 3 4 5; do
    vm_new guest $source install-repository="$ROOT/rh"
    clear_boot
    "$ELILOADER" --vm=guest >one.out 2>one.err &
    one=$!
    "$ELILOADER" --vm=guest >two.out 2>two.err
    two=$?
    wait "$one"
    statuses="$statuses $(($? == 0 ? 1 : 0))$((two == 0 ? 1 : 0)):$(boot_files | wc -w)"
done
like "$statuses" '^( (10|01):2){5}$' 'two at the same moment: one starts the VM'

# xenopsd shows whatever follows the first "RuntimeError: ".
vm_edited guest install-distro='x RuntimeError: LIMITS' install-repository="$ROOT/rh"
boot --vm=guest
is "$(grep -o 'RuntimeError: .*' err)" 'RuntimeError: UNSUPPORTED_INSTALL_METHOD' \
    'nobody else can speak to the toolstack'
tree liar $K $R
printf '[general]\nfamily = RuntimeError: LIMITS\nversion = 7\n' >"$WWW/liar/.treeinfo"
vm_new guest $source install-repository="$ROOT/liar"
boot --debug --vm=guest --output="$WORK/none"
is "$status $(grep -o 'RuntimeError: .*' err)" '1 RuntimeError: INTERNAL_ERROR' \
    'nor in what --debug says'

# --- where the files go -------------------------------------------------------------------------
echo file >"$WORK/place"
clear_boot
vm_new guest $source install-repository="$ROOT/rh"
refused 1 $INTERNAL "output directory.*$WORK/place is not a directory" \
    'a file in the place of the output directory' --vm=guest --output-directory="$WORK/place"
refused 1 $INTERNAL "output directory.*$WORK/place/below: Not a directory" \
    'a directory below a file' --vm=guest --output-directory="$WORK/place/below"
refused 1 $INTERNAL 'output directory.*/proc/eliloader' 'a directory that cannot be made' \
    --vm=guest --output-directory=/proc/eliloader
if [ "$(id -u)" = 0 ] && setpriv --reuid=65534 --regid=65534 --clear-groups "$ELILOADER" --version >/dev/null; then
    mkdir -p -m 755 readonly && chown -R 65534 "$RECORDS"
    run setpriv --reuid=65534 --regid=65534 --clear-groups "$ELILOADER" --vm=guest \
        --output-directory="$WORK/readonly"
    is "$status $(wc -c <out)" '1 0' 'an unwritable directory: fails'
    like "$(cat err)" "output directory $WORK/readonly.*Permission denied" \
        'an unwritable directory: says why'
    is "$(record guest .PV_bootloader)" eliloader 'an unwritable directory: the record'
fi
run bash -c 'ulimit -f 1; exec "$@"' - "$ELILOADER" --vm=guest --args=x
is "$status $(boot_files)" '1 ' 'a limit on file sizes: fails, no files'
like "$(cat err)" 'cannot write the kernel.*File too large.*RLIMIT_FSIZE' 'a limit on file sizes: says why'
is "$(record guest .PV_bootloader)" eliloader 'a limit on file sizes: the record'
mkdir -p full
if mount -t tmpfs -o size=64k none full 2>/dev/null; then
    at_exit umount -l "$WORK/full"
    vm_new guest $source install-repository="$NGINX/slow"
    nginx_start "$WWW"
    vm_new guest $source install-repository="$NGINX/big"
    refused 1 LIMITS 'full has 64 KiB free, of which 64 MiB stay free .*no room for a kernel' \
        'less room than stays free' --vm=guest --output-directory="$WORK/full"
    echo 'output-reserve = 0' >full.conf
    refused 1 LIMITS 'full has 64 KiB free, of which 0 bytes stay free .*no room' 'a full disk' \
        --vm=guest --output-directory="$WORK/full" --config=full.conf
    is "$(find full -type f)" '' 'a full disk: no files there'
fi

done_testing
