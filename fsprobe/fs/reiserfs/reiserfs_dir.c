/* Directories: items of entries by rising hash. The names stand at the item's end, the first one
 * last. See reiserfs_dir.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/reiserfs/reiserfs_dir.h"

#include <string.h>

#include "common/bytes.h"
#include "fsprobe/fs/reiserfs/reiserfs_hash.h"
#include "fsprobe/fs/reiserfs/reiserfs_tree.h"

#define ENTRY_SIZE  16
#define OFFSET_AT   0
#define FOLDER_AT   4
#define OBJECT_AT   8
#define LOCATION_AT 12
#define STATE_AT    14
#define VISIBLE     0x4

struct dir_walk {
    bool (*each)(void *context, const struct reiserfs_entry *entry);
    void *context;
    uint32_t first, last; /* offsets of the entries that are wanted */
};

static int bad(const struct reiserfs_item *item, const char *what, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "the directory of object %lu %s",
                     (unsigned long)item->key.object, what);
}

/* The entry at BYTES, whose name ends at END of the item. 1 go on, 0 enough, -1 with ERR. */
static int walk_entry(const struct dir_walk *walk, const struct reiserfs_item *item,
                      const unsigned char *bytes, uint32_t end, struct error *err)
{
    uint32_t location = get_le16(bytes + LOCATION_AT), offset = get_le32(bytes + OFFSET_AT);
    struct reiserfs_entry entry = {.name = (const char *)item->body + location,
                                   .folder = get_le32(bytes + FOLDER_AT),
                                   .object = get_le32(bytes + OBJECT_AT)};

    if (location < item->count * ENTRY_SIZE || location > end)
        return bad(item, "has a name outside it", err);
    if (offset > walk->last)
        return 0;
    entry.length = strnlen(entry.name, end - location);
    if (offset < walk->first || !(get_le16(bytes + STATE_AT) & VISIBLE))
        return 1;
    if (entry.length == 0 || entry.length > GUEST_NAME_MAX)
        return bad(item, "has a name of an impossible length", err);
    return walk->each(walk->context, &entry);
}

static int walk_item(void *context, const struct reiserfs_item *item, struct error *err)
{
    const struct dir_walk *walk = context;
    uint32_t end = item->length;
    int result = 1;

    if (item->key.type == REISERFS_STAT)
        return 1;
    if (item->key.type != REISERFS_DIRECTORY)
        return bad(item, "has an item that is none of a directory", err);
    if ((uint32_t)item->count * ENTRY_SIZE > item->length)
        return bad(item, "has more entries than it has room for", err);
    for (unsigned i = 0; i < item->count && result > 0; i++) {
        const unsigned char *entry = item->body + (size_t)i * ENTRY_SIZE;
        result = walk_entry(walk, item, entry, end, err);
        end = get_le16(entry + LOCATION_AT);
    }
    return result;
}

int reiserfs_dir_each(struct reiserfs *fs, uint32_t folder, uint32_t object,
                      bool (*each)(void *context, const struct reiserfs_entry *entry),
                      void *context, struct error *err)
{
    struct dir_walk walk = {each, context, 0, UINT32_MAX};

    return reiserfs_items_each(fs, folder, object, 0, walk_item, &walk, err);
}

struct wanted {
    const char *name;
    size_t length;
    struct reiserfs_entry *entry;
    bool is_found;
};

static bool try_name(void *context, const struct reiserfs_entry *entry)
{
    struct wanted *wanted = context;

    wanted->is_found =
        entry->length == wanted->length && memcmp(entry->name, wanted->name, entry->length) == 0;
    if (wanted->is_found)
        *wanted->entry = *entry;
    return !wanted->is_found;
}

int reiserfs_dir_lookup(struct reiserfs *fs, uint32_t folder, uint32_t object, const char *name,
                        size_t length, struct reiserfs_entry *entry, struct error *err)
{
    struct wanted wanted = {name, length, entry, false};
    struct dir_walk walk = {try_name, &wanted, 0, UINT32_MAX};

    if (reiserfs_hash_name(fs, name, length, &walk.first))
        walk.last = walk.first | REISERFS_HASH_LOW;
    if (reiserfs_items_each(fs, folder, object, walk.first, walk_item, &walk, err) < 0)
        return -1;
    return wanted.is_found;
}
