#!/usr/bin/env bash
# Who boots an installed guest, and what its record becomes: pygrub, the real one, or the loader
# itself, in every state that a VM can be in.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"

needs pygrub
image() { "$TESTS/images/make.sh" "$1" "$WORK"; }
both=$(image dos-ext4-grub2-1)   # pygrub and the loader boot the same
bls=$(image none-ext4-bls)       # only the loader can
empty=$(image none-ext4-no-boot) # nobody can
suse=$(image dos-ext4-suse-2)    # pygrub with paths that it is told
REPO=install-repository=http://127.0.0.1:9/
config='.other_config | with_entries(select(.key | startswith("eliloader-") | not))'
truncate -s 1M blank.img # nothing was installed on it
# A pygrub that is not there, and one that must not be asked.
none=$WORK/no-pygrub
printf '#!/bin/sh\ntouch %s/asked\nexit 1\n' "$WORK" >forbidden
chmod +x forbidden

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
# --- nobody has found out yet -----------------------------------------------------------------
vm_new guest PV-args=console=hvc0
boots 'undecided, both boot the same' 'pygrub -' "$both"
is "$(answered args)" 'root=/dev/xvda1 ro quiet console=hvc0' \
    "the entry's own arguments come first, then those of the record"
is "$(record guest '[.PV_bootloader_args, .PV_args]')" '["","console=hvc0"]' 'no paths are recorded'
vm_new guest PV-args=console=hvc0
boots 'undecided, pygrub cannot' 'eliloader done' --args='a b' "$bls"
like "$(answered args)" ' console=hvc0 a b$' "dom0's arguments come last, those of the command line at the end"
is "$(record guest '[.PV_bootloader_args, .PV_args]')" '["","console=hvc0"]' \
    'by the loader itself: nothing is recorded'
vm_new guest
boots 'undecided, native' 'eliloader done' --handoff=native "$both"
vm_new guest
boots 'undecided, pygrub' 'eliloader -' --handoff=pygrub "$both"
vm_new guest
ELILOADER_PYGRUB=$none boots 'undecided, no pygrub' 'eliloader done' "$both"
vm_new guest
fails 3 INTERNAL_ERROR "nothing on $empty can be booted.*guest has no install-repository" \
    'undecided, nothing boots' --vm=guest -q "$empty"
vm_new guest
fails 3 INTERNAL_ERROR 'nothing on .* can be booted' 'undecided, nothing boots natively' \
    --vm=guest -q --handoff=native "$empty"
vm_new guest
fails 1 INTERNAL_ERROR '^cannot .*/nonexistent: No such file or directory$' 'a disk that is not there' \
    --vm=guest -q /nonexistent
vm_new guest $REPO install-round=2
boots 'past the last round, both' 'pygrub -' "$both"
vm_new guest $REPO install-round=2
boots 'past the last round, pygrub cannot' 'eliloader done' "$bls"
again='eliloader vm reinstall guest. starts its installation again, which overwrites its disks'
fails 3 INTERNAL_ERROR "blank.img is empty .*; .$again" 'nothing is on the disk where something could be installed' \
    --vm=guest -q blank.img
# Whoever follows that advice loses what is on the other disk.
for disks in "$empty" "blank.img $empty" "$empty blank.img"; do
    # shellcheck disable=SC2086 # several
    fails 3 INTERNAL_ERROR 'nothing on .* can be booted' "nothing boots from ${disks//$WORK\//}, and there is something" \
        --vm=guest -q $disks
    is "$(grep -c reinstall err)" 0 'nobody is told to overwrite it'
done

# --- done ---------------------------------------------------------------------------------------
vm_new guest $REPO install-round='done'
before=$(record guest .)
ELILOADER_PYGRUB=$WORK/forbidden boots 'done' 'eliloader done' "$both"
boots 'done, pygrub' 'eliloader done' --handoff=pygrub "$both"
is "$(record guest .)" "$before" 'done: the record stays as it is'
is "$(find asked 2>/dev/null)" '' 'done: pygrub is not asked'
fails 3 INTERNAL_ERROR "nothing on .*$again" 'done, nothing is there' --vm=guest -q blank.img blank.img
fails 3 INTERNAL_ERROR 'nothing on .*: nothing to boot was found on' 'done, nothing boots' --vm=guest -q "$empty"
fails 3 INTERNAL_ERROR '^cannot boot from .*' 'done, pygrub, nothing boots' --vm=guest -q --handoff=pygrub "$empty"
fails 2 - 'guest is installed, and no disk was named' 'done, no disk' --vm=guest
# What a run left that was stopped in the middle of recording it.
vm_new guest $REPO other-config:eliloader-native=true install-distro=debianlike
boots 'the marker alone: it is not installed over' 'eliloader done' "$both"
is "$(record guest "$config | keys")" '["install-repository","install-round"]' 'and the rest is recorded'

# --- left to pygrub -----------------------------------------------------------------------------
vm_new guest $REPO PV-bootloader=pygrub
boots 'pygrub' 'pygrub -' "$both"
boots 'pygrub cannot' 'eliloader done' "$bls"
vm_new guest $REPO PV-bootloader=pygrub
fails 3 INTERNAL_ERROR '^cannot boot from .*pygrub found no kernel' \
    'pygrub alone, and it cannot' --vm=guest -q --handoff=pygrub "$bls"
fails 3 INTERNAL_ERROR 'nothing on .*; pygrub: ' 'nobody can' --vm=guest -q "$empty"
fails 3 INTERNAL_ERROR "nothing on .*; pygrub: .*$again" 'nobody can, and nothing is there' --vm=guest -q blank.img
boots 'pygrub, native' 'eliloader done' --handoff=native "$both"
vm_new guest $REPO PV-bootloader=pygrub
ELILOADER_PYGRUB=$none boots 'pygrub, which is not there' 'eliloader done' "$both"
vm_new guest $REPO PV-bootloader=pygrub install-round=1 install-distro=debianlike
boots 'pygrub, of a run that was stopped' 'pygrub -' "$both"
is "$(record guest "$config | keys")" '["install-repository"]' 'what was left of the round is removed'

vm_new guest $REPO PV-bootloader=pygrub
"$ELILOADER" vm set guest install-round='done' PV-bootloader=eliloader
boots 'taken from pygrub by hand' 'eliloader done' "$bls"

# --- the second round ---------------------------------------------------------------------------
second() { vm_new guest $REPO install-distro=sleslike install-round=2 install-arch=x86_64; }
second && boots 'round 2, pygrub by itself' 'pygrub -' "$both"
second && boots 'round 2, pygrub with paths' 'pygrub -' "$suse"
like "$(record guest .PV_bootloader_args)" '--kernel /boot/vmlinuz-xen' 'round 2: the paths'
boots 'the paths no longer lead anywhere' 'eliloader done' "$bls"
is "$(record guest '[.PV_bootloader_args, .other_config["eliloader-bootloader-args"]]')" '["",null]' \
    'and are recorded no more'
second && boots 'round 2, the kernel is on a disk that pygrub is not given' 'eliloader done' "$empty" "$bls"
boots 'and its next start' 'eliloader done' "$empty" "$bls"
second && boots 'round 2, native' 'eliloader done' --handoff=native "$suse"
is "$(record guest .PV_bootloader_args)" '' 'round 2, native: no paths'
is "$(record guest '.other_config["eliloader-installed-distro"]')" sleslike \
    'round 2, native: the family is remembered'
"$ELILOADER" vm reinstall guest
is "$(record guest '[.PV_bootloader, .other_config["install-round", "install-distro", "eliloader-native"]]')" \
    '["eliloader","1","sleslike",null]' 'vm reinstall brings it back to round 1'
second && ELILOADER_PYGRUB=$none boots 'round 2, no pygrub' 'eliloader done' "$suse"
second
fails 3 INTERNAL_ERROR 'nothing on .* can be booted' 'round 2, nothing boots' --vm=guest -q "$empty"
fails 3 INTERNAL_ERROR "nothing on .*$again" 'round 2, nothing is there' --vm=guest -q blank.img

# --- the helper cannot look ------------------------------------------------------------------------
mkdir -p here/bin here/libexec/eliloader
cp "$ELILOADER" here/bin/
printf '#!/bin/sh\nkill -9 $$\n' >here/libexec/eliloader/fsprobe
chmod +x here/libexec/eliloader/fsprobe
whole=$ELILOADER
# without_looking NAME: pygrub boots it, and decides nothing.
without_looking() {
    before=$(record guest .)
    ELILOADER=$WORK/here/bin/eliloader
    boots "$@" -q "$both"
    ELILOADER=$whole
    like "$(cat err)" 'VM guest: pygrub boots it this time.*fsprobe was ended by signal 9' "$1: is told, quiet or not"
    is "$(record guest .)" "$before" "$1: the record stays as it is"
}
vm_new guest
without_looking 'undecided, nobody has looked' 'eliloader -'
boots 'and the next start finds out' 'pygrub -' "$both"
second && without_looking 'round 2, nobody has looked' 'eliloader 2'
vm_edited guest $REPO install-round=Done
fails 1 INTERNAL_ERROR "install-round is 'Done'.*vm set guest install-round=done.*vm reinstall guest" \
    'a round that is none' --vm=guest -q "$both"

# --- where the choice is made ---------------------------------------------------------------------
vm_new guest other-config:boot-handoff=native
boots "the record's choice" 'eliloader done' "$both"
vm_new guest other-config:boot-handoff=native
boots 'the command line comes before it' 'eliloader -' --handoff=pygrub "$both"
vm_new guest other-config:boot-handoff=native
ELILOADER_HANDOFF=pygrub boots 'it comes before the environment' 'eliloader done' "$both"
vm_new guest
ELILOADER_HANDOFF=native boots 'the environment' 'eliloader done' "$both"
printf 'handoff = native\n' >conf
vm_new guest
boots 'the configuration' 'eliloader done' --config=conf "$both"
vm_new guest PV-bootloader-args=--handoff=native
boots "the record's words" 'eliloader done' "$both"
vm_edited guest other-config:boot-handoff=never
fails 1 INTERNAL_ERROR 'VM guest: other-config:boot-handoff is .never., which is none of auto, pygrub, native and grub' \
    'a choice that is none' --vm=guest "$both"

done_testing
