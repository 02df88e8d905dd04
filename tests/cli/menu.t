#!/usr/bin/env bash
# The menu of -i on a whole screen, as a terminal shows it (pyte's): libxl's of no size, a serial console, one
# that changes its size; its keys, those that edit arguments, and what a guest may do to it.
# Boundaries: menu
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../images/trees.sh
. "$TESTS/images/trees.sh"
/usr/bin/python3 -c 'import pyte' 2>/dev/null || cannot_run 'there is no pyte (python3-pyte)'
export MKE2FS_CONFIG=$TESTS/images/mke2fs.conf
# None of the host's.
export ELILOADER_PYGRUB=$WORK/pygrub
unset NO_COLOR
OWN='root=/dev/xvda1 ro'

# disk IMAGE: from entries on stdin, a grub.cfg
disk() {
    rm -rf tree && tree_grub2 tree
    cat >tree/boot/grub/grub.cfg
    mke2fs -q -F -t ext4 -d tree "$1" 4M >/dev/null 2>&1
}
disk two.img <<'END'
set timeout=-1
menuentry "Linux" {
 linux /boot/vmlinuz-6.1 root=/dev/xvda1 ro
 initrd /boot/initrd.img-6.1
}
menuentry "Old Linux" {
 linux /boot/vmlinuz-5.10 single
}
END
for i in {0..59}; do
    printf 'menuentry "Number %d" { linux /boot/vmlinuz-6.1 n=%d; }\n' "$i" "$i"
done | { printf 'set timeout=-1\nset default=30\n'; cat; } | disk many.img

# menu STEP…: with -i on $disk, on a terminal as $term and $size say
menu() {
    clear_boot
    : >answer
    MENU_TERM=${term-vt100} MENU_SIZE=${size-} run /usr/bin/python3 "$TESTS/programs/terminal.py" "${kind:-raw}" "$@" -- \
        "$ELILOADER" -i --output=answer --output-format=simple0 "${words[@]}" "${disk:-two.img}"
}
words=()
# ended NAME STATUS ARGS: how the run ended, and what is booted
ended() {
    is "$(grep -E '^-?[0-9]+ (same|changed)$' out) $(tr '\0' '\n' <answer | sed -n 's/^args //p')" "$2 same $3" "$1" ||
        sed 's/^/# /' out err
}

# --- what is shown ----------------------------------------------------------------------------------
menu 'show:Boot entry' dump 'type:\r'
is "$(sed '24q' out)" " Boot entries

< > 0  Linux>
   1  Old Linux















 Arguments: root=/dev/xvda1 ro
 Up, Down, Page Up, Page Down or a number: which one; Enter or b: boot it;
 e or a: edit its arguments, for this start; c: command line; q: none of them

 Boot entry [0]: |" 'of no size: the menu, on 24 rows'
ended 'of no size: Enter boots the default' 0 "$OWN"
for term in ${LONG:+xterm-256color screen vt220 ansi} linux tmux-256color; do
    menu 'show:Boot entry' 'type:\x1b[B' 'show:^ > 1' dump 'type:\r'
    ended "TERM=$term: arrow and Enter" 0 single
done
is "$(sed -n '3,4p' out)" "   0  Linux
< > 1  Old Linux>" 'what is chosen is in reverse video'
for term in dumb ''; do
    menu 'see:Boot entry .0.: ' 'type:1\r'
    ended "TERM=$term: in numbers" 0 single
    unlike "$(cat out)" $'\033' "TERM=$term: no escape sequence"
done
unset term
size=8x80 menu 'see:Boot entry .0.: ' 'type:1\r'
ended 'a terminal of 8 rows: in numbers' 0 single
size=9x30 menu 'show:Boot entry' dump 'type:1' 'show:^ > 1  Old Linux' 'type:\r'
ended 'a terminal of 9 rows: a screen' 0 single
NO_COLOR=1 menu 'show:Boot entry' 'type:\x1b[B' 'show:^ > 1' dump 'type:\r'
unlike "$(sed 24q out)" '^<' 'NO_COLOR: no reverse video'
size=24x80 kind=cooked menu 'show:Boot entry' bytes 'type:\x1b[B' 'show:^ > 1' bytes 'type:\r'
[ "$(sed -n 2p out)" -lt 150 ]
ok $? 'what has not changed is not written again' "$(head -n2 out)"

# --- keys -------------------------------------------------------------------------------------------
disk=many.img
# What each key is, tests/unit/test_menu.c has; here only some of them (all with LONG).
some() {
    if [ -n "$LONG" ]; then grep -v '^--$'; else sed '/^--$/,$d'; fi
}
while IFS='|' read -r name keys args; do
    menu 'show:Boot entry .30.' "type:$keys" 'type:\r'
    ended "$name" 0 "$args"
done < <(some <<'END'
the default|\x00|n=30
up, down|\x1b[A\x1b[A\x1b[A\x1b[B|n=28
pages|\x1b[6~\x1b[5~\x1b[5~|n=14
behind the end|\x1b[4~\x1b[B\x1b[6~|n=59
a number, mended|47\x7f2|n=42
keys that are none|zx\x1b[15~\x1b[Z\x1b[200;3~\udcff|n=30
--
as in the application mode of a VT100|\x1bOA\x1bOA\x1bOB|n=29
^P, ^N|\x10\x10\x10\x0e|n=28
the end|\x1b[F|n=59
before the beginning|\x1b[H\x1b[A\x1b[5~|n=0
a number|47|n=47
a number, and no number|47\x15|n=47
a number and an arrow|12\x1b[B|n=13
Escape|4\x1b|n=4
END
)
menu 'show:Boot entry .30.' dump 'type:\x1b[H' 'show:^ Boot entries 1 to 16 of 60' 'type:60\r' "show:There is no entry '60'" \
    'type:2' 'show:Boot entry .2.: 2' 'type:b'
ended 'b boots' 0 n=2
is "$(sed -n '1p;3p;11p;18p' out)" ' Boot entries 23 to 38 of 60
   22  Number 22
< > 30  Number 30>
   37  Number 37' "a long list: around the default"
unset disk
for key in 1:q '1:\x04' '130:\x03'; do
    menu 'show:Boot entry' "type:${key#*:}"
    ended "${key#*:} ends it" "${key%%:*}" ''
done
menu 'show:Boot entry' signal:SIGINT
ended 'SIGINT ends it' 130 ''
menu 'show:Boot entry' kill:menu
ended 'its helper is killed' 1 ''
like "$(tail -n3 out)" 'the program menu was ended by signal 9' 'its helper is killed: says so'
menu 'show:Boot entry' close
like "$(cat out) $(boot_files)" '^(129|1) $' 'a terminal that hangs up ends it'

# --- arguments --------------------------------------------------------------------------------------
menu 'show:Boot entry' 'type:e' 'show:Arguments of entry 0: Linux' dump 'type: single\r'
ended 'e: arguments are edited' 0 "$OWN single"
is "$(sed -n '1,3p;22,23p' out)" ' Arguments of entry 0: Linux

 root=/dev/xvda1 ro|
 Enter: boot with these, this time; Escape: back, nothing changed
 ^A, ^E: to the beginning, to the end; ^W, ^U, ^K: cut word, before, behind' 'e: the screen'
while IFS='|' read -r name keys args; do
    menu 'show:Boot entry' "type:$keys" 'type:\r'
    ended "$name" 0 "$args"
done < <(some <<'END'
a, and nothing|a|root=/dev/xvda1 ro
of another entry|1a 3|single 3
Escape, and once more|eX\x1b\x1b[Be Y|single Y
nothing at all|e\x15|
two columns|e\x15\u5bb6\u9032\x1b[D\x7fx|x進
--
words|e\x17\x17new|new
the beginning|e\x01quiet |quiet root=/dev/xvda1 ro
Home, End, arrows|e\x1b[Ha\x1b[Fb\x1b[D\x1b[Dc\x1b[Cd|aroot=/dev/xvda1 rcodb
cut behind|e\x01\x06\x06\x06\x06\x06\x0b|root=
cut before|e\x02\x02\x15|ro
delete, backspace|e\x01\x1b[3~\x04\x05\x7f\x08\x7f|ot=/dev/xvda1
END
)
menu 'show:Boot entry' 'type:e\x15init=\u5bb6\u9032 xy\x1b[D\x7f' 'show:init=家進 y' dump 'type:\x03'
is "$(sed -n 3p out)" ' init=家進 |y' 'characters of two columns: where the cursor is'
ended '^C while arguments are edited' 130 ''
words=(--args=added)
menu 'show:Boot entry' 'type:e\x15mine\r'
ended 'what the toolstack adds is added' 0 'mine added'
words=()
# As many as there may be, over several rows; and the first that is one too many.
long=$(printf '%04096d' 0)
printf 'set timeout=-1\nmenuentry A { linux /boot/vmlinuz-6.1 %s; }\nmenuentry B { linux /boot/vmlinuz-6.1 %s; }\n' "$long" "${long}0" |
    disk long.img
disk=long.img menu 'show:Boot entry' 'type:ex\x7fzy' 'show:0z$' dump 'type:\r'
ended 'arguments of 4096 bytes' 0 "${long:0:4095}z"
is "$(sed -n '3p;20p' out)" "$(printf '%078d\n%040dz|' 0 0)" 'they are shown around the cursor'
disk=long.img menu 'show:Boot entry' 'type:1e' 'show:too long to be edited here' 'type:0e\x01\x04\r'
ended 'more than 4096 bytes cannot be edited, but be booted' 0 "${long:1}"
term=dumb menu 'see:Boot entry' 'type:e1\r' 'see:Arguments of entry 1.*\r\nsingle' 'type: x\x7fy\x17\x17rw\r'
ended 'in numbers: e edits' 0 'rw'
term=dumb menu 'see:Boot entry' 'type:e\r' 'see:Arguments of entry 0.*\r\n' 'type:\x1b' 'see:Boot entry .0.: ' 'type:\r'
ended 'in numbers: e, and Escape' 0 "$OWN"
# Files that no entry names.
menu 'show:Boot entry' 'type:c' 'show:^ >$' 'type:boot\r' 'show:there is no kernel yet' 'type:kernel vmlinuz\r' 'show:from / on' \
    'type:kernel /boot/vmlinuz-5.10 by hand\r' 'show:^ > kernel /boot/vmlinuz-5.10 by hand$' 'type:initrd /boot/initrd.img-6.1\r' dump 'type:boot\r'
ended 'c: a kernel and a ramdisk' 0 'by hand'
is "$(boot_files)" 'eliloader-kernel eliloader-ramdisk' 'c: both are there'
menu 'show:Boot entry' 'type:ckernel /boot/vmlinuz-5.10\rboot\r'
ended 'c: a kernel alone' 0 ''
is "$(boot_files)" 'eliloader-kernel' 'c: and no ramdisk'
menu 'show:Boot entry' 'type:ckernel /boot/vmlinuz-5.10 x\rquit\r' 'show:Boot entry .0.' 'type:\r'
ended 'c, and back: nothing of it is left' 0 "$OWN"
menu 'show:Boot entry' 'type:cwhat\r' 'show:there are the commands' 'type:\x1b' 'show:Boot entry .0.' 'type:ckernel /none x\rboot\r'
ended 'c: a kernel that is not there' 3 ''
menu 'show:Boot entry' 'type:cx' 'show:^ > x$' 'type:\x03'
ended 'c: ^C' 130 ''
# A VM's record says nothing of it.
"$ELILOADER" vm create edited install-distro=pygrub >/dev/null 2>&1
before=$(cat "$RECORDS/edited.json")
words=(--vm=edited)
menu 'show:Boot entry' 'type:e only-now\r'
ended 'with a VM' 0 "$OWN only-now"
is "$(cat "$RECORDS/edited.json")" "$before" 'with a VM: its record is as it was'
words=()

# --- time -------------------------------------------------------------------------------------------
disk one.img <<<$'set timeout=1\nmenuentry A { linux /boot/vmlinuz-6.1 a; }\nmenuentry B { linux /boot/vmlinuz-6.1 b; }'
disk=one.img menu 'show:Entry 0 boots in 1 s'
ended 'when the time is over: the default' 0 a
disk one.img <<<$'set timeout=3600\nmenuentry A { linux /boot/vmlinuz-6.1 a; }\nmenuentry B { linux /boot/vmlinuz-6.1 b; }'
# shellcheck disable=SC2016 # an expression's own
disk=one.img size=24x80 menu 'show:Entry 0 boots in 3[56]..? s' 'size:12x40' 'show:\A Boot entries$(.*\n){11} Entry 0 boots in 3' \
    'type:\x1b[B' 'show:^ > 1  B' 'show:Boot entry .1.' 'type:e' 'show:\A Arguments' 'size:30x100' 'show:\A Arguments(.*\n){27} Enter' \
    'type:\x1b' 'show:\A Boot(.*\n){29} Boot entry .1.' dump 'type:\r'
ended 'another size, twice: it fits; any key stops the countdown' 0 b

# --- a guest's text ---------------------------------------------------------------------------------
{
    printf 'set timeout=-1\nmenuentry "a\e[2J\xe2\x80\xae\xc2\x9b b" { linux /boot/vmlinuz-6.1 "x\xe2\x80\xaey"; }\n'
    printf 'menuentry "\r\n  7  x" { linux /boot/vmlinuz-5.10 y; }\n'
    printf 'menuentry "%s" { linux /boot/vmlinuz-5.10 z; }\n' "$(printf '字%.0s' {1..100})"
    printf 'menuentry "%0250d" { linux /boot/vmlinuz-5.10 z; }\n' 0
} | disk hostile.img
disk=hostile.img menu 'show:Boot entry' dump 'type:e' 'show:Arguments of' dump 'type:\x7f\x7f\r'
ended 'hostile titles: the menu works' 0 x
is "$(sed -n '3,7p' out)" "< > 0  a\\x1b[2J\\xe2\\x80\\xae\\xc2\\x9b b>
   1  \\x0a  7  x
   2  $(printf '字%.0s' {1..36})…
   3  $(printf '%072d' 0)…" 'hostile titles: escaped, and cut to the columns there are'
is "$(sed -n '24,44p' out | grep -F 'x\x')" ' x\xe2\x80\xaey|' 'hostile arguments: escaped, too'
for i in {0..599}; do
    echo "menuentry 'n $i' { linux /boot/vmlinuz-6.1 n=$i; }"
done | { echo 'set timeout=-1'; cat; } | disk most.img
disk=most.img menu 'show:Boot entries 1 to 16 of [0-9]{3}$' dump 'type:\x1b[F' 'type:\r'
last=$(sed -n '1s/.* of //p' out)
ended 'as many entries as are read: the last' 0 "n=$((last - 1))"
done_testing
