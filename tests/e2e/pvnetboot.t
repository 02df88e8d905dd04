#!/usr/bin/env bash
# xenpvnetboot, and --location: from web servers, directories and images.
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"

# shellcheck source=../location.sh
. "$TESTS/location.sh"

# shellcheck disable=SC2016 # for nginx
nginx_start "$WWW" 'location /forbidden/ { return 403; }
    location /login/ { return 200 "<html>log in</html>"; }
    location /moved/ { rewrite ^/moved/(.*) /pxe/$1 redirect; }
    location /query/ { if ($arg_key != "a%2Bb") { return 404; } rewrite ^/query/(.*) /pxe/$1 break; }'

# --- the answer, and its forms ------------------------------------------------------------------
clear_boot
boot --location="$NGINX/pxe" --args='a b' /dev/nowhere
like "$(cat out)" "^linux \(kernel $BOOT/eliloader-kernel\.[a-z2-7]{8}\)\(ramdisk $BOOT/eliloader-ramdisk\.[a-z2-7]{8}\)\(args \"a b\"\)$" \
    'sxp by default; a disk is not looked at'
is "$status $(wc -l <out) $(cat err)" '0 1 ' 'and nothing else'
for program in "$BUILD/bin/eliloader" "$BUILD/bin/../bin/xenpvnetboot"; do
    clear_boot
    run "$program" --location "$NGINX/pxe" -q
    like "$(cat out)" '^linux \(kernel [^)]*\)\(ramdisk [^)]*\)$' "${program##*/}: sxp without args"
done
clear_boot
boot --location="$NGINX/pxe" --args=a --output-format=simple
is "$(parse_simple out "$BOOT" | sed -E '/^args/!s/\.[a-z2-7]{8}$//' | xargs)" \
    "kernel=$BOOT/eliloader-kernel ramdisk=$BOOT/eliloader-ramdisk args=a" 'simple'
for form in sxp simple simple0; do
    clear_boot
    printf '%200s' old >answer
    boot --location="$NGINX/pxe" --args=a --output=answer --output-format=$form
    is "$status $(wc -c <out)" '0 0' "$form into a file: nothing on stdout"
    case $form in
    sxp) like "$(cat answer)" '^linux \(kernel .*\)\(ramdisk .*\)\(args "a"\)$' "$form into a file" ;;
    simple) is "$(parse_simple answer "$BOOT" | sed 's/=.*//' | xargs)" 'kernel ramdisk args' "$form into a file" ;;
    simple0) is "$(parse_simple0 answer | sed 's/=.*//' | xargs)" 'kernel ramdisk args' "$form into a file" ;;
    esac
done
clear_boot
boot --location="$NGINX/pxe" --output=-
like "$(cat out)" '^linux ' '--output=- is stdout'
is "$(stat -c %a "$(sed 's/^linux (kernel \([^)]*\)).*/\1/' out)")" 600 'files are private'

# --- from a web server --------------------------------------------------------------------------
gives 'http, no paths' "$PXE/vmlinuz" "$PXE/initrd.img" --location="$NGINX/pxe/"
gives 'http, in capitals' "$PXE/vmlinuz" "$PXE/initrd.img" --location="HTTP${NGINX#http}/pxe"
gives 'http, both paths' "$PXE/vmlinuz" "$TREES/pxe/sub/rd;1" --location="$NGINX/pxe" \
    --kernel=images/pxeboot/vmlinuz --ramdisk='//sub/rd;1'
gives 'http, a kernel alone' "$PXE/vmlinuz" - --location="$NGINX/pxe" --kernel=/images/pxeboot/vmlinuz
gives 'http, a ramdisk alone' "$PXE/vmlinuz" "$TREES/pxe/sub/rd;1" --location="$NGINX/pxe" \
    --ramdisk='sub/rd;1'
gives 'http, a name with everything' "$TREES/pxe/my kernel%41+é" - --location="$NGINX/pxe" \
    --kernel='my kernel%41+é'
gives 'http, a redirect' "$PXE/vmlinuz" "$PXE/initrd.img" --location="$NGINX/moved/"
gives 'http, a query' "$PXE/vmlinuz" - --location="$NGINX/query/?key=a%2Bb" \
    --kernel=images/pxeboot/vmlinuz
gives 'NetBSD' "$TREES/netbsd/$NETBSD" - --location="$NGINX/netbsd" --kernel=$NETBSD
is "$(grep -c ' /netbsd/' "$NGINX_LOG")" 1 'a tree whose kernel is named is asked for nothing else'
not_from INVALID_SOURCE '127.0.0.1:.* has no kernel at gone/k' 'http, no such kernel' \
    --location="$NGINX/pxe" --kernel=gone/k
not_from INVALID_SOURCE '404 Not Found: the kernel is there, its ramdisk is not' 'http, no such ramdisk' \
    --location="$NGINX/pxe" --kernel=images/pxeboot/vmlinuz --ramdisk=gone
not_from INVALID_SOURCE 'no kernel in any of the [0-9]+ places' 'http, no kernel' --location="$NGINX/none"
gives 'NetBSD, which is searched for' "$TREES/netbsd/$NETBSD" - --location="$NGINX/netbsd"
not_from INVALID_SOURCE '403' 'http, forbidden' --location="$NGINX/forbidden" --kernel=k
not_from INVALID_SOURCE 'is an HTML page' 'http, a login page' --location="$NGINX/login/" --kernel=k
not_from INVALID_SOURCE 'is not a kernel' 'http, something else' --location="$NGINX/pxe" --kernel=text
not_from INVALID_SOURCE 'is empty' 'http, an empty file' --location="$NGINX/pxe" --kernel=empty
not_from INVALID_SOURCE 'refuses the connection' 'http, no server' --location=http://127.0.0.1:1/ --kernel=k
for path in ../pxe/text a/../../b 'http://h/k' / 'a/' $'a\nb'; do
    not_from INVALID_SOURCE 'kernel' "http, the path $(printf %q "$path")" --location="$NGINX/pxe" --kernel="$path"
    not_from INVALID_SOURCE 'ramdisk' "http, the ramdisk $(printf %q "$path")" --location="$NGINX/pxe" \
        --kernel=images/pxeboot/vmlinuz --ramdisk="$path"
done
gives 'http, a limit' "$PXE/vmlinuz" "$PXE/initrd.img" --location="$NGINX/pxe" --kernel-max-size="$size"
not_from LIMITS 'kernel.*--kernel-max-size' 'http, a limit passed' --location="$NGINX/pxe" \
    --kernel-max-size=$((size - 1))
not_from LIMITS 'ramdisk.*--ramdisk-max-size' 'http, a limit of the ramdisk passed' \
    --location="$NGINX/pxe" --ramdisk-max-size=10

# A tree that says what it is comes before any guess; one that is wrong does not hide its files.
tree info images/pxeboot/vmlinuz images/pxeboot/initrd.img
tree info own/k own/r
printf '[general]\nfamily = Fedora\nversion = 39\narch = x86_64\n[images-x86_64]\nkernel = own/k\ninitrd = own/r\n' \
    >"$TREES/info/.treeinfo"
gives 'http, .treeinfo decides' "$TREES/info/own/k" "$TREES/info/own/r" --location="$NGINX/info"
printf '[checksums]\nown/k = sha256:%064d\n' 0 >>"$TREES/info/.treeinfo"
not_from INVALID_SOURCE 'the file is damaged' 'http, .treeinfo knows its sum' --location="$NGINX/info"
sed -i 's,own/k,gone/k,' "$TREES/info/.treeinfo"
gives 'http, .treeinfo is wrong' "$TREES/info/images/pxeboot/vmlinuz" \
    "$TREES/info/images/pxeboot/initrd.img" --location="$NGINX/info"

# Debian: with a release in the URL, as xenpvnetboot's users named it, and with none.
DEBIAN=deb/dists/bookworm/main/installer-amd64
NETBOOT=current/images/netboot/debian-installer/amd64
tree $DEBIAN $NETBOOT/linux $NETBOOT/initrd.gz
printf 'Origin: Debian\nCodename: bookworm\nArchitectures: amd64 i386\n' >"$TREES/deb/dists/bookworm/Release"
ln -s bookworm "$TREES/deb/dists/stable"
for url in deb/dists/bookworm $DEBIAN; do
    gives "http, $url" "$TREES/$DEBIAN/$NETBOOT/linux" "$TREES/$DEBIAN/$NETBOOT/initrd.gz" --location="$NGINX/$url/"
    gives "a directory, $url" "$TREES/$DEBIAN/$NETBOOT/linux" "$TREES/$DEBIAN/$NETBOOT/initrd.gz" \
        --location="$TREES/$url"
done
not_from INVALID_SOURCE 'no kernel in any of the [0-9]+ places' 'http, a mirror and no release' --location="$NGINX/deb"
like "$(cat "$NGINX_LOG")" ' /deb/dists/stable/Release 200' 'which was recognised'

# --- K and R by themselves ----------------------------------------------------------------------
FIRST=$NGINX
mkdir -p other
cp "$TREES/pxe/sub/rd;1" other/initrd
make_certificates certificates
nginx_start_tls "$WORK/other" "$WORK/certificates/server.pem" "$WORK/certificates/server.key"
SECOND=$NGINX
gives 'two URLs of one folder' "$PXE/vmlinuz" "$PXE/initrd.img" \
    --kernel="$FIRST/pxe/images/pxeboot/vmlinuz" --ramdisk="$FIRST/pxe/images/pxeboot/initrd.img"
gives 'one URL' "$TREES/pxe/my kernel%41+é" - --kernel="$FIRST/pxe/my%20kernel%2541+%C3%A9"
gives 'two servers, one of them https' "$PXE/vmlinuz" other/initrd --cacert=certificates/ca.pem \
    --kernel="$FIRST/pxe/images/pxeboot/vmlinuz" --ramdisk="$SECOND/initrd"
gives 'a URL and a path' "$PXE/vmlinuz" other/initrd \
    --kernel="$FIRST/pxe/images/pxeboot/vmlinuz" --ramdisk="$WORK/other/initrd"
gives 'a file: URL and a URL' "$PXE/vmlinuz" other/initrd --cacert=certificates/ca.pem \
    --kernel="file://$PXE/vmlinuz" --ramdisk="$SECOND/initrd"
not_from INVALID_SOURCE 'certificate' 'https, an unknown CA' --kernel="$PXE/vmlinuz" --ramdisk="$SECOND/initrd"
not_from INVALID_SOURCE '404 Not Found' 'no such ramdisk at its URL' --kernel="$PXE/vmlinuz" --ramdisk="$FIRST/gone"
not_from INVALID_SOURCE 'names no file' 'a URL of a folder' --kernel="$FIRST/pxe/"
not_from INVALID_SOURCE 'names no file' 'a URL of a server' --kernel="$FIRST"
not_from INVALID_SOURCE 'neither a URL nor an absolute path' 'a relative path' --kernel=boot/vmlinuz
not_from INVALID_SOURCE 'ftp://127.0.0.1:1/r: 127.0.0.1:1 refuses the connection' 'ftp' \
    --kernel="$PXE/vmlinuz" --ramdisk=ftp://127.0.0.1:1/r
not_from LIMITS 'ramdisk.*--ramdisk-max-size' 'a limit of a ramdisk at its URL' \
    --kernel="$PXE/vmlinuz" --ramdisk="$FIRST/pxe/sub/rd;1" --ramdisk-max-size=2
clear_boot
boot --debug --kernel="http://me:secret@127.0.0.1:${FIRST##*:}/gone" --args=x
unlike "$(cat err out)" 'secret|me:' 'no password of a URL is shown'
boot --debug --location="http://me:secret@127.0.0.1:${FIRST##*:}/pxe/"
is "$status" 0 'user name and password in a location'
unlike "$(cat err out)" 'secret|me:' 'nor of a location'

# --- for a VM -----------------------------------------------------------------------------------
ELILOADER=$BUILD/bin/eliloader
vm_new guest PV-args=own install-repository="$FIRST/pxe"
before=$(cat "$RECORDS/guest.json")
gives 'NetBSD for a VM' "$TREES/netbsd/$NETBSD" - --vm=guest --location="$FIRST/netbsd" \
    --kernel=$NETBSD --args=more "$WORK/disk"
is "$(answered args) $(cat "$RECORDS/guest.json")" "own more $before" 'its arguments, and its record stays'
gives 'two URLs for a VM' "$PXE/vmlinuz" "$PXE/initrd.img" --vm=guest \
    --kernel="$FIRST/pxe/images/pxeboot/vmlinuz" --ramdisk="$FIRST/pxe/images/pxeboot/initrd.img"
not_from LIMITS 'eliloader vm set guest platform:pv-ramdisk-max-size' 'a limit passed by a VM' \
    --vm=guest --location="$TREES/pxe" --ramdisk-max-size=10
ELILOADER=$BUILD/bin/xenpvnetboot

# --- a signal -----------------------------------------------------------------------------------
clear_boot
mkfifo hang
python3 -c 'import socket, sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
print(s.getsockname()[1], flush=True)
c, _ = s.accept(); print("asked", flush=True); sys.stdin.read()' <hang >silent &
exec 9>hang
for _ in $(seq 200); do [ -s silent ] && break; sleep 0.05; done
"$ELILOADER" --location="http://127.0.0.1:$(head -n1 silent)/" --kernel=k >out 2>err &
pid=$!
for _ in $(seq 200); do grep -q asked silent && break; sleep 0.05; done
kill -TERM $pid
wait $pid
is "$? $(boot_files)" '143 ' 'SIGTERM while fetching: it ends, and leaves no file'
exec 9>&-

# --- against the real one -----------------------------------------------------------------------
# It is a program for Python 2 with the module urlgrabber, neither of which is to be had any more:
# what translates it is Python's own, and urllib stands in for that one function.
REAL=$(find /usr/lib/xen-*/bin -name xenpvnetboot 2>/dev/null | sort | tail -n1)
real_starts() {
    [ -n "$REAL" ] && cp "$REAL" real.py && python3 -W ignore -m lib2to3 -w -n real.py >/dev/null 2>&1 || return
    mkdir -p modules
    cat >modules/urlgrabber.py <<'PYTHON'
import os, shutil, urllib.request
def urlgrab(url, filename, copy_local):
    with urllib.request.urlopen(url if "://" in url else "file://" + os.path.abspath(url)) as f:
        with open(filename, "wb") as out:
            shutil.copyfileobj(f, out)
    return filename
PYTHON
    touch modules/commands.py
    # os.write() takes bytes now.
    sed -i 's/os.write(fd, output)/os.write(fd, output.encode())/' real.py
    PYTHONPATH=modules python3 -W ignore real.py --help >/dev/null 2>&1
}
# same NAME WORD…: both succeed with the same answer but for the files' names, and the same bytes.
same() {
    local name=$1 form
    shift
    for form in '' --output-format=simple --output-format=simple0; do
        clear_boot
        boot --output-directory="$BOOT" ${form:+$form} "$@"
        tr '\0' '\n' <out >ours
        mkdir -p real
        PYTHONPATH=modules python3 -W ignore real.py -q --output-directory="$WORK/real" ${form:+$form} "$@" |
            tr '\0' '\n' >theirs
        is "$(sed -E "s,$BOOT/[^) ]*,FILE,g" ours)" "$(sed -E "s,$WORK/real/[^) ]*,FILE,g" theirs)" \
            "as the real one: $name ${form#--output-format=}"
        is "$(grep -oE "$BOOT/[^) ]*" ours | xargs sha256sum | cut -d' ' -f1)" \
            "$(grep -oE "$WORK/real/[^) ]*" theirs | xargs sha256sum | cut -d' ' -f1)" \
            "as the real one, in bytes: $name ${form#--output-format=}"
    done
}
if real_starts; then
    same 'http' --location="$FIRST/pxe" --args='a b=c'
    same 'http with both' --location="$FIRST/pxe/" --kernel=images/pxeboot/vmlinuz --ramdisk=text
    same 'a directory' --location="$TREES/pxe" --args=x
    same 'file://' --location="file://$TREES/pxe" --ramdisk=text
    same 'URLs alone' --kernel="$FIRST/pxe/images/pxeboot/vmlinuz" --ramdisk="$FIRST/pxe/text" --args=y
else
    echo "# the real xenpvnetboot does not run here"
fi
# Wherever the real one looks for a kernel, so do we.
if [ -n "$REAL" ]; then
    while IFS="'" read -r _ kernel _ ramdisk _; do
        tree "real/$kernel" "$kernel" "$ramdisk"
        gives "where the real one looks: $kernel" "$TREES/real/$kernel/$kernel" \
            "$TREES/real/$kernel/$ramdisk" --location="$TREES/real/$kernel"
        gives "and over http: $kernel" "$TREES/real/$kernel/$kernel" \
            "$TREES/real/$kernel/$ramdisk" --location="$FIRST/real/$kernel"
    done < <(sed -n '/^XEN_PATHS/,/^]/s/^ *(\(.*\)).*/\1/p' "$REAL")
fi
done_testing
