# A PV guest installed from a Debian mirror, and booted by pygrub from then on. Sourced by dom0-init.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
eliloader vm create t-debian install-distro=debianlike debian-release=bookworm install-arch=amd64 \
    install-repository=http://127.0.0.1/debian xenstore-data:vm-data/role=web
start t-debian
like "$console" 'GUEST installer: console=hvc0 from-xl' 'round one: the installer has its arguments'
like "$console" 'GUEST installer: done' 'round one: it installs'
like "$(eliloader vm show t-debian)" '^PV-bootloader = pygrub' 'round one: the record moves'
is "$(find /var/run/xend/boot /var/lib/xen -name 'eliloader-*' 2>/dev/null)" '' 'round one: no file is left'
start t-debian
like "$console" 'GUEST system: root=/dev/xvda ro console=hvc0 from-xl' 'installed: what it put there boots'
