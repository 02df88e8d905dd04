#!/usr/bin/env bash
# What the journal of systemd gets, by the real systemd-journald, and what syslog gets where there
# is none: every line names the VM or the disk, and is said once.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/toolstack.sh
. "$TESTS/toolstack.sh"
needs jq unshare mke2fs
unshare -m true 2>/dev/null || skip_all 'needs a mount namespace'
JOURNALD=/lib/systemd/systemd-journald
[ -x "$JOURNALD" ] || cannot_run 'there is no systemd-journald (see TEST_PACKAGES in the Makefile)'

export ELILOADER_RECORD_DIR=$WORK/vms
"$ELILOADER" vm create -q web1 install-round=done
"$ELILOADER" vm create -q bad install-repository=cdrom
jq '.other_config."install-round" = "soon"' vms/bad.json >x && mv x vms/bad.json
mkdir -p files/boot/grub "new
line"
printf 'default=0\ntitle Debian\nkernel /boot/vmlinuz ro\n' >files/boot/grub/menu.lst
fake_kernel files/boot/vmlinuz
disk="new
line/guest7.img"
truncate -s 8M "$disk"
mke2fs -q -F -t ext2 -d files "$disk"
cp "$disk" guest7.img

# In a namespace of its own, where /run and /dev are the test's: what the loader says there.
cat >starts.sh <<'SH'
"$ELILOADER" -q --handoff=native --output-directory="$WORK/o" guest7.img
"$ELILOADER" -q --handoff=native --output-directory="$WORK/o" "$disk"
"$ELILOADER" -q --handoff=native --output-directory="$WORK/o" --vm=web1 guest7.img
"$ELILOADER" -q --output-directory="$WORK/o" --vm=bad guest7.img
"$ELILOADER" -q --output-directory="$WORK/o" /nonexistent/disk
"$ELILOADER" vm set web1 none PV-args=x
SH
mkdir o dev
cat >journal.sh <<'SH'
mount -t tmpfs none /run && mkdir -p /run/log/journal dev && mount -t tmpfs none dev || exit 77
[ -s /etc/machine-id ] || {
    echo 0123456789abcdef0123456789abcdef >/run/machine-id
    mount --bind /run/machine-id /etc/machine-id || exit 77
}
mknod -m 666 dev/null c 1 3 && mknod -m 666 dev/urandom c 1 9 && mount --bind dev /dev || exit 77
"$JOURNALD" 2>journald-says &
journald=$!
while [ ! -S /run/systemd/journal/socket ]; do
    kill -0 $journald || exit 77
    sleep 0.02
done
ln -sf /run/systemd/journal/dev-log /dev/log
. ./starts.sh
journalctl --sync 2>journalctl-says
journalctl -q -D /run/log/journal -t eliloader -o json >entries 2>>journalctl-says
kill $journald
wait
SH
export ELILOADER JOURNALD WORK disk
run unshare -m bash -c '. ./journal.sh'
[ "$status" != 77 ] || cannot_run "systemd-journald does not start here: $(cat journald-says)"


jq -r '[.MESSAGE, .PRIORITY, .ELILOADER_VM, .ELILOADER_DISK, .ELILOADER_ERROR, ._TRANSPORT, .SYSLOG_FACILITY,
    .SYSLOG_PID == ._PID] | tostring' entries >lines
# said REGEX WANT NAME: one entry's message matches, and behind it are these.
said() {
    is "$(jq -c 'select(.[0] | test($re)) | .[1:]' --arg re "$1" lines)" "$2,\"journal\",\"3\",true]" "$3" ||
        sed 's/^/# /' lines journald-says journalctl-says >&2
}
is "$(wc -c <journalctl-says)" 0 'journalctl reads it'
said '^guest7[.]img: the entry "Debian" of /boot/grub/menu.lst is booted: disk 1,' \
    '["6",null,"guest7.img",null' 'a disk: its path begins the line, and is a field'
said '^new\\x0aline/guest7[.]img: the entry "Debian"' '["6",null,"new\nline/guest7.img",null' \
    'a path with a newline: escaped in the sentence, whole in the field'
said '^VM web1: the entry "Debian"' '["6","web1","guest7.img",null' 'a VM: both are fields'
said "^VM bad: install-round is 'soon'" '["3","bad","guest7.img","INTERNAL_ERROR"' 'a failure of a VM: its name too'
said '^/nonexistent/disk: cannot boot from' '["3",null,"/nonexistent/disk","INTERNAL_ERROR"' 'a failure of a disk'
said '^VM web1: record changed' '["6","web1",null,null' 'what people do to a VM'
is "$(jq -c 'select(.[0] | test("^(VM (web1|bad)|guest7.img|new.*/guest7.img|/nonexistent/disk): [^ ]") | not)' lines)" '' \
    'every line names the VM or the disk'
is "$(jq -r '.[0]' lines | grep -c 'VM bad: .*VM bad:')" 0 'and none does so twice'
is "$(jq -c 'select(.[5] != "journal")' lines)" '' 'nothing is said to syslog as well'

done_testing
