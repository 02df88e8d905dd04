#!/usr/bin/env bash
# Whole runs of eliloader with VM records in xapi: rounds, commands, and a xapi that ends in the
# middle of a round.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=tests/servers/nginx.sh
. "$TESTS/servers/nginx.sh"
# shellcheck source=tests/record_xapi.sh
. "$TESTS/record_xapi.sh"

nginx_start "$WWW"
mkdir no-maps
export ELILOADER_MAP_DIR=$WORK/no-maps
tree el5 images/xen/vmlinuz images/xen/initrd.img
tree sles boot/x86_64/vmlinuz-xen boot/x86_64/initrd-xen
xapi_start

# installing JSON: the VM before round one, with JSON over it.
installing() {
    fresh
    clear_boot
    xapi_vm "$vm" "$(jq -cn --argjson more "$1" '{"PV_bootloader": "eliloader", "PV_args": "console=hvc0",
        "other_config": {"install-distro": "rhlike", "mine": "x"},
        "platform": {"pv-kernel-max-size": "1M", "pv-postinstall-kernel-max-size": "2M"},
        "VBDs": [{"userdevice": "0", "bootable": false}, {"userdevice": "3", "bootable": true}]} * $more')"
}
el5="{\"other_config\": {\"install-repository\": \"$NGINX/el5\"}}"
# As xenopsd runs it; the record is found by the socket alone.
xenopsd() {
    boot -q --default_args= --extra_args= --vm "$vm" /dev/null
}

# --- a round ----------------------------------------------------------------------------------
installing "$el5"
xenopsd
is "$status $(cat err)" '0 ' 'rhlike: succeeds'
is "$(parse_simple out "$BOOT" | sed -n 's/^args=//p')" "method=$NGINX/el5/" \
    'rhlike: PV_args are left to xapi, which adds them'
is "$(tail -c +2049 "$(answered kernel)")" 'el5 images/xen/vmlinuz' 'rhlike: the kernel'
is "$(xapi_record "$vm" '[.PV_bootloader, .PV_args, .platform, .VBDs[].bootable]')" \
    '["pygrub","console=hvc0",{"pv-kernel-max-size":"2M"},false,true]' \
    'rhlike: pygrub boots it from now on; the limit has moved'
is "$(xapi_record "$vm" '.other_config | with_entries(select(.key | startswith("eliloader-") | not))')" \
    "{\"install-repository\":\"$NGINX/el5\",\"mine\":\"x\"}" 'rhlike: of the keys, those two go'
is "$(xapi_calls '.method | test("login|logout")' | wc -l) $(xapi_sessions)" '4 0' \
    'rhlike: one session to load, one to commit'
is "$(find "$RECORDS" -type f 2>/dev/null)" '' 'rhlike: no file beside it'

installing "{\"other_config\": {\"install-distro\": \"sleslike\", \"install-arch\": \"x86_64\",
    \"install-repository\": \"$NGINX/sles\"}}"
boot --record=xapi --vm="$vm" /dev/null
is "$status $(cat err) $(xapi_record "$vm" '[.PV_bootloader, .other_config."install-round"]')" \
    '0  ["eliloader","2"]' 'sleslike: on to round two'

# --- from a CD --------------------------------------------------------------------------------
# As xenopsd runs it: the CD is the VM's first bootable disk.
xorriso -as mkisofs -quiet -R -o cd.iso "$WWW/sles" 2>/dev/null
installing '{"other_config": {"install-distro": "sleslike", "install-arch": "x86_64", "install-repository": "cdrom"}}'
boot -q --default_args= --extra_args= --vm "$vm" "$WORK/cd.iso"
is "$status $(cat err) $(parse_simple out "$BOOT" | sed -n 's/^args=//p')" '0  install=hd' 'a CD: succeeds'
is "$(xapi_record "$vm" '[.other_config."install-round", .VBDs[].bootable]')" '["2",true,false]' \
    'a CD: on to round two, from the disk'
xorriso -as mkisofs -quiet -R -o cd5.iso "$WWW/el5" 2>/dev/null
installing '{"other_config": {"install-repository": "cdrom"}}'
boot -q --default_args= --extra_args= --vm "$vm" "$WORK/cd5.iso"
is "$status $(cat err) $(xapi_record "$vm" '[.PV_bootloader, .VBDs[].bootable]')" '0  ["pygrub",true,false]' \
    'a CD, rhlike: pygrub boots the disk'
run "$ELILOADER" vm reinstall --record=xapi "$vm"
is "$(xapi_record "$vm" '[.PV_bootloader, .VBDs[].bootable]')" '["eliloader",false,true]' \
    'a CD, again: it is bootable again'
# Whoever may edit a VM may not read dom0's files by it.
installing "{\"other_config\": {\"install-repository\": \"cdrom:$WORK/cd5.iso\"}}"
before=$(xapi_record "$vm")
boot -q --default_args= --extra_args= --vm "$vm" "$WORK/cd5.iso"
is "$status $(wc -c <out) $(boot_files) $(xapi_record "$vm")" "2 0  $before" 'an image of dom0: refused'
like "$(cat err)" 'install-repository names a file or device of dom0.*set it to cdrom' \
    'an image of dom0: says why, and what works'

# --- a location -------------------------------------------------------------------------------
# Whoever may edit a VM writes its PV_bootloader_args, which xenopsd passes on as words.
installing "$el5"
before=$(xapi_record "$vm")
words() {
    clear_boot
    boot -q --vm "$vm" "$@" /dev/null
}
words --location="$NGINX/el5" --kernel=images/xen/vmlinuz
is "$status $(cat err) $(tail -c +2049 "$(answered kernel)")" '0  el5 images/xen/vmlinuz' 'a location over http'
echo secret >dom0-file
for location in "--location=$WWW/el5" "--location=file://$WWW/el5" "--location=$WORK/dom0-file --kernel=/etc/shadow" \
    "--kernel=file://$WORK/dom0-file" "--kernel=$NGINX/el5/images/xen/vmlinuz --ramdisk=$WORK/dom0-file" \
    "--kernel=$NGINX/el5/images/xen/vmlinuz --ramdisk=file:$WORK/dom0-file"; do
    # shellcheck disable=SC2086 # words
    words $location
    is "$status $(wc -c <out) $(boot_files)" '2 0 ' "a path of dom0, ${location%%=*}: no answer, no file"
    like "$(cat err)" "VM $vm: its PV_bootloader_args name a file.*of dom0.*http.*work" \
        'a path of dom0: says why, and what works'
done
words --record="$XAPI" --location="$WWW/el5"
is "$status $(wc -c <out)" '2 0' 'a path of dom0, by the name of another record'
is "$(xapi_record "$vm")" "$before" 'a location: the record stays'

# --- commands ---------------------------------------------------------------------------------
installing "$el5"
before=$(xapi_record "$vm")
xenopsd
run "$ELILOADER" vm show --record=xapi "$vm"
is "$status $(grep -c -E '^(PV-bootloader = pygrub|other-config:mine = x)$' out)" '0 2' 'vm show'
run "$ELILOADER" vm reinstall "$vm"
is "$status $(cat err)" '0 ' 'vm reinstall'
is "$(xapi_record "$vm" 'del(.other_config."install-round")')" "$(jq -cS . <<<"$before")" \
    'vm reinstall: as it was'
xenopsd
is "$status $(xapi_record "$vm" .PV_bootloader)" '0 pygrub' 'vm reinstall: installs again'
run "$ELILOADER" vm set "$vm" PV-args='a b' other-config:k/~=v platform:pv-kernel-max-size=
is "$status $(cat err) $(xapi_record "$vm" '[.PV_args, .other_config."k/~", .platform]')" \
    '0  ["a b","v",{}]' 'vm set'
run "$ELILOADER" vm set "$vm" PV-args=lost name-label=x
is "$status $(xapi_record "$vm" .PV_args)" '1 a b' 'vm set of a name: nothing is changed'
like "$(cat err)" "VM $vm: cannot change the VM's record in xapi: name_label of a VM in xapi is not" \
    'vm set of a name: says why'
edit() {
    printf '#!/bin/sh\n%s\n' "jq '$1' \"\$1\" >edited && cat edited >\"\$1\"" >editor
    chmod +x editor
    EDITOR=./editor run script -qec "$ELILOADER vm edit $vm" /dev/null
}
edit '.PV_args = "edited" | .other_config.new = "1" | .VBDs[0].bootable = true'
is "$status $(cat out err) $(xapi_record "$vm" '[.PV_args, .other_config.new, .VBDs[].bootable]')" \
    '0  ["edited","1",true,true]' 'vm edit'
edit '.VBDs[0].bootable = false | .PV_args = "a b" | del(.other_config.new)'
is "$status $(xapi_record "$vm" '[.PV_args, .other_config.new, .VBDs[].bootable]')" '0 ["a b",null,false,true]' \
    'vm edit: and back'
is "$(xapi_sessions)" 0 'all logged out'

# --- what goes wrong --------------------------------------------------------------------------
# fails FAULT ERROR NAME: of a round one; xenopsd reads what follows "RuntimeError: ".
fails() {
    installing "$el5"
    before=$(xapi_record "$vm")
    xapi_fault "$1"
    xenopsd
    is "$status $(boot_files)" '1 ' "$3: no files are left"
    like "$(sed -n '/^RuntimeError: INTERNAL_ERROR$/,$p' err)" "^VM $vm: $2" "$3: the toolstack is told"
    is "$(xapi_record "$vm")" "$before" "$3: the record is unchanged"
}
fails '1 VM.get_record error HOST_STILL_BOOTING' \
    "cannot read the VM's record in xapi: xapi refused VM.get_record with HOST_STILL_BOOTING: xapi is still" \
    'loading fails'
fails '1 change error INTERNAL_ERROR x' \
    "cannot change the VM's record in xapi: xapi refused VM.* with INTERNAL_ERROR \(x\): xapi failed within" \
    'the first change fails'
xapi_fault '1 VM.get_by_uuid destroy'
xenopsd
like "$status $(cat err)" "VM $vm: the VM was destroyed meanwhile" 'destroyed'
installing "$el5"
xapi_fault "2 VM.get_record set $vm install-round 2"
xenopsd
is "$status" 0 'what is set after the tests is not seen'
installing "$el5"
xapi_fault "1 VM.get_record set $vm install-round 2"
xenopsd
like "$status $(cat err)" '^1 .*other-config:install-round was changed by somebody else meanwhile' \
    'two hosts start the VM: one is told'

# --- xapi ends in the middle ------------------------------------------------------------------
# The next run installs, or hands off to pygrub, which finds an empty disk.
installing "$el5"
xenopsd
want=$(xapi_record "$vm" '[.PV_bootloader, .PV_args, .platform."pv-kernel-max-size"]')
count=$(xapi_calls "$changing" | wc -l)
wrong=
for ((n = 1; n <= count; n++)); do
    installing "$el5"
    xapi_fault "$n change crash"
    xenopsd
    [ "$status$(boot_files)" = 1 ] || wrong+=" $n: status $status, files $(boot_files);"
    xapi_start
    [ "$(xapi_record "$vm" .PV_bootloader)" != eliloader ] || xenopsd
    [ "$(xapi_record "$vm" '[.PV_bootloader, .PV_args, .platform."pv-kernel-max-size"]')" = "$want" ] ||
        wrong+=" $n: $(xapi_record "$vm");"
done
is "$((count > 5)) $wrong" '1 ' 'xapi may end after any change of a round one'
is "$(cat "$XAPI_HOME/errors")" '' 'the server has nothing to complain about'
done_testing
