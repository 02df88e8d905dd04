#!/bin/bash
# Guests that systemd-boot starts: unified kernel images and entries on an ESP and on the XBOOTLDR
# partition beside it, booted byte by byte; and the menu as bootctl(1) lists it.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2016 # systemd-boot expands nothing, and GRUB is to
# The tools that make images sync each: in memory that costs nothing.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
needs mkfs.vfat mcopy mmd mke2fs sfdisk objcopy python3 jq
STUB=/usr/lib/systemd/boot/efi/linuxx64.efi.stub
UKI=$TESTS/images/uki.py
export MTOOLS_SKIP_CHECK=1

{ printf '\177ELF' && head -c 1500001 /dev/urandom; } >vmlinuz
head -c 700001 /dev/urandom >initrd
head -c 5001 /dev/urandom >ucode
printf 'ID=arch\nPRETTY_NAME="Arch Linux"\nBUILD_ID=rolling\n' >osrel
printf 'root=/dev/xvda2 rw\n' >cmdline

# disk TABLE TYPE1 [TYPE2]: the file "disk": partition 1 is a FAT filled from the tree p1, partition 2
# an ext4 filled from p2
disk() {
    rm -f disk
    truncate -s 64M disk
    printf 'label: %s\nstart=2048, size=81920, type=%s\n' "$1" "$2" >table
    [ $# = 2 ] || printf 'start=83968, size=40960, type=%s\n' "$3" >>table
    sfdisk -q disk <table
    mkfs.vfat -F 32 --offset 2048 disk 40960 >/dev/null 2>&1
    mcopy -s -i disk@@1M p1/* ::/
    [ $# = 2 ] || mke2fs -q -F -t ext4 -d p2 -E offset=$((83968 * 512)) disk 20M >/dev/null
}
ESP=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
XBOOTLDR=BC13C2FF-59E6-4262-A352-B275FD6F7172

# tree: empty ones
tree() { rm -rf p1 p2 && mkdir -p p1/EFI/Linux p1/loader/entries p2/EFI/Linux p2/loader/entries; }

# native [OPTION…]: boots the disk; the answer in the file out
native() {
    rm -rf out.d && mkdir out.d
    run "$ELILOADER" --output-format=simple --output-directory="$WORK/out.d" "$@" disk
}
# boots NAME KERNEL RAMDISK ARGS: byte by byte; RAMDISK may be ""
boots() {
    native
    cmp -s "$2" "$(sed -n 's/^kernel //p' out)" &&
        if [ "$3" ]; then cmp -s "$3" "$(sed -n 's/^ramdisk //p' out)"; else ! grep -q '^ramdisk ' out; fi
    ok $? "$1: boots" "status $status" "$(cat out err)"
    is "$(sed -n 's/^args //p' out)" "$4" "$1: its arguments"
}
{ cat ucode && head -c 3 /dev/zero && cat initrd; } >both

# --- unified kernel images ---------------------------------------------------------------------
if [ -e "$STUB" ]; then
    tree
    objcopy --add-section .osrel=osrel --change-section-vma .osrel=0x20000 \
        --add-section .cmdline=cmdline --change-section-vma .cmdline=0x30000 \
        --add-section .ucode=ucode --change-section-vma .ucode=0x40000 \
        --add-section .initrd=initrd --change-section-vma .initrd=0x3000000 \
        --add-section .linux=vmlinuz --change-section-vma .linux=0x5000000 \
        "$STUB" p1/EFI/Linux/arch-linux.efi
    disk gpt $ESP
    boots 'an image with the real stub' vmlinuz both 'root=/dev/xvda2 rw'
    run "$ELILOADER" probe --json disk
    is "$(jq -c '.entries[] | [.title, .kernel, .unified, .default]' out)" \
        '["Arch Linux","/EFI/Linux/arch-linux.efi",true,true]' 'an image with the real stub: what it is'
    native --kernel=/EFI/Linux/arch-linux.efi
    cmp -s vmlinuz "$(sed -n 's/^kernel //p' out)"
    ok $? 'its kernel, asked for by path' "$(cat err)"
fi

tree
"$UKI" p2/EFI/Linux/a+3.efi .osrel=osrel .cmdline:base .initrd=initrd .linux=vmlinuz \
    .profile:ID=main .profile:TITLE=Other .cmdline:other .initrd=ucode
mkdir -p p2/EFI/Linux/a.efi.extra.d p1/loader/addons p2/loader/addons
"$UKI" p2/EFI/Linux/a.efi.extra.d/x.addon.efi .cmdline:mine .ucode=ucode
"$UKI" p2/loader/addons/y.addon.efi .cmdline:all
"$UKI" p1/loader/addons/z.addon.efi .cmdline:no
disk gpt $ESP $XBOOTLDR
boots 'an image and its addons on ext4' vmlinuz both 'base all mine'
printf 'default *@1\n' >p1/loader/loader.conf
disk gpt $ESP $XBOOTLDR
{ cat ucode && head -c 3 /dev/zero && cat ucode; } >twice
boots 'its second profile' vmlinuz twice 'other all mine'
native --entry='a+3.efi@1'
is "$(sed -n 's/^args //p' out)" 'other all mine' 'that profile by its id'

# pygrub, which knows no sections, is never asked for the path of an image.
export ELILOADER_RECORD_DIR=$WORK/vms
cat >pygrub <<END
#!/bin/sh
[ "\$1" != --help ] || { echo 'Usage: pygrub [--runas=] <image>' >&2 && exit 1; }
echo "\$*" >>$WORK/asked
exit 1
END
chmod 755 pygrub
"$ELILOADER" vm create uki install-repository=http://127.0.0.1/ install-distro=debianlike install-round=2 install-arch=x86_64
native --vm=uki -q --pygrub="$WORK/pygrub"
is "$status $(sed -n 's/^args //p' out)" '0 other all mine' 'a VM after its installation boots its image' "$(cat err)"
is "$("$ELILOADER" vm show uki --json | jq -r '.other_config["install-round"]')" 'done' 'and will at every start'
is "$(grep -c . asked) $(grep -c -e --kernel asked)" '1 0' 'pygrub is asked once, and not for its files'

# --- entries -----------------------------------------------------------------------------------
tree
cp vmlinuz p1/vmlinuz-linux
cp initrd p1/initramfs-linux.img
cp ucode p1/intel-ucode.img
printf 'title Arch\nlinux /vmlinuz-linux\ninitrd /intel-ucode.img\ninitrd /initramfs-linux.img\noptions rw $root\n' \
    >p1/loader/entries/arch.conf
"$UKI" p1/EFI/Linux/other.efi .osrel:ID=zz .cmdline:no .linux=vmlinuz
printf 'timeout 5\ndefault arch.conf\n' >p1/loader/loader.conf
disk gpt $ESP
boots 'Arch, whose ESP is /boot' vmlinuz both 'rw $root'

for types in "gpt $ESP $XBOOTLDR" 'dos ef ea'; do
    tree
    mkdir p2/debian
    cp vmlinuz p2/debian/linux
    cp initrd p2/debian/initrd
    printf 'title One\nlinux /debian/linux\n' >p1/loader/entries/one.conf
    printf 'title Two\nsort-key a\nlinux /debian/linux\ninitrd /debian/initrd\noptions two\n' \
        >p2/loader/entries/two.conf
    printf 'title Three\nsort-key b\nuki /three.efi\noptions three\n' >p2/loader/entries/three+1.conf
    "$UKI" p2/three.efi .linux=vmlinuz .cmdline:own
    # shellcheck disable=SC2086 # words
    disk $types
    boots "${types%% *}: an entry of the XBOOTLDR partition" vmlinuz initrd two
    printf 'default three*\n' >p1/loader/loader.conf
    # shellcheck disable=SC2086 # words
    disk $types
    boots "${types%% *}: an image by its key" vmlinuz '' three
done

# Nothing else is booted in the place of what only firmware can start.
tree
cp vmlinuz p1
printf 'linux /vmlinuz\n' >p1/loader/entries/a.conf
printf 'efi /shell.efi\n' >p1/loader/entries/b.conf
"$UKI" p1/shell.efi .text:code
disk gpt $ESP
run "$ELILOADER" probe disk
like "$(cat out)" 'b.conf starts the EFI program /shell.efi, which only firmware can start' 'an EFI program is named'
native
is "$status $(ls out.d)" "3 " "and nothing is booted in its place"

# --- GRUB on the ESP ---------------------------------------------------------------------------
tree
mkdir p1/EFI/redhat p2/grub2
cp vmlinuz p2/vmlinuz-4.18
printf 'title RHEL\nlinux /vmlinuz-4.18\noptions $kernelopts\n' >p2/loader/entries/a.conf
printf 'load_env\nset root=hd0,gpt2\nset boot=hd0,gpt2\nblscfg\n' >p1/EFI/redhat/grub.cfg
printf '# GRUB Environment Block\nkernelopts=root=/dev/xvda3 ro\n####' >p1/EFI/redhat/grubenv
rmdir p1/loader/entries p1/loader
disk gpt $ESP 0FC63DAF-8483-4772-8E79-3D69D8477DE4
boots "entries mean what the ESP's grub.cfg says" vmlinuz '' 'root=/dev/xvda3 ro'
printf 'search --set=root --file /boot/elsewhere.cfg\nconfigfile /boot/elsewhere.cfg\n' >p1/EFI/redhat/grub.cfg
mkdir p2/boot
printf 'menuentry x { linux /vmlinuz-4.18 stub }\n' >p2/boot/elsewhere.cfg
disk gpt $ESP 0FC63DAF-8483-4772-8E79-3D69D8477DE4
boots 'a stub that goes elsewhere' vmlinuz '' stub
# GRUB legacy for EFI, of RHEL 6: /boot/grub/grub.conf is a link that leads to the ESP.
rm -r p1/EFI/redhat/* p2/boot p2/grub2 p2/loader && mkdir p2/grub
ln -s ../efi/EFI/redhat/grub.conf p2/grub/grub.conf
printf 'default=0\ntitle RHEL 6\n\troot (hd0,1)\n\tkernel /vmlinuz-4.18 ro legacy\n' >p1/EFI/redhat/grub.conf
disk gpt $ESP 0FC63DAF-8483-4772-8E79-3D69D8477DE4
boots "GRUB legacy's grub.conf" vmlinuz '' 'ro legacy'

# --- the order ---------------------------------------------------------------------------------
# random SEED: the trees p1 and p2 with entries and images by chance
random() {
    python3 - "$1" <<'END'
import os, random, subprocess, sys
r = random.Random(int(sys.argv[1]))
uki = os.environ["TESTS"] + "/images/uki.py"
for tree in "p1", "p2":
    open(tree + "/k", "w").write("k")
    for i in range(r.randint(1, 7)):
        lines = ["title " + r.choice(["Arch", "Debian", "Fedora 39"]), "linux /k"]
        if r.random() < .6:
            lines.append("sort-key " + r.choice("ab"))
        if r.random() < .6:
            lines.append("version " + r.choice(["1", "1~rc1", "1.10", "1.9", "1-2", "1^x", "2"]))
        if r.random() < .5:
            lines.append("machine-id " + r.choice("12") * 32)
        name = "%s-%s%d" % (r.choice(["arch", "deb"]), r.choice(["1.", "1-", "v"]), i)
        name += "x" + r.choice(["", "", "", "+3", "+0-3"])
        open("%s/loader/entries/%s.conf" % (tree, name), "w").write("\n".join(lines) + "\n")
    for i in range(r.randint(0, 2)):
        osrel = r.choice(["ID=a\n", "ID=b\nVERSION_ID=2\n", "ID=a\nNAME=Arch\nIMAGE_VERSION=1.10\n"])
        subprocess.run([uki, "%s/EFI/Linux/u%s%d%s.efi" % (tree, tree, i, r.choice(["", "+1"])),
                        ".osrel:" + osrel, ".cmdline:x", ".linux=vmlinuz"], check=True)
END
}
export TESTS
# list: what bootctl lists of p1 and p2; it wants each to be the root of a filesystem
list() {
    unshare -Urm sh -c 'mount -t tmpfs t /mnt && mount -t tmpfs t /srv && cp -r p1/. /mnt && cp -r p2/. /srv &&
        SYSTEMD_RELAX_ESP_CHECKS=1 SYSTEMD_RELAX_XBOOTLDR_CHECKS=1 \
        bootctl list --no-pager --json=short --esp-path=/mnt --boot-path=/srv' 2>/dev/null
}
tree
random 0
if command -v bootctl >/dev/null && list >bootctl.json && [ -s bootctl.json ]; then
    printf '\177ELF' >vmlinuz
    rounds=8
    [ -z "${LONG:-}" ] || rounds=300
    for ((seed = 1; seed <= rounds; seed++)); do
        tree
        random $seed
        disk gpt $ESP $XBOOTLDR
        list | jq -r .id >want
        "$ELILOADER" probe --json disk 2>/dev/null |
            jq -r '.entries[] | "\(.id | sub("\\+[0-9]+(-[0-9]+)?(?<x>([.]efi)?)$"; "\(.x)") |
                if test("[.]efi$") then . else . + ".conf" end)"' >got
        cmp -s want got
        ok $? "the order of menu $seed is bootctl's" "$(diff want got)"
    done
else
    echo '# no bootctl, or no namespaces: the order is not compared'
fi
done_testing
