#!/usr/bin/env bash
# Without --vm: pygrub's options, the list, and who boots. (The menu: boot_menu.t.)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
# shellcheck disable=SC2016 # the fake pygrub's own variables
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../images/trees.sh
. "$TESTS/images/trees.sh"
export MKE2FS_CONFIG=$TESTS/images/mke2fs.conf
# None of the host's.
export ELILOADER_PYGRUB=$WORK/pygrub

# filesystem IMAGE: of the folder tree
filesystem() {
    rm -f "$1"
    mke2fs -q -F -t ext4 -d tree "$1" 4M >/dev/null 2>&1
}
# grub IMAGE TIMEOUT-LINE: two entries; the second one has an id
grub() {
    rm -rf tree && tree_grub2 tree
    printf '%s\nmenuentry "Linux" {\n linux /boot/vmlinuz-6.1 root=/dev/xvda1 ro\n initrd /boot/initrd.img-6.1\n}\nmenuentry "Old Linux" --id old {\n linux /boot/vmlinuz-5.10 single\n initrd /boot/initrd.img-5.10\n}\n' \
        "$2" >tree/boot/grub/grub.cfg
    filesystem "$1"
}
grub disk.img 'set timeout=3600'
kernel=$(sha256 tree/boot/vmlinuz-6.1) old_kernel=$(sha256 tree/boot/vmlinuz-5.10)
ramdisk=$(sha256 tree/boot/initrd.img-6.1)
nothing=$("$TESTS/images/make.sh" none-ext4-no-boot .)
ln "$nothing" disk-2.img
parted=$("$TESTS/images/make.sh" dos-ext4-grub2-2-data .)

# sum_or_dash FILE: its sum; '-' where there is no such answer
sum_or_dash() { if [ -n "$1" ]; then sha256 "$1"; else echo -; fi; }
# boots NAME KERNEL RAMDISK ARGS WORD…: with the files of these sums ('-': none)
boots() {
    local name=$1 want="$2 $3 $4"
    shift 4
    clear_boot
    boot --output-format=simple "$@"
    is "$status $(grep -v '^eliloader: note: .*, as was asked for' err)" '0 ' "$name: boots"
    like "$(parse_simple out "$BOOT")" "^kernel=$BOOT/" "$name: the answer can be read"
    is "$(sha256 "$(answered kernel)") $(sum_or_dash "$(answered ramdisk)") $(answered args)" \
        "$want" "$name: what was asked for"
}
# fails NAME STATUS REGEX WORD…: without an answer or files
fails() {
    local name=$1 want=$2 regex=$3
    shift 3
    clear_boot
    boot "$@"
    is "$status $(wc -c <out) $(boot_files)" "$want 0 " "$name: status $want, no answer, no files" || sed 's/^/# /' err
    like "$(cat err)" "$regex" "$name: says why"
}

# --- the answer ------------------------------------------------------------------------------
OWN='root=/dev/xvda1 ro'
boot disk.img
is "$status $(cat err)" '0 ' 'only a disk: boots'
like "$(cat out)" "^linux \(kernel $BOOT/eliloader-kernel\.[a-z2-7]{8}\)\(ramdisk $BOOT/eliloader-ramdisk\.[a-z2-7]{8}\)\(args \"$OWN\"\)$" \
    'only a disk: the answer is sxp'
is "$(boot_files) $(stat -c %a "$(sed 's/.*kernel \([^)]*\)).*/\1/' out)")" \
    'eliloader-kernel eliloader-ramdisk 600' 'only a disk: two files, for the toolstack alone'
boots 'form simple' "$kernel" "$ramdisk" "$OWN" disk.img
boots '-q' "$kernel" "$ramdisk" "$OWN" -q disk.img
boots '--args' "$kernel" "$ramdisk" "$OWN a=b c" --args='a=b c' disk.img
boots 'older names of --args' "$kernel" "$ramdisk" "$OWN x y z" --default_args=x --extra_args=y --args z disk.img
boots '-i without a terminal: the default' "$kernel" "$ramdisk" "$OWN" -i disk.img </dev/null
clear_boot
boot disk.img --output=- --output-directory=else
is "$status $(find else -type f | wc -l) $(boot_files)" '0 2 ' '--output-directory'
fails 'no disk' 2 '^eliloader: no VM and no disk: '
is "$(grep -c RuntimeError err)" 0 'no disk: not for the toolstack'
fails 'a disk that is not there' 1 'nowhere.*No such file' ./nowhere
like "$(cat err)" '^RuntimeError: INTERNAL_ERROR' 'a disk that is not there: for the toolstack'
fails 'nothing to boot' 3 'nothing to boot was found on' "$nothing"
fails 'a kernel over the limit' 1 '^RuntimeError: LIMITS' --kernel-max-size=1K disk.img

# --- what is chosen --------------------------------------------------------------------------
boots '--entry by number' "$old_kernel" "$(sha256 tree/boot/initrd.img-5.10)" single --entry=1 disk.img
boots '--entry by title' "$old_kernel" "$(sha256 tree/boot/initrd.img-5.10)" single --entry='Old Linux' disk.img
boots '--entry by id' "$old_kernel" "$(sha256 tree/boot/initrd.img-5.10)" single --entry old disk.img
fails '--entry that is not there' 3 "'?2'?|\"2\"" --entry=2 disk.img
boots '--kernel' "$old_kernel" - '' --kernel=/boot/vmlinuz-5.10 disk.img
boots '--kernel, --ramdisk and --args' "$old_kernel" "$ramdisk" 'a b' \
    --kernel=/boot/vmlinuz-5.10 --ramdisk=/boot/initrd.img-6.1 --args='a b' disk.img
boots 'relative paths' "$old_kernel" "$ramdisk" '' \
    --kernel boot/vmlinuz-5.10 --ramdisk boot/initrd.img-6.1 disk.img
boots '--ramdisk alone' "$kernel" "$(sha256 tree/boot/initrd.img-5.10)" "$OWN" \
    --ramdisk=/boot/initrd.img-5.10 disk.img
fails '--kernel that is not there' 3 '/boot/none' --kernel=/boot/none disk.img
boots '--kernel on the second partition' "$kernel" - '' --kernel=/boot/vmlinuz-6.1 "$parted"
boots '--offset' "$kernel" "$ramdisk" "$OWN quiet" --offset=10485760 "$parted"
fails '--offset of another filesystem' 3 . --offset=1048576 "$parted"
fails '--offset that is no number' 2 "offset is not a number of bytes: '1M'" --offset=1M "$parted"
fails '--offset over its bound' 2 'offset is not a number' --offset=9223372036854775808 "$parted"
fails '--offset at its bound' 3 . --offset=9223372036854775807 "$parted"
boots 'several disks' "$kernel" "$ramdisk" "$OWN" "$nothing" disk.img

# --- the list --------------------------------------------------------------------------------
clear_boot
boot -l disk.img
is "$status $(cat err)" '0 ' '-l: status 0'
is "$(cat out)" "title: Linux
  root: d0
  kernel: /boot/vmlinuz-6.1
  args: $OWN
  initrd: /boot/initrd.img-6.1
  number: 0
title: Old Linux
  root: d0
  kernel: /boot/vmlinuz-5.10
  args: single
  initrd: /boot/initrd.img-5.10
  number: 1
  id: old" '-l: the entries'
boot --list-entries --offset=10485760 "$parted"
is "$(sed -n 's/^  root: //p' out | xargs)" 'd0p1 d0p1' '-l: another disk, its partition as pygrub counts'
boot -l "$nothing"
is "$status $(wc -c <out)" '1 0' '-l of nothing: status 1'
like "$(cat err)" 'no boot entries: nothing to boot was found' '-l of nothing: says so'
boot -q -l "$nothing"
is "$status $(cat err)" '1 ' '-l of nothing with -q: only the status'
boot -n --args=x disk.img
is "$status $(cat out err)" "0 kernel /boot/vmlinuz-6.1
ramdisk /boot/initrd.img-6.1
args $OWN x" '-n: what would be booted'
boot -n --entry=1 --kernel-max-size=1K disk.img
is "$status $(sed -n 1p out)" '0 kernel /boot/vmlinuz-5.10' '-n --entry: likewise'
fails '-n of nothing' 1 'nothing to boot was found' -n "$nothing"
is "$(find "$BOOT" 2>/dev/null)" '' '-l and -n leave nothing behind, not even the folder'
if [ -c /dev/full ]; then
    "$ELILOADER" -l disk.img >/dev/full 2>err
    is "$? $(head -n1 err)" '1 eliloader: cannot write to stdout: No space left on device' \
        '-l to a full disk: says so'
fi

# A guest's text: escapes, a line of its own, a change of direction.
rm -rf tree && tree_grub2 tree
printf 'menuentry "a\e[2J\xe2\x80\xae\xc2\x9b\\\\ b" { linux /boot/vmlinuz-6.1 x; }\nmenuentry "\r\nkernel /x" { linux /boot/vmlinuz-5.10 y; }\n' \
    >tree/boot/grub/grub.cfg
filesystem hostile.img
boot -l hostile.img
is "$status $(LC_ALL=C grep -c '[^ -~]' out)" '0 0' '-l: a hostile title is escaped'
is "$(grep -cE '^(title|kernel)' out)" 2 '-l: a title is one line'

# --- who boots -------------------------------------------------------------------------------
# A pygrub that says what it was asked, and starts no program, which it may not.
printf '\177ELF of pygrub' >pygrub.kernel
# What pygrub reads and we do not: the mark of a ZFS.
unread=./unread.img
truncate -s 1M "$unread"
printf '\x0c\xb1\xba\0\0\0\0\0' | dd of="$unread" bs=1 seek=131072 conv=notrunc status=none
cat >pygrub <<END
#!/bin/bash
[ "\$1" != --help ] || { echo 'Usage: pygrub [--runas=] <image>' >&2; exit 0; }
printf '%s\n' "\$@" >$WORK/pygrub.args
for word; do
    case \$word in
    --output=*) output=\${word#*=} ;;
    --output-directory=*) directory=\${word#*=} ;;
    esac
done
[ ! -e $WORK/pygrub.fails ] || { echo 'pygrub cannot' >&2; exit 1; }
printf '\177ELF of pygrub' >"\$directory/k"
printf R >"\$directory/r"
printf 'kernel %s/k\0ramdisk %s/r\0args from pygrub\0\0' "\$directory" "\$directory" >"\$output"
END
chmod +x pygrub
# pygrub_was NAME WORDS: what it was asked, without where its files go; '-': nothing at all
pygrub_was() {
    is "$(if [ -e pygrub.args ]; then grep -vE '^--(output|runas)' pygrub.args | xargs; else echo -; fi)" "$2" "$1"
    rm -f pygrub.args
}
K=$(sha256 pygrub.kernel) R=$(printf R | sha256sum | cut -d" " -f1)
boots 'auto' "$kernel" "$ramdisk" "$OWN" disk.img
pygrub_was 'auto: without pygrub' -
fails 'auto, nothing found' 3 'nothing to boot was found' --args='a b' "$nothing" disk-2.img
pygrub_was 'auto, nothing found: pygrub is not asked of what we read' -
fails 'auto, no such kernel' 3 'the kernel /boot/none' --kernel=/boot/none --ramdisk=/r --offset=0 "$nothing"
pygrub_was 'auto, no such kernel: nor of what is not there' -
boots 'auto, not to be read' "$K" "$R" 'from pygrub' --args='a b' "$unread" "$nothing"
pygrub_was 'auto, not to be read: pygrub, of which there is no menu' "-q --args=a b $unread"
boots 'auto, not to be read, its kernel' "$K" "$R" 'from pygrub' --kernel=/boot/none --ramdisk=/r --offset=0 "$unread"
pygrub_was 'auto, not to be read, its kernel: with what was asked' "-q --offset=0 --kernel=/boot/none --ramdisk=/r $unread"
fails 'auto, no such entry' 3 . --entry=7 disk.img
pygrub_was 'auto, no such entry: pygrub, which would take another, is not asked' -
fails 'auto, no such ramdisk' 3 'the ramdisk /none that was asked for is not there' --ramdisk=/none disk.img
pygrub_was 'auto, no such ramdisk: pygrub, which would take the entry'"'"'s, is not asked' -
fails 'native, nothing found' 3 'nothing to boot was found' --handoff=native "$nothing"
pygrub_was 'native, nothing found: without pygrub' -
boots 'pygrub' "$K" "$R" 'from pygrub' --handoff=pygrub -q --entry=1 disk.img
pygrub_was 'pygrub: with its options' "-q --entry=1 disk.img"
clear_boot
boot -n "$unread"
is "$status $(cat out) $(boot_files)" '0 kernel (pygrub chooses it)
args from pygrub ' '-n where pygrub boots: status 0, no files'
boot -n --handoff=pygrub disk.img
is "$status $(head -n1 out) $(boot_files)" '0 kernel (pygrub chooses it) ' '-n --handoff=pygrub: likewise'
: >pygrub.fails
fails 'auto, nobody finds anything' 3 'can be booted: ' "$unread"
unlike "$(cat err)" 'pygrub cannot' 'auto, nobody finds anything: our own reason is given'
fails 'pygrub fails' 3 'pygrub cannot' --handoff=pygrub disk.img
rm -f pygrub pygrub.args
fails 'auto, no pygrub' 3 'nothing to boot was found' "$nothing"
fails 'pygrub, which is not there' 3 'pygrub' --handoff=pygrub disk.img

# --- xl --------------------------------------------------------------------------------------
dir_mode=600
[ "$(id -u)" = 0 ] || dir_mode=700
xl_folder() {
    rm -rf bootloader.7.d bootloader.7.out
    mkdir -m "$dir_mode" bootloader.7.d
    (umask 077 && : >bootloader.7.out)
}
# xl_run WORD…: as libxl calls it; then it takes the files, unlinks them, and removes the folder.
xl_run() {
    xl_folder
    inode=$(stat -c %i bootloader.7.out)
    boot "$@"
    is "$status $(wc -c <out) $(stat -c '%i %a' bootloader.7.out)" "0 0 $inode 600" "xl: $*"
    is "$(parse_simple0 bootloader.7.out | sed 's/\.[a-z2-7]*$//')" \
        "kernel=$WORK/bootloader.7.d/eliloader-kernel
ramdisk=$WORK/bootloader.7.d/eliloader-ramdisk
args=$ARGS" "xl: libxl can read it"
    parse_simple0 bootloader.7.out | sed -n 's/^kernel=//p; s/^ramdisk=//p' | xargs rm
    rmdir bootloader.7.d
    ok $? 'xl: nothing but the two files is left'
}
XL=(--output="$WORK/bootloader.7.out" --output-format=simple0 --output-directory="$WORK/bootloader.7.d")
ARGS=$OWN xl_run "${XL[@]}" "$WORK/disk.img"
ARGS="$OWN console=hvc0 x" xl_run --args='console=hvc0 x' --runas=65534 --quiet "${XL[@]}" "$WORK/disk.img"
ARGS=single xl_run "${XL[@]}" --entry=1 "$WORK/disk.img"
ARGS=root=/dev/xvda1 xl_run --kernel=/boot/vmlinuz-6.1 --ramdisk=/boot/initrd.img-6.1 \
    --args=root=/dev/xvda1 "${XL[@]}" "$WORK/disk.img"

done_testing
