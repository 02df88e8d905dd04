# The helper fetch by itself, for tests (bash); sourced after lib.sh: files/vmlinuz and files/initrd.img,
# a tree of them in tree/, requests, and what has to come of them.
#
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034

FETCH=$BUILD/libexec/eliloader/fetch
# Its own process cannot be traced once it is confined, which the leak checker would do.
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0

# --- files: a small bzImage, a ramdisk of random bytes ---
mkdir -p files tree/images/pxeboot
{
    head -c 510 /dev/zero
    printf '\x55\xaa\x00\x00HdrS'
    head -c 300000 /dev/urandom
} >files/vmlinuz
{
    printf '070701'
    head -c 1500000 /dev/urandom
} >files/initrd.img
cp files/* tree/images/pxeboot/
KERNEL_SIZE=$(stat -c %s files/vmlinuz)
RAMDISK_SIZE=$(stat -c %s files/initrd.img)

# start_server NAME COMMAND…: its first line of output, a port, in $port; its log in NAME.log.
start_server() {
    local name=$1
    shift
    "$@" >"$name.log" 2>"$name.err" &
    at_exit kill $!
    for _ in $(seq 100); do
        port=$(head -n 1 "$name.log")
        [ -n "$port" ] && return
        sleep 0.05
    done
    echo "Bail out! $name does not start: $(cat "$name.err")"
    exit 1
}

# fetch REPOSITORY [JQ CHANGE]: the request's answer in the file answer, the files in kernel
# and ramdisk, how many seconds it took in $seconds.
fetch() {
    jq -n --arg repository "$1" '{$repository, family: "rhlike", arch: "x86_64",
        kernel_max: 67108864, ramdisk_max: 536870912, connect_timeout: 5, stall_timeout: 5,
        total_timeout: 120, downgrade: false, uid: 65534, agent: "eliloader-test"} | '"${2:-.}" >request
    SECONDS=0
    rm -f kernel ramdisk
    "$FETCH" <request 3>answer 4>kernel 5>ramdisk 2>err
    status=$?
    seconds=$SECONDS
    last=$(tail -n 1 answer)
}
# What stands in $last, unless it has been read already.
told_of=
tell() {
    [ "$last" != "$told_of" ] || return
    told_of=$last
    mapfile -t told < <(jq -r '.error.name, .error.file, .error.text, .answer.kernel.size,
        ([.answer | .kernel, .ramdisk | .md5, .sha256] | join(" "))' <<<"$last")
}
# Of the files that do not change.
digests=$(for f in files/vmlinuz files/initrd.img; do md5sum "$f"; sha256sum "$f"; done | cut -d ' ' -f 1 | tr '\n' ' ')
digests=${digests% }

# succeeds NAME: both files are here, byte by byte, with their digests.
succeeds() {
    tell
    is "$status${told[3]-}" "0$KERNEL_SIZE" "$1: an answer" || echo "#   $last"
    cmp -s kernel files/vmlinuz && cmp -s ramdisk files/initrd.img
    ok $? "$1: both files are as on the server"
    is "${told[4]-}" "$digests" "$1: digests"
}

# fails NAME ERROR REGEX [FILE]: the error's name and sentence, and the file it blames.
fails() {
    tell
    is "$status${told[0]-}" "0$2" "$1: $2" || echo "#   $last $(cat err)"
    like "${told[2]-}" "$3" "$1: says why"
    [ $# -lt 4 ] || is "${told[1]-}" "$4" "$1: names the $4"
}
