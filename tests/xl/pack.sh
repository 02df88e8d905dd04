# What is made of a Debian kernel and its modules for the machines of these tests (bash): a plain ELF, and ramdisks of
# busybox. Sourced with $base, a Debian root, and $modules, its folder of modules, set.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

# plain_kernel FILE OUT: the kernel as a plain ELF, for unpacking it is slow under emulation.
plain_kernel() {
    python3 - "$1" "$2" <<'PYTHON'
import lzma, struct, sys
data = open(sys.argv[1], "rb").read()
start = (data[0x1F1] + 1) * 512 + struct.unpack_from("<I", data, 0x248)[0]
open(sys.argv[2], "wb").write(lzma.LZMADecompressor().decompress(data[start:]))
PYTHON
}
# add_modules FOLDER NAME…: those modules and what they need, and the order to load them in.
add_modules() {
    local folder=$1 name path
    shift
    mkdir -p "$folder/modules"
    for name; do
        modprobe -d "$base" -S "${modules##*/}" -D "$name" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
    done | awk '!seen[$0]++' | while read -r path; do
        cp "$path" "$folder/modules/"
        basename "$path"
    done >"$folder/modules/order"
}
# ramdisk FOLDER FILE
ramdisk() {
    mkdir -p "$1"/{bin,proc,sys,dev,mnt}
    cp "$base/bin/busybox" "$1/bin/"
    (cd "$1" && find . | cpio -o -H newc --quiet -R 0:0 | gzip -1) >"$2"
}
