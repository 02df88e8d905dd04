/* `struct filesystem` for Btrfs. See btrfs.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/btrfs/btrfs.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/fs/btrfs/extents.h"
#include "fsprobe/fs/btrfs/inode.h"
#include "fsprobe/fs/btrfs/subvolume.h"
#include "fsprobe/fs/guest.h"

static const char *const types[] = {"btrfs", NULL};

#define DEVICE_FSID 82 /* bytes into a device item: whose device it is */

static void btrfs_free(struct btrfs *btrfs)
{
    btrfs_trees_free(&btrfs->trees);
    btrfs_unpacker_free(&btrfs->unpacker);
    source_free(btrfs->space ? &btrfs->space->source : NULL);
    free(btrfs);
}

/* The chunks in the superblock: a key each, and its item. */
static int add_system_chunks(struct btrfs *btrfs, struct error *err)
{
    const struct btrfs_super *super = &btrfs->super;
    size_t at = 0;

    while (at < super->system_size) {
        const unsigned char *here = super->system + at, *item = here + BTRFS_KEY_SIZE;
        size_t left = super->system_size - at, size = 0;
        if (left > BTRFS_KEY_SIZE)
            size = btrfs_chunk_size(item, left - BTRFS_KEY_SIZE);
        if (size == 0 || btrfs_key_at(here).type != BTRFS_CHUNK_ITEM)
            return error_set(err, ERROR_INTERNAL, "the chunks in the superblock are damaged");
        if (btrfs_space_add(btrfs->space, btrfs_key_at(here).offset, item, size, true, err) < 0)
            return -1;
        at += BTRFS_KEY_SIZE + size;
    }
    return 0;
}

/* As btrfs_space.find: by the chunk tree, which itself is in system chunks only. */
static int find_chunk(void *context, uint64_t logical, struct error *err)
{
    struct btrfs *btrfs = context;
    const struct btrfs_key key = {BTRFS_CHUNKS, BTRFS_CHUNK_ITEM, logical};
    struct btrfs_item item;
    int result;

    btrfs->space->find = NULL;
    result = btrfs_tree_before(&btrfs->trees, &btrfs->chunks, &key, &item, err);
    btrfs->space->find = find_chunk;
    if (result <= 0)
        return result;
    if (item.key.objectid != BTRFS_CHUNKS || item.key.type != BTRFS_CHUNK_ITEM)
        return 0;
    /* One that ends before LOGICAL is known by now, or of no use. */
    if (btrfs_chunk_size(item.data, item.size) != item.size ||
        logical - item.key.offset >= get_le64(item.data))
        return 0;
    return btrfs_space_add(btrfs->space, item.key.offset, item.data, item.size, false, err) < 0 ? -1
                                                                                                : 1;
}

static void add_device(struct btrfs *btrfs, struct source *source, const struct btrfs_super *super)
{
    struct btrfs_space *space = btrfs->space;
    struct btrfs_device *device = &space->devices[space->device_count];

    if (space->device_count == BTRFS_DEVICES_MAX)
        return;
    *device = (struct btrfs_device){.source = source,
                                    .id = super->device,
                                    .stale = super->generation < btrfs->super.generation};
    memcpy(device->uuid, super->device_uuid, BTRFS_UUID_SIZE);
    space->device_count++;
}

/* Whether VOLUME's superblock is one of the filesystem of MINE. */
static bool is_other_device(const struct volume *volume, const struct btrfs_super *mine,
                            struct btrfs_super *super)
{
    auto_error struct error why = ERROR_INIT;

    return volume->source && volume->type && strcmp(volume->type, types[0]) == 0 &&
           btrfs_super_read(volume->source, super, &why) == 0 &&
           memcmp(super->fsid, mine->fsid, BTRFS_UUID_SIZE) == 0;
}

/* Takes the newest superblock of all devices, and then the devices: one that missed a commit is not
 * to be asked for what another has too. */
static void find_devices(struct btrfs *btrfs, struct guest *guest, const struct volume *volume)
{
    const struct btrfs_super mine = btrfs->super;
    struct btrfs_super super;

    for (unsigned turn = 0; turn < 2; turn++) {
        if (turn)
            add_device(btrfs, volume->source, &mine);
        for (size_t i = 0; i < guest->volume_count && mine.device_count > 1; i++) {
            const struct volume *other = &guest->volumes[i];
            if (other == volume || !is_other_device(other, &mine, &super))
                continue;
            if (turn)
                add_device(btrfs, other->source, &super);
            else if (super.generation > btrfs->super.generation)
                btrfs->super = super;
        }
    }
}

static int open_trees(struct btrfs *btrfs, struct error *err)
{
    const struct btrfs_super *super = &btrfs->super;
    struct btrfs_tree top;

    btrfs->space->sector_size = super->sector_size;
    btrfs_trees_init(&btrfs->trees, super, btrfs->space);
    btrfs->chunks = (struct btrfs_tree){BTRFS_CHUNK_TREE, super->chunk_root,
                                        super->chunk_generation, super->chunk_level};
    btrfs->roots =
        (struct btrfs_tree){BTRFS_ROOT_TREE, super->root, super->generation, super->root_level};
    if (add_system_chunks(btrfs, err) < 0)
        return -1;
    btrfs->space->find = find_chunk;
    btrfs->space->context = btrfs;
    int result = btrfs_subvolume_tree(btrfs, BTRFS_TOP, &top, err);
    if (result == 0)
        return error_set(err, ERROR_INTERNAL, "it has no tree of files");
    return result < 0 ? -1 : 0;
}

/* Whether one of its devices is that of another filesystem, out of which it grew: a seed. */
static bool has_seed(struct btrfs *btrfs)
{
    const struct btrfs_key first = {BTRFS_DEVICE_ITEMS, BTRFS_DEVICE_ITEM, 0};
    struct btrfs_cursor cursor = btrfs_cursor_at(&btrfs->trees, &btrfs->chunks, &first);
    auto_error struct error ignored = ERROR_INIT;
    struct btrfs_item item;

    for (unsigned i = 0; i < BTRFS_DEVICES_MAX; i++) {
        if (btrfs_cursor_next(&cursor, &item, &ignored) <= 0 ||
            item.key.type != BTRFS_DEVICE_ITEM || item.size < DEVICE_FSID + BTRFS_UUID_SIZE)
            return false;
        if (memcmp(item.data + DEVICE_FSID, btrfs->super.fsid, BTRFS_UUID_SIZE) != 0)
            return true;
    }
    return false;
}

/* What a person should know though files can be read. */
static char *make_note(struct btrfs *btrfs, const struct volume *volume)
{
    if (btrfs->space->device_count < btrfs->super.device_count && has_seed(btrfs))
        return xasprintf("%s is a Btrfs that grew out of a seed device, which is not read with it: "
                         "what stands there only cannot be read; `btrfs device remove` of the seed "
                         "in the guest brings all of it here",
                         volume->where);
    if (btrfs->space->device_count < btrfs->super.device_count)
        return xasprintf("%s is one of %llu devices of a Btrfs, and this guest's bootloader was "
                         "given %zu of them: what stands on the others only cannot be read",
                         volume->where, (unsigned long long)btrfs->super.device_count,
                         btrfs->space->device_count);
    if (btrfs->super.has_log)
        return xasprintf("%s was not unmounted: its newest changes may be missing in what is "
                         "found there",
                         volume->where);
    return NULL;
}

/* Tells VOLUME which ones the filesystem stands on, where these are several. */
static void set_devices(const struct btrfs *btrfs, const struct guest *guest, struct volume *volume)
{
    const struct btrfs_space *space = btrfs->space;

    if (space->device_count > 1)
        volume->devices_of = xcalloc(space->device_count, sizeof *volume->devices_of);
    for (size_t i = 0; i < guest->volume_count && volume->devices_of; i++)
        for (size_t k = 0; k < space->device_count; k++)
            if (guest->volumes[i].source == space->devices[k].source)
                volume->devices_of[volume->device_count++] = i;
    if (btrfs->super.device_count > space->device_count)
        volume->missing = btrfs->super.device_count - space->device_count > BTRFS_DEVICES_MAX
                              ? BTRFS_DEVICES_MAX
                              : (unsigned)(btrfs->super.device_count - space->device_count);
}

static int open_of(struct guest *guest, struct volume *volume, char **note, struct error *err)
{
    struct btrfs *btrfs = xcalloc(1, sizeof *btrfs);

    *note = NULL;
    if (btrfs_super_read(volume->source, &btrfs->super, err) == 0) {
        btrfs->space = btrfs_space_new(volume->source->budget);
        btrfs->nodes = (struct nodes){&btrfs_node_ops, &btrfs->space->source, NULL};
        find_devices(btrfs, guest, volume);
        if (open_trees(btrfs, err) == 0) {
            *note = make_note(btrfs, volume);
            set_devices(btrfs, guest, volume);
            volume->state = btrfs;
            volume->filesystem = &btrfs_filesystem;
            return 0;
        }
    }
    btrfs_free(btrfs);
    return error_prefix(err, "cannot open the filesystem of %s", volume->where);
}

static int unpack_of(struct volume *volume, const struct file_run *run, unsigned char *out,
                     struct error *err)
{
    return btrfs_extents_unpack(volume->state, run, out, err);
}

static int subvolume_of(struct volume *volume, uint64_t id, struct buffer *path, struct error *err)
{
    struct btrfs *btrfs = volume->state;
    int result = 1;

    if (id == 0)
        result = btrfs_subvolume_default(btrfs, &id, err);
    if (result > 0)
        result = btrfs_subvolume_path(btrfs, id, path, err);
    if (result < 0)
        return error_prefix(err, "cannot find a subvolume of %s", volume->where);
    return result;
}

static int subvolumes_of(struct volume *volume,
                         bool (*each)(void *context, const struct subvolume *subvolume),
                         void *context, struct error *err)
{
    if (btrfs_subvolume_list(volume->state, each, context, err) == 0)
        return 1;
    return error_prefix(err, "cannot list the subvolumes of %s", volume->where);
}

static void close_of(struct volume *volume)
{
    btrfs_free(volume->state);
    free(volume->devices_of);
    volume->devices_of = NULL;
    volume->device_count = 0;
    volume->state = NULL;
    volume->filesystem = NULL;
}

const struct filesystem btrfs_filesystem = {.name = "Btrfs",
                                            .types = types,
                                            .open = open_of,
                                            .status = nodes_status,
                                            .read = nodes_read,
                                            .read_part = nodes_read_part,
                                            .list = nodes_list,
                                            .map = nodes_map,
                                            .unpack = unpack_of,
                                            .subvolume = subvolume_of,
                                            .subvolumes = subvolumes_of,
                                            .close = close_of};
