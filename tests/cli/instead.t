#!/usr/bin/env bash
# What a guest boots in the place of its own default, which is told in one line, and what it does not:
# nothing is booted that its own boot program would not, but for names that somebody asks for.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../images/trees.sh
. "$TESTS/images/trees.sh"

needs mke2fs sfdisk mkfs.btrfs
# A pygrub that would boot anything, and says that it was asked.
printf '#!/bin/sh\ntouch %s/asked\nexit 1\n' "$WORK" >pygrub
chmod 755 pygrub

# kernels: the directory `tree` with the kernels 1 and 2, and a ramdisk
kernels() {
    rm -rf tree && mkdir -p tree/boot/grub
    kernel tree/boot/vmlinuz-1 1
    kernel tree/boot/vmlinuz-2 2
    echo ramdisk >tree/boot/initrd-2
}
filesystem() { # IMAGE
    rm -f "$1" && mke2fs -q -F -t ext4 -d tree "$1" 4M >/dev/null 2>&1
}
two_entries='menuentry A { linux /boot/vmlinuz-1 a; }
menuentry B { linux /boot/vmlinuz-2 b; }'
# boots NAME ARGS LINE WORD…: that kernel's arguments, and that one line on stderr, with -q and without
boots() {
    local name=$1 args=$2 line=$3 quiet
    shift 3
    for quiet in -q ''; do
        clear_boot
        boot ${quiet:+"$quiet"} --pygrub="$WORK/pygrub" --output-format=simple "$@"
        is "$status $(answered args)" "0 $args" "$name: boots${quiet:+ quietly}"
        is "$(cat err)" "${line:+eliloader: note: $line}" "$name: is told${quiet:+, -q or not}"
    done
}
# fails NAME REGEX WORD…
fails() {
    local name=$1 regex=$2
    shift 2
    clear_boot
    boot -q --pygrub="$WORK/pygrub" --output-format=simple "$@"
    is "$status $(cat out) $(boot_files)" '3  ' "$name: nothing boots"
    like "$(tail -n1 err)" "^nothing on [^ ]* can be booted: $regex$" "$name: the reason"
}

# --- the configuration's own -------------------------------------------------------------------
kernels
echo "$two_entries" >tree/boot/grub/grub.cfg
filesystem own.img
boots 'the default' a '' own.img
boots 'another entry' b 'own.img: "B" of /boot/grub/grub.cfg is booted, as was asked for, and not its default, "A"' \
    --entry=1 own.img
boots 'the default, by its number' a '' --entry=0 own.img
boots 'a kernel' x 'own.img: the kernel /boot/vmlinuz-2 is booted, as was asked for, and no boot configuration was read' \
    --kernel=/boot/vmlinuz-2 --args=x own.img
boots 'a ramdisk' a 'own.img: "A" of /boot/grub/grub.cfg is booted with the ramdisk /boot/initrd-2, as was asked for' \
    --ramdisk=/boot/initrd-2 own.img

rm tree/boot/vmlinuz-1
filesystem gone.img
gone='gone.img: the default entry "A" of /boot/grub/grub.cfg cannot be booted: /boot/vmlinuz-1 is not there'
fails 'no other entry' "$gone" gone.img
boots 'a name that is asked for' '' \
    "$gone; the kernel /boot/vmlinuz-2 of gone.img is booted by its well-known name, without arguments" \
    --well-known gone.img
printf 'set fallback=1\n%s\n' "$two_entries" >tree/boot/grub/grub.cfg
filesystem gone.img
boots 'the fallback' b "$gone; the next one, \"B\", is booted instead" gone.img
run "$ELILOADER" probe --json gone.img
is "$status $(jq -c '[.boot.title, .boot.default, .problems[-1]]' out)" \
    "0 $(jq -cn --arg p "$gone; the next one, \"B\", is booted instead" '["B", false, $p]')" 'probe says it, too'

# --- no configuration --------------------------------------------------------------------------
kernels
rm tree/boot/vmlinuz-2
filesystem bare.img
boots 'no configuration' x \
    'bare.img: there is no boot configuration; the kernel /boot/vmlinuz-1 is booted by its well-known name, without arguments' \
    --args=x bare.img
ln -s ../efi/EFI/redhat/grub.conf tree/boot/grub/grub.conf
filesystem linked.img
fails 'a configuration that is a link' \
    'linked.img: the boot configuration /boot/grub/grub.conf is there, and leads to no file of this filesystem' linked.img
boots 'a link, and a name that is asked for' '' \
    'linked.img: there is no boot configuration; the kernel /boot/vmlinuz-1 is booted by its well-known name, without arguments' \
    --well-known linked.img

# --- who may ask for it ------------------------------------------------------------------------
kernels
rm tree/boot/vmlinuz-1
echo "$two_entries" >tree/boot/grub/grub.cfg
filesystem gone.img
named="$gone; the kernel /boot/vmlinuz-2 of gone.img is booted by its well-known name, without arguments"
# asks NAME WANT CONFIG WORD…: WANT is the status; CONFIG what the configuration file says
asks() {
    echo "${3:+well-known = $3}" >well.conf
    clear_boot
    ELILOADER_CONFIG=$WORK/well.conf boot -q --vm=guest "${@:4}" gone.img
    is "$status $(sed -nE 's/; VM guest has no install-repository.*//; s/^eliloader: (note: )?//p' err | head -n1)" \
        "$2 $(case $2 in 0) echo "VM guest: $named" ;; *) echo "nothing on gone.img can be booted: $gone" ;; esac)" \
        "$1"
}
new() { vm_new guest other-config:boot-handoff=native "$@"; }
new && asks 'a VM: nobody asks' 3 ''
new && asks 'a VM: the configuration file' 0 yes
new && asks 'a VM: the command line' 0 no --well-known
new && ELILOADER_WELL_KNOWN=yes asks 'a VM: the environment' 0 no
new other-config:boot-well-known=yes && asks 'a VM: its record' 0 no
new other-config:boot-well-known=no && asks 'a VM: its record, against the configuration file' 3 yes
new other-config:boot-well-known=no && asks 'a VM: the command line, against its record' 0 '' --well-known
new PV-bootloader-args=--well-known && asks 'a VM: the words of its record' 0 no
new install-distro=sleslike && asks 'a VM: of sleslike' 0 no
is "$(record guest '.other_config["install-round"]')" 'done' 'a VM: of sleslike, which is done then'
asks 'a VM: of sleslike, at its next start' 0 no
new && asks 'a VM: and of nobody else' 3 ''
vm_edited guest boot-handoff=native boot-well-known=perhaps
clear_boot
boot -q --vm=guest gone.img
like "$status $(cat err)" "^1 .*VM guest: other-config:boot-well-known is 'perhaps', which is neither yes nor no" \
    'a VM: a record that says neither'

# --- what cannot be read here ------------------------------------------------------------------
kernels
printf 'search --set=root --fs-uuid none\nset root=hd0,msdos2\nset fallback=1\n%s\n' "$two_entries" >tree/boot/grub/grub.cfg
filesystem boot.fs
truncate -s 12M locked.img
printf 'label: dos\nstart=2048, size=8192, type=83\nstart=10240, size=8192, type=83\n' |
    sfdisk -q --no-reread --no-tell-kernel locked.img >/dev/null
dd if=boot.fs of=locked.img bs=512 seek=2048 conv=notrunc status=none
printf 'LUKS\xba\xbe\x00\x01' | dd of=locked.img bs=512 seek=10240 conv=notrunc status=none
fails 'a kernel on an encrypted volume' \
    'partition 1 of locked.img: the default entry "A" of /boot/grub/grub.cfg cannot be booted: /boot/vmlinuz-1 is on partition 2 of locked.img, which is encrypted \(LUKS\).*' \
    locked.img

# --- subvolumes of a Btrfs ----------------------------------------------------------------------
# Debian, Ubuntu: the top is the default, and the system in @. Paths are from the top.
kernels
mkdir top && mv tree top/@
printf 'menuentry A { linux /@/boot/vmlinuz-1 in-at; }\n' >top/@/boot/grub/grub.cfg
truncate -s 120M top.img && mkfs.btrfs -q -r top top.img >/dev/null 2>&1
boots 'a configuration in the subvolume @' in-at '' top.img

# SUSE: the system is in the default subvolume, where paths begin; what is left of an older one, in @.
subvolumes() {
    mkdir mounted && mount -o loop suse.img mounted 2>/dev/null || return
    (
        cd mounted && btrfs subvolume create @ && mkdir -p @/.snapshots/1 @/boot/grub2 &&
            btrfs subvolume create @/.snapshots/1/snapshot && cp -r ../tree/boot @/.snapshots/1/snapshot/ &&
            mv @/.snapshots/1/snapshot/boot/grub @/.snapshots/1/snapshot/boot/grub2 &&
            printf 'set btrfs_relative_path="yes"\nmenuentry A { linux /boot/vmlinuz-1 by-default; }\n' \
                >@/.snapshots/1/snapshot/boot/grub2/grub.cfg &&
            printf 'menuentry A { linux /@/boot/vmlinuz-1 old; }\n' >@/boot/grub2/grub.cfg &&
            btrfs subvolume set-default @/.snapshots/1/snapshot
    ) >/dev/null
    umount mounted
}
kernels
truncate -s 120M suse.img && mkfs.btrfs -q suse.img >/dev/null 2>&1
if subvolumes; then
    boots 'a configuration in the default subvolume' by-default '' suse.img
else
    echo '# no Btrfs can be mounted here: a default subvolume is not tried'
fi

# --- arguments ---------------------------------------------------------------------------------
dirty='.*: the default entry "A" of /boot/grub/grub.cfg cannot be booted: its paths or arguments hold control characters, or are not UTF-8'
kernels
for bytes in '\x1b[31m' '\xc2\x9b31m' '\xc2\x85kernel /etc/shadow' '\x9b31m' '\xff'; do
    printf 'set fallback=1\nmenuentry A { linux /boot/vmlinuz-1 x%b; }\nmenuentry B { linux /boot/vmlinuz-2; }\n' "'$bytes'" \
        >tree/boot/grub/grub.cfg
    filesystem dirty.img
    fails "the guest's arguments with $bytes" "$dirty" dirty.img
    [ "$bytes" != '\xff' ] || continue # no control character: whoever is root may
    clear_boot
    # shellcheck disable=SC2059 # the escapes are the format
    boot -q --output-format=simple --args="$(printf "x$bytes")" own.img
    is "$status $(cat out) $(boot_files)" '1  ' "root's arguments with $bytes: nothing boots"
    like "$(cat err)" 'cannot give the toolstack the args: there are control characters in it' \
        "root's arguments with $bytes: the reason"
done
vm_new guest PV-args=x
sed -i 's/"PV_args": *"x"/"PV_args":"x\\u009bm"/' "$ELILOADER_RECORD_DIR"/guest*
clear_boot
boot -q --vm=guest --handoff=native own.img
like "$status $(cat err)" '^1 .*PV-args holds a control character' "a record's arguments"

is "$(ls -d asked 2>/dev/null)" '' 'nobody was asked for a second opinion'
done_testing
