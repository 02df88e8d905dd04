/* Directories: a name's inode, and all names.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/ext/ext_dir.h"

#include <endian.h>
#include <string.h>

#include "fsprobe/fs/ext/ext_file.h"
#include "fsprobe/fs/ext/ext_htree.h"
#include "fsprobe/fs/ext/ext_io.h"

/* An inline directory's first four bytes are the inode of "..". */
#define INLINE_PARENT 4

/* What is done with each block of entries: 0 to go on, 1 enough, -1 damaged. */
struct visitor {
    int (*block)(struct visitor *visitor, const unsigned char *block, size_t size);
    /* of a search */
    const char *name;
    size_t length;
    ext2_ino_t *found;
    /* of a list */
    bool (*each)(void *context, const char *name, size_t length, ext2_ino_t number);
    void *context;
};

static int damaged(const struct ext_node *directory, struct error *err)
{
    return error_set(err, ERROR_INTERNAL,
                     "the filesystem is damaged: directory inode %u has an "
                     "entry that cannot be",
                     directory->number);
}

/* The 60 bytes in the inode and those of the attribute are two runs of entries. */
static int visit_inline(struct ext *ext, const struct ext_node *directory, struct visitor *visitor,
                        struct error *err)
{
    auto_buffer struct buffer data = BUFFER_INIT(EXT2_MAX_BLOCK_SIZE);
    size_t first = sizeof directory->inode->i_block;

    if (ext_inline_data(ext, directory, &data, err) < 0)
        return -1;
    const unsigned char *bytes = (const unsigned char *)data.data;
    int result = visitor->block(visitor, bytes + INLINE_PARENT, first - INLINE_PARENT);
    if (result == 0)
        result = visitor->block(visitor, bytes + first, data.length - first);
    return result < 0 ? damaged(directory, err) : result;
}

/* The place of a directory of one block among those that are kept; NULL: it has more blocks. */
static struct ext_small *small_place(struct ext *ext, const struct ext_node *directory)
{
    return EXT2_I_SIZE(directory->inode) == ext->fs->blocksize
               ? &ext->small[directory->number % EXT_SMALL_KEPT]
               : NULL;
}

static void keep_small(struct ext *ext, struct ext_small *small, const struct ext_node *directory,
                       const unsigned char *block)
{
    if (!small->block)
        small->block = xmalloc(ext->fs->blocksize);
    memcpy(small->block, block, ext->fs->blocksize);
    small->number = directory->number;
}

/* Block LOGICAL of a directory: *BLOCK is where it is kept, or SCRATCH. */
static errcode_t load_block(struct ext *ext, const struct ext_node *directory, uint64_t logical,
                            unsigned char *scratch, const unsigned char **block)
{
    unsigned block_size = ext->fs->blocksize;
    struct ext_small *small = small_place(ext, directory);
    blk64_t physical;

    if (small && small->number == directory->number) {
        *block = small->block;
        return ext_source_charge(&ext->source, block_size);
    }
    if (ext->kept_number == directory->number && (logical + 1) * block_size <= ext->kept.length) {
        *block = (const unsigned char *)ext->kept.data + logical * block_size;
        return ext_source_charge(&ext->source, block_size);
    }
    errcode_t code = ext_map(ext, directory, logical, &physical);
    if (!code && physical == 0) {
        ext_source_fail(&ext->source, "the directory has a hole");
        code = EXT2_ET_DIR_CORRUPTED;
    }
    if (!code)
        code = ext_read_dir_block(ext, directory, physical, scratch);
    if (code)
        return code;
    if (small)
        keep_small(ext, small, directory, scratch);
    /* small directories are kept elsewhere, and must not push a large one out */
    if (logical == 0 && EXT2_I_SIZE(directory->inode) > EXT_CACHE_BLOCKS * (uint64_t)block_size) {
        buffer_free(&ext->kept);
        ext->kept = BUFFER_INIT(EXT_KEPT_MAX);
        ext->kept_number = directory->number;
    }
    if (ext->kept_number == directory->number && logical * block_size == ext->kept.length)
        (void)buffer_add(&ext->kept, scratch, block_size);
    *block = scratch;
    return 0;
}

static int visit_blocks(struct ext *ext, const struct ext_node *directory, struct visitor *visitor,
                        struct error *err)
{
    unsigned block_size = ext->fs->blocksize;
    uint64_t size = EXT2_I_SIZE(directory->inode);
    auto_free unsigned char *scratch = xmalloc(block_size);

    if (size > EXT_DIRECTORY_MAX)
        return error_set(err, ERROR_INTERNAL,
                         "directory inode %u says that it has %llu bytes, and more than %d are "
                         "not read",
                         directory->number, (unsigned long long)size, EXT_DIRECTORY_MAX);
    for (uint64_t logical = 0; logical < size / block_size; logical++) {
        const unsigned char *block = NULL;
        errcode_t code = load_block(ext, directory, logical, scratch, &block);
        if (code)
            return ext_error(ext, err, code, "block %llu of directory inode %u cannot be read",
                             (unsigned long long)logical, directory->number);
        int result = visitor->block(visitor, block, block_size);
        if (result)
            return result < 0 ? damaged(directory, err) : result;
    }
    return 0;
}

static int visit(struct ext *ext, const struct ext_node *directory, struct visitor *visitor,
                 struct error *err)
{
    if (directory->inode->i_flags & EXT4_ENCRYPT_FL)
        return error_set(err, ERROR_INTERNAL, "directory inode %u is encrypted", directory->number);
    if (ext_is_inline(directory))
        return visit_inline(ext, directory, visitor, err);
    return visit_blocks(ext, directory, visitor, err);
}

static int search_block(struct visitor *visitor, const unsigned char *block, size_t size)
{
    return ext_block_lookup(block, size, visitor->name, visitor->length, visitor->found);
}

int ext_lookup(struct ext *ext, const struct ext_node *directory, const char *name, size_t length,
               ext2_ino_t *found, struct error *err)
{
    struct visitor visitor = {
        .block = search_block, .name = name, .length = length, .found = found};

    if ((directory->inode->i_flags & EXT2_INDEX_FL) && !ext_is_inline(directory)) {
        int result = ext_htree_lookup(ext, directory, name, length, found);
        if (result >= 0)
            return result;
        error_clear(&ext->source.failure);
    }
    return visit(ext, directory, &visitor, err);
}

static bool is_dots(const struct ext_dirent *entry)
{
    return (entry->length == 1 && entry->name[0] == '.') ||
           (entry->length == 2 && entry->name[0] == '.' && entry->name[1] == '.');
}

static int list_block(struct visitor *visitor, const unsigned char *block, size_t size)
{
    struct ext_dirent entry;

    for (size_t at = 0; at < size; at += entry.record) {
        if (!ext_dirent_at(block, size, at, &entry))
            return -1;
        if (!entry.number || !entry.length || is_dots(&entry))
            continue;
        if (!visitor->each(visitor->context, entry.name, entry.length, entry.number))
            return 1;
    }
    return 0;
}

int ext_dir_each(struct ext *ext, const struct ext_node *directory,
                 bool (*each)(void *context, const char *name, size_t length, ext2_ino_t number),
                 void *context, struct error *err)
{
    struct visitor visitor = {.block = list_block, .each = each, .context = context};

    return visit(ext, directory, &visitor, err) < 0 ? -1 : 0;
}
