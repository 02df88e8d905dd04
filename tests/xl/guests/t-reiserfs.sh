# SLES 10 on ReiserFS, through both rounds, and by pygrub from then on. Sourced by dom0-init.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
eliloader vm create t-reiserfs install-distro=sleslike install-arch=x86_64 install-repository=http://127.0.0.1/sles \
    install-args=target=/dev/xvda2
start t-reiserfs
like "$console" 'GUEST installer: install=http://127.0.0.1/sles/? .*target=/dev/xvda2' 'SLES 10, round one: the installer'
like "$console" 'GUEST installer: done' 'SLES 10, round one: it installs'
like "$(eliloader vm show t-reiserfs)" 'install-round = 2' 'SLES 10: its second round'
start t-reiserfs
like "$console" 'GUEST system: root=/dev/xvda2 console=hvc0 from-xl' 'SLES 10, round two: what was installed boots'
like "$console" 'GUEST system: its root is reiserfs' 'SLES 10, round two: from ReiserFS'
like "$(eliloader vm show t-reiserfs)" '^PV-bootloader = pygrub' 'SLES 10: pygrub boots it from now on'
like "$(eliloader vm show t-reiserfs)" \
    '^PV-bootloader-args = --kernel /boot/vmlinuz-xen --ramdisk /boot/initrd-xen$' 'SLES 10: with these paths'
start t-reiserfs
like "$console" 'GUEST system: root=/dev/xvda2 console=hvc0 from-xl' 'SLES 10, by pygrub: the same arguments'
like "$console" 'GUEST system: its root is reiserfs' 'SLES 10, by pygrub: and again'
