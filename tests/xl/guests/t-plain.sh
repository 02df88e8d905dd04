# bootloader="eliloader" in the place of "pygrub", without a record, and with bootloader_restrict.
# What xenstore_data says is there while the guest is. Sourced by dom0-init, behind t-fedora, whose
# disk it boots.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
start t-plain
like "$console" 'GUEST system: root=/dev/xvda ro console=hvc0 from-xl' 'no record: eliloader does what pygrub did'
xl create -p /etc/xen/t-debian.cfg >/dev/null 2>&1
domid=$(xl domid t-debian)
is "$(xenstore-read "/local/domain/$domid/vm-data/role" 2>&1)" web 'vm-data is there before the guest runs'
is "$(xenstore-ls -p "/local/domain/$domid/vm-data" 2>&1 | tr -s ' .' ' ')" \
    "role = \"web\" (n0,r$domid)" 'vm-data can be read by that guest, and nobody else'
xl destroy t-debian
