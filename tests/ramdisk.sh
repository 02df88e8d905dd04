# The helper ramdisk, run by itself. Sourced behind tests/lib.sh by the scripts that test it.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

RAMDISK=$BUILD/libexec/eliloader/ramdisk
# shellcheck disable=SC2034 # for those who source this
INSTALLER=/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64
# Its own process cannot be traced once it is confined, which the leak checker would do.
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0

# overlay VENDOR OVERLAY [JSON CHANGES]: the result in the file out, the exit status in $status,
# the last line of the answer in $last, its error's sentence in $error.
overlay() {
    jq -nc --arg vendor "$1" --arg overlay "$2" '{type: "cpio", append: false, limit: 536870912,
        uid: 65534, $vendor, $overlay} | '"${3:-.}" >request
    rm -f out
    "$RAMDISK" <request 3>answer 4<"$1" 5<"$2" 6<>out 2>err
    status=$?
    last=$(tail -n 1 answer)
    error=$(jq -r '.error | .name + ": " + .text' <<<"$last")
}
# fails REGEX NAME: the run before ended with this error.
fails() {
    like "$status $error" "^1 $1" "$2"
}
# What it may use, from lines as tests/images/cpio.py takes them.
make_cpio() {
    "$TESTS/images/cpio.py" "${1:-newc}"
}
