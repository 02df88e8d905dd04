#!/usr/bin/env bash
# What pygrub can do when eliloader starts it, as it sees that itself: its user, its capabilities,
# its limits, its network; and that its opinion does not count where we have looked ourselves.
# Boundaries: pygrub
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"

needs pygrub python3
root=
[ "$(id -u)" != 0 ] || root=1
disk=$("$TESTS/images/make.sh" dos-ext4-grub2-1 "$WORK")

# The real one, after a look around.
cat >spy <<PY
#!/usr/bin/python3
import os, resource, sys
def look():
    with open('/proc/self/status') as status:
        seen = dict(line.split(':', 1) for line in status)
    with open('/proc/net/dev') as net:
        devices = [line.split(':')[0].strip() for line in net if ':' in line]
    limits = {name: resource.getrlimit(getattr(resource, 'RLIMIT_' + name))[0]
              for name in ('AS', 'CPU', 'CORE', 'NPROC', 'FSIZE')}
    with open('$WORK/seen', 'w') as out:
        for name in ('CapPrm', 'CapBnd', 'CapInh', 'NoNewPrivs'):
            print(name, *seen[name].split(), file=out)
        for name in limits:
            print(name, limits[name], file=out)
        print('net', *devices, file=out)
        print('pid', os.getpid(), file=out)
        print('words', *sys.argv[1:], file=out)
if '--help' not in sys.argv:
    look()
os.execv('/usr/bin/pygrub', ['pygrub'] + sys.argv[1:])
PY
chmod 755 spy
export ELILOADER_PYGRUB=$WORK/spy
saw() { sed -n "s/^$1 //p" seen; }

# --- the cage ---------------------------------------------------------------------------------
boot -q --handoff=pygrub --output-format=simple --pygrub-timeout=77 "$disk"
is "$status $(parse_simple out "$BOOT" | cut -d= -f1 | xargs)" '0 kernel ramdisk args' 'it boots' || sed 's/^/# /' err
is "$(boot_files)" 'eliloader-kernel eliloader-ramdisk' 'and leaves nothing'
is "$(saw NoNewPrivs) $(saw CORE) $(saw NPROC) $(saw AS) $(saw CPU)" \
    "1 0 0 $((512 << 20)) 77" 'no new privileges, no core files, no processes, memory, CPU time'
is "$(saw FSIZE)" "$(((512 << 20) + 1))" 'files: the larger limit, and one byte'
boot -q --handoff=pygrub --kernel-max-size=1M --ramdisk-max-size=2M "$disk"
is "$status $(saw FSIZE)" "0 $(((2 << 20) + 1))" 'files: smaller limits' || sed 's/^/# /' err
if [ "$root" ]; then
    # CAP_DAC_READ_SEARCH, CAP_SETGID, CAP_SETUID, CAP_SYS_CHROOT, CAP_SYS_ADMIN
    is "$(saw CapBnd) $(saw CapPrm) $(saw CapInh)" \
        '00000000002400c4 00000000002400c4 0000000000000000' 'root: what --runas is made of, and nothing else'
    is "$(saw net)" lo 'root: no network'
    is "$(saw pid)" 1 'root: a world of processes of its own'
    like "$(saw words)" '^-q .*--runas=65534 ' 'root: to become another user, though nobody said so'
    boot -q --runas=65533 --handoff=pygrub "$disk"
    like "$status $(saw words)" '^0 .*--runas=65533 ' 'root: the user that somebody named'
    boot -q --runas-base=1879048192 --handoff=pygrub "$disk"
    user=$(saw words | sed -n 's/.*--runas=\([0-9]*\).*/\1/p')
    is "$status $((user >= 1879048192 + 32768 && user < 1879048192 + 65536))" '0 1' \
        "root: the user of this run" || sed 's/^/# /' err
    # What libxl makes is a directory that not even its owner may pass.
    mkdir -m 600 bootloader.7.d
    boot -q --handoff=pygrub --output-format=simple --output-directory="$WORK/bootloader.7.d" "$disk"
    is "$status $(parse_simple out "$WORK/bootloader.7.d" | cut -d= -f1 | xargs)" '0 kernel ramdisk args' \
        "root: in libxl's directory" || sed 's/^/# /' err
    cp "$disk" private.img && chmod 600 private.img
    clear_boot
    # A disk of the host's: root's, and nobody else's.
    if loop=$(losetup -f --show -r private.img 2>/dev/null); then
        at_exit losetup -d "$loop"
        chmod 600 "$loop"
        boot -q --handoff=pygrub --output-format=simple "$loop"
        is "$status $(parse_simple out "$BOOT" | cut -d= -f1 | xargs)" '0 kernel ramdisk args' \
            'root: a block device that is readable to root alone' || sed 's/^/# /' err
        is "$(boot_files)" 'eliloader-kernel eliloader-ramdisk' 'root: nothing of it is left'
        # Where a toolstack's directory is, devices are usually none.
        if unshare -m true 2>/dev/null; then
            mkdir nodev
            run unshare -m sh -c "mount -t tmpfs -o nodev,mode=700 none nodev &&
                exec '$ELILOADER' -q --handoff=pygrub --output-format=simple --output-directory='$WORK/nodev' '$loop'"
            is "$status $(grep -cE '^(kernel|ramdisk|args) ' out)" '0 3' 'root: in a directory without devices' || sed 's/^/# /' err
        fi
    fi
    clear_boot
    refused 3 INTERNAL_ERROR 'the user 65534, which pygrub becomes .*, may not read it' \
        'root: a disk of which that user may read nothing' -q --handoff=pygrub private.img
else
    unlike "$(saw words)" runas 'an ordinary user: it stays that user'
fi

# --- one that knows no --runas ------------------------------------------------------------------
cat >old <<PY
#!/usr/bin/python3
import os, sys
if '--help' in sys.argv:
    sys.exit('Usage: old [-q] [--output=] <image>')
if any(word.startswith('--runas') for word in sys.argv):
    sys.exit('Usage: old [-q] [--output=] <image>')
open('$WORK/asked', 'w').close()
os.execv('/usr/bin/pygrub', ['pygrub'] + sys.argv[1:])
PY
chmod 755 old
clear_boot
if [ "$root" ]; then
    ELILOADER_PYGRUB=$WORK/old refused 3 INTERNAL_ERROR \
        "^cannot hand off to pygrub: $WORK/old knows no --runas.*with the setting pygrub-as-root = yes" \
        'root: it is not run' -q --handoff=pygrub "$disk"
    is "$(find asked 2>/dev/null)" '' 'root: not at all'
    printf 'pygrub = %s/old\npygrub-as-root = yes\n' "$WORK" >conf
    vm_new guest PV-bootloader=pygrub
    ELILOADER_PYGRUB=$WORK/old boot -q --vm=guest "$disk"
    is "$status $(record guest .PV_bootloader) $(find asked 2>/dev/null)" '0 eliloader ' \
        'root: a VM that is left to it is booted by eliloader'
    (unset ELILOADER_PYGRUB && run "$ELILOADER" --config=conf -q --handoff=pygrub "$disk"; exit "$status")
    is "$? $(find asked)" '0 asked' 'root: it is, where the administrator says so'
else
    ELILOADER_PYGRUB=$WORK/old boot -q --handoff=pygrub --output-format=simple "$disk"
    is "$status $(find asked)" '0 asked' 'an ordinary user: it is run'
fi
rm -f asked

# --- whose opinion counts -------------------------------------------------------------------------
# Disks that we read, and of which nothing boots: what is named is no kernel.
cat >forbidden <<SH
#!/bin/bash
[ "\$1" != --help ] || { echo 'Usage: [--runas=]' >&2; exit 0; }
: >$WORK/asked
exit 1
SH
chmod 755 forbidden
mkdir -p tree/boot/grub
printf 'menuentry "Linux" {\n linux /boot/vmlinuz-1 ro\n initrd /boot/initrd-1\n}\n' >tree/boot/grub/grub.cfg
echo ramdisk >tree/boot/initrd-1
# junk NAME: an image of the tree; whoever boots it gets no second opinion.
junk() {
    rm -f asked "$1.img"
    mke2fs -q -F -t ext4 -d tree "$1.img" 8M >/dev/null 2>&1
    for state in install-distro=sleslike install-distro=rhlike; do
        vm_new guest $state install-repository=http://127.0.0.1:9/ install-round=2
        clear_boot
        ELILOADER_PYGRUB=$WORK/forbidden refused 3 INTERNAL_ERROR '^nothing on ' "$1, $state" \
            -q --vm=guest "$1.img"
    done
    clear_boot
    ELILOADER_PYGRUB=$WORK/forbidden refused 3 INTERNAL_ERROR '^nothing on ' "$1" -q "$1.img"
    is "$(find asked 2>/dev/null)" '' "$1: pygrub is not asked"
    # Where somebody wants pygrub, what it takes is looked at.
    vm_new guest install-distro=sleslike install-repository=http://127.0.0.1:9/ install-round=2
    refused 3 INTERNAL_ERROR "${2:-is not a kernel}" "$1, pygrub" -q --vm=guest --handoff=pygrub "$1.img"
    refused 3 INTERNAL_ERROR "${2:-is not a kernel}" "$1, pygrub" -q --handoff=pygrub "$1.img"
}
printf '#!/bin/sh\nreboot\n' >tree/boot/vmlinuz-1 && junk script
printf x >tree/boot/vmlinuz-1 && junk byte
head -c 4096 /dev/zero >tree/boot/vmlinuz-1 && junk zeros
: >tree/boot/vmlinuz-1 && junk empty 'the kernel that pygrub took from '
rm tree/boot/vmlinuz-1 && mkdir tree/boot/vmlinuz-1 && junk directory 'kernel|cannot boot'
done_testing
