#!/usr/bin/env bash
# What bad input gets, the same faults for each kind of source side by side: the sentence names the place and
# the file, whatever brings them. The others have their tests where the kind has its own. Here is B, - cannot be:
#
#                            HTTP          FTP        TFTP         NFS         directory        image, CD
#   missing file             B             B          B            B           B                B
#   something else, empty    B             B          as HTTP      as HTTP     B                B
#   too large                B             B          B            B           B                B
#   control characters       B             B          B            B           B                B
#   links out, in circles    -             -          -            fetch_nfs   B, location      B
#   refused login            fetch_helper  fetch_ftp  -            fetch_nfs   -                -
#   refused connection       fetch_helper  fetch_ftp  fetch_tftp   fetch_nfs   location         cdrom (no medium)
#   no export, its ports     -             -          -            fetch_nfs   -                -
#   stall, drip              fetch_helper  fetch_ftp  fetch_tftp   fetch_nfs   -                -
#   truncation               fetch_helper  fetch_ftp  fetch_tftp   fetch_nfs   -                cdrom (cut off)
#   growth, wrong sizes      fetch_helper  fetch_ftp  fetch_tftp   fetch_nfs   location         unit/iso9660_damage
#   endless answers          fetch_helper  fetch_ftp  fetch_tftp   fetch_nfs   -                unit/iso9660_damage
#   sectors                  -             -          -            -           -                cdrom
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../fetch.sh
. "$TESTS/fetch.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"
# shellcheck source=../servers/vsftpd.sh
. "$TESTS/servers/vsftpd.sh"
needs xorriso

cp files/vmlinuz outside
echo 'no kernel' >tree/images/pxeboot/text
: >tree/images/pxeboot/empty
ln -s ../../../outside tree/images/pxeboot/out
ln -s loop tree/images/pxeboot/loop
xorriso -as mkisofs -quiet -R -o image.iso tree 2>xorriso.log || cat xorriso.log
nginx_start "$WORK/tree"
vsftpd_start "$WORK/tree"
start_server tftp python3 "$TESTS/servers/faulty_tftp.py" "$WORK/files"
TFTP=$port
start_server nfs python3 "$TESTS/servers/faulty_nfs.py" "$WORK/files"
NFS=$port

kinds='http ftp tftp nfs directory image'
# place KIND: where the tree is by that.
place() {
    case $1 in
    http) echo "$NGINX" ;;
    ftp) echo "$VSFTPD" ;;
    tftp) echo "tftp://127.0.0.1:$TFTP/fine" ;;
    nfs) echo "nfs:vers=3,port=$NFS,mountport=$NFS:127.0.0.1:/fine" ;;
    directory) echo "$WORK/tree" ;;
    image) echo "$WORK/image.iso" ;;
    esac
}
# from KIND WORD…
from() {
    clear_boot
    run "$BUILD/bin/xenpvnetboot" --output-format=simple --connect-timeout=2 --stall-timeout=2 --location="$(place "$1")" "${@:2}"
}
# not_from KIND ERROR REGEX NAME WORD…: the sentence says REGEX, and of which place it is; there are no files.
not_from() {
    local kind=$1 error=$2 regex=$3 name=$4 where
    shift 4
    from "$kind" "$@"
    # The address without its port and what stands in front of it: nfs says each option of it too.
    where=$(place "$kind" | sed -E 's/.*127\.0\.0\.1:?//; s/^[0-9]+//')
    like "$status $(sed -n 's/^eliloader: //p' err | tail -n1)" "^1 .*$regex" "$name: $kind"
    like "$(cat err)" "$where" "$name: $kind: says where"
    is "$(sed -n 's/^RuntimeError: //p' err) $(boot_files)" "$error " "$name: $kind: $error, and no files"
}
kernel=--kernel=images/pxeboot/vmlinuz
for kind in $kinds; do
    from "$kind"
    is "$status" 0 "a tree: $kind" || cat err
    cmp -s "$(answered kernel)" files/vmlinuz && cmp -s "$(answered ramdisk)" files/initrd.img
    ok $? "a tree: $kind: both files"
    not_from "$kind" INVALID_SOURCE 'images/pxeboot/gone' 'no such kernel' --kernel=images/pxeboot/gone
    not_from "$kind" INVALID_SOURCE '(pxeboot/gone|ramdisk)' 'no such ramdisk' $kernel --ramdisk=images/pxeboot/gone
    not_from "$kind" LIMITS "(ramdisk|initrd).*limit.*--ramdisk-max-size" 'too large' --ramdisk-max-size=$((RAMDISK_SIZE - 1))
    # What a file is called can neither add a line to what is told nor make a request of its own.
    from "$kind" --kernel=$'images/pxeboot/\nRuntimeError: FORGED'
    is "$status $(grep -c FORGED err) $(sed -n 's/^RuntimeError: //p' err | head -n1 | tr -d A-Z_) $(boot_files)" "1 2  " \
        "a line end in a name: $kind" || cat err
    unlike "$(sed -n '/^RuntimeError: /p' err)" FORGED "a line end in a name: $kind: forges no error"
    from "$kind" --kernel=$'images/pxeboot/\e[2J'
    is "$status $(tr -d '\n -~' <err | wc -c)" '1 0' "an escape sequence in a name: $kind: none on the terminal"
done
# What a server of faults does not have.
for kind in http ftp directory image; do
    not_from $kind INVALID_SOURCE 'pxeboot/text.*is not a kernel|is not a kernel' 'something else' --kernel=images/pxeboot/text
    not_from $kind INVALID_SOURCE 'empty' 'an empty file' --kernel=images/pxeboot/empty
    not_from $kind INVALID_SOURCE 'images' 'a directory as kernel' --kernel=images
done
for kind in directory image; do
    not_from $kind INVALID_SOURCE 'pxeboot/out' 'a link out of the tree' --kernel=images/pxeboot/out
    not_from $kind INVALID_SOURCE 'pxeboot/loop' 'a link to itself' --kernel=images/pxeboot/loop
done
done_testing
