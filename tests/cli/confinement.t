#!/usr/bin/env bash
# Helpers that were taken over try to break out: some two hundred attempts (tests/programs/hostile*)
# in each helper, which is its own main() and confinement with an attempt in the place of its work.
# What goes through is compared with the short list of what that helper may do; on this kernel, on
# one without Landlock, on one as old as Linux 4.19, as root and as an ordinary user. And eliloader,
# whose helper does such things, reports a probe that failed, lives, and has nothing changed.
# Boundaries: fetch fsprobe medium menu ramdisk resources
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
needs setpriv

mkdir -p here/bin here/libexec/eliloader programs work
cp "$ELILOADER" here/bin/
cp "$BUILD"/programs/* programs/
cp programs/hostile_fsprobe here/libexec/eliloader/fsprobe
ELILOADER=$WORK/here/bin/eliloader
head -c 4096 /dev/zero >work/attack.input
chmod 666 work/attack.input # what stops a helper shall not be the file's mode
chmod 777 work

# --- what each may do ------------------------------------------------------------------------------
# Memory, time, and what it was given.
may_all='ask for its own limits
ask for the request
ask who it is
double it closed at exec
make memory writable
map memory
nothing
read the input
set a pipe'\''s flags'
may_write='empty the output
make room in the output
save the output
write to the output'
# Threads; names, certificates and servers.
may_fetch='ask for access
ask for the folder
bar its processors
be called something
connect by TCP to a web server
connect by UDP
keep a connection alive
look at a filesystem
look at a path
look at a path more
make a TCP socket
make a TCP socket of IPv6
make a UDP socket
make a counter
make a pair of sockets
make a pipe
open a path
pass a descriptor to itself
read a link
send by UDP
start a thread
start many threads
wait on many'
# Where the kernel has no Landlock: whatever its user may read.
may_without_landlock='open a program
open a system'\''s state
open the root'
# Landlock knows ports from its ABI 4 on (Linux 6.7).
may_without_ports='connect by TCP elsewhere'
landlock=$(python3 -c 'import ctypes; print(ctypes.CDLL(None).syscall(444, None, 0, 1))')
# Of a user who has started it himself, these are his own files.
may_own_without_landlock='open the output to read'

# sanctioned HELPER KERNEL USER: what may go through, of what is seen in the file `seen`.
sanctioned() {
    echo "$may_all"
    # The sanitizers need terabytes of address space: there the limit is not set.
    [ -z "${SANITIZED:-}" ] || echo 'take much memory'
    [ "$1" = medium ] || [ "$1" = menu ] || echo "$may_write"
    [ "$1" = fetch ] || return
    echo "$may_fetch"
    grep -q 'it lacks.*landlock' seen || [ "$landlock" -lt 4 ] && echo "$may_without_ports"
    grep -q 'it lacks.*landlock' seen || return
    echo "$may_without_landlock"
    [ "$3" = root ] || echo "$may_own_without_landlock"
}

# tried HELPER KERNEL USER COMMAND…: makes all attempts, and compares.
tried() {
    local helper=$1 kernel=$2 user=$3
    local name="$helper, kernel $kernel, $user"
    shift 3
    rm -f work/attack.output
    (cd work && "$@" ../programs/attack "$kernel" "../programs/hostile_$helper") >seen 2>err
    ok $? "$name: all attempts were made" "$(cat err)"
    [ "$(grep -c . seen)" -gt 200 ]
    ok $? "$name: they are many" "$(grep -c . seen)"
    [ "$kernel" = this ] || like "$(head -n1 seen)" 'it lacks.*landlock' "$name: such is the kernel"
    is "$(sed -n 's/: ESCAPED$//p' seen | sort)" "$(sanctioned "$helper" "$kernel" "$user" | sort)" \
        "$name: only what it may goes through"
    is "$(sed 1d seen | grep -vE ': (ESCAPED$|failed: |the program [a-z_]+ was ended by signal 31 )')" '' \
        "$name: all else fails, or ends it at once"
}

# What nobody confines can be done, so that what fails above fails for that reason.
(cd work && ../programs/attack this ../programs/hostile_free) >seen 2>err
ok $? 'not confined: attempts were made' "$(cat err)"
if [ "$(id -u)" != 0 ] || unshare --mount --net true 2>/dev/null; then
    is "$(sed 1d seen | grep -v ': ESCAPED$')" '' 'not confined: each goes through'
fi
[ "$(grep -c . seen)" -gt 120 ]
ok $? 'not confined: they are many' "$(grep -c . seen)"

kernels='this no-landlock 4.19'
[ -z "${SANITIZED:-}" ] || kernels=this # which take ten times as long
me=root
[ "$(id -u)" = 0 ] || me=user
for helper in fsprobe medium ramdisk menu fetch; do
    for kernel in $kernels; do
        # Its confinement is that of medium, but for one call.
        [ $helper != menu ] || [ "$kernel" = this ] || [ -n "$LONG" ] || continue
        tried $helper "$kernel" $me
        # What an older kernel lacks, it lacks for everybody.
        [ $me != root ] || { [ -z "$LONG" ] && [ "$kernel" != this ]; } ||
            tried $helper "$kernel" user setpriv --reuid=1234 --regid=1234 --clear-groups
    done
done
# The kinds of repository that need more. Landlock knows the ports of TCP.
bound() {
    echo 'bind a UDP port'
    [ "$landlock" -ge 4 ] || echo 'bind a TCP port'
}
tried_with() {
    local also=$1 scheme=$2
    (cd work && ../programs/attack this ../programs/hostile_fetch "$scheme://127.0.0.1/x") >seen 2>err
    is "$(sed -n 's/: ESCAPED$//p' seen | sort)" "$( (sanctioned fetch this $me; echo "$also") | grep . | sort -u)" \
        "fetch, $scheme: only what it may goes through"
}
[ -n "${SANITIZED:-}" ] || tried_with "$(bound; echo 'connect by TCP elsewhere')" nfs
if [ -n "$LONG" ]; then
    tried_with 'connect by TCP elsewhere' ftp
    [ "$landlock" -lt 4 ] || may_fetch=$(grep -v 'to a web server' <<<"$may_fetch")
    tried_with "$(bound)" tftp
fi
[ ! -e /tmp/eliloader-hostile ]
ok $? 'no file was made'

# --- eliloader with such a helper --------------------------------------------------------------------
# attack NAME: what the disk makes the helper do. The descriptor 9 is one that the caller left open.
attack() {
    printf '%s\n' "$1" >disk
    head -c 4096 /dev/zero >>disk
    chmod 666 disk
    sha256sum disk >sum
    run timeout 60 "$ELILOADER" probe disk 9<sum
}
# stopped NAME REGEX: how eliloader tells that it ended.
stopped() {
    attack "$1"
    is "$status $(cat out)" '1 ' "$1: the probe has failed" "$(cat err)"
    like "$(cat err)" "^eliloader: cannot probe disk: the program fsprobe $2" "$1: it was stopped"
    sha256sum --quiet -c sum
    ok $? "$1: the disk is as it was"
}

attack nothing
is "$status $(cat err)" '1 eliloader: cannot probe disk: ESCAPED' 'an attempt that goes through is seen'

# The longest, while the others run.
printf 'loop for ever\n' >endless
"$ELILOADER" probe endless >endless.out 2>endless.err &
endless=$!

stopped 'open a path' 'was ended by signal 31'
stopped 'execute a program' 'was ended by signal 31'
stopped 'write to the input' 'ended with status 77'
stopped 'use other descriptors' 'ended with status 77'
[ -n "${SANITIZED:-}" ] || stopped 'take much memory' 'ended with status 77'

wait "$endless"
is "$? $(cat endless.out)" '1 ' 'loop for ever: the probe has failed'
like "$(cat endless.err)" 'the program fsprobe (was ended by signal (9|24)|took longer than [0-9]+ seconds)' \
    'loop for ever: it was ended'
done_testing
