/* GRUB 2: what distributions write.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/grub2_fixture.h"

static void test_debian_12(void **state)
{
    boots("if [ -s $prefix/grubenv ]; then\n  set have_grubenv=true\n  load_env\nfi\n"
          "if [ \"${next_entry}\" ] ; then\n   set default=\"${next_entry}\"\n"
          "   set boot_once=true\nelse\n   set default=\"0\"\nfi\n"
          "if [ x\"${feature_menuentry_id}\" = xy ]; then\n  menuentry_id_option=\"--id\"\n"
          "else\n  menuentry_id_option=\"\"\nfi\nexport menuentry_id_option\n"
          "menuentry 'Debian GNU/Linux' --class debian --class os $menuentry_id_option "
          "'gnulinux-simple-2222-root' {\n"
          "\tif [ x$grub_platform = xxen ]; then insmod xzio; insmod lzopio; fi\n"
          "\tset root='hd0,msdos2'\n"
          "\tif [ x$feature_platform_search_hint = xy ]; then\n"
          "\t  search --no-floppy --fs-uuid --set=root --hint-bios=hd0,msdos2 "
          "--hint-efi=hd0,msdos2 --hint-baremetal=ahci0,msdos2  2222-root\n"
          "\telse\n\t  search --no-floppy --fs-uuid --set=root 2222-root\n\tfi\n"
          "\techo\t'Loading Linux 6.1.0-18-amd64 ...'\n"
          "\tlinux\t/boot/vmlinuz-6.1.0-18-amd64 root=UUID=2222-root ro  quiet\n"
          "\tinitrd\t/boot/initrd.img-6.1.0-18-amd64\n}\n",
          "Debian GNU/Linux | /boot/vmlinuz-6.1.0-18-amd64 | /boot/initrd.img-6.1.0-18-amd64 | "
          "root=UUID=2222-root ro quiet");
}

static void test_debian_separate_boot(void **state)
{
    boots("menuentry 'Debian' { search --no-floppy --fs-uuid --set=root 1111-boot\n"
          "linux /vmlinuz-6 root=/dev/xvda2 ro\ninitrd /initrd.img-6\n}\n",
          "Debian | 0:/vmlinuz-6 | 0:/initrd.img-6 | root=/dev/xvda2 ro");
}

static void test_ubuntu_recordfail(void **state)
{
    boots("function recordfail {\n  set recordfail=1\n"
          "  if [ -n \"${have_grubenv}\" ]; then if [ -z \"${boot_once}\" ]; then "
          "save_env recordfail; fi; fi\n}\n"
          "function gfxmode {\n\tset gfxpayload=\"${1}\"\n"
          "\tif [ \"${1}\" = \"keep\" ]; then\n\t\tset vt_handoff=vt.handoff=7\n"
          "\telse\n\t\tset vt_handoff=\n\tfi\n}\n"
          "if [ \"${recordfail}\" != 1 ]; then\n  set linux_gfx_mode=keep\nelse\n"
          "  set linux_gfx_mode=text\nfi\nexport linux_gfx_mode\n"
          "menuentry 'Ubuntu' --class ubuntu $menuentry_id_option 'gnulinux-simple-u' {\n"
          "\trecordfail\n\tload_video\n\tgfxmode $linux_gfx_mode\n"
          "\tlinux\t/boot/vmlinuz-5.15 root=UUID=2222-root ro  quiet splash $vt_handoff\n"
          "\tinitrd\t/boot/initrd.img-5.15\n}\n",
          "Ubuntu | /boot/vmlinuz-5.15 | /boot/initrd.img-5.15 | "
          "root=UUID=2222-root ro quiet splash vt.handoff=7");
}

static void test_ubuntu_advanced_saved(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, HOME, "/boot/grub/grubenv",
                "# GRUB Environment Block\nsaved_entry=gnulinux-advanced-u>gnulinux-6.5-u\n####");
    boots("load_env\nset default=\"${saved_entry}\"\nmenuentry_id_option=\"--id\"\n"
          "export menuentry_id_option\n"
          "menuentry 'Ubuntu' $menuentry_id_option 'gnulinux-simple-u' { linux /boot/a; }\n"
          "submenu 'Advanced options for Ubuntu' $menuentry_id_option 'gnulinux-advanced-u' {\n"
          "menuentry 'Ubuntu, with Linux 6.8' $menuentry_id_option 'gnulinux-6.8-u' {\n"
          "linux /boot/b\n}\n"
          "menuentry 'Ubuntu, with Linux 6.5' $menuentry_id_option 'gnulinux-6.5-u' {\n"
          "linux /boot/c ro\ninitrd /boot/i\n}\n}\n",
          "Advanced options for Ubuntu>Ubuntu, with Linux 6.5 | /boot/c | /boot/i | ro");
    assert_string_equal(f->menu.entries[2].index, "1>1");
    assert_string_equal(f->menu.entries[2].id, "gnulinux-6.5-u");
}

static void test_fedora_39(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/loader/entries/0ab-6.7.conf",
                "title Fedora Linux (6.7) 39\nversion 6.7\nlinux /vmlinuz-6.7\n"
                "initrd /initramfs-6.7.img\noptions root=/dev/xvda2 ro\n");
    memory_file(&f->guest, 0, "/loader/entries/0ab-6.5.conf",
                "title Fedora Linux (6.5) 39\nversion 6.5\nlinux /vmlinuz-6.5\n"
                "initrd /initramfs-6.5.img\noptions $kernelopts\n");
    boots("set pager=1\nif [ -f ${config_directory}/grubenv ]; then\n"
          "  load_env -f ${config_directory}/grubenv\nfi\n"
          "if [ \"${next_entry}\" ] ; then\n   set default=\"${next_entry}\"\n"
          "else\n   set default=\"${saved_entry}\"\nfi\n"
          "search --no-floppy --set=boot --label boot\nset root=$boot\n"
          "if [ -z \"${kernelopts}\" ]; then\n  set kernelopts=\"root=/dev/xvda2 ro \"\nfi\n"
          "insmod blscfg\nblscfg\n"
          "menuentry 'UEFI Firmware Settings' { fwsetup\n}\n",
          "Fedora Linux (6.7) 39 | 0:/vmlinuz-6.7 | 0:/initramfs-6.7.img | root=/dev/xvda2 ro");
}

static void test_rhel_9_saved_entry(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/loader/entries/6c4f-5.14.0-70.conf",
                "title RHEL 9 (70)\nversion 5.14.0-70\nlinux /vmlinuz-70\noptions $kernelopts\n");
    memory_file(&f->guest, 0, "/loader/entries/6c4f-5.14.0-80.conf",
                "title RHEL 9 (80)\nversion 5.14.0-80\nlinux /vmlinuz-80\noptions $kernelopts\n");
    memory_file(&f->guest, HOME, "/boot/grub/grubenv",
                "# GRUB Environment Block\nsaved_entry=6c4f-5.14.0-70\nkernelopts=ro crash=1\n##");
    boots("load_env -f ${config_directory}/grubenv\nset default=\"${saved_entry}\"\n"
          "set root='hd0,msdos1'\nset boot='hd0,msdos1'\nblscfg\n",
          "RHEL 9 (70) | 0:/vmlinuz-70 | | ro crash=1");
}

/* A filesystem of subvolumes: number 7, and the default one, is a snapshot. */
static int subvolume(struct volume *volume, uint64_t id, struct buffer *out, struct error *err)
{
    (void)volume;
    (void)err;
    return id == 0 || id == 7 ? buffer_add_text(out, "/@/.snapshots/1/snapshot") : 0;
}

static void with_subvolumes(struct fixture *f, struct filesystem *copy)
{
    *copy = *f->guest.volumes[HOME].filesystem;
    copy->subvolume = subvolume;
    f->guest.volumes[HOME].filesystem = copy;
}

/* SUSE's GRUB sees the default subvolume as "/" once it is told so. */
static void test_suse_subvolumes(void **state)
{
    static struct filesystem copy;
    struct fixture *f = *state;

    with_subvolumes(f, &copy);
    boots("menuentry a { linux /boot/k; }\n", "a | /boot/k | | ");
    boots("set btrfs_relative_path=y\nmenuentry a { linux /boot/k; initrd (hd0,2)/i; }\n",
          "a | /@/.snapshots/1/snapshot/boot/k | /@/.snapshots/1/snapshot/i | ");
    boots("set btrfs_relative_path=yes\nset btrfs_subvolid=7\nset btrfs_subvol=/@\n"
          "submenu s { menuentry a { linux /k; }; }\n",
          "s>a | /@/k | | ");
    boots("set btrfs_relative_path=1\nset btrfs_subvol=@\nset btrfs_subvolid=7\n"
          "menuentry a { linux /k; }\n",
          "a | /@/.snapshots/1/snapshot/k | | ");
    boots("set btrfs_relative_path=1\nset btrfs_subvol=\nmenuentry a { linux /k; }\n",
          "a | /k | | ");
    boots("set btrfs_relative_path=n\nmenuentry a { linux /k (hd0,1)/x; }\n",
          "a | /k | | (hd0,1)/x");
    boots("set btrfs_relative_path=y\nset btrfs_subvolid=8\nmenuentry a { linux /k; }\n",
          "nothing");
    /* Other filesystems have none. */
    boots("set btrfs_relative_path=y\nmenuentry a { linux (hd0,1)/k; }\n", "a | 0:/k | | ");
}

static void test_suse_commands(void **state)
{
    static struct filesystem copy;
    struct fixture *f = *state;

    with_subvolumes(f, &copy);
    boots("btrfs-mount-subvol ($root) /boot @boot\n"
          "menuentry a { linux /boot/k; initrd /bootx/i /boot; }\n",
          "a | /@boot/k | /bootx/i /@boot | ");
    boots("menuentry a { btrfs-mount-subvol ($root) /boot/ /x; linux /boot/k; }\n"
          "menuentry b { linux /boot/k; }\nset default=1\n",
          "b | /boot/k | | ");
    gives("btrfs-mount-subvol (hd0,1) /boot @boot\nset a=$?\nbtrfs-mount-subvol ($root) /x\nset "
          "b=$?\n"
          "btrfs-get-default-subvol -p -o c ($root)\nbtrfs-get-default-subvol hd0,1\nset d=$?",
          "$a $b $c $d", "18 18 @/.snapshots/1/snapshot 18");
    boots("btrfs-list-subvols -o a ($root)\nmenuentry a { linux /k; }\n", "nothing");
}

/* A grub.cfg in the default subvolume is one of a GRUB that looks there. */
static void test_suse_grub_cfg(void **state)
{
    static const char text[] = "menuentry a { linux /boot/k $prefix $config_file; }\n";
    static struct filesystem copy;
    struct fixture *f = *state;

    with_subvolumes(f, &copy);
    fixture_parse_bytes(f, &grub2_config, HOME, "/@/.snapshots/1/snapshot/boot/grub2/grub.cfg",
                        text, sizeof text - 1);
    check_entry(f, HOME, 0, "a | /@/.snapshots/1/snapshot/boot/k | | (hd0,msdos2)/boot/grub2");
    fixture_parse_bytes(f, &grub2_config, HOME, "/@/boot/grub/grub.cfg", text, sizeof text - 1);
    check_entry(f, HOME, 0, "a | /boot/k | | (hd0,msdos2)/@/boot/grub");
}

#define ENTRIES "/loader/entries/"

/* Red Hat's GRUB sorts by the file name alone, and reads only the first "options". */
static void test_blscfg_order(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, HOME, ENTRIES "0ab-6.7.9-200.fc39.conf",
                "title new\nversion 6.7.9\nsort-key fedora\nlinux /new\noptions a\noptions b\n");
    memory_file(&f->guest, HOME, ENTRIES "0ab-6.1.0-rc3-mine.conf", "title mine\nlinux /mine x\n");
    memory_file(&f->guest, HOME, ENTRIES "0ab-6.7.9_200.fc39.conf", "title late\nlinux /late\n");
    memory_file(&f->guest, HOME, ENTRIES "nothing.conf", "title none\n");
    memory_file(&f->guest, HOME, ENTRIES "efi.conf", "title efi\nefi /EFI/x.efi\n");
    boots("blscfg\n", "mine | /mine | | x");
    check_wanted(f, "0");
    check_entry(f, HOME, 1, "late | /late | | ");
    check_entry(f, HOME, 2, "new | /new | | a");
    assert_true(has_problem(&f->menu, "nothing.conf names no kernel"));
    assert_true(has_problem(&f->menu, "efi.conf starts the EFI program /EFI/x.efi"));
}

/* The words of an entry are a script's, expanded twice. */
static void test_blscfg_words(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, HOME, ENTRIES "a-2-1.conf",
                "# comment\n  title  two  words \nlinux /k\ninitrd /boot/i $extra\ninitrd /j\n"
                "options a='b  c' $one $two\n\noptions lost\nversion 1\n");
    memory_file(&f->guest, HOME, ENTRIES "a-1-1.conf", "linux\t/tab\noptions\tx=y z\n");
    boots("set one='1 \"$two\"'\nset two=2\nset early_initrd='u v'\n"
          "set default_kernelopts='from env'\nblscfg\n",
          "two  words  | /k | /boot/u /boot/v /boot/i /j | \"a=b  c\" 1 2 2");
    check_entry(f, HOME, 1, "/tab | /tab | /u /v | from env");
}

static void test_blscfg_arguments(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, HOME, ENTRIES "a-1-1.conf", "title one\nlinux /1\n");
    memory_file(&f->guest, HOME, ENTRIES "a-2-1.conf", "title two\nlinux /2\n");
    memory_file(&f->guest, HOME, ENTRIES "a-3-1.conf", "title three\nlinux /3\n");
    memory_file(&f->guest, 0, "/extra/b-1-1.conf", "title extra\nlinux /x\n");
    boots("blscfg a-2-1\n", "two | /2 | | ");
    boots("set default=one\nblscfg default\nset default=\n", "one | /1 | | ");
    boots("set default=0x1\nblscfg non-default\nblscfg default\nblscfg\nset default=2\n",
          "two | /2 | | ");
    assert_int_equal(f->menu.count, 3);
    boots("blscfg (hd0,msdos1)/extra\n", "extra | /x | | ");
    boots("blscfg (hd0,msdos1)/extra/b-1-1.conf\nset root=hd0,1\n", "extra | 0:/x | | ");
    boots("blscfg --path (hd0,1)/extra\nset root=hd0,1\n", "extra | 0:/x | | ");
    boots("blscfg -n -d\n", "three | /3 | | ");
    boots("set default=a-1-1\nblscfg -d\n", "one | /1 | | ");
    boots("blscfg -e /loader/entries/a-1-1.conf\n", "one | /1 | | ");
    boots("blscfg --nothing\n", "nothing");
    boots("blscfg default\n", "nothing");
    boots("submenu s { blscfg; }\nblscfg a-1-1\nset default='0>1'\n", "s>two | /2 | | ");
    boots("set blsdir=/nosuch\nblscfg\n", "nothing");
    boots("set boot=lvm/vg-boot\nblscfg\n", "nothing");
}

static void test_rhel_7(void **state)
{
    boots("set default=\"${saved_entry}\"\n"
          "if [ x\"${feature_menuentry_id}\" = xy ]; then\n  menuentry_id_option=\"--id\"\nfi\n"
          "menuentry 'Red Hat Enterprise Linux Server (3.10.0-1160) 7.9' --class red "
          "--unrestricted $menuentry_id_option 'gnulinux-3.10.0-advanced-x' {\n"
          "\tload_video\n\tset gfxpayload=keep\n\tset root='hd0,msdos1'\n"
          "\tlinux16 /vmlinuz-3.10.0-1160 root=/dev/mapper/rhel-root ro rhgb LANG=en_US.UTF-8\n"
          "\tinitrd16 /initramfs-3.10.0-1160.img\n}\n",
          "Red Hat Enterprise Linux Server (3.10.0-1160) 7.9 | 0:/vmlinuz-3.10.0-1160 | "
          "0:/initramfs-3.10.0-1160.img | root=/dev/mapper/rhel-root ro rhgb LANG=en_US.UTF-8");
}

static void test_efi_stub(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/grub2/grub.cfg",
                "set root=$dev\nsearch --set=root --label boot\n"
                "menuentry 'F' { linuxefi /vmlinuz p=$prefix; initrdefi /initrd; }\n");
    boots("search --no-floppy --root-dev-only --fs-uuid --set=dev 1111-boot\n"
          "set prefix=($dev)/grub2\nexport $prefix\nconfigfile $prefix/grub.cfg\n",
          "F | 0:/vmlinuz | 0:/initrd | p=(hd0,msdos1)/grub2");
}

static void test_suse_15_btrfs(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, HOME, "/boot/grub/snapshot_submenu.cfg",
                "submenu \"Start bootloader from a read-only snapshot\" {\n"
                "menuentry \"snap 7\" { linux /.snapshots/7/vmlinuz; }\n}\n");
    boots("if [ -f \"/.snapshots/grub-snapshot.cfg\" ]; then\n  set x=1\nfi\n"
          "set btrfs_relative_path=\"yes\"\nexport btrfs_relative_path\n"
          "menuentry 'SLES 15-SP5' --hotkey=1 --class sles ${menuentry_id_option} 'simple' {\n"
          "\tset root='hd0,msdos2'\n"
          "\techo 'Loading ...'\n"
          "\tlinux /boot/vmlinuz-5.14 root=UUID=2222-root ${extra_cmdline} splash=silent quiet\n"
          "\tinitrd /boot/initrd-5.14\n}\n"
          "if [ -f \"${config_directory}/snapshot_submenu.cfg\" ]; then\n"
          "  source \"${config_directory}/snapshot_submenu.cfg\"\nfi\n",
          "SLES 15-SP5 | /boot/vmlinuz-5.14 | /boot/initrd-5.14 | "
          "root=UUID=2222-root splash=silent quiet");
    assert_int_equal(f->menu.count, 2);
    check_entry(f, HOME, 1,
                "Start bootloader from a read-only snapshot>snap 7 | /.snapshots/7/vmlinuz | | ");
}

static void test_arch_two_ramdisks(void **state)
{
    boots("menuentry 'Arch Linux' --class arch {\n"
          "\tsearch --no-floppy --fs-uuid --set=root 2222-root\n"
          "\tlinux\t/boot/vmlinuz-linux root=UUID=2222-root rw  loglevel=3 quiet\n"
          "\tinitrd\t/boot/amd-ucode.img /boot/initramfs-linux.img\n}\n",
          "Arch Linux | /boot/vmlinuz-linux | /boot/amd-ucode.img /boot/initramfs-linux.img | "
          "root=UUID=2222-root rw loglevel=3 quiet");
}

static void test_alpine(void **state)
{
    boots(
        "set timeout=2\nmenuentry 'Alpine, with Linux virt' {\n"
        "\tlinux\t/boot/vmlinuz-virt root=UUID=2222-root ro "
        "modules=sd-mod,usb-storage,ext4 quiet rootfstype=ext4 \n"
        "\tinitrd\t/boot/initramfs-virt\n}\n",
        "Alpine, with Linux virt | /boot/vmlinuz-virt | /boot/initramfs-virt | root=UUID=2222-root "
        "ro modules=sd-mod,usb-storage,ext4 quiet rootfstype=ext4");
}

static void test_xen_dom0(void **state)
{
    struct fixture *f = *state;

    boots("menuentry 'Debian, with Xen 4.17' {\n"
          "\tif [ \"$grub_platform\" = \"pc\" -o \"$grub_platform\" = \"\" ]; then\n"
          "            xen_rm_opts=\n        else\n"
          "            xen_rm_opts=\"no-real-mode edd=off\"\n        fi\n"
          "\tmultiboot2\t/boot/xen-4.17.gz placeholder dom0_mem=1G ${xen_rm_opts}\n"
          "\tmodule2\t/boot/vmlinuz-6 placeholder root=/dev/sda1 ro\n"
          "\tmodule2\t--nounzip   /boot/initrd-6\n}\n",
          "Debian, with Xen 4.17 | /boot/vmlinuz-6 | /boot/initrd-6 | root=/dev/sda1 ro");
    assert_string_equal(f->menu.entries[0].hypervisor, "/boot/xen-4.17.gz");
}

static void test_windows_first(void **state)
{
    struct fixture *f = *state;

    boots("menuentry 'Windows' { chainloader +1; }\nmenuentry 'Linux' { linux /k a; }\n"
          "set default=1\n",
          "Linux | /k | | a");
    assert_int_equal(f->menu.count, 1);
    assert_string_equal(f->menu.entries[0].index, "1");
}

static void test_default_that_is_no_linux(void **state)
{
    struct fixture *f = *state;

    boots("menuentry 'Windows' { chainloader +1; }\nmenuentry 'Linux' { linux /k a; }\n",
          "nothing");
    assert_true(has_problem(&f->menu, "default entry 'Windows' names no Linux kernel"));
}

static void test_memtest_and_reboot(void **state)
{
    struct fixture *f = *state;

    boots("menuentry 'Linux' { linux /k a; }\nmenuentry 'Reboot' { linux /k b; reboot; }\n"
          "menuentry 'Shutdown' { halt; }\nmenuentry 'memtest' { linux16 /memtest.bin; }\n",
          "Linux | /k | | a");
    assert_int_equal(f->menu.count, 2);
    assert_string_equal(f->menu.entries[1].index, "3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_debian_12),
        fixture_test(test_debian_separate_boot),
        fixture_test(test_ubuntu_recordfail),
        fixture_test(test_ubuntu_advanced_saved),
        fixture_test(test_fedora_39),
        fixture_test(test_rhel_9_saved_entry),
        fixture_test(test_suse_subvolumes),
        fixture_test(test_suse_commands),
        fixture_test(test_suse_grub_cfg),
        fixture_test(test_blscfg_order),
        fixture_test(test_blscfg_words),
        fixture_test(test_blscfg_arguments),
        fixture_test(test_rhel_7),
        fixture_test(test_efi_stub),
        fixture_test(test_suse_15_btrfs),
        fixture_test(test_arch_two_ramdisks),
        fixture_test(test_alpine),
        fixture_test(test_xen_dom0),
        fixture_test(test_windows_first),
        fixture_test(test_default_that_is_no_linux),
        fixture_test(test_memtest_and_reboot),
    };
    return cmocka_run_group_tests_name("grub2_distros", tests, NULL, NULL);
}
