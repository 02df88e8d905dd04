# A host on which no guest's disk is read: GRUB boots a PV guest, whose disk is that of t-debian. Sourced by dom0-init,
# behind it.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
start t-policy
like "$console" 'GUEST system: .*root=/dev/xvda ro' 'handoff=grub: GRUB boots what the guest configured'
