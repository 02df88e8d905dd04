# XFS, as Red Hat has it: /boot by itself, and entries of the Boot Loader Specification. Sourced by dom0-init.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
start t-xfs
like "$console" 'GUEST system: root=/dev/xvda2 ro crashkernel=auto *console=hvc0 from-xl' 'XFS: the entry, with its arguments'
like "$console" 'GUEST system: its root is xfs' 'XFS: and the kernel reads the same disk'
