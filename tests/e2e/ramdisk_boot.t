#!/usr/bin/env bash
# A real kernel boots from what the helper made: a file that the installer's init reads is the
# overlay's, in one archive, and in two that are joined.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../ramdisk.sh
. "$TESTS/ramdisk.sh"
[ -z "$SANITIZED" ] || skip_all 'the other build boots it; what is made is the same'
needs qemu-system-x86_64

# The sum is computed by the guest's shell, so that the text cannot come from the archive itself.
mkdir -p tree/lib/debian-installer
cat >tree/lib/debian-installer/init-debug <<'EOF'
debugshell() { echo "overlay $1: $((6 * 7))"; }
debugshell 'read by init'
EOF
(cd tree && find . -type f | cpio -o -H newc --quiet) >overlay

# boots NAME: the kernel with the ramdisk out says it within a minute.
boots() {
    local pid waited=0
    timeout -k 1 60 qemu-system-x86_64 -accel tcg -m 1024 -display none -no-reboot -nodefaults \
        -serial file:console -kernel $INSTALLER/linux -initrd out \
        -append 'console=ttyS0 panic=-1 quiet' >qemu.out 2>&1 &
    pid=$!
    while kill -0 $pid 2>/dev/null && ! grep -aq 'before init' console 2>/dev/null && [ $waited -lt 600 ]; do
        sleep 0.1
        waited=$((waited + 1))
    done
    kill $pid 2>/dev/null
    wait $pid 2>/dev/null
    like "$(tr -d '\r' <console)" 'overlay read by init: 42' "$1: the overlay's file is read"
    like "$(tr -d '\r' <console)" 'overlay before init: 42' "$1: and the vendor's init goes on"
    rm -f console
}

overlay $INSTALLER/initrd.gz overlay
boots 'one archive'
overlay $INSTALLER/initrd.gz overlay '.append = true'
boots 'two that are joined'
done_testing
