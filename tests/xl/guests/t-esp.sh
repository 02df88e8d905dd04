# systemd-boot's entries on an EFI system partition. Sourced by dom0-init.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
start t-esp
like "$console" 'GUEST system: root=/dev/xvda1 ro console=hvc0 from-xl' 'systemd-boot on FAT: the default entry'
like "$console" 'GUEST system: its root is esp' 'systemd-boot on FAT: and the kernel reads the same disk'
