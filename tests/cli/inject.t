#!/usr/bin/env bash
# install-inject: files of dom0 behind an installer's ramdisk. Which may be, whoever says it, and that
# cpio(1) takes what is made. That kernels do: e2e/inject_boot.t.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"

nginx_start "$WWW"
mkdir no-maps files
export ELILOADER_MAP_DIR=$WORK/no-maps
tree pxe images/pxeboot/vmlinuz images/pxeboot/initrd.img
RAMDISK=$WWW/pxe/images/pxeboot/initrd.img
echo 'text; rootpw secret' >files/ks.cfg
printf '#!/bin/sh\n' >files/script
: >files/empty
head -c 70001 /dev/urandom >files/random
chmod 600 files/ks.cfg && chmod 755 files/script
touch -d @1500000000 files/*

# injects RAMDISK WORD…: a location with this ramdisk boots with these options.
injects() {
    clear_boot
    cp "$1" "$RAMDISK"
    shift
    boot --vm=guest --location="$WWW/pxe" "$@"
}
# archive BYTES: what stands behind the BYTES of the vendor's ramdisk and 4 of zeros, as cpio lists it.
archive() {
    tail -c +$(($1 / 4 * 4 + ($1 % 4 ? 4 : 0) + 5)) "$(answered ramdisk)" >archive
    cpio -tv --quiet --numeric-uid-gid <archive 2>&1 | sed -E 's/  +/ /g' | cut -d' ' -f1-5,9-
}
vm_new guest

# --- what is made -------------------------------------------------------------------------------
(cd files && echo empty | cpio -o -H newc --quiet | gzip -9n) >vendor.gz
size=$(stat -c %s vendor.gz)
injects vendor.gz --install-inject="$WORK/files/ks.cfg,files/script=run=me.sh" --install-inject=files/empty
# A name begins behind the last '='.
clear_boot
refused 1 SUPPORT_PACKAGE_MISSING 'install-inject: cannot open files/script=run: No such file' 'a file that is not there' \
    --vm=guest --location="$WWW/pxe" --install-inject="files/script=run=me.sh"
injects vendor.gz --install-inject="$WORK/files/ks.cfg,files/script=me.sh" --install-inject=files/empty
is "$status $(cat err)" '0 ' 'three files are injected'
cmp -n "$size" vendor.gz "$(answered ramdisk)"
ok $? "the vendor's ramdisk is as it was"
TZ=UTC is "$(archive "$size")" "-rw------- 1 0 0 $(stat -c %s files/ks.cfg) ks.cfg
-rwxr-xr-x 1 0 0 10 me.sh
-rw-r--r-- 1 0 0 0 empty" 'cpio lists them, with their modes, as root'\''s, and complains of nothing'
mkdir into && (cd into && cpio -i -m --quiet <../archive)
for name in ks.cfg script empty; do
    cmp files/$name into/${name/script/me.sh}
    ok $? "$name is what it was"
done
is "$(stat -c %Y into/*)" $'1500000000\n1500000000\n1500000000' 'their times too'
is "$(tail -c 4 "$(answered ramdisk)" | od -An -tx1) $(($(stat -c %s archive) % 512))" ' 00 00 00 00 0' \
    'the file ends in zeros, where cpio(1) would end it'
# Wherever the vendor's ends, the archive begins where a kernel looks for it.
for more in 0 1 2 3; do
    head -c $((100 + more)) /dev/zero | cat vendor.gz - >vendor
    injects vendor --install-inject=files/random=x
    cmp -s files/random <(archive "$(stat -c %s vendor)" >list && cpio -i --quiet --to-stdout x <archive)
    ok $? "behind $(($(stat -c %s vendor) % 4)) bytes more than a multiple of 4"
done
rm "$RAMDISK"
clear_boot
boot --vm=guest --location="$WWW/pxe" --kernel=images/pxeboot/vmlinuz --install-inject=files/ks.cfg
is "$status $(cat err) $(cpio -t --quiet <"$(answered ramdisk)")" '0  ks.cfg' 'without a ramdisk, the archive is one'

# --- in each way of booting ---------------------------------------------------------------------
cp vendor.gz "$RAMDISK"
# there NAME [FILE]: the answer's ramdisk holds FILE.
there() {
    is "$status $(cat err) $(archive "$size" | cut -d' ' -f6-)" "0  ${2:-ks.cfg}" "$1"
}
clear_boot
run "$BUILD/bin/xenpvnetboot" --output-format=simple --location="$WWW/pxe" --install-inject=files/ks.cfg
there 'xenpvnetboot'
run "$ELILOADER" fetch --install-inject=files/ks.cfg "$NGINX/pxe"
there 'fetch'
cat >settings.conf <<EOF
install-inject = $WORK/files/ks.cfg
EOF
# round NAME FILE WORD…: round one of the VM, whose record changes FILE.
round() {
    local name=$1 file=$2
    shift 2
    clear_boot
    boot --config=settings.conf --vm=guest "$@"
    there "$name" "$file"
}
vm_new guest install-repository="$NGINX/pxe"
round 'round one, as the configuration says' ks.cfg
vm_new guest install-repository="$NGINX/pxe" install-inject="$WORK/files/script=from-record"
round 'round one, as the record of root says' from-record
vm_new guest install-repository="$NGINX/pxe" install-inject="$WORK/files/script=from-record"
round 'round one, as the command line says' script --install-inject=files/script
vm_new guest install-repository="$NGINX/pxe" install-inject=none
clear_boot
boot --config=settings.conf --vm=guest
is "$status $(cat err)" '0 ' 'round one, where the record says none'
cmp "$(answered ramdisk)" vendor.gz
ok $? 'where the record says none, the ramdisk is as it came'
vm_new guest install-repository="$NGINX/pxe" PV-bootloader-args="--install-inject=$WORK/files/empty"
round "round one, as the words of root's record say" empty
boot --vm=guest --debug
unlike "$(cat err)" 'put into the ramdisk' 'when it is installed, nothing is injected'
vm_new guest install-repository="$NGINX/pxe"
ELILOADER_INSTALL_INJECT=$WORK/files/empty round 'round one, as the environment says' empty

# What the host keeps of the ramdisk is the vendor's.
for name in first second; do
    rm -rf taken
    run "$ELILOADER" fetch --cache="$WORK/cache" --output-directory="$WORK/taken" --install-inject=files/ks.cfg "$NGINX/pxe"
    is "$status $(tail -c 4 taken/fetched-ramdisk* | od -An -tx1)" '0  00 00 00 00' "with a cache, the $name: is injected"
done
rm -rf taken
run "$ELILOADER" fetch --cache="$WORK/cache" --output-directory="$WORK/taken" "$NGINX/pxe"
cmp taken/fetched-ramdisk* vendor.gz
ok $? 'with a cache, without files: the ramdisk is as it came'

# --- who may say it -----------------------------------------------------------------------------
clear_boot
refused 2 - "option --install-inject may not stand in a VM's PV_bootloader_args" "an editor's words" \
    -q --vm guest --install-inject=/etc/shadow /dev/null
jq -n '{uuid: "editors", PV_bootloader: "eliloader", PV_bootloader_args: "", PV_args: "", platform: {},
    other_config: {"install-repository": "'"$NGINX/pxe"'", "install-inject": "/etc/shadow"}}' >editors.json
# shellcheck disable=SC2016 # for the backend
printf '#!/bin/sh\n[ "$1" = load ] && exec cat "%s/editors.json"\nexec cat >/dev/null\n' "$WORK" >backend
chmod 755 backend
refused 2 - 'VM editors: its other-config:install-inject names files of dom0, and whoever may edit' \
    "an editor's record" --record="$WORK/backend" --vm=editors
echo 'trust-bootloader-args = yes' >trust.conf
jq '.other_config."install-inject" = "'"$WORK/files/ks.cfg"'"' editors.json >edited && mv edited editors.json
clear_boot
boot --config=trust.conf --record="$WORK/backend" --vm=editors
there "an editor's record where every editor is root"

# --- what is refused ----------------------------------------------------------------------------
vm_new guest
# not_injected ERROR REGEX NAME LIST
not_injected() {
    local want=1
    clear_boot
    [ "$1" != - ] || want=2
    refused $want "$1" "$2" "$3" --vm=guest --location="$WWW/pxe" --install-inject="$4"
}
not_injected - 'install-inject: .. names no file' 'nothing between two commas' files/ks.cfg,,files/script
not_injected - 'names no file' 'a name of nothing' =ks.cfg
not_injected - "its name in the ramdisk, '', is empty" 'a folder' files/
not_injected - "its name in the ramdisk, '', is empty" 'an empty name' files/ks.cfg=
not_injected - "'..', is a folder's" 'a name that leads upwards' files/ks.cfg=..
not_injected - "holds a '/'" 'a name in a folder' files/ks.cfg=../../bin/sh
not_injected - 'holds control characters' 'a name with a newline' $'files/ks.cfg=a\nb'
not_injected - 'TRAILER!!!., ends an archive' 'the end of an archive' 'files/ks.cfg=TRAILER!!!'
not_injected - "files/ks.cfg and files/script would both be 'x'" 'a name twice' files/ks.cfg=x,files/script=x
not_injected - 'is too long' 'a long name' "files/ks.cfg=$(printf %0256d 0)"
not_injected - 'more than 64 files' 'too many files' "$(printf 'files/empty=%d,' {1..64})files/empty"
not_injected SUPPORT_PACKAGE_MISSING 'cannot use files: it is a directory; name the files' 'a directory' files
mkfifo files/fifo
not_injected SUPPORT_PACKAGE_MISSING 'cannot use files/fifo: it is not a regular file' 'a fifo' files/fifo
truncate -s 4294967296 files/large
not_injected LIMITS 'files/large makes the ramdisk larger than the limit of 512 MiB' 'a file without end' files/large
for name in "$(printf %0255d 0)" 'TRAILER!!' '...' 'ä b'; do
    injects vendor.gz --install-inject="files/ks.cfg=$name"
    there "the name '${name:0:20}' is one" "$name"
done
echo 'install-inject = files/ks.cfg' >relative.conf
clear_boot
refused 2 - "install-inject: 'files/ks.cfg' is no absolute path" 'a relative path in the configuration' \
    --config=relative.conf --vm=guest --location="$WWW/pxe"

# Links, where somebody else could have made them.
mkdir theirs && chmod 777 theirs
echo mine >theirs/file && ln -s ../files/ks.cfg theirs/link && ln files/script theirs/hard
if [ "$(id -u)" = 0 ]; then
    not_injected SUPPORT_PACKAGE_MISSING 'theirs can be written to by everybody, who could put any file' \
        "root's run, a file in a folder of others'" "$WORK/theirs/file"
fi
# by_hand LIST
by_hand() {
    clear_boot
    run "$ELILOADER" fetch --install-inject="$1" "$NGINX/pxe"
}
by_hand /dev/null
like "$status $(cat err)" '^1 .*cannot use /dev/null: it is not a regular file' 'a device'
by_hand theirs/link
like "$status $(cat err)" "^1 .*cannot use theirs/link: it is a symbolic link" "by hand, a link in a folder of others'"
ln -s "$WORK/files" theirs/folder
by_hand theirs/folder/ks.cfg
like "$status $(cat err)" "^1 .*cannot use theirs/folder/ks.cfg: it is a symbolic link, or is behind one" \
    "by hand, behind a link in a folder of others'"
by_hand theirs/hard
like "$status $(cat err)" '^1 .*cannot use theirs/hard: it has other names too' 'by hand, a hard link there'
by_hand theirs/file
there "by hand, a file in a folder of others'" file
ln -s ks.cfg files/link
injects vendor.gz --install-inject=files/link
there "a link in a folder of one's own" link

# --- what takes no files ------------------------------------------------------------------------
# unfit REGEX NAME FILE: the ramdisk FILE is refused.
unfit() {
    cp "$3" "$RAMDISK"
    not_injected INVALID_SOURCE "$1" "$2" files/ks.cfg
}
mke2fs -q -t ext2 -F ext2 256 >/dev/null 2>&1 && gzip -9k ext2
unfit 'the ramdisk is an ext2 filesystem, and files can only be put behind a cpio archive' 'ext2' ext2.gz
unfit 'the ramdisk is an ext2 filesystem' 'ext2 as it is' ext2
printf 'squashfs' >text
unfit 'the ramdisk is no cpio archive that kernels unpack' 'text' text
(cd files && echo empty | cpio -o -H odc --quiet) >old-cpio
unfit 'the ramdisk is no cpio archive that kernels unpack' 'the old format of cpio' old-cpio
: >nothing
head -c 20 vendor.gz >cut-off
unfit 'it ends in the middle of its compressed data' 'a ramdisk that is cut off' cut-off
for packer in 'xz --check=crc32' 'zstd -q' bzip2 lzma 'lz4 -lq' 'lzop'; do
    (cd files && echo empty | cpio -o -H newc --quiet) | $packer -c >packed
    injects packed --install-inject=files/ks.cfg
    is "$status $(archive "$(stat -c %s packed)" | cut -d' ' -f6-)" '0 ks.cfg' "behind ${packer%% *}"
done
tree netbsd binary/kernel/netbsd-INSTALL_XEN3_DOMU.gz none
clear_boot
run "$ELILOADER" fetch --distro=netbsdlike --arch=x86_64 --install-inject=files/ks.cfg "$NGINX/netbsd"
like "$status $(cat err)" '^1 .*fetch: files cannot be injected into an installer of the family netbsdlike' \
    "a kernel that holds its ramdisk"

# --- the limit ----------------------------------------------------------------------------------
injects vendor.gz --install-inject=files/random
whole=$(stat -c %s "$(answered ramdisk)")
for limit in $((whole - 1)) "$whole" $((whole + 1)); do
    injects vendor.gz --install-inject=files/random --ramdisk-max-size="$limit"
    is "$status" $((limit < whole ? 1 : 0)) "a ramdisk of $whole bytes and a limit of $limit"
done
injects vendor.gz --install-inject=files/random --ramdisk-max-size=$((whole - 1))
like "$(cat err)" "with the files of install-inject the ramdisk is larger than the limit of .*\($whole bytes\).*ramdisk-max-size" \
    'which is said, with how to raise it'
like "$(sed -n 's/^RuntimeError: //p' err) $(boot_files)" '^LIMITS $' 'for the toolstack, and no file stays'
done_testing
