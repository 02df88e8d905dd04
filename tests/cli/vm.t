#!/usr/bin/env bash
# The commands "eliloader vm …", and what their record files survive.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

DIR=$WORK/var/vms
export ELILOADER_RECORD_DIR=$DIR
vm() {
    run "$ELILOADER" vm "$@"
}
# refused STATUS REGEX NAME ARGUMENT…: the command fails so, on one line, and prints nothing.
refused() {
    local want=$1 regex=$2 name=$3
    shift 3
    vm "$@"
    is "$status $(wc -l <err) $(wc -c <out)" "$want 1 0" "$name: status $want, one line"
    like "$(cat err)" "$regex" "$name: says why"
}
value() {
    jq -r "$2" "$DIR/$1.json"
}
leftovers() {
    find "$DIR" -name '.*' -type f | wc -l
}
# As run, for what is killed: bash has nothing to say about it.
run_killed() {
    { run "$@"; } 2>/dev/null
}
# What strace does to a process under the leak checker is more than either can bear.
can_inject() {
    [ "${SANITIZED:-}" != 1 ] && strace -qq -o /dev/null true 2>/dev/null
}

# --- create, show, list ---------------------------------------------------------------------
vm list
is "$status$(cat out err)" 0 'list: nothing where there is no directory'

vm create debian install-repository=http://mirror/debian install-distro=debianlike \
    debian-release=bookworm install-arch=amd64 PV-args='console=hvc0 quiet' platform:pv-kernel-max-size=64M \
    xenstore-data:vm-data/role=web name-label='Ein Nämé'
is "$status$(cat out err)" 0 'create: says nothing'
is "$(stat -c %a "$DIR" "$DIR/debian.json" | xargs)" '700 600' 'create: private directory and file'
is "$(tail -c1 "$DIR/debian.json" | od -An -tx1 | xargs)" 0a 'the file ends in a newline'
is "$(jq -cS . "$DIR/debian.json")" "$(jq -cS . <<'JSON'
{"uuid": "debian", "name_label": "Ein Nämé", "PV_bootloader": "eliloader",
 "PV_bootloader_args": "", "PV_args": "console=hvc0 quiet",
 "other_config": {"install-repository": "http://mirror/debian",
    "install-distro": "debianlike", "debian-release": "bookworm", "install-arch": "amd64"},
 "platform": {"pv-kernel-max-size": "64M"}, "xenstore_data": {"vm-data/role": "web"},
 "VBDs": []}
JSON
)" 'create: the record is seeded, and every kind of key is where it belongs'

vm show debian
is "$status" 0 'show: succeeds'
is "$(cat out)" 'PV-args = console=hvc0 quiet
PV-bootloader = eliloader
PV-bootloader-args = 
name-label = Ein Nämé
other-config:debian-release = bookworm
other-config:install-arch = amd64
other-config:install-distro = debianlike
other-config:install-repository = http://mirror/debian
platform:pv-kernel-max-size = 64M
xenstore-data:vm-data/role = web' 'show: sorted, with the names that set takes'
vm show debian --json
is "$(cat out)" "$(cat "$DIR/debian.json")" 'show --json: the record'

vm create B && vm create a-b && vm create a
echo '{}' >"$DIR/.a.json.abcdef" && echo '{}' >"$DIR/notes" && ln -s a.json "$DIR/link.json"
vm list
is "$(awk '{print $1}' out | xargs)" 'ID B a a-b debian' 'list: sorted, and only records'
rm "$DIR/.a.json.abcdef" "$DIR/notes" "$DIR/link.json"

refused 1 "there is a VM 'a' in $DIR already" 'create again' create a PV-args=new
is "$(value a .PV_args)" '' 'create again: the record is the old one'

# What set can set, show shows so that it can be set again.
vm create copy
"$ELILOADER" vm show debian | sed 's/ = /=/' | xargs -d '\n' "$ELILOADER" vm set copy
is "$("$ELILOADER" vm show copy)" "$("$ELILOADER" vm show debian)" 'show can be given to set'

# --- what a start would refuse ---------------------------------------------------------------
vm create checked install-repository=http://mirror/ install-arch=amd64
wrong() {
    refused 2 "$1" "$2" set checked PV-args=new "$2"
}
wrong "install-distro is 'debain', which is none of rhlike, .*did you mean 'debianlike'" install-distro=debain
wrong "install-arch is 'sparc', which is none of i386," install-arch=sparc
wrong "install-round is 'abc', which is none of 1, 2 and done" install-round=abc
wrong "boot-handoff is 'foo', which is none of auto, pygrub, native and grub" other-config:boot-handoff=foo
wrong "install-vnc is 'maybe', which is neither true nor false" install-vnc=maybe
wrong 'install-repository does not begin as a repository does: cdrom, or a URL with http://' install-repository=mirror
wrong 'install-repository does not begin' install-repository=http://mirror/,mirror
wrong 'install-repository does not begin as a repository does: .*, and a host' install-repository=http://
wrong 'install-repository does not begin' install-repository=http://me:x@/path
wrong 'install-repository does not begin' install-repository=nfs:
wrong 'install-repository does not begin' 'install-repository=http://mirror/ x'
wrong 'install-proxy is no proxy: HOST:PORT' 'install-proxy=proxy 3128'
wrong 'install-proxy is no proxy' install-proxy=http://
wrong "install-kernel is '../../vmlinuz', which leads out of the tree" install-kernel=../../vmlinuz
wrong "install-ramdisk is '/a/../../b', which leads out of the tree" install-ramdisk=/a/../../b
wrong "debian-release is '../x', which is no name of a release" debian-release=../x
wrong "pv-kernel-max-size is 'much', which is no size" platform:pv-kernel-max-size=much
is "$(value checked .PV_args)" '' 'and nothing is set'
for good in install-distro=auto install-arch=arm64 install-round=done other-config:boot-handoff=grub \
    install-vnc=false install-repository=cdrom install-repository=cdrom:/x.iso \
    install-repository=http://a/,ftp://b/ install-repository=nfs:server:/path install-repository=nfs+iso:ro,vers=3:server:/x.iso \
    install-proxy=proxy:3128 install-proxy=http://me:x@proxy install-kernel=/a/b install-ramdisk=a/b debian-release=12.1 \
    PV-bootloader-args='--entry=1 -i' PV-bootloader=/usr/bin/pygrub PV-bootloader=/opt/other \
    platform:pv-kernel-max-size=1G install-vnc= other-config:mine=1; do
    vm set checked "$good"
    is "$status$(cat err)" 0 "set: $good"
done
vm set checked install-repositry=http://m/
is "$status $(cat err)" \
    "0 eliloader: warning: install-repositry is no key that eliloader knows; did you mean 'install-repository'?" \
    'a key that was meant for another'
vm set checked other-config:boot-wel-known=true platform:pv-kernel-max-sise=1G PV-bootloader=/x/eliloder PV-bootloader-args=--bogus
is "$status $(sed 's/^eliloader: warning: //' err)" "0 boot-wel-known is no key that eliloader knows; did you mean 'boot-well-known'?
pv-kernel-max-sise is no key that eliloader knows; did you mean 'pv-kernel-max-size'?
PV-bootloader is '/x/eliloder', which boots the VM in eliloader's place; did you mean 'eliloader'?
PV-bootloader-args: unknown option '--bogus' (--help lists them)" 'what another program may take is a warning'
vm create old
like "$status $(cat err)" '^0 eliloader: warning: VM old has no install-repository' 'a VM that is not installed'
vm set old PV-args=x
is "$status$(cat err)" 0 'which is said once'
vm set old install-distro=debianlike
like "$status $(cat err)" '^0 eliloader: warning: VM old has no install-repository' 'and to who prepares an installation'
vm remove old
vm create old install-repository=http://m/
like "$status $(cat err)" '^0 eliloader: warning: VM old has no install-arch: it is ' 'nobody says which'
vm remove old
vm remove checked

# --- set ------------------------------------------------------------------------------------
vm set a PV-args='a=b = c' install-args= other-config:x=1 other-config:y=2 install-round=2
is "$status$(cat out err)" 0 'set: says nothing'
is "$(value a .PV_args)" 'a=b = c' 'set: the first = ends the key'
is "$(value a .other_config.\"install-round\")" 2 'set: a round'
vm set a PV-args= PV-bootloader= other-config:x= other-config:never-there=
is "$(jq -c '[.PV_args, .PV_bootloader, .other_config.x, .other_config.y]' "$DIR/a.json")" \
    '["","",null,"2"]' 'set: an empty value empties a field and removes from a map'
vm set a 'other-config:od~/d key=v'
is "$(value a '.other_config."od~/d key"')" v 'set: keys may hold what JSON pointers escape'

before=$(sha256sum "$DIR/a.json")
refused 2 "unknown key 'PV-arg'; did you mean 'PV-args'\? .those known are PV-bootloader, .*debian-release" \
    'unknown key' set a PV-args=new PV-arg=x
refused 2 "unknown key 'uuid'" 'uuid is no key' set a uuid=x
refused 2 "'PV-args' is not of the form KEY=VALUE" 'no =' set a name-label=new PV-args
refused 2 "'' ?is not of the form|unknown key ''" 'no key' set a =x
refused 2 'the value of PV-args holds a control character' 'newline' set a PV-args=$'a\nkernel /x'
refused 2 'the value of PV-args is not UTF-8' 'not UTF-8' set a PV-args=$'\xff'
refused 2 'key after the colon must be 1 to 256 bytes' 'empty key' set a other-config:=x
refused 2 'key after the colon' 'control character in a key' set a other-config:$'a\tb'=x
refused 2 'nothing to do: eliloader vm set ID' 'nothing to set' set a
is "$(sha256sum "$DIR/a.json")" "$before" 'a refused set changes nothing, not even its good half'

x=$(printf '%8192s' '' | tr ' ' x)
vm set a PV-args="${x%x}" && vm set a install-args="$x"
is "$status" 0 'a value of 8192 bytes'
refused 2 'PV-args is 8193 bytes long, at most 8192' 'a longer value' set a PV-args="${x}x"
x=${x:0:256}
vm set a "other-config:$x=v"
is "$status" 0 'a key of 256 bytes'
refused 2 'must be 1 to 256 bytes' 'a longer key' set a "platform:x$x=v"

# --- names, operands ------------------------------------------------------------------------
refused 2 "there is no command 'vm frob' .there are create, set, edit, show, list, remove, reinstall" \
    'unknown command' frob
refused 2 'vm needs a command: create, ' 'no command'
refused 2 'no VM is named: eliloader vm show ID' 'no ID' show
refused 2 "'PV-args=' cannot be a VM" 'no KEY=VALUE for show' show a PV-args=
refused 2 'one word too many' 'too many words for list' list a
refused 2 '[-]-json goes with .vm show. and .vm list. only' 'json' set a PV-args= --json
for id in ../a .a a/b 'a b' "$(printf '%129s' '' | tr ' ' x)"; do
    refused 2 'cannot be a VM: an ID is 1 to 128 letters' "ID ${id:0:9}" create "$id"
done
vm create "$(printf '%128s' '' | tr ' ' x)"
is "$status" 0 'an ID of 128 characters'
for command in 'show' 'set' 'remove' 'reinstall'; do
    words=()
    [ "$command" != set ] || words=(PV-args=x)
    refused 1 "there is no VM 'none' in $DIR; .eliloader vm list. shows" "$command unknown" \
        "$command" none "${words[@]}"
done

# --- what a record may be -------------------------------------------------------------------
# damaged TEXT REGEX NAME
damaged() {
    printf '%b' "$1" >"$DIR/bad.json"
    refused 1 "record $DIR/bad.json $2" "$3: show" show bad
    refused 1 "record $DIR/bad.json $2" "$3: set" set bad PV-args=x
    is "$(cat "$DIR/bad.json")" "$(printf '%b' "$1")" "$3: untouched"
}
damaged '{"a": "1",\n"a": "2"}' 'is damaged: line 2: duplicate' 'a key twice'
damaged '[]' 'is damaged: line 1: it holds a JSON array' 'an array'
damaged '' 'is damaged: line 1' 'an empty file'
damaged '{"PV_args": "\\u0000"}' 'is damaged: line 1: .*u0000 is not allowed' 'a NUL'
truncate -s $((1024 * 1024 + 1)) "$DIR/bad.json"
refused 1 'bad.json is larger than 1048576 bytes' 'too large' show bad
echo '{"PV_args": 7, "platform": {"a": [1, 2], "b": "\u001b[2J\u202e"}, "other_config": "x"}' \
    >"$DIR/bad.json"
vm show bad
is "$(cat out)" 'PV-args = 7
other-config = x
platform:a = [1,2]
platform:b = \x1b[2J\xe2\x80\xae' 'show: what has the wrong type is shown, and nothing reaches the terminal'
refused 1 'other_config is text, not a map' 'reinstall of a damaged record' reinstall bad
refused 1 "other-config:a has no place: the record's other_config is not a map" \
    'set in a damaged map' set bad other-config:a=1
ln -sf a.json "$DIR/bad.json"
refused 1 'bad.json: it is a symbolic link' 'a symbolic link' show bad
rm "$DIR/bad.json"
echo '{"x": [1, {"y": null}], "uuid": "other"}' >"$DIR/own.json"
vm set own PV-args=x
is "$(jq -c . "$DIR/own.json")" '{"x":[1,{"y":null}],"uuid":"own","PV_args":"x"}' \
    'set keeps what it does not know'

# --- reinstall, remove ----------------------------------------------------------------------
refused 1 'no install-repository; set one first: eliloader vm set B install-repository=' \
    'reinstall without a repository' reinstall B
cat >"$DIR/finished.json" <<'JSON'
{"uuid": "finished", "PV_bootloader": "pygrub", "PV_bootloader_args": "--kernel /boot/vmlinuz-xen",
 "other_config": {"install-repository": "http://sles/", "eliloader-installed-distro": "sleslike",
  "eliloader-bootloader-args": "", "eliloader-kernel-max-size": "",
  "eliloader-postinstall-kernel-max-size": "32M"}, "platform": {"pv-kernel-max-size": "32M"}}
JSON
vm reinstall finished
is "$status $(jq -cS . "$DIR/finished.json")" "0 $(jq -cS . <<'JSON'
{"uuid": "finished", "PV_bootloader": "eliloader", "PV_bootloader_args": "",
 "other_config": {"install-repository": "http://sles/", "install-distro": "sleslike",
  "install-round": "1"}, "platform": {"pv-postinstall-kernel-max-size": "32M"}}
JSON
)" 'reinstall: what the end of an installation removed is back'
before=$(stat -c '%i %y' "$DIR/finished.json")
vm reinstall finished
is "$status $(stat -c '%i %y' "$DIR/finished.json")" "0 $before" 'a second reinstall changes nothing'

touch "$DIR/.copy.json.abcdef"
vm remove copy
is "$status$(cat out err)" 0 'remove: says nothing'
is "$(find "$DIR" -name '*copy*')" '' 'remove: nothing is left of the VM'

# --- many at once ---------------------------------------------------------------------------
for i in {1..20}; do
    "$ELILOADER" vm set B "other-config:parallel-$i=$i" 2>>parallel-errors &
done
wait
is "$(cat parallel-errors)" '' '20 at once: no errors'
is "$(value B '[.other_config[] | tonumber] | add')" 210 '20 at once: none is lost'
for i in {1..8}; do
    "$ELILOADER" vm create -q same PV-args="$i" 2>>create-errors && echo "$i" >>winners &
done
wait
is "$(wc -l <winners) $(grep -c 'already' create-errors)" '1 7' 'of many that create one VM, one does'
is "$(value same .PV_args)" "$(cat winners)" 'and it is that one'
is "$(leftovers)" 0 'no temporary file is left'

# --- during a run of the loader -------------------------------------------------------------
# Holds the lock of BYTE on a record file until its stdin ends (struct flock of 64-bit Linux).
holder=$(cat <<'PERL'
my ($file, $byte) = @ARGV;
open(my $handle, '+<', $file) or die "$file: $!";
my $lock = pack('s! s! x![q] q q i x![q]', 1, 0, $byte, 1, 0);
fcntl($handle, 37, $lock) or die "lock: $!"; # F_OFD_SETLK
$| = 1;
print "held\n";
<STDIN>;
PERL
)
# hold BYTE: the lock is held from here on, until release.
hold() {
    coproc HOLDER { exec perl -e "$holder" "$DIR/a.json" "$1"; }
    # shellcheck disable=SC2153 # made by coproc
    holder_pid=$HOLDER_PID
    read -r held <&"${HOLDER[0]}"
}
release() {
    eval "exec ${HOLDER[1]}>&-"
    wait "$holder_pid" 2>/dev/null
}
hold 1
is "$held" held 'a run holds its lock'
before=$(sha256sum "$DIR/a.json")
refused 1 "VM 'a' cannot be changed while it is being started .*try again when the start is over" \
    'set during a run' set a PV-args=x
refused 1 'try again when the start is over' 'reinstall during a run' reinstall a
refused 1 'try again when the start is over' 'remove during a run' remove a
vm show a
is "$status" 0 'show during a run'
is "$(sha256sum "$DIR/a.json")" "$before" 'the record is untouched'
release
vm set a PV-args=after
is "$status" 0 'set after the run'
hold 0
refused 1 "VM 'a' has been under change by another program for 2 seconds" 'a stuck change' \
    set a PV-args=x
release

# --- killed in the middle -------------------------------------------------------------------
if can_inject; then
    vm create kill PV-args=old
    for point in write fsync rename,renameat,renameat2; do
        # The record and the message streams are all that it writes.
        run_killed strace -qq -o /dev/null -e "inject=$point:signal=KILL" \
            "$ELILOADER" vm set kill PV-args="$point"
        isnt_zero=$([ "$status" != 0 ] && echo yes)
        like "$isnt_zero $(value kill .PV_args)" "^yes (old|$point)\$" "killed in $point: old or new"
        vm set kill PV-args=old
        is "$status $(value kill .PV_args) $(leftovers)" '0 old 0' "killed in $point: the next set sweeps"
    done
    for point in write:error=ENOSPC write:error=EDQUOT fsync:error=EIO \
        rename,renameat,renameat2:error=EROFS; do
        run strace -qq -o /dev/null -e "inject=$point:when=1" \
            "$ELILOADER" vm set kill PV-args=new
        is "$status $(value kill .PV_args) $(leftovers)" '1 old 0' "$point: the old record, nothing left"
        like "$(cat err)" "record.*kill.*: (No space left|Disk quota|Input/output|Read-only)" \
            "$point: the message"
    done
    run_killed strace -qq -o /dev/null -e inject=link,linkat:signal=KILL "$ELILOADER" vm create killed
    is "$(leftovers)" 1 'killed in create: a temporary file is left'
    vm create killed && vm set killed PV-args=x
    is "$status $(leftovers)" '0 0' 'killed in create: the next one works, and set sweeps'
fi

# --- disks that are full or cannot be written ------------------------------------------------
vm create limited PV-args=old
# Through a pipe, for the limit holds for every file.
message=$( (trap '' XFSZ; ulimit -f 0; "$ELILOADER" vm set limited PV-args=new) 2>&1 | cat)
like "$message" "cannot write the record of VM 'limited' in $DIR: File too large" 'no room: the message'
is "$(value limited .PV_args) $(leftovers)" 'old 0' 'no room: the old record, nothing left'

if [ "$(id -u)" = 0 ] && mkdir small && mount -t tmpfs -o size=64k tmpfs small 2>/dev/null; then
    at_exit umount "$WORK/small"
    export ELILOADER_RECORD_DIR=$WORK/small
    vm create full PV-args=old
    dd if=/dev/zero of=small/filler bs=4k 2>/dev/null
    refused 1 "cannot write the record of VM 'full' in .*: No space left on device" \
        'a full disk: set' set full PV-args=new
    refused 1 "cannot write the record of VM 'more' in .*: No space left" \
        'a full disk: create' create more
    is "$(jq -r .PV_args small/full.json) $(find small -type f | sort | xargs)" \
        'old small/filler small/full.json' 'a full disk: the old record, nothing left'
    rm small/filler
    mount -o remount,ro small
    refused 1 'full.json to change it: Read-only file system' 'read-only: set' set full PV-args=x
    refused 1 "cannot write the record of VM 'more' in .*: Read-only file system" \
        'read-only: create' create more
    vm show full
    is "$status" 0 'read-only: show'
    export ELILOADER_RECORD_DIR=$DIR
fi

# A directory that one may not write, for somebody who is not root.
chmod 755 "$WORK" "$WORK/var"
as_nobody=()
[ "$(id -u)" != 0 ] || as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
if "${as_nobody[@]}" "$ELILOADER" vm list --record-dir=/nonexistent 2>/dev/null; then
    mkdir others && "$ELILOADER" vm create theirs PV-args=old --record-dir="$WORK/others"
    chmod 666 others/theirs.json && chmod 555 others
    run "${as_nobody[@]}" "$ELILOADER" vm set theirs PV-args=new --record-dir="$WORK/others"
    is "$status $(jq -r .PV_args others/theirs.json)" '1 old' 'no right to write: the old record'
    like "$(cat err)" "cannot write the record of VM 'theirs' in .*: Permission denied" \
        'no right to write: the message'
    chmod 755 others
fi

export ELILOADER_RECORD_DIR=/dev/null/vms
refused 1 'directory /dev/null' 'create below what is no directory' create a
refused 1 'cannot open the record /dev/null/vms/a.json: Not a directory' 'show below it' show a
export ELILOADER_RECORD_DIR=$DIR
run "$ELILOADER" vm list --record=elsewhere
is "$status" 2 'a backend that is not there is a usage error'

done_testing
