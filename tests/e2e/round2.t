#!/bin/bash
# Round two: what is recorded, when, and what a pygrub that fails or lies can do. The real
# pygrub where it can show the case; a script in its place where the real one would not lie.
# Boundaries: pygrub
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
export ELILOADER_RECORD_DIR=$WORK/vms
make_image="$TESTS/images/make.sh"

needs pygrub

sles_vm() { # ID [KEY=VALUE…]
    local id=$1
    shift
    "$ELILOADER" vm create "$id" install-repository=http://127.0.0.1/ install-distro=sleslike \
        install-round=2 install-arch=x86_64 "$@"
}
field() { "$ELILOADER" vm show "$1" --json | jq -r "$2 // \"-\""; }
boot() { # ID WORD…
    local id=$1
    shift
    "$ELILOADER" --vm="$id" -q --output-directory=out "$@" >answer 2>err
    status=$?
}
# A pygrub of our own: the body of a Python script, which has its options in `output` (a file to
# answer to) and `directory`, and starts no program, which it may not.
fake_pygrub() {
    cat >fake-pygrub <<END
#!/usr/bin/python3
import ctypes, os, sys, time
if '--help' in sys.argv:
    sys.exit('Usage: pygrub [--runas=] <image>')
with open('$WORK/fake.args', 'w') as args:
    args.write('\n'.join(sys.argv[1:]) + '\n')
words = dict(word.split('=', 1) for word in sys.argv if '=' in word)
output, directory = words['--output'], words['--output-directory']
def make(name, text=''):
    with open(directory + '/' + name, 'w') as file:
        file.write(text)
def answer(text):
    with open(output, 'w') as file:
        file.write(text.replace('DIR', directory))
def good():
    make('k', '\x7fELF')
    make('r', 'R')
$1
END
    chmod +x fake-pygrub
}

disk=$("$make_image" dos-ext4-suse-2 "$WORK")
first=$("$make_image" dos-ext4-suse-1 "$WORK")
logical=$("$make_image" dos-logical-ext4-suse-6 "$WORK")
plain=$("$make_image" dos-ext3-legacy-2 "$WORK")
nothing=$("$make_image" none-ext4-no-boot "$WORK")

# --- the record ------------------------------------------------------------------------------
sles_vm sles PV-args=console=hvc0 platform:pv-postinstall-kernel-max-size=99999
boot sles --args=quiet "$disk"
is "$status" 0 "SLES 10, swap before root: boots" "$(cat err)"
is "$(sed -n 's/^args //p' answer)" "console=hvc0 quiet" "with the arguments from dom0"
is "$(cat err)" "eliloader: note: VM sles: partition 2 of $disk: there is no boot configuration; the kernel /boot/vmlinuz-xen is booted by its well-known name, without arguments" \
    "which no configuration says: told, quiet or not"
is "$(field sles .PV_bootloader)" pygrub "the bootloader is pygrub now"
is "$(field sles .PV_bootloader_args)" "--kernel /boot/vmlinuz-xen --ramdisk /boot/initrd-xen" \
    "the paths are recorded, without an offset: swap is passed over"
is "$(field sles '.other_config["install-round"]')" - "install-round is gone"
is "$(field sles '.other_config["install-distro"]')" - "install-distro is gone"
is "$(field sles '.platform["pv-kernel-max-size"]')" 99999 "the limit for after the installation holds"
is "$(field sles .PV_args)" console=hvc0 "PV_args stay, where the entry has none of its own"

boot sles "$disk"
is "$status" 0 "the next start boots with what is recorded" "$(cat err)"
is "$(sed -n 's/^args //p' answer)" "console=hvc0" "and with PV_args"

"$ELILOADER" vm reinstall sles
is "$(field sles .PV_bootloader)" eliloader "reinstall: the loader again"
is "$(field sles .PV_bootloader_args)" "" "reinstall: without the paths"
is "$(field sles '.other_config["install-distro"]')" sleslike "reinstall: the family is back"
is "$(field sles '.other_config["install-round"]')" 1 "reinstall: round 1"

sles_vm one && boot one "$first"
is "$(field one .PV_bootloader_args)" "--kernel /boot/vmlinuz-xen --ramdisk /boot/initrd-xen" \
    "on the first partition: no offset"
sles_vm far && boot far "$logical"
like "$(field far .PV_bootloader_args)" '^--kernel [^ ]+ --ramdisk [^ ]+ --offset [0-9]+$' \
    "on a logical partition, which pygrub does not know: with its offset"

sles_vm menu && boot menu "$plain"
is "$status $(field menu .PV_bootloader) $(field menu .PV_bootloader_args)" "0 pygrub " \
    "SLES 11, whose menu pygrub reads: no paths are recorded"
sles_vm keep PV-bootloader-args="--kernel /boot/vmlinuz-xen" && boot keep "$disk"
is "$status $(field keep .PV_bootloader_args)" "0 --kernel /boot/vmlinuz-xen" \
    "a kernel that somebody has recorded is not replaced"

# --- nothing to boot -------------------------------------------------------------------------
sles_vm empty && "$ELILOADER" vm show empty --json >before
"$ELILOADER" --vm=empty -q --output-directory=empty "$nothing" >answer 2>err
status=$?
is "$status" 3 "a disk on which nothing boots: status 3"
like "$(cat err)" "nothing to boot was found" "and what was looked for"
like "$(cat err)" "^RuntimeError: INTERNAL_ERROR" "and the toolstack's line"
"$ELILOADER" vm show empty --json >after
cmp -s before after
ok $? "and the record is as it was"
is "$(find empty -mindepth 1)" "" "and no file is left"
boot empty /nonexistent
is "$status" 1 "a disk that is not there: status 1"
like "$(cat err)" "cannot open the disk /nonexistent" "and it is named"
boot empty
is "$status" 2 "no disk at all: status 2"
sles_vm second && boot second --handoff=pygrub "$nothing" "$disk"
is "$status" 3 "the kernel on the second disk, which pygrub is not given: status 3"
like "$(cat err)" "pygrub found no kernel" "and why"
is "$(grep -c reinstall err)" 0 "and nobody is told to overwrite it"
boot second "$nothing" "$disk"
is "$status $(field second '.other_config["install-round"]')" "0 done" \
    "the loader itself boots that" "$(cat err)"

# --- a kernel without end ----------------------------------------------------------------------
# Sparse on the guest's disk; written out by pygrub it would fill dom0's.
rm -rf tree && mkdir tree
bash -c '. "$1" && make_tree grub2 tree && truncate -s 1T tree/boot/vmlinuz-6.1' - "$TESTS/images/trees.sh"
mke2fs -q -F -t ext4 -d tree huge.img 16M >/dev/null 2>&1
sles_vm huge
"$ELILOADER" --vm=huge -q --output-directory=huge --kernel-max-size=1M --ramdisk-max-size=2M huge.img \
    >answer 2>err
is "$? $(find huge -mindepth 1)" "1 " "a kernel of 1 TiB: status 1, and no file is left" "$(cat err)"
like "$(cat err)" "^RuntimeError: LIMITS" "and the limits are named"
like "$(cat err)" "/boot/vmlinuz-6.1 .*limit is 1048576 .*eliloader vm set huge platform:pv-kernel-max-size" \
    "and how to raise them"
"$ELILOADER" --vm=huge -q --output-directory=huge --kernel-max-size=1M --ramdisk-max-size=2M \
    --handoff=pygrub huge.img >answer 2>err
is "$? $(find huge -mindepth 1)" "1 " "the same by pygrub: status 1, and no file is left" "$(cat err)"
like "$(cat err)" "1048576 bytes .kernel-max-size. and 2097152 bytes .ramdisk-max-size." \
    "the same by pygrub: how to raise them"

# --- a pygrub that fails or lies -------------------------------------------------------------
lie() { # NAME STATUS REGEX: of the fake pygrub, where nobody else may boot
    sles_vm liar other-config:boot-handoff=pygrub && "$ELILOADER" vm show liar --json >before
    ELILOADER_PYGRUB="$WORK/fake-pygrub" ELILOADER_PYGRUB_TIMEOUT="${timeout:-10}" \
        "$ELILOADER" --vm=liar -q --output-directory=lies "$disk" >answer 2>err
    status=$?
    is "$status" "$2" "$1: status $2" "$(cat err)"
    like "$(cat err)" "$3" "$1: is said"
    "$ELILOADER" vm show liar --json >after
    cmp -s before after
    ok $? "$1: the record is as it was"
    is "$(find lies -mindepth 1)" "" "$1: no file is left"
    "$ELILOADER" vm remove liar
}
fake_pygrub 'make("boot_kernel.x"); sys.exit("RuntimeError: no such thing")'
lie "pygrub fails" 3 "no such thing"
is "$(grep -c 'RuntimeError: ' err)" 1 "pygrub's own RuntimeError is not taken for ours"
# The first process of a namespace cannot end itself by a signal, but by a fault.
fake_pygrub 'ctypes.string_at(0)'
lie "pygrub is killed" 3 "signal 11"
fake_pygrub ''
lie "pygrub answers nothing" 3 "found no kernel"
fake_pygrub 'answer("kernel /etc/passwd\0\0")'
lie "a kernel outside the directory" 3 "outside"
fake_pygrub 'answer("kernel DIR/../x\0\0")'
lie "a kernel above the directory" 3 "outside"
fake_pygrub 'os.symlink("/etc/passwd", directory + "/k"); answer("kernel DIR/k\0\0")'
lie "a symbolic link" 3 "cannot open"
fake_pygrub 'make("k", "K"); os.link(directory + "/k", directory + "/l"); answer("kernel DIR/k\0\0")'
lie "a file with another name elsewhere" 3 "not a regular file"
fake_pygrub 'os.mkdir(directory + "/k"); answer("kernel DIR/k\0\0")'
lie "a directory" 3 "cannot open"
fake_pygrub 'good(); answer("kernel DIR/k\0kernel DIR/r\0\0")'
lie "two kernels" 3 "two items"
fake_pygrub 'good(); answer("kernel DIR/k\0extra x\0\0")'
lie "an item that nobody knows" 3 "nothing known"
fake_pygrub 'make("k"); answer("kernel DIR/k\0\0")'
lie "an empty kernel" 3 "is empty"
fake_pygrub 'make("k", "#!/bin/sh"); answer("kernel DIR/k\0\0")'
lie "a kernel that is none" 3 "is not a kernel"
fake_pygrub 'make("k"); os.truncate(directory + "/k", 65 << 20); answer("kernel DIR/k\0\0")'
lie "a kernel over the limit" 1 "raise it with .eliloader vm set liar platform:pv-kernel-max-size"
fake_pygrub 'good(); answer("kernel DIR/k\0args a\nramdisk /etc/passwd\0\0")'
lie "arguments with a line of their own" 1 "control characters"
fake_pygrub 'answer("x" * 2000000)'
lie "an answer without end" 3 "more than"
fake_pygrub 'time.sleep(60)'
timeout=1 lie "pygrub hangs" 3 "took longer than 1 seconds"

# Whatever pygrub does, the loader itself boots what the guest's own configuration says.
replaced() { # NAME: the same fake pygrub, and handoff=auto
    sles_vm liar
    rm -rf lies
    ELILOADER_PYGRUB="$WORK/fake-pygrub" "$ELILOADER" --vm=liar -q --output-directory=lies "$disk" \
        >answer 2>err
    is "$? $(field liar .PV_bootloader) $(field liar '.other_config["install-round"]')" \
        "0 eliloader done" "$1: the loader boots it, now and from now on" "$(cat err)"
    is "$(find "$WORK/lies" -type f | sort)" "$(sed -n 's/^\(kernel\|ramdisk\) //p' answer | sort)" \
        "$1: nothing but its files is left"
    like "$(tr -d '\0' <"$(sed -n 's/^kernel //p' answer)")" 'kernel suse-64' "$1: with the right kernel"
    "$ELILOADER" vm remove liar
}
fake_pygrub 'sys.exit(1)'
replaced "pygrub fails"
fake_pygrub 'good(); answer("kernel DIR/k\0ramdisk DIR/r\0\0")'
replaced "pygrub boots something else"
fake_pygrub 'answer("kernel /etc/passwd\0\0")'
replaced "pygrub lies"

# --- stopped ---------------------------------------------------------------------------------
fake_pygrub "open('$WORK/started', 'w'); time.sleep(60)"
sles_vm stop && "$ELILOADER" vm show stop --json >before
ELILOADER_PYGRUB="$WORK/fake-pygrub" "$ELILOADER" --vm=stop -q --output-directory=stopped "$disk" \
    >answer 2>err &
loader=$!
for _ in {1..200}; do [ -e started ] && break; sleep 0.05; done
kill -TERM $loader
wait $loader
is $? 143 "SIGTERM while pygrub runs: the status says so"
is "$(find stopped -mindepth 1)" "" "SIGTERM: no file is left"
"$ELILOADER" vm show stop --json >after
cmp -s before after
ok $? "SIGTERM: the record is as it was"

# --- what pygrub is given --------------------------------------------------------------------
fake_pygrub 'good(); answer("kernel DIR/k\0ramdisk DIR/r\0args x\0\0")'
"$ELILOADER" vm create "done" PV-bootloader=pygrub PV-bootloader-args="--entry 2 --vm done"
ELILOADER_PYGRUB="$WORK/fake-pygrub" "$ELILOADER" --vm "done" -q --output-directory=out --logging --default_args=a \
    --extra_args= --args "b c" "$disk" >answer 2>err
status=$?
is "$status" 0 "an installed VM is handed off to pygrub" "$(cat err)"
like "$(cat fake.args)" '^--args=a b c$' "with the arguments of all three options, joined"
like "$(cat fake.args)" '^--entry=2$' "with the record's own words"
unlike "$(cat fake.args)" 'vm|logging|extra_args|default_args' "without what pygrub does not know"
is "$(cat "$(sed -n 's/^ramdisk //p' answer)")" R \
    "and its files are passed on"

# --- Oracle Linux 5 --------------------------------------------------------------------------
. "$TESTS/images/trees.sh"
mkdir -p oracle/boot/grub
kernel oracle/boot/vmlinuz-2.6.32-300.el5uek uek
kernel oracle/boot/vmlinuz-2.6.18-348.el5xen xen
ramdisk oracle/boot/initrd-2.6.32-300.el5uek.img uek
ramdisk oracle/boot/initrd-2.6.18-348.el5xen.img xen
cat >oracle/boot/grub/grub.conf <<'END'
default=0
timeout=5
title Oracle Linux Server (2.6.32-300.el5uek)
	root (hd0,0)
	kernel /boot/vmlinuz-2.6.32-300.el5uek ro root=LABEL=/
	initrd /boot/initrd-2.6.32-300.el5uek.img
title Oracle Linux Server-base (2.6.18-348.el5xen)
	root (hd0,0)
	kernel /boot/vmlinuz-2.6.18-348.el5xen ro root=LABEL=/
	initrd /boot/initrd-2.6.18-348.el5xen.img
END
mke2fs -q -t ext3 -d oracle oracle.img 8192k >/dev/null 2>&1
"$ELILOADER" vm create oracle install-repository=http://127.0.0.1/ install-distro=rhlike install-round=2
boot oracle "$WORK/oracle.img"
is "$status" 0 "Oracle Linux 5 boots" "$(cat err)"
like "$(tr -d '\0' <"$(sed -n 's/^kernel //p' answer)")" 'kernel xen' \
    "with the first other entry than …el5uek"
is "$(field oracle .PV_bootloader_args)" "--entry 1" "which is recorded"
boot oracle "$WORK/oracle.img"
is "$status $(field oracle .PV_bootloader_args)" "0 --entry 1" "once"
"$ELILOADER" vm create left install-repository=http://127.0.0.1/ PV-bootloader=pygrub \
    PV-bootloader-args=--debug
boot left "$WORK/oracle.img"
is "$status $(field left .PV_bootloader_args)" "0 --debug --entry 1" "a VM that is pygrub's already"
for id in oracle left; do "$ELILOADER" vm reinstall $id; done
is "$(field oracle .PV_bootloader_args),$(field left .PV_bootloader_args)" ",--debug" \
    "another installation does not boot this one's entry"

# --- room --------------------------------------------------------------------------------------
if unshare -m true 2>/dev/null; then
    # A filesystem of its own with 40 MiB, of which 8 stay free: pygrub writes two files, which are
    # held to one size.
    cat >fake-pygrub <<END
#!/usr/bin/python3
import resource, sys
if '--help' in sys.argv:
    sys.exit('Usage: pygrub [--runas=] <image>')
with open('$WORK/fake.limit', 'w') as limit:
    limit.write(str(resource.getrlimit(resource.RLIMIT_FSIZE)[0]))
sys.exit('nothing')
END
    chmod +x fake-pygrub
    echo 'output-reserve = 8M' >room.conf
    mkdir room
    sles_vm room
    for how in --vm=room ''; do
        rm -f fake.limit
        # shellcheck disable=SC2016 # for the other shell
        ELILOADER_CONFIG=room.conf unshare -m sh -c 'mount -t tmpfs -o size=40M none room && exec "$@"' - \
            "$ELILOADER" ${how:+$how} --pygrub="$WORK/fake-pygrub" --handoff=pygrub --output-directory=room "$plain" \
            >answer 2>err
        is "$((2 * ($(cat fake.limit) - 1) <= 32 << 20))" 1 "pygrub's files leave the reserve: ${how:-no VM}" \
            "$(cat err fake.limit)"
    done
fi

# --- the confined pygrub ---------------------------------------------------------------------
if [ "$(id -u)" = 0 ] && pygrub -q --runas=65534 --output-directory=. "$plain" >/dev/null 2>&1; then
    rm -f boot_*
    "$ELILOADER" vm create tight PV-bootloader=pygrub
    boot tight --runas=65534 "$plain"
    is "$status" 0 "--runas is passed on, and the files of another user are taken" "$(cat err)"
    is "$(stat -c %a "$(sed -n 's/^kernel //p' answer)")" 600 "with our own mode"
fi
done_testing
