/* Directories: the name of each file in the way in which the filesystem keeps names, and what it
 * is. See iso9660_dir.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/iso9660/iso9660_dir.h"

#include <string.h>
#include <sys/stat.h>

#include "common/bytes.h"
#include "fsprobe/fs/iso9660/iso9660_record.h"
#include "fsprobe/fs/iso9660/iso9660_rock.h"
#include "fsprobe/fs/utf16.h"

#define NAME_MAX_BYTES 255 /* of a record */

struct dir_walk {
    struct iso *iso;
    bool (*each)(void *context, const struct iso_entry *entry);
    void *context;
    bool open;      /* further records of ENTRY are to come */
    bool skip;      /* and it is not shown */
    unsigned parts; /* records of it so far */
    struct iso_entry entry;
    char name[NAME_MAX_BYTES * UTF16_EXPANDS];
    struct iso_rock rock;
};

/* Without ";1", or what other number the version has, and without a dot that has nothing behind. */
static size_t plain_name(const unsigned char *from, size_t length, char *out)
{
    const unsigned char *version = memchr(from, ';', length);

    if (version)
        length = (size_t)(version - from);
    if (length > 1 && from[length - 1] == '.')
        length--;
    for (size_t i = 0; i < length; i++)
        out[i] = (char)(from[i] >= 'A' && from[i] <= 'Z' ? from[i] - 'A' + 'a' : from[i]);
    return length;
}

static size_t joliet_name(const unsigned char *from, size_t length, char *out)
{
    uint16_t units[NAME_MAX_BYTES / 2];
    size_t count = length / 2;

    for (size_t i = 0; i < count; i++)
        units[i] = get_be16(from + 2 * i);
    if (count > 2 && units[count - 2] == ';' && units[count - 1] == '1')
        count -= 2;
    return utf16_to_utf8(units, count, out);
}

static void take_name(struct dir_walk *walk, const struct iso_record *record)
{
    struct iso_entry *entry = &walk->entry;

    entry->name = walk->name;
    if (walk->iso->names == ISO_ROCK_RIDGE && walk->rock.length) {
        entry->name = walk->rock.name;
        entry->length = walk->rock.length;
    } else if (walk->iso->names == ISO_JOLIET) {
        entry->length = joliet_name(record->name, record->name_length, walk->name);
    } else {
        entry->length = plain_name(record->name, record->name_length, walk->name);
    }
}

static enum node_kind kind_of(const struct iso_record *record, const struct iso_rock *rock)
{
    if (rock->elsewhere || (record->flags & ISO_DIRECTORY))
        return NODE_DIRECTORY;
    if (!rock->has_mode || S_ISREG(rock->mode))
        return NODE_FILE;
    return S_ISLNK(rock->mode) ? NODE_LINK : NODE_OTHER;
}

/* The first record of a file or directory. */
static int begin_entry(struct dir_walk *walk, const struct iso_record *record, struct error *err)
{
    walk->rock = (struct iso_rock){.length = 0};
    if (walk->iso->names == ISO_ROCK_RIDGE &&
        iso_rock_read(walk->iso, record, &walk->rock, NULL, err) < 0)
        return -1;
    walk->parts = 0;
    walk->skip = walk->rock.moved || (record->flags & ISO_ASSOCIATED) ||
                 (record->name_length == 1 && record->name[0] <= 1); /* "." and ".." */
    walk->entry = (struct iso_entry){
        .at = record->at, .kind = kind_of(record, &walk->rock), .extent = record->extent};
    if (walk->rock.elsewhere)
        walk->entry.extent =
            (struct iso_extent){(uint64_t)walk->rock.moved_to * walk->iso->block, 0};
    take_name(walk, record);
    return 0;
}

static int walk_record(void *context, const struct iso_record *record, struct error *err)
{
    struct dir_walk *walk = context;

    if (!walk->open && begin_entry(walk, record, err) < 0)
        return -1;
    if (++walk->parts > ISO_PARTS_MAX)
        return error_set(err, ERROR_INTERNAL, "a file is in more than %d parts", ISO_PARTS_MAX);
    walk->entry.size += record->extent.size;
    walk->open = record->flags & ISO_GOES_ON;
    return walk->open || walk->skip || walk->each(walk->context, &walk->entry);
}

int iso_dir_each(struct iso *iso, const struct iso_extent *directory,
                 bool (*each)(void *context, const struct iso_entry *entry), void *context,
                 struct error *err)
{
    struct dir_walk walk = {.iso = iso, .each = each, .context = context};

    if (iso_records_each(iso, directory, directory->place, walk_record, &walk, err) < 0)
        return -1;
    if (walk.open)
        return error_set(err, ERROR_INTERNAL, "a directory ends inside a file");
    return 0;
}

static int take_own(void *context, const struct iso_record *record, struct error *err)
{
    struct iso_extent *extent = context;

    if (record->extent.place != extent->place || !(record->flags & ISO_DIRECTORY))
        return error_set(err, ERROR_INTERNAL, "a directory that was moved is not at byte %llu",
                         (unsigned long long)extent->place);
    extent->size = record->extent.size;
    return 0;
}

int iso_dir_find(struct iso *iso, uint64_t place, struct iso_extent *extent, struct error *err)
{
    const struct iso_extent first = {place, ISO_RECORD_MAX};

    *extent = (struct iso_extent){place, 0};
    return iso_records_each(iso, &first, place, take_own, extent, err) < 0 ? -1 : 0;
}
