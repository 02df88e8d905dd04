#!/usr/bin/env bash
# xenstore, against the real xenstored: limits that are set there, and what a guest finds there.
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"
# shellcheck source=../servers/xenstored.sh
. "$TESTS/servers/xenstored.sh"

tree rh images/pxeboot/vmlinuz images/pxeboot/initrd.img
nginx_start "$WWW"
xenstored_start
# through FAULT: from here on, with that fault; directly: without.
real=$XENSTORED_PATH
through() {
    export XENSTORED_PATH=$XENSTORED_FAULTS/$1
}
directly() {
    export XENSTORED_PATH=$real
}
readarray -t broken < <(printf '%s\n' {close,half,garbage,long}-{1,3,5})
xenstored_faults hang-{1,3} again-{31,32} refuse-{6,11,14} "${broken[@]}"

# A start while xenstored hangs takes its time: its end is looked at below. Its record is elsewhere:
# it must not seem to be changed by another start.
vm_new hung install-repository="$NGINX/rh"
mkdir others && mv "$RECORDS/hung.json" others
through hang-1
"$ELILOADER" --record-dir="$WORK/others" --vm=hung --output-directory="$WORK/bootloader.5.d" >hung.out 2>hung.err &
hung=$!
directly

# What libxl has done by the time that it runs the loader; and domain 8 may read what is made below
# without more ado.
BOOT=$WORK/bootloader.7.d
xenstore-write /local/domain/7 '' /local/domain/8 ''
xenstore-chmod /local/domain/7 n0 r7 r8
xenstore-write /local/domain/7/name web

# guest KEY=VALUE…: the record of the VM.
guest() {
    vm_new web install-repository="$NGINX/rh" "$@"
}
# start WORD…: its round one, as libxl runs it.
start() {
    clear_boot
    boot --vm=web -q --output-directory="$BOOT" "$@"
}
# edit JSON: adds to the record's xenstore_data what nobody can type.
edit() {
    jq ".xenstore_data += $1" "$RECORDS/web.json" >new && mv new "$RECORDS/web.json"
}
# below PATH: "NAME = VALUE PERMISSIONS" of all nodes there, in order.
below() {
    xenstore-ls -fp "$1" | sed -n "s|^$1/||p" | sed 's/ *(/ (/; s/ *\. *//' | LC_ALL=C sort
}

# --- limits ------------------------------------------------------------------------------------
# Its round one takes 2 KiB of kernel and some bytes of ramdisk.
kernel_size=$(stat -c %s "$WWW/rh/images/pxeboot/vmlinuz")
ramdisk_size=$(stat -c %s "$WWW/rh/images/pxeboot/initrd.img")
host=/mh/limits vm=/local/domain/7/platform
# limit NAME PATH VALUE: set.
limit() {
    xenstore-write -- "$1/pv-$2-max-size" "$3"
}
no_limits() {
    xenstore-rm /mh $vm
    guest
}
# limited NAME WORD…: the start fails at a limit.
limited() {
    local name=$1
    shift
    start "$@"
    is "$status $(sed -n 's/^RuntimeError: //p' err)" '1 LIMITS' "$name" "$(cat err)"
}
# starts NAME WORD…: it does not.
starts() {
    local name=$1
    shift
    start "$@"
    is "$status $(cat err)" '0 ' "$name"
}

guest
starts 'nothing is set in xenstore'
limit $host kernel $((kernel_size - 1))
guest && limited 'the host: a kernel one byte above its limit'
limit $host kernel "$kernel_size"
guest && starts 'the host: a kernel at its limit'
limit $host ramdisk $((ramdisk_size - 1))
guest && limited 'the host: a ramdisk one byte above'
limit $vm ramdisk "$ramdisk_size"
guest && starts 'the VM: its own limit is the one that holds'
limit $vm kernel $((kernel_size - 1))
guest && limited 'the VM: a kernel one byte above, though the host allows more'
guest && starts 'what the command line says holds' --kernel-max-size=1M
export ELILOADER_KERNEL_MAX_SIZE=1M
guest && limited 'the VM: also against the configuration'
xenstore-rm $vm/pv-kernel-max-size
limit $host kernel 1
guest && starts 'the host: not against the configuration'
unset ELILOADER_KERNEL_MAX_SIZE
no_limits
limit /local/domain/8/platform kernel 1
starts 'what is set for another domain does not matter'
xenstore-rm /local/domain/8/platform

for value in 64MB -1 0 1.5 ' 1' 18446744073709551616 1099511627777 "$(printf 'A%.0s' {1..70})"; do
    no_limits
    limit $host kernel "$value"
    boot --vm=web --output-directory="$BOOT"
    is "$status $(grep -c . err)" '0 1' "the host's limit is '$value': the start goes on, with one line"
    like "$(cat err)" "/mh/limits/pv-kernel-max-size in xenstore is '.*, which is not a size" \
        'which says what is wrong'
done
no_limits
limit $host kernel 1T
starts 'the largest size'
no_limits
limit $host kernel ''
starts 'an empty one'
no_limits

# --- what kind of guest it is --------------------------------------------------------------------
# kind WANT NAME WORD…: the installer's kernel, which starts as nothing that Xen knows, or not.
python3 "$TESTS/images/kernel.py" elf 64 pv >"$WWW/rh/images/pxeboot/vmlinuz"
cannot='has no PVH entry, and the guest is of the type pvh'
xenstore-write /libxl/7/type pvh /libxl/8/type pv
guest
start --check-kernel
like "$status $(cat err)" "^3 eliloader: VM web: the installer's kernel: this kernel $cannot" \
    'libxl says that it is a PVH guest'
is "$(boot_files) $(record web .PV_bootloader)" ' eliloader' 'no files, and the record stays'
starts 'the command line comes first' --check-kernel --guest-type=pv
guest && ELILOADER_GUEST_TYPE=pv start --check-kernel
like "$status $(cat err)" "^3 .*$cannot" 'but the configuration does not'
guest && starts 'without check-kernel, nobody has looked'
for type in pv hvm invalid "$(printf 'pvh%.0s' {1..30})" ''; do
    xenstore-write /libxl/7/type "$type"
    guest && starts "the type '${type:0:9}'" --check-kernel
done
xenstore-rm /libxl

# --- the guest's data --------------------------------------------------------------------------
before=$(below /local/domain/8)$(below /local/domain/7)
guest xenstore-data:vm-data/a/b/c=deep xenstore-data:vm-data/greeting='hello world' \
    xenstore-data:vm-database=no xenstore-data:other/vm-data/x=no xenstore-data:name=no
edit '{"vm-data/empty": ""}'
starts 'with data for the guest'
is "$(below /local/domain/7)" "name = \"web\" (n0,r7,r8)
vm-data = \"\" (n0,r7)
vm-data/a = \"\" (n0,r7)
vm-data/a/b = \"\" (n0,r7)
vm-data/a/b/c = \"deep\" (n0,r7)
vm-data/empty = \"\" (n0,r7)
vm-data/greeting = \"hello world\" (n0,r7)" 'it is there, readable by the guest alone, and nothing else'
is "$(below /local/domain/8)" '' 'nor elsewhere'
xenstore-write /local/domain/7/vm-data/old kept /local/domain/7/vm-data/greeting changed
xenstore-chmod /local/domain/7/vm-data b0
guest xenstore-data:vm-data/greeting=again xenstore-data:vm-data=itself
starts 'once more'
like "$(below /local/domain/7 | tr '\n' ';')" \
    '^name = "web" \(n0,r7,r8\);vm-data = "itself" \(n0,r7\);.*greeting = "again" \(n0,r7\);vm-data/old = "kept"' \
    'what is there is written over, permissions too; other nodes stay'
xenstore-rm /local/domain/7/vm-data

guest
starts 'without data'
is "$(below /local/domain/8)$(below /local/domain/7)" "$before" 'nothing is written'
guest xenstore-data:vm-data/x=y
clear_boot
boot --vm=web -q --output-directory="$WORK/boot"
is "$status $(cat err)" '0 ' 'an output directory that is not of libxl'
is "$(below /local/domain/7)" "$before" 'nothing is written either'

# As long as xenstored takes them: what is one longer is refused before it is asked.
key=$(head -c $((2048 - 8)) /dev/zero | tr '\0' k)
long=$(head -c $((4096 - 26)) /dev/zero | tr '\0' v)
guest xenstore-data:vm-data/v="$long"
edit "{\"vm-data/$key\": \"v\", \"vm-data/lines\": \"one\\ntwo\"}"
starts 'the longest key, and the longest value'
is "$(xenstore-read "/local/domain/7/vm-data/$key" /local/domain/7/vm-data/v | sha256sum)" \
    "$(printf 'v\n%s\n' "$long" | sha256sum)" 'both are there'
is "$(xenstore-read -R /local/domain/7/vm-data/lines)" $'one\ntwo' 'and a value of two lines'
xenstore-rm /local/domain/7/vm-data

# --- what cannot be written --------------------------------------------------------------------
# not_given REGEX NAME: the start fails before its answer, and nothing is left in xenstore.
not_given() {
    clear_boot
    refused 1 INTERNAL_ERROR "cannot give domain 7 the xenstore_data of VM web: $1" "$2" \
        --vm=web --output-directory="$BOOT"
    is "$(below /local/domain/7)" "$before" "$2: nothing is written"
}
guest xenstore-data:vm-data/a=good xenstore-data:vm-data/b.c=bad
not_given 'the key vm-data/b\.c cannot be written to xenstore: a key is letters' 'a bad key'

guest xenstore-data:vm-data/a=first xenstore-data:vm-data/b/c=second
through again-31
start
directly
is "$status $(cat err) $(xenstore-read /local/domain/7/vm-data/b/c)" '0  second' \
    'others change something during 31 transactions: the next one succeeds'
xenstore-rm /local/domain/7/vm-data

# not_given_through FAULT REGEX NAME: the same with a fault.
not_given_through() {
    local fault=$1 regex=$2 name=$3
    guest xenstore-data:vm-data/a=first xenstore-data:vm-data/b/c=second
    through "$fault"
    clear_boot
    refused 1 INTERNAL_ERROR "cannot give domain 7 the xenstore_data of VM web: $regex" "$name" \
        --vm=web -q --output-directory="$BOOT"
    directly
    is "$(below /local/domain/7)" "$before" "$name: nothing is written"
}
not_given_through again-32 'xenstore was changed by others during each of 32 transactions' \
    'others change something all the time'
not_given_through refuse-11 'cannot write /local/domain/7/vm-data/a in xenstore: No space left' \
    'a quota is used up'
not_given_through refuse-14 'cannot set the permissions of /local/domain/7/vm-data in xenstore: No' \
    'permissions are refused'
not_given_through refuse-6 'cannot start a transaction in xenstore: No space' 'no transaction'
# Of both connections: that for the limits, and that for the data.
for fault in "${broken[@]}"; do
    not_given_through "$fault" 'cannot|the conversation' "xenstored: $fault"
done

# --- xenstored hangs ----------------------------------------------------------------------------
vm_new stopped install-repository="$NGINX/rh" xenstore-data:vm-data/a=first
through hang-3
"$ELILOADER" --vm=stopped -q --output-directory="$WORK/bootloader.8.d" >stopped.out 2>stopped.err &
stopped=$!
directly
for _ in {1..200}; do pgrep -P $stopped >/dev/null && break; sleep 0.05; done
kill -TERM $stopped
wait $stopped
is "$? $(wc -c <stopped.out)" '143 0' 'SIGTERM while xenstored hangs: stopped, without an answer'
is "$(below /local/domain/8)" '' 'and nothing is written'

wait $hung
is "$? $(grep -c ^kernel hung.out)" '0 1' 'a hang ends at the deadline, and the start goes on'
like "$(cat hung.err)" \
    'the size limits and the guest.s type in xenstore are not known: xenstored did not answer within 10 seconds' 'and says so'

# --- no domain, no xenstored, no library -------------------------------------------------------
BOOT=$WORK/bootloader.9.d
guest xenstore-data:vm-data/a=first
refused 1 INTERNAL_ERROR 'domain 9 .*: there is no domain 9 in xenstore' 'a domain that is not there' \
    --vm=web --output-directory="$BOOT"
is "$(xenstore-exists /local/domain/9; echo $?)" 1 'it is not there afterwards'
BOOT=$WORK/bootloader.7.d

export XENSTORED_PATH=$WORK/nothing
guest && starts 'no xenstored: a VM without data starts'
guest xenstore-data:vm-data/a=first
clear_boot
refused 1 INTERNAL_ERROR "xenstored's socket is not there" 'no xenstored' --vm=web \
    --output-directory="$BOOT"
directly

# Hidden from this and nobody else.
library=$(ldconfig -p | sed -n 's/.*libxenstore\.so\.4 .*=> //p' | head -n1)
if [ "$(id -u)" = 0 ] && unshare -m mount --bind /dev/null "$library" 2>/dev/null; then
    without_library() {
        # shellcheck disable=SC2016 # for the inner shell
        run unshare -m sh -c 'mount --bind /dev/null "$1" && shift && exec "$@"' - \
            "$(readlink -f "$library")" "$ELILOADER" --vm=web --output-directory="$BOOT"
    }
    limit $host kernel 1
    without_library
    is "$status $(sed -n 's/^RuntimeError: //p' err)" '1 INTERNAL_ERROR' 'no library: data cannot be given'
    like "$(cat err)" 'the library libxenstore.so.4 cannot be loaded; install it' 'and says why'
    guest
    without_library
    is "$status $(cat err)" '0 ' 'no library: a VM without data starts, and nobody is bothered'
fi

done_testing
