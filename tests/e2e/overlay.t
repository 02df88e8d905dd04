#!/usr/bin/env bash
# Round one with an overlay, from a real server, by the real helpers.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"

needs cpio
mkdir -p maps
export ELILOADER_MAP_DIR=$WORK/maps
md5() { md5sum <"$1" | cut -d' ' -f1; }

# archive NAME FILE=TEXT…: a newc archive of these files.
archive() {
    local name=$1 word
    shift
    rm -rf content && mkdir content
    for word; do
        mkdir -p "content/$(dirname "${word%%=*}")"
        printf '%s' "${word#*=}" >"content/${word%%=*}"
    done
    (cd content && find . -mindepth 1 | sort | cpio -o -H newc --quiet) >"$name"
}
# in_ramdisk FILE: its text in the ramdisk that was answered.
in_ramdisk() {
    cpio -i --quiet --to-stdout "$1" <"$(answered ramdisk)"
}

# tree_of NAME FAMILY VERSION: a tree whose ramdisk is vendor.gz.
tree_of() {
    fake_kernel "$WWW/$1/images/pxeboot/vmlinuz"
    cp vendor.gz "$WWW/$1/images/pxeboot/initrd.img"
    printf '[general]\nfamily=%s\nversion=%s\narch=i386\n' "$2" "$3" >"$WWW/$1/.treeinfo"
}
archive vendor sbin/loader=theirs etc/kept=kept && gzip -n vendor
archive maps/over sbin/loader=ours tmp/updates/new=new
tree_of el5 CentOS 5.4
nginx_start "$WWW"

# installs NAME: a new VM boots; what the log says is in err.
installs() {
    vm_new guest install-repository="$NGINX/$1" ${2+"$2"}
    rm -rf "$BOOT"
    boot --vm=guest --debug
}
as_it_came() {
    is "$status $(md5 "$(answered ramdisk)")" "0 $(md5 vendor.gz)" "$1: used as it came"
}

# --- by its sum -----------------------------------------------------------------------------------
installs el5
as_it_came 'in no table'
like "$(cat err)" 'the ramdisk is in no table' 'in no table: the log says so'
"$ELILOADER" media add vendor.gz --overlay=over --name='CentOS 5.4' >/dev/null
installs el5
is "$status" 0 'taught: boots'
is "$(in_ramdisk sbin/loader) $(in_ramdisk etc/kept) $(in_ramdisk tmp/updates/new)" 'ours kept new' \
    'taught: the overlay is in the ramdisk'
like "$(cat err)" "VM guest: the ramdisk is known as CentOS 5.4 \($WORK/maps/local.map, line 1\)" \
    'taught: the log says by which line'
is "$(record guest .PV_bootloader)" pygrub 'taught: the record moves on'
is "$(boot_files)" 'eliloader-kernel eliloader-ramdisk' 'and no other file is left'
run "$ELILOADER" fetch --output-directory="$BOOT" "$NGINX/el5"
is "$status $(in_ramdisk sbin/loader)" '0 ours' 'eliloader fetch does the same'

# --- limits and failures ------------------------------------------------------------------------
# refused NAME REGEX: nothing is answered, left behind or recorded.
refused() {
    like "$status $(tail -n2 err | xargs)" "^1 RuntimeError: $2" "$1"
    is "$(boot_files) $(record guest .PV_bootloader)" ' eliloader' "$1: nothing is left, no step made"
}
size=$(stat -c %s "$(answered ramdisk)")
installs el5 "platform:pv-ramdisk-max-size=$((size - 1))"
refused 'one byte too large' 'LIMITS .*vm set guest platform:pv-ramdisk-max-size'
installs el5 "platform:pv-ramdisk-max-size=$size"
is "$status" 0 'exactly as large as the limit'
mv maps/over gone
installs el5
refused 'the overlay is missing' "SUPPORT_PACKAGE_MISSING .*$WORK/maps/over is not there, which .*line 1"
head -c 150 gone >maps/over
installs el5
refused 'the overlay is damaged' "[A-Z_]+ .*cannot lay the overlay $WORK/maps/over"
mv gone maps/over
echo 'x cpio over y' >maps/wrong.map
installs el5
refused 'a table is wrong' "INTERNAL_ERROR .*wrong.map, line 1: x is neither"
rm maps/wrong.map

# --- other lines ----------------------------------------------------------------------------------
line() { printf '%s\n' "$@" >maps/local.map; }
line "$(sha256 vendor.gz) cpio - needs nothing" 'tree:*:*:* cpio over all'
installs el5
as_it_came 'known by its SHA-256, needs nothing'
line "$(md5 vendor.gz) cpio+append over appended"
installs el5
is "$status $(cmp -n "$(stat -c %s vendor.gz)" vendor.gz "$(answered ramdisk)" && echo same)" \
    '0 same' 'append: the vendor'\''s file is untouched'
line 'tree:Cent?S:5.[0-4]:i?86 cpio over by its tree'
installs el5
is "$status $(in_ramdisk sbin/loader)" '0 ours' 'a tree pattern'
tree_of el55 CentOS 5.5
installs el55
as_it_came 'a tree pattern that does not fit'

# ext2: a filesystem is changed.
mkdir root && printf theirs >root/init && mke2fs -q -t ext2 -d root fs 1M >mke2fs.log && gzip -n <fs >vendor.gz
tree_of el4 CentOS 4.8
line "$(md5 vendor.gz) ext2 over el4"
installs el4
is "$status $(debugfs -R 'cat sbin/loader' "$(answered ramdisk)" 2>/dev/null)" '0 ours' 'ext2'

# --- the project's own table ------------------------------------------------------------------------
tree_of el53 CentOS 5.3
cp "$TOP/distros/maps/eliloader-trees.map" maps/ && rm maps/local.map
installs el53
as_it_came 'a shipped pattern on a host without the overlays'
like "$(cat err)" "warning: .*\(CentOS 5.3\) is used as it came: its overlay 'el5.3' is not" 'and a warning'
mkdir vendor-set && cp maps/over vendor-set/el5.4
ELILOADER_MAP_DIR=$WORK/maps:$WORK/vendor-set
installs el53
refused 'a shipped pattern on a host with other overlays' "SUPPORT_PACKAGE_MISSING .*el5.3 is not there"
mv vendor-set/el5.4 vendor-set/el5.3
vm_new guest install-repository="$NGINX/el53"
gzip -dc "$WWW/el5/images/pxeboot/initrd.img" | gzip -n >"$WWW/el53/images/pxeboot/initrd.img"
installs el53
is "$status $(in_ramdisk sbin/loader)" '0 ours' 'the overlay is found in another map folder'
done_testing
