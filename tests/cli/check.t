#!/usr/bin/env bash
# eliloader check: each thing that it looks at, once right and once wrong; and that nothing of a start
# is done.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../images/trees.sh
. "$TESTS/images/trees.sh"

needs mke2fs sfdisk jq
export ELILOADER_RECORD_DIR=$WORK/vms ELILOADER_OUTPUT_DIRECTORY=$WORK/files/boot ELILOADER_PYGRUB=$WORK/pygrub
mkdir files
printf '#!/bin/sh\necho "Usage: pygrub [--runas=]" >&2\nexit 1\n' >pygrub && chmod 755 pygrub

# check WORD…: both forms; lines in `lines`, "STATUS ABOUT TEXT -> NEXT".
check() {
    run "$ELILOADER" check --json "$@"
    jq -r '.checks[] | "\(.status) \(.about): \(.text) -> \(.next)"' out >lines
}
# says REGEX NAME: one of the lines does.
says() {
    like "$(cat lines)" "$1" "$2"
}
# advises: each line that is not ok says what is next.
advises() {
    is "$(jq -r '.checks[] | select(.status != "ok" and .next == null) | .text' out)" '' "$1: each says what is next"
}

# --- the host ----------------------------------------------------------------------------------
check
is "$status $(jq -r '[.checks[] | select(.status == "failed")] | length' out) $(cat err)" '0 0 ' 'a host in order'
for about in configuration directory records users Xen pygrub 'GRUB for PV' 'GRUB for PVH' media helpers confinement; do
    is "$(jq -r --arg a "$about" '[.checks[] | select(.about == $a)] | length > 0' out)" true "the host: $about"
done
says '^ok configuration: .*/dev/null can be used' 'a configuration that is read'
says '^ok helpers: fetch, fsprobe, medium, menu and ramdisk start' 'helpers that start'
says '^ok pygrub: ' 'a pygrub that may be run'
advises 'a host'
run "$ELILOADER" check
is "$(cut -c1-8 out | sort -u | tr -d '\n' | tr -s ' ')" "$( [ "$(jq -r .status <("$ELILOADER" check --json))" = ok ] && echo 'ok ' || echo ' ok warning ')" \
    'for people: the words in front'

echo 'handof = native' >bad.conf
check --config=bad.conf
is "$status" 1 'a wrong configuration: the status'
says '^failed configuration: bad.conf, line 1: there is no setting .handof.; did you mean .handoff.\? -> mend it' 'a wrong configuration'
ELILOADER_HANDOFF=x check
says "^failed configuration: the environment's ELILOADER_HANDOFF" 'a wrong environment'
ELILOADER_PYGRUB=/nowhere check
is "$status" 0 'no pygrub is no failure'
says '^warning pygrub: .*/nowhere' 'no pygrub'
ELILOADER_HANDOFF=pygrub ELILOADER_PYGRUB=/nowhere check
is "$status" 1 'no pygrub, and it is wanted: the status'
says '^failed pygrub: .*/nowhere.* -> mend that, or set handoff = auto' 'no pygrub, and it is wanted'
printf 'grub-pv = /nowhere/pv\ngrub-pvh = /nowhere/pvh\nhandoff = grub\n' >grub.conf
check --config=grub.conf
says '^failed GRUB for PV: .*/nowhere/pv' 'no GRUB for PV, and it is wanted'
says '^failed GRUB for PVH: .*/nowhere/pvh' 'no GRUB for PVH, and it is wanted'
: >afile
check --output-directory=afile/boot
says '^failed directory: ' 'an output directory below a file'
check --record=none
says "^failed records: .*none" 'no such backend'
ELILOADER_MAP_DIR=/nowhere check
says '^failed media: .*/nowhere' 'no tables of media'
echo 'output-reserve = 1T' >reserve.conf
check --config=reserve.conf
says '^failed directory: .* has no room beside what output-reserve keeps free -> make room' 'no room'
if [ "$(id -u)" = 0 ]; then
    mkdir open && chmod 777 open
    ELILOADER_CACHE=$WORK/open check
    says '^failed cache: .*open is not used: .* -> use a directory of root' 'a cache of everybody'
    check --output-directory="$WORK/open"
    says '^failed directory: .*who could exchange the kernel' 'a directory of everybody'
    check --record-dir="$WORK/open"
    says '^warning records: .*open' 'records of everybody'
    # Far from all that distributions give to anybody.
    echo 'runas-base = 4000000000' >users.conf
    check --config=users.conf
    says '^ok users: .*from 4000000000 to 4000065535' 'a user for each run'
else
    says '^warning users: .* -> ask as root' 'an ordinary user'
fi
cp -r "$BUILD/bin" "$BUILD/libexec" "$BUILD/share" . 2>/dev/null
rm libexec/eliloader/ramdisk
run bin/eliloader check
is "$status" 1 'a helper that is missing: the status'
like "$(cat out)" '^failed +helpers +.*ramdisk' 'a helper that is missing'
printf '#!/bin/sh\necho "ramdisk (eliloader) 0.0.1"\n' >libexec/eliloader/ramdisk && chmod 755 libexec/eliloader/ramdisk
run bin/eliloader check
like "$(cat out)" '^failed +helpers +.*0\.0\.1.*' 'a helper of another version'
rm -r libexec

echo 'runas-base = 1' >users.conf
check --config=users.conf
says "^warning users: of the users from 1 to 65536, which are the helpers', some are .*'s in /etc/(passwd|subuid) -> set runas-base" 'users that are somebody else'

# --- a guest by its disk -----------------------------------------------------------------------
mkdir -p tree/boot/grub
kernel tree/boot/vmlinuz-1 1
printf 'menuentry A { linux /boot/vmlinuz-1 root=/dev/xvda1 }\n' >tree/boot/grub/grub.cfg
mke2fs -q -F -t ext4 -d tree good.img 4M >/dev/null 2>&1
printf 'menuentry A { linux /boot/vmlinuz-2 }\n' >tree/boot/grub/grub.cfg
mke2fs -q -F -t ext4 -d tree bad.img 4M >/dev/null 2>&1
truncate -s 4M blank.img
before=$(cksum good.img bad.img && find files)
check ./good.img
is "$status $(cat err)" '0 ' 'a disk that boots: the status'
says '^ok disk: ./good.img: no partition table: ext4' 'what is on it'
says '^ok start: the entry .A. of /boot/grub/grub.cfg is booted: disk 1' 'which entry'
says "^ok start: it would boot: a kernel of .*, no ramdisk, args 'root=/dev/xvda1'" 'how it would end'
says '^warning kernel: ' 'a kernel of which nothing is known'
advises 'a disk that boots'
check ./bad.img
is "$status" 1 'a disk that does not boot: the status'
says '^failed start: nothing on ./bad.img can be booted: .*/boot/vmlinuz-2 is not there.* -> .eliloader probe' 'why it does not boot'
says '^warning disk: .*/boot/vmlinuz-2 is not there.* -> mend it in the guest' 'what is wrong with the disk'
unlike "$(cat lines)" '^ok start: .*is not there' 'what is wrong with the disk is no step that is ok'
advises 'a disk that does not boot'
check blank.img
is "$status" 1 'a blank disk: the status'
says '^failed start: nothing on blank.img can be booted' 'a blank disk'
check ./none.img
says '^failed disk: cannot open the disk ./none.img: No such file' 'a disk that is not there'
check "$WORK"
says '^failed disk: cannot read the disk .*neither a file nor a block device' 'a folder'
ELILOADER_HANDOFF=grub check ./bad.img
unlike "$(cat lines)" '^[a-z]+ disk:' 'with handoff grub no disk is read'

# --- its kernel --------------------------------------------------------------------------------
printf 'menuentry A { linux /boot/vmlinuz-1 }\n' >tree/boot/grub/grub.cfg
mkdir pvtree && cp -r tree/boot pvtree && python3 "$TESTS/images/kernel.py" elf 64 pv >pvtree/boot/vmlinuz-1
mke2fs -q -F -t ext4 -d pvtree pv.img 4M >/dev/null 2>&1
check ./pv.img
says '^ok kernel: it can start as a guest of Xen: PV: yes, PVH: no' 'a kernel that can start'
ELILOADER_GUEST_TYPE=pvh check ./pv.img
says '^warning kernel: the kernel: this kernel has no PVH entry.* -> give the guest the type' 'a kernel that cannot start as that'
ELILOADER_CHECK_KERNEL=yes ELILOADER_GUEST_TYPE=pvh check ./pv.img
is "$status" 1 'a kernel that cannot start, and a start looks: the status'
says '^failed start: ./pv.img: the kernel /boot/vmlinuz-1: this kernel has no PVH entry' 'a kernel that cannot start, and a start looks'
python3 "$TESTS/images/kernel.py" elf 64 none >pvtree/boot/vmlinuz-1
mke2fs -q -F -t ext4 -d pvtree none-xen.img 4M >/dev/null 2>&1
check ./none-xen.img
says '^warning kernel: the kernel: this kernel was built without Xen guest support' 'a kernel that starts as no guest'

# --- a VM --------------------------------------------------------------------------------------
"$ELILOADER" -q vm create web1
"$ELILOADER" -q vm create inst install-distro=debianlike debian-release=bookworm install-repository=http://127.0.0.1:9/debian
"$ELILOADER" -q vm create "done" install-round=done
records=$(cksum vms/*)
check web1 good.img
is "$status" 0 'a VM that boots: the status'
says '^ok record: VM web1 is kept by the backend file' 'its record'
says '^ok state: VM web1: it is installed, and its next start finds out' 'its state'
says '^ok start: it would boot: .*; the record would move on' 'its start'
check web1
says '^failed start: VM web1 has no install-repository; set it' 'a VM without disks and repository'
check "done"
says '^warning start: .* -> name its disks behind it' 'a VM without disks'
check "done" bad.img
says '^failed start: .*/boot/vmlinuz-2 is not there' 'a VM that does not boot'
check inst
is "$status" 1 'a repository that does not answer: the status'
says '^ok start: VM inst: round 1, installing debianlike from its repository' 'a VM that is to be installed'
says '^failed start: .*127.0.0.1:9.* -> ' 'a repository that does not answer'
# One that does, and one without a kernel.
mkdir -p www/images/pxeboot && cp tree/boot/vmlinuz-1 www/images/pxeboot/vmlinuz && echo ramdisk >www/images/pxeboot/initrd.img
printf '[general]\nfamily = Fedora\nversion = 39\narch = x86_64\n[images-x86_64]\nkernel = images/pxeboot/vmlinuz\ninitrd = images/pxeboot/initrd.img\n' >www/.treeinfo
: >server
python3 -u -m http.server 0 --bind 127.0.0.1 --directory www >server 2>&1 &
at_exit kill $!
for _ in {1..100}; do
    port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' server)
    [ -z "$port" ] || break
    sleep 0.1
done
"$ELILOADER" -q vm create here install-distro=rhlike install-repository="http://127.0.0.1:$port"
"$ELILOADER" -q vm create away install-distro=rhlike install-repository="http://127.0.0.1:$port/away"
records=$(cksum vms/*)
mkdir -m 700 kept && echo "cache = $WORK/kept" >cache.conf
check --config=cache.conf here
is "$status $(find kept -type f | wc -l)" '0 0' "with a cache: nothing is put there"
check here
is "$status" 0 'a repository that answers: the status'
says '^ok start: VM here: the tree is ' 'what it is'
says "^ok start: it would boot: a kernel of .*, a ramdisk of .*, args '.*; the record would move on" 'what would be installed'
check away
is "$status" 1 'a repository without a kernel: the status'
says '^failed start: .* -> .eliloader identify URL' 'a repository without a kernel'
# A server that says nothing is waited for, and left on a signal with nothing behind.
python3 -u -c 'import socket,time
s=socket.create_server(("127.0.0.1",0)); print("port",s.getsockname()[1]); c=s.accept(); print("came"); time.sleep(60)' >silent &
at_exit kill $!
until grep -q port silent; do sleep 0.05; done
"$ELILOADER" -q vm create slow install-distro=rhlike install-repository="http://127.0.0.1:$(sed -n 's/port //p' silent)"
records=$(cksum vms/*)
"$ELILOADER" check slow >out 2>err &
pid=$!
until grep -q came silent; do sleep 0.05; done
kill -TERM $pid
wait $pid
is "$? $(find files -type d | wc -l)" '143 1' 'stopped by a signal: the status, and no folder is left'
check wbe1
is "$status" 1 'no such VM: the status'
says "^failed record: there is no VM 'wbe1' .* -> .eliloader vm create" 'no such VM'
sed 's/"done"/"x"/' vms/done.json >x && cp x vms/x.json
check x
says "^failed (state|record): " 'a record that cannot be used'
rm vms/x.json
# --- a guest by its xl.cfg ---------------------------------------------------------------------
cat >web.cfg <<CFG
# the guest of the test
name = "web1"
type = 'pvh'
bootloader = "$WORK/eliloader"
bootloader_args = [ "--vm=web1",
    "--debug" ]
cmdline = "console=hvc0"
disk = [ 'format=raw, vdev=xvda, access=rw, target=$WORK/good.img', ]
CFG
ln -s "$ELILOADER" eliloader
check web.cfg
is "$status $(cat err)" '0 ' 'an xl.cfg in order: the status'
says '^ok xl.cfg: web.cfg is of the guest web1' 'its name'
says '^ok type: the guest is of the type pvh' 'its type'
says '^ok bootloader: .*/eliloader' 'its bootloader'
says '^ok record: VM web1' 'the record that it names'
says "^ok start: it would boot: .* args 'root=/dev/xvda1 console=hvc0'" 'its start, with its cmdline'
run env -u ELILOADER_CONFIG "$ELILOADER" check web.cfg
like "$status $(cat out)" '^0 .*' 'an xl.cfg, and no configuration: the status'
like "$(cat out)" '^ok +start +it would boot' 'an xl.cfg, and no configuration'
# broken NAME REGEX SED…: the file with a change
broken() {
    local name=$1 regex=$2
    shift 2
    sed "$@" web.cfg >broken.cfg
    check broken.cfg
    says "$regex" "an xl.cfg: $name"
    advises "an xl.cfg: $name"
}
broken 'a line that is wrong' "^failed xl.cfg: broken.cfg, line 3: a text in quotes, a number or a list is missing, at 'pvh'" "s/'pvh'/pvh/"
is "$status" 1 'an xl.cfg: a line that is wrong: the status'
broken 'no name' '^failed xl.cfg: broken.cfg has no name' '/^name/d'
broken 'hvm' '^warning type: .*hvm: it boots by its own firmware' "s/'pvh'/'hvm'/"
is "$status" 0 'an xl.cfg: hvm: the status'
broken 'hvm, as it was said once' '^warning type: .*hvm' "s/^type = .*/builder='hvm'/"
broken 'no such type' "^failed type: xl knows no type 'pv2'" "s/'pvh'/'pv2'/"
broken 'another bootloader' '^warning bootloader: it is pygrub, not eliloader' 's/^bootloader = .*/bootloader="pygrub"/'
broken 'a bootloader that is not there' '^failed bootloader: there is no program /nowhere/eliloader' 's|^bootloader = .*|bootloader="/nowhere/eliloader"|'
broken 'no bootloader' '^failed bootloader: there is none, and no kernel either' '/^bootloader = /d'
broken 'a kernel of dom0' '^warning bootloader: there is none: xl starts the kernel /boot/k' 's|^bootloader = .*|kernel="/boot/k"|'
broken 'a kernel too' "^warning bootloader: kernel='/boot/vmlinuz-1' becomes" 's|^cmdline.*|kernel="/boot/vmlinuz-1"|'
broken 'root and extra' "^ok start: it would boot: .*root=/dev/xvda1 root=/dev/a ro'" 's|^cmdline.*|root="/dev/a"; extra="ro"|'
broken 'no disk' '^failed disk: there is none, and xl runs no bootloader' '/^disk/d'
broken 'a disk that is wrong' "^failed disk: the disk 'format=vmdk, vdev=.*'vmdk' is not known as format" 's/format=raw/format=vmdk/'
broken 'a disk that is not raw' '^warning disk: .*/good.img: its format is not raw' 's/format=raw/format=qcow2/'
broken 'a disk by a script' '^warning disk: .*its script makes a device' 's/format=raw/script=block-iscsi/'
broken 'a drive without a medium' '^warning disk: xvda: it is a drive without a medium' 's/format=raw/devtype=cdrom/; s|target=[^,]*,|target=|; s|, target=.*|'"' ]"'|'
broken 'a disk that is not there' '^(failed|warning) disk: cannot open the disk .*/none.img' 's/good.img/none.img/'
broken 'an unknown option' "^failed bootloader: unknown option '--bogus'" 's/--debug/--bogus/'
broken 'no such VM' "^failed record: there is no VM 'wbe1'" 's/--vm=web1/--vm=wbe1/'
broken 'no record' "^ok start: it would boot: .* args 'root=/dev/xvda1 console=hvc0'" 's/"--vm=web1",//'
broken 'words in one text' '^ok record: VM web1' 's/^bootloader_args.*/bootloader_args="--vm=web1 --debug"/; /^    "--debug/d'

is "$(cksum vms/*)" "$records" 'no record has moved'
is "$(cksum good.img bad.img && find files)" "$before" 'nothing is left'
is "$(find /tmp "$WORK" -maxdepth 2 -name 'eliloader-check.*' -user "$(id -un)" 2>/dev/null)" '' 'no folder is left'

# --- what a guest wrote ------------------------------------------------------------------------
printf 'menuentry "\033[2Jx" { linux /boot/vmlinuz-1 }\n' >tree/boot/grub/grub.cfg
mke2fs -q -F -t ext4 -d tree hostile.img 4M >/dev/null 2>&1
run "$ELILOADER" check ./hostile.img
unlike "$(cat out)" $'\033' 'what a guest wrote is escaped'
like "$(cat out)" 'x1b\[2Jx' 'and shown'
done_testing
