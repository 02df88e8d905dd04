/* From types to sentences. See unreadable.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/unreadable.h"

#include <stdlib.h>
#include <string.h>

#include "common/kernel_magic.h"
#include "fsprobe/filesystems.h"
#include "fsprobe/fs/source.h"

/* A disk that begins with so many zeros is empty. Bytes. */
#define ZEROS (1024 * 1024)

#define GRUB   "GRUB for PV or PVH guests (as the guest's kernel) can"
#define MOVE   "put the guest's /boot on another filesystem, ext4 or XFS"
#define RAW    "and not a raw disk: `qemu-img convert -O raw` makes one of it"
#define UNPACK "unpack it first"

/* What volumes of a type are said to be; a type without a line is told by its name. */
static const struct {
    const char *type, *sentence;
} kinds[] = {
    {"crypto_LUKS",
     "is encrypted (LUKS), which cannot be read here; " GRUB ", or put /boot outside "
     "of it"},
    {"zfs_member", "is a part of a ZFS pool, which is not read here; " GRUB},
    {"jfs", "is JFS, which is not read here; " GRUB ", or " MOVE},
    {"f2fs", "is F2FS, which is not read here; " GRUB ", or " MOVE},
    {"nilfs2", "is NILFS2, which is not read here; " MOVE},
    {"bcachefs", "is bcachefs, which is not read here; " MOVE},
    {"ntfs", "is NTFS, and no kernel is booted from that"},
    {"exfat", "is exFAT, and no kernel is booted from that"},
    {"LVM2_member", "is a physical volume of LVM without a logical volume that can be read"},
    {"jbd", "is the journal of another filesystem"},
    {"qcow2", "is a qcow2 image " RAW},
    {"vhd", "is a VHD image " RAW},
    {"vhdx", "is a VHDX image " RAW},
    {"vmdk", "is a VMDK image " RAW},
    {"vdi", "is a VDI image " RAW},
    {"gzip", "is compressed (gzip): " UNPACK},
    {"xz", "is compressed (xz): " UNPACK},
    {"zstd", "is compressed (zstd): " UNPACK},
    {"bzip2", "is compressed (bzip2): " UNPACK},
    {"lz4", "is compressed (lz4): " UNPACK},
};

static char *by_type(const struct volume *volume)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        if (strcmp(kinds[i].type, volume->type) == 0)
            return xasprintf("%s %s", volume->where, kinds[i].sentence);
    return xasprintf("%s is %s, which is not read here; " MOVE, volume->where, volume->type);
}

static bool is_zeros(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i])
            return false;
    return true;
}

/* A disk without a table that holds nothing that is known. */
static char *by_bytes(const struct volume *disk)
{
    size_t length = disk->size < ZEROS ? (size_t)disk->size : ZEROS;
    auto_free unsigned char *bytes = xmalloc(length + 1);
    auto_error struct error err = ERROR_INIT;

    if (length == 0)
        return xasprintf("%s has 0 bytes", disk->where);
    if (source_read(disk->source, 0, bytes, length, &err) < 0)
        return xasprintf("%s cannot be read: %s", disk->where, err.text);
    if (is_zeros(bytes, length))
        return xasprintf("%s is empty (it begins with zeros): nothing was installed on it yet",
                         disk->where);
    if (kernel_magic(bytes, length < KERNEL_HEAD ? length : KERNEL_HEAD))
        return xasprintf("%s is a kernel, and no disk: `eliloader identify` tells of it",
                         disk->where);
    return xasprintf("%s has no partition table, and nothing that is known", disk->where);
}

/* Why VOLUME cannot be read; NULL: it can, or nobody asks. The caller frees. */
static char *sentence_of(const struct guest *guest, size_t index)
{
    const struct volume *volume = &guest->volumes[index];

    if (volume->filesystem || guest_is_member(guest, index))
        return NULL;
    if (volume->refusal)
        return xstrdup(volume->refusal);
    if (!volume->type)
        return volume->kind == VOLUME_PLACE && volume->partition == 0 && volume->source
                   ? by_bytes(volume)
                   : NULL;
    /* that its filesystem cannot be opened was told then */
    if (strcmp(volume->type, "swap") == 0 || filesystem_of(volume->type))
        return NULL;
    return by_type(volume);
}

size_t unreadable_add(const struct guest *guest, struct buffer *out)
{
    size_t told = 0;

    for (size_t i = 0; i < guest->volume_count && told < UNREADABLE_TOLD_MAX; i++) {
        auto_free char *sentence = sentence_of(guest, i);
        if (!sentence || (out->length && strstr(buffer_text(out), sentence)))
            continue;
        (void)buffer_addf(out, "%s%s", told++ ? "; " : "", sentence);
    }
    return told;
}
