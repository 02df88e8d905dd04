/* GRUB as the kernel of a guest. See grub.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/sources/grub.h"

#include "common/text.h"
#include "loader/helpers/medium.h"
#include "loader/host/open_file.h"
#include "loader/sources/copy.h"

/* --- what it reads ----------------------------------------------------------------------- */

static bool begins_with_one(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; text && i < count; i++)
        if (text_starts(text, words[i]))
            return true;
    return false;
}

static bool is_member(const struct probed *probed, size_t index)
{
    for (size_t i = 0; i < probed->volume_count; i++)
        for (size_t k = 0; k < probed->volumes[i].member_count; k++)
            if (probed->volumes[i].members[k] == index)
                return true;
    return false;
}

/* Of what is made of others, and cannot be read: GRUB knows parity, and the guest has all of its
 * disks, of which a toolstack may have named the first alone. */
static bool layout_is_grubs(const struct probed_volume *volume)
{
    static const char *const parity[] = {"raid4", "raid5", "raid6"}, *const plain[] = {
                                                                         "linear", "striped",
                                                                         "mirror", "raid"};

    return begins_with_one(volume->layout, parity, ARRAY_SIZE(parity)) ||
           (volume->missing > 0 && begins_with_one(volume->layout, plain, ARRAY_SIZE(plain)));
}

/* As libblkid names them. A Btrfs that cannot be read may lack a device, as above; what is a part
 * of something that was found does not count. */
static bool is_grubs(const struct probed *probed, size_t index)
{
    static const char *const types[] = {"crypto_LUKS", "zfs_member", "linux_raid_member",
                                        "LVM2_member", "btrfs",      "f2fs",
                                        "jfs",         "nilfs2",     "hfsplus"};
    const struct probed_volume *volume = &probed->volumes[index];

    if (volume->readable || is_member(probed, index))
        return false;
    return volume->type ? begins_with_one(volume->type, types, ARRAY_SIZE(types))
                        : layout_is_grubs(volume);
}

bool grub_may_read(const struct probed *probed)
{
    for (size_t i = 0; i < probed->volume_count; i++)
        if (probed->volumes[i].disk == 0 && is_grubs(probed, i))
            return true;
    return false;
}

/* --- the file ---------------------------------------------------------------------------- */

/* The GRUB for guests of KIND, and the setting that says where it is. NULL: of no KIND. */
static const char *path_of(const struct settings *settings, enum guest_kind kind,
                           const char **setting)
{
    const struct {
        const char *setting, *path;
    } files[] = {
        [GUEST_PV] = {"grub-pv", settings->grub_pv},
        [GUEST_PV32] = {"grub-pv32", settings->grub_pv32},
        [GUEST_PVH] = {"grub-pvh", settings->grub_pvh},
    };

    *setting = files[kind].setting;
    return files[kind].path;
}

/* Opens it. A descriptor that the caller closes, and its PATH and SETTING; or -1 with ERR. */
static int open_grub(const struct settings *settings, enum guest_kind kind, const char **path,
                     const char **setting, struct error *err)
{
    *path = path_of(settings, kind, setting);
    if (!*path)
        return error_set(err, ERROR_INTERNAL,
                         "cannot hand the guest over to GRUB: each kind of guest has another, and "
                         "nobody says of which kind this one is; set guest-type = pv, pv32 or pvh");
    int fd = disk_open(*path, "file", false, ERROR_INTERNAL, err);
    if (fd < 0) {
        error_prefix(err, "cannot hand the guest over to GRUB");
        return error_hint(err,
                          "install it (Debian: the package grub-xen-host), or say where it is "
                          "with %s in %s",
                          *setting, settings->config);
    }
    return fd;
}

int grub_find(const struct settings *settings, enum guest_kind kind, struct error *err)
{
    const char *path, *setting;
    auto_fd int fd = open_grub(settings, kind, &path, &setting, err);

    return fd < 0 ? -1 : 0;
}

/* What was copied starts as such a guest. */
static int check(const struct settings *settings, enum guest_kind kind, int fd, const char *path,
                 const char *setting, struct error *err)
{
    auto_kernel_support struct kernel_support support = KERNEL_SUPPORT_INIT;

    if (kernel_support_look(settings, fd, path, &support, err) < 0)
        return -1;
    if (support.known && (kind == GUEST_PVH ? support.pvh : support.pv))
        return 0;
    return error_set(err, ERROR_INTERNAL,
                     "%s, which is %s in %s, is no kernel that a %s guest "
                     "starts with%s%s",
                     path, setting, settings->config, kind == GUEST_PVH ? "PVH" : "PV",
                     support.known ? "" : ": ", support.known ? "" : support.why);
}

int grub_take(const struct settings *settings, enum guest_kind kind, uint64_t kernel_max,
              struct outputs *outputs, struct error *err)
{
    const char *path, *setting;
    auto_fd int fd = open_grub(settings, kind, &path, &setting, err);
    const struct local_file file = {
        .fd = fd, .name = path, .kind = "kernel", .max = kernel_max, .quiet = settings->quiet};

    if (fd < 0 || outputs_make(outputs, &outputs->kernel, err) < 0 ||
        local_copy(&file, outputs->kernel.fd, err) < 0)
        return -1;
    return check(settings, kind, outputs->kernel.fd, path, setting, err);
}
