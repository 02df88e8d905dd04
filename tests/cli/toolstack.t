#!/usr/bin/env bash
# How xapi and xl run the program, and how they read its answer.
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"

tree rh images/pxeboot/vmlinuz images/pxeboot/initrd.img
nginx_start "$WWW"
REPO=$NGINX/rh
OWN="inst.repo=$REPO/"
x8=$(printf '%8400s' '' | tr ' ' x)
vm_new seed install-repository="$REPO"
fresh() {
    vm_new guest install-repository="$REPO"
    clear_boot
}
# answers ARGS NAME WORD…: the run succeeds, and its simple answer is what xenopsd takes.
answers() {
    local args=$1 name=$2
    shift 2
    fresh
    boot "$@"
    is "$status $(cat err)" '0 ' "$name: succeeds, says nothing on stderr"
    is "$(parse_simple out "$BOOT" | sed -E '/^args/!s/\.[a-z2-7]{8}$//')" \
        "kernel=$BOOT/eliloader-kernel"$'\n'"ramdisk=$BOOT/eliloader-ramdisk"$'\n'"args=$args" \
        "$name: xenopsd reads it so"
}

# --- xapi ---------------------------------------------------------------------------------------
DISK=$WORK/disk
: >"$DISK"
answers "$OWN" 'current form' -q --vm guest "$DISK"
is "$(stat -c '%a %s' "$(answered kernel)")" "600 $(stat -c %s "$WWW/rh/images/pxeboot/vmlinuz")" \
    'the kernel: its mode and size'
is "$(cat "$(answered ramdisk)")" "$(cat "$WWW/rh/images/pxeboot/initrd.img")" 'the ramdisk'
is "$(boot_files) $(stat -c %a "$BOOT")" 'eliloader-kernel eliloader-ramdisk 700' \
    'nothing else in the directory'
answers "$OWN" 'older form' -q --default_args= --extra_args= --vm=guest "$DISK"
answers "$OWN" 'older form without -q' '' --default_args= --extra_args= --vm=guest "$DISK"
answers "$OWN a b" 'older form with args' -q --default_args=a --extra_args=b --vm guest "$DISK"
answers "$OWN c a b" 'in the order given' --args=c --default_args=a --vm=guest --extra_args b "$DISK"
answers "$OWN a=b c" 'a value with = and a space' --args='a=b c' --vm=guest
answers "$OWN b" 'empty ones leave no space' --args= --extra_args=b --default_args= --vm=guest
answers "$OWN a b" 'several of one' --args=a --args= --args=b --vm=guest
answers "$OWN" 'no disk' --vm=guest
answers "$OWN" 'several disks' --vm=guest -q "$DISK" /dev/null /nowhere
answers "$OWN" 'the disk first' "$DISK" --vm=guest -q
answers "$OWN" 'empty words of a split at single spaces' -q '' --vm guest '' '' "$DISK"
answers "$OWN" 'form simple' --output-format=simple --vm=guest
answers "$OWN" 'form simple, in two words, to stdout by name' --output-format simple --output - --vm guest
answers "$OWN \"quoted\" (x) 'y' \\z é" 'any character but controls' --vm=guest \
    --args="\"quoted\" (x) 'y' \\z é"

fresh
boot --vm guest -q --output-format=sxp --args='a b' "$DISK"
like "$(cat out)" "^linux \(kernel $BOOT/eliloader-kernel\.[a-z2-7]{8}\)\(ramdisk $BOOT/eliloader-ramdisk\.[a-z2-7]{8}\)\(args \"$OWN a b\"\)$" \
    'form sxp'
is "$(wc -l <out)" 1 'form sxp: one line'

# Where xenopsd looks, with the directory that it insists on.
if unshare -m true 2>/dev/null; then
    fresh
    # shellcheck disable=SC2016 # for the other shell
    run env -u ELILOADER_OUTPUT_DIRECTORY unshare -m sh -c 'mount -t tmpfs none /run &&
        "$0" -q --vm guest && stat -c "%a %U" /run/xend /run/xend/boot >&2' "$ELILOADER"
    is "$status $(xargs <err)" "0 755 $(id -un) 700 $(id -un)" \
        'the default output directory is made, for its owner only'
    like "$(parse_simple out /var/run/xend/boot)" '^kernel=/var/run/xend/boot/eliloader-kernel' \
        'the default output directory is what xenopsd insists on'
fi
fresh
mkdir -p "$WORK/rel"
run env -C "$WORK/rel" "$ELILOADER" --vm=guest --output-directory=sub/dir//
like "$(parse_simple out "$WORK/rel/sub/dir")" "^kernel=$WORK/rel/sub/dir/" \
    'a relative directory: absolute paths'
fresh
mkdir -p "$BOOT" && chmod 755 "$BOOT" && echo mine >"$BOOT/eliloader.txt"
boot --vm=guest
is "$status $(stat -c %a "$BOOT") $(cat "$BOOT/eliloader.txt")" '0 755 mine' \
    'a directory that is there is left as it is'

# --- xl -----------------------------------------------------------------------------------------
# As libxl makes it, and root may use it; for anybody else it would be shut.
dir_mode=600
[ "$(id -u)" = 0 ] || dir_mode=700
# xl_run WORD…: as libxl calls it, with a FILE and a DIR of the domain's own.
xl_run() {
    vm_new guest install-repository="$REPO"
    rm -rf bootloader.7.d bootloader.7.out
    mkdir -m "$dir_mode" bootloader.7.d
    (umask 077 && : >bootloader.7.out)
    inode=$(stat -c %i bootloader.7.out)
    boot "$@" --output="$WORK/bootloader.7.out" --output-format=simple0 \
        --output-directory="$WORK/bootloader.7.d" --vm=guest "$DISK"
}
xl_run
is "$status $(wc -c <out) $(cat err)" '0 0 ' 'xl: nothing on stdout'
is "$(parse_simple0 bootloader.7.out | sed 's/\.[a-z2-7]*$//')" \
    "kernel=$WORK/bootloader.7.d/eliloader-kernel
ramdisk=$WORK/bootloader.7.d/eliloader-ramdisk
args=$OWN" 'xl: libxl can read it'
is "$(tr -cd '\n' <bootloader.7.out | wc -c)" 0 'xl: no newline in it'
is "$(tail -c2 bootloader.7.out | od -An -tx1 | xargs)" '00 00' 'xl: NUL after every item, and at the end'
is "$(stat -c '%i %a' bootloader.7.out)" "$inode 600" 'xl: the file is the same one'
is "$(stat -c %a bootloader.7.d)" $dir_mode 'xl: DIR keeps its mode'
kernel=$(parse_simple0 bootloader.7.out | sed -n 's/^kernel=//p')
is "$(sha256 "$kernel")" "$(sha256 "$WWW/rh/images/pxeboot/vmlinuz")" 'xl: the kernel is there'

xl_run --args='root=/dev/xvda1 ro'
is "$(parse_simple0 bootloader.7.out | sed -n 's/^args=//p')" "$OWN root=/dev/xvda1 ro" \
    'xl: args of xl.cfg, at the end'
xl_run --args 'two words' --runas=65534 --quiet
is "$status $(parse_simple0 bootloader.7.out | sed -n 's/^args=//p')" "0 $OWN two words" \
    'xl: with bootloader_restrict'
fake_kernel "$WWW/rh/k" own
fake_ramdisk "$WWW/rh/r" own
xl_run --kernel=k --ramdisk=r
is "$(cat bootloader.7.d/eliloader-ramdisk.*)" 070701own 'xl: kernel= and ramdisk= of xl.cfg'
xl_run --kernel=/k
is "$status $(find bootloader.7.d -type f | wc -l)" '0 1' 'xl: kernel= alone: no ramdisk'
unlike "$(parse_simple0 bootloader.7.out)" ramdisk 'xl: and none in the answer'

# xl starts it on a pty, raw, of no size, with one more descriptor open.
run env ELILOADER="$ELILOADER" REPO="$REPO" python3 - <<'PY'
import os, pty, subprocess, sys, tty
master, slave = pty.openpty()
tty.setraw(slave)
open('pty.out', 'w').close()
subprocess.run([os.environ['ELILOADER'], 'vm', 'set', 'guest', 'PV-bootloader=eliloader'], check=True)
log = os.open('pty.log', os.O_WRONLY | os.O_CREAT)
end = subprocess.Popen([os.environ['ELILOADER'], '--output=pty.out', '--output-format=simple0',
                        '--output-directory=boot', '--vm=guest', '/dev/loop0'],
                       stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
                       pass_fds=[log], env=dict(os.environ, TERM='vt100'))
os.close(slave)
text = b''
try:
    while chunk := os.read(master, 4096):
        text += chunk
except OSError:
    pass
print(end.wait(), repr(text))
PY
like "$(cat out)" "^0 b'(.rfetching [^']*)?'$" 'xl: on its terminal, nothing but progress'
like "$(parse_simple0 pty.out)" "^kernel=$BOOT/eliloader-kernel" 'xl: and the answer in the file'

# --- the file of the answer ---------------------------------------------------------------------
fresh
printf '%9000s' '' | tr ' ' o >answer
inode=$(stat -c %i answer)
chmod 640 answer
boot --vm=guest --output=answer
is "$status $(stat -c '%i %a' answer)" "0 $inode 640" 'a longer old file: the same one'
like "$(parse_simple answer "$BOOT")" '^kernel=' 'a longer old file: nothing of it is left'
fresh
refused 1 INTERNAL_ERROR "cannot write the answer to $WORK/none: No such file.*there already" \
    'a file that is not there' --vm=guest --output="$WORK/none"
is "$(find "$WORK/none" 2>/dev/null)" '' 'a file that is not there is not made'
refused 1 INTERNAL_ERROR "cannot write the answer to $WORK: Is a directory" 'a directory' \
    --vm=guest --output="$WORK"
mkfifo fifo
refused 1 INTERNAL_ERROR 'cannot write the answer to fifo: No such device' 'a fifo without a reader' \
    --vm=guest --output=fifo
if [ -c /dev/full ]; then
    refused 1 INTERNAL_ERROR 'cannot write the answer to /dev/full: No space left' \
        'a file that takes nothing' --vm=guest --output=/dev/full
fi
before=$(cat "$RECORDS/guest.json")
# shellcheck disable=SC2016 # for the other shell
run bash -c '"$0" --vm=guest >&-' "$ELILOADER"
is "$status $(boot_files)" '1 ' 'a closed stdout: fails, no files'
like "$(cat err)" 'cannot write the answer to stdout' 'a closed stdout: says why'
run python3 -c 'import os, subprocess, sys
r, w = os.pipe()
os.close(r)
end = subprocess.run([sys.argv[1], "--vm=guest"], stdout=w, stderr=subprocess.PIPE)
print(end.returncode, end.stderr.decode())' "$ELILOADER"
like "$(cat out)" '^1 .*cannot write the answer to stdout: Broken pipe' 'a reader that is gone'
is "$(boot_files)" '' 'a reader that is gone: no files'
is "$(cat "$RECORDS/guest.json")" "$before" 'no answer, no new record'

# --- an installed guest, booted by the loader itself -------------------------------------------------
GUEST=$("$TESTS/images/make.sh" dos-ext4-grub2-2 "$WORK")
debugfs -R 'cat /boot/vmlinuz-6.1' "$GUEST?offset=$("$ELILOADER" probe --json "$GUEST" | jq .boot.offset)" \
    >guest-kernel 2>/dev/null
ENTRY='root=/dev/xvda1 ro quiet'
native() {
    vm_new guest other-config:boot-handoff=native PV-args="${1-}"
    clear_boot
}
# native_answers ARGS NAME WORD…: as answers
native_answers() {
    local args=$1 name=$2
    shift 2
    native
    boot "$@"
    is "$status $(cat err)" '0 ' "native, $name: succeeds, says nothing on stderr"
    is "$(parse_simple out "$BOOT" | sed -E '/^args/!s/\.[a-z2-7]{8}$//')" \
        "kernel=$BOOT/eliloader-kernel"$'\n'"ramdisk=$BOOT/eliloader-ramdisk"$'\n'"args=$args" \
        "native, $name: xenopsd reads it so"
}
native_answers "$ENTRY" 'xapi, current form' -q --vm guest "$GUEST"
is "$(sha256 "$(answered kernel)") $(cat "$(answered ramdisk)")" "$(sha256 guest-kernel) ramdisk 6.1" \
    'native: the very files'
is "$(stat -c '%a %h' "$(answered kernel)" "$(answered ramdisk)" | sort -u)" '600 1' 'native: their mode'
native_answers "$ENTRY" 'xapi, older form' -q --default_args= --extra_args= --vm guest "$GUEST"
native_answers "$ENTRY d a" 'xapi, older form with args' -q --default_args=d --extra_args=a --vm guest "$GUEST"
native
boot --vm guest -q --output-format=sxp --args=x "$GUEST"
like "$(cat out)" "^linux \(kernel $BOOT/[^()]*\)\(ramdisk $BOOT/[^()]*\)\(args \"$ENTRY x\"\)$" 'native, form sxp'

# xl_native WORD…: as libxl calls it
xl_native() {
    native pv
    rm -rf bootloader.7.d bootloader.7.out
    mkdir -m "$dir_mode" bootloader.7.d
    (umask 077 && : >bootloader.7.out)
    inode=$(stat -c %i bootloader.7.out)
    boot "$@" --output="$WORK/bootloader.7.out" --output-format=simple0 \
        --output-directory="$WORK/bootloader.7.d" --vm=guest "$GUEST"
}
xl_native --args='console=hvc0 x'
is "$status $(wc -c <out) $(cat err)" '0 0 ' 'native, xl: nothing on stdout'
is "$(parse_simple0 bootloader.7.out | sed 's/\.[a-z2-7]*$//')" \
    "kernel=$WORK/bootloader.7.d/eliloader-kernel
ramdisk=$WORK/bootloader.7.d/eliloader-ramdisk
args=$ENTRY pv console=hvc0 x" 'native, xl: libxl can read it, and what came from dom0 is last'
is "$(stat -c '%i %a' bootloader.7.out) $(stat -c %a bootloader.7.d)" "$inode 600 $dir_mode" \
    'native, xl: FILE is the same one, DIR keeps its mode'
parse_simple0 bootloader.7.out | sed -n 's/^\(kernel\|ramdisk\)=//p' | xargs rm &&
    rmdir bootloader.7.d && rm bootloader.7.out
ok $? 'native, xl: libxl unlinks both files, and nothing else is in DIR'
xl_native --runas=65534 --quiet
is "$status $(record guest '.other_config["install-round"]')" '0 done' 'native, xl: with bootloader_restrict'
xl_native --kernel=/boot/vmlinuz-5.10
is "$status $(parse_simple0 bootloader.7.out | cut -d= -f1 | xargs)" '0 kernel args' \
    'native, xl: kernel= of xl.cfg is a path on the disk'

# Nobody reads the answer.
native
before=$(cat "$RECORDS/guest.json")
# shellcheck disable=SC2016 # for the other shell
run bash -c '"$0" --vm=guest "$1" >&-' "$ELILOADER" "$GUEST"
is "$status $(boot_files)" '1 ' 'native, a closed stdout: fails, no files'
like "$(cat err)" 'cannot write the answer to stdout' 'native, a closed stdout: says why'
refused 1 INTERNAL_ERROR 'cannot write the answer to fifo: No such device' 'native, a fifo without a reader' \
    --vm=guest --output=fifo "$GUEST"
is "$(cat "$RECORDS/guest.json")" "$before" 'native, no answer, no new record'

# Stopped while the helper copies: one that has written half a kernel, and goes on for ever.
mkdir -p slow/bin slow/libexec/eliloader
cp "$ELILOADER" slow/bin/
printf '#!/bin/sh\nprintf half >&5\n: >%s/copying\nexec sleep 60\n' "$WORK" >slow/libexec/eliloader/fsprobe
chmod 755 slow/libexec/eliloader/fsprobe
slow/bin/eliloader -q --vm=guest "$GUEST" >out 2>err &
loader=$!
for _ in {1..400}; do [ -e copying ] && break; sleep 0.05; done
kill -TERM $loader
wait $loader
is "$? $(wc -c <out) $(boot_files)" '143 0 ' 'native, SIGTERM while it copies: no answer, no files'
is "$(cat "$RECORDS/guest.json")" "$before" 'native, SIGTERM: the record is as it was'
like "$(cat err)" '^RuntimeError: INTERNAL_ERROR' 'native, SIGTERM: says so'

# --- values that would break the form -----------------------------------------------------------
fresh
refused 1 INTERNAL_ERROR 'the args: there are control characters' 'a newline in --args' \
    --vm=guest --args=$'a\nkernel /etc/passwd'
unlike "$(cat err)" passwd 'a newline in --args: it is not shown, for it may hold a password'
refused 1 INTERNAL_ERROR 'the args: there are control characters' 'a newline for simple0' \
    --vm=guest --output-format=simple0 --args=$'a\nb'
refused 1 INTERNAL_ERROR 'the args: there are control characters' 'an escape' --vm=guest --args=$'\e[2J'
refused 1 INTERNAL_ERROR 'as sxp.*output-format=simple' 'a quote in sxp' \
    --vm=guest --output-format=sxp --args='a") (kernel /etc/passwd'
unlike "$(cat err)" passwd 'a quote in sxp: it is not shown'
# shellcheck disable=SC1003 # a backslash it is
refused 1 INTERNAL_ERROR 'as sxp.*output-format=simple' 'a backslash in sxp' \
    --vm=guest --output-format=sxp --args='a\'
refused 1 INTERNAL_ERROR "kernel as sxp.*its path is '.*bo\)ot/" 'a bracket in a path in sxp' \
    --vm=guest --output-format=sxp --output-directory="$WORK/bo)ot"
is "$(find "$WORK/bo)ot" -type f)" '' 'a bracket in a path in sxp: no files there'
refused 1 INTERNAL_ERROR 'control characters' 'a newline in the directory' \
    --vm=guest --output-directory="$WORK/a"$'\n'"kernel"
is "$(find "$WORK" -path '*a?kernel/*')" '' 'a newline in the directory: no files there'
# "args " and the text are less than 8192 bytes together.
fits=$((8191 - 5 - ${#OWN} - 1))
refused 1 INTERNAL_ERROR 'args: they are 8187 bytes long.* less than 8192' 'over 8 KiB' -q \
    --vm=guest --args="${x8:0:fits+1}"
boot --vm=guest -q --args="${x8:0:fits}" --output-format=simple0
is "$status $(parse_simple0 out | grep -c '^args')" '0 1' 'just not over 8 KiB'
fresh
boot --vm=guest --args="${x8:0:1023-${#OWN}-1}"
is "$status $(cat err)" '0 ' 'what a PV guest can read of its arguments'
fresh
boot --vm=guest --args="${x8:0:1024-${#OWN}-1}"
like "$status $(cat err)" '^0 eliloader: warning: .*1024 bytes long; a PV guest gets the first 1023' \
    'one more: a warning'
fresh
boot -q --vm=guest --args="${x8:0:1024-${#OWN}-1}"
is "$status $(cat err)" '0 ' 'none with -q'

done_testing
