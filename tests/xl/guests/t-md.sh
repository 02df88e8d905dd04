# A volume of LVM on a mirror of md, of which the toolstack names the first disk alone. pygrub cannot, and the
# record says so from then on. Sourced by dom0-init.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
eliloader vm create t-md
start t-md
like "$console" 'GUEST system: root=/dev/mapper/system-root ro quiet console=hvc0 from-xl' 'LVM on md: boots'
like "$(eliloader vm show t-md)" 'install-round = done' 'LVM on md: by eliloader itself from now on'
