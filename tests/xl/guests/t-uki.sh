# A unified kernel image on an EFI system partition. Sourced by dom0-init.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
start t-uki
like "$console" 'GUEST system: root=/dev/xvda1 rw console=hvc0 from-xl' 'unified kernel image: boots by its sections'
like "$console" 'GUEST system: its root is uki' 'unified kernel image: and the kernel reads the same disk'
