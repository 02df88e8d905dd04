#!/usr/bin/env bash
# domUloader, under its names and as a command: the entry, the partition, the answer, the files.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../images/trees.sh
. "$TESTS/images/trees.sh"
export MKE2FS_CONFIG=$TESTS/images/mke2fs.conf

parted=$("$TESTS/images/make.sh" dos-ext4-suse-2 .)
logical=$("$TESTS/images/make.sh" dos-logical-ext4-suse-6 .)
bare=$("$TESTS/images/make.sh" none-ext4-wellknown-suse .)
make_tree wellknown-suse tree
# Two more names: colons in the paths, and a comma in the ramdisk's.
cp tree/boot/vmlinuz-xen tree/k:1 && cp tree/boot/initrd-xen tree/r,2
mke2fs -q -F -t ext4 -d tree odd.img 4M >/dev/null 2>&1
kernel=$(sha256 tree/boot/vmlinuz-xen) ramdisk=$(sha256 tree/boot/initrd-xen)
ENTRY=/boot/vmlinuz-xen,/boot/initrd-xen

# xend FILE: the answer as xend read it: an expression of words, strings in quotes, and lists.
# Prints "kernel=PATH", "ramdisk=PATH", "args=TEXT".
xend() {
    python3 -c '
import re, sys
text = open(sys.argv[1]).read()
tokens = re.findall(r"\s+|[()]|\"(?:[^\"\\]|\\.)*\"|[^\s()\"]+", text)
assert "".join(tokens) == text, "odd bytes"
stack = [[]]
for token in tokens:
    if token == "(":
        stack.append([])
    elif token == ")":
        done = stack.pop()
        stack[-1].append(done)
    elif token.strip():
        stack[-1].append(token[1:-1] if token[0] == "\"" else token)
assert len(stack) == 1, "brackets"
assert stack[0][0] == "linux", "no linux"
for item in stack[0][1:]:
    key, value = item
    print(key + "=" + value)' "$1" 2>&1
}
taken() { sed -n "s/^$1=//p" taken; }
# sum_or_dash FILE: its sum; '-' where there is no such answer
sum_or_dash() { if [ -n "$1" ]; then sha256 "$1"; else echo -; fi; }
# boots NAME ARGS WORD…: with the kernel and the ramdisk ($want_ramdisk: '-' for none)
boots() {
    local name=$1 args=$2 files
    shift 2
    clear_boot
    run "$@"
    is "$status $(cat err)" '0 ' "$name: boots"
    xend out >taken
    files="$(sha256 "$(taken kernel)") $(sum_or_dash "$(taken ramdisk)")"
    is "$files $(taken args)" "$kernel ${want_ramdisk:-$ramdisk} $args" "$name: what was asked for"
}
# fails NAME STATUS REGEX WORD…
fails() {
    local name=$1 want=$2 regex=$3
    shift 3
    clear_boot
    run "$@"
    is "$status $(wc -c <out) $(boot_files)" "$want 0 " "$name: status $want, no answer, no files"
    like "$(cat err)" "$regex" "$name: says why"
    is "$(grep -c '^RuntimeError: ' err)" "$([ "$want" = 2 ] && echo 0 || echo 1)" "$name: for xend"
}
domuloader=("$ELILOADER" domuloader)

# --- the entry and the partition -------------------------------------------------------------
boots 'the example of the wild' '' "${domuloader[@]}" --entry=xvda2:$ENTRY "$parted"
boots 'with its folder' '' "${domuloader[@]}" --entry=/dev/xvda2:$ENTRY "$parted"
boots 'another name' '' "${domuloader[@]}" --entry hda2:$ENTRY "$parted"
boots 'a logical partition' '' "${domuloader[@]}" --entry=nvme0n1p6:$ENTRY "$logical"
boots 'relative paths' '' "${domuloader[@]}" --entry=xvda2:boot/vmlinuz-xen,boot/initrd-xen "$parted"
boots 'no device' '' "${domuloader[@]}" --entry=$ENTRY "$bare"
boots 'a device without a number' '' "${domuloader[@]}" --entry=xvda:$ENTRY "$bare"
boots 'colons and a comma' '' "${domuloader[@]}" --entry=xvda:/k:1,/r,2 odd.img
want_ramdisk=- boots 'no ramdisk' '' "${domuloader[@]}" --entry=xvda2:/boot/vmlinuz-xen "$parted"
boots 'arguments' 'root=/dev/xvda2 (x)' "${domuloader[@]}" --entry=xvda2:$ENTRY \
    --args='root=/dev/xvda2 (x)' "$parted"
boots 'the disk is the partition itself' '' "${domuloader[@]}" --entry=xvda2:$ENTRY "$bare"
fails 'another partition' 3 'entry says /boot/vmlinuz-xen on partition 1; .eliloader probe' "${domuloader[@]}" --entry=xvda1:$ENTRY "$parted"
fails 'a partition that is not there' 3 'on partition 7' "${domuloader[@]}" --entry=xvda7:$ENTRY "$parted"
fails 'a whole disk that has partitions' 3 'names no partition, so that the whole disk' "${domuloader[@]}" --entry=xvda:$ENTRY "$parted"
fails 'no such kernel' 3 '/boot/none' "${domuloader[@]}" --entry=xvda2:/boot/none "$parted"
fails 'no such ramdisk' 3 '/boot/none' "${domuloader[@]}" --entry=xvda2:/boot/vmlinuz-xen,/boot/none "$parted"
fails 'no such disk' 1 'nowhere.*No such file' "${domuloader[@]}" --entry=$ENTRY nowhere
fails 'a kernel over the limit' 1 '^RuntimeError: LIMITS' "${domuloader[@]}" --kernel-max-size=1K \
    --entry=xvda2:$ENTRY "$parted"
fails 'no entry' 2 'entry=\[DEV:\]KERNEL\[,RAMDISK\] is missing' "${domuloader[@]}" "$parted"
fails 'no kernel' 2 'entry names no kernel' "${domuloader[@]}" --entry=xvda2:,/r "$parted"
fails 'partition 0' 2 "device 'xvda0'" "${domuloader[@]}" --entry=xvda0:$ENTRY "$parted"
fails 'no disk' 2 'takes one DISK, and 0 were named' "${domuloader[@]}" --entry=$ENTRY
fails 'two disks' 2 'takes one DISK, and 2 were named' "${domuloader[@]}" --entry=$ENTRY "$parted" "$bare"
fails 'an option of pygrub' 2 "unknown option '--offset'" "${domuloader[@]}" --offset=1 --entry=$ENTRY "$bare"
echo 'handoff = grub' >grub.conf
ELILOADER_CONFIG=$WORK/grub.conf fails 'a host that reads no disk of a guest' 2 'handoff is grub in .*/grub.conf' \
    "${domuloader[@]}" --entry=xvda2:$ENTRY "$parted"

# --- by name, to a file ----------------------------------------------------------------------
for program in domUloader domUloader.py; do
    boots $program 'a b' "$BUILD/bin/$program" --entry=xvda2:$ENTRY --args='a b' "$parted"
    run "$BUILD/bin/$program" --help
    like "$status $(cat out)" '^0 Usage: eliloader domuloader --entry' "$program --help"
done
umask 077 && : >answer && inode=$(stat -c %i answer)
clear_boot
run "$BUILD/bin/domUloader.py" -q --output=answer --entry=xvda2:$ENTRY --args='a b' "$parted"
is "$status $(wc -c <out) $(stat -c %i answer)" "0 0 $inode" 'to a file, the same one'
is "$(xend answer | sed 's/\.[a-z2-7]*$//')" "kernel=$BOOT/eliloader-kernel
ramdisk=$BOOT/eliloader-ramdisk
args=a b" 'to a file: xend can read it'
boots 'to - ' '' "${domuloader[@]}" --output=- --entry=xvda2:$ENTRY "$parted"
clear_boot
run "${domuloader[@]}" --output-format=simple --entry=xvda2:$ENTRY "$parted"
like "$(parse_simple out "$BOOT")" "^kernel=$BOOT/" 'another form'

# --- where its files go ----------------------------------------------------------------------
clear_boot
run "${domuloader[@]}" --output-directory=else --entry=xvda2:$ENTRY "$parted"
is "$status $(find else -type f | wc -l) $(boot_files)" '0 2 ' '--output-directory comes first'
if unshare -m true 2>/dev/null; then
    # shellcheck disable=SC2016 # for the other shell
    run env -u ELILOADER_OUTPUT_DIRECTORY unshare -m sh -c 'mount -t tmpfs none /var/lib &&
        "$0" domuloader --entry="$1" "$2" && find /var/lib/xen/tmp -type f -printf "%m\n" >&2' \
        "$ELILOADER" "xvda2:$ENTRY" "$parted"
    is "$status $(xargs <err)" '0 600 600' 'by default its files are in /var/lib/xen/tmp'
    xend out >taken
    like "$(taken kernel)" '^/var/lib/xen/tmp/eliloader-kernel\.' 'and the answer says so'
fi
done_testing
