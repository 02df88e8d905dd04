# A disk that is encrypted as a whole: GRUB, inside the guest, asks for its passphrase. Sourced by dom0-init.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
: >/var/log/xen/console/guest-t-luks.log
create t-luks
is "$?" 0 't-luks: xl create'
like "$(cat /var/log/xen/bootloader.*.log)" 'encrypted \(LUKS\).*; so GRUB boots it, inside the guest' 'LUKS: by GRUB, says eliloader'
wait_said t-luks 'grub>'
ok $? "LUKS: GRUB's prompt"
tty=$(xenstore-read "/local/domain/$(xl domid t-luks)/console/tty")
printf 'cryptomount -a\r' >"$tty"
wait_said t-luks 'Enter passphrase for'
ok $? 'LUKS: GRUB asks for the passphrase'
xl destroy t-luks
