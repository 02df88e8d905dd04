#!/usr/bin/env bash
# A boot of our own with a helper that a guest's disk has taken over: what it says of the files that it
# copied is held against the files. It is a shell script here, in a copy of the tree of programs.
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"

mkdir -p here/bin here/libexec/eliloader out.d
cp "$ELILOADER" here/bin/
ELILOADER=$WORK/here/bin/eliloader
truncate -s 1M disk.img

# helper SCRIPT: what the helper does. Its answer pipe is 3, the disk 4, the kernel 5, the ramdisk 6.
helper() {
    printf '#!/bin/bash\n%s\n' "$1" >here/libexec/eliloader/fsprobe
    chmod 755 here/libexec/eliloader/fsprobe
}
native() { # WORD…
    rm -f out.d/*
    run "$ELILOADER" -q --handoff=native --output-format=simple --output-directory="$WORK/out.d" "$@" disk.img
}
entry='{"title":"t","disk":0,"partition":0,"offset":0,"kernel":"/k","ramdisk":"/r","ramdisks":["/r"],"args":"a","source":"s","default":true,"number":0}'
# answer COPIED [BOOT]: the script of one that says this
answer() {
    printf "echo '%s' >&3" \
        "{\"answer\":{\"disks\":[],\"entries\":[],\"boot\":${2:-$entry},\"copied\":$1,\"problems\":[]}}"
}
both='printf kernel >&5; printf ramdisk >&6'

helper "$both; $(answer '{"kernel":6,"ramdisk":7}')"
native --kernel-max-size=6 --ramdisk-max-size=7
is "$status $(sed -n 's/^args //p' out) $(cat out.d/eliloader-kernel.* out.d/eliloader-ramdisk.*)" \
    '0 a kernelramdisk' 'an honest helper' || sed 's/^/# /' err

# lies NAME REGEX SCRIPT [WORD…]
lies() {
    helper "$3"
    native "${@:4}"
    is "$status $(cat out) $(ls -A out.d)" '1  ' "$1: no answer, and no file is left"
    like "$(cat err)" "^eliloader: cannot boot from disk.img: .*$2" "$1: is said"
}
kernel='gave a kernel that does not fit its answer'
ramdisk='gave a ramdisk that does not fit its answer'
lies 'nothing was copied' "$kernel" "$(answer null)"
lies 'copies that are a text' "$kernel" "$both; $(answer '"all"')"
lies 'no kernel' "$kernel" "$both; $(answer '{"kernel":null,"ramdisk":7}')"
lies 'an empty kernel' "$kernel" "$(answer '{"kernel":0,"ramdisk":null}')"
lies 'a kernel that is shorter than said' "$kernel" "$both; $(answer '{"kernel":7,"ramdisk":7}')"
lies 'a kernel that is longer than said' "$kernel" "$both; $(answer '{"kernel":5,"ramdisk":7}')"
lies 'a negative size' "$kernel" "$both; $(answer '{"kernel":-6,"ramdisk":7}')"
lies 'a size that is a fraction' "$kernel" "$both; $(answer '{"kernel":6.0,"ramdisk":7}')"
lies 'another ramdisk than said' "$ramdisk" "$both; $(answer '{"kernel":6,"ramdisk":8}')"
lies 'an empty ramdisk' "$ramdisk" "printf kernel >&5; $(answer '{"kernel":6,"ramdisk":0}')"
lies 'a kernel above its limit' "$kernel" "$both; $(answer '{"kernel":6,"ramdisk":7}')" --kernel-max-size=5
lies 'a ramdisk above its limit' "$ramdisk" "$both; $(answer '{"kernel":6,"ramdisk":7}')" \
    --ramdisk-max-size=6
lies 'failure after the copies' 'ended with status 7' "$both; $(answer '{"kernel":6,"ramdisk":7}'); exit 7"
lies 'end in the middle' 'was ended by signal 9' "$both; kill -KILL \$\$"

helper "$both; $(answer '{"kernel":6,"ramdisk":7}' null)"
native
is "$status $(cat out) $(ls -A out.d)" '3  ' 'copies, and nothing that boots: no file is left'
helper "$both; $(answer '{"kernel":6,"ramdisk":null}')"
native
is "$status $(grep -c ^ramdisk out) $(find out.d -type f | wc -l)" '0 0 1' \
    'a ramdisk that is not spoken of is dropped'
helper 'printf x >&4 2>/dev/null; read -r -u 5 line 2>/dev/null && exit 7; '"$both; $(answer '{"kernel":6,"ramdisk":7}')"
native
is "$status $(head -c 1 disk.img | tr '\0' -)" '0 -' 'the disk is not for writing, nor the copies for reading'
done_testing
