/* Where a file's blocks stand: the whole map of a file at once, as runs. Extent trees are walked
 * through libext2fs, which verifies their checksums; the block maps of ext2 and ext3 are read here,
 * each indirect block once.
 *
 * Format: the kernel's Documentation/filesystems/ext4, "The Contents of inode.i_block".
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/ext/ext_extents.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "fsprobe/fs/ext/ext_file.h"
#include "fsprobe/fs/ext/ext_io.h"

#define POINTER_BYTES sizeof(uint32_t)

struct mapping {
    struct ext *ext;
    const struct ext_node *node;
    struct file_map *map;
    uint64_t blocks; /* that the file's size takes */
    uint64_t next;   /* the first block that is not mapped yet */
};

/* COUNT blocks at LOGICAL of the file, which stand at PLACE and are no others' in the journal. */
static int add_run(struct mapping *mapping, uint64_t logical, uint64_t place, uint64_t count,
                   bool escaped, struct error *err)
{
    const struct ext_source *source = &mapping->ext->source;
    uint64_t size = source->block_size, at = logical * size, length = count * size;
    auto_file_map struct file_map pieces = FILE_MAP_INIT;

    if (length > mapping->map->size - at)
        length = mapping->map->size - at;
    if (place > source->base->size / size || length > source->base->size - place * size)
        return error_set(err, ERROR_INTERNAL,
                         "the filesystem is damaged: block %llu of the file is past the end of "
                         "its partition",
                         (unsigned long long)logical);
    if (!escaped)
        return source_map(source->base, place * size, length, at, mapping->map, err);
    /* The mark is in the first of the pieces, which must not become a part of the run before. */
    if (source_map(source->base, place * size, length, at, &pieces, err) < 0)
        return -1;
    for (size_t i = 0; i < pieces.count; i++) {
        pieces.runs[i].escaped = i == 0;
        if (!file_map_add(mapping->map, &pieces.runs[i]))
            return error_set(err, ERROR_INTERNAL, "it is in more than %d pieces", FILE_RUNS_MAX);
    }
    return 0;
}

/* COUNT blocks from LOGICAL on stand at PHYSICAL, or, each, where the journal has them. */
static int add_blocks(struct mapping *mapping, uint64_t logical, uint64_t physical, uint64_t count,
                      struct error *err)
{
    uint64_t all = ext2fs_blocks_count(mapping->ext->fs->super);

    /* Nothing of a file is where the superblock is, nor before. */
    if (physical <= SUPERBLOCK_OFFSET / mapping->ext->source.block_size || physical >= all ||
        count > all - physical)
        return error_set(err, ERROR_INTERNAL,
                         "the filesystem is damaged: block %llu of the file is said to be at %llu, "
                         "of %llu",
                         (unsigned long long)logical, (unsigned long long)physical,
                         (unsigned long long)all);
    if (logical >= mapping->blocks)
        return 0; /* space that was taken ahead, or fs-verity's hashes */
    if (count > mapping->blocks - logical)
        count = mapping->blocks - logical;
    while (count) {
        const struct ext_replay *newer = ext_replay_from(&mapping->ext->source, physical);
        bool here = newer && newer->block == physical;
        uint64_t part = here                                       ? 1
                        : newer && newer->block - physical < count ? newer->block - physical
                                                                   : count;

        if (add_run(mapping, logical, here ? newer->copy : physical, part, here && newer->escaped,
                    err) < 0)
            return -1;
        logical += part;
        physical += part;
        count -= part;
    }
    return 0;
}

/* --- extents ----------------------------------------------------------------------------- */

static int add_extent(struct mapping *mapping, const struct ext2fs_extent *extent,
                      struct error *err)
{
    if (extent->e_lblk < mapping->next || extent->e_len == 0)
        return error_set(err, ERROR_INTERNAL,
                         "the filesystem is damaged: the extents of inode %u are not in order, or "
                         "overlap",
                         mapping->node->number);
    mapping->next = extent->e_lblk + extent->e_len;
    /* Space that was taken, and never written, is a hole. */
    if (extent->e_flags & EXT2_EXTENT_FLAGS_UNINIT)
        return 0;
    return add_blocks(mapping, extent->e_lblk, extent->e_pblk, extent->e_len, err);
}

static int walk_extents(struct mapping *mapping, ext2_extent_handle_t handle, struct error *err)
{
    struct ext *ext = mapping->ext;
    struct ext2fs_extent extent;
    int op = EXT2_EXTENT_ROOT;

    for (;; op = EXT2_EXTENT_NEXT) {
        errcode_t code = ext_source_charge(&ext->source, 1);

        if (!code)
            code = ext2fs_extent_get(handle, op, &extent);
        if (code == EXT2_ET_EXTENT_NO_NEXT)
            return 0;
        if (code)
            return ext_error(ext, err, code, "the extents of inode %u cannot be read",
                             mapping->node->number);
        if ((extent.e_flags & EXT2_EXTENT_FLAGS_LEAF) && add_extent(mapping, &extent, err) < 0)
            return -1;
    }
}

static int map_extents(struct mapping *mapping, struct error *err)
{
    struct ext *ext = mapping->ext;
    ext2_extent_handle_t handle = NULL;
    errcode_t code = ext_extents_check(mapping->node);

    if (!code)
        code = ext_source_charge(&ext->source, 1);
    if (!code)
        code = ext2fs_extent_open2(ext->fs, mapping->node->number, mapping->node->inode, &handle);
    if (code)
        return ext_error(ext, err, code, "the extents of inode %u cannot be read",
                         mapping->node->number);
    int result = walk_extents(mapping, handle, err);
    ext2fs_extent_free(handle);
    return result;
}

/* --- block maps -------------------------------------------------------------------------- */

/* The part of the file that POINTER leads to over LEVEL indirect blocks, at mapping->next. */
static int map_pointer(struct mapping *mapping, uint32_t pointer, unsigned level, struct error *err)
{
    struct ext *ext = mapping->ext;
    unsigned size = ext->source.block_size;
    uint64_t span = 1;

    if (pointer && level == 0)
        return add_blocks(mapping, mapping->next++, pointer, 1, err);
    for (unsigned i = 0; i < level; i++)
        span *= size / POINTER_BYTES;
    if (!pointer) {
        mapping->next += span;
        return 0;
    }
    auto_free unsigned char *block = xmalloc(size);
    errcode_t code = ext_source_read(&ext->source, (uint64_t)pointer * size, size, block);
    if (code)
        return ext_error(ext, err, code, "the block map of inode %u cannot be read",
                         mapping->node->number);
    for (size_t at = 0; at < size && mapping->next < mapping->blocks; at += POINTER_BYTES) {
        uint32_t inner;
        memcpy(&inner, block + at, sizeof inner);
        if (map_pointer(mapping, le32toh(inner), level - 1, err) < 0)
            return -1;
    }
    return 0;
}

static int map_pointers(struct mapping *mapping, struct error *err)
{
    /* libext2fs has put these into the order of this machine. */
    const uint32_t *pointers = mapping->node->inode->i_block;

    for (unsigned i = 0; i < EXT2_N_BLOCKS && mapping->next < mapping->blocks; i++) {
        unsigned level = i < EXT2_NDIR_BLOCKS ? 0 : i - EXT2_NDIR_BLOCKS + 1;
        if (map_pointer(mapping, pointers[i], level, err) < 0)
            return -1;
    }
    if (mapping->next < mapping->blocks)
        return error_set(err, ERROR_INTERNAL,
                         "the filesystem is damaged: inode %u has no room for its %llu bytes",
                         mapping->node->number, (unsigned long long)mapping->map->size);
    return 0;
}

/* --- together ---------------------------------------------------------------------------- */

static int map_inline(struct mapping *mapping, struct error *err)
{
    auto_buffer struct buffer data = BUFFER_INIT(EXT2_MAX_BLOCK_SIZE);

    if (ext_inline_data(mapping->ext, mapping->node, &data, err) < 0)
        return -1;
    mapping->map->bytes = xmalloc((size_t)mapping->map->size + 1);
    memcpy(mapping->map->bytes, buffer_text(&data), (size_t)mapping->map->size);
    return 0;
}

int ext_file_map(struct ext *ext, const struct ext_node *node, struct file_map *map,
                 struct error *err)
{
    uint32_t flags = node->inode->i_flags;
    struct mapping mapping = {.ext = ext, .node = node, .map = map};

    map->size = EXT2_I_SIZE(node->inode);
    mapping.blocks = map->size / ext->source.block_size + (map->size % ext->source.block_size > 0);
    if (flags & EXT4_ENCRYPT_FL)
        return error_set(err, ERROR_INTERNAL, "it is encrypted");
    if (flags & EXT2_COMPRBLK_FL)
        return error_set(err, ERROR_INTERNAL, "it is compressed, in a way that Linux never read");
    if (mapping.blocks > (uint64_t)UINT32_MAX + 1)
        return error_set(err, ERROR_INTERNAL,
                         "the filesystem is damaged: inode %u says that it has %llu bytes",
                         node->number, (unsigned long long)map->size);
    if (ext_is_inline(node))
        return map_inline(&mapping, err);
    if (flags & EXT4_EXTENTS_FL)
        return map_extents(&mapping, err);
    return map_pointers(&mapping, err);
}
