/* `struct filesystem` for ISO 9660. A node goes by where its directory is, or itself if it is one,
 * and where its record is. See iso9660.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/iso9660/iso9660.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/fs/iso9660/iso9660_dir.h"
#include "fsprobe/fs/iso9660/iso9660_record.h"
#include "fsprobe/fs/iso9660/iso9660_rock.h"
#include "fsprobe/fs/iso9660/iso9660_volume.h"
#include "fsprobe/fs/source.h"

static struct iso_extent extent_of(const struct node *node)
{
    return (struct iso_extent){node->id[0], node->id[1]};
}

static int root_node(void *state, struct node *root, struct error *err)
{
    const struct iso *iso = state;

    (void)err;
    *root = (struct node){.id = {iso->root.place, iso->root.size}, .kind = NODE_DIRECTORY};
    return 0;
}

struct wanted {
    const char *name;
    size_t length;
    bool is_found;          /* but for its case */
    struct iso_entry entry; /* its name is not there any more */
};

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* The name itself, or else the first that differs in case only, as GRUB and syslinux find it. */
static bool try_name(void *context, const struct iso_entry *entry)
{
    struct wanted *wanted = context;
    size_t same = 0;

    if (entry->length != wanted->length)
        return true;
    bool exact = memcmp(entry->name, wanted->name, entry->length) == 0;
    while (same < entry->length && lower(entry->name[same]) == lower(wanted->name[same]))
        same++;
    if (exact || (!wanted->is_found && same == entry->length)) {
        wanted->is_found = true;
        wanted->entry = *entry;
    }
    return !exact;
}

static int lookup(void *state, const struct node *directory, const char *name, size_t length,
                  struct node *found, struct error *err)
{
    struct wanted wanted = {.name = name, .length = length};
    struct iso_extent extent = extent_of(directory);
    struct iso_entry *entry = &wanted.entry;

    if (iso_dir_each(state, &extent, try_name, &wanted, err) < 0)
        return -1;
    if (!wanted.is_found)
        return 0;
    *found = (struct node){
        .id = {extent.place, extent.size, entry->at}, .kind = entry->kind, .size = entry->size};
    if (entry->kind != NODE_DIRECTORY)
        return 1;
    if (entry->extent.size == 0 &&
        iso_dir_find(state, entry->extent.place, &entry->extent, err) < 0)
        return -1;
    *found = (struct node){.id = {entry->extent.place, entry->extent.size}, .kind = NODE_DIRECTORY};
    return 1;
}

struct name_listing {
    bool (*each)(void *context, const char *name, size_t length);
    void *context;
};

static bool list_name(void *context, const struct iso_entry *entry)
{
    const struct name_listing *listing = context;

    return listing->each(listing->context, entry->name, entry->length);
}

static int each_name(void *state, const struct node *directory,
                     bool (*each)(void *context, const char *name, size_t length), void *context,
                     struct error *err)
{
    struct name_listing listing = {each, context};
    struct iso_extent extent = extent_of(directory);

    return iso_dir_each(state, &extent, list_name, &listing, err);
}

struct record_read {
    struct iso *iso;
    struct buffer *target; /* of a link; NULL: see MAP */
    struct file_map *map;
    uint64_t end; /* of the parts so far, in the file */
};

static int read_target(void *context, const struct iso_record *record, struct error *err)
{
    const struct record_read *read = context;
    struct iso_rock rock;

    return iso_rock_read(read->iso, record, &rock, read->target, err) < 0 ? -1 : 0;
}

static int read_link(void *state, const struct node *node, struct buffer *target, struct error *err)
{
    struct record_read read = {.iso = state, .target = target};
    struct iso_extent directory = extent_of(node);

    return iso_records_each(state, &directory, node->id[2], read_target, &read, err) < 0 ? -1 : 0;
}

static int map_part(void *context, const struct iso_record *record, struct error *err)
{
    struct record_read *read = context;
    const struct file_run run = {
        .at = read->end, .place = record->extent.place, .length = record->extent.size};
    struct iso_rock rock = {.packed = false};

    if (read->iso->names == ISO_ROCK_RIDGE && read->end == 0 &&
        iso_rock_read(read->iso, record, &rock, NULL, err) < 0)
        return -1;
    if (rock.packed)
        return error_set(err, ERROR_INTERNAL, "it is packed (zisofs), which is not known here");
    if (record->interleaved)
        return error_set(err, ERROR_INTERNAL, "it is interleaved, which is not known here");
    if (iso_check_extent(read->iso, &record->extent, err) < 0)
        return -1;
    if (!file_map_add(read->map, &run))
        return error_set(err, ERROR_INTERNAL, "it is in more than %d pieces", FILE_RUNS_MAX);
    read->end += record->extent.size;
    return (record->flags & ISO_GOES_ON) != 0;
}

static int map_file(void *state, const struct node *node, uint64_t end, struct file_map *map,
                    struct error *err)
{
    struct record_read read = {.iso = state, .map = map};
    struct iso_extent directory = extent_of(node);

    (void)end; /* there are not many parts */
    if (node->size == 0)
        return 0;
    if (iso_records_each(state, &directory, node->id[2], map_part, &read, err) < 0)
        return -1;
    /* the guest may write while we read */
    if (read.end != node->size)
        return error_set(err, ERROR_INTERNAL, "it changes while it is read");
    return 0;
}

static const struct node_ops operations = {
    .root = root_node,
    .lookup = lookup,
    .each = each_name,
    .link = read_link,
    .map = map_file,
};

static int open_iso(struct guest *guest, struct volume *volume, char **note, struct error *err)
{
    struct iso *iso = nodes_new(sizeof *iso, &operations, volume);

    (void)guest;
    *note = NULL;
    volume->source->sector = ISO_SECTOR;
    if (iso_volume_load(iso, err) < 0) {
        nodes_free(iso);
        return error_prefix(err, "cannot read the ISO 9660 of %s", volume->where);
    }
    if (iso->size > volume->size)
        *note = xasprintf("the ISO 9660 of %s is cut off: it should have %llu bytes and has %llu",
                          volume->where, (unsigned long long)iso->size,
                          (unsigned long long)volume->size);
    volume->state = iso;
    volume->filesystem = &iso9660_filesystem;
    return 0;
}

static const char *const types[] = {"iso9660", NULL};

const struct filesystem iso9660_filesystem = {
    .name = "ISO 9660",
    .types = types,
    .open = open_iso,
    .status = nodes_status,
    .read = nodes_read,
    .read_part = nodes_read_part,
    .list = nodes_list,
    .map = nodes_map,
    .close = nodes_close,
};
