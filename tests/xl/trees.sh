# What stands on the disks of guests that were installed long ago (bash), as their installers leave it. Sourced with
# $kernel and $system, the kernel and the ramdisk that all of them boot, and $trees, the folder for them.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

# tree NAME FOLDER KERNEL RAMDISK: a new one, with both in its FOLDER, and its name where the guest looks for it.
tree() {
    mkdir -p "$trees/$1/etc" "$trees/$1/$2"
    cp "$kernel" "$trees/$1/$2/$3"
    cp "$system" "$trees/$1/$2/$4"
    echo "$1" >"$trees/$1/etc/who"
}

# Red Hat's, where /boot is a filesystem of its own: entries of the Boot Loader Specification.
tree xfs . vmlinuz-6.1 initramfs-6.1.img
mkdir -p "$trees/xfs/grub2" "$trees/xfs/loader/entries"
cat >"$trees/xfs/grub2/grub.cfg" <<'END'
set pager=1
if [ -f ${config_directory}/grubenv ]; then
  load_env -f ${config_directory}/grubenv
elif [ -s $prefix/grubenv ]; then
  load_env
fi
if [ "${next_entry}" ] ; then
   set default="${next_entry}"
else
   set default="${saved_entry}"
fi
if [ x"${feature_menuentry_id}" = xy ]; then
  menuentry_id_option="--id"
else
  menuentry_id_option=""
fi
terminal_output console
insmod part_gpt
insmod xfs
insmod increment
insmod blscfg
blscfg
END
printf '# GRUB Environment Block\nsaved_entry=0123-6.1\nkernelopts=root=/dev/xvda2 ro crashkernel=auto \n' \
    >"$trees/xfs/grub2/grubenv"
while [ "$(stat -c %s "$trees/xfs/grub2/grubenv")" -lt 1024 ]; do printf '#' >>"$trees/xfs/grub2/grubenv"; done
cat >"$trees/xfs/loader/entries/0123-6.1.conf" <<'END'
title Red Hat Enterprise Linux (6.1)
version 6.1
linux /vmlinuz-6.1
initrd /initramfs-6.1.img $tuned_initrd
options $kernelopts $tuned_params
grub_users $grub_users
grub_arg --unrestricted
grub_class kernel
END

# SUSE's: paths are those of the snapshot that is the default subvolume.
tree btrfs boot vmlinuz-6.1-default initrd-6.1-default
ln -s vmlinuz-6.1-default "$trees/btrfs/boot/vmlinuz"
ln -s initrd-6.1-default "$trees/btrfs/boot/initrd"
mkdir -p "$trees/btrfs/boot/grub2"
cat >"$trees/btrfs/boot/grub2/grub.cfg" <<'END'
set btrfs_relative_path="yes"
export btrfs_relative_path
if [ -f ${config_directory}/grubenv ]; then
  load_env -f ${config_directory}/grubenv
elif [ -s $prefix/grubenv ]; then
  load_env
fi
set default="0"
function load_video {
  if [ x$feature_all_video_module = xy ]; then
    insmod all_video
  fi
}
menuentry 'SLES 15-SP5'  --class sles --class os $menuentry_id_option 'gnulinux-simple-0123' {
	load_video
	set gfxpayload=keep
	insmod gzio
	insmod part_gpt
	insmod btrfs
	set root='hd0,gpt2'
	echo	'Loading Linux 6.1-default ...'
	linux	/boot/vmlinuz-6.1-default root=/dev/xvda2 ${extra_cmdline} splash=silent
	echo	'Loading initial ramdisk ...'
	initrd	/boot/initrd-6.1-default
}
END

# Debian's, on a volume of LVM that is on a mirror of md.
tree md boot vmlinuz-6.1 initrd.img-6.1
mkdir -p "$trees/md/boot/grub"
cat >"$trees/md/boot/grub/grub.cfg" <<'END'
set default="0"
set timeout=0
menuentry 'Debian GNU/Linux' --class debian $menuentry_id_option 'gnulinux-simple-0123' {
	insmod lvm
	insmod diskfilter
	insmod mdraid1x
	insmod ext2
	set root='lvm/system-root'
	linux	/boot/vmlinuz-6.1 root=/dev/mapper/system-root ro quiet
	initrd	/boot/initrd.img-6.1
}
END

# systemd-boot's, on the EFI system partition.
tree esp debian/6.1 linux initrd.img
mkdir -p "$trees/esp/loader/entries"
printf 'timeout 3\ndefault debian-*\n' >"$trees/esp/loader/loader.conf"
cat >"$trees/esp/loader/entries/debian-6.1.conf" <<'END'
title      Debian GNU/Linux 12 (bookworm)
version    6.1
machine-id 0123
sort-key   debian
options    root=/dev/xvda1 ro
linux      /debian/6.1/linux
initrd     /debian/6.1/initrd.img
END
cat >"$trees/esp/loader/entries/other-5.10.conf" <<'END'
title   Another
version 5.10
options root=/dev/xvda9
linux   /debian/5.10/linux
END

# All of it encrypted.
tree luks boot vmlinuz-6.1 initrd.img-6.1
mkdir -p "$trees/luks/boot/grub"
cat >"$trees/luks/boot/grub/grub.cfg" <<'END'
set default=0
set timeout=0
menuentry 'Encrypted' {
	linux /boot/vmlinuz-6.1 root=/dev/mapper/root quiet
	initrd /boot/initrd.img-6.1
}
END

# Arch's, as one file: kernel, ramdisk and arguments are sections of a program of EFI.
mkdir -p "$trees/uki/etc" "$trees/uki/EFI/Linux"
echo uki >"$trees/uki/etc/who"
printf 'ID=arch\nPRETTY_NAME="Arch Linux"\n' >"$trees/osrel"
printf 'root=/dev/xvda1 rw\n' >"$trees/cmdline"
objcopy --add-section .osrel="$trees/osrel" --change-section-vma .osrel=0x20000 \
    --add-section .cmdline="$trees/cmdline" --change-section-vma .cmdline=0x30000 \
    --add-section .initrd="$system" --change-section-vma .initrd=0x3000000 \
    --add-section .linux="$kernel" --change-section-vma .linux=0x5000000 \
    /usr/lib/systemd/boot/efi/linuxx64.efi.stub "$trees/uki/EFI/Linux/arch-linux.efi"
rm "$trees/osrel" "$trees/cmdline"
