#!/usr/bin/env bash
# Nothing is left behind: whatever ends a run, its files are gone, at once or with the next run, and
# the record is the old one.
# Boundaries: files
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"

K=images/pxeboot/vmlinuz
R=images/pxeboot/initrd.img
tree rh $K $R
fake_kernel "$WWW/big/$K" 
truncate -s 8M "$WWW/big/$K"
fake_ramdisk "$WWW/big/$R"
nginx_start "$WWW" "location /slow/ { alias $WWW/big/; limit_rate 1m; }
    location /progress/ { alias $WWW/big/; limit_rate 5m; }"

# --- runs that are ended ------------------------------------------------------------------------
# start [COMMAND…]: a run that takes long, as $run; returns once bytes have come.
start() {
    local fd
    vm_new guest install-repository="$NGINX/slow"
    clear_boot
    before=$(cat "$RECORDS/guest.json")
    # A shell's background jobs ignore SIGINT, which would stay so.
    env --default-signal=INT "$@" "$ELILOADER" --vm=guest >out 2>err &
    run=$!
    for _ in $(seq 200); do
        for fd in /proc/"$run"/fd/*; do
            case $(readlink "$fd") in
            "$BOOT/"*)
                [ "$(stat -Lc %s "$fd")" != 0 ] || continue
                # Now, for others have run before it.
                helper=$(pgrep -P "$run")
                return 0
                ;;
            esac
        done
        sleep 0.02
    done
    ok 1 'a slow transfer has begun'
}
# ended STATUS NAME: the run ends so; nothing is left.
ended() {
    wait "$run"
    is "$?" "$1" "$2: status"
    is "$(wc -c <out) $(ls -A "$BOOT")" '0 ' "$2: no answer, no files"
    is "$(cat "$RECORDS/guest.json")" "$before" "$2: the record is the old one"
    for _ in $(seq 100); do
        kill -0 "$helper" 2>/dev/null || break
        sleep 0.02
    done
    ! kill -0 "$helper" 2>/dev/null
    ok $? "$2: the helper is gone"
}
for signal in TERM INT HUP; do
    start
    kill -$signal "$run"
    ended $((128 + $(kill -l $signal))) "SIG$signal"
    like "$(cat err)" "^RuntimeError: INTERNAL_ERROR" "SIG$signal: tells the toolstack"
    like "$(head -n1 err)" 'stopped by signal' "SIG$signal: says so"
done
start
is "$(ls -A "$BOOT")" '' 'a run under way has no names in the directory'
{
    kill -KILL "$run"
    ended 137 SIGKILL
} 2>/dev/null # where bash would tell of it
start
kill -KILL "$helper"
ended 1 'SIGKILL of the helper'
like "$(head -n1 err)" 'the program fetch was ended by signal 9' 'SIGKILL of the helper: says so'
start nohup
kill -HUP "$run"
sleep 0.2
kill -0 "$run"
ok $? 'under nohup it goes on after SIGHUP'
kill -TERM "$run"
ended 143 'SIGTERM under nohup'
vm_new guest install-repository="$NGINX/rh"
boot --vm=guest
is "$status $(boot_files)" '0 eliloader-kernel eliloader-ramdisk' 'afterwards the VM starts'

# --- what an earlier run left -------------------------------------------------------------------
# left NAME MODE [AGE]: a file of an earlier run.
left() {
    echo "$1" >"$BOOT/$1"
    touch -d "${3:-1 minute} ago" "$BOOT/$1"
    chmod "$2" "$BOOT/$1"
}
fill() {
    clear_boot
    mkdir -m 700 "$BOOT"
    left eliloader-kernel.aaaaaaaa 200
    left eliloader-ramdisk.aaaaaaaa 200
    left .eliloader-aaaaaaaa 200
    left fetched-kernel.aaaaaaaa 200
    left eliloader-kernel.bbbbbbbb 600 '59 minutes'
    left eliloader-kernel.cccccccc 600 '61 minutes'
    left eliloader-ramdisk.cccccccc 600 '2 days'
    left fetched-kernel.cccccccc 600 '2 days'
    left vmlinuz.dddddddd 200 '2 days'
    left boot_kernel.dddddddd 600 '2 days'
    left eliloader-notes 200 '2 days'
    left eliloader-kernel.longer.name 200 '2 days'
    left eliloader-kernel.short 200 '2 days'
    mkdir -m 700 "$BOOT/.eliloader-scratchx" "$BOOT/.eliloader-backupxx" "$BOOT/eliloader-kernel.hhhhhhhh"
    echo x >"$BOOT/.eliloader-scratchx/boot_kernel.x1_y2z3a"
    echo x >"$BOOT/.eliloader-backupxx/dump.sql"
    echo precious >"$WORK/precious"
    touch -d '2 days ago' "$WORK/precious"
    chmod 200 "$WORK/precious"
    ln -s "$WORK/precious" "$BOOT/eliloader-kernel.eeeeeeee"
    ln "$WORK/precious" "$BOOT/eliloader-kernel.ffffffff"
    mkfifo -m 200 "$BOOT/eliloader-kernel.gggggggg"
}
fill
left eliloader-kernel.llllllll 200
exec {locked}>>"$BOOT/eliloader-kernel.llllllll"
flock -n "$locked"
vm_new guest install-repository="$NGINX/rh"
boot --vm=guest
is "$status" 0 'a run in a directory with leftovers'
sed -nE 's/^(kernel|ramdisk) //p' out | xargs rm
is "$(find "$BOOT" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort)" ".eliloader-backupxx
boot_kernel.dddddddd
eliloader-kernel.bbbbbbbb
eliloader-kernel.eeeeeeee
eliloader-kernel.ffffffff
eliloader-kernel.gggggggg
eliloader-kernel.hhhhhhhh
eliloader-kernel.llllllll
eliloader-kernel.longer.name
eliloader-kernel.short
eliloader-notes
fetched-kernel.cccccccc
vmlinuz.dddddddd" 'swept: what nobody owns any more, and nothing else'
is "$(stat -c '%s %h' "$WORK/precious")" '9 2' 'what a link points to is untouched'
exec {locked}>&-
boot --vm=none
vm_new guest install-repository="$NGINX/rh"
boot --vm=guest
is "$(ls "$BOOT/eliloader-kernel.llllllll" 2>/dev/null)" '' 'swept once its run is over'
fill
run "$ELILOADER" fetch "$NGINX/rh"
is "$status $(cd "$BOOT" && echo {eliloader,fetched}-*.{aaaaaaaa,cccccccc})" \
    '0 eliloader-*.aaaaaaaa eliloader-kernel.cccccccc eliloader-ramdisk.cccccccc fetched-*.aaaaaaaa fetched-kernel.cccccccc' \
    'a fetch by hand sweeps only what was never whole'

# --- directories and files of others --------------------------------------------------------------
# Whoever can write to the directory can put another file in the kernel's place before the toolstack
# opens it, or give a folder of root's the name of one that is swept.
clear_boot
vm_new guest install-repository="$NGINX/rh"
mkdir home
mkdir -m 755 "home/.eliloader-aaaaaaaa"
echo precious >home/.eliloader-aaaaaaaa/dump.sql
chmod 777 home
if [ "$(id -u)" = 0 ]; then
    refused 1 INTERNAL_ERROR "the output directory $WORK/home cannot be used: $WORK/home can be written to by everybody" \
        "root: a directory that others can write to" --vm=guest --output-directory="$WORK/home"
    chmod 755 home && chown 1000:1000 home
    refused 1 INTERNAL_ERROR "$WORK/home belongs to user 1000, who could exchange the kernel" \
        "root: somebody else's directory" --vm=guest --output-directory="$WORK/home"
    refused 1 INTERNAL_ERROR "$WORK/home belongs to user 1000" \
        'root: a directory below it' --vm=guest --output-directory="$WORK/home/new"
    is "$(ls home)" '' 'root: nothing is made there'
fi
run "$ELILOADER" fetch --output-directory="$WORK/home" "$NGINX/rh"
is "$status $(cat home/.eliloader-aaaaaaaa/dump.sql)" '0 precious' 'by hand: it is used, and not swept'

echo precious >precious-answer
ln -s precious-answer link
ln -s nowhere broken
clear_boot
for link in link broken; do
    refused 1 INTERNAL_ERROR "$link: it is a symbolic link, which --output does not follow" "--output=$link" \
        --vm=guest --output="$WORK/$link"
done
is "$(cat precious-answer) $(find . -name nowhere)" 'precious ' '--output follows no link'
mkfifo pipe
(cat pipe >piped) &
vm_new guest install-repository="$NGINX/rh"
boot --vm=guest --output="$WORK/pipe"
wait $!
is "$status $(grep -c '^kernel ' piped)" '0 1' '--output to a pipe: the answer, as it is'

# --- progress -----------------------------------------------------------------------------------
# on_terminal WORD…: with stderr a terminal of 60 columns; prints what came there.
on_terminal() {
    python3 - "$ELILOADER" "$@" <<'PY'
import fcntl, os, pty, struct, subprocess, sys, termios
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 60, 0, 0))
end = subprocess.Popen(os.environ.get('THROUGH', '').split() + sys.argv[1:], stdout=open('out', 'w'), stderr=slave)
os.close(slave)
text = b''
try:
    while chunk := os.read(master, 4096):
        text += chunk
except OSError:
    pass
print(end.wait(), repr(text))
PY
}
clear_boot
vm_new guest install-repository="$NGINX/progress"
shown=$(on_terminal --vm=guest)
like "$shown" ".rfetching [0-9.]+ [KM]iB of 8[0-9.]* MiB, [0-9.]+ [KM]iB/s, 0:0[0-9] left" \
    'on a terminal: bytes, rate, time left'
like "$shown" "[\\]r {59}[\\]r'$" 'on a terminal: the line is taken away in the end'
is "$(grep -o 'fetching[^\\]*' <<<"$shown" | awk 'length > 59' | wc -l)" 0 'it fits into the terminal'
unlike "$shown" 'x1b' 'it needs no escape sequence'
vm_new guest install-repository="$NGINX/progress"
is "$(on_terminal -q --vm=guest)" "0 b''" 'on a terminal, with -q: nothing'
vm_new guest install-repository="$NGINX/progress"
boot --vm=guest
is "$status $(cat err)" '0 ' 'on a pipe: nothing'
like "$(on_terminal fetch "$NGINX/none")" "^1 b'(.rfetching [^']*.r)?eliloader: the repos" \
    'a failure does not stand behind a progress line'

# Copies that take over a second, by system calls that take long: of a file of dom0, of a guest's.
if strace -qq -o /dev/null true 2>/dev/null; then
    leaks=$ASAN_OPTIONS ASAN_OPTIONS=detect_leaks=0 # which cannot be traced
    mkdir -p slow/boot/grub
    printf kernel | "$TESTS/images/kernel.py" bzimage >slow/boot/vmlinuz
    truncate -s 40M slow/boot/vmlinuz
    shown=$(THROUGH='strace -qq -o trace -e inject=copy_file_range:delay_enter=600000' \
        on_terminal --output-directory="$BOOT" --location="$PWD/slow/boot" --kernel=vmlinuz)
    like "$shown" "^0 b'[\\]rcopying 32 MiB of 40 MiB, .*[\\]r {59}[\\]r'$" 'a slow copy: says how far it is'
    truncate -s 0 slow/boot/vmlinuz
    { printf kernel | "$TESTS/images/kernel.py" bzimage; head -c 6M /dev/urandom; } >slow/boot/vmlinuz
    printf 'menuentry A { linux /boot/vmlinuz a; }\n' >slow/boot/grub/grub.cfg
    MKE2FS_CONFIG=$TESTS/images/mke2fs.conf mke2fs -q -F -t ext4 -d slow slow.img 12M >/dev/null 2>&1
    through='strace -f -qq -o trace -e inject=pwrite64:delay_enter=600000'
    shown=$(THROUGH=$through on_terminal --output-directory="$BOOT" slow.img)
    like "$shown" "^0 b'[\\]rcopying [0-9.]+ [KM]iB of 6[0-9.]* MiB, .*[\\]r {59}[\\]r'$" \
        "a slow copy out of a guest's disk: too"
    is "$(THROUGH=$through on_terminal -q --output-directory="$BOOT" slow.img)" "0 b''" 'a slow copy, with -q: nothing'
    ASAN_OPTIONS=$leaks
fi

# --- syslog -------------------------------------------------------------------------------------
# A /dev of the test's own, in which the socket is, for whoever is in the same namespace; and a /run
# without the journal's.
if unshare -m true 2>/dev/null; then
    mkdir dev
    vm_new guest install-repository="$NGINX/rh"
    vm_edited bad install-repository="$NGINX/rh" install-distro=$'gentoo'
    jq '.other_config."install-vncpasswd" = "Geheim"' "$RECORDS/guest.json" >new &&
        cp new "$RECORDS/guest.json"
    cat >syslog.sh <<'SH'
mount -t tmpfs none dev && mknod -m 666 dev/null c 1 3 && mknod -m 666 dev/urandom c 1 9 &&
    mount --bind dev /dev && mount -t tmpfs none /run || exit 77
python3 -c 'import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("/dev/log")
open("ready", "w").close()
while True:
    line = s.recv(65536)
    if line == b"end":
        break
    with open("log", "ab") as log:
        log.write(line.rstrip(b"\0\n") + b"\n")' &
while [ ! -e ready ]; do sleep 0.02; done
"$0" --vm=guest >/dev/null
"$0" --vm=bad >/dev/null 2>&1
python3 -c 'import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.sendto(b"end", "/dev/log")'
wait
SH
    run unshare -m bash -c '. ./syslog.sh' "$ELILOADER"
    if [ "$status" != 77 ]; then
        is "$(grep -cvE '^<[0-9]+>[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} eliloader\[[0-9]+\]: [^ ]' log)" 0 \
            'syslog: every line has the ident and the process'
        is "$(grep -cvE ']: VM (guest|bad): [^ ]' log)" 0 'syslog: every line names the VM'
        for step in 'VM guest: round 1, installing rhlike' "kernel: $NGINX/rh/$K, 2[0-9]* bytes" \
            "ramdisk: $NGINX/rh/$R" 'VM guest: the tree is' 'VM guest: PV-bootloader is pygrub now' \
            "<27>.*VM bad: install-distro is 'gentoo'"; do
            is "$(grep -cE "$step" log)" 1 "syslog: one line: $step" || sed 's/^/# /' log
        done
        unlike "$(cat log)" 'Geheim' 'syslog: no password'
    fi
fi

done_testing
