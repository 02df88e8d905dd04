#!/usr/bin/env bash
# The menu of -i in numbers, on terminals that can do nothing, of both kinds: what is shown, what may be
# typed, and every way out. (tests/cli/menu.t has that of a whole screen.)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../images/trees.sh
. "$TESTS/images/trees.sh"
export MKE2FS_CONFIG=$TESTS/images/mke2fs.conf
# None of the host's.
export ELILOADER_PYGRUB=$WORK/pygrub
OWN='root=/dev/xvda1 ro'

# filesystem IMAGE: of the folder tree
filesystem() {
    mke2fs -q -F -t ext4 -d tree "$1" 4M >/dev/null 2>&1
}
# grub IMAGE TIMEOUT-LINE: two entries
grub() {
    rm -rf tree && tree_grub2 tree
    printf '%s\nmenuentry "Linux" {\n linux /boot/vmlinuz-6.1 root=/dev/xvda1 ro\n initrd /boot/initrd.img-6.1\n}\nmenuentry "Old Linux" {\n linux /boot/vmlinuz-5.10 single\n}\n' \
        "$2" >tree/boot/grub/grub.cfg
    filesystem "$1"
}
grub disk.img 'set timeout=3600'

# menu KIND STEP…: with -i on disk.img, or $disk
menu() {
    clear_boot
    : >answer
    run python3 "$TESTS/programs/terminal.py" "$@" -- "$ELILOADER" -i --output=answer --output-format=simple0 "${disk:-disk.img}"
}
chosen() { tr '\0' '\n' <answer | sed -n 's/^args //p'; }
PROMPT='Boot entry \[0\]'
for kind in raw cooked; do
    menu $kind "see:$PROMPT \(in 3600 s\): " 'type:1' "see:$PROMPT: 1" 'type:\r'
    is "$(head -n1 out) $(chosen)" '0 same single' "menu, $kind: a number and Enter" || sed 's/^/# /' out err
    menu $kind "see:$PROMPT" 'type:\x03'
    is "$(head -n1 out) $(boot_files)" '130 same ' "menu, $kind: ^C ends it"
    like "$(cat out)" 'eliloader: nothing was chosen from the menu' "menu, $kind: ^C: says so"
    menu $kind "see:$PROMPT" signal:SIGTERM
    is "$(head -n1 out) $(boot_files)" '143 same ' "menu, $kind: SIGTERM ends it"
    like "$(cat out)" 'stopped by signal 15' "menu, $kind: SIGTERM: says so"
done
for key in 1:q '1:\x04' '130:7\x03'; do
    menu cooked "see:$PROMPT" "type:${key#*:}"
    is "$(head -n1 out)" "${key%%:*} same" "menu: ${key#*:} ends it"
done
menu cooked "see:$PROMPT" 'type:\n'
is "$(head -n1 out) $(chosen)" "0 same $OWN" 'menu: Enter takes the default, a newline too'
menu raw "see:$PROMPT" 'type:1\x7f0\x08\x151\r'
is "$(head -n1 out) $(chosen)" '0 same single' 'menu: backspace, delete, ^U'
menu raw "see:$PROMPT" 'type:\x1b[A\x1bOB\x1b[15~1\r'
is "$(head -n1 out) $(chosen)" '0 same single' 'menu: arrows and function keys are nothing'
menu raw "see:$PROMPT" 'type:2\r' "see:no entry '2'.*$PROMPT: " 'type:x\x1by\r' "see:no entry 'xy'.*$PROMPT: " 'type:1\r'
is "$(head -n1 out) $(chosen)" '0 same single' 'menu: what is no entry is asked again'
menu raw "see:$PROMPT" 'type:4294967296\r-1\r01x\r 1\r2\r2\r2\r2\r2\r' "see:(no entry .*){9}$PROMPT: " 'type:1\r'
is "$(head -n1 out) $(chosen)" '0 same single' 'menu: nine times'
menu raw "see:$PROMPT" 'type:2\r2\r2\r2\r2\r2\r2\r2\r2\r2\r'
is "$(head -n1 out)" '1 same' 'menu: ten times: enough'
like "$(cat out)" 'nothing was chosen from the menu; 10 answers named no entry' 'menu: ten times: says so'
menu raw "see:$PROMPT" "type:$(printf '1%.0s' {1..17})\\r" "see:no entry '1{16}'.*$PROMPT: " 'type:1\r'
is "$(head -n1 out) $(chosen)" '0 same single' 'menu: an answer is cut at 16 characters'
menu raw "see:$PROMPT" close
like "$(cat out) $(boot_files)" '^(129|1) $' 'menu: a terminal that hangs up ends it'
menu raw "see:$PROMPT" 'type:\r'
is "$(sed -n 2,5p out | tr '\r\033' '@^')" \
    '@Boot entries (a number and Enter; Enter alone for *; e and a number edits its@
arguments; q to end):@
* 0  Linux@
  1  Old Linux@' 'menu: what is shown'
is "$(grep -c $'[^\r]$' out)" 1 'menu: its lines end as a raw terminal needs it' # but for our own first

# A guest's text: escapes, lines of its own, a change of direction.
printf 'menuentry "a\e[2J\xe2\x80\xae\xc2\x9b\\\\ b" { linux /boot/vmlinuz-6.1 x; }\nmenuentry "\r\n* 7  x" { linux /boot/vmlinuz-5.10 y; }\n' \
    >tree/boot/grub/grub.cfg
filesystem hostile.img
disk=hostile.img menu raw "see:$PROMPT" 'type:\r'
is "$(sed -n '3,$p' out | sed 's/\x1b\[K//g' | LC_ALL=C grep -c $'[^ -~\r]')" 0 'menu: hostile titles are escaped'
grub disk1.img 'set timeout=1'
disk=disk1.img menu raw
is "$(head -n1 out) $(chosen)" "0 same $OWN" 'menu: when the time is over: the default'
like "$(cat out)" 'Boot entry \[0\] \(in 1 s\): ' 'menu: counts down'
disk=disk1.img menu raw "see:$PROMPT" 'type:0' 'see:: 0' signal:SIGTERM
is "$(head -n1 out)" '143 same' 'menu: a key stops the countdown'
grub disk0.img 'set timeout=0'
disk=disk0.img menu raw "see:in 5 s" 'type:1\r'
is "$(head -n1 out) $(chosen)" '0 same single' 'menu: a timeout of 0 is 5 seconds'
grub never.img 'set timeout=-1'
disk=never.img menu raw "see:$PROMPT: " 'type:1\r'
is "$(head -n1 out) $(chosen)" '0 same single' 'menu: a timeout of -1: no countdown'
unlike "$(cat out)" 'in [0-9]+ s' 'menu: a timeout of -1: no seconds'
for i in {0..100}; do
    printf 'menuentry "%s %0250d" { linux /boot/vmlinuz-6.1 n=%d; }\n' "$i" 0 "$i"
done >tree/boot/grub/grub.cfg
filesystem many.img
disk=many.img menu raw 'see:and 1 more, up to 100\r\n' "see:$PROMPT" 'type:100\r'
is "$(head -n1 out) $(chosen)" '0 same n=100' 'menu: more than are shown'
is "$(grep -cE '^[* ] [0-9]+ ' out) $(grep -E '^[* ] 99 ' out | grep -o '0*…' | wc -c)" "100 $((197 + 4))" \
    'menu: 100 of them, their titles cut at 200 bytes'
disk=many.img menu raw stop
is "$(head -n1 out) $(boot_files)" '143 same ' 'menu: SIGTERM where nobody reads the terminal'

# The default is not there: the menu is, for whoever can choose another entry.
rm -rf tree && tree_grub2 tree
printf 'menuentry "Gone" { linux /gone; }\nmenuentry "B" { linux /boot/vmlinuz-6.1 b; }\n' >tree/boot/grub/grub.cfg
filesystem gone.img
disk=gone.img menu raw "see:$PROMPT" 'type:1\r'
is "$(head -n1 out) $(chosen)" '0 same b' 'menu: without its default'
disk=gone.img menu raw "see:$PROMPT" 'type:\r'
is "$(head -n1 out) $(boot_files)" '3 same ' 'menu: the default that is not there'
like "$(cat out)" '"Gone" of /boot/grub/grub.cfg cannot be booted: /gone is not there' 'menu: and why'

# The first configuration says nothing: the menu is the second one.
rm -rf tree && tree_grub2 tree
echo '# nothing' >tree/boot/grub/grub.cfg
printf 'title A\nkernel /boot/vmlinuz-6.1 a\ntitle B\nkernel /boot/vmlinuz-5.10 b\n' >tree/boot/grub/menu.lst
filesystem second.img
for case in 'a:\r' 'b:1\r'; do
    disk=second.img menu raw "see:$PROMPT" "type:${case#*:}"
    is "$(head -n1 out) $(chosen)" "0 same ${case%%:*}" "menu: of a second configuration, ${case%%:*}"
done

# No menu, on a terminal.
for words in -q --entry=0 --kernel=/boot/vmlinuz-6.1; do
    run python3 "$TESTS/programs/terminal.py" raw -- "$ELILOADER" -i "$words" disk.img
    like "$(cat out)" '^0 same' "-i $words: no question"
    unlike "$(cat out)" 'Boot entr' "-i $words: no menu"
done
run python3 "$TESTS/programs/terminal.py" raw -- "$ELILOADER" disk.img
like "$(cat out)" "linux \(kernel $BOOT/" 'on a terminal without -i: boots'
unlike "$(cat out)" 'Boot entr' 'on a terminal without -i: no menu'
tree_data empty && rm -rf tree && mv empty tree && filesystem nothing.img
disk=nothing.img menu raw
is "$(head -n1 out)" '3 same' 'menu: nothing to choose from'
done_testing
