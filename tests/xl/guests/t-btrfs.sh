# Btrfs, as SUSE has it: the root is a snapshot. Sourced by dom0-init.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
start t-btrfs
like "$console" 'GUEST system: root=/dev/xvda2 *splash=silent console=hvc0 from-xl' 'Btrfs: the entry, with its arguments'
like "$console" 'GUEST system: its root is btrfs' 'Btrfs: and the kernel reads the same disk'
