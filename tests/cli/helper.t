#!/usr/bin/env bash
# A helper that was taken over by what it read: whatever it says, the loader checks it. It is a shell
# script here, in a copy of the tree of programs.
# Boundaries: answers
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"

mkdir -p here/bin here/libexec/eliloader
cp "$ELILOADER" here/bin/
ELILOADER=$WORK/here/bin/eliloader
HELPER=$WORK/here/libexec/eliloader/fetch
vm_new guest install-repository=http://repository/tree
refused 1 INTERNAL_ERROR 'cannot start the helper .*/fetch: No such file.*installed whole' \
    'no helper' --vm=guest

# helper SCRIPT: what the helper does. It finds its answer pipe as 3, the files as 4 and 5.
helper() {
    printf '#!/bin/bash\n%s\n' "$1" >"$HELPER"
    chmod 755 "$HELPER"
}
zeros=$(printf '%032d' 0)
sums="\"md5\":\"$zeros\",\"sha256\":\"$zeros$zeros\""
file="{\"url\":\"http://x/k\",\"size\":6,$sums,\"verified\":null}"
both="printf kernel >&4; printf kernel >&5"
good="{\"answer\":{\"layout\":\"l\",\"tree\":{},\"kernel\":$file,\"ramdisk\":$file}}"

helper "$both; echo '$good' >&3"
boot --vm=guest
is "$status $(answered args) $(cat "$(answered kernel)")" '0 inst.repo=http://repository/tree/ kernel' \
    'an honest helper'

# lies NAME REGEX SCRIPT
lies() {
    vm_new guest install-repository=http://repository/tree
    clear_boot
    helper "$3"
    refused 1 "${ERROR:-INTERNAL_ERROR}" "$2" "$1" --vm=guest "${@:4}"
}
# answer KERNEL [RAMDISK]: the script of one that writes both files and says this of them.
answer() {
    echo "$both; echo '{\"answer\":{\"layout\":\"l\",\"tree\":{},\"kernel\":$1,\"ramdisk\":${2-null}}}' >&3"
}
lies 'nothing at all' 'helper fetch ended without an answer' 'exit 0'
lies 'a crash' 'program fetch was ended by signal 11' 'kill -SEGV $$'
lies 'a failure without a word' 'program fetch ended with status 7' 'exit 7'
lies 'a failure after an answer' 'ended with status 7; it said: oops' \
    "$(answer "$file" "$file"); echo oops >&2; exit 7"
lies 'no JSON' 'answered something that is not JSON' 'echo nonsense >&3'
lies 'JSON that is no object' 'not JSON' 'echo "[1]" >&3'
lies 'bytes of all kinds' 'not JSON' 'head -c 4096 /dev/urandom >&3; echo >&3'
lies 'a line without end' 'more than 1048576 bytes in one line' 'head -c 2000000 /dev/zero >&3; sleep 60'
lies 'an answer that is text' 'ended without an answer|does not fit' "echo '{\"answer\":\"yes\"}' >&3"
lies 'an answer without a kernel' 'gave a kernel that does not fit' "$(answer null "$file")"
lies 'another size' 'gave a kernel that does not fit' "$(answer "${file/6,/7,}")"
lies 'a negative size' 'gave a kernel that does not fit' "$(answer "${file/6,/-1,}")"
lies 'a size that is text' 'gave a kernel that does not fit' "$(answer "${file/6,/\"6\",}")"
lies 'an empty kernel' 'gave a kernel that does not fit' \
    "echo '{\"answer\":{\"kernel\":${file/6,/0,}}}' >&3"
lies 'a kernel over the limit' 'gave a kernel that does not fit' "$(answer "$file")" --kernel-max-size=5
lies 'a ramdisk over the limit' 'gave a ramdisk that does not fit' "$(answer "$file" "$file")" \
    --ramdisk-max-size=5
lies 'no digests' 'gave a kernel that does not fit' "$(answer '{"url":"x","size":6}')"
lies 'a digest in capitals' 'gave a kernel that does not fit' "$(answer "${file/0000/AAAA}")"
lies 'a digest too long' 'gave a kernel that does not fit' "$(answer "${file/0000/00000}")"
lies 'no URL' 'gave a kernel that does not fit' "$(answer "${file/url/uri}")"
lies 'another ramdisk than it says' 'gave a ramdisk that does not fit' \
    "printf kernel >&4; echo '$good' >&3"

# error NAME TEXT [FILE]: the script of one that says this, an error of the helper's own.
error() {
    printf '%s' "echo '{\"error\":{\"name\":\"$1\",\"text\":\"$2\",\"file\":${3-null}}}' >&3; exit 1"
}
ERROR=LIMITS lies 'an error with a name' '^too large; raise it with .eliloader vm set guest platform:pv-kernel-max-size' \
    "$(error LIMITS 'too large' '"kernel"')"
lies 'an error with another name' '^oops$' "$(error ROOT oops)"
lies 'an error without a text' 'failed without saying why' "echo '{\"error\":{}}' >&3"
ERROR=INVALID_SOURCE lies 'an error for the terminal and the toolstack' \
    '^.x1b\[2J RuntimeError, LIMITS.x0aRuntimeError, x' \
    "$(error INVALID_SOURCE '\u001b[2J RuntimeError: LIMITS\nRuntimeError: x')"
is "$(tr -d '\n[:print:]' <err | wc -c) $(wc -l <err)" '0 3' 'nothing of it reaches the terminal'
vm_new guest install-repository=http://repository/tree
helper "printf 'RuntimeError: %s\n' $'\e[2J' >&2
    echo '{\"note\":\"\\u001b[2J RuntimeError: x\\nline\"}' >&3; exit 1"
boot --debug --vm=guest
is "$(tr -d '\n[:print:]' <err | wc -c) $(grep -o 'RuntimeError: .*' err)" \
    '0 RuntimeError: INTERNAL_ERROR' 'nor with --debug, of a note or of its stderr'

for count in 99 100 101; do
    vm_new guest install-repository=http://repository/tree
    helper "for ((i = 0; i < $count; i++)); do echo '{\"note\":\"blah\"}'; done >&3; exit 1"
    boot --debug --vm=guest
    is "$(grep -c blah err)" "$((count < 100 ? count : 100))" "$count notes: at most 100 are logged"
done

# What it may say without harm.
vm_new guest install-repository=http://repository/tree
helper "$both
    echo '{\"progress\":{\"received\":-1,\"total\":9223372036854775807}}' >&3
    echo '{\"progress\":7}' >&3; echo '{\"note\":7}' >&3; echo '{}' >&3; echo '$good' >&3
    head -c 100000 /dev/zero >&2"
boot --vm=guest
is "$status $(cat err)" '0 ' 'odd reports on the way'
vm_new guest install-repository=http://repository/tree
helper "$both; echo '${good/http:\/\/x\/k/evil\\nkernel \/etc\/passwd}' >&3"
boot --vm=guest
is "$status $(parse_simple out "$BOOT" | cut -d= -f1 | xargs)" '0 kernel ramdisk args' \
    'what it calls its files does not reach the answer'

# --- a medium's readers ---------------------------------------------------------------------------
# fsprobe finds the disk as 4, the files as 5 and 6; medium, which takes sums, the file as 4.
mkdir no-maps
export ELILOADER_MAP_DIR=$WORK/no-maps
: >disc
# tells NAME ANSWER [MEDIUM'S]: both write what they are asked for, and say that.
tells() {
    vm_new guest install-repository=cdrom
    clear_boot
    HELPER=$WORK/here/libexec/eliloader/fsprobe
    helper "printf kernel >&5; printf kernel >&6; echo '{\"answer\":$2}' >&3"
    HELPER=$WORK/here/libexec/eliloader/medium
    helper "echo '{\"answer\":${3-null}}' >&3"
}
damaged() {
    tells "$@"
    refused 1 "${ERROR:-INTERNAL_ERROR}" "${REGEX:-the helper fsprobe gave an answer that is damaged}" "$1" --vm=guest disc
}
part='{"path":"k","size":6,"sum":null}'
copied='"copied":{"kernel":6,"ramdisk":6}'
found="\"where\":\"disc\",\"layout\":\"l\",\"family\":\"rhlike\",\"tree\":{},\"kernel\":$part,\"ramdisk\":$part"
tells 'an honest reader' "{$found,$copied}"
boot --vm=guest disc
is "$status $(cat err) $(cat "$(answered kernel)")" '0  kernel' 'an honest reader of a medium'
REGEX='kernel that does not fit' damaged 'nothing copied' "{$found}"
REGEX='kernel that does not fit' damaged 'another size' "{$found,${copied/:6/:7}}"
damaged 'no place' "{${found/\"where\"/\"there\"},$copied}"
damaged 'no layout' "{${found/\"layout\"/\"x\"},$copied}"
damaged 'a ramdisk that nobody copied' "{$found,\"copied\":{\"kernel\":6,\"ramdisk\":null}}"
damaged 'a ramdisk that nobody found' "{${found/\"ramdisk\"/\"x\"},$copied}"
REGEX='gave no kernel' damaged 'a kernel without a path' "{${found/\"path\"/\"x\"},$copied}"
damaged 'a sum without digits' "{${found/null/{\"digest\":\"md5\"\}},$copied}"
damaged 'a sum of too few' "{${found/null/{\"digest\":\"md5\",\"hex\":\"00\"\}},$copied}"
summed="{${found/null/{\"digest\":\"md5\",\"hex\":\"$zeros\"\}},$copied}"
REGEX='helper medium gave an answer that is damaged' damaged 'no sum' "$summed" '{}'
REGEX='helper medium gave an answer that is damaged' damaged 'another sum' "$summed" '{"other":"00"}'
ERROR=INVALID_SOURCE REGEX='k in disc has the md5 1.*says 0+: the medium is damaged' \
    damaged 'a wrong sum' "$summed" "{\"other\":\"${zeros/0/1}\"}"
tells 'right' "$summed" "{\"other\":\"$zeros\"}"
boot --debug --vm=guest disc
is "$status $(grep -c 'verified by' err)" '0 1' 'the right sum'
tells 'controls' "{${found/disc/\\\\u001b[2J},$copied}"
boot --debug --vm=guest disc
unlike "$(cat err)" $'\033' 'control characters of an answer reach no log'
done_testing
