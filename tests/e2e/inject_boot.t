#!/usr/bin/env bash
# A real kernel unpacks what install-inject puts behind a ramdisk, whatever that is compressed with:
# eight boots, so it is of `make check-long`.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
[ -n "$LONG" ] || skip_all 'boots eight times: in make check-long'
[ -z "$SANITIZED" ] || skip_all 'the other build boots it; what is made is the same'
needs qemu-system-x86_64 cpio gcc lz4

KERNEL=/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/linux
# An init that prints a file's content: the vendor's has another.
cat >init.c <<'EOF'
#include <stdio.h>
#include <sys/reboot.h>
#include <unistd.h>
int main(void)
{
    char text[64] = "";
    FILE *file = fopen("/ks.cfg", "r");
    if (file && fgets(text, sizeof text, file))
        printf("it reads: %s", text);
    fclose(fopen("/vendors", "r") ?: stdin);
    printf("the end %d\n", access("/vendors", F_OK));
    fflush(stdout);
    reboot(RB_AUTOBOOT);
}
EOF
mkdir -p ramdisk/dev "$WWW/tree"
gcc -static -Os -o ramdisk/init init.c || cannot_run 'gcc makes no static program here'
strip ramdisk/init
echo "vendor's" | tee ramdisk/ks.cfg >ramdisk/vendors
# The vendor's archive ends where its trailer does, at no round place.
(cd ramdisk && find . | cpio -o -H newc --quiet -R 0:0) >plain
cp $KERNEL "$WWW/tree/vmlinuz"
vm_new guest

# boots NAME PACKER…: with the ramdisk that PACKER makes of it.
boots() {
    local name=$1
    shift
    "$@" <plain >"$WWW/tree/initrd" || return
    echo "root's $name" >ks.cfg
    clear_boot
    boot --vm=guest --location="$WWW/tree" --kernel=vmlinuz --ramdisk=initrd --install-inject=ks.cfg
    is "$status $(cat err)" '0 ' "$name: is injected"
    timeout -k 1 60 qemu-system-x86_64 -accel tcg -m 256 -display none -no-reboot -nodefaults \
        -serial file:console -kernel "$(answered kernel)" -initrd "$(answered ramdisk)" \
        -append 'console=ttyS0 panic=-1 quiet' >qemu.out 2>&1
    like "$(tr -d '\r' <console)" "it reads: root's $name" "$name: the kernel has root's file"
    like "$(tr -d '\r' <console)" 'the end 0' "$name: and the vendor's others"
    rm -f console
}
boots lz4 lz4 -lq # whose streams have no end of their own
boots plain cat
boots gzip gzip -9n
boots xz xz --check=crc32
boots lzma lzma
boots bzip2 bzip2
boots zstd zstd -q
boots lzop lzop
done_testing
