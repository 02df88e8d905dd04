#!/usr/bin/env bash
# What an installed guest is booted with by pygrub, the real one, and by the loader itself: options,
# limits; what a first round leaves the VM to; and boots that have nothing to do with the rounds.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"

needs pygrub
image() { "$TESTS/images/make.sh" "$1" "$WORK"; }
both=$(image dos-ext4-grub2-1)   # pygrub and the loader boot the same
bls=$(image none-ext4-bls)       # only the loader can
# Where the kernel and the ramdisk of an image are, as text that no other has.
chosen() { "$ELILOADER" probe --json "$1" | jq -r ".boot.$2"; }
REPO=install-repository=http://127.0.0.1:9/
config='.other_config | with_entries(select(.key | startswith("eliloader-") | not))'
# boots NAME WANT WORD…: the VM 'guest' boots, and is WANT then: "PV_bootloader install-round".
boots() {
    local name=$1 want=$2
    shift 2
    clear_boot
    boot --vm=guest -q "$@"
    is "$status $(record guest '.PV_bootloader + " " + (.other_config["install-round"] // "-")')" \
        "0 $want" "$name: boots; the record" || sed 's/^/# /' err
    is "$(parse_simple out "$BOOT" | sed -E '/^args/d;s/\.[a-z2-7]{8}$//')" \
        "kernel=$BOOT/eliloader-kernel"$'\n'"ramdisk=$BOOT/eliloader-ramdisk" "$name: the answer"
    is "$(boot_files)" 'eliloader-kernel eliloader-ramdisk' "$name: no other file is left"
}
# fails: as refused, in an empty directory.
fails() {
    clear_boot
    refused "$@"
}
# kernel_is TEXT NAME: the kernel that was delivered has the line "kernel TEXT".
kernel_is() {
    like "$(tr -d '\0' <"$(answered kernel)")" "kernel $1" "$2"
}

# --- what is to be booted -------------------------------------------------------------------------
for how in pygrub native auto; do
    vm_new guest other-config:boot-handoff=$how
    clear_boot
    boot --vm=guest -q --entry=1 --args=x "$both"
    is "$status $(answered args)" '0 root=/dev/xvda1 ro single x' "--entry, $how"
    kernel_is 5.10 "--entry, $how: its kernel"
    vm_new guest other-config:boot-handoff=$how
    boot --vm=guest -q --kernel=/boot/vmlinuz-5.10 --ramdisk=/boot/initrd.img-6.1 --args='root=x' "$both"
    is "$status $(answered args) $(cat "$(answered ramdisk)")" '0 root=x ramdisk 6.1' \
        "--kernel and --ramdisk, $how: no configuration is read"
    offset=$(chosen "$both" offset)
    vm_new guest other-config:boot-handoff=$how PV-bootloader-args="--kernel /boot/vmlinuz-5.10 --offset $offset"
    boot --vm=guest -q "$both"
    is "$status $(parse_simple out "$BOOT" | cut -d= -f1)" '0 kernel' "--offset, $how"
done
vm_new guest other-config:boot-handoff=native
fails 2 - '--offset is not a number of bytes: .12x.' 'an offset that is none' \
    --vm=guest --offset=12x "$both"
fails 2 - '--offset is not a number' 'an offset that no disk has' \
    --vm=guest --offset=9223372036854775808 "$both"
fails 3 INTERNAL_ERROR 'nothing on ' 'the largest offset' \
    --vm=guest -q --offset=9223372036854775807 --kernel=/boot/vmlinuz-5.10 "$both"
fails 3 INTERNAL_ERROR 'nothing on .*' 'an entry that is not there' --vm=guest -q --entry=7 "$both"

# --- the menu -------------------------------------------------------------------------------------
# on_terminal WORD…: with a person who chooses entry 1.
on_terminal() {
    clear_boot
    python3 - "$ELILOADER" "$@" >out 2>err <<'PY'
import os, pty, subprocess, sys, tty
master, slave = pty.openpty()
tty.setraw(slave)
end = subprocess.Popen(sys.argv[1:], stdin=slave, stdout=subprocess.PIPE, stderr=slave,
                       start_new_session=True)
os.close(slave)
os.write(master, b'1\r')
sys.stdout.buffer.write(end.stdout.read())
sys.exit(end.wait())
PY
    status=$?
}
for keys in '' install-round='done'; do
    # shellcheck disable=SC2086 # one key, or none
    vm_new guest $REPO install-distro=sleslike ${keys:-install-round=2}
    before=$(record guest .)
    : >answer
    on_terminal --vm=guest -i --output="$WORK/answer" "$both"
    is "$status $(sed -n 's/^args //p' answer)" '0 root=/dev/xvda1 ro single' \
        "-i: the entry that is chosen, ${keys:-round 2}" || sed 's/^/# /' err
    is "$(record guest .)" "$before" "-i: for this start only, ${keys:-round 2}"
done

# --- limits ---------------------------------------------------------------------------------------
size=$("$ELILOADER" probe --json "$both" >/dev/null && clear_boot && vm_new guest other-config:boot-handoff=native &&
    "$ELILOADER" --vm=guest -q "$both" | sed -n 's/^kernel //p' | xargs stat -c %s)
for how in native pygrub; do
    vm_new guest other-config:boot-handoff=$how platform:pv-kernel-max-size="$size"
    boot --vm=guest -q "$both"
    is "$status" 0 "a kernel as large as its limit, $how" || sed 's/^/# /' err
    vm_new guest other-config:boot-handoff=$how platform:pv-kernel-max-size=$((size - 1))
    clear_boot
    fails 1 LIMITS 'kernel.* limit.*vm set guest platform:pv-kernel-max-size' "one byte more, $how" --vm=guest -q "$both"
    boot --vm=guest -q --kernel-max-size="$size" "$both"
    is "$status" 0 "the command line's limit comes before, $how" || sed 's/^/# /' err
    vm_new guest other-config:boot-handoff=$how platform:pv-ramdisk-max-size=1
    clear_boot
    fails 1 LIMITS 'ramdisk|kernel.*limit' "the ramdisk's, $how" --vm=guest -q "$both"
done

# --- a toolstack that adds the record's fields itself ---------------------------------------------
# shellcheck source=../servers/xapi.sh
. "$TESTS/servers/xapi.sh"
xapi_start
uuid=$(xapi_uuid 1)
xapi_round() { xapi_record "$uuid" '.PV_bootloader + " " + (.other_config["install-round"] // "-")' | tr -d '"'; }
xapi_boot() { # WORD…: as xenopsd
    clear_boot
    boot -q --record=xapi --vm "$uuid" "$@"
}
xapi_vm "$uuid" '{"PV_bootloader": "eliloader", "PV_args": "pv", "other_config": {"boot-handoff": "native"}}'
xapi_boot --args= "$both"
is "$status $(answered args)" '0 root=/dev/xvda1 ro quiet' 'xapi: PV_args are for xenopsd to add' || sed 's/^/# /' err
is "$(xapi_round)" 'eliloader done' 'xapi: the record'
# What an earlier run had recorded when it was stopped comes back on the command line.
xapi_vm "$uuid" '{"PV_bootloader": "eliloader", "PV_bootloader_args": "--kernel /boot/vmlinuz-5.10",
    "PV_args": "root=/dev/xvda1", "other_config": {"install-repository": "r", "install-round": "2",
    "install-distro": "sleslike", "eliloader-bootloader-args": "", "eliloader-PV-args": ""}}'
xapi_boot --kernel /boot/vmlinuz-5.10 "$both"
is "$status $(xapi_round)" '0 pygrub -' 'xapi: round 2, begun once before' || sed 's/^/# /' err
kernel_is 6.1 "xapi: round 2, begun once before: what the guest's configuration boots"
is "$(xapi_record "$uuid" '[.PV_bootloader_args, .PV_args, .other_config]')" \
    '["","",{"eliloader-installed-distro":"sleslike","install-repository":"r"}]' \
    'xapi: round 2, begun once before: what pygrub does not need is not recorded'
xapi_stop

# --- round one ------------------------------------------------------------------------------------
nginx_start "$WWW"
rh() { # NAME FAMILY VERSION: a tree that says so
    tree "$1" images/pxeboot/vmlinuz images/pxeboot/initrd.img
    printf '[general]\nfamily = %s\nversion = %s\narch = x86_64\n[images-x86_64]\nkernel = %s\ninitrd = %s\n' \
        "$2" "$3" images/pxeboot/vmlinuz images/pxeboot/initrd.img >"$WWW/$1/.treeinfo"
}
one() { # NAME WANT TREE WORD…: round one from it, with what comes of the record
    local name=$1 want=$2 repo=$3
    shift 3
    vm_new guest install-repository="$NGINX/$repo" platform:pv-postinstall-kernel-max-size=99999
    boots "$name" "$want" "$@"
    is "$(record guest "$config | keys")" \
        "$([ "${want#* }" = - ] && echo '["install-repository"]' || echo '["install-repository","install-round"]')" \
        "$name: the keys"
    is "$(record guest .platform)" '{"pv-kernel-max-size":"99999"}' "$name: the limits have moved"
}
rh el7 'Red Hat Enterprise Linux' 7.9
rh el8 'CentOS Stream' 8
rh f29 Fedora 29
rh f30 Fedora 30
rh silent 'CentOS' ''
one 'RHEL 7' 'pygrub -' el7
one 'CentOS 8, whose menu pygrub does not read' 'eliloader done' el8
boots 'and its next start' 'eliloader done' "$bls"
one 'Fedora 29' 'pygrub -' f29
one 'Fedora 30' 'eliloader done' f30
one 'a tree without a version' 'pygrub -' silent
one 'pygrub is wanted' 'pygrub -' el8 --handoff=pygrub
one 'native is wanted' 'eliloader done' el7 --handoff=native
"$ELILOADER" vm reinstall guest
boots 'a VM that is installed again' 'pygrub -'
tree sles boot/x86_64/loader/linux boot/x86_64/loader/initrd
for how in auto pygrub native; do
    vm_new guest install-repository="$NGINX/sles" install-distro=sleslike install-arch=x86_64
    boots "sleslike has its second round, $how" 'eliloader 2' --handoff=$how
done

# --- from a location --------------------------------------------------------------------------------
tree net binary/kernel/k binary/kernel/r
for state in 'install-round=1' 'install-round=done' 'PV-bootloader=pygrub'; do
    vm_new guest $REPO $state PV-args=pv
    before=$(record guest .)
    clear_boot
    boot --vm=guest -q --location="$NGINX/net" --kernel=binary/kernel/k --args=x "$both"
    is "$status $(answered args) $(tail -c +2049 "$(answered kernel)")" '0 pv x net binary/kernel/k' \
        "--location, $state" || sed 's/^/# /' err
    is "$(record guest .) $(boot_files)" "$before eliloader-kernel" "--location, $state: the record stays"
done
vm_new guest PV-bootloader-args="--location=$NGINX/net --kernel=binary/kernel/k --ramdisk=binary/kernel/r"
boots "a location in the record's words" 'eliloader -' "$both"
vm_new guest
clear_boot
boot --vm=guest -q --kernel="$NGINX/net/binary/kernel/k" "$both"
is "$status $(boot_files)" '0 eliloader-kernel' 'a kernel that is a URL' || sed 's/^/# /' err
vm_new guest platform:pv-kernel-max-size=5
clear_boot
fails 1 LIMITS 'pv-kernel-max-size' "a location is held to the VM's limits" \
    --vm=guest -q --location="$NGINX/net" --kernel=binary/kernel/k

# --- a list, a look ---------------------------------------------------------------------------------
vm_new guest
before=$(record guest .)
run "$ELILOADER" --vm=guest -l "$both"
is "$status $(grep -c '^title: Linux' out)" '0 2' "-l lists the disk's entries"
run "$ELILOADER" --vm=guest -n "$both"
is "$status $(boot_files)" '0 ' '-n copies nothing'
is "$(record guest .)" "$before" '-l and -n: the record stays'
run "$ELILOADER"
like "$status $(cat err)" '^2 eliloader: no VM and no disk' 'neither a VM nor a disk'
run "$ELILOADER" --vm=guest -l
like "$status $(cat err)" '^2 eliloader: no disk' '-l without a disk'
done_testing
