#!/usr/bin/env bash
# Whoever may edit a VM has no power over dom0: what xenopsd makes of PV_bootloader_args and of a
# record, with another guest's disk and dom0's secrets beside it.
# Boundaries: words
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../record_xapi.sh
. "$TESTS/record_xapi.sh"

needs mke2fs jq python3
export ELILOADER_OUTPUT_DIRECTORY=$WORK/boot ELILOADER_RECORD_DIR=$WORK/vms
# pygrub is not asked here: what it finds is another test's.
export ELILOADER_HANDOFF=auto ELILOADER_PYGRUB=/nonexistent
mkdir -p boot v/boot v/etc o/boot/grub dom0
python3 "$TESTS/images/kernel.py" elf 64 pv pvh >v/boot/vmlinuz
cp v/boot/vmlinuz o/boot/vmlinuz-own
cp v/boot/vmlinuz dom0/vmlinuz
echo "root:VICTIMS-SECRET" >v/etc/shadow
echo 'SECRET of dom0' >dom0/secret
printf 'default 0\ntitle own\nroot (hd0)\nkernel /boot/vmlinuz-own ro\n' >o/boot/grub/menu.lst
mke2fs -q -F -t ext4 -d v victim.img 8M
mke2fs -q -F -t ext4 -d o own.img 8M
# shellcheck disable=SC2016 # for the other shell
printf '#!/bin/sh\nid >%s/pwned\nexit 1\n' "$WORK" >evil
chmod +x evil

# new [JSON]: the VM, installed, with JSON over it.
new() {
    xapi_vm "$vm" "$(jq -cn --argjson more "${1-{\}}" '{"PV_bootloader": "eliloader", "PV_args": "",
        "other_config": {"install-round": "done"}, "platform": {}, "xenstore_data": {},
        "VBDs": [{"userdevice": "0", "bootable": true}]} * $more')"
}
xapi_start
new
# shellcheck disable=SC2034 # by name, in refused
current=(-q --vm "$vm")
# shellcheck disable=SC2034 # likewise
older=(-q --default_args= --extra_args= "--vm=$vm")
# xenopsd WORD…: as it calls, with the words in $form.
xenopsd() {
    rm -f pwned boot/*
    run "$ELILOADER" "${form[@]}" "$@" "$WORK/own.img"
}
# left: what a run made.
left() {
    find boot pwned -type f -print0 2>/dev/null | xargs -0
}
# refused NAME WORD…: in both forms; nothing was run, delivered or said on stdout.
refused() {
    local name=$1 which
    shift
    for which in current older; do
        declare -n form=$which
        xenopsd "$@"
        is "$status $(wc -c <out) $(wc -l <err) $(left)" '2 0 1 ' \
            "$name, $which form: refused, and nothing done"
        like "$(cat err)" "(PV_bootloader_args|its editor).*root" "$name, $which form: says why"
    done
}

# --- what works -------------------------------------------------------------------------------
for which in current older; do
    declare -n form=$which
    xenopsd --args=a=b --entry=0
    is "$status $(cat err) $(sed -n 's/^args //p' out)" '0  ro a=b' "an editor's words, $which form: the VM's own disk"
done

# --- another disk, and what is behind an option that takes the toolstack's ----------------------
refused 'another disk' --kernel=/boot/vmlinuz --ramdisk=/etc/shadow "$WORK/victim.img"
for option in --args --extra_args --entry --proxy --pygrub-timeout --kernel --ramdisk --offset --location; do
    refused "another disk, and $option for the own one" --kernel=/boot/vmlinuz --ramdisk=/etc/shadow \
        "$WORK/victim.img" $option
    refused "$option for the own disk" $option
done

# --- programs and files of dom0 -----------------------------------------------------------------
programs_and_files() {
    refused "$1: a program for pygrub" --pygrub="$WORK/evil" --handoff=pygrub
    refused "$1: a program for records" --record="$WORK/evil"
    refused "$1: a file to write" --output="$WORK/dom0/secret"
    refused "$1: a directory of dom0" --location="$WORK/dom0" --kernel=vmlinuz --ramdisk=secret
    refused "$1: a file: URL" --kernel="file://$WORK/dom0/vmlinuz" --ramdisk="file://$WORK/dom0/secret"
}
programs_and_files 'xapi is here'
for option in --not-really --list-entries -n -l -i --help --version --debug --logging=debug; do
    refused "$option" $option
done
# xapi listens where the configuration file says.
echo "xapi-socket = $ELILOADER_XAPI_SOCKET" >conf
socket=$ELILOADER_XAPI_SOCKET
unset ELILOADER_XAPI_SOCKET
export ELILOADER_CONFIG=$WORK/conf
programs_and_files 'xapi-socket is set'
export ELILOADER_CONFIG=/dev/null
# xapi is away for a moment. (A location is only looked at when there is a record.)
export ELILOADER_XAPI_SOCKET=$WORK/nosuch
refused 'xapi is away: a program for records' --record="$WORK/evil"
refused 'xapi is away: a program for pygrub' --pygrub="$WORK/evil" --handoff=pygrub
export ELILOADER_XAPI_SOCKET=$socket
# root once made a record of that VM here.
mkdir -m 700 vms
"$ELILOADER" vm create "$vm" --record=file install-round=done
programs_and_files 'there is a file record'
rm -r vms
# Unless every editor is root.
echo 'trust-bootloader-args = yes' >conf
declare -n form=current
ELILOADER_CONFIG=conf xenopsd --location="$WORK/dom0" --kernel=vmlinuz --ramdisk=secret
is "$status $(cat boot/eliloader-ramdisk*)" '0 SECRET of dom0' 'trusted: a directory of dom0' "$(cat err)"

# --- who boots ----------------------------------------------------------------------------------
echo 'handoff = native' >native.conf
ELILOADER_HANDOFF='' ELILOADER_CONFIG=native.conf refused 'a handoff that the host does not have' --handoff=pygrub
ELILOADER_HANDOFF='' ELILOADER_CONFIG=native.conf xenopsd --handoff=native
is "$status $(cat err)" '0 ' 'the handoff that the host has'
new '{"other_config": {"boot-handoff": "pygrub"}}'
ELILOADER_HANDOFF='' ELILOADER_CONFIG=native.conf xenopsd
like "$status $(cat err)" '^2 .*its editor chose handoff pygrub, and this host.s is native' "nor by the record's key"
new

# --- limits -------------------------------------------------------------------------------------
refused 'a higher limit' --kernel-max-size=65M
refused 'a higher limit, the largest' --ramdisk-max-size=1T
xenopsd --kernel-max-size=64M
is "$status $(cat err)" '0 ' 'a limit as it is'
xenopsd --kernel-max-size=100
like "$status $(cat err)" '^1 .*kernel.*limit' 'a lower one, which counts'
# The record's key, to the host's ceiling: at it, below it, above it.
size=$(stat -c %s v/boot/vmlinuz)
# limited PLATFORM CEILING: the status of a boot; the host's own limit is too small for the kernel.
limited() {
    printf 'kernel-max-size = 100\nkernel-max-size-ceiling = %s\n' "$2" >conf
    new "{\"platform\": {\"pv-kernel-max-size\": \"$1\"}}"
    ELILOADER_CONFIG=conf xenopsd
}
limited 1T "$size"
is "$status $(cat err)" '0 ' "the record's limit, a ceiling of the kernel's size"
limited 1T $((size - 1))
like "$status $(cat err)" "^1 .*$((size - 1)).*host's ceiling.*kernel-max-size-ceiling in conf" 'one byte less: says which'
limited "$size" 1T
is "$status $(cat err)" '0 ' 'below the ceiling, it counts'
limited $((size - 1)) 1T
like "$status $(cat err)" "^1 .*$((size - 1)).*platform:pv-kernel-max-size" 'and lowers'
limited 1T 1
like "$status $(cat err)" "^1 .*limit is 100 .*host's ceiling" "no ceiling is below the host's own limit"
new
# root's own file has no ceiling.
printf 'kernel-max-size = 100\nkernel-max-size-ceiling = 1K\n' >conf
mkdir -m 700 vms
"$ELILOADER" vm create web1 --record=file install-round=done platform:pv-kernel-max-size="$size"
run env ELILOADER_CONFIG=conf "$ELILOADER" --vm=web1 -q own.img
is "$status $(cat err)" '0 ' "a record that is root's has no ceiling"
rm -r vms

# --- room ---------------------------------------------------------------------------------------
rm -f boot/*
echo 'output-reserve = 1T' >conf
ELILOADER_CONFIG=conf xenopsd
like "$status $(sed -n 2p err) $(head -n1 err)" \
    "^1 RuntimeError: LIMITS .*boot has .* free, of which 1(\.00)? TiB stay free .output-reserve in conf.*no room" \
    'no room beside the reserve'
is "$(ls boot)" '' 'no room: no file'
for how in "own.img" "--location=$WORK/dom0 --kernel=vmlinuz"; do
    # shellcheck disable=SC2086 # words
    run env ELILOADER_CONFIG=conf "$ELILOADER" $how
    like "$status $(head -n1 err)" '^1 .*boot has .* free' "no room, without a VM: ${how%%=*}"
done
run env ELILOADER_CONFIG=conf "$ELILOADER" -n own.img
is "$status" 0 'what copies nothing needs no room'
echo 'output-reserve = 0' >conf
ELILOADER_CONFIG=conf xenopsd
is "$status $(cat err)" '0 ' 'a reserve of nothing'
if unshare -m true 2>/dev/null; then
    # A filesystem of its own with 4 MiB, of which 2 stay free: 512 KiB are a kernel's.
    echo 'output-reserve = 2M' >conf
    truncate -s 512K dom0/fits dom0/large
    truncate -s 524289 dom0/large
    for file in vmlinuz:fits large:fits; do
        kernel=${file%:*}
        head -c 64K v/boot/vmlinuz | cat - /dev/zero | head -c "$(stat -c %s "dom0/$kernel")" >dom0/k
        [ "$kernel" = vmlinuz ] && cp v/boot/vmlinuz dom0/k
        # shellcheck disable=SC2016 # for the other shell
        run env ELILOADER_CONFIG=conf unshare -m sh -c 'mount -t tmpfs -o size=4M none boot &&
            "$0" -q --location="$PWD/dom0" --kernel=k --ramdisk=fits' "$ELILOADER"
        if [ "$kernel" = vmlinuz ]; then
            is "$status" 0 'little room: what fits is booted' "$(cat err)"
        else
            like "$status $(cat err)" '^1 .*the limit.*all the room that there is.*output-reserve' \
                'little room: one byte more does not fit'
        fi
    done
fi

# --- a record that is not root's, under xl ---------------------------------------------------------
xl() {
    rm -f pwned boot/* xl.out
    : >xl.out
    run "$ELILOADER" --output=xl.out --output-format=simple0 --output-directory="$WORK/boot" --record="$WORK/program" \
        --vm=web1 "$@" "$WORK/own.img"
}
# record ARGS: what the program says of the VM.
record() {
    # shellcheck disable=SC2016 # for the other shell
    printf '#!/bin/sh\ncat <<END\n%s\nEND\n' "$(jq -cn --arg args "$1" '{"PV_bootloader": "eliloader", "PV_args": "",
        "PV_bootloader_args": $args, "other_config": {"install-round": "done"}, "platform": {}, "xenstore_data": {},
        "VBDs": []}')" >program
    chmod +x program
}
record '--args=x --entry=0'
xl
is "$status $(tr '\0' '\n' <xl.out | sed -n 's/^args //p')" '0 ro x' "a record's words" "$(cat err)"
for words in "--pygrub=$WORK/evil --handoff=pygrub" "$WORK/victim.img" "--output=$WORK/dom0/secret" -n --args \
    --ramdisk-max-size=1T "--location=$WORK/dom0 --kernel=vmlinuz" "--kernel=file://$WORK/dom0/vmlinuz"; do
    record "$words"
    xl
    is "$status $(left)$(cat xl.out)" '2 ' "a record's words: ${words%%[= ]*}: refused"
    like "$(cat err)" 'VM web1: .*PV_bootloader_args|PV_bootloader_args.*raise the limit' "a record's words: ${words%%[= ]*}: says why"
done
record ''
xl --location="$WORK/dom0" --kernel=vmlinuz --ramdisk=secret
is "$status $(cat boot/eliloader-ramdisk*)" '0 SECRET of dom0' "xl.cfg's own words are root's"

# --- a record of this host that is not root's alone -----------------------------------------------
if [ "$(id -u)" = 0 ]; then
    mkdir -m 755 shared
    "$ELILOADER" vm create web2 --record-dir=shared PV-bootloader-args="--location=$WORK/dom0 --kernel=vmlinuz"
    for modes in 755,644:0 775,644:2 757,644:2 755,664:2 755,646:2 755,600:0; do
        file=${modes%:*}
        chgrp 65534 shared shared/web2.json
        chmod "${file%,*}" shared
        chmod "${file#*,}" shared/web2.json
        run "$ELILOADER" --output-directory="$WORK/boot" --record=file --record-dir=shared --vm=web2
        is "$status" "${modes#*:}" "a record and its directory with the modes $file: whose words they are" "$(cat err)"
        rm -f boot/*
    done
fi

# --- JSON for people ------------------------------------------------------------------------------
record $'\xc2\x9b2J \x7f \xe2\x80\xae \xc3\xa4'
run "$ELILOADER" vm show --json --record="$WORK/program" web1
is "$status $(grep -c 'u009b2J .u007f .u202e ä' out)" '0 1' 'vm show --json: controls and marks of order are escaped'
is "$(jq -r .PV_bootloader_args out)" $'\xc2\x9b2J \x7f \xe2\x80\xae \xc3\xa4' 'vm show --json: it is the same JSON'
mkdir -p taken/bin taken/libexec/eliloader
cp "$ELILOADER" taken/bin
cat >taken/libexec/eliloader/fetch <<'END'
#!/bin/sh
printf '{"answer":{"layout":"x","family":"rhlike","recognised":{"family":"rhlike","name":"Fedora \302\2332J\302\23331m\342\200\256\177","version":"38","arch":"x86_64","metadata":".treeinfo","release":null,"release_assumed":false,"codename":null},"tree":{},"kernel":null,"ramdisk":null,"problem":null}}\n' >&3
END
chmod +x taken/libexec/eliloader/fetch
for option in '' --json; do
    # shellcheck disable=SC2086 # no word, or one
    run taken/bin/eliloader identify $option http://127.0.0.1:1/x
    is "$(grep -c Fedora out) $(tr -d '\n -~' <out | LC_ALL=C tr -d '\303' | wc -c)" '1 0' \
        "identify $option: what a helper that was taken over says does not reach the terminal"
done
done_testing
