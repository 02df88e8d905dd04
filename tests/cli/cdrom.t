#!/usr/bin/env bash
# From a CD: install-repository=cdrom for every family, and images as --location and for fetch. Images
# are made by the real programs, with Rock Ridge, Joliet, neither, and as a bridge to UDF.
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
needs xorriso genisoimage

# What the shipped tables say of these trees has tests of its own: e2e/overlay.t.
mkdir no-maps
export ELILOADER_MAP_DIR=$WORK/no-maps
config='.other_config | with_entries(select(.key | startswith("eliloader-") | not))'

# iso FILE DIRECTORY [OPTION…]
iso() {
    local file=$1 dir=$2
    shift 2
    xorriso -as mkisofs -quiet "${@:--R}" -V TEST -o "$file" "$dir" 2>/dev/null
}
# with_disks: guest's disk, and the CD, which is bootable.
with_disks() {
    jq '.VBDs = [{"userdevice": "0", "bootable": false}, {"userdevice": "3", "bootable": true}]' \
        "$RECORDS/guest.json" >new && cp new "$RECORDS/guest.json"
}
# installs NAME IMAGE KERNEL ARGS KEY=VALUE…: from that CD, the VM with these keys boots the kernel and
# the ramdisk that were made for the path KERNEL, with these arguments, and its disk from then on.
installs() {
    local name=$1 image=$2 kernel=$3 args=$4
    shift 4
    vm_new guest install-repository=cdrom "$@"
    with_disks
    clear_boot
    boot --vm=guest "$image"
    is "$status $(cat err)" '0 ' "$name: succeeds" || return
    is "$(parse_simple out "$BOOT" | sed -n 's/^args=//p')" "$args" "$name: arguments"
    is "$(tail -c +2049 "$(answered kernel)")" "$kernel" "$name: the right kernel"
    is "$(cut -c7- "$(answered ramdisk)" | cut -d' ' -f1)" "${kernel%% *}" "$name: its ramdisk"
    is "$(record guest '[.VBDs[].bootable]')" '[true,false]' "$name: the disk is booted next"
}

# --- the families -------------------------------------------------------------------------------
tree rhel5 images/xen/vmlinuz images/xen/initrd.img
tree rhel5 isolinux/vmlinuz isolinux/initrd.img
printf '1170978545.0\nRed Hat Enterprise Linux Server 5\nx86_64\n1\n' >"$WWW/rhel5/.discinfo"
iso rhel5.iso "$WWW/rhel5"
installs 'rhlike by default' rhel5.iso 'rhel5 images/xen/vmlinuz' ''
is "$(record guest '[.PV_bootloader, .PV_args]')" '["pygrub",""]' 'rhlike: pygrub boots it from now on'
is "$(record guest "$config")" '{"install-repository":"cdrom"}' 'rhlike: the keys of the round are gone'

tree el9 images/pxeboot/vmlinuz images/pxeboot/initrd.img
printf '[general]\nfamily=CentOS\nversion=9\narch=x86_64\n[images-x86_64]\nkernel=images/pxeboot/vmlinuz\ninitrd=images/pxeboot/initrd.img\n[checksums]\nimages/pxeboot/initrd.img = sha256:%s\n' \
    "$(sha256 "$WWW/el9/images/pxeboot/initrd.img")" >"$WWW/el9/.treeinfo"
for names in -R -J '-R -J' '-R -J --udf'; do
    # shellcheck disable=SC2086 # several options
    if [ "$names" = '-R -J --udf' ]; then
        genisoimage -quiet -R -J -udf -o el9.iso "$WWW/el9" 2>/dev/null
    else
        iso el9.iso "$WWW/el9" $names
    fi
    installs "anaconda, $names" el9.iso 'el9 images/pxeboot/vmlinuz' 'vnc inst.vnc text x' \
        install-vnc=1 install-args=text PV-args=x
done
boot --vm=guest
is "$(record guest .PV_bootloader)" eliloader 'what pygrub cannot boot, eliloader does'

tree sles boot/i386/vmlinuz-xenpae boot/i386/initrd-xenpae
tree sles boot/x86_64/vmlinuz-xen boot/x86_64/initrd-xen
iso sles.iso "$WWW/sles"
installs 'sleslike i386' sles.iso 'sles boot/i386/vmlinuz-xenpae' install=hd install-distro=sleslike
is "$(record guest '.other_config["install-round"]')" 2 'sleslike: round 2 is next'
installs 'sleslike x86_64' sles.iso 'sles boot/x86_64/vmlinuz-xen' 'install=hd y' \
    install-distro=sleslike install-arch=x86_64 install-args=y

tree deb install.386/xen/vmlinuz install.386/xen/initrd.gz
tree deb install.386/vmlinuz install.386/initrd.gz
tree deb install.amd/vmlinuz install.amd/initrd.gz
tree old install/vmlinuz install/initrd.gz
mkdir "$WWW/deb/.disk"
echo 'Debian GNU/Linux 12.5.0 "Bookworm" - Official amd64 DVD Binary-1' >"$WWW/deb/.disk/info"
(cd "$WWW/deb" && md5sum ./install.*/{,xen/}{vmlinuz,initrd.gz} >md5sum.txt 2>/dev/null)
iso deb.iso "$WWW/deb"
iso old.iso "$WWW/old"
installs 'debianlike i386, with Xen' deb.iso 'deb install.386/xen/vmlinuz' '' install-distro=debianlike
installs 'debianlike amd64' deb.iso 'deb install.amd/vmlinuz' '' install-distro=debianlike \
    install-arch=amd64 debian-release=bookworm
installs 'debianlike, install/' old.iso 'old install/vmlinuz' '' install-distro=debianlike
installs 'recognised' deb.iso 'deb install.amd/vmlinuz' '' install-distro=auto install-arch=x86_64

# --- which disk ---------------------------------------------------------------------------------
truncate -s 1M disk
vm_new guest install-repository=cdrom install-distro=debianlike install-arch=amd64
cp "$RECORDS/guest.json" fresh
for disks in "$WORK/disk $WORK/deb.iso" "$WORK/deb.iso $WORK/disk" "$WORK/gone $WORK/deb.iso"; do
    cp fresh "$RECORDS/guest.json"
    clear_boot
    # shellcheck disable=SC2086 # two disks
    boot -q $disks --default_args= --extra_args= --vm guest
    is "$status $(boot_files)" '0 eliloader-kernel eliloader-ramdisk' "of ${disks//$WORK\//}: the CD"
done
cp fresh "$RECORDS/guest.json"
clear_boot
refused 1 INVALID_SOURCE 'guest is to be installed from its CD, and no disk was named' 'no disk' --vm=guest
refused 1 INVALID_SOURCE 'from its CD: .*gone.*is there a medium in the drive' 'no medium' --vm=guest gone
refused 1 INVALID_SOURCE 'disk has no filesystem that can be read here .*is there a medium' 'no CD' \
    --vm=guest disk
# As xl starts it: the guest's first disk only, so that the record names the CD.
vm_new guest install-repository=cdrom:"$WORK/deb.iso" install-distro=debianlike install-arch=amd64
: >answer
mkdir xl
boot --output=answer --output-format=simple0 --output-directory="$WORK/xl" --args=console=hvc0 \
    --vm=guest disk
is "$status $(parse_simple0 answer | sed -n 's/^args=//p')" '0 console=hvc0' 'xl: from the CD that the record names'
mkdir nested
cp -r "$WWW/deb" nested/debian
iso nested.iso nested
vm_new guest install-repository=cdrom:"$WORK/nested.iso:/debian" install-distro=debianlike install-arch=amd64
clear_boot
boot --vm=guest disk
is "$status $(tail -c +2049 "$(answered kernel)")" '0 deb install.amd/vmlinuz' 'xl: a folder on the CD'
vm_new guest install-repository=cdrom:/no/such.iso
clear_boot
refused 1 INVALID_SOURCE 'guest: cannot look at the CD /no/such.iso: No such file' 'xl: no such image' --vm=guest disk

# --- what is wrong with it ----------------------------------------------------------------------
# bad NAME REGEX IMAGE KEY=VALUE…
bad() {
    local name=$1 regex=$2 image=$3
    shift 3
    vm_edited guest install-repository=cdrom "$@"
    with_disks
    clear_boot
    refused 1 INVALID_SOURCE "$regex" "$name" --vm=guest "$image"
}
bad 'the wrong family' 'deb.iso: it has no kernel where a tree of the family sleslike.*install-distro' \
    deb.iso install-distro=sleslike
cp -r "$WWW/deb" torn && rm torn/install.amd/initrd.gz
iso torn.iso torn
bad 'no ramdisk' 'the kernel install.amd/vmlinuz is there, its ramdisk .* is not' torn.iso \
    install-distro=debianlike install-arch=amd64
fake_ramdisk torn/install.amd/initrd.gz other
iso torn.iso torn
bad 'a ramdisk that is not what it should be' \
    'install.amd/initrd.gz in .*torn.iso has the md5 .*, but md5sum.txt says .*the medium is damaged' \
    torn.iso install-distro=debianlike install-arch=amd64
echo 'no kernel' >torn/install.amd/vmlinuz
iso torn.iso torn
bad 'no kernel by its bytes' 'install.amd/vmlinuz is not a kernel' torn.iso install-distro=debianlike \
    install-arch=amd64
head -c 40000 deb.iso >cut.iso
bad 'cut off' 'cut.iso' cut.iso install-distro=debianlike install-arch=amd64
bad 'an architecture that is not known' 'install-arch .sparc' deb.iso install-distro=rhlike install-arch=sparc
vm_new guest install-repository=cdrom install-distro=debianlike install-arch=amd64 \
    platform:pv-ramdisk-max-size=8
clear_boot
refused 1 LIMITS 'ramdisk.*install.amd/initrd.gz in deb.iso is too large: .*pv-ramdisk-max-size' \
    'a limit' --vm=guest deb.iso

# --- a scratched one ----------------------------------------------------------------------------
# sector PATH: the first of that file.
sector() {
    xorriso -indev deb.iso -find "$1" -exec report_lba 2>/dev/null | sed -n 's/^File data lba: *[0-9]* , *\([0-9]*\) .*/\1/p'
}
# with_bad SECTOR COUNT WORD…: as the loader is started, while those cannot be read.
with_bad() {
    local from=$1 count=$2
    shift 2
    "$BUILD/programs/bad_sectors" $((from * 2048)) $(((from + count) * 2048)) "$BUILD/bin/eliloader" "$@"
}
# scratched NAME SECTOR REGEX
scratched() {
    cp fresh "$RECORDS/guest.json"
    clear_boot
    boot_bad "$2" --vm=guest deb.iso
    like "$status $(sed -n 's/^eliloader: //p' err)" "^1 $3" "scratched, $1: says which, and what to do"
    is "$(boot_files)" '' "scratched, $1: no files"
}
boot_bad() {
    local from=$1
    shift
    run with_bad "$from" 1 "$@"
}
# What tracing does to a process under the leak checker is more than either can bear.
if [ "${SANITIZED:-}" != 1 ] && with_bad 9999 1 --version >/dev/null 2>&1; then
    cure='cannot be read: Input/output error; the disc is scratched.*clean the disc'
    scratched 'its descriptor' 16 'deb.iso has no filesystem.*byte 32768 of deb.iso cannot be read'
    scratched 'a directory' "$(od -An -tu4 -j $((32768 + 158)) -N4 deb.iso | tr -d ' ')" \
        "cannot read the ISO 9660 of deb.iso: sector [0-9]+ of deb.iso .*$cure"
    for file in /install.amd/vmlinuz /install.amd/initrd.gz; do
        at=$(sector $file)
        kind=$([ $file = /install.amd/vmlinuz ] && echo kernel || echo ramdisk)
        scratched "the $kind" "$at" ".*$file.*sector $at of .*$cure"
    done
    scratched 'the sums' "$(sector /md5sum.txt)" ".*/md5sum.txt in deb.iso: sector $(sector /md5sum.txt) of .*$cure"
    run with_bad "$(sector /install.386/vmlinuz)" 1 fetch --distro=auto deb.iso
    is "$status" 0 'scratched where nobody reads'
fi
clear_boot

# --- --location and fetch -----------------------------------------------------------------------
ELILOADER=$BUILD/bin/xenpvnetboot
pvnetboot() {
    local name=$1 kernel=$2
    shift 2
    clear_boot
    boot --output-format=simple "$@"
    is "$status $(cat err)" '0 ' "$name: succeeds"
    is "$(tail -c +2049 "$(answered kernel)")" "$kernel" "$name: the right kernel"
    like "$(cut -c7- "$(answered ramdisk)")" "^${kernel%% *} " "$name: its ramdisk"
}
pvnetboot 'a location' 'deb install.amd/vmlinuz' --location=deb.iso
pvnetboot 'a location that says nothing' 'sles boot/x86_64/vmlinuz-xen' --location="$WORK/sles.iso"
pvnetboot 'a folder in an image' 'deb install.amd/vmlinuz' --location="$WORK/nested.iso:/debian/"
pvnetboot 'a folder in an image, paths' 'deb install.386/vmlinuz' --location="file://$WORK/nested.iso:/debian" \
    --kernel=install.386/vmlinuz --ramdisk=/install.386/initrd.gz
cp deb.iso 'odd:'
mkdir 'odd:/' 2>/dev/null || mkdir 'odd2:'
pvnetboot 'a colon in a name' 'deb install.amd/vmlinuz' --location='odd:'
clear_boot
refused 1 INVALID_SOURCE 'leads out' 'a folder that leads out' --location="$WORK/nested.iso:/debian/../.."
refused 1 INVALID_SOURCE 'no kernel in any of' 'a folder that is not there' --location="$WORK/nested.iso:/gone"
ELILOADER=$BUILD/bin/eliloader
clear_boot
run "$ELILOADER" fetch --distro=auto nested.iso:/debian
is "$status $(cat err) $(tail -c +2049 "$(answered kernel)")" '0  deb install.amd/vmlinuz' 'fetch: an image'
run "$ELILOADER" fetch --distro=sleslike "$WORK/sles.iso"
is "$status $(answered args)" '0 install=hd' 'fetch: with the arguments of a CD'
run "$ELILOADER" identify --json nested.iso:/debian
is "$status $(jq -r '[.source, .tree.family, .kernel.path, .ramdisk.verified] | join(" ")' out)" \
    '0 nested.iso:/debian debianlike install.amd/vmlinuz md5' 'identify: a folder in an image'
run "$ELILOADER" identify --json "file://$WORK/nested.iso"
is "$status $(jq -r .tree out)" '1 null' 'identify: an image by a file: URL'
run "$ELILOADER" identify "$WORK/disk:/x"
like "$status $(cat err)" '^1 .*is no image of an installation medium' 'identify: a folder in a disk'
run "$ELILOADER" fetch "$WORK/nothing.iso"
like "$status $(cat err)" '^1 ' 'fetch: no such image'

# --- a real installer ---------------------------------------------------------------------------
images=/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64
if [ -e $images/linux ]; then
    mkdir -p real/install.amd real/.disk
    ln -s $images/linux real/install.amd/vmlinuz
    ln -s $images/initrd.gz real/install.amd/initrd.gz
    echo 'Debian GNU/Linux 12.5.0 "Bookworm" - Official amd64 NETINST' >real/.disk/info
    (cd real && sha256sum ./install.amd/* >sha256sum.txt)
    iso real.iso real -R -f
    vm_new guest install-repository=cdrom install-distro=auto install-arch=amd64
    clear_boot
    boot --debug --vm=guest real.iso
    is "$(grep -c 'verified by' err)" 2 "Debian 12's installer: verified"
    cmp "$(answered kernel)" $images/linux && cmp "$(answered ramdisk)" $images/initrd.gz
    ok $? "Debian 12's installer: its files"
fi

# --- the CD's own menu --------------------------------------------------------------------------
tree menu live/vmlinuz live/initrd
mkdir -p "$WWW/menu/isolinux"
printf 'default live\nlabel live\n kernel /live/vmlinuz\n append initrd=/live/initrd boot=live\n' \
    >"$WWW/menu/isolinux/isolinux.cfg"
iso menu.iso "$WWW/menu"
for handoff in native auto; do
    by=$([ $handoff = native ] && echo eliloader || echo pygrub)
    vm_new guest install-repository=cdrom install-distro=pygrub install-args=quiet
    with_disks
    clear_boot
    boot --handoff=$handoff --vm=guest menu.iso
    is "$status $(cat err)" '0 ' "its menu, $handoff: succeeds"
    is "$(tail -c +2049 "$(answered kernel)")" 'menu live/vmlinuz' "its menu, $handoff: the kernel"
    like "$(answered args)" 'boot=live quiet$' "its menu, $handoff: its arguments, and ours"
    is "$(record guest '[.PV_bootloader, .VBDs[].bootable]')" "[\"$by\",true,false]" \
        "its menu, $handoff: the record"
done
mkdir -p "$WWW/menu/boot/grub"
rm "$WWW/menu/isolinux/isolinux.cfg"
printf 'set fallback=1\nmenuentry Lost { linux /live/lost; }\nmenuentry Live { linux /live/vmlinuz; }\n' \
    >"$WWW/menu/boot/grub/grub.cfg"
iso other.iso "$WWW/menu"
vm_new guest install-repository=cdrom install-distro=pygrub
clear_boot
boot -q --handoff=native --vm=guest other.iso
is "$status $(tail -c +2049 "$(answered kernel)")" '0 menu live/vmlinuz' 'not the default of its menu: boots'
like "$(cat err)" '"Lost" .*cannot be booted.*"Live", is booted instead' 'not the default of its menu: says so'
vm_new guest install-repository=cdrom install-distro=pygrub install-kernel=live/vmlinuz install-ramdisk=live/initrd
clear_boot
boot --vm=guest menu.iso
is "$status $(boot_files)" '0 eliloader-kernel eliloader-ramdisk' 'paths on the CD'
bad 'no menu' "by the CD's own menu .*; set install-kernel" sles.iso install-distro=pygrub
done_testing
