# A kernel that this kind of guest cannot start with: the start ends before the domain is built. Sourced by dom0-init.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
rm -f /var/log/xen/bootloader.*.log
xl create /etc/xen/t-type.cfg >/tmp/create 2>&1
is "$(($? != 0))" 1 'a PV kernel, and a PVH guest: xl create fails'
like "$(cat /var/log/xen/bootloader.*.log)" 'this kernel has no PVH entry, and the guest is of the type pvh, .*; type="pv" would work' \
    'and says why'
