# A PVH guest whose installed system pygrub cannot boot (Boot Loader Specification): eliloader boots
# it itself. Sourced by dom0-init.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
eliloader vm create t-fedora install-distro=rhlike install-arch=x86_64 \
    install-repository=http://127.0.0.1/fedora
start t-fedora
like "$console" 'GUEST installer: inst.repo=http://127.0.0.1/fedora/ console=hvc0 from-xl' \
    'round one: the installer has its arguments'
like "$(eliloader vm show t-fedora)" 'install-round = done' 'round one: the record says done'
start t-fedora
like "$console" 'GUEST system: root=/dev/xvda ro console=hvc0 from-xl' 'installed: a boot of our own'
start t-fedora
like "$console" 'GUEST system: ' 'installed: and again'
