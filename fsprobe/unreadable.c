/* From types to sentences. See unreadable.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/unreadable.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/kernel_magic.h"
#include "fsprobe/disk/way_out.h"
#include "fsprobe/filesystems.h"
#include "fsprobe/fs/source.h"

/* A disk that begins with so many zeros is empty. Bytes. */
#define ZEROS (1024 * 1024)

#define SECTOR 512

/* Why one volume is not read. */
struct reason {
    char *text; /* a sentence; owned; NULL: it is read, or nobody asks */
    enum way_out_rank rank;
};

static void free_reason(struct reason *reason)
{
    free(reason->text);
}
#define auto_reason __attribute__((cleanup(free_reason)))

/* "encrypted (LUKS): …", with the way out. The caller frees. */
static char *describe(const char *type)
{
    const struct way_out *kind = way_out_of(type);

    if (!kind)
        return xasprintf("%s, which is not read here: %s", type, way_out_usual());
    return kind->way ? xasprintf("%s: %s", kind->what, kind->way) : xstrdup(kind->what);
}

static struct reason by_type(const struct volume *volume)
{
    const struct way_out *kind = way_out_of(volume->type);
    auto_free char *what = describe(volume->type);

    return (struct reason){xasprintf("%s is %s", volume->where, what),
                           kind ? kind->rank : WAY_OUT_LIKELY};
}

static bool is_zeros(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i])
            return false;
    return true;
}

/* The first bytes of a disk; NULL with ERR when they cannot be read. The caller frees. */
static unsigned char *begin_of(const struct volume *disk, size_t *length, struct error *err)
{
    *length = disk->size < ZEROS ? (size_t)disk->size : ZEROS;
    auto_free unsigned char *bytes = xmalloc(*length + 1);

    if (*length && source_read(disk->source, 0, bytes, *length, err) < 0)
        return NULL;
    return take_pointer(bytes);
}

/* By the marks in the last sectors: those of Intel's Matrix RAID, and of SNIA's common format. */
static bool is_firmware_raid(const struct volume *disk)
{
    auto_error struct error ignored = ERROR_INIT;
    unsigned char last[2 * SECTOR];
    uint64_t sectors = disk->size / SECTOR;

    return sectors >= 2 &&
           source_read(disk->source, (sectors - 2) * SECTOR, last, sizeof last, &ignored) == 0 &&
           (memcmp(last, "Intel Raid ISM Cfg Sig. ", 24) == 0 ||
            memcmp(last + SECTOR, "\xDE\x11\xDE\x11", 4) == 0);
}

/* A disk without a table that holds nothing that is known. */
static struct reason by_bytes(const struct volume *disk)
{
    auto_error struct error err = ERROR_INIT;
    size_t length;
    auto_free unsigned char *bytes = begin_of(disk, &length, &err);

    if (!bytes)
        return (struct reason){xasprintf("%s cannot be read: %s", disk->where, err.text),
                               WAY_OUT_LIKELY};
    if (length == 0)
        return (struct reason){xasprintf("%s has 0 bytes", disk->where), WAY_OUT_NOTHING};
    if (is_zeros(bytes, length))
        return (struct reason){
            xasprintf("%s is empty (it begins with zeros): nothing was installed on it yet",
                      disk->where),
            WAY_OUT_NOTHING};
    if (kernel_magic(bytes, length < KERNEL_HEAD ? length : KERNEL_HEAD))
        return (struct reason){
            xasprintf("%s is a kernel and no disk: `eliloader identify` tells of it", disk->where),
            WAY_OUT_LIKELY};
    if (is_firmware_raid(disk))
        return (struct reason){
            xasprintf("%s is a part of a RAID that firmware keeps (IMSM or DDF), which is not read "
                      "here: make a RAID 1 of md's own for the guest's /boot",
                      disk->where),
            WAY_OUT_LIKELY};
    return (struct reason){
        xasprintf("%s has no partition table, and nothing that is known", disk->where),
        WAY_OUT_UNLIKELY};
}

static bool is_whole_disk(const struct volume *volume)
{
    return volume->kind == VOLUME_PLACE && volume->partition == 0 && volume->source;
}

/* What its table calls it: by the UUID of a GPT, or the byte of an MBR. */
static bool is_efi(const struct volume *volume)
{
    return volume->part_type &&
           (strcasecmp(volume->part_type, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b") == 0 ||
            strcmp(volume->part_type, "0xef") == 0);
}

/* A volume that holds nothing that is known. Of partitions inside of others nobody asks. */
static struct reason by_place(const struct volume *volume)
{
    if (is_whole_disk(volume))
        return by_bytes(volume);
    if (volume->kind == VOLUME_INSIDE || !volume->source)
        return (struct reason){.text = NULL};
    return (struct reason){
        xasprintf("%s%s holds nothing that is known", volume->where,
                  is_efi(volume) ? ", an EFI system partition by its table," : ""),
        WAY_OUT_NOTHING};
}

/* Whether the guest has nothing but an ISO image; one beside its disk is for something else. */
static bool is_medium(const struct guest *guest, const struct volume *volume)
{
    return guest->disk_count == 1 && is_whole_disk(volume) && volume->filesystem && volume->type &&
           strcmp(volume->type, "iso9660") == 0;
}

static struct reason reason_of(const struct guest *guest, size_t index)
{
    const struct volume *volume = &guest->volumes[index];

    if (is_medium(guest, volume))
        return (struct reason){
            xasprintf("%s is an ISO image, as installation media are, and not an installed disk: "
                      "`eliloader identify` tells of it",
                      volume->where),
            WAY_OUT_LIKELY};
    /* that a filesystem cannot be opened was told then */
    if (volume->filesystem || guest_is_member(guest, index) || filesystem_of(volume->type))
        return (struct reason){.text = NULL};
    if (volume->refusal)
        return (struct reason){xstrdup(volume->refusal), WAY_OUT_LIKELY};
    if (!volume->type)
        return by_place(volume);
    if (strcmp(volume->type, "swap") == 0 || strcmp(volume->type, "bsd") == 0)
        return (struct reason){.text = NULL};
    return by_type(volume);
}

/* Whether TEXT has it already, by unreadable_file(). */
static bool is_told(const struct volume *volume, const char *text)
{
    auto_free char *clause = xasprintf(" is on %s, which ", volume->where);

    return strstr(text, clause) != NULL;
}

/* Adds the reasons of RANK, as many as there is room for. How many. */
static size_t add_rank(const struct guest *guest, enum way_out_rank rank, const char *said,
                       struct buffer *out)
{
    size_t count = 0;

    for (size_t i = 0; i < guest->volume_count && count < UNREADABLE_TOLD_MAX; i++) {
        auto_reason struct reason reason = reason_of(guest, i);
        if (!reason.text || reason.rank != rank || is_told(&guest->volumes[i], said) ||
            (out->length && strstr(buffer_text(out), reason.text)))
            continue;
        (void)buffer_addf(out, "%s%s", count++ ? "; " : "", reason.text);
    }
    return count;
}

size_t unreadable_add(const struct guest *guest, enum unreadable_what what, const char *said,
                      struct buffer *out)
{
    size_t count = add_rank(guest, WAY_OUT_LIKELY, said, out);

    if (what == UNREADABLE_ALL && count == 0)
        count = add_rank(guest, WAY_OUT_UNLIKELY, said, out);
    if (what == UNREADABLE_ALL && count == 0)
        count = add_rank(guest, WAY_OUT_NOTHING, said, out);
    return count;
}

char *unreadable_file(const struct guest *guest, size_t index, const char *path)
{
    const struct volume *volume = &guest->volumes[index];

    if (volume->filesystem)
        return NULL;
    if (volume->refusal)
        return xasprintf("%s is on %s, which cannot be read: %s", path, volume->where,
                         volume->refusal);
    if (!volume->type)
        return xasprintf("%s is on %s, which holds nothing that is known", path, volume->where);
    auto_free char *what = describe(volume->type);
    return xasprintf("%s is on %s, which is %s", path, volume->where, what);
}

bool unreadable_blank(const struct guest *guest, unsigned disk)
{
    bool blank = false;

    for (size_t i = 0; i < guest->volume_count; i++) {
        const struct volume *volume = &guest->volumes[i];
        auto_error struct error ignored = ERROR_INIT;
        size_t length;
        if (volume->disk != disk)
            continue;
        if (!is_whole_disk(volume) || volume->type || volume->refusal)
            return false;
        auto_free unsigned char *bytes = begin_of(volume, &length, &ignored);
        blank = bytes && is_zeros(bytes, length);
    }
    return blank;
}
