# A host on which no guest's disk is read: GRUB boots a PV guest, from t-md's disks. Sourced by dom0-init.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
start t-policy
like "$console" 'GUEST system: .*root=/dev/mapper/system-root ro quiet' 'handoff=grub: GRUB boots what the guest configured'
